"""Failures broken and fixed: the cards, what was measured of them, and the three unlabeled runs."""

import ast
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scripts import load_script

import bo_tutorial as bo
from bo_tutorial import network, problems
from bo_tutorial.course.checking import grade
from bo_tutorial.course.lesson_11 import checks
from bo_tutorial.course.lesson_11 import numerics as failures

ROOT = Path(__file__).resolve().parents[2]
PLAYED = [name for name in failures.CARDS if name not in failures.READ]


@pytest.fixture(scope="module")
def tool():
    return load_script("failure_data")


def prose():
    notebook = json.loads((ROOT / "notebooks" / "11_break_it.ipynb").read_text(encoding="utf-8"))
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"])


# The cards


def test_there_are_twelve_cards_and_more_and_each_is_a_row_of_code():
    assert len(failures.CARDS) >= 12
    for card in failures.CARDS.values():
        ast.parse(card.test, mode="eval")
        assert card.title and card.measured


@pytest.mark.parametrize("name", failures.CARDS)
def test_the_lesson_prints_the_test_and_the_fix_that_are_played(name):
    card, text = failures.CARDS[name], prose()
    assert card.title in text and f"`{card.test}`" in text
    assert card.fix.replace("'", '"') in text.replace("'", '"')


@pytest.mark.parametrize("name", failures.CARDS)
def test_the_drawn_run_is_found_when_it_is_broken_and_not_when_it_is_fixed(name):
    runs = failures.played(name)
    told = {version: failures.CARDS[name].tells(run) for version, run in runs.items()}
    assert told == {"broken": True, "fixed": False}


@pytest.mark.parametrize("name", failures.CARDS)
def test_broken_is_worse_than_fixed_over_the_seeds(name):
    """By the rank sum of all seeds, one-sided, below 1 in a thousand."""
    fixed_is_larger = name in ("direction", "axis", "integers", "same point", "cheap")
    broken, fixed = (failures.outcomes()[name, version] for version in failures.VERSIONS)
    if name == "noisy side":  # where it is lost, much is lost; elsewhere nothing
        lost = [[np.sum(values > 1), np.sum(values <= 1)] for values in (broken, fixed)]
        assert stats.fisher_exact(lost, alternative="greater").pvalue < 1e-3
        return
    side = "less" if fixed_is_larger else "greater"
    limit = 0.05 if len(broken) < 10 else 1e-3
    assert stats.mannwhitneyu(broken, fixed, alternative=side).pvalue <= limit


@pytest.mark.parametrize("name", PLAYED)
def test_the_tests_of_the_cards_tell_broken_from_fixed(name):
    found = failures.found_by_test()
    hits, n = found[name, "broken"]
    false, m = found[name, "fixed"]
    assert n == m == failures.N_SEEDS
    assert hits - false >= (6 if name == "noisy side" else n / 2), (hits, false)


# What each card plays, by other means


def test_the_wrong_direction_returns_what_the_error_is_largest_for():
    run = failures.wrong_direction("broken", 3)
    assert run.outcome < 15 and run.names["f"](run.names["absurd"]) > 0.85


def test_the_raw_axis_has_nine_tenths_of_its_space_above_a_tenth():
    run = failures.raw_axis("broken", 0)
    draws = [run.names["space"].sample(np.random.default_rng(i)) for i in range(2000)]
    share = np.mean([config["learning_rate"] > 0.1 for config in draws])
    assert share == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 2000))


def test_a_penalty_is_told_in_one_corner_and_nan_in_the_same_one():
    told = {}
    for version in failures.VERSIONS:
        scene = failures.penalty(version, 0).scene()
        told[version] = scene.marked[:5].tolist()
    assert told["broken"] == told["fixed"]  # the initial points are the same


def test_different_trainings_are_those_of_the_table():
    run = failures.rounded_integers("broken", 1)
    trained = {run.names["rounded"](config) for config in run.names["configs"]}
    assert run.outcome == len(trained) and np.array(list(trained)).max() <= 4
    table = network.grid_table()["validation_accuracy"]
    assert set(run.scene().values) <= set(table)


def test_wells_are_the_function_of_the_literature():
    for d in (1, 2, 7):
        problem = problems.styblinski_tang(d)
        U = np.random.default_rng(d).random((5, d))
        expected = [(problem(problem.space.from_unit(u)) - problem.optimum) / d for u in U]
        assert failures.wells(U) == pytest.approx(expected, rel=1e-9)
    grid = np.linspace(0, 1, 10_001)
    assert grid[np.argmax(failures.wells(grid[:, None]))] == pytest.approx(0.21, abs=0.001)
    assert failures.wells(np.array([[0.7747]])) < failures.wells(np.array([[0.2096]])) - 10


def test_the_edge_is_highest_at_its_optimum():
    U = np.random.default_rng(0).random((50_000, 2))
    values = failures._edge(U[:, 0], U[:, 1])
    assert values.max() <= failures.EDGE_OPTIMUM < values.max() + 1e-3
    assert failures._edge(0.72, 0.4) == failures.EDGE_OPTIMUM and failures._edge(0.8, 0.4) == 0.1


def test_an_own_loop_asks_again_and_drops_what_failed():
    X, y = failures.own_loop(lambda x: math.nan if x > 0.5 else x, [0.1, 0.3, 0.45], 8)
    assert len(X) == len(y) == 8 and np.isnan(y[-3:]).all() and len(set(X[-3:])) == 1


def test_a_moving_target_ends_where_the_clock_says():
    scene = failures.moving_target("fixed", 0).scene()
    assert scene.x[np.argmax(scene.truth)] == pytest.approx(0.75)
    assert scene.marked.sum() == failures.N_MOVES - failures.WINDOW


# What was measured


def test_the_file_holds_every_line_and_is_small():
    measured = failures.outcomes()
    assert set(measured) >= {(card, v) for card in failures.CARDS for v in failures.VERSIONS}
    assert all(np.isfinite(values).all() for values in measured.values())
    assert failures.FILE.stat().st_size < 100_000


@pytest.mark.parametrize("name", PLAYED)
def test_runs_come_out_alike_again(name):
    """Within what other seeds gave: a run with a model differs a little between processors."""
    for version in failures.VERSIONS:
        values = failures.outcomes()[name, version]
        outcome, _ = failures.measure(name, version, 5)
        reach = max(np.ptp(values), 1e-9)
        assert values.min() - 0.2 * reach <= outcome <= values.max() + 0.2 * reach


@pytest.mark.parametrize("name", ["direction", "same point", "failed"])
def test_runs_of_one_input_come_out_the_same_again(name):
    for version in failures.VERSIONS:
        outcome, told = failures.measure(name, version, 11)
        assert outcome == pytest.approx(failures.outcomes()[name, version][11], rel=1e-5)
        assert told == (version == "broken")


def test_codes_for_categories_leave_categories_out_over_the_seeds():
    """By the rank sum of the categories tried, below 1 in a thousand."""
    counted = {
        what: [failures.outcomes()["categories", f"{v}, {what}"] for v in failures.VERSIONS]
        for what in failures.COUNTED
    }
    tried = stats.mannwhitneyu(*counted["n_tried"], alternative="less")
    assert tried.pvalue < 1e-3 and np.max(counted["n_tried"]) <= failures.N_KINDS
    missed = [int(np.sum(each == 0)) for each in counted["best_tried"]]
    assert missed[0] > missed[1] == 0


@pytest.mark.parametrize("version", failures.VERSIONS)
def test_what_is_counted_of_a_run_is_what_it_drew(version):
    run = failures.CARDS["categories"].play(version, 3)
    scene = run.scene()
    assert run.names["best_tried"] == np.sum(scene.marked)
    best = scene.values[scene.marked]
    # The best category is where the optimum is: a trial of it lies below by its x alone, 4 at most.
    assert np.all(best >= -4) and (not len(best) or best.max() <= 1e-9)
    for what in failures.COUNTED:
        again, told = failures.measure("categories", f"{version}, {what}", 3)
        assert told is None and again == run.names[what]


def test_plain_sgd_carries_what_it_has_not_where_the_condition_is_left_out():
    spaces = [run.names["space"] for run in failures.played("condition").values()]
    idle = [set(space.from_unit([0, 0.5, 0.5, 0.5])) - {"optimizer", "rate"} for space in spaces]
    assert idle == [{"momentum", "beta"}, set()]


def test_dimensions_come_out_alike_again():
    outcome, told = failures.measure("dimensions", f"2 {failures.FEW}", 4)
    assert told is None
    assert outcome == pytest.approx(failures.outcomes()["dimensions", "fixed"][4], abs=0.05)


@pytest.mark.parametrize("what", failures.TIMED)
def test_time_grows_with_the_points(what):
    """The smallest size is measured again, to see that it works; seconds are not compared."""
    measured = failures.outcomes()
    sizes = failures.TIMED[what]
    seconds = [np.median(measured["points", f"{what} {n}"]) for n in sizes]
    assert seconds[-1] > 2 * seconds[0]
    again, _ = failures.measure("points", f"{what} {sizes[0]}", 0)
    assert 0 < again < 60


def test_a_race_by_the_clock_ends_with_the_clock(monkeypatch):
    ticks = iter(np.arange(0, 1000, 0.05))
    monkeypatch.setattr(failures.time, "process_time", lambda: next(ticks))
    best = failures.race_by_the_clock("fixed", 0)
    # Each question takes 0.05 s of this clock and each evaluation 1 ms: 19 fit into one second.
    space = bo.Space(**{name: bo.Int(0, 4) for name in network.SPACE.names})
    table = network.grid_table()["validation_accuracy"].reshape((5,) * 5)
    strategy, values = bo.RandomSearch(space, seed=0), []
    for _ in range(19):
        config = strategy.ask()
        values.append(table[tuple(config.values())])
        strategy.tell(config, 0.0)
    assert best == pytest.approx(100 * max(values))


def test_the_best_of_n_draws_has_its_quartiles():
    table = network.grid_table()["validation_accuracy"]
    rng = np.random.default_rng(3)
    for n in (5, 100):
        drawn = rng.choice(table, (20_000, n)).max(axis=1)
        expected = np.quantile(drawn, [0.25, 0.5, 0.75])
        assert failures._best_of(np.array([n]))[:, 0] == pytest.approx(expected, abs=0.004)


def test_a_file_that_lacks_a_line_says_what_to_do(tmp_path, monkeypatch):
    lines = failures.FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "short.csv"
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    monkeypatch.setattr(failures, "FILE", path)
    with pytest.raises(ValueError, match=r"must hold the \d+ lines .*failure_data\.py"):
        failures._rows.__wrapped__()


@pytest.mark.parametrize("hits, n", [(0, 40), (3, 40), (20, 40), (40, 40), (137, 200)])
def test_the_interval_of_a_share_is_wilson_s(hits, n):
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert failures.share(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_an_exponent_is_a_slope_on_logarithmic_axes():
    assert failures.exponent([1, 10, 100], [2.0, 2e3, 2e6]) == pytest.approx(3)


def test_the_tool_says_that_nothing_is_missing(tool, tmp_path, monkeypatch, capsys):
    copy = tmp_path / "failures.csv"
    shipped = failures.FILE.read_bytes()
    copy.write_bytes(shipped)
    monkeypatch.setattr(failures, "FILE", copy)
    monkeypatch.setattr(failures, "measure", lambda *key: pytest.fail("measured again"))
    tool.main()
    assert "nothing is left" in capsys.readouterr().out
    assert copy.read_bytes() == shipped


def test_the_tool_goes_on_where_it_stopped(tool, tmp_path, monkeypatch):
    copy, measured = tmp_path / "failures.csv", []
    whole = failures.FILE.read_bytes()
    copy.write_bytes(whole[: whole[:-1].rfind(b"\n") + 5])  # killed within its last line
    monkeypatch.setattr(failures, "FILE", copy)
    monkeypatch.setattr(failures, "measure", lambda *key: measured.append(key) or (0.125, True))
    tool.main()
    assert measured == failures.planned()[-1:]
    assert copy.read_text(encoding="utf-8").endswith("0.125,1\n")
    assert tool.line(1 / 3, None) == "0.333333,"


# The exercises


def test_the_unlabeled_runs_show_what_they_are():
    runs = failures.unlabeled()
    first, last = runs["A"][10:25], runs["A"][25:]
    assert len(set(runs["A"])) == 40 and last.std() > 0.6 * first.std()
    assert abs(last.mean() - first.mean()) < first.std()  # no trend
    assert len(set(runs["B"][-10:])) == 1 and runs["B"][-1] == runs["B"].max()
    early, late = runs["C"][5:15], runs["C"][-10:]
    assert np.median(late) < np.median(early) - 0.1 and len(set(late)) == 10
    assert all(np.isfinite(values).all() for values in runs.values())


@pytest.mark.parametrize(
    "answer",
    [
        "cbd",
        "CBD",
        " c b d ",
        "c, b, d",
        "(c), (b), (d)",
        ["c", "b", "d"],
        ("C", "(b)", "d"),
        np.array(["c", "b", "d"]),
        {"A": "c", "B": "b", "C": "d"},
        {"C": "d", "A": "c", "B": "b"},
        "A: c, B: b, C: d",
        "A=c B=b C=d",
    ],
)
def test_diagnoses_are_taken_as_learners_write_them(answer):
    assert grade("11.diagnoses", answer).correct


@pytest.mark.parametrize("answer", [..., None, "", "  ", [..., "b", "d"], {"A": ..., "B": ...}])
def test_diagnoses_with_a_blank_are_not_tried(answer):
    assert grade("11.diagnoses", answer).correct is None


class Mute:
    def __repr__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    "answer", ["cb", "cbdd", "xyz", 3, [1, 2, 3], "cbz", {"A": 1}, object(), Mute()]
)
def test_diagnoses_of_another_kind_are_refused_with_the_letters(answer):
    verdict = grade("11.diagnoses", answer)
    assert verdict.correct is False and "3 of the letters a to f" in verdict.text


def test_of_several_wrong_diagnoses_the_first_is_named():
    verdict = grade("11.diagnoses", "aad")
    assert "run A is not the wrong direction" in verdict.text and "1 of 3 runs" in verdict.text
    verdict = grade("11.diagnoses", "cbb")
    assert "run C is not the same point again" in verdict.text and "2 of 3 runs" in verdict.text


def test_every_wrong_diagnosis_has_its_name():
    named = {wrong.answer for wrong in checks.DIAGNOSES.wrong}
    assert len(named) == 15 and checks.RIGHT not in named
