# The course's commands; `make` lists them. Each is `python -m tools COMMAND`, for those without make.
#
# PYTHON names the interpreter that makes .venv:  make test PYTHON=python3.12

PYTHON := python3
VENV := .venv

# The environment's own Python once there is one that runs: the other may be too old for it.
RUN = $$($(VENV)/bin/python -c 'import sys; print(sys.executable)' 2>/dev/null || command -v $(PYTHON) || \
  { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name it: make PYTHON=python3.12 ..." >&2; echo false; }) -m tools

.PHONY: help lab test test-method test-browser test-tools test-wasm test-site test-slides test-all site lite slides \
  slides-pdf soak notebooks edit lint bench bench-full clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

lab: ## open the lessons in JupyterLab, in a folder of your own (ARGS='--reset 07', ...)
	@$(RUN) lab $(ARGS)

test: ## test the package, then run every notebook and compare its outputs
	@$(RUN) test

test-method: ## test the method alone, without what takes long: about a minute
	@$(RUN) test-method

test-browser: ## drive lessons in a real JupyterLab, in Chromium
	@$(RUN) test-browser

test-tools: ## test what needs other libraries: the sampler in Optuna, the Rosetta table
	@$(RUN) test-tools

test-wasm: ## test the method and run every lesson in WebAssembly, as in a browser
	@$(RUN) test-wasm

site: ## build the course as web pages, in build/site/html
	@$(RUN) site

lite: ## build JupyterLite, the lessons in a browser without an install, in build/lite
	@$(RUN) lite

test-site: ## build the site with JupyterLite and read every page of it, in Chromium
	@$(RUN) test-site

slides: ## build one deck a lesson, with speaker notes, in build/slides
	@$(RUN) slides

slides-pdf: ## build the decks and print each to PDF, with Chromium
	@$(RUN) slides-pdf

test-slides: ## build the decks and walk through every slide, in Chromium
	@$(RUN) test-slides

test-all: ## every test: package, notebooks, other libraries, WebAssembly, browser, site, slides
	@$(RUN) test-all

soak: ## the long form of the tests that could go on for ever, with new random cases
	@$(RUN) soak

notebooks: ## run every notebook in place, or one lesson (LESSON=08)
	@$(RUN) notebooks $(if $(LESSON),--lesson $(LESSON))

edit: ## open the lessons' originals in JupyterLab, to change the course
	@$(RUN) edit

lint: ## check the style of code and notebooks, and the types of the method
	@$(RUN) lint

# The libraries that we compare with are heavy: they have an environment of their own.
BENCH := $(VENV)-bench
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1
COMPARE := $(ONE_THREAD) $(BENCH)/bin/python -m benchmarks

bench: $(BENCH)/.installed ## compare with other libraries for five minutes
	$(COMPARE).run --quick --processes 2

bench-full: $(BENCH)/.installed ## compare all of it, suites too (hours; resumes) and report
	$(COMPARE).run --full --processes 2
	$(COMPARE).run --suite bbob --processes 2
	$(COMPARE).run --suite bbob-mixint --processes 2
	$(COMPARE).timing
	$(COMPARE).noise
	$(COMPARE).report

$(BENCH)/.installed: benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet -r benchmarks/requirements.txt
	@touch $@

clean: ## remove .venv and every cache; your lessons stay
	rm -rf $(VENV) $(BENCH) build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find bo_tutorial tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +
