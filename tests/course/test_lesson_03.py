"""Blind draws: chances against simulation and counting, gaps and shadows by hand, the slice."""

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from bo_tutorial import network
from bo_tutorial.course.lesson_03 import numerics as draws


def test_the_hit_rate_is_that_of_the_geometric_and_of_the_binomial_distribution():
    for p in (0.001, 0.01, 0.3, 0.999):
        for n in (1, 2, 9, 100):
            assert draws.hit_rate(p, n) == pytest.approx(stats.geom.cdf(n, p), rel=1e-12)
            assert draws.hit_rate(p, n) == pytest.approx(stats.binom.sf(0, n, p), rel=1e-12)
    assert [draws.hit_rate(p, n) for p, n in ((0.0, 5), (0.4, 0), (1.0, 1))] == [0, 0, 1]
    assert draws.hit_rate([0.1, 0.2], 2) == pytest.approx([0.19, 0.36])


@pytest.mark.parametrize(
    "p, n, says", [(1.5, 2, "p must"), (-0.1, 2, "p must"), (0.1, -1, "n must")]
)
def test_a_hit_rate_of_no_share_is_refused(p, n, says):
    with pytest.raises(ValueError, match=says):
        draws.hit_rate(p, n)


def test_a_share_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="p must be a share"):
        draws.hit_rate(np.nan, 3)


def test_the_win_rate_is_what_drawing_gives():
    rng = np.random.default_rng(0)
    rows = np.round(rng.random((2, 12)), 1)  # with ties
    best = np.array([0.7, 0.9])
    best_drawn = rows[:, rng.integers(0, 12, (40_000, 4))].max(axis=2)
    measured = (best_drawn > best[:, None]).mean(1) + (best_drawn == best[:, None]).mean(1) / 2
    assert draws.win_rate(rows, best, 4) == pytest.approx(measured, abs=4 * 0.5 / 200)


def test_against_the_best_there_is_one_can_only_tie():
    assert draws.win_rate([0.1, 0.5], 0.5, 1) == pytest.approx(0.25)  # half of a half
    assert draws.win_rate([0.1, 0.5], 0.6, 9) == 0
    assert draws.win_rate([0.1, 0.5], 0.0, 9) == 1


def test_without_replacement_the_win_rate_is_what_drawing_different_rows_gives():
    rng = np.random.default_rng(1)
    rows = np.round(rng.random((2, 12)), 1)  # with ties
    best = np.array([0.7, 0.9])
    picked = rng.random((40_000, 12)).argsort(axis=1)[:, :4]  # four different rows
    best_drawn = rows[:, picked].max(axis=2)
    measured = (best_drawn > best[:, None]).mean(1) + (best_drawn == best[:, None]).mean(1) / 2
    by_hand = draws.win_rate(rows, best, 4, replace=False)
    assert by_hand == pytest.approx(measured, abs=4 * 0.5 / 200)
    assert draws.win_rate([0.1, 0.5], 0.2, 2, replace=False) == 1  # all rows are drawn
    with pytest.raises(ValueError, match="n must be at most the 2 rows without replacement, got 3"):
        draws.win_rate([0.1, 0.5], 0.2, 3, replace=False)


def test_sobol_indices_are_correlations_of_rows_that_agree_in_one_axis_or_in_all_but_one():
    rng = np.random.default_rng(2)
    cube = rng.random((4, 1, 1)) + rng.random((1, 3, 1)) * rng.random((1, 1, 5))
    alone, together = draws.sobol_indices(cube)
    one, other = (
        np.stack([rng.integers(0, n, 400_000) for n in cube.shape], axis=1) for _ in range(2)
    )
    for axis in range(3):  # the other axes are drawn independently: they may agree by chance
        agree, differ = other.copy(), one.copy()
        agree[:, axis], differ[:, axis] = one[:, axis], other[:, axis]
        f, f_agree, f_differ = (cube[tuple(each.T)] for each in (one, agree, differ))
        assert np.corrcoef(f, f_agree)[0, 1] == pytest.approx(alone[axis], abs=0.008)
        assert 1 - np.corrcoef(f, f_differ)[0, 1] == pytest.approx(together[axis], abs=0.008)
    assert alone[0] == pytest.approx(together[0])  # it acts by itself
    assert alone[1] < together[1] - 0.01  # it acts through the third axis too


def test_a_table_without_variance_has_no_sobol_indices():
    with pytest.raises(ValueError, match="cube must hold different values, got 0.5 everywhere"):
        draws.sobol_indices(np.full((2, 3), 0.5))


def test_the_reach_rate_counts_what_equals_the_target():
    assert draws.reach_rate([0.1, 0.5, 0.5, 0.9], [0.05, 0.5, 0.9, 0.95], 2) == pytest.approx(
        [1, 1 - 1 / 16, 1 - 9 / 16, 0]
    )


def test_a_grid_has_its_ends_and_k_values_on_each_axis():
    points = draws.grid_points(4)
    assert points.shape == (16, 2) and len(np.unique(points, axis=0)) == 16
    assert np.allclose(np.unique(points[:, 1]), [0, 1 / 3, 2 / 3, 1])
    with pytest.raises(ValueError, match="k must be at least 2"):
        draws.grid_points(1)


def test_random_points_are_uniform_and_those_of_their_seed():
    points = draws.random_points(2, 2000, seed=5)
    assert points.shape == (2000, 2)
    assert np.array_equal(points, draws.random_points(2, 2000, seed=5))
    assert not np.array_equal(points, draws.random_points(2, 2000, seed=6))
    for column in points.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_a_latin_hypercube_has_one_point_in_each_part_of_every_axis():
    points = draws.latin_hypercube(3, 7, seed=4)
    assert np.array_equal(
        np.sort((7 * points).astype(int), axis=0), np.tile(np.arange(7), (3, 1)).T
    )
    assert np.array_equal(points, draws.latin_hypercube(3, 7, seed=4))
    assert not np.array_equal(points, draws.latin_hypercube(3, 7, seed=5))
    columns = np.array([draws.latin_hypercube(1, 4, seed)[:, 0] for seed in range(500)])
    assert stats.kstest(columns[:, 0], "uniform").pvalue > 1e-3  # the order is random


def test_the_shadow_of_the_square_is_the_unit_interval():
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    for degrees in (0, 17, 45, 90):
        places = draws.shadow(corners, degrees)
        assert places.min() == 0 and places.max() == pytest.approx(1)
    assert draws.shadow(corners, 0) == pytest.approx([0, 1, 0, 1])
    assert draws.shadow(corners, 90) == pytest.approx([0, 0, 1, 1])
    assert draws.shadow(corners, 45) == pytest.approx([0, 0.5, 0.5, 1])


@pytest.mark.parametrize("k", [2, 3, 6])
def test_how_many_places_a_grid_shows_along_an_axis_the_diagonal_and_in_between(k):
    seen = [draws.n_distinct(draws.shadow(draws.grid_points(k), a)) for a in (0, 90, 45, 20)]
    assert seen == [k, k, 2 * k - 1, k * k]


def test_random_points_show_all_their_places_in_every_direction():
    points = draws.random_points(2, 25, seed=3)
    assert all(draws.n_distinct(draws.shadow(points, a)) == 25 for a in range(0, 91, 5))


@pytest.mark.parametrize("points, degrees", [([[0.0, 1.0]], 91), ([[0.0]], 10)])
def test_a_shadow_of_something_else_is_refused(points, degrees):
    with pytest.raises(ValueError, match="must"):
        draws.shadow(points, degrees)


def test_the_largest_gap_counts_the_ends_and_goes_column_by_column():
    assert draws.largest_gap([0.5]) == 0.5
    assert draws.largest_gap([0.9, 0.1]) == pytest.approx(0.8)
    assert draws.largest_gap([]) == 1
    assert draws.largest_gap([[0.5, 0.1], [0.25, 0.9]]) == pytest.approx([0.5, 0.8])
    with pytest.raises(ValueError, match="positions must lie"):
        draws.largest_gap([1.2])


def test_the_mean_of_the_largest_gap_is_that_of_broken_sticks():
    # n + 1 pieces of a stick: the longest is (1 + 1/2 + ... + 1/(n + 1)) / (n + 1) on average.
    gaps = draws.largest_gap(draws.random_points(4000, 9, seed=0))
    expected = np.sum(1 / np.arange(1, 11)) / 10
    assert gaps.mean() == pytest.approx(expected, abs=4 * gaps.std() / np.sqrt(4000))


def test_sobol_points_have_no_gap_longer_than_two_shares():
    points = qmc.Sobol(5, rng=np.random.default_rng(0)).random_base2(4)
    assert draws.largest_gap(points).max() <= 2 / 16


def test_the_best_row_is_that_of_the_parts_that_points_fall_into():
    cube = np.arange(16.0).reshape(4, 4)
    assert draws.best_row(cube, [[0.0, 0.99], [0.26, 0.0]]) == 4  # rows 0 and 1: 3 and 4
    assert draws.best_row(cube, [[0.74, 0.75]]) == 11


def test_the_slice_has_its_rows_and_those_that_the_table_has_too():
    rates, sizes, accuracy = draws.network_slice()
    assert rates.shape == (39,) and sizes.shape == (15,) and accuracy.shape == (39, 15)
    assert (rates[0], rates[19], rates[-1]) == pytest.approx((1e-4, 0.01, 1.0))
    assert (sizes[0], sizes[7], sizes[-1]) == (16, 64, 256)
    table = network.grid_table()
    here = (table["dropout"] == 0.3) & (table["n_layers"] == 2) & (table["hidden_size"] == 256)
    shared = 0
    for rate, size, score in zip(
        *(table[name][here] for name in ("learning_rate", "batch_size", "validation_accuracy")),
        strict=True,
    ):
        row, column = np.isclose(rates, rate, rtol=1e-9), sizes == size
        if row.any() and column.any():
            assert accuracy[row, column] == pytest.approx(score, abs=1e-12)
            shared += 1
    assert shared >= 9


def test_a_row_of_the_slice_is_what_a_training_gives():
    rates, sizes, accuracy = draws.network_slice()
    config = draws.slice_configs()[15 * 19 + 14]
    assert (config["learning_rate"], config["batch_size"]) == (0.01, 256)
    assert network.validation_accuracy(config) == pytest.approx(accuracy[19, 14], abs=2 / 600)


def test_another_file_is_no_slice(tmp_path, monkeypatch):
    lines = draws.SLICE.read_text().splitlines()
    monkeypatch.setattr(draws, "SLICE", tmp_path / "short.csv")
    draws.SLICE.write_text("\n".join(lines[:-1]) + "\n")
    with pytest.raises(ValueError, match="must hold the 585 rows"):
        draws.network_slice()
    draws.SLICE.write_text("\n".join([lines[0], *lines[2:], lines[1]]) + "\n")
    with pytest.raises(ValueError, match="network_slice.py"):
        draws.network_slice()
