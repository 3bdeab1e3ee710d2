"""What a user sees of every public name: a docstring on each part, a repr without an address."""

import inspect
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial.problems import branin

ROOT = Path(__file__).resolve().parents[2]
CLASSES = [getattr(bo, name) for name in bo.__all__ if inspect.isclass(getattr(bo, name))]
FUNCTIONS = [getattr(bo, name) for name in bo.__all__ if inspect.isfunction(getattr(bo, name))]


def parts(cls):
    """The public methods and properties that a class of ours defines or inherits from ours."""
    for base in cls.__mro__:
        if base.__module__.startswith("bo_tutorial"):
            for name, part in vars(base).items():
                if not name.startswith("_") and (callable(part) or isinstance(part, property)):
                    yield f"{base.__name__}.{name}", part
                elif isinstance(part, (classmethod, staticmethod)) and not name.startswith("_"):
                    yield f"{base.__name__}.{name}", part.__func__


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_part_of_a_class_has_a_docstring(cls):
    missing = [name for name, part in parts(cls) if not part.__doc__]
    assert inspect.getdoc(cls) and not missing


def test_every_function_has_a_docstring():
    assert FUNCTIONS and not [each.__name__ for each in FUNCTIONS if not each.__doc__]


def objects():
    """One object of each public class that a user makes or gets."""
    space = bo.Space(x=bo.Float(0.0, 1.0), n=bo.Int(1, 9, step=2), k=bo.Categorical(["a", "b"]))
    gp = bo.GaussianProcess(bo.Matern52([0.3, 0.4]), prior=bo.LogNormalPrior())
    strategy = bo.BayesianOptimization(branin.space, surrogate=gp, n_initial=2)
    result = bo.maximize(branin, branin.space, 4, strategy=strategy, progress=False)
    made = [space, *map(space.__getitem__, space), gp, gp.kernel, gp.prior, bo.SquaredExponential()]
    made += [gp.condition([[0.1, 0.2]], [1.0]), strategy, result, strategy.trials[0]]
    made += [bo.SparseGP(gp.kernel), bo.RandomForest()]
    made += [strategy.posterior(), bo.Plateau(), bo.GridSearch(space), bo.RandomSearch(space)]
    made += [bo.SobolSearch(space), bo.TreeParzen(space), bo.ExpectedImprovement()]
    made += [bo.LogExpectedImprovement(), bo.ProbabilityOfImprovement(), bo.UpperConfidenceBound()]
    return {type(each).__name__: each for each in made}


def test_every_object_says_what_it_is():
    made = objects()
    for name, each in made.items():
        text = repr(each)
        assert not re.search(r"0x[0-9a-f]{6}", text) and len(text) < 1000, text
        assert text.startswith(name.lstrip("_")), text
    exceptions = {cls.__name__ for cls in CLASSES if issubclass(cls, BaseException)}
    kinds = {cls.__name__ for cls in CLASSES} - exceptions
    assert kinds - set(made) <= {"Strategy", "JournalTrial"}  # a base, and what read_journal gives


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert bo.__version__ == project["version"]


def test_a_strategy_says_how_far_it_is():
    strategy = bo.RandomSearch(branin.space, seed=4)
    strategy.tell(strategy.ask(), 1.0)
    strategy.ask(2)
    assert repr(strategy) == "RandomSearch(x1, x2; seed 4, 1 told, 2 pending)"


def test_a_negative_is_how_we_minimize():
    with pytest.raises(AttributeError, match="we maximize"):
        bo.minimize  # noqa: B018
    assert not hasattr(bo, "nothing_of_that_name")
    assert np.all([name in dir(bo) for name in bo.__all__])
