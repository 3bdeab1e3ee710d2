"""BayesianOptimization: what it believes, what it avoids, and that each choice is an argument."""

import math

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.ascent import maximize_acquisition
from bo_tutorial.evidence import _Evidence
from bo_tutorial.search import sobol_points
from bo_tutorial.smbo import _part

LINE = bo.Space(x=bo.Float(0.0, 1.0))


def history(strategy, n, f):
    for _ in range(n):
        config = strategy.ask()
        strategy.tell(config, f(config))
    return strategy


def bump(config):
    return float(np.exp(-((config["x"] - 0.3) ** 2) / 0.02))


def test_the_plain_configuration_is_the_loop_of_the_textbook():
    """Ten lines with the public parts, against the strategy."""
    n = 12
    strategy = bo.BayesianOptimization.plain(problems.forrester.space, seed=3)
    result = bo.maximize(
        problems.forrester, problems.forrester.space, n, strategy=strategy, progress=False
    )

    grid = np.linspace(0, 1, 201)[:, None]
    gp = bo.GaussianProcess(bo.SquaredExponential(0.2), noise_variance=1e-6)
    X = sobol_points(1, 3, seed=3)
    y = np.array([problems.forrester({"x1": x}) for x in X[:, 0]])
    while len(y) < n:
        mu, sigma = gp.condition(X, (y - y.mean()) / y.std()).predict(grid)
        mu, sigma = y.mean() + y.std() * mu, y.std() * sigma
        ei = bo.expected_improvement(mu, sigma, y.max(), xi=0.01)
        x = grid[np.argmax(ei)]
        grid = np.delete(grid, np.argmax(ei), axis=0)  # nothing is asked twice
        X, y = np.vstack([X, x]), np.append(y, problems.forrester({"x1": x[0]}))
    assert [config["x1"] for config in result.configs] == pytest.approx(list(X[:, 0]), abs=0)
    assert np.array_equal(result.values, y)


def test_posterior_is_in_units_of_f_and_passes_through_the_data():
    strategy = bo.BayesianOptimization.plain(LINE, n_initial=6)
    history(strategy, 6, lambda config: 1000 + 50 * bump(config))
    X = np.array([trial.point for trial in strategy.told])
    mu, sigma = strategy.posterior().predict(X)
    assert mu == pytest.approx([trial.value for trial in strategy.told], abs=0.1)
    assert np.all(sigma < 0.1)
    far = strategy.posterior().predict(np.array([[0.0], [1.0]]))[1]
    assert np.all(far < 50)


def test_failed_trials_count_as_the_worst_value_seen():
    strategy = bo.BayesianOptimization.plain(LINE, n_initial=2)
    strategy.tell({"x": 0.2}, 3.0)
    strategy.tell({"x": 0.5}, 1.0)
    strategy.tell({"x": 0.9}, float("nan"))
    mu, _ = strategy.posterior().predict(np.array([[0.2], [0.5], [0.9]]))
    assert mu == pytest.approx([3.0, 1.0, 1.0], abs=1e-3)


def test_when_everything_failed_it_goes_on_exploring():
    strategy = bo.BayesianOptimization(LINE, n_initial=2)
    history(strategy, 5, lambda config: float("nan"))
    asked = [trial.point[0] for trial in strategy.trials]
    assert len(set(asked)) == 5
    with pytest.raises(ValueError, match="at least one trial with a value"):
        strategy.posterior()


def test_a_pending_question_moves_the_next_one_away():
    strategy = history(bo.BayesianOptimization(LINE, n_initial=4), 4, bump)
    batch = [config["x"] for config in strategy.ask(4)]
    gaps = np.diff(np.sort(batch))
    assert np.all(gaps > 1e-2)
    assert len(strategy.pending) == 4


def test_recommend_discounts_a_lucky_value():
    """Ten honest values on a slope and one lucky outlier in the middle of three poor ones."""
    strategy = bo.BayesianOptimization(
        LINE, surrogate=bo.GaussianProcess(bo.SquaredExponential(0.3), 0.25, learn=False)
    )
    for x in np.linspace(0, 1, 11):
        strategy.tell({"x": float(x)}, float(x))
    strategy.tell({"x": 0.1}, 1.05)
    assert max(strategy.told, key=lambda trial: trial.value).config == {"x": 0.1}
    assert strategy.recommend()["x"] > 0.7


def test_what_was_told_counts_toward_the_initial_design():
    warm = bo.BayesianOptimization(LINE, n_initial=5)
    for x in (0.1, 0.3, 0.5, 0.7, 0.9):
        warm.tell({"x": x}, bump({"x": x}))
    blind = sobol_points(1, 6, 0)[5, 0]
    assert warm.ask()["x"] != pytest.approx(blind)


def test_categories_and_conditions_find_the_one_good_branch():
    space = bo.Space(
        rate=bo.Float(1e-4, 1.0, log=True),
        layers=bo.Int(1, 5),
        optimizer=bo.Categorical(["sgd", "momentum", "adam"]),
        momentum=bo.Float(0.0, 0.99, when={"optimizer": "momentum"}),
    )

    def f(config):
        loss = (np.log10(config["rate"]) + 2) ** 2 + (config["layers"] - 3) ** 2
        return -loss - (abs(config["momentum"] - 0.9) if "momentum" in config else 1.0)

    result = bo.maximize(f, space, 35, progress=False)
    assert result.best_config["optimizer"] == "momentum"
    assert result.best_config["layers"] == 3
    assert result.best_value > -0.2


def test_a_finite_space_is_searched_whole_and_then_ends():
    space = bo.Space(a=bo.Int(1, 4), b=bo.Categorical(["x", "y", "z"]))
    result = bo.maximize(lambda c: c["a"] - len(c["b"]), space, 50, progress=False)
    assert len(result.values) == 12
    assert len({tuple(config.items()) for config in result.configs}) == 12


@pytest.mark.parametrize(
    "acquisition",
    [
        bo.ExpectedImprovement(0.0),
        bo.LogExpectedImprovement(),
        bo.ProbabilityOfImprovement(0.01),
        bo.UpperConfidenceBound(1.5),
        lambda mu, sigma, best: mu + sigma,  # without slopes: the best candidate, no climb
    ],
)
def test_maximize_acquisition_beats_a_fine_grid(acquisition):
    gp = bo.GaussianProcess(bo.Matern52(0.2), 1e-6)
    X = np.array([[0.05], [0.4], [0.62], [0.95]])
    posterior = gp.condition(X, np.array([0.0, 1.0, 0.5, -1.0]))
    candidates = np.linspace(0, 1, 41)[:, None]
    grid = np.linspace(0, 1, 20_001)[:, None]
    top = acquisition(*posterior.predict(grid), 1.0).max()
    found = maximize_acquisition(acquisition, posterior, 1.0, candidates)[:1]
    reached = acquisition(*posterior.predict(found), 1.0)[0]
    if hasattr(acquisition, "slopes"):
        assert reached >= top - 1e-7 * max(1.0, abs(top))
    else:
        best = acquisition(*posterior.predict(candidates), 1.0).max()
        assert reached == pytest.approx(best, rel=1e-12)


def test_coordinates_that_are_not_free_stay():
    gp = bo.GaussianProcess(bo.Matern52(np.array([0.3, 0.3])), 1e-6)
    rng = np.random.default_rng(0)
    posterior = gp.condition(rng.random((6, 2)), rng.random(6))
    candidates = rng.random((30, 2))
    free = np.tile([True, False], (30, 1))
    found = maximize_acquisition(bo.LogExpectedImprovement(), posterior, 1.0, candidates, free)
    assert set(found[:, 1]) == set(candidates[:, 1])
    assert len(set(found[:, 0]) - set(candidates[:, 0])) == 4


def test_candidates_argument_is_the_set_that_is_searched():
    candidates = np.array([[0.11], [0.52], [0.93]])
    strategy = bo.BayesianOptimization(LINE, n_initial=1, candidates=candidates)
    history(strategy, 4, bump)
    assert sorted(t.config["x"] for t in strategy.trials[1:]) == pytest.approx([0.11, 0.52, 0.93])


class NearestNeighbor:
    """A surrogate of twelve lines: the value of the nearest point, uncertain with distance."""

    def fit(self, X, y):
        def distances(U):
            return np.linalg.norm(U[:, None] - X[None], axis=2)

        class Belief:
            def predict(self, U):
                nearest = distances(U)
                return y[nearest.argmin(axis=1)], nearest.min(axis=1) + 1e-3

        return Belief()


def test_anything_with_fit_and_predict_is_a_surrogate():
    strategy = bo.BayesianOptimization(LINE, surrogate=NearestNeighbor(), n_initial=3)
    history(strategy, 30, bump)
    assert max(trial.value for trial in strategy.told) > 0.95
    batch = strategy.ask(3)
    assert len({config["x"] for config in batch}) == 3


@pytest.mark.parametrize("kernel", [bo.SquaredExponential, bo.Matern52])
@pytest.mark.parametrize("ard", [True, False])
def test_the_fast_evidence_is_the_plain_one(kernel, ard):
    rng = np.random.default_rng(0)
    X, y = rng.random((25, 3)), rng.standard_normal(25)
    lengths = rng.uniform(0.2, 2.0, 3) if ard else 0.4
    kernel = kernel(lengths, 1.3, categorical=(2,))
    X[:, 2] = rng.integers(3, size=25) / 3
    plain = bo.GaussianProcess(kernel, 1e-3).condition(X, y)
    theta = np.log([*np.atleast_1d(lengths), 1.3, 1e-3])
    (value,), (gradient,) = _Evidence(kernel, X, y)(theta[None])
    assert value == pytest.approx(plain.log_marginal_likelihood, rel=1e-10)
    assert gradient == pytest.approx(plain.log_marginal_likelihood_gradient, rel=1e-7, abs=1e-7)


def test_what_is_learned_depends_on_the_trials_only():
    """Past 50 trials the hyperparameters are older than the data, whoever asks and when."""
    space = problems.branin.space
    steady = bo.BayesianOptimization(space, seed=0)
    for _ in range(57):
        config = steady.ask()
        steady.tell(config, problems.branin(config))
    fresh = bo.BayesianOptimization(space, seed=0)
    for trial in steady.told:
        fresh.tell(trial.config, trial.value)
    assert fresh.ask() == steady.ask()


def test_a_warped_posterior_is_read_in_units_of_f():
    strategy = bo.BayesianOptimization(LINE, n_initial=8)
    history(strategy, 8, lambda config: math.exp(5 * bump(config)))
    X = np.array([trial.point for trial in strategy.told])
    y = np.array([trial.value for trial in strategy.told])
    mu, sigma = strategy.posterior().predict(X)
    assert mu == pytest.approx(y, rel=0.05, abs=1.0)
    assert np.all(sigma >= 0) and np.all(np.isfinite(sigma))


def test_very_many_trials_warn_once_and_say_what_helps(monkeypatch):
    monkeypatch.setattr("bo_tutorial.smbo.LARGE", 12)
    space = bo.Space(x=bo.Float(0.0, 1.0))
    strategy = bo.BayesianOptimization(space, seed=0)
    for u in np.linspace(0, 1, 11):
        strategy.tell({"x": float(u)}, float(u))
    strategy.ask()  # below the limit: no warning, which would be an error here
    strategy.tell({"x": 0.123}, 0.0)
    with pytest.warns(bo.LargeHistoryWarning, match="12 trials.*TreeParzen") as caught:
        warned = strategy.ask()
    assert len(caught) == 1 and caught[0].filename == __file__
    strategy.ask()  # once is enough
    quiet = bo.TreeParzen(space, seed=0)
    for trial in strategy.told:
        quiet.tell(trial.config, trial.value)
    quiet.ask()
    space.validate(warned)


@pytest.mark.parametrize("kind", [None, bo.Categorical(["a", "b"])], ids=["numbers", "a category"])
def test_the_warning_of_many_trials_says_lines_that_run(kind):
    space = bo.Space(x=bo.Float(0.0, 1.0), **({} if kind is None else {"kind": kind}))
    strategy = bo.BayesianOptimization(space, seed=0)
    for trial in range(1000):
        strategy.tell(space.from_unit(np.full(space.d, (trial + 0.5) / 1000)), trial / 1000)
    with pytest.warns(bo.LargeHistoryWarning, match="1000 trials.*SparseGP.*TreeParzen") as caught:
        strategy.ask()
    message = str(caught[0].message)
    _, sparse, rest = message.split("other = ")
    parzen, _, retell = rest.partition(", and then ")
    for line in (sparse.removesuffix(" or "), parzen):
        names = {"bo": bo, "space": space, "strategy": strategy}
        exec(f"other = {line}\n{retell}", names)  # the lines as they are
        assert len(names["other"].told) == 1000
        space.validate(names["other"].ask())  # and no warning: it would be an error here


# The initial design tries each choice once, where it has the room


CHOICES = {
    "kernels": bo.Space(
        kernel=bo.Categorical(["rbf", "poly", "linear"]), C=bo.Float(0.1, 1e3, log=True)
    ),
    "two of them": bo.Space(
        a=bo.Categorical(["p", "q", "r", "s"]),
        b=bo.Categorical([None, 0.5, "x"]),
        x=bo.Float(0, 1),
    ),
}


@pytest.mark.parametrize("space", CHOICES.values(), ids=list(CHOICES))
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("n_told", [0, 1, 2])
def test_each_choice_is_tried_in_the_initial_design(space, seed, n_told):
    for make in (bo.BayesianOptimization, bo.TreeParzen):
        strategy = make(space, n_initial=6, seed=seed)
        for config in bo.RandomSearch(space, seed=seed).ask(n_told or 1)[:n_told]:
            strategy.tell(config, 0.0)  # what was told counts
        strategy.ask(6 - n_told)
        for j in space.categorical:
            name = space.names[j]
            tried = [trial.config[name] for trial in strategy.trials]
            assert set(tried) == set(space[name].choices)


def test_a_short_run_of_the_default_tries_every_kernel():
    space = CHOICES["kernels"]
    for seed in range(10):
        result = bo.maximize(lambda c: -abs(c["C"] - 9), space, 12, seed=seed, progress=False)
        assert {config["kernel"] for config in result.configs[:4]} == {"rbf", "poly", "linear"}


def test_more_choices_than_room_are_tried_one_after_the_other():
    space = bo.Space(k=bo.Categorical(range(20)), x=bo.Float(0, 1))
    strategy = bo.BayesianOptimization(space, n_initial=6)
    assert len({config["k"] for config in strategy.ask(6)}) == 6


def test_a_category_that_does_not_apply_is_not_forced():
    space = bo.Space(
        kind=bo.Categorical(["a", "b"]),
        sub=bo.Categorical(["x", "y", "z"], when={"kind": "a"}),
        x=bo.Float(0, 1),
    )
    for seed in range(10):
        strategy = bo.BayesianOptimization(space, n_initial=6, seed=seed)
        asked = strategy.ask(6)
        for config in asked:
            space.validate(config)
        assert {config["kind"] for config in asked} == {"a", "b"}
        n_room = sum(config["kind"] == "a" for config in asked)
        assert len({config.get("sub") for config in asked} - {None}) >= min(n_room, 2)


def test_where_chance_covers_every_choice_the_design_is_that_of_sobol():
    space = CHOICES["kernels"]
    covered = 0
    for seed in range(40):
        design = bo.SobolSearch(space, seed=seed).ask(8)
        if {config["kernel"] for config in design[:5]} == {"rbf", "poly", "linear"}:
            covered += 1
            assert bo.BayesianOptimization(space, n_initial=8, seed=seed).ask(8) == design
    assert covered > 5


# ------------------------------------------------------------------------- many trials


CUBE = bo.Space(x=bo.Float(0.0, 1.0), y=bo.Float(0.0, 1.0))


@pytest.fixture
def many(monkeypatch):
    """What holds for hundreds of trials, at dozens."""
    monkeypatch.setattr("bo_tutorial.smbo.ENOUGH", 20)
    monkeypatch.setattr("bo_tutorial.smbo.MANY", 30)
    monkeypatch.setattr("bo_tutorial.smbo.ROWS", 7)
    monkeypatch.setattr("bo_tutorial.gp.MANY", 30)


def slope(config):
    return math.sin(7 * config["x"]) + 0.3 * config["y"] + 0.1 * math.cos(40 * config["y"])


def told(points, **arguments):
    strategy = bo.BayesianOptimization(CUBE, **arguments)
    for point in points:
        config = CUBE.from_unit(point)
        strategy.tell(config, slope(config))
    return strategy


@pytest.mark.parametrize("n", [1, 299, 300])
def test_up_to_enough_trials_all_of_them_teach(n):
    assert np.array_equal(_part(np.zeros(n)), np.arange(n))


@pytest.mark.parametrize("n", [301, 302, 449, 450, 3000])
def test_of_many_trials_the_best_teach_and_some_of_all_times(n):
    y = np.random.default_rng(n).standard_normal(n)
    part = _part(y)
    assert len(set(part)) == 300 and np.array_equal(part, np.sort(part))
    assert set(np.argsort(y)[-150:]) <= set(part)
    others = np.setdiff1d(part, np.argsort(y)[-150:])
    # As many of each tenth of the run, give or take where the best ones were.
    counts = np.histogram(others, bins=10, range=(0, n))[0]
    rest = np.histogram(np.argsort(y)[:-150], bins=10, range=(0, n))[0]
    assert np.abs(counts / 150 - rest / (n - 150)).max() < 0.02
    assert np.array_equal(_part(2 * y + 1), part)


def test_equal_values_are_no_reason_to_forget_a_trial():
    assert len(set(_part(np.zeros(1000)))) == 300
    assert _part(np.zeros(1000)).max() == 999


class Spy:
    """A surrogate that remembers how many trials it was to learn from, and to believe."""

    def __init__(self):
        self.gp, self.learned_from, self.believed = bo.GaussianProcess(), [], []

    def fit(self, X, y):
        return self.learned(X, y).condition(X, y)

    def learned(self, X, y):
        self.learned_from.append(len(y))
        return self

    def condition(self, X, y):
        self.believed.append(len(y))
        return self.gp.condition(X, y)


def test_a_surrogate_of_ones_own_learns_from_a_part_and_believes_all(many):
    spy = Spy()
    told(sobol_points(2, 50, 0), surrogate=spy).ask()
    assert spy.learned_from[-1] == 20 and spy.believed[-1] == 50


@pytest.mark.parametrize("n", [29, 30, 36, 47, 60])
def test_a_belief_of_many_trials_is_that_of_all_of_them(many, n):
    """Whatever was factorized before: conditioned at once, on all, is the plain form."""
    strategy = told(sobol_points(2, n, 1))
    belief = strategy.posterior().bent
    gp = belief.standardized
    y = np.array([trial.value for trial in strategy.told])
    plain = bo.GaussianProcess(gp.kernel, gp.noise_variance).condition(
        np.array([trial.point for trial in strategy.told]), belief.outputs.standardize(y)
    )
    U = np.random.default_rng(0).random((20, 2))
    np.testing.assert_allclose(gp.predict(U), plain.predict(U), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(gp.mean_at_data, plain.mean_at_data, rtol=1e-6, atol=1e-7)


def test_many_trials_ask_the_same_whoever_asks_and_when(many):
    """Bit for bit: after each question, after a resume, in any order of telling, in a batch."""
    steady = told(sobol_points(2, 28, 2))
    for _ in range(12):
        config = steady.ask()
        steady.tell(config, slope(config))
    asked = [trial.config for trial in steady.trials[28:]]
    for start in (28, 31, 35, 39):
        fresh = bo.BayesianOptimization(CUBE)
        for trial in reversed(steady.trials[:start]):  # workers answer in any order
            fresh.tell(trial.config, trial.value, number=trial.number)
        assert fresh.ask() == asked[start - 28]
    batch, again = told(sobol_points(2, 40, 2)), told(sobol_points(2, 40, 2))
    batch.ask()
    assert [*map(CUBE.to_unit, batch.ask(3))][0] == pytest.approx(
        CUBE.to_unit(again.ask(4)[1]), abs=0
    )


def test_questions_under_way_are_believed_with_many_trials_as_with_few(many, monkeypatch):
    batch = told(sobol_points(2, 45, 3), seed=4).ask(3)
    monkeypatch.setattr("bo_tutorial.smbo.MANY", 1000)
    monkeypatch.setattr("bo_tutorial.gp.MANY", 1000)
    plain = told(sobol_points(2, 45, 3), seed=4).ask(3)
    for one, other in zip(batch, plain, strict=True):
        assert CUBE.to_unit(one) == pytest.approx(CUBE.to_unit(other), abs=1e-4)
    assert len({tuple(config.values()) for config in batch}) == 3


def test_what_was_factorized_for_other_trials_does_not_stay(many):
    """A trial told late under an early number."""
    points = sobol_points(2, 48, 5)
    late = told(points[:10])
    for number, point in enumerate(points[11:], 11):
        config = CUBE.from_unit(point)
        late.tell(config, slope(config), number=number)
    late.posterior()
    config = CUBE.from_unit(points[10])
    late.tell(config, slope(config), number=10)
    U = np.random.default_rng(1).random((5, 2))
    whole = told(points).posterior().predict(U)
    np.testing.assert_array_equal(late.posterior().predict(U), whole)
