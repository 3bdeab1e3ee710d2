# The course's commands; `make` lists them.
#
# PYTHON names the interpreter that makes .venv:  make test PYTHON=python3.12

PYTHON := python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb notebooks/solutions/*.ipynb))

# One thread each: the same sums in the same order everywhere, and two lessons don't fight for cores.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1

# In a notebook every warning is an error. What another package has yet to mend is named here, one by
# one and nowhere else, as ignore:start of the message:category.
WARNINGS := error
# ipykernel 7, at its own shutdown handler: the kernel would not stop.
WARNINGS := $(WARNINGS),ignore:For consistency across implementations:PendingDeprecationWarning
# ipykernel 7 through tornado, on Python 3.12 and 3.13: the kernel would not start.
WARNINGS := $(WARNINGS),ignore:There is no current event loop:DeprecationWarning

# Notebooks run with the course's own settings, not with those of whoever runs them.
HERE := "$$PWD/$(VENV)/settings"
SETTINGS := MPLBACKEND= MPLCONFIGDIR=$(HERE)/matplotlib IPYTHONDIR=$(HERE)/ipython \
  JUPYTER_CONFIG_DIR=$(HERE)/config JUPYTER_DATA_DIR=$(HERE)/data JUPYTER_RUNTIME_DIR=$(HERE)/runtime
STRICT := $(ONE_THREAD) $(SETTINGS) PYTHONWARNINGS='$(WARNINGS)'

.PHONY: help lab test test-method test-browser soak notebooks lint bench bench-full clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

lab: $(INSTALLED) ## open the lessons in JupyterLab, in a folder of your own (ARGS='--reset 07', ...)
	@$(PY) -m bo_tutorial lab $(ARGS)

test: $(INSTALLED) ## test the package, then run every notebook and compare its outputs
	@$(ONE_THREAD) $(SETTINGS) $(PY) -m pytest tests
ifeq ($(NOTEBOOKS),)
	@echo "There are no notebooks to test yet."
else
	@$(STRICT) $(PY) -m pytest --nbval --nbval-current-env --nbval-cell-timeout 120 $(NOTEBOOKS)
endif

test-method: $(INSTALLED) ## test the method alone, without what takes long
	@$(ONE_THREAD) $(SETTINGS) $(PY) -m pytest tests/method -m "not slow"

# Chromium comes from the system (CHROMIUM names another one), what drives it from the extra "browser".
BROWSER := $(VENV)/.browser

test-browser: $(BROWSER) ## drive lessons in a real JupyterLab, in Chromium
	@$(ONE_THREAD) $(SETTINGS) $(PY) -m pytest tests/browser.py

$(BROWSER): $(INSTALLED)
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[browser]'
	@touch $@

# A failure of a drawn case ends with the line that repeats it: tests/conftest.py.
SOAKED := $(addprefix tests/method/test_,$(addsuffix .py,finite_spaces hard_numbers journal parallel space))

soak: $(INSTALLED) ## the long form of the tests that could go on for ever, with new random cases
	@SOAK=1 $(ONE_THREAD) $(SETTINGS) $(PY) -m pytest $(SOAKED)

notebooks: $(INSTALLED) ## run every notebook in place, or one lesson (LESSON=08)
	@$(STRICT) $(PY) tools/notebooks.py run $(if $(LESSON),--lesson $(LESSON))

lint: $(INSTALLED) ## check the style of code and notebooks, and the types of the method
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) tools/notebooks.py check

# The libraries that we compare with are heavy: they have an environment of their own.
BENCH := $(VENV)-bench
COMPARE := $(ONE_THREAD) $(BENCH)/bin/python -m benchmarks

bench: $(BENCH)/.installed ## compare with other libraries for five minutes
	$(COMPARE).run --quick --processes 2

bench-full: $(BENCH)/.installed ## compare all of it (hours; goes on where it stopped) and report
	$(COMPARE).run --full --processes 2
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

# The font cache is made here: made in a lesson, it may print a warning into its outputs.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  version=$$($(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null) || \
	    { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name it: make PYTHON=python3.12 ..." >&2; exit 1; }; \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "The course needs Python 3.11 or newer; $(PYTHON) is $$version. Name another: make PYTHON=python3.12 ..." >&2; exit 1; }; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) comes without its module venv. Install it (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }; \
	  echo "Making $(VENV) with Python $$version"; \
	  $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the packages of constraints.txt (a minute or two)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[course,test]'
	@$(SETTINGS) $(PY) -c 'import matplotlib.font_manager'
	@touch $@
