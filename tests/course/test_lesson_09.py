"""Fair comparisons: contestants, contests, the shipped runs, and the statistics of lesson 09."""

import itertools
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from scripts import load_script

import bo_tutorial as bo
from bo_tutorial import network, problems
from bo_tutorial.course.lesson_03 import numerics as draws
from bo_tutorial.course.lesson_09 import numerics as c

ROOT = Path(__file__).resolve().parents[2]
BLIND = ("grid", "random", "Sobol")


@pytest.fixture(scope="module")
def runs():
    return c.contest_runs()


@pytest.fixture(scope="module")
def tool():
    return load_script("comparison_data")


# Contestants


@pytest.mark.parametrize("d, points", [(1, 50), (2, 8), (3, 4), (5, 3), (6, 2)])
def test_the_grid_is_the_smallest_that_lasts_and_shuffled(d, points):
    one, other = (c.shuffled_grid(c.cube(d), seed).ask(50) for seed in (0, 1))
    everything = c.cube(d).grid(points)
    assert all(config in everything for config in one + other)
    assert len({tuple(config.values()) for config in one}) == 50 and one != other
    assert points == 2 or len(c.cube(d).grid(points - 1)) < 50


def test_the_article_recipe_is_what_it_says():
    strategy = c.article(c.cube(3), seed=4)
    assert isinstance(strategy.surrogate.kernel, bo.SquaredExponential)
    assert strategy.surrogate.prior is None and not strategy.warp
    assert strategy.surrogate.kernel.length_scale.shape == (3,)
    assert strategy.acquisition == bo.ExpectedImprovement(0.01)
    assert (strategy.incumbent, strategy.seed, strategy.n_initial) == ("observed", 4, 6)
    # Five to ten initial points, as the article says.
    assert [c.article(c.cube(d), 0).n_initial for d in (1, 2, 4, 5, 6, 20)] == [5, 5, 8, 10, 10, 10]
    assert c.article_ucb(c.cube(3), 4).acquisition == bo.UpperConfidenceBound(2.0)
    assert c.article_without_margin(c.cube(3), 4).acquisition == bo.ExpectedImprovement(0.0)


# Contests


def test_waves_have_the_covariance_of_the_kernel():
    U = np.array([[0.1, 0.2, 0.9], [0.2, 0.2, 0.1], [0.5, 0.9, 0.1]])
    values = np.array([c.Waves(2, 0.3, seed, n_waves=32).at(U) for seed in range(4000)])
    expected = bo.SquaredExponential(0.3)(U[:, :2])  # the third hyperparameter does not matter
    products = values[:, :, None] * values[:, None, :]
    error = products.std(axis=0) / np.sqrt(len(values))
    assert np.all(np.abs(products.mean(axis=0) - expected) < 4 * error)
    assert np.all(np.abs(values.mean(axis=0)) < 4 / np.sqrt(len(values)))
    waves = c.Waves(2, 0.3, seed=5)
    assert waves({"x1": 0.1, "x2": 0.2, "x3": 0.9}) == pytest.approx(waves.at(U)[0], rel=1e-12)


def test_the_draws_of_a_formula_are_its_values_at_random_points(monkeypatch):
    monkeypatch.setattr(c, "N_DRAWS", 40)
    for game in (c.on_formula(problems.hartmann3), c.on_formula(c._off_center())):
        u = np.random.default_rng(0).random((40, game.space.d))
        expected = [game.objective(7)(game.space.from_unit(each)) for each in u]
        assert game.draw() == pytest.approx(expected, rel=1e-12)
        assert game.n_draws == 40 and game.sampled


def test_a_table_is_the_network_s_and_shuffled_it_keeps_its_values():
    table = network.grid_table()
    games, accuracy = c.contests(), table["validation_accuracy"]
    config = {name: i for name, i in zip(network.SPACE.names, (2, 0, 1, 4, 3), strict=True)}
    values = network.SPACE.grid(5)[np.ravel_multi_index((2, 0, 1, 4, 3), (5,) * 5)]
    row = np.all([np.isclose(table[name], values[name]) for name in values], axis=0)
    assert games["network 5"].objective(3)(config) == accuracy[row].item()
    once, anew = games["shuffled once 5"].objective, games["shuffled anew 5"].objective
    for one in (once(1), anew(1), anew(2)):
        assert sorted(one.values.ravel()) == sorted(accuracy)
        assert np.mean(one.values.ravel() == accuracy) < 0.2
    assert np.array_equal(once(1).values, once(2).values)
    assert not np.array_equal(anew(1).values, anew(2).values)
    assert np.array_equal(once(1).values, games["same shuffle 5"].objective(1).values)
    assert games["network 5"].at_least == np.inf


def test_other_seeds_follow_those_of_the_first_time():
    games, random = c.contests(), c.CONTESTANTS["random"]
    values = c.play(games["same shuffle 5"], random, 3)
    assert np.array_equal(values, c.play(games["shuffled once 5"], random, c.N_SEEDS + 3))
    assert not np.array_equal(values, c.play(games["shuffled once 5"], random, 3))


def test_the_island_is_two_percent_of_the_square_and_the_top():
    game = c.contests()["island 2"]
    f = game.objective(0)
    assert f({"x1": 0.8, "x2": 0.75}) == game.optimum == 1.0
    assert f({"x1": 0.3, "x2": 0.3}) == pytest.approx(0.8)
    U = np.random.default_rng(3).random((20_000, 2))
    inside = np.mean([f({"x1": x, "x2": y}) > 0.81 for x, y in U])
    assert inside == pytest.approx(np.pi * 0.08**2, abs=4 * np.sqrt(0.02 * 0.98 / 20_000))


def test_ackley_s_optimum_is_on_no_point_of_the_grid():
    game = c.contests()["Ackley 5"]
    middle = {name: 12.5 for name in game.space.names}
    assert game.objective(0)({name: 0.0 for name in game.space.names}) == pytest.approx(0, abs=1e-9)
    assert game.objective(0)(middle) < -10


def test_the_slice_is_looked_up_at_its_nearest_training():
    rates, sizes, accuracies = draws.network_slice()
    for i, j in ((0, 0), (20, 7), (38, 14)):
        for factor in (0.97, 1.0, 1.03):  # neighbors are a tenth of a decade apart
            config = {"learning_rate": rates[i] * factor, "batch_size": int(sizes[j])}
            assert c.trained_on_slice(config) == accuracies[i, j]


def test_the_ends_of_runs_are_their_best_values(runs):
    game = c.contests()["Branin 2"]
    found = c.ends(game.objective(0), game.space, "grid", c.BUDGET, n_seeds=5)
    assert found == pytest.approx(runs["Branin 2"]["grid"].best[:5, -1], rel=1e-5)


# The shipped runs


def test_the_files_hold_every_run(runs):
    assert list(runs) == list(c.contests())
    for found in (*itertools.chain(*(each.values() for each in runs.values())), *varied().values()):
        assert found.best.shape == found.as_good.shape == (c.N_SEEDS, c.BUDGET)
        assert (np.diff(found.best) >= 0).all() and (np.diff(found.as_good) <= 0).all()
    assert list(varied()) == c.VARIED
    for path in (c.CONTESTS_FILE, c.VARIED_FILE):
        assert path.stat().st_size < 300_000


def varied():
    return c.varied_runs()


@pytest.mark.parametrize("name", c.contests())
def test_blind_runs_come_out_the_same_again(name, runs):
    for contestant in BLIND:
        for seed in (0, 23):
            values = c.play(c.contests()[name], c.CONTESTANTS[contestant], seed)
            best = np.maximum.accumulate(values)
            assert runs[name][contestant].best[seed] == pytest.approx(best, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("contestant", [each for each in c.CONTESTANTS if each not in BLIND])
def test_runs_with_a_model_come_out_alike_again(contestant, runs):
    """The first evaluations exactly; the end within what other seeds gave, on any processor."""
    for name in ("Branin 2", "Hartmann 3"):
        shipped, ends = runs[name][contestant], []
        for seed in (1, 2):
            values = c.play(c.contests()[name], c.CONTESTANTS[contestant], seed)
            best = np.maximum.accumulate(values)
            assert shipped.best[seed, :5] == pytest.approx(best[:5], rel=1e-5)
            ends.append(best[-1])
        low, high = shipped.best[:, -1].min(), shipped.best[:, -1].max()
        slack = 1e-5 * abs(high) + 0.2 * (high - low)
        assert low - slack <= min(ends) and max(ends) <= high + slack


def test_a_varied_run_comes_out_alike_again():
    d, n_relevant, length_scale = setting = (4, 2, 0.4)
    game = c.on_waves(d, c.Waves(n_relevant, length_scale, seed=3))
    best = np.maximum.accumulate(c.play(game, c.five_initial_points, seed=3))
    shipped = varied()[setting]
    assert shipped.best[3, :5] == pytest.approx(best[:5], rel=1e-4)
    assert abs(shipped.best[3, -1] - best[-1]) < 0.3  # units of f, whose sd is 1


def test_draws_that_are_as_good_were_counted_right(runs):
    accuracy = network.grid_table()["validation_accuracy"]
    for name in ("network 5", "shuffled anew 5"):
        found = runs[name]["EI"]
        count = (accuracy >= found.best[..., None] - 1e-5).sum(axis=-1)
        assert np.array_equal(found.as_good, count)
    # A fresh sample, of another seed, for what is not rare.
    game, found = c.contests()["Hartmann 3"], runs["Hartmann 3"]["random"]
    rng = np.random.default_rng(99)
    values = np.array([game.objective(0)(game.space.sample(rng)) for _ in range(10_000)])
    for seed in range(8):
        p = found.as_good[seed, 4] / found.n_draws
        fresh = np.mean(values >= found.best[seed, 4])
        assert abs(fresh - p) < 4 * np.sqrt(p * (1 - p) / len(values)) + 1e-4


def test_random_search_is_matched_by_as_many_draws_as_it_made(runs):
    """P(best of n draws is matched by n) is what it is by symmetry, whatever the problem."""
    n = [runs[name]["random"].matching_draws(50) for name in runs]
    within = np.mean(np.concatenate(n) <= 50)
    # The share p that beats the best of 50 is Beta(1, 50); 50 draws have an even chance from
    # p = 1 - 2^(-1/50) on.
    expected = 1 - stats.beta(1, 50).cdf(1 - 2 ** (-1 / 50))
    assert within == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(24 * len(n)))


def test_more_seeds_come_out_the_same_again():
    found, games = c.many_seeds(), c.contests()
    assert tuple(found) == c.MANY and {len(best) for best in found.values()} == {200}
    assert not set(c.MANY_SEEDS) & set(range(2 * c.N_SEEDS))
    for name, contestant in c.MANY:
        seed = c.MANY_SEEDS[17]
        if contestant in BLIND:
            best = c.play(games[name], c.CONTESTANTS[contestant], seed).max()
            assert found[name, contestant][17] == pytest.approx(best, rel=1e-5)
    again = [c.play(games["Branin 2"], c.CONTESTANTS["TPE"], c.MANY_SEEDS[i]).max() for i in (0, 9)]
    shipped = found["Branin 2", "TPE"]
    assert shipped.min() - 0.1 < min(again) and max(again) < -0.39


def test_runs_on_shuffled_tables_are_whole_and_come_out_alike_again():
    found, accuracy = c.shuffled_runs(), network.grid_table()["validation_accuracy"]
    assert tuple(found) == c.SHUFFLED
    for best, at_corners in found.values():
        assert best.shape == at_corners.shape == (len(c.SHUFFLED_SEEDS),)
        nearest = np.abs(best[:, None] - accuracy).min(axis=1)
        assert nearest.max() < 1e-6 and 0 <= at_corners.min() and at_corners.max() <= 40
    best, at_corners = c.play_shuffled("once", c.SHUFFLED_SEEDS[0])
    assert found["once"][0].min() <= best <= accuracy.max() and 0 <= at_corners <= 40


def test_only_questions_of_the_model_at_the_end_of_every_axis_are_corners(monkeypatch):
    asked = [(0, 4, 0, 0, 4)] * 12 + [(4, 4, 4, 4, 4), (0, 4, 0, 0, 3), (2, 2, 2, 2, 2)]
    configs = [dict(zip(network.SPACE.names, each, strict=True)) for each in asked]
    result = SimpleNamespace(configs=configs, best_value=0.5)
    monkeypatch.setattr(c, "_play", lambda *_: result)
    assert c.play_shuffled("anew", 100) == (0.5, 3)  # two of the twelve come after ten initial ones


def test_a_file_that_is_not_complete_says_what_to_do(tmp_path, monkeypatch):
    lines = c.CONTESTS_FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "short.csv"
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    monkeypatch.setattr(c, "CONTESTS_FILE", path)
    with pytest.raises(ValueError, match=r"must hold seeds 0 to 23 .*comparison_data\.py"):
        c.contest_runs()


# The tool


def test_the_tool_writes_an_incumbent_as_its_steps(tool):
    ordered = np.array([0.0, 1.0, 2.0, 3.0])
    assert tool.steps(np.array([1.0, 0.5, 1.0, 2.5, 2.0]), ordered) == ["1 4", "1 2.5", "3 1"]


def test_the_tool_goes_on_where_it_stopped(tool, tmp_path):
    played = []

    def play(key):
        played.append(key)
        return [f"{key[1]}.5"]

    keys, path = [("a", 0), ("a", 1), ("b", 0)], tmp_path / "runs.csv"
    tool.complete(path, "name,seed,value", keys[:2], play)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:-3], encoding="utf-8")  # killed within a line
    tool.complete(path, "name,seed,value", keys, play)
    assert path.read_text(encoding="utf-8") == "name,seed,value\na,0,0.5\na,1,1.5\nb,0,0.5\n"
    assert played == [*keys[:2], *keys[1:]]
    with pytest.raises(ValueError, match="line 2 of the table must begin b'b,0,', got b'a,0,0.5"):
        tool.complete(path, "name,seed,value", keys[::-1], play)


def test_the_tool_says_that_nothing_is_missing_in_the_shipped_files(
    tool, tmp_path, monkeypatch, capsys
):
    def play(*_):
        raise AssertionError("a run is played again")

    monkeypatch.setattr(c, "play", play)
    monkeypatch.setattr(c, "play_shuffled", play)
    copies = {}
    for name in ("CONTESTS_FILE", "VARIED_FILE", "MANY_FILE", "SHUFFLED_FILE"):
        shipped = getattr(c, name)
        copies[shipped] = tmp_path / shipped.name
        copies[shipped].write_bytes(shipped.read_bytes())
        monkeypatch.setattr(c, name, copies[shipped])
    tool.main()
    said, bar = capsys.readouterr()
    rows = {path.name: path.read_bytes().count(b"\n") - 1 for path in copies}
    assert said.splitlines() == [
        f"{name} has all of its {n} runs: nothing is left to play." for name, n in rows.items()
    ]
    assert bar == ""
    assert all(path.read_bytes() == shipped.read_bytes() for shipped, path in copies.items())


# Statistics


@pytest.mark.parametrize("as_good", [1, 7, 140, 5000, 50_000, 69_999])
def test_matching_draws_are_the_median_of_a_geometric_law(as_good):
    assert c.matching_draws(as_good, 70_000) == stats.geom.median(as_good / 70_000)


def test_matching_draws_at_the_ends():
    assert c.matching_draws(np.array([0, 10]), 10).tolist() == [np.inf, 1.0]
    first = np.random.default_rng(0).geometric(0.03, 100_001)
    assert abs(np.median(first) - c.matching_draws(3, 100)) <= 1


def test_too_few_draws_are_no_number():
    as_good = np.array([[5, 3], [4, 2], [1, 0]])
    sampled = c.Runs(np.zeros((3, 2)), as_good, 1000)
    assert np.isfinite(sampled.matching_draws(1)).tolist() == [True, True, False]
    assert np.isfinite(sampled.matching_draws(2)).tolist() == [True, False, False]
    exact = c.Runs(np.zeros((3, 2)), as_good, 1000, sampled=False)
    assert exact.matching_draws(1)[2] == 693  # log(2) / 0.001, rounded up
    game = c.contests()["Branin 2"]
    assert game.at_least == int(stats.geom.median(3e-6))
    assert stats.binom.pmf(0, 1_000_000, 3e-6) == pytest.approx(0.05, abs=1e-3)


def test_evaluations_to_a_share_are_counted_from_one():
    as_good = np.array([[900, 10, 1], [900, 11, 11], [10, 10, 10]])
    found = c.Runs(np.zeros((3, 3)), as_good, 10_000)
    assert found.evaluations_to(0.001).tolist() == [2, np.inf, 1]


def test_the_wrong_winner_is_the_u_statistic():
    rng = np.random.default_rng(2)
    better, worse = rng.integers(3, 12, 24), rng.integers(0, 10, 17)
    u = stats.mannwhitneyu(worse, better).statistic
    assert c.wrong_winner(better, worse) == pytest.approx(u / (24 * 17), rel=1e-12)
    assert c.wrong_winner([1.0], [1.0]) == 0.5
    assert c.wrong_winner(better, worse) + c.wrong_winner(worse, better) == pytest.approx(1)


def test_the_interval_of_a_median_has_the_ranks_of_the_binomial_law():
    values = np.random.default_rng(4).permutation(np.arange(1.0, 25.0))
    assert c.median_interval(values) == (7, 18)
    assert stats.binom.cdf(6, 24, 0.5) <= 0.025 < stats.binom.cdf(7, 24, 0.5)
    for n in (6, 10, 100, 101):
        low, high = c.median_interval(np.arange(1, n + 1))
        assert low == stats.binom.ppf(0.025, n, 0.5) and high == n + 1 - low
    assert c.median_interval([1.0] * 9 + [np.inf] * 15) == (1.0, np.inf)


def test_the_interval_of_a_median_holds_for_skewed_runs():
    runs = np.random.default_rng(7).exponential(1.0, (4000, 24)) ** 3
    ends = np.array([c.median_interval(each) for each in runs])
    inside = np.mean((ends[:, 0] < np.log(2) ** 3) & (np.log(2) ** 3 < ends[:, 1]))
    assert inside == pytest.approx(
        1 - 2 * stats.binom.cdf(6, 24, 0.5), abs=4 * 0.15 / np.sqrt(4000)
    )


def test_too_few_values_have_no_interval():
    with pytest.raises(
        ValueError, match="values must be more for an interval of level 0.95, got 5"
    ):
        c.median_interval([1, 2, 3, 4, 5])


def test_the_interval_of_a_share_of_pairs_is_as_wide_as_its_standard_error_says():
    """The variance of a share of pairs, from the shares of each run: Hoeffding 1948."""
    rng = np.random.default_rng(8)
    better, worse = rng.normal(0.7, 1, 60), rng.normal(0, 1, 50)
    above = worse[None, :] > better[:, None]
    variance = above.mean(axis=1).var(ddof=1) / 60 + above.mean(axis=0).var(ddof=1) / 50
    low, high = c.interval(better, worse)
    assert low < c.wrong_winner(better, worse) < high
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(variance), rel=0.1)
    assert c.interval([1.0, 2.0], [0.0, 0.5]) == (0.0, 0.0)  # no pair says otherwise


def test_the_interval_narrows_when_more_runs_are_averaged():
    rng = np.random.default_rng(9)
    better, worse = rng.normal(1.5, 1, 200), rng.normal(0, 1, 200)
    one, ten = c.interval(better, worse, n_repeats=200), c.interval(better, worse, 10, np.mean, 200)
    assert ten[1] < one[0] and ten == c.interval(better, worse, 10, np.mean, 200)


def test_the_chance_to_be_ahead_of_random_search_on_a_table_is_that_of_drawing():
    table = np.round(np.random.default_rng(2).random(300), 2)  # with ties
    best = np.array([0.5, 0.97, table.max(), 2.0])
    drawn = np.random.default_rng(3).choice(table, (20_000, 20)).max(axis=1)
    expected = [np.mean(drawn < each) + np.mean(drawn == each) / 2 for each in best]
    found = c.ahead_of_random(best, table, n=20)
    assert found == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(20_000))
    assert found[-1] == 1


@pytest.mark.parametrize("values", [[3.0], [1, 1, 2, 0, 2, 5], [-2.0, -1.0, -3.0, -0.5]])
def test_new_bests_are_larger_than_all_before(values):
    expected = [i for i in range(len(values)) if all(values[i] > each for each in values[:i])]
    assert c.new_bests(values).tolist() == expected


def test_mean_ranks_are_those_of_scipy(runs):
    names = ["Branin 2", "shuffled anew 5"]  # ties in the second
    for n in (20, 50):
        best = np.array([[runs[g][s].best[:, n - 1] for s in c.CONTESTANTS] for g in names])
        expected = stats.rankdata(-best, axis=1).mean(axis=2)
        found = c.mean_ranks(runs, names, n)
        assert list(found) == list(c.CONTESTANTS)
        assert np.transpose(list(found.values())) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("statistic", [np.mean, np.median, np.max])
def test_the_wrong_winner_of_several_runs_against_all_of_them(statistic):
    better, worse = np.array([1.0, 2.0, 5.0, 5.5]), np.array([0.0, 1.5, 4.0])
    mine = [statistic(each) for each in itertools.product(better, repeat=3)]
    theirs = [statistic(each) for each in itertools.product(worse, repeat=3)]
    exact = c.wrong_winner(mine, theirs)
    found = c.wrong_winner_of(3, better, worse, statistic)
    assert found == pytest.approx(exact, abs=4 * 0.5 / np.sqrt(4000))
    assert c.wrong_winner_of(1, better, worse) == pytest.approx(
        c.wrong_winner(better, worse), abs=4 * 0.5 / np.sqrt(4000)
    )


def test_many_runs_follow_the_normal_law():
    rng = np.random.default_rng(5)
    better, worse = rng.normal(0.2, 1, 400), rng.normal(0, 1, 400)
    gap = better.mean() - worse.mean()
    expected = stats.norm.cdf(-gap / np.sqrt((better.var() + worse.var()) / 30))
    assert c.wrong_winner_of(30, better, worse) == pytest.approx(expected, abs=0.04)
