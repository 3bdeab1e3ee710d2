"""Strategies and the loop against probabilities, each other, and a process started anew."""

import copy
import itertools
import json
import subprocess
import sys
import textwrap
from collections import Counter

import numpy as np
import pytest
from scipy.stats import qmc

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.strategy import Trial


def mixed_space():
    return bo.Space(
        learning_rate=bo.Float(1e-4, 1.0, log=True),
        n_layers=bo.Int(1, 5),
        optimizer=bo.Categorical(["sgd", "momentum"]),
        momentum=bo.Float(0.0, 0.99, when={"optimizer": "momentum"}),
    )


def mixed_objective(config):
    """Peak at a learning rate of 0.01, three layers, momentum 0.9."""
    value = -((np.log10(config["learning_rate"]) + 2) ** 2) / 4 - (config["n_layers"] - 3) ** 2 / 8
    return float(value - (abs(config["momentum"] - 0.9) if "momentum" in config else 0.5))


def square(d=2):
    return bo.Space(**{f"x{j}": bo.Float(0.0, 1.0) for j in range(d)})


def units(space, configs):
    return np.array([space.to_unit(config) for config in configs])


STRATEGIES = {
    "random": lambda space, seed=0: bo.RandomSearch(space, seed=seed),
    "Sobol": lambda space, seed=0: bo.SobolSearch(space, seed=seed),
    "BO": lambda space, seed=0: bo.BayesianOptimization(space, n_initial=4, seed=seed),
    "plain BO": lambda space, seed=0: bo.BayesianOptimization.plain(
        space, length_scale=0.2, xi=0.01, n_initial=4, seed=seed
    ),
}
all_strategies = pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))
model_based = pytest.mark.parametrize(
    "make", [STRATEGIES["BO"], STRATEGIES["plain BO"]], ids=["BO", "plain BO"]
)


def run(strategy, objective, n):
    """Ask and tell n times, one at a time; return the history."""
    history = []
    for _ in range(n):
        config = strategy.ask()
        history.append((config, objective(config)))
        strategy.tell(*history[-1])
    return history


# ---------------------------------------------------------------------------------- random search


@pytest.mark.parametrize("share, n, repeats", [(0.01, 60, 300), (0.05, 20, 800), (0.2, 5, 1500)])
def test_random_search_hits_the_top_as_often_as_the_formula_says(share, n, repeats):
    """At least one of n draws falls in a box of volume p with probability 1 - (1 - p)^n."""
    space = square(2)
    side = np.sqrt(share)
    hits = 0
    for seed in range(repeats):
        strategy = bo.RandomSearch(space, seed=seed)
        X = units(space, strategy.ask(n))
        hits += ((X > 0.3) & (X < 0.3 + side)).all(axis=1).any()
    p = 1 - (1 - share) ** n
    assert abs(hits / repeats - p) < 4 * np.sqrt(p * (1 - p) / repeats)


def test_random_search_draws_independently_over_seeds_and_trials():
    """Streams keyed by [seed, trial] must not repeat, neither along seeds nor along trials."""
    space = square(1)
    first = [c["x0"] for seed in range(40) for c in bo.RandomSearch(space, seed=seed).ask(40)]
    assert len(set(first)) == 1600
    table = np.array(first).reshape(40, 40)
    assert abs(np.corrcoef(table[:-1, :].ravel(), table[1:, :].ravel())[0, 1]) < 4 / np.sqrt(1560)
    assert abs(np.corrcoef(table[:, :-1].ravel(), table[:, 1:].ravel())[0, 1]) < 4 / np.sqrt(1560)


# ------------------------------------------------------------------------------------------ Sobol


@pytest.mark.parametrize("d, n", [(1, 7), (2, 50), (5, 64), (3, 100)])
def test_sobol_points_are_distinct_and_evener_than_random(d, n):
    space = square(d)
    sobol = [units(space, bo.SobolSearch(space, seed=s).ask(n)) for s in range(10)]
    random = [units(space, bo.RandomSearch(space, seed=s).ask(n)) for s in range(10)]
    for X in sobol:
        assert len(np.unique(X, axis=0)) == n
    uneven = [[qmc.discrepancy(X) for X in group] for group in (sobol, random)]
    assert np.median(uneven[0]) < 0.5 * np.median(uneven[1])
    assert max(uneven[0]) < np.median(uneven[1])


def test_sobol_points_fill_every_cell_of_a_dyadic_grid():
    """Sixteen Sobol points, scrambled or not, are a (0, 4, 2)-net: one in each of 4 x 4 cells."""
    space = square(2)
    for seed in range(5):
        X = units(space, bo.SobolSearch(space, seed=seed).ask(16))
        assert len({tuple(cell) for cell in np.floor(4 * X).astype(int)}) == 16


def test_sobol_seeds_differ():
    space = square(2)
    assert bo.SobolSearch(space, seed=0).ask(4) != bo.SobolSearch(space, seed=1).ask(4)


# ------------------------------------------------------------------------------------------- grid


def test_grid_search_covers_the_product_once_and_the_run_ends():
    space = bo.Space(x=bo.Float(0.0, 1.0), k=bo.Int(1, 3), c=bo.Categorical(["a", "b"]))
    result = bo.maximize(
        lambda config: config["x"],
        space,
        n_evaluations=1000,
        strategy=bo.GridSearch(space, points=3),
        progress=False,
    )
    expected = set(itertools.product([0.0, 0.5, 1.0], [1, 2, 3], ["a", "b"]))
    assert len(result.configs) == 18
    assert {(c["x"], c["k"], c["c"]) for c in result.configs} == expected


def test_grid_search_can_be_cut_short():
    space = square(2)
    result = bo.maximize(
        lambda config: 0.0,
        space,
        n_evaluations=7,
        strategy=bo.GridSearch(space, points=4),
        progress=False,
    )
    assert len(result.configs) == 7
    assert len({tuple(c.values()) for c in result.configs}) == 7


# ----------------------------------------------------------------------------------------- purity


@all_strategies
def test_the_same_history_leads_to_the_same_question(make):
    one, two = make(mixed_space(), seed=3), make(mixed_space(), seed=3)
    for _ in range(9):
        config = one.ask()
        assert config == two.ask()
        one.tell(config, mixed_objective(config))
        two.tell(config, mixed_objective(config))


@all_strategies
def test_another_seed_leads_elsewhere(make):
    assert make(mixed_space(), seed=0).ask() != make(mixed_space(), seed=1).ask()


@all_strategies
def test_questions_leave_the_global_generator_alone(make):
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    history = run(make(mixed_space()), mixed_objective, 6)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    np.random.seed(1)
    assert history == run(make(mixed_space()), mixed_objective, 6)


@all_strategies
@pytest.mark.parametrize("told_first", [2, 6])
def test_a_batch_is_what_single_questions_would_ask(make, told_first):
    """Asking without telling leaves a pending point; a batch is four such questions."""
    batch, single = make(mixed_space()), make(mixed_space())
    for strategy in (batch, single):
        run(strategy, mixed_objective, told_first)
    assert batch.ask(4) == [single.ask() for _ in range(4)]


@all_strategies
@pytest.mark.parametrize("order", [(3, 1, 0, 2), (1, 0, 3, 2), (3, 2, 1, 0)])
@pytest.mark.parametrize("told_first", [0, 6])
def test_answers_may_arrive_in_any_order(make, told_first, order):
    strategies = make(mixed_space()), make(mixed_space())
    for strategy, arrivals in zip(strategies, (range(4), order), strict=True):
        run(strategy, mixed_objective, told_first)
        configs = strategy.ask(4)
        for i in arrivals:
            strategy.tell(configs[i], mixed_objective(configs[i]))
    assert strategies[0].ask(2) == strategies[1].ask(2)


@model_based
def test_a_pending_question_changes_the_next_one_but_not_the_one_after_its_answer(make):
    told, pending = make(mixed_space()), make(mixed_space())
    for strategy in (told, pending):
        run(strategy, mixed_objective, 6)
    config = told.ask()
    assert pending.ask() == config
    following = pending.ask()
    assert following != config
    told.tell(config, mixed_objective(config))
    after = told.ask()
    other = make(mixed_space())
    run(other, mixed_objective, 6)
    assert other.ask() == config
    other.tell(config, mixed_objective(config))
    assert other.ask() == after


@all_strategies
def test_replaying_a_history_in_a_new_object_asks_the_same_next(make):
    first = make(mixed_space(), seed=5)
    history = run(first, mixed_objective, 8)
    replayed = make(mixed_space(), seed=5)
    for config, value in history:
        replayed.tell(config, value)
    assert replayed.ask() == first.ask()


@all_strategies
def test_replaying_through_json_asks_the_same_next(make):
    first = make(mixed_space(), seed=5)
    log = json.dumps(run(first, mixed_objective, 8))
    replayed = make(mixed_space(), seed=5)
    for config, value in json.loads(log):
        replayed.tell(config, value)
    assert replayed.ask() == first.ask()


def test_replaying_in_a_new_process_asks_the_same_next():
    """One process for the three strategies: the hash seed, and so the order of sets, differs."""
    makers = {
        "RandomSearch": lambda: bo.RandomSearch(mixed_space(), seed=2),
        "SobolSearch": lambda: bo.SobolSearch(mixed_space(), seed=2),
        "BayesianOptimization": lambda: bo.BayesianOptimization(mixed_space(), seed=2),
    }
    logs, expected = {}, {}
    for name, make in makers.items():
        strategy = make()
        logs[name] = run(strategy, mixed_objective, 11)
        expected[name] = strategy.ask(2)
    program = """
        import json, sys
        import bo_tutorial as bo
        space = bo.Space(
            learning_rate=bo.Float(1e-4, 1.0, log=True),
            n_layers=bo.Int(1, 5),
            optimizer=bo.Categorical(["sgd", "momentum"]),
            momentum=bo.Float(0.0, 0.99, when={"optimizer": "momentum"}),
        )
        answer = {}
        for name, history in json.load(sys.stdin).items():
            strategy = getattr(bo, name)(space, seed=2)
            for config, value in history:
                strategy.tell(config, value)
            answer[name] = strategy.ask(2)
        print(json.dumps(answer))
    """
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        input=json.dumps(logs),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout) == expected


@all_strategies
def test_the_callers_dictionary_is_not_the_history(make):
    """Changing a config after telling it must not rewrite the past."""
    kept, changed = make(mixed_space()), make(mixed_space())
    for strategy in (kept, changed):
        for _ in range(6):
            config = strategy.ask()
            strategy.tell(config, mixed_objective(config))
            if strategy is changed:
                config.clear()
    assert kept.ask() == changed.ask()


# ------------------------------------------------------------------------------------- warm starts


@all_strategies
def test_a_warm_start_with_configs_that_were_never_asked(make):
    space = mixed_space()
    strategy = make(space)
    for rate in (1e-4, 1e-3, 1e-2, 0.1, 1.0):
        config = {"learning_rate": rate, "n_layers": 3, "optimizer": "sgd"}
        strategy.tell(config, mixed_objective(config))
    for _ in range(3):
        config = strategy.ask()
        space.validate(config)
        strategy.tell(config, mixed_objective(config))


@model_based
def test_what_is_told_counts_toward_the_initial_design(make):
    """With fewer than n_initial answers the question ignores the values; after, it follows them."""

    def next_question(n, target):
        strategy = make(square(1))
        for x in np.linspace(0.05, 0.95, n):
            strategy.tell({"x0": float(x)}, -((x - target) ** 2))
        return strategy.ask()["x0"]

    assert next_question(3, 0.2) == next_question(3, 0.8)
    assert abs(next_question(5, 0.2) - 0.2) < 0.25
    assert abs(next_question(5, 0.8) - 0.8) < 0.25


# ---------------------------------------------------------------------------------- finite spaces


def small_space():
    return bo.Space(
        k=bo.Int(1, 4),
        c=bo.Categorical(["a", "b"]),
        flag=bo.Categorical([True, False], when={"c": "b"}),
    )


def small_objective(config):
    return float(config["k"] == 3) + float(config.get("flag", False))


SMALL_SIZE = 4 + 4 * 2


@model_based
def test_no_question_is_asked_twice_until_a_finite_space_is_exhausted(make):
    strategy = make(small_space())
    asked = [config for config, _ in run(strategy, small_objective, SMALL_SIZE)]
    assert len({tuple(config.items()) for config in asked}) == SMALL_SIZE


@model_based
def test_no_pending_question_is_asked_again(make):
    strategy = make(small_space())
    asked = []
    while len(asked) < SMALL_SIZE:
        batch = strategy.ask(3)
        asked += batch
        strategy.tell(batch[1], small_objective(batch[1]))
    assert len({tuple(config.items()) for config in asked}) == SMALL_SIZE


@model_based
def test_an_exhausted_space_ends_the_run(make):
    result = bo.maximize(
        small_objective,
        small_space(),
        n_evaluations=50,
        strategy=make(small_space()),
        progress=False,
    )
    assert len(result.configs) == len(result.values) == SMALL_SIZE
    assert result.best_value == 2.0
    assert result.best_config == {"k": 3, "c": "b", "flag": True}


@model_based
@pytest.mark.parametrize("objective", [lambda c: 0.0, lambda c: float(c["x0"] > 0.5)])
def test_flat_objectives_do_not_bring_duplicates(make, objective):
    space = square(2)
    X = units(space, [config for config, _ in run(make(space), objective, 15)])
    gaps = np.linalg.norm(X[:, None] - X[None], axis=2)[np.triu_indices(15, 1)]
    assert gaps.min() > 1e-8


@model_based
def test_a_batch_does_not_clump(make):
    space = square(2)
    strategy = make(space)
    run(strategy, lambda c: -((c["x0"] - 0.3) ** 2) - (c["x1"] - 0.6) ** 2, 8)
    X = units(space, strategy.ask(5))
    gaps = np.linalg.norm(X[:, None] - X[None], axis=2)[np.triu_indices(5, 1)]
    assert gaps.min() > 1e-4


# ------------------------------------------------------------------------------- hard histories


@all_strategies
def test_failed_trials_do_not_break_the_next_question(make):
    space = mixed_space()

    def fails_often(config):
        return float("nan") if config["learning_rate"] > 0.03 else mixed_objective(config)

    strategy = make(space)
    for _ in range(14):
        config = strategy.ask()
        space.validate(config)
        strategy.tell(config, fails_often(config))


@all_strategies
def test_nothing_but_failures(make):
    space = mixed_space()
    strategy = make(space)
    asked = [config for config, _ in run(strategy, lambda c: float("nan"), 8)]
    for config in asked:
        space.validate(config)
    assert len({json.dumps(config) for config in asked}) == 8


@all_strategies
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_a_failure_too(make, value):
    """A diverged training may return it; as a number it would spoil the mean of all the others."""
    infinite, failed = make(mixed_space()), make(mixed_space())
    for strategy, told in ((infinite, value), (failed, np.nan)):
        run(strategy, mixed_objective, 5)
        strategy.tell(strategy.ask(), told)
    assert infinite.ask() == failed.ask()


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_never_the_best_value(value):
    values = iter([0.1, value, 0.3, 0.2])
    result = bo.maximize(lambda c: next(values), square(1), n_evaluations=4, progress=False)
    np.testing.assert_array_equal(result.incumbents, [0.1, 0.1, 0.3, 0.3])
    assert result.best_value == 0.3


@model_based
def test_failures_are_avoided(make):
    """Half of the square fails: a strategy that ignores this goes back there half of the time."""
    space = square(2)
    strategy = make(space)
    history = run(strategy, lambda c: np.nan if c["x0"] > 0.5 else c["x0"] + c["x1"] / 10, 25)
    failed = [np.isnan(value) for _, value in history[10:]]
    assert np.mean(failed) < 0.5


@all_strategies
@pytest.mark.parametrize("level", [0.0, 0.1, -1e9])
def test_constant_outputs(make, level):
    space = mixed_space()
    strategy = make(space)
    for config, _ in run(strategy, lambda c: level, 9):
        space.validate(config)


@model_based
@pytest.mark.parametrize(
    "values",
    [
        [1e12, -1e12, 3.0, 1e-12, 0.0, 5.0],
        [1e-300, 2e-300, 0.0, 1e-300, 3e-300, 0.0],
        [0.1, 0.1, 0.1, 0.1, 0.1, 0.1 + 1e-16],
        [1e8 + 0.1, 1e8 + 0.2, 1e8, 1e8 + 0.3, 1e8, 1e8],
        [1e200, 1.0, -1e200, 0.0, 5e199, 1.0],
    ],
)
def test_outputs_of_every_scale(make, values):
    space = square(1)
    strategy = make(space)
    for x, value in zip(np.linspace(0, 1, 6), values, strict=True):
        strategy.tell({"x0": float(x)}, value)
    for config, _ in run(strategy, lambda c: values[0], 3):
        space.validate(config)


def test_one_answer_is_enough_to_ask_again():
    for make in (
        lambda: bo.BayesianOptimization(mixed_space(), n_initial=1, seed=0),
        lambda: bo.BayesianOptimization.plain(
            mixed_space(), length_scale=0.2, xi=0.01, n_initial=1, seed=0
        ),
    ):
        for value in (0.7, float("nan")):
            strategy = make()
            strategy.tell(strategy.ask(), value)
            mixed_space().validate(strategy.ask())


@model_based
def test_the_same_config_told_many_times(make):
    """A user repeats a config to see its noise: contradictory duplicates in the data."""
    space = square(2)
    strategy = make(space)
    for value in (0.80, 0.83, 0.79, 0.81, 0.82):
        strategy.tell({"x0": 0.5, "x1": 0.5}, value)
    for config, _ in run(strategy, lambda c: c["x0"], 4):
        space.validate(config)
        assert config != {"x0": 0.5, "x1": 0.5}


@all_strategies
def test_a_space_of_one_hyperparameter_of_each_kind(make):
    for space in (
        bo.Space(x=bo.Float(1e-5, 1e-1, log=True)),
        bo.Space(k=bo.Int(1, 1000, log=True)),
        bo.Space(c=bo.Categorical(list(range(20)))),
    ):
        for config, _ in run(make(space), lambda c: float(next(iter(c.values()))), 8):
            space.validate(config)


# -------------------------------------------------------------------------------- acquisitions


@pytest.mark.parametrize(
    "acquisition",
    [
        bo.ExpectedImprovement(),
        bo.LogExpectedImprovement(),
        bo.ProbabilityOfImprovement(),
        bo.UpperConfidenceBound(),
        lambda mu, sigma, best: mu,
    ],
    ids=["EI", "log EI", "PI", "UCB", "a function of one's own"],
)
def test_every_acquisition_can_be_handed_over(acquisition):
    space = square(2)
    strategy = bo.BayesianOptimization(space, acquisition=acquisition, n_initial=4, seed=0)
    history = run(strategy, lambda c: -((c["x0"] - 0.3) ** 2) - (c["x1"] - 0.6) ** 2, 12)
    for config, _ in history:
        space.validate(config)


def test_a_large_kappa_explores_and_a_small_one_stays():
    """The same data, two kappas: the next question moves from the best point to the unknown."""

    def next_x(kappa):
        strategy = bo.BayesianOptimization(
            square(1), acquisition=bo.UpperConfidenceBound(kappa=kappa), n_initial=4, seed=0
        )
        for x, value in ((0.1, 0.0), (0.15, 0.5), (0.2, 0.8), (0.25, 0.6), (0.3, 0.1)):
            strategy.tell({"x0": x}, value)
        return strategy.ask()["x0"]

    assert 0.15 < next_x(0.0) < 0.25
    assert next_x(50.0) > 0.5


# ------------------------------------------------------------------------------------- the loop


def regrets(problem, make, n_evaluations, seeds):
    return [
        problem.optimum
        - bo.maximize(
            problem,
            problem.space,
            n_evaluations=n_evaluations,
            seed=seed,
            strategy=make(problem.space, seed),
            progress=False,
        ).best_value
        for seed in seeds
    ]


@pytest.mark.parametrize("name", ["branin", "hartmann3"])
def test_bayesian_optimization_beats_random_search_at_the_same_budget(name):
    """40 evaluations, 5 seeds: the median regret is below 0.01."""
    problem = getattr(problems, name)
    ours = regrets(problem, lambda space, seed: None, 40, range(5))
    random = regrets(problem, STRATEGIES["random"], 40, range(5))
    assert min(ours) > -1e-9
    assert np.median(ours) < 1e-2
    assert np.median(ours) < np.median(random) / 5
    assert max(ours) < np.median(random)


def test_the_plain_loop_finds_the_peak_of_a_smooth_curve():
    space = square(1)
    result = bo.maximize(
        lambda c: float(np.exp(-((c["x0"] - 0.37) ** 2) / 0.05)),
        space,
        n_evaluations=15,
        strategy=bo.BayesianOptimization.plain(
            space, length_scale=0.2, xi=0.01, n_initial=3, seed=0
        ),
        progress=False,
    )
    assert abs(result.best_config["x0"] - 0.37) < 0.05


def test_a_mixed_conditional_problem_is_solved():
    found = [
        bo.maximize(
            mixed_objective, mixed_space(), n_evaluations=30, seed=seed, progress=False
        ).best_value
        for seed in range(3)
    ]
    assert np.median(found) > -0.05  # the optimum is 0


def test_the_result_is_the_history():
    seen = []

    def objective(config):
        seen.append(dict(config))
        return problems.branin(config)

    result = bo.maximize(objective, problems.branin.space, n_evaluations=12, seed=1, progress=False)
    assert result.configs == seen and len(seen) == 12
    values = [problems.branin(config) for config in seen]
    np.testing.assert_array_equal(result.values, values)
    np.testing.assert_array_equal(result.incumbents, np.maximum.accumulate(values))
    assert result.best_value == max(values)
    assert result.best_config == seen[int(np.argmax(values))]


def test_incumbents_skip_failures():
    values = iter([np.nan, 0.3, np.nan, 0.2, 0.9, np.nan, 0.5, 0.9])
    result = bo.maximize(lambda c: next(values), square(2), n_evaluations=8, progress=False)
    expected = [np.nan, 0.3, 0.3, 0.3, 0.9, 0.9, 0.9, 0.9]
    np.testing.assert_array_equal(result.incumbents, expected)
    assert result.best_value == 0.9
    assert result.best_config == result.configs[4]  # the first of the two that reached it


def test_a_run_is_reproducible_and_depends_on_its_seed():
    runs = [
        bo.maximize(
            mixed_objective, mixed_space(), n_evaluations=12, seed=seed, progress=False
        ).configs
        for seed in (4, 4, 5)
    ]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_the_default_strategy_is_the_one_written_out():
    """maximize(strategy=None) is BayesianOptimization with the initial design capped at a third."""
    space = square(2)

    def objective(config):
        return -((config["x0"] - 0.3) ** 2) - (config["x1"] - 0.6) ** 2

    default = bo.maximize(objective, space, n_evaluations=12, seed=7, progress=False)
    written = bo.maximize(
        objective,
        space,
        n_evaluations=12,
        strategy=bo.BayesianOptimization(space, n_initial=4, seed=7),
        progress=False,
    )
    assert default.configs == written.configs


@pytest.mark.parametrize("n_evaluations", [1, 2, 3])
def test_tiny_budgets(n_evaluations):
    result = bo.maximize(
        mixed_objective, mixed_space(), n_evaluations=n_evaluations, progress=False
    )
    assert len(result.values) == n_evaluations


def test_an_integer_budget_may_come_from_numpy():
    result = bo.maximize(mixed_objective, mixed_space(), n_evaluations=np.int64(3), progress=False)
    assert len(result.values) == 3


def test_any_object_with_ask_and_tell_is_a_strategy():
    class Fixed:
        def __init__(self):
            self.told = []

        def ask(self):
            return {"x0": len(self.told) / 10}

        def tell(self, config, value):
            self.told.append((config, value))

    strategy = Fixed()
    result = bo.maximize(
        lambda c: c["x0"], square(1), n_evaluations=5, strategy=strategy, progress=False
    )
    assert [c["x0"] for c in result.configs] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert strategy.told == [({"x0": x}, x) for x in (0.0, 0.1, 0.2, 0.3, 0.4)]


def test_a_surrogate_of_ones_own():
    """Anything whose fit returns something that predicts can stand in for the Gaussian process."""

    class Posterior:
        def __init__(self, X, y):
            self.X, self.y = X, y

        def predict(self, Xs):
            distance = np.linalg.norm(Xs[:, None] - self.X[None], axis=2)
            return self.y[distance.argmin(axis=1)], distance.min(axis=1)

    class Nearest:
        def fit(self, X, y):
            return Posterior(np.array(X), np.array(y))

    space = square(2)
    strategy = bo.BayesianOptimization(
        space, surrogate=Nearest(), acquisition=bo.UpperConfidenceBound(), n_initial=4, seed=0
    )
    for config, _ in run(strategy, lambda c: c["x0"] - c["x1"], 10):
        space.validate(config)


# ------------------------------------------------------------------------- many trials


@pytest.mark.parametrize("order", ["in order", "backwards", "asked", "with a gap"])
def test_telling_one_trial_more_does_not_look_at_all_the_others(order, monkeypatch):
    """Counted and not timed: what is read of trials, for each of 400 that are told."""
    reads = Counter()

    class Watched(Trial):
        def __getattribute__(self, name):
            reads[name] += 1
            return super().__getattribute__(name)

    monkeypatch.setattr("bo_tutorial.strategy.Trial", Watched)
    space = bo.Space(x=bo.Float(0.0, 1.0))
    strategy = bo.SobolSearch(space)
    numbers = {"backwards": range(400, 0, -1), "with a gap": range(5, 405)}.get(order)
    for i in range(400):
        config = strategy.ask() if order == "asked" and i % 100 == 0 else {"x": i / 400}
        before = sum(reads.values())
        strategy.tell(config, 0.0, **({} if numbers is None else {"number": numbers[i]}))
        assert sum(reads.values()) - before < 40
    assert [trial.number for trial in strategy.trials] == sorted(numbers or range(400))
    assert strategy.told == strategy.trials and strategy.pending == []


def test_the_smallest_free_number_is_asked_next_whatever_happened_before():
    """Told by number, out of order, with gaps; withdrawn; begun: against a search for it."""
    space = bo.Space(x=bo.Float(0.0, 1.0))
    strategy, rng, taken = bo.RandomSearch(space), np.random.default_rng(0), set()
    for _ in range(300):
        free = next(number for number in range(400) if number not in taken)
        action = rng.integers(5)
        if action == 0:
            strategy.begin({"x": rng.random()})
            taken.add(free)
        elif action == 1:
            number = int(rng.integers(free, free + 9))
            if number not in taken:
                strategy.tell({"x": rng.random()}, 1.0, number=number)
                taken.add(number)
        elif action == 2 and strategy.pending:
            trial = strategy.pending[int(rng.integers(len(strategy.pending)))]
            strategy.withdraw(trial.config)
            taken.discard(trial.number)
        elif action == 3 and strategy.pending:
            trial = strategy.pending[-1]
            strategy.tell(trial.config, 2.0)
        else:
            strategy.ask()
            taken.add(free)
        assert [trial.number for trial in strategy.trials] == sorted(taken)
        assert all(trial.value is None for trial in strategy.pending)
        assert len(strategy.pending) + len(strategy.told) == len(strategy.trials)


def test_a_list_of_trials_stays_as_it_was():
    strategy = bo.RandomSearch(bo.Space(x=bo.Float(0.0, 1.0)))
    strategy.tell({"x": 0.5}, 1.0)
    before = strategy.trials
    strategy.ask()
    assert len(before) == 1 and len(strategy.trials) == 2


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_strategy_goes_its_own_way(make):
    strategy = bo.RandomSearch(bo.Space(x=bo.Float(0.0, 1.0)))
    strategy.tell({"x": 0.5}, 1.0)
    other = make(strategy)
    asked = other.ask()
    assert len(strategy.trials) == 1 and strategy.pending == []
    assert strategy.ask() == asked
    other.tell(asked, 2.0)
    assert len(strategy.pending) == 1 and len(other.told) == 2


def test_a_batch_that_fails_leaves_nothing_behind(monkeypatch):
    strategy = bo.RandomSearch(bo.Space(x=bo.Float(0.0, 1.0)))
    strategy.tell({"x": 0.5}, 1.0)
    first = strategy.ask()
    plain = strategy.propose

    def broken(number, rng):
        if number == 4:
            raise KeyboardInterrupt
        return plain(number, rng)

    monkeypatch.setattr(strategy, "propose", broken)
    with pytest.raises(KeyboardInterrupt):
        strategy.ask(5)
    assert [trial.config for trial in strategy.pending] == [first]
    monkeypatch.undo()
    strategy.ask()
    assert [trial.number for trial in strategy.trials] == [0, 1, 2]
