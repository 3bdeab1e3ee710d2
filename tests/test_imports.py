"""`import bo_tutorial` stays light: what is heavy loads when it is first needed."""

import subprocess
import sys

import pytest

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
