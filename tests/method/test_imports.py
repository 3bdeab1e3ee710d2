"""`import bo_tutorial` stays light: what is heavy loads when it is first needed.

No import changes an environment variable.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HEAVY = (
    "IPython",
    "ipywidgets",
    "matplotlib",
    "pandas",
    "scipy.interpolate",
    "scipy.optimize",
    "scipy.stats",
    "sklearn",
    "tqdm",
)
# What this process prints: the modules of HEAVY that are loaded after `statement`.
CODE = "import sys\n{statement}\nprint([name for name in {names} if name in sys.modules])"


def loaded(statement, names=HEAVY):
    code = CODE.format(statement=statement, names=names)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_package_loads_nothing_heavy():
    assert loaded("import bo_tutorial") == "[]"


def test_a_model_is_fitted_and_asked_without_them():
    """Only the Sobol sequence needs SciPy's statistics, and only the loop a progress bar."""
    statement = (
        "import bo_tutorial as bo\n"
        "gp = bo.GaussianProcess(bo.Matern52(0.3)).fit([[0.1], [0.5], [0.9]], [0.0, 1.0, 0.5])\n"
        "gp.predict([[0.3]])"
    )
    assert loaded(statement) == "[]"


@pytest.mark.parametrize("name", ["matplotlib", "scipy.stats", "sklearn", "tqdm"])
def test_the_check_sees_a_module_that_is_loaded(name):
    assert loaded(f"import {name}", (name,)) == f"[{name!r}]"


# The environment: what is imported leaves it alone, and what measures sets it for itself

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("bo_tutorial", "benchmarks", "tools")
    for path in (ROOT / folder).rglob("*.py")
    # The first comes with the others; the last needs Optuna.
    if path.stem not in ("__init__", "__main__", "optuna_sampler")
)
# Prints {module: variables that importing it changed}. What sklearn sets at its import is its own.
CHANGES = """
import importlib, json, os, sys
import ipywidgets, matplotlib.pyplot, sklearn
changes = {}
for name in json.loads(sys.argv[1]):
    before = dict(os.environ)
    importlib.import_module(name)
    names = sorted(k for k in before | os.environ if before.get(k) != os.environ.get(k))
    if names:
        changes[name] = names
        os.environ.clear()
        os.environ.update(before)
print(json.dumps(changes))
"""
# Runs a program up to where it first imports NumPy, and prints its number of threads there.
THREADS_AT_NUMPY = """
import os, runpy, sys

class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print(os.environ.get("OMP_NUM_THREADS"))
            raise SystemExit

sys.meta_path.insert(0, Stop())
run = runpy.run_path if sys.argv[1].endswith(".py") else runpy.run_module
run(sys.argv[1], run_name="__main__")
"""


def printed(code, argument, cwd=ROOT):
    unset = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    unset["PYTHONPATH"] = str(cwd)
    command = [sys.executable, "-c", code, argument]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=cwd, env=unset)
    return done.stdout.strip()


def test_importing_a_module_changes_no_environment_variable():
    assert {"bo_tutorial.gp", "benchmarks.run", "tools.tuning_data"} <= set(MODULES)
    assert json.loads(printed(CHANGES, json.dumps(MODULES))) == {}


def test_the_check_sees_a_variable_that_is_set_at_import(tmp_path):
    (tmp_path / "sets_it.py").write_text("import os\nos.environ['A_THREADS'] = '1'\n")
    names = json.dumps(["json", "sets_it"])
    assert json.loads(printed(CHANGES, names, tmp_path)) == {"sets_it": ["A_THREADS"]}


@pytest.mark.parametrize(
    "program",
    [
        *(f"benchmarks.{name}" for name in ("noise", "report", "run", "surrogates", "timing")),
        "tools/between_lines.py",
        "tools/comparison_data.py",
        "tools/leave_data.py",
        "tools/loop_data.py",
        "tools/loop_report.py",
        "tools/many_games.py",
        "tools/network_report.py",
        "tools/redraw_times.py",
        "tools/tuning_data.py",
    ],
)
def test_a_program_that_measures_sets_one_thread_before_numpy_is_loaded(program):
    assert printed(THREADS_AT_NUMPY, program) == "1"


# A browser has no processes: there, Python comes without some modules of its library.
WITHOUT = """
import importlib, json, sys
sys.modules |= dict.fromkeys(("_multiprocessing", "fcntl", "grp", "resource", "termios"))
print(len([importlib.import_module(name) for name in json.loads(sys.argv[1])]))
"""


def test_every_module_of_the_package_can_be_imported_where_there_are_no_processes():
    names = [name for name in MODULES if name.startswith("bo_tutorial.")]
    assert printed(WITHOUT, json.dumps(names)) == str(len(names))
