"""What is handed to a run or comes out of one in another shape than the loop had in mind."""

import asyncio
import dataclasses
import functools
import logging
import math
import sys

import numpy as np
import pytest

import bo_tutorial as bo

LINE = bo.Space(x=bo.Float(0.0, 1.0))
SQUARE = bo.Space(x=bo.Float(0.0, 1.0), y=bo.Float(0.0, 1.0))


def run(objective, n=8, **keywords):
    keywords.setdefault("strategy", bo.RandomSearch(LINE, seed=1))
    return bo.maximize(objective, LINE, n, progress=False, **keywords)


def never(config):
    raise AssertionError("a mistake is named before an evaluation is spent")


# Objectives


class Objective:
    def __call__(self, config):
        return config["x"]

    def method(self, config, scale=1.0, *, shift=0.0):
        return config["x"] * scale + shift


def unpacked(function):
    """A decorator whose function takes one argument, though it says that it is `function`."""

    @functools.wraps(function)
    def call(config):
        return function(**config)

    return call


@unpacked
def of_two(x, y=1.0):
    return x * y


async def promise(config):
    return config["x"]


def generator(config):
    yield config["x"]


async def stream(config):
    yield config["x"]


class Promise:
    async def __call__(self, config):
        return config["x"]


@pytest.mark.parametrize(
    "objective",
    [
        Objective(),
        Objective().method,
        functools.partial(Objective().method, scale=1.0),
        functools.partial(lambda scale, config: scale * config["x"], 1.0),
        unpacked(lambda x: x),
        of_two,
        lambda *arguments: arguments[0]["x"],
        lambda config, *, scale=1.0: config["x"] * scale,
        pytest.param(
            lambda config: asyncio.run(promise(config)),
            marks=pytest.mark.native("asyncio opens a socket"),
        ),
        lambda config: np.float32(config["x"]),
        lambda config: (np.array(config["x"]), {}),
    ],
)
def test_whatever_can_be_called_with_a_configuration_is_an_objective(objective):
    expected = [config["x"] for config in bo.RandomSearch(LINE, seed=1).ask(4)]
    assert run(objective, n=4).values == pytest.approx(expected)


@pytest.mark.parametrize(
    "objective, says",
    [
        (lambda: 1.0, "must be a function of one argument, the configuration, a dict of x, got"),
        (lambda x, y: 1.0, r"takes \(x, y\): write lambda config: f\(\*\*config\)"),
        (lambda **config: 1.0, r"takes \(\*\*config\): write"),
        (lambda *, config: 1.0, r"takes \(\*, config\): write"),
        (functools.partial(lambda a, config, b: 1.0, 1), r"takes \(config, b\)"),
        (Objective, "got the class Objective: put brackets behind it"),
        (promise, "must be a plain function that returns its answer, got an async function"),
        (Promise(), "got an async function"),
        (functools.partial(promise), "got an async function"),
        (generator, "got a generator"),
        (stream, "got an async generator"),
    ],
)
def test_an_objective_that_cannot_answer_is_refused_before_anything_is_spent(objective, says):
    strategy = bo.RandomSearch(LINE, seed=1)
    with pytest.raises(TypeError, match=f"objective .*{says}"):
        run(objective, strategy=strategy)
    assert strategy.trials == []


@pytest.mark.parametrize(
    "stop, says",
    [
        (lambda: True, r"stop must be a function of one argument, the Result so far, got one"),
        (lambda result, best: True, r"takes \(result, best\): write lambda result"),
        (promise, "stop must be a plain function .* got an async function"),  # always true
    ],
)
def test_a_stop_rule_that_cannot_answer_is_refused_before_anything_is_spent(stop, says):
    with pytest.raises(TypeError, match=says):
        run(never, stop=stop)


class Tensor:
    """Refuses to become one number by an error of its own, as PyTorch's do."""

    def __float__(self):
        raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")


class Silent:
    def __repr__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize("returned", [Tensor(), Silent(), (Silent(), {"a": 1})])
def test_what_is_no_number_is_named_whatever_its_class_raises(returned):
    with pytest.raises(TypeError, match="the return value of objective must be one real number"):
        run(lambda config: returned)


# Earlier values, told or of a journal, say nothing about the objective of this call


def forgets(config):
    return None


def misspells(config):
    return config["learning_rate"]


def known(how, tmp_path):
    """A search that has six values: what to hand to `maximize` to go on with it."""
    strategy, journal = bo.RandomSearch(LINE, seed=1), tmp_path / "runs.jsonl"
    if how == "a journal":
        run(lambda config: config["x"], n=6, journal=journal, strategy=strategy)
        return {"strategy": bo.RandomSearch(LINE, seed=1), "journal": journal}
    for config in strategy.ask(6):
        if how == "told":
            config["x"] *= 0.5
        strategy.tell(config, 1.0)
    return {"strategy": strategy}


@pytest.mark.parametrize("how", ["a journal", "told", "kept"])
@pytest.mark.parametrize(
    "objective, error, n_spent", [(forgets, TypeError, 0), (misspells, bo.ObjectiveFailed, 5)]
)
def test_a_broken_objective_is_named_whatever_was_known_before(
    how, objective, error, n_spent, tmp_path
):
    with pytest.raises(error) as caught:
        run(objective, n=40, **known(how, tmp_path))
    assert caught.value.result.sources.count("evaluated") == n_spent


def test_failures_of_an_earlier_call_are_no_excuse():
    strategy = bo.RandomSearch(LINE, seed=1)
    run(misspells, n=3, strategy=strategy)
    with pytest.raises(bo.ObjectiveFailed):
        run(misspells, n=40, strategy=strategy)
    assert len(strategy.told) == 3 + 5


# Exceptions that leave a run


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    code: int


def test_an_exception_that_cannot_be_written_to_leaves_as_it_is():
    def objective(config):
        raise Frozen(3)

    with pytest.raises(Frozen):
        run(objective, on_error="raise")


def test_a_run_inside_of_a_run_does_not_pass_its_result_for_that_of_the_outer_one():
    def inner(config):
        if len(strategy.told) == 2:
            return run(misspells).best_value
        return config["x"]

    strategy = bo.RandomSearch(LINE, seed=1)
    with pytest.raises(bo.ObjectiveFailed) as caught:
        run(inner, strategy=strategy, on_error="raise")
    assert caught.value.result.strategy is strategy
    assert len(caught.value.result.values) == 2


def test_an_interrupt_of_the_last_fit_carries_the_result():
    class Interrupted(bo.RandomSearch):
        def recommend(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        run(lambda config: config["x"], strategy=Interrupted(LINE))
    assert len(caught.value.result.values) == 8


def test_a_trial_told_by_hand_does_not_hide_the_error_of_the_run():
    def objective(config):
        strategy.tell(config, 1.0)
        raise ArithmeticError("diverged")

    strategy = bo.RandomSearch(LINE, seed=1)
    with pytest.raises(ArithmeticError, match="diverged"):
        run(objective, strategy=strategy, on_error="raise")


# Nowhere to write


class NoText:
    """What some hosts put in the place of stderr."""


class Refuses(logging.Handler):
    def emit(self, record):
        raise ValueError("I/O operation on closed file")


def test_a_message_that_cannot_be_written_costs_no_evaluation():
    handler = Refuses()
    bo.loop.log.addHandler(handler)
    try:
        result = run(lambda config: math.nan if config["x"] < 0.4 else config["x"])
    finally:
        bo.loop.log.removeHandler(handler)
    assert len(result.values) == 8 and result.failures


def test_a_stderr_that_takes_no_text_has_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", NoText())
    result = bo.maximize(lambda config: config["x"], LINE, 3, strategy=bo.RandomSearch(LINE))
    assert len(result.values) == 3


# Strategies


def test_a_strategy_may_change_the_dict_that_it_asked():
    class Reusing:
        def __init__(self):
            self.config, self.told = {"x": 0.0}, []

        def ask(self):
            self.config["x"] += 0.125
            return self.config

        def tell(self, config, value):
            self.told.append((config["x"], value))

    strategy = Reusing()
    result = run(lambda config: config["x"], n=4, strategy=strategy)
    assert [config["x"] for config in result.configs] == [0.125, 0.25, 0.375, 0.5]
    assert strategy.told == [(x, x) for x in result.values]


@pytest.mark.parametrize("asked", [None, [{"x": 0.5}], {"x": 2.0}, {"y": 0.5}])
def test_a_strategy_that_asks_no_configuration_is_named(asked):
    class Odd:
        def ask(self):
            return asked

        def tell(self, config, value):
            raise AssertionError

    with pytest.raises((TypeError, ValueError), match="Odd.ask must return a configuration: "):
        run(never, strategy=Odd())


class Asks:
    def ask(self):
        raise AssertionError

    def tell(self, config, value):
        raise AssertionError


class TellsOne(Asks):
    def tell(self, config):
        raise AssertionError


class AsksMany(Asks):
    def ask(self, n):
        raise AssertionError


class TellsByKeyword(Asks):
    def tell(self, *, config, value):
        raise AssertionError


class AsksLater(Asks):
    async def ask(self):
        raise AssertionError


@pytest.mark.parametrize(
    "strategy, says",
    [
        (TellsOne(), r"strategy must have a method tell\(config, value\), got one that takes"),
        (AsksMany(), r"strategy must have a method ask\(\), got one that takes \(n\)"),
        (TellsByKeyword(), r"takes \(\*, config, value\)"),
        (AsksLater(), "ask of the strategy must be a plain function .* got an async function"),
    ],
)
def test_a_strategy_of_another_signature_is_refused_before_anything_is_spent(strategy, says):
    with pytest.raises(TypeError, match=says):
        run(never, strategy=strategy)


def test_a_batch_that_fails_in_the_middle_leaves_nothing_pending():
    class Tired(bo.RandomSearch):
        def propose(self, number, rng):
            if number == 2:
                raise MemoryError
            return super().propose(number, rng)

    strategy = Tired(LINE)
    with pytest.raises(MemoryError):
        strategy.ask(4)
    assert strategy.trials == []


@pytest.mark.parametrize("number", ["3", 2.5, -1, True])
def test_a_trial_number_is_a_whole_number(number):
    strategy = bo.RandomSearch(LINE)
    with pytest.raises((TypeError, ValueError), match="number must be "):
        strategy.tell({"x": 0.5}, 1.0, number=number)
    assert strategy.trials == []


def test_a_grid_is_not_changed_through_its_trials():
    strategy = bo.GridSearch(LINE, points=3)
    strategy.ask()
    strategy.trials[0].config["x"] = 0.75
    assert strategy.grid[0] == {"x": 0.0}


# A plateau


def test_a_plateau_counts_evaluations_and_not_what_was_told():
    strategy = bo.RandomSearch(LINE, seed=1)
    for x in np.linspace(0, 1, 30):
        strategy.tell({"x": x}, 2.0)
    result = run(lambda config: config["x"], n=50, strategy=strategy, stop=bo.Plateau(4))
    assert result.sources.count("evaluated") == 4  # none of them beats what was told


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64])
def test_a_patience_of_numpy_is_a_number_like_any_other(kind):
    result = run(lambda config: 1.0, n=200, stop=bo.Plateau(kind(120)))
    assert len(result.values) == 121


# Surrogates and acquisitions of one's own


class Surrogate:
    """Predict with a function of the points, (mu, sigma)."""

    kernel = None  # as an unfitted regressor of scikit-learn has it

    def __init__(self, predict):
        self.predict = predict

    def fit(self, X, y):
        return self


def wave(U):
    return np.sin(5 * U[:, 0]), 0.25 + U[:, 1] / 4


SPELLINGS = {
    "lists": lambda mu, sigma: (mu.tolist(), sigma.tolist()),
    "a list of tuples": lambda mu, sigma: [tuple(mu), tuple(sigma)],
    "objects": lambda mu, sigma: (mu.astype(object), sigma.astype(object)),
    "float64": lambda mu, sigma: (mu, sigma),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_predictions_mean_the_same_however_they_are_spelled(spelling):
    def ask(spell):
        surrogate = Surrogate(lambda U: spell(*wave(U)))
        strategy = bo.BayesianOptimization(SQUARE, surrogate=surrogate, n_initial=2)
        for config in strategy.ask(2):
            strategy.tell(config, config["x"])
        return strategy.ask(2), strategy.recommend()

    assert ask(SPELLINGS[spelling]) == ask(SPELLINGS["float64"])


def float32(mu, sigma, best):
    return (mu + sigma).astype(np.float32)


@unpacked
def unused(mu, sigma, best, xi):
    raise AssertionError


def with_xi(function):
    @functools.wraps(function)
    def call(mu, sigma, best):
        return function(mu, sigma, best, 0.25)

    return call


@pytest.mark.parametrize(
    "acquisition",
    [
        float32,
        lambda mu, sigma, best: (mu + sigma).tolist(),
        lambda mu, sigma, best: tuple(mu + sigma),
        lambda mu, sigma, best: (mu + sigma).astype(object),
        lambda mu, sigma, best: mu + sigma > best,
        lambda mu, sigma, best: np.where(mu > best, mu, -np.inf),
        lambda mu, sigma, best=0.0, xi=3.0: mu + sigma - xi,
        lambda mu, sigma, best, *, xi=3.0: mu + sigma - xi,
        lambda mu, sigma, best, **more: mu + sigma,
        lambda *arguments: arguments[0] + arguments[1],
        functools.partial(bo.expected_improvement, xi=0.25),
        functools.partial(lambda xi, mu, sigma, best: mu + xi * sigma, 2.0),
        with_xi(lambda mu, sigma, best, xi: mu + xi * sigma),
        np.frompyfunc(lambda mu, sigma, best: mu + sigma, 3, 1),
        np.vectorize(lambda mu, sigma, best: mu + sigma),
    ],
)
def test_whatever_scores_points_is_an_acquisition(acquisition):
    strategy = bo.BayesianOptimization(SQUARE, acquisition=acquisition, n_initial=3)
    for _ in range(5):
        config = strategy.ask()
        strategy.tell(config, config["x"])


@pytest.mark.parametrize(
    "acquisition",
    [
        lambda mu, sigma, best: [str(score) for score in mu],
        lambda mu, sigma, best: mu + 0j,
        functools.partial(bo.upper_confidence_bound, kappa=3.0),
        with_xi(bo.upper_confidence_bound),
    ],
)
def test_scores_that_are_no_numbers_and_a_kappa_in_third_place_are_refused(acquisition):
    with pytest.raises(TypeError, match="acquisition must "):
        bo.BayesianOptimization(SQUARE, acquisition=acquisition)


class Neighbors:
    """Needs `k` points, and values that are positive where it says so."""

    def __init__(self, k, positive=False):
        self.k, self.positive = k, positive

    def fit(self, X, y):
        if len(X) < self.k:
            raise ValueError(f"expected at least {self.k} points, got {len(X)}")
        if self.positive and (y <= 0).any():
            raise ValueError("y must be positive")
        self.X, self.y = X, y
        return self

    def predict(self, U):
        distance = np.linalg.norm(U[:, None] - self.X, axis=2)
        return self.y[distance.argmin(axis=1)], distance.min(axis=1)


def test_a_surrogate_that_needs_many_points_is_tried_with_those_that_it_gets():
    bo.BayesianOptimization(SQUARE, surrogate=Neighbors(40), n_initial=40)
    with pytest.raises(TypeError, match="on 39 made-up points .* expected at least 40 points"):
        bo.BayesianOptimization(SQUARE, surrogate=Neighbors(40), n_initial=39)


def test_a_surrogate_of_positive_values_will_do_where_they_are_not_standardized():
    surrogate, plain = Neighbors(2, positive=True), {"standardize": False, "warp": False}
    strategy = bo.BayesianOptimization(SQUARE, surrogate=surrogate, n_initial=2, **plain)
    for _ in range(4):
        config = strategy.ask()
        strategy.tell(config, 1 + config["x"])
    with pytest.raises(TypeError, match="y must be positive"):
        bo.BayesianOptimization(SQUARE, surrogate=surrogate, n_initial=5)


# Words


@pytest.mark.parametrize(
    "words, says",
    [
        ({"patience": 3}, "write stop=bo.Plateau"),
        ({"save": "a.jsonl"}, "write journal="),
        ({"maxfev": 30}, "write n_evaluations="),
        ({"time_limit_s": 30}, "write max_seconds="),
        ({"max_workers": 3}, "write executor="),
        ({"bounds": {}}, "write space=bo.Space"),
    ],
)
def test_words_near_another_argument_are_not_mistaken_for_it(words, says):
    with pytest.raises(TypeError, match=f"maximize has no argument '{next(iter(words))}': {says}"):
        bo.maximize(never, LINE, **words)


@pytest.mark.parametrize(
    "make, words, says",
    [
        (bo.RandomSearch, {"random_state": 1}, "RandomSearch has no argument .*: write seed=0"),
        (bo.SobolSearch, {"rng": 1}, "SobolSearch has no argument 'rng': write seed=0"),
        (bo.TreeParzen, {"random_state": 1}, "TreeParzen has no argument .*: write seed=0"),
        (bo.GridSearch, {"n_points": 9}, "GridSearch has no argument 'n_points': write points="),
        (bo.GridSearch, {"point": 9}, "did you mean points="),
        (bo.RandomSearch, {"direction": "minimize"}, "we maximize, so return -loss"),
        (bo.BayesianOptimization, {"direction": "minimize"}, "we maximize, so return -loss"),
        (bo.BayesianOptimization, {"gp": 1}, "write surrogate="),
        (bo.BayesianOptimization, {"acq": "EI"}, "write acquisition="),
    ],
)
def test_the_words_of_other_libraries_are_answered_by_every_strategy(make, words, says):
    with pytest.raises(TypeError, match=says):
        make(LINE, **words)


@pytest.mark.parametrize("journal", [True, 3, ["a.jsonl"], b"a.jsonl"])
def test_a_journal_is_the_path_of_a_file(journal):
    with pytest.raises(TypeError, match="journal must be the path of a file, got "):
        run(never, journal=journal)
