"""The file of lesson 10: whole, made as it says, and read as it is."""

import importlib
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import yeojohnson

import bo_tutorial as bo
from bo_tutorial import network
from bo_tutorial.course.lesson_10 import numerics as tuning
from bo_tutorial.outputs import fit_outputs

TWO_IMAGES = 2.5 / 600


def brute_best_observed(run, n):
    """The best observed, looked for one by one."""
    best = None
    for trial, config, value in zip(run.trials, run.configs, run.values, strict=True):
        if trial < n and (best is None or value > best[1]):
            best = config, value
    return best


@pytest.mark.parametrize("method, n_runs", [("bayesian", 20), ("idle", 10), ("random", 12)])
def test_the_runs_are_whole(method, n_runs):
    runs = tuning.runs(method)
    assert [run.number for run in runs] == list(range(n_runs))
    for run in runs:
        for config in run.configs:
            tuning.SPACES[method].validate(config)
        assert len(run.trials) == len(run.configs) == len(run.values)
        assert np.allclose(run.values * 600, np.round(run.values * 600), atol=1e-9)
        assert run.points.shape == (len(run.trials), tuning.SPACES[method].d)
        if method == "random":
            assert run.trials[0] == 0 and run.trials[-1] < 500 and max(run.seconds) == 500
            assert np.all(np.diff(run.trials) > 0) and np.all(np.diff(run.values) > 0)
            assert run.recommended is None and run.seconds[50] < run.seconds[500]
        else:
            assert run.trials.tolist() == list(range(50)) and list(run.seconds) == [50]
            assert run.recommended in run.configs
        assert 0 < run.asking < 10


def test_no_training_of_a_search_has_the_seed_of_another_one_or_of_a_later_training():
    seeds = {tuning.training_seed(run, trial) for run in range(20) for trial in range(500)}
    assert len(seeds) == 20 * 500
    assert not seeds & {0, *tuning.FRESH_SEEDS}


def test_random_search_is_the_one_of_the_package():
    for number in (0, 11):
        run, strategy = tuning.runs("random")[number], bo.RandomSearch(network.SPACE, seed=number)
        asked = np.array([network.SPACE.to_unit(strategy.ask()) for _ in range(500)])
        assert np.allclose(asked[run.trials], run.points, atol=1e-9)


@pytest.mark.parametrize("method", ["bayesian", "idle"])
def test_bayesian_optimization_asks_what_stands_in_the_file(method):
    run = tuning.runs(method)[1]
    strategy = bo.BayesianOptimization(tuning.SPACES[method], seed=1)
    n = strategy.n_initial
    first = [strategy.space.to_unit(config) for config in strategy.ask(n)]
    assert np.allclose(first, run.points[:n], atol=1e-9)
    for t in (n, 30, 49):  # from the same past; another processor may differ in late digits
        asked = strategy.space.to_unit(run.strategy(t).ask())
        assert np.allclose(asked, run.points[t], atol=1e-3)
    again = run.strategy(30)
    assert [trial.config for trial in again.told] == list(run.configs[:30])
    assert [trial.value for trial in again.told] == run.values[:30].tolist()
    means, _ = run.strategy().posterior().predict(run.points)
    assert tuning.with_largest_mean(run.strategy()) == run.configs[means.argmax()]
    assert np.isclose(run.promise(), means[run.configs.index(run.recommended)], atol=1e-9)


@pytest.mark.parametrize("method", ["bayesian", "idle"])
def test_what_is_recommended_is_what_the_package_recommends(method):
    runs = tuning.runs(method)
    assert [run.strategy().recommend() for run in runs] == [run.recommended for run in runs]


def test_trainings_of_the_file_can_be_repeated():
    for method, number, index in (("bayesian", 0, 4), ("bayesian", 2, 9), ("random", 3, 0)):
        run = tuning.runs(method)[number]
        seed = tuning.training_seed(number, int(run.trials[index]))
        again = network.validation_accuracy(run.configs[index], seed)
        assert abs(again - run.values[index]) < TWO_IMAGES


def search(strategy, run, n):
    """Ask n questions and train for each: the loop of a run, written once more."""
    configs, values = [], []
    for trial in range(n):
        configs.append(strategy.ask())
        trained_with = {name: configs[-1][name] for name in network.SPACE.names}
        seed = tuning.training_seed(run, trial)
        values.append(network.validation_accuracy(trained_with, seed))
        strategy.tell(configs[-1], values[-1])
    return configs, np.array(values)


def test_the_loop_makes_what_is_in_the_file():
    configs, values = search(bo.BayesianOptimization(network.SPACE, seed=0), 0, 3)
    run = tuning.runs("bayesian")[0]
    asked = [network.SPACE.to_unit(config) for config in configs]
    assert np.allclose(asked, run.points[:3], atol=1e-9)
    assert np.allclose(values, run.values[:3], atol=TWO_IMAGES)
    configs, values = search(bo.BayesianOptimization(tuning.IDLE_SPACE, seed=3), 3, 2)
    asked = [tuning.IDLE_SPACE.to_unit(config) for config in configs]
    assert np.allclose(asked, tuning.runs("idle")[3].points[:2], atol=1e-9) and len(values) == 2


@pytest.mark.parametrize(
    "method, number, n", [("bayesian", 3, 20), ("random", 7, 50), ("idle", 0, 1)]
)
def test_best_observed_is_the_first_of_the_best(method, number, n):
    run = tuning.runs(method)[number]
    config, value = run.best_observed(n)
    assert (config, value) == brute_best_observed(run, n)


@pytest.mark.parametrize("method", ["bayesian", "random"])
def test_curves_are_what_every_run_holds(method):
    n, reported = tuning.curve(method, "reported")
    _, later = tuning.curve(method, "later")
    n_runs = len(tuning.runs(method))
    assert reported.shape == later.shape == (n_runs, len(n)) and n[0] == 1
    assert n[-1] == {"bayesian": 50, "random": 500}[method]
    for number in (0, 11):
        run = tuning.runs(method)[number]
        for count in (1, 2, 7, 33, n[-1]):
            config, value = brute_best_observed(run, count)
            assert reported[number, count - 1] == value
            assert later[number, count - 1] == tuning.retrained(config).mean()


def test_a_match_is_where_the_mean_first_reaches_the_other():
    one = np.array([1, 2, 3]), np.array([[0.1, 0.4, 0.6], [0.3, 0.6, 0.9]])
    other = np.array([1, 2, 3, 4]), np.array([[0.0, 0.2, 0.5, 0.7], [0.2, 0.4, 0.5, 0.7]])
    assert [tuning.match(one, n, other) for n in (1, 2, 3)] == [2, 3, None]
    with pytest.raises(ValueError, match="n must be from 1 to 3"):
        tuning.match(one, 4, other)


def test_halves_choose_the_row_that_is_largest_on_them():
    rng = np.random.default_rng(3)
    scores = np.array([[0.0], [1.0], [0.9]]) + 0.3 * rng.standard_normal((3, 6))
    exact = [scores[:, half].mean(axis=1).argmax() for half in combinations(range(6), 3)]
    found = tuning.chosen_by_halves(scores.copy(), n_splits=4000)
    for row in range(3):
        share = np.mean(np.array(exact) == row)
        assert abs(np.mean(found == row) - share) < 4 * np.sqrt(0.25 / 4000)
    assert 0 < np.mean(np.array(exact) == 2) < 1


def test_pooled_runs_are_longer_searches():
    best = [run.best_observed(500) for run in tuning.runs("random")]
    values = np.array([value for _, value in best])
    later = np.array([tuning.retrained(config).mean() for config, _ in best])
    assert np.isclose(tuning.pooled(1), later.mean())
    halves = [later[:6][values[:6].argmax()], later[6:][values[6:].argmax()]]
    assert np.isclose(tuning.pooled(6), np.mean(halves))
    assert np.isclose(tuning.pooled(12), later[values.argmax()])
    with pytest.raises(ValueError, match="k must divide 12, got 5"):
        tuning.pooled(5)


def test_picks_were_trained_again_with_24_seeds():
    first = bo.GridSearch(network.SPACE, points=5)
    table = network.grid_table()["validation_accuracy"]
    rows = network.SPACE.grid(5)
    order = np.argsort(-table, kind="stable")[:20]
    assert first.space is network.SPACE
    for row in order:
        assert tuning.retrained(rows[row]).shape == (24,)
    # As docs/network.md measured it, with the same seeds.
    means = [tuning.retrained(rows[row]).mean() for row in order[:3]]
    assert np.allclose(means, [0.954, 0.954, 0.965], atol=1e-3)
    picks = [rows[order[0]], *(run.recommended for run in tuning.runs("bayesian"))]
    picks += [run.best_observed(n)[0] for run in tuning.runs("random") for n in (50, 500)]
    for config in picks:
        later, test = tuning.retrained(config), tuning.tested(config)
        assert later.shape == test.shape == (24,)
        assert 0.1 < later.min() and np.allclose(test * 400, np.round(test * 400), atol=1e-9)


def test_a_later_training_can_be_repeated():
    run = tuning.runs("random")[
        int(np.argmin([r.best_observed(50)[1] for r in tuning.runs("random")]))
    ]
    config, _ = run.best_observed(50)
    assert abs(network.validation_accuracy(config, 1) - tuning.retrained(config)[0]) < TWO_IMAGES
    assert abs(network.test_accuracy(config, 1) - tuning.tested(config)[0]) < 2.5 / 400


def test_along_moves_one_coordinate_and_leaves_the_others():
    run = tuning.runs("idle")[2]
    strategy = run.strategy(25)
    held, mu = tuning.with_largest_mean(strategy), run.along("time_of_day", 25)
    for index in (0, 7, 24):
        config = held | {"time_of_day": index}  # 24 hours, 25 places
        point = tuning.IDLE_SPACE.to_unit(config)
        assert np.isclose(mu[index], strategy.posterior().predict(point[None])[0][0], atol=1e-9)
    assert mu.shape == (25,)


def test_near_best_counts_trial_by_trial():
    run, near = tuning.runs("idle")[4], []
    hours = [config["time_of_day"] for config in run.configs]
    rng, draws = np.random.default_rng(0), []
    for t in range(30, 50):
        best = hours[max(range(t), key=lambda i: (run.values[i], -i))]
        near.append(abs(hours[t] - best) < 0.1 * 24)
        draws.append(abs(rng.uniform(0, 24, 20_000) - best) < 0.1 * 24)
    share, even = run.near_best("time_of_day", first=30)
    assert np.isclose(share, np.mean(near))
    assert abs(even - np.mean(draws)) < 0.005


def test_without_a_prior_length_scales_run_away():
    """The hint of exercise 3: the likelihood alone often picks a very long scale."""
    longest = {"prior": [], "no prior": []}
    for run in tuning.runs("bayesian")[:6]:
        gp = bo.GaussianProcess(bo.Matern52(np.full(5, 0.5)), noise_variance=1e-4)
        free = gp.fit(run.points, fit_outputs(run.values).standardize(run.values))
        longest["no prior"].append(free.kernel.length_scale.max())
        longest["prior"].append(run.length_scales().max())
    assert max(longest["prior"]) < 3 < np.median(longest["no prior"])


def test_length_scales_are_those_of_values_bent_by_scipy():
    run = tuning.runs("bayesian")[0]
    z = (run.values - run.values.mean()) / run.values.std()
    bent, _ = yeojohnson(z)
    prior, kernel = bo.LogNormalPrior(), bo.Matern52(np.full(5, 0.5))
    gp = bo.GaussianProcess(kernel, noise_variance=1e-4, prior=prior)
    learned = gp.fit(run.points, (bent - bent.mean()) / bent.std()).kernel.length_scale
    assert np.allclose(run.length_scales(), learned, rtol=0.03)
    assert run.length_scales(10).shape == (5,)
    assert not np.allclose(run.length_scales(10), run.length_scales(), rtol=0.1)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: tuning.runs("tpe"), "method must be one of"),
        (lambda: tuning.curve("random", "true"), "kind must be"),
        (lambda: tuning.runs("bayesian")[0].best_observed(0), "n must be"),
        (lambda: tuning.runs("bayesian")[0].best_observed(51), "n must be at most 50"),
        (lambda: tuning.retrained({"learning_rate": 0.5}), "trained again"),
        (lambda: tuning.tested(tuning.runs("random")[0].configs[0]), "the pick of a search"),
    ],
)
def test_what_is_not_there_is_said(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_the_file_is_small_and_in_order():
    text = tuning.DATA.read_text(encoding="utf-8")
    assert len(text) < 300_000
    configs = [entry["config"] for entry in json.loads(text)["retrained"]]
    assert configs == sorted(configs)


# The script that made it


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The script with short searches and a training that costs nothing."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "tools"))
    script = importlib.import_module("tuning_data")
    random, idle = bo.RandomSearch, tuning.IDLE_SPACE
    searches = {
        "bayesian": (bo.BayesianOptimization, network.SPACE, 12, 2),
        "idle": (bo.BayesianOptimization, idle, 13, 1),
        "random": (random, network.SPACE, 20, 1),
    }
    monkeypatch.setattr(script, "SEARCHES", searches)
    monkeypatch.setattr(script, "N_FEW", 12)
    monkeypatch.setattr(tuning, "FRESH_SEEDS", range(1, 7))
    monkeypatch.setattr(tuning, "DATA", tmp_path / "tuning.json")
    trained = []

    def train(config, seed, test=False):
        trained.append(seed)
        right = int(300 + 200 * config["dropout"] + 40 * config["n_layers"] + seed % 7)
        return {"validation": right, "seconds": 0.1} | ({"test": right // 2} if test else {})

    monkeypatch.setattr(script, "train", train)
    return script, trained, tmp_path / "scratch.jsonl"


def test_the_script_goes_on_where_it_was_killed(small, capsys):
    script, trained, scratch = small
    arguments = ["--scratch", str(scratch)]
    script.main(arguments)
    whole, n_trained, text = scratch.read_text(), len(trained), tuning.DATA.read_text()
    script.main(arguments)
    assert len(trained) == n_trained and tuning.DATA.read_text() == text
    scratch.write_text(whole[: len(whole) // 2])  # in the middle of a line
    script.main(arguments)
    lost = whole.count("\n") - whole[: len(whole) // 2].count("\n")
    assert len(trained) == n_trained + lost
    now, before = json.loads(tuning.DATA.read_text()), json.loads(text)
    assert now["retrained"] == before["retrained"]
    for method, runs in before["searches"].items():
        for run, again in zip(runs, now["searches"][method], strict=True):
            assert run | {"asking": 0} == again | {"asking": 0}
    assert "pick 0" in capsys.readouterr().out


def test_the_script_keeps_what_a_random_search_held(small, capsys):
    script, _, scratch = small
    script.main(["--scratch", str(scratch)])
    (run,) = json.loads(tuning.DATA.read_text())["searches"]["random"]
    strategy, best, held = bo.RandomSearch(network.SPACE, seed=0), -1, []
    for trial in range(20):
        config = strategy.ask()
        right = script.train(config, tuning.training_seed(0, trial))["validation"]
        if right > best:
            best = right
            held.append((trial, list(config.values()), right))
    assert held == list(zip(run["trials"], run["configs"], run["right"], strict=True))
    assert run["seconds"] == {"12": 1.2, "20": 2.0} and "recommended" not in run
