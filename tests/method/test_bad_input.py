"""Bad input is refused at the edge, by an error that names the argument and what it was given."""

import dataclasses
import re

import numpy as np
import pytest

import bo_tutorial as bo

EITHER = (TypeError, ValueError)


def refused(action, error, *fragments):
    """Run the action, which must raise the error and show every fragment as a word of its own."""
    with pytest.raises(error) as caught:
        action()
    message = str(caught.value)
    for fragment in fragments:
        word = rf"(?<!\w){re.escape(fragment)}(?!\w)"
        assert re.search(word, message), f"{fragment!r} is missing from: {message}"


def space():
    return bo.Space(
        learning_rate=bo.Float(1e-4, 1.0, log=True),
        n_layers=bo.Int(1, 5),
        optimizer=bo.Categorical(["sgd", "momentum"]),
        momentum=bo.Float(0.0, 0.99, when={"optimizer": "momentum"}),
    )


GOOD = {"learning_rate": 0.01, "n_layers": 3, "optimizer": "sgd"}


# ------------------------------------------------------------------------------------------ space


def conditional(allowed):
    return bo.Space(kind=bo.Categorical(["a", "b"]), x=bo.Float(0, 1, when={"kind": allowed}))


@dataclasses.dataclass
class Loose:
    width: int


@dataclasses.dataclass(eq=False)
class Own:
    width: int


SPACES = [
    # action, error, what the message must show
    ("empty", lambda: bo.Space(), ValueError, ["at least one"]),
    ("not a hyperparameter", lambda: bo.Space(x=(0, 1)), TypeError, ["x", "(0, 1)"]),
    ("reversed floats", lambda: bo.Float(1, 0), ValueError, ["low", "high", "1", "0"]),
    ("equal floats", lambda: bo.Float(2.5, 2.5), ValueError, ["low", "high", "2.5"]),
    ("infinite high", lambda: bo.Float(0, np.inf), ValueError, ["high", "inf"]),
    ("infinite low", lambda: bo.Float(-np.inf, 0), ValueError, ["low", "-inf"]),
    ("NaN bound", lambda: bo.Float(np.nan, 1), ValueError, ["low", "nan"]),
    ("text bound", lambda: bo.Float("0", 1), EITHER, ["low", "'0'"]),
    ("no bound", lambda: bo.Float(0, None), EITHER, ["high", "None"]),
    ("log from zero", lambda: bo.Float(0, 1, log=True), ValueError, ["log", "low", "0"]),
    ("log from below", lambda: bo.Float(-3.5, 1, log=True), ValueError, ["log", "low", "-3.5"]),
    ("reversed integers", lambda: bo.Int(7, 3), ValueError, ["low", "high", "7", "3"]),
    ("fractional low", lambda: bo.Int(1.5, 3), EITHER, ["low", "1.5"]),
    ("fractional high", lambda: bo.Int(1, 3.5), EITHER, ["high", "3.5"]),
    ("infinite integer", lambda: bo.Int(1, np.inf), EITHER, ["high", "inf"]),
    ("NaN integer", lambda: bo.Int(np.nan, 3), EITHER, ["low", "nan"]),
    ("text integer", lambda: bo.Int("1", 3), EITHER, ["low", "'1'"]),
    ("log integers from zero", lambda: bo.Int(0, 8, log=True), ValueError, ["log", "low", "0"]),
    ("no choices", lambda: bo.Categorical([]), ValueError, ["choices", "at least one"]),
    ("a choice twice", lambda: bo.Categorical(["a", "b", "a"]), ValueError, ["choices", "'a'"]),
    ("choices as one text", lambda: bo.Categorical("adam"), EITHER, ["choices", "'adam'"]),
    ("choices as a number", lambda: bo.Categorical(3), EITHER, ["choices", "3"]),
    (
        "unknown parent",
        lambda: bo.Space(x=bo.Float(0, 1, when={"optimiser": "sgd"})),
        ValueError,
        ["when", "x", "optimiser"],
    ),
    (
        "impossible value of the parent",
        lambda: bo.Space(
            optimizer=bo.Categorical(["sgd", "momentum"]),
            x=bo.Float(0, 1, when={"optimizer": "adam"}),
        ),
        ValueError,
        ["when", "x", "optimizer", "'adam'"],
    ),
    (
        "its own parent",
        lambda: bo.Space(c=bo.Categorical(["a", "b"], when={"c": "a"})),
        ValueError,
        ["when", "c"],
    ),
    (
        "a circle of parents",
        lambda: bo.Space(
            a=bo.Categorical([0, 1], when={"b": 1}), b=bo.Categorical([0, 1], when={"a": 1})
        ),
        ValueError,
        ["when"],
    ),
    (
        "when is no dictionary",
        lambda: bo.Space(x=bo.Float(0, 1, when="sgd")),
        EITHER,
        ["when", "x", "'sgd'"],
    ),
    ("no value in when", lambda: conditional([]), ValueError, ["when", "x", "kind"]),
    ("a tuple in when", lambda: conditional(("a", "b")), ValueError, ["when", "['a', 'b']"]),
    ("a step that misses", lambda: bo.Int(1, 10, step=4), ValueError, ["high", "9 or 13", "10"]),
    ("a step too far", lambda: bo.Int(0, 3, step=5), ValueError, ["high", "5", "3"]),
    ("a step of 0", lambda: bo.Int(0, 4, step=0), ValueError, ["step", "0"]),
    ("a step back", lambda: bo.Int(0, 4, step=-2), ValueError, ["step", "-2"]),
    ("half a step", lambda: bo.Int(0, 4, step=0.5), TypeError, ["step", "0.5"]),
    ("step=True", lambda: bo.Int(0, 4, step=True), TypeError, ["step", "True"]),
    ("steps on a log scale", lambda: bo.Int(1, 9, log=True, step=2), ValueError, ["step", "2**k"]),
    ("a scale by name", lambda: bo.Float(1, 9, log="uniform"), TypeError, ["log", "log=True"]),
    ("a scale by place", lambda: bo.Float(1, 9, "log"), TypeError, ["Float(1, 9, log=True)"]),
    ("the base of a logarithm", lambda: bo.Float(1, 9, log=10), TypeError, ["True or False", "10"]),
    ("no scale", lambda: bo.Float(1, 9, log=None), TypeError, ["log", "None"]),
    ("a step by place", lambda: bo.Int(1, 9, 2), TypeError, ["log", "Int(1, 9, step=2)"]),
    ("when by place", lambda: bo.Float(1, 9, {"k": 1}), TypeError, ["Float(1, 9, when={'k': 1})"]),
    (
        "a dict of ranges",
        lambda: bo.Space({"x": (0, 1)}),
        TypeError,
        ["bo.Space(x=bo.Float(0, 1))"],
    ),
    (
        "a dict of hyperparameters",
        lambda: bo.Space({"x": bo.Float(0, 1)}),
        TypeError,
        ["bo.Space(**{...})"],
    ),
    ("a list of hyperparameters", lambda: bo.Space([bo.Float(0, 1)]), TypeError, ["by name"]),
    ("a range of reals", lambda: bo.Space(x=(0.5, 1)), TypeError, ["x=bo.Float(0.5, 1)"]),
    (
        "a range of integers",
        lambda: bo.Space(x=(1, 5)),
        TypeError,
        ["bo.Float(1, 5) or bo.Int(1, 5)"],
    ),
    ("a log range", lambda: bo.Space(x=(1, 5, "log")), TypeError, ["bo.Float(1, 5, log=True)"]),
    ("Python's range", lambda: bo.Space(x=range(0, 9, 2)), TypeError, ["bo.Int(0, 8, step=2)"]),
    ("a list", lambda: bo.Space(x=["a", "b"]), TypeError, ["x=bo.Categorical(['a', 'b'])"]),
    ("a class", lambda: bo.Space(x=bo.Int), TypeError, ["x=bo.Int(...)"]),
    ("a constant", lambda: bo.Space(x=3), TypeError, ["x", "3", "bo.Categorical([3, ...])"]),
    (
        "a set of choices",
        lambda: bo.Categorical({"a", "b"}),
        TypeError,
        ["choices", "order", "set"],
    ),
    ("a frozen set", lambda: bo.Categorical(frozenset("ab")), TypeError, ["choices", "frozenset"]),
    ("the keys of a dict", lambda: bo.Categorical({"a": 1}.keys()), TypeError, ["dict_keys"]),
    ("the values of a dict", lambda: bo.Categorical({"a": 1}.values()), TypeError, ["dict_values"]),
    ("a dict of choices", lambda: bo.Categorical({"a": 1}), TypeError, ["choices", "dict"]),
    ("choices as bytes", lambda: bo.Categorical(b"ab"), TypeError, ["choices", "b'ab'"]),
    ("a list as a choice", lambda: bo.Categorical([[1], [2]]), TypeError, ["hashable", "[1]"]),
    ("a list in a tuple", lambda: bo.Categorical([(1, [2])]), TypeError, ["hashable", "(1, [2])"]),
    ("a dict as a choice", lambda: bo.Categorical([{"a": 1}]), TypeError, ["{'a': 1}"]),
    ("an array", lambda: bo.Categorical([np.ones(2)]), TypeError, ["hashable", "array([1., 1.])"]),
    (
        "a table of choices",
        lambda: bo.Categorical(np.eye(2)),
        TypeError,
        ["hashable", "[1.0, 0.0]"],
    ),
    ("a dataclass", lambda: bo.Categorical([Loose(1)]), TypeError, ["Loose(width=1)"]),
    ("a dataclass by identity", lambda: bo.Categorical([Own(1)]), TypeError, ["frozen"]),
    ("a dataclass in a tuple", lambda: bo.Categorical([(0, Own(1))]), TypeError, ["frozen"]),
    ("1 and 1.0", lambda: bo.Categorical([1, 1.0]), ValueError, ["distinct", "1 and 1.0"]),
    ("1 and True", lambda: bo.Categorical([1, "a", True]), ValueError, ["distinct", "1 and True"]),
    ("nan twice", lambda: bo.Categorical([float("nan"), np.nan]), ValueError, ["nan", "twice"]),
    ("no such name", lambda: space()["lr"], KeyError, ["lr", "learning_rate"]),
    ("one grid point of a Float", lambda: bo.Float(0, 1).grid(1), ValueError, ["points", "1"]),
    ("one grid point of an Int", lambda: bo.Int(0, 9).grid(1), ValueError, ["points", "1"]),
    ("a grid of other names", lambda: space().grid({"x": 2, 3: 2}), ValueError, ["points", "'x'"]),
    ("flat cube", lambda: space().from_unit(np.full(3, 0.5)), ValueError, ["u", "(3,)", "(4,)"]),
    (
        "a matrix for a point",
        lambda: space().from_unit(np.full((1, 4), 0.5)),
        ValueError,
        ["u", "(1, 4)", "(4,)"],
    ),
    (
        "outside the cube",
        lambda: space().from_unit(np.array([0.5, 1.25, 0.5, 0.5])),
        ValueError,
        ["u", "1.25"],
    ),
    (
        "below the cube",
        lambda: space().from_unit(np.array([-0.25, 0.5, 0.5, 0.5])),
        ValueError,
        ["u", "-0.25"],
    ),
    (
        "NaN in the cube",
        lambda: space().from_unit(np.array([0.5, np.nan, 0.5, 0.5])),
        ValueError,
        ["u", "nan"],
    ),
    ("no grid points", lambda: space().grid(0), ValueError, ["points", "0"]),
    ("negative grid points", lambda: space().grid(-2), ValueError, ["points", "-2"]),
    ("fractional grid points", lambda: space().grid(2.5), EITHER, ["points", "2.5"]),
    (
        "a duration as a bound",
        lambda: bo.Float(np.timedelta64(1, "s"), 3),
        TypeError,
        ["low must be a number", "timedelta64(1,'s')"],
    ),
    (
        "a duration as an integer",
        lambda: bo.Int(1, np.timedelta64(9, "s")),
        TypeError,
        ["high must be an integer", "timedelta64(9,'s')"],
    ),
    ("a class as choices", lambda: bo.Categorical(str), TypeError, ["choices", "class 'str'"]),
    ("an array of one choice", lambda: bo.Categorical(np.array(3)), TypeError, ["array(3)"]),
    (
        "choices that look different and are equal",
        lambda: bo.Categorical([(1, 2), (1.0, 2)]),
        ValueError,
        ["(1, 2) and (1.0, 2), which are equal"],
    ),
    (
        "NaN in two tuples",
        lambda: bo.Categorical([(1, float("nan")), (1, float("nan"))]),
        ValueError,
        ["(1, nan) twice"],
    ),
    (
        "several values in a range",
        lambda: bo.Space(n=bo.Int(1, 3), x=bo.Float(0, 1, when={"n": range(1, 3)})),
        ValueError,
        ["n must be an integer", "write a list, [1, 2]"],
    ),
    ("a seed for a generator", lambda: space().sample(0), TypeError, ["rng", "default_rng(0)"]),
]


@pytest.mark.parametrize(
    "action, error, fragments", [case[1:] for case in SPACES], ids=[case[0] for case in SPACES]
)
def test_spaces(action, error, fragments):
    refused(action, error, *fragments)


# ----------------------------------------------------------------------------------------- configs

CONFIGS = [
    ("above", {**GOOD, "learning_rate": 2.5}, ValueError, ["learning_rate", "2.5"]),
    ("below", {**GOOD, "learning_rate": 1e-9}, ValueError, ["learning_rate", "1e-09"]),
    ("NaN", {**GOOD, "learning_rate": float("nan")}, ValueError, ["learning_rate", "nan"]),
    ("text for a float", {**GOOD, "learning_rate": "0.1"}, EITHER, ["learning_rate", "'0.1'"]),
    ("nothing for a float", {**GOOD, "learning_rate": None}, EITHER, ["learning_rate", "None"]),
    ("a list for a float", {**GOOD, "learning_rate": [0.1]}, EITHER, ["learning_rate", "[0.1]"]),
    ("integer above", {**GOOD, "n_layers": 6}, ValueError, ["n_layers", "6"]),
    ("fraction for an integer", {**GOOD, "n_layers": 2.5}, EITHER, ["n_layers", "2.5"]),
    ("text for an integer", {**GOOD, "n_layers": "3"}, EITHER, ["n_layers", "'3'"]),
    ("unknown choice", {**GOOD, "optimizer": "adam"}, ValueError, ["optimizer", "'adam'", "sgd"]),
    ("unhashable choice", {**GOOD, "optimizer": ["sgd"]}, EITHER, ["optimizer", "['sgd']"]),
    ("unknown name", {**GOOD, "lr": 0.1}, ValueError, ["lr"]),
    (
        "missing name",
        {"learning_rate": 0.01, "optimizer": "sgd"},
        ValueError,
        ["config", "n_layers"],
    ),
    ("missing conditional", {**GOOD, "optimizer": "momentum"}, ValueError, ["momentum"]),
    ("inactive but given", {**GOOD, "momentum": 0.9}, ValueError, ["momentum", "optimizer"]),
    ("nothing", None, TypeError, ["config", "None"]),
    ("a list", [0.01, 3, "sgd"], TypeError, ["config", "[0.01, 3, 'sgd']"]),
    ("an array", np.array([0.01, 3.0]), TypeError, ["config", "array"]),
]
bad_configs = pytest.mark.parametrize(
    "config, error, fragments", [case[1:] for case in CONFIGS], ids=[case[0] for case in CONFIGS]
)

STRATEGIES = {
    "random": lambda: bo.RandomSearch(space()),
    "Sobol": lambda: bo.SobolSearch(space()),
    "grid": lambda: bo.GridSearch(space(), points=2),
    "BO": lambda: bo.BayesianOptimization(space()),
    "plain BO": lambda: bo.BayesianOptimization.plain(
        space(), length_scale=0.2, xi=0.01, n_initial=3
    ),
}
all_strategies = pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))


@bad_configs
def test_validate_refuses(config, error, fragments):
    refused(lambda: space().validate(config), error, *fragments)


@bad_configs
def test_to_unit_refuses(config, error, fragments):
    refused(lambda: space().to_unit(config), error, *fragments)


@all_strategies
@bad_configs
def test_tell_refuses_the_config(make, config, error, fragments):
    refused(lambda: make().tell(config, 0.5), error, *fragments)


def test_a_frozen_dataclass_is_a_choice():
    @dataclasses.dataclass(frozen=True)
    class Frozen:
        width: int

    kind = bo.Categorical([Frozen(1), Frozen(2)])
    assert kind.from_unit(0.9) == Frozen(2) and kind.to_unit(Frozen(2)) == 0.75


@pytest.mark.parametrize("value", [np.array([1, 2]), np.array("sgd"), {"a": 1}, {1}], ids=repr)
def test_a_value_that_is_not_hashable_is_no_choice(value):
    refused(lambda: space().validate({**GOOD, "optimizer": value}), ValueError, "optimizer", "sgd")


def test_good_configs_pass():
    for config in (
        GOOD,
        {**GOOD, "optimizer": "momentum", "momentum": 0.9},
        {**GOOD, "learning_rate": 1},  # an integer is a real number
        {**GOOD, "learning_rate": np.float64(0.1), "n_layers": np.int64(2)},
        {**GOOD, "learning_rate": 1e-4, "n_layers": 5},
    ):
        space().validate(config)
        assert space().to_unit(config).shape == (4,)


@all_strategies
@pytest.mark.parametrize(
    "value, shown",
    [("0.9", "'0.9'"), (np.array([0.9, 0.8]), "array"), (None, "None"), ([0.9], "[0.9]")],
    ids=["text", "array", "None", "list"],
)
def test_tell_refuses_the_value(make, value, shown):
    refused(lambda: make().tell(GOOD, value), TypeError, "value", shown)


@all_strategies
def test_a_refused_tell_leaves_no_trace(make):
    touched, untouched = make(), make()
    with pytest.raises(ValueError):
        touched.tell({**GOOD, "learning_rate": 2.5}, 0.5)
    with pytest.raises(TypeError):
        touched.tell(GOOD, "0.9")
    assert touched.ask() == untouched.ask()


@all_strategies
def test_ask_refuses_a_bad_number(make):
    refused(lambda: make().ask(0), ValueError, "n", "0")
    refused(lambda: make().ask(-2), ValueError, "n", "-2")
    refused(lambda: make().ask(1.5), EITHER, "n", "1.5")
    refused(lambda: make().ask("2"), EITHER, "n", "'2'")


# --------------------------------------------------------------------------------------- strategies

SEEDED = {
    "random": lambda seed: bo.RandomSearch(space(), seed=seed),
    "Sobol": lambda seed: bo.SobolSearch(space(), seed=seed),
    "BO": lambda seed: bo.BayesianOptimization(space(), seed=seed),
    "maximize": lambda seed: bo.maximize(
        never_called, space(), n_evaluations=3, seed=seed, progress=False
    ),
}


def never_called(config):
    raise AssertionError("bad input must be refused before an evaluation is spent")


@pytest.mark.parametrize("make", SEEDED.values(), ids=list(SEEDED))
def test_seeds(make):
    refused(lambda: make(-1), ValueError, "seed", "-1")
    refused(lambda: make(1.5), EITHER, "seed", "1.5")
    refused(lambda: make("0"), EITHER, "seed", "'0'")
    refused(lambda: make(np.timedelta64(5, "s")), TypeError, "seed", "timedelta64(5,'s')")


STRATEGY_ARGUMENTS = [
    ("space", lambda: bo.RandomSearch({"x": (0, 1)}), TypeError, ["space"]),
    ("Sobol's space", lambda: bo.SobolSearch(None), TypeError, ["space", "None"]),
    ("the grid's space", lambda: bo.GridSearch("x", points=3), TypeError, ["space", "'x'"]),
    ("BO's space", lambda: bo.BayesianOptimization([1]), TypeError, ["space", "[1]"]),
    ("no grid points", lambda: bo.GridSearch(space(), points=0), ValueError, ["points", "0"]),
    ("half a grid point", lambda: bo.GridSearch(space(), points=1.5), EITHER, ["points", "1.5"]),
    (
        "acquisition",
        lambda: bo.BayesianOptimization(space(), acquisition="EI"),
        TypeError,
        ["acquisition", "'EI'"],
    ),
    (
        "surrogate",
        lambda: bo.BayesianOptimization(space(), surrogate="GP"),
        TypeError,
        ["surrogate", "'GP'"],
    ),
    (
        "negative n_initial",
        lambda: bo.BayesianOptimization(space(), n_initial=-1),
        ValueError,
        ["n_initial", "-1"],
    ),
    (
        "fractional n_initial",
        lambda: bo.BayesianOptimization(space(), n_initial=2.5),
        EITHER,
        ["n_initial", "2.5"],
    ),
    (
        "plain length scale",
        lambda: bo.BayesianOptimization.plain(space(), length_scale=-0.2, xi=0.01, n_initial=3),
        ValueError,
        ["length_scale", "-0.2"],
    ),
    (
        "plain xi",
        lambda: bo.BayesianOptimization.plain(space(), length_scale=0.2, xi=-0.01, n_initial=3),
        ValueError,
        ["xi", "-0.01"],
    ),
    ("xi of EI", lambda: bo.ExpectedImprovement(xi=-0.5), ValueError, ["xi", "-0.5"]),
    ("xi of log EI", lambda: bo.LogExpectedImprovement(xi=-0.5), ValueError, ["xi", "-0.5"]),
    ("xi of PI", lambda: bo.ProbabilityOfImprovement(xi=-0.5), ValueError, ["xi", "-0.5"]),
    ("kappa", lambda: bo.UpperConfidenceBound(kappa=-1.5), ValueError, ["kappa", "-1.5"]),
    ("NaN kappa", lambda: bo.UpperConfidenceBound(kappa=np.nan), ValueError, ["kappa", "nan"]),
    ("infinite xi", lambda: bo.ExpectedImprovement(xi=np.inf), ValueError, ["xi", "inf"]),
    ("text xi", lambda: bo.ExpectedImprovement(xi="small"), EITHER, ["xi", "'small'"]),
]


@pytest.mark.parametrize(
    "action, error, fragments",
    [case[1:] for case in STRATEGY_ARGUMENTS],
    ids=[case[0] for case in STRATEGY_ARGUMENTS],
)
def test_strategies_and_acquisitions(action, error, fragments):
    refused(action, error, *fragments)


ONE = np.array([0.0]), np.array([1.0])
ACQUISITIONS = [
    ("xi of EI", lambda: bo.expected_improvement(*ONE, 0.0, -0.5), ["xi", "-0.5"]),
    ("xi of log EI", lambda: bo.log_expected_improvement(*ONE, 0.0, -0.5), ["xi", "-0.5"]),
    ("xi of PI", lambda: bo.probability_of_improvement(*ONE, 0.0, -0.5), ["xi", "-0.5"]),
    ("kappa", lambda: bo.upper_confidence_bound(*ONE, -1.5), ["kappa", "-1.5"]),
    ("NaN best", lambda: bo.expected_improvement(*ONE, np.nan), ["best", "nan"]),
    (
        "NaN sigma",
        lambda: bo.expected_improvement(np.zeros(1), np.array([np.nan]), 0.0),
        ["sigma", "nan"],
    ),
    (
        "NaN mu",
        lambda: bo.log_expected_improvement(np.array([np.nan]), np.ones(1), 0.0),
        ["mu", "nan"],
    ),
]


@pytest.mark.parametrize(
    "action, fragments", [case[1:] for case in ACQUISITIONS], ids=[case[0] for case in ACQUISITIONS]
)
def test_acquisition_functions(action, fragments):
    refused(action, ValueError, *fragments)


# ------------------------------------------------------------------------------ Gaussian process

X = np.array([[0.1, 0.2], [0.5, 0.4], [0.9, 0.7]])
Y = np.array([1.0, 2.0, 0.5])


def changed(array, value):
    copy = array.copy()
    copy.flat[1] = value
    return copy


DATA = [
    ("NaN in X", changed(X, np.nan), Y, ["X", "nan"]),
    ("infinity in X", changed(X, np.inf), Y, ["X", "inf"]),
    ("NaN in y", X, changed(Y, np.nan), ["y", "nan"]),
    ("infinity in y", X, changed(Y, -np.inf), ["y", "-inf"]),
    ("fewer y", X, Y[:2], ["X", "y", "3", "2"]),
    ("column y", X, Y[:, None], ["y", "(3, 1)"]),
    ("flat X", X[:, 0], Y, ["X", "(3,)"]),
    ("cubic X", X[:, :, None], Y, ["X", "(3, 2, 1)"]),
    ("no data", np.empty((0, 2)), np.empty(0), ["X", "at least one"]),
]


@pytest.mark.parametrize("method", ["condition", "fit"])
@pytest.mark.parametrize(
    "bad_X, bad_y, fragments", [case[1:] for case in DATA], ids=[case[0] for case in DATA]
)
def test_data_for_the_gp(method, bad_X, bad_y, fragments):
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=0.3), noise_variance=1e-4)
    refused(lambda: getattr(gp, method)(bad_X, bad_y), ValueError, *fragments)


@pytest.mark.parametrize("method", ["condition", "fit"])
def test_data_of_another_dimension_than_the_kernel(method):
    gp = bo.GaussianProcess(bo.Matern52(length_scale=np.ones(3)), noise_variance=1e-4)
    refused(lambda: getattr(gp, method)(X, Y), ValueError, "X", "3", "(3, 2)")


@pytest.mark.parametrize("method", ["condition", "fit"])
def test_text_for_the_gp(method):
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=0.3), noise_variance=1e-4)
    refused(lambda: getattr(gp, method)(X, np.array(["a", "b", "c"])), EITHER, "y")
    refused(lambda: getattr(gp, method)(np.full((3, 2), "a"), Y), EITHER, "X")


NO_NUMBERS = {
    "texts that look like numbers": ["1", "2", "3"],
    "a text among numbers": np.array([1, 2, "3"], dtype=object),
    "durations": np.array([1, 2, 3], "timedelta64[s]"),
    "a duration among numbers": np.array([1, 2, np.timedelta64(3, "s")], dtype=object),
    "dates": np.array([1, 2, 3], "datetime64[s]"),
    "half of complex numbers": np.array([1 + 2j, 2, 3]),
}


@pytest.mark.parametrize("values", NO_NUMBERS.values(), ids=list(NO_NUMBERS))
def test_what_numpy_would_make_a_number_of_is_no_number(values):
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=0.3), noise_variance=1e-4)
    refused(lambda: gp.condition(X, values), TypeError, "y must be an array of numbers")
    refused(lambda: gp.condition(np.array(values)[:, None], Y), TypeError, "X must be an array")


def test_a_masked_value_is_no_number():
    """Behind each mask stands one, which means nothing."""
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=0.3), noise_variance=1e-4)
    y = np.ma.masked_invalid([1.0, np.nan, 2.0])
    refused(lambda: gp.condition(X, y), ValueError, "y must have no masked values")
    masked = np.ma.array(X, mask=X > 0.6)
    refused(lambda: gp.condition(masked, Y), ValueError, "X must have no masked values")
    np.testing.assert_array_equal(
        gp.condition(np.ma.array(X), Y).predict(X), gp.condition(X, Y).predict(X)
    )


def test_a_number_beyond_the_floats_is_named():
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=0.3), noise_variance=1e-4)
    refused(lambda: gp.condition(X, [10**400, 1, 2]), ValueError, "y", "too large")
    refused(
        lambda: bo.maximize(never_called, space(), 3, max_seconds=10**400, progress=False),
        ValueError,
        "max_seconds must be at most 1.798e+308",
    )


@pytest.mark.parametrize(
    "config, fragments",
    [
        ({"n_layers": 10**5000}, ["n_layers must be in {1, ..., 5}", "<int without a repr"]),
        ({"optimizer": 10**5000}, ["optimizer must be one of ['sgd', 'momentum']", "<int"]),
        ({"n_layers": np.timedelta64(2, "s")}, ["n_layers must be an integer", "timedelta64"]),
    ],
    ids=["an integer too long to show", "a choice too long to show", "a duration"],
)
def test_an_error_shows_what_came_even_if_that_cannot_be_shown(config, fragments):
    config = {"learning_rate": 0.1, "n_layers": 3, "optimizer": "sgd"} | config
    refused(lambda: space().validate(config), EITHER, *fragments)


@pytest.mark.parametrize(
    "bad_Xs, shown",
    [
        (np.array([0.1, 0.2]), "(2,)"),
        (np.zeros((4, 3)), "(4, 3)"),
        (np.array([[0.1, np.nan]]), "nan"),
    ],
    ids=["flat", "another dimension", "NaN"],
)
def test_points_to_predict_at(bad_Xs, shown):
    gp = bo.GaussianProcess(bo.SquaredExponential(length_scale=0.3), noise_variance=1e-4)
    posterior = gp.condition(X, Y)
    rng = np.random.default_rng(0)
    refused(lambda: posterior.predict(bad_Xs), ValueError, "Xs", shown)
    refused(lambda: posterior.covariance(bad_Xs), ValueError, "Xs", shown)
    refused(lambda: posterior.sample(bad_Xs, 2, rng), ValueError, "Xs", shown)


# keyword arguments of a kernel, error, what the message must show
KERNELS = [
    ({"length_scale": -0.3}, ValueError, ["length_scale", "-0.3", "positive"]),
    ({"length_scale": 0.0}, ValueError, ["length_scale", "0.0", "positive"]),
    ({"length_scale": np.nan}, ValueError, ["length_scale", "nan"]),
    ({"length_scale": np.inf}, ValueError, ["length_scale", "inf"]),
    ({"length_scale": [0.3, -0.25]}, ValueError, ["length_scale", "-0.25"]),
    ({"length_scale": np.ones((2, 2))}, ValueError, ["length_scale", "(d,)"]),
    ({"length_scale": []}, ValueError, ["length_scale"]),
    ({"length_scale": "short"}, EITHER, ["length_scale", "'short'"]),
    ({"length_scale": None}, EITHER, ["length_scale", "None"]),
    ({"signal_variance": 0}, ValueError, ["signal_variance", "0", "positive"]),
    ({"signal_variance": -2.5}, ValueError, ["signal_variance", "-2.5", "positive"]),
    ({"signal_variance": np.nan}, ValueError, ["signal_variance", "nan"]),
    ({"signal_variance": np.inf}, ValueError, ["signal_variance", "inf"]),
    ({"signal_variance": [1.0, 2.0]}, EITHER, ["signal_variance", "[1.0, 2.0]"]),
    ({"signal_variance": "1"}, EITHER, ["signal_variance", "'1'"]),
]


@pytest.mark.parametrize("make", [bo.SquaredExponential, bo.Matern52])
@pytest.mark.parametrize(
    "arguments, error, fragments", KERNELS, ids=[str(case[0]) for case in KERNELS]
)
def test_hyperparameters_of_a_kernel(make, arguments, error, fragments):
    refused(lambda: make(**{"length_scale": 0.3, **arguments}), error, *fragments)


@pytest.mark.parametrize("make", [bo.SquaredExponential, bo.Matern52])
@pytest.mark.parametrize(
    "points, shown",
    [((X[:, 0],), "(3,)"), ((X, np.zeros((4, 3))), "(4, 3)"), ((np.zeros((4, 3)),), "(4, 3)")],
    ids=["flat", "two dimensions against three", "another dimension than length_scale"],
)
def test_points_for_a_kernel(make, points, shown):
    kernel = make(length_scale=np.array([0.3, 0.4]))
    refused(lambda: kernel(*points), ValueError, shown)


@pytest.mark.parametrize("make", [bo.SquaredExponential, bo.Matern52])
def test_points_of_two_dimensions_for_a_scalar_length_scale(make):
    """A scalar length scale fits any dimension, yet the two sets must share theirs."""
    refused(lambda: make(length_scale=0.3)(X, np.zeros((4, 3))), ValueError, "(4, 3)")
    refused(lambda: make(length_scale=0.3)(X, np.zeros((4, 1))), ValueError, "(4, 1)")


# keyword arguments of a Gaussian process, error, what the message must show
PROCESSES = [
    ({"noise_variance": -1.0}, ValueError, ["noise_variance", "-1.0"]),
    ({"noise_variance": np.nan}, ValueError, ["noise_variance", "nan"]),
    ({"noise_variance": np.inf}, ValueError, ["noise_variance", "inf"]),
    ({"noise_variance": "1e-6"}, EITHER, ["noise_variance", "'1e-6'"]),
    ({"mean": np.nan}, ValueError, ["mean", "nan"]),
    ({"mean": np.inf}, ValueError, ["mean", "inf"]),
    ({"mean": "zero"}, EITHER, ["mean", "'zero'"]),
    ({"kernel": "SE"}, TypeError, ["kernel", "'SE'"]),
    ({"kernel": None}, TypeError, ["kernel", "None"]),
]


@pytest.mark.parametrize(
    "arguments, error, fragments", PROCESSES, ids=[str(case[0]) for case in PROCESSES]
)
def test_arguments_of_the_gp(arguments, error, fragments):
    kernel = bo.SquaredExponential(length_scale=0.3)
    refused(lambda: bo.GaussianProcess(**{"kernel": kernel, **arguments}), error, *fragments)


# --------------------------------------------------------------------------------------- the loop


@pytest.mark.parametrize("n, error", [(0, ValueError), (-1, ValueError), (2.5, EITHER)])
def test_the_number_of_evaluations(n, error):
    refused(
        lambda: bo.maximize(never_called, space(), n_evaluations=n, progress=False),
        error,
        "n_evaluations",
        str(n),
    )


MAXIMIZE = [
    ("a number to maximize", {"objective": 0.5}, ["objective", "0.5"]),
    ("no objective", {"objective": None}, ["objective", "None"]),
    ("a dictionary of bounds", {"space": {"x": (0, 1)}}, ["space", "(0, 1)"]),
    ("no space", {"space": None}, ["space", "None"]),
    ("a strategy by name", {"strategy": "random"}, ["strategy", "'random'", "ask", "tell"]),
    # A class has the names ask and tell too, and yet cannot be asked.
    ("a strategy's class", {"strategy": bo.RandomSearch}, ["strategy", "RandomSearch"]),
]


@pytest.mark.parametrize(
    "arguments, fragments", [case[1:] for case in MAXIMIZE], ids=[case[0] for case in MAXIMIZE]
)
def test_arguments_of_maximize(arguments, fragments):
    good = {"objective": never_called, "space": space(), "progress": False}
    refused(lambda: bo.maximize(**{**good, **arguments}), TypeError, *fragments)


def test_a_config_that_the_strategy_asks_and_the_space_does_not_hold():
    """A strategy made for another space is caught before its config reaches the objective."""
    other = bo.RandomSearch(bo.Space(lr=bo.Float(0.0, 1.0)))
    refused(
        lambda: bo.maximize(never_called, space(), strategy=other, progress=False),
        ValueError,
        "lr",
    )


@pytest.mark.parametrize(
    "returned, shown",
    [
        ("0.93", "'0.93'"),
        (np.array([0.93, 0.94]), "array"),
        (np.array([0.93]), "array"),
        (None, "None"),
        ([0.93], "[0.93]"),
        ((0.93, 0.1), "(0.93, 0.1)"),
        ({"accuracy": 0.93}, "accuracy"),
        (0.93 + 0.1j, "0.1j"),
    ],
    ids=["text", "array", "array of one", "None", "list", "tuple", "dictionary", "complex"],
)
@pytest.mark.parametrize("strategy", [None, "random"])
def test_an_objective_that_returns_no_number_is_named_at_its_first_return(
    returned, shown, strategy
):
    calls = []

    def objective(config):
        calls.append(config)
        return returned

    chosen = bo.RandomSearch(space()) if strategy else None
    refused(
        lambda: bo.maximize(objective, space(), n_evaluations=9, strategy=chosen, progress=False),
        TypeError,
        "objective",
        shown,
    )
    assert len(calls) == 1


@pytest.mark.parametrize(
    "returned", [1, 0.5, np.float64(0.5), np.float32(0.5), np.int64(2), np.array(0.5)], ids=repr
)
def test_an_objective_may_return_any_real_number(returned):
    result = bo.maximize(lambda c: returned, space(), n_evaluations=2, progress=False)
    np.testing.assert_array_equal(result.values, [float(returned)] * 2)


def test_an_error_of_the_objective_is_the_users_to_see():
    def objective(config):
        raise RuntimeError("CUDA out of memory")

    result = bo.maximize(objective, space(), n_evaluations=3, progress=False)
    assert result.failures == dict.fromkeys(range(3), "RuntimeError: CUDA out of memory")
    with pytest.raises(RuntimeError, match="CUDA out of memory"):
        bo.maximize(objective, space(), n_evaluations=3, progress=False, on_error="raise")
