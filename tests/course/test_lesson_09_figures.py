"""The figures of lesson 09: labels, legends, and the numbers in what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import legend, points

from bo_tutorial.course.lesson_09 import figures as comparison
from bo_tutorial.course.lesson_09.live import pick_a_seed
from bo_tutorial.plotting import base
from bo_tutorial.plotting.looks import LOOKS

pytestmark = pytest.mark.usefixtures("course_style")

RNG = np.random.default_rng(0)
REGRETS = {
    name: np.minimum.accumulate(RNG.exponential(1, (9, 20)), axis=1) for name in ("EI", "random")
}


def test_a_race_is_a_median_with_quartiles(ax):
    comparison.race(REGRETS, ax, "here")
    t, middle = base.artist(ax, "EI").get_data()
    assert t.tolist() == list(range(1, 21))
    assert middle == pytest.approx(np.median(REGRETS["EI"], axis=0))
    band = base.artist(ax, "EI band").get_paths()[0].vertices[:, 1]
    low, high = np.quantile(REGRETS["EI"], [0.25, 0.75], axis=0)
    assert {low[-1], high[0]} <= set(band)
    assert legend(ax) == ["EI", "quartiles of 9 seeds", "random"] and ax.get_yscale() == "log"
    assert ax.get_xlabel() == "evaluations" and "units of f" in ax.get_ylabel()


def test_a_regret_of_zero_is_drawn_at_the_end_of_the_log_axis(ax):
    comparison.race({"EI": np.zeros((3, 5))}, ax)
    assert set(base.artist(ax, "EI").get_ydata()) == {comparison.SMALLEST}


def test_quartiles_of_numbers_some_of_which_are_infinite():
    some = np.array([1.0, 2.0, 3.0, np.inf])
    assert comparison.shown_quartiles(some, 50).tolist() == [1, 2, 3]
    assert comparison.shown_quartiles([5.0, np.inf, np.inf, np.inf], 50).tolist() == [5, 50, 50]
    # A number that was counted is not cut, however large.
    assert comparison.shown_quartiles([900.0, 900.0, 900.0, 900.0], 50).tolist() == [900] * 3


def test_matching_draws_stand_at_their_medians(ax):
    draws = {
        "first": {"EI": np.array([10.0, 20, 30, 40]), "random": np.array([5.0, 6, 7, 8])},
        "second": {"EI": np.array([90.0, np.inf, np.inf, np.inf]), "random": np.full(4, 3.0)},
    }
    comparison.matching(draws, ax, 20, {"first": 1000, "second": 2000}, "after 20")
    assert points(ax, "first EI")[0, 0] == 20 and points(ax, "second EI")[0, 0] == 2000
    assert len(ax.texts) == 1  # one arrow: "more than"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["first", "second"]
    assert legend(ax) == ["hundreds or thousands", "20 draws", "EI", "random"]
    assert ax.get_xscale() == "log" and ax.get_xlabel() == "random draws that match"


def test_what_a_run_is_worth_is_written_beside_it_and_moves(ax):
    found = {"EI": np.array([10.0, 2000, 3000, 4000]), "random": np.array([5.0, 6, 7, 8])}
    comparison.worth(found, ax, 20, 5000)
    assert points(ax, "EI")[0].tolist() == [2000, 0]
    assert base.artist(ax, "EI words").get_text().strip() == "2,000"
    later = {"EI": np.full(4, np.inf), "random": np.array([5.0, 9, 9, 9])}
    comparison.move_worth(later, ax, 50, 5000)
    assert points(ax, "EI")[0].tolist() == [5000, 0]
    assert points(ax, "random quartiles")[:, 0].tolist() == [5, 9]
    assert base.artist(ax, "EI words").get_text().strip() == "more than 5,000"
    assert base.artist(ax, "budget").get_xdata()[0] == 50


def test_cuts_are_functions_along_an_axis(ax):
    x = np.linspace(0, 1, 7)
    comparison.cuts(x, {"ℓ = 0.1": x**2, "ℓ = 0.8": 1 - x}, ax)
    assert points(ax, "ℓ = 0.8").tolist() == np.transpose([x, 1 - x]).tolist()
    assert legend(ax) == ["ℓ = 0.1", "ℓ = 0.8"] and ax.get_xlabel() == "x1"
    assert "sd" in ax.get_ylabel()


def test_what_never_arrives_is_drawn_above_the_budget(ax):
    evaluations = {"d = 2": [[10, 20, 30, 40], [10, np.inf, np.inf, np.inf]]}
    comparison.to_the_target([0.1, 0.4], evaluations, ax, "length scale")
    assert points(ax, "d = 2").tolist() == [[0, 20], [1, pytest.approx(55)]]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.1", "0.4"]
    assert legend(ax) == ["d = 2", "quartiles of 4", "not within 50"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("length scale", "evaluations")


def test_one_seed_shows_two_runs_and_moves_to_others(ax):
    comparison.one_seed({name: each[0] for name, each in REGRETS.items()}, ax, "seed 0")
    assert points(ax, "run 0")[:, 1] == pytest.approx(REGRETS["EI"][0])
    other = {"TPE": REGRETS["random"][2], "UCB": np.zeros(20)}
    comparison.move_one_seed(other, (1e-5, 10), ax, "seed 2")
    assert points(ax, "run 0")[:, 1] == pytest.approx(REGRETS["random"][2])
    assert set(points(ax, "run 1")[:, 1]) == {comparison.SMALLEST}
    assert legend(ax) == ["TPE", "UCB"] and ax.get_title() == "seed 2"
    assert base.artist(ax, "run 1").get_color() == LOOKS["UCB"][0]


def test_pairs_are_marked_where_the_column_wins(ax):
    rows, columns = np.array([1.0, 3.0, 2.0]), np.array([2.0, 0.0, 2.0])
    comparison.all_pairs(rows, columns, ("EI", "random"), ax, (1, 2))
    assert base.artist(ax, "pairs").get_array().tolist() == [[-1, 1, -1], [1, 1, 1], [0, 1, 0]]
    assert points(ax, "crosses").tolist() == [[0, 0], [2, 0]]
    assert points(ax, "these seeds").tolist() == [[2, 1]]
    assert ax.get_title() == "crosses: random wins\n22% of 9 pairs"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("seed of random", "seed of EI")
    comparison.move_pairs(columns, rows, ("random", "EI"), ax)
    assert len(points(ax, "crosses")) == 5 and ax.get_xlabel() == "seed of EI"


def test_seeds_needed_falls_to_a_marked_line():
    ax = plt.subplots()[1]
    comparison.seeds_needed({"A and B": [0.4, 0.1]}, [1, 10], ax)
    assert ax.lines[0].get_xydata().tolist() == [[1, 0.4], [10, 0.1]]
    assert legend(ax) == ["A and B", "5 %"]
    assert ax.get_xlabel() == "runs of each (seeds)" and "wrong winner" in ax.get_ylabel()


def test_a_race_to_a_budget_moves(ax):
    comparison.race_to(5, REGRETS, ax, "here")
    assert ax.get_legend() is None and base.artist(ax, "budget").get_xdata()[0] == 5
    other = {name: 2 * each for name, each in REGRETS.items()}
    comparison.move_race_to(9, other, (1e-3, 10), ax, "there")
    assert base.artist(ax, "budget").get_xdata()[0] == 9
    assert points(ax, "EI")[:, 1] == pytest.approx(2 * np.median(REGRETS["EI"], axis=0))
    band = base.artist(ax, "random band").get_paths()[0].vertices[:, 1]
    assert set(2 * np.quantile(REGRETS["random"], [0.25, 0.75], axis=0)[:, -1]) <= set(band)
    assert ax.get_ylim() == (1e-3, 10) and ax.get_title() == "there"


def test_the_label_of_the_regret_stays_in_the_live_figure():
    live = pick_a_seed()
    for contest in live.controls["contest"].sweep:
        live.controls["contest"].value = contest
        assert live.fig.axes[0].yaxis.label.get_window_extent().x0 >= 0
