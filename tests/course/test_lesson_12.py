"""TPE on one axis, the contests of lesson 12, and the runs that were made beforehand."""

import math

import numpy as np
import pytest
from scipy import integrate, stats
from scripts import load_script

import bo_tutorial as bo
from bo_tutorial import network
from bo_tutorial.course.lesson_12 import numerics as leave
from bo_tutorial.course.lesson_12.checks import CHECKS, EI_RATIO, TOTAL_SD

# TPE on one axis


def test_a_density_is_the_mean_of_truncated_normals_and_integrates_to_1():
    points, grid = np.array([0.1, 0.15, 0.7]), np.linspace(0, 1, 101)
    centers, widths = [0.1, 0.15, 0.7, 0.5], [0.2, 0.35, 0.2, 1.0]  # by hand
    expected = np.mean(
        [
            stats.truncnorm.pdf(grid, -m / s, (1 - m) / s, loc=m, scale=s)
            for m, s in zip(centers, widths, strict=True)
        ],
        axis=0,
    )
    np.testing.assert_allclose(leave.density(points, grid), expected, rtol=1e-10)
    mass, _ = integrate.quad(lambda x: leave.density(points, [x])[0], 0, 1)
    assert mass == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("quantile, n_good", [(0.05, 2), (0.2, 5), (0.5, 12)])
def test_the_split_takes_the_best_share_rounded_up(quantile, n_good):
    x, y = leave.trials()
    good, bad, tau = leave.split(x, y, quantile)
    assert len(good) == n_good and len(good) + len(bad) == 24
    assert leave.score(bad).max() < tau < leave.score(good).min()


@pytest.mark.parametrize("seed", range(5))
def test_tree_parzen_asks_where_the_ratio_of_these_densities_is_high(seed):
    """It takes the best of 24 candidates: of random places, few have a larger ratio."""
    x, y = leave.trials()
    strategy = bo.TreeParzen(leave.LINE, seed=seed, quantile=0.2)
    for place, value in zip(x, y, strict=True):
        strategy.tell({"x": float(place)}, float(value))
    good, bad, _ = leave.split(x, y, 0.2)
    grid = np.linspace(0, 1, 2001)
    ratio = leave.density(good, grid) / leave.density(bad, grid)
    assert np.mean(ratio > np.interp(strategy.ask()["x"], grid, ratio)) < 0.15


# One axis at a time


def test_the_ridge_is_turned_and_not_changed():
    rng = np.random.default_rng(0)
    along, across = rng.uniform(-0.2, 0.2, 50), rng.uniform(-0.1, 0.1, 50)
    straight = leave.straight(np.column_stack([0.7 + along, 0.5 + across]))
    turned = np.column_stack([0.7 + along + across / 2, 0.7 + along - across / 2])
    np.testing.assert_allclose(leave.valley(turned), straight, atol=1e-12)
    assert leave.valley(np.array([0.7, 0.7])) == leave.straight(np.array([0.7, 0.5])) == 0


def test_one_axis_at_a_time_draws_each_coordinate_from_its_own_density():
    good, together, alone = leave.valley_candidates(n_drawn=4000)
    assert np.corrcoef(good.T)[0, 1] > 0.95
    assert np.corrcoef(together.T)[0, 1] > 0.5 and abs(np.corrcoef(alone.T)[0, 1]) < 0.06
    # Each axis alone is drawn alike by both.
    for j in range(2):
        assert stats.ks_2samp(together[:, j], alone[:, j]).statistic < 0.12


def test_one_axis_at_a_time_begins_like_tpe_and_is_the_same_twice():
    contest = leave.CONTESTS["valley"]
    together, alone = (
        leave.play(contest.__class__(contest.space, contest.objective, 0.0, (), 14), name, 3)
        for name in ("TPE", "univariate")
    )
    assert np.array_equal(together[:10], alone[:10]) and not np.array_equal(together, alone)


# The network with an optimizer


def test_without_momentum_it_is_the_training_of_the_course():
    config = {"learning_rate": 0.1, "n_layers": 2, "hidden_size": 40, "optimizer": "sgd"}
    same = {"learning_rate": 0.1, "n_layers": 2, "hidden_size": 40, "batch_size": 64}
    expected = network.validation_accuracy(same | {"dropout": 0.0}, seed=3)
    assert leave.train_with_optimizer(config, seed=3) == pytest.approx(expected, abs=0.01)
    still = config | {"optimizer": "momentum", "momentum": 0.0}
    assert leave.train_with_optimizer(still, seed=3) == leave.train_with_optimizer(config, seed=3)
    heavy = config | {"optimizer": "momentum", "momentum": 0.9, "learning_rate": 0.01}
    light = config | {"learning_rate": 0.01}
    assert leave.train_with_optimizer(heavy, seed=3) > leave.train_with_optimizer(light, seed=3)


def test_a_step_of_momentum_is_polyak_s(monkeypatch):
    """On a slope of 1 the steps are lr, lr (1 + b), lr (1 + b + b^2), ...: a geometric series."""
    kept, initialize = [], network.initialize

    def begin(sizes, rng):
        kept.append(initialize(sizes, rng))
        kept.append(kept[0].weights[0].copy())
        return kept[0]

    def slope(net, *_):
        return [np.ones_like(w) for w in net.weights], [np.ones_like(b) for b in net.biases]

    monkeypatch.setattr(network, "initialize", begin)
    monkeypatch.setattr(network, "backward", slope)
    config = {"learning_rate": 1e-3, "n_layers": 1, "hidden_size": 16}
    leave.train_with_optimizer(config | {"optimizer": "momentum", "momentum": 0.9})
    n_steps = network.EPOCHS * math.ceil(797 / leave.BATCH_SIZE)
    expected = -1e-3 * sum((1 - 0.9 ** (k + 1)) / (1 - 0.9) for k in range(n_steps))
    np.testing.assert_allclose(kept[0].weights[0] - kept[1], expected, rtol=1e-9)


# The runs that are shipped


def test_every_run_is_there_and_rises():
    runs = leave.runs()
    for name, contest in leave.CONTESTS.items():
        assert set(runs[name]) == set(contest.methods)
        for method, best in runs[name].items():
            assert best.shape == (leave.N_SEEDS, contest.length(method))
            assert np.all(np.diff(best) >= 0)
            if contest.optimum is not None:
                assert best.max() <= contest.optimum + 1e-5  # six digits are written
    optuna = leave.runs(leave.OPTUNA)
    assert all(each.shape == (24, 150) for game in optuna.values() for each in game.values())


def test_what_is_written_is_read_again():
    values = np.array([-3.0, -4.0, -1.234567, -2.0, -0.5, -0.5])
    text = leave.as_text(values)
    assert text == "1 -3 3 -1.23457 5 -0.5"
    best = leave.from_text(text, 6)
    np.testing.assert_allclose(best, np.maximum.accumulate(values), rtol=1e-5)


SOME = [("valley", "univariate", 7), ("straight", "TPE", 2), ("Levy 4", "TPE", 11)]


@pytest.mark.parametrize("name, method, seed", SOME)
def test_some_runs_played_again_are_those_of_the_file(name, method, seed):
    best = np.maximum.accumulate(leave.play(leave.CONTESTS[name], method, seed))
    np.testing.assert_allclose(best, leave.runs()[name][method][seed], rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("method", ["BO", "forest", "EI"])
def test_models_begin_as_in_the_file_and_end_as_well(method):
    """Their last digits depend on the processor: the design is the same, the end is alike."""
    name = "optimizer" if method == "forest" else "Branin 2"
    contest, kept = leave.CONTESTS[name], leave.runs()[name][method]
    best = np.maximum.accumulate(leave.play(contest, method, 5))
    n = 4 if contest.optimum is not None else 10
    np.testing.assert_allclose(best[:n], kept[5, :n], rtol=1e-5, atol=0.01)
    spread = np.ptp(kept[:, -1]) + 1e-3
    assert kept[:, -1].min() - spread < best[-1] < kept[:, -1].max() + spread


def test_the_tool_writes_the_lines_of_the_file(tmp_path):
    tool = load_script("leave_data")
    first = leave.RUNS.read_text(encoding="utf-8").splitlines()[:3]
    path = tmp_path / "runs.csv"
    tool.complete(path, leave.keys()[:2], tool.play)
    assert path.read_text(encoding="utf-8").splitlines() == first
    with pytest.raises(SystemExit, match="runs, optuna or times"):
        tool.main("fits")


# Clocks


def test_question_times_are_those_of_questions():
    found = leave.question_times(20, methods=("random", "BO"), n_questions=2)
    assert set(found) == {"random", "BO"}
    for dearest, cheapest in found.values():
        assert 0 < cheapest <= dearest < 10
    assert found["BO"][1] > found["random"][1]


def test_seconds_add_the_price_and_the_questions():
    lengths, dearest, cheapest = leave.times()["TPE"]
    assert lengths.tolist() == list(leave.LENGTHS)
    n = 11
    when = leave.seconds("TPE", n, 2.0)
    assert when[-1] == pytest.approx(n * (2.0 + dearest[0]))  # up to t = 10 as at t = 10
    assert leave.seconds("TPE", n, 3.0) - when == pytest.approx(np.arange(1, n + 1))
    # BO learns in one of 1 + t // 10 questions: at t = 100, in one of eleven.
    _, dear, cheap = leave.times()["BO"]
    i = leave.LENGTHS.index(100)
    step = np.diff(leave.seconds("BO", 101, 0.0))[-1]
    assert step == pytest.approx(cheap[i] + (dear[i] - cheap[i]) / 11)


def test_the_shipped_times_are_in_the_order_that_the_lesson_says():
    times = leave.times()
    assert times["TPE"][1][-1] < 0.05 < times["sparse"][1][-1] < times["BO"][1][-1]
    assert set(times) == set(leave.ASKERS)


# Statistics


def test_a_share_of_pairs_is_that_of_mann_and_whitney():
    rng = np.random.default_rng(1)
    mine, theirs = rng.integers(0, 9, 15), rng.integers(0, 7, 12)
    share, low, high = leave.ahead(mine, theirs)
    expected = stats.mannwhitneyu(mine, theirs).statistic / (15 * 12)
    assert share == pytest.approx(expected) and low < share < high
    assert leave.ahead(np.arange(5) + 10, np.arange(5)) == (1.0, 1.0, 1.0)


def test_the_interval_of_a_share_covers_it_as_often_as_it_says():
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(60):  # both from the same distribution: the share is one half
        _, low, high = leave.ahead(rng.normal(size=24), rng.normal(size=24))
        covered.append(low <= 0.5 <= high)
    assert np.mean(covered) >= 0.85


def test_a_factor_of_medians():
    before, after = np.full(24, 2.0), np.full(24, 5.0)
    assert leave.times_the_regret(before, after) == (2.5, 2.5, 2.5)
    rng = np.random.default_rng(3)
    before = rng.exponential(size=24)
    factor, low, high = leave.times_the_regret(before, 3 * rng.exponential(size=24))
    assert low < factor < high and low < 3 < high


# Answers


def test_answers_come_from_the_formulas():
    # (1/10 + 9/10 / 3) / (1/10 + 9/10 / 6) = 0.4 / 0.25; 0.0001 + 0.0004 + 0.0009, 0.0009 twice.
    assert EI_RATIO.right == pytest.approx(1.6)
    assert TOTAL_SD.right == pytest.approx(math.sqrt(0.0014 / 3 + 0.0018 / 3))


def test_tree_parzen_splits_as_the_exercise_asks():
    strategy = bo.TreeParzen(leave.LINE, quantile=0.3)
    values = np.array([0.3, np.nan, 0.1, 0.7, 0.8, 0.2, np.nan])
    for i, value in enumerate(values):
        strategy.tell({"x": i / 10}, float(value))
    good, _ = strategy._split()
    expected = CHECKS["12.good_trials"].right(values, 0.3)
    assert (10 * good[:, 0]).round().astype(int).tolist() == expected.tolist()
