"""The longer runs of lesson 07: what is stored is what its code computes."""

import numpy as np
import pytest
from scipy.stats import binomtest
from scripts import load_script

from bo_tutorial import problems
from bo_tutorial.course.lesson_07 import numerics as runs


def test_each_choice_of_initial_points_has_its_runs():
    found = runs.initial_points()
    expected = {
        (function, length, n)
        for function, (numbers, *_) in runs.STARTS.items()
        for length in ("fixed", "learned")
        for n in numbers
    }
    assert set(found) == expected
    assert all(each.shape == (100,) and (each >= -1e-9).all() for each in found.values())


# Few questions are left to ask, so that rounding cannot send a run elsewhere.
@pytest.mark.parametrize("seed", [0, 57, 99])
@pytest.mark.parametrize(
    "key",
    [
        ("branin", "fixed", 16),
        ("branin", "learned", 16),
        ("forrester", "fixed", 8),
        ("forrester", "learned", 8),
    ],
    ids=str,
)
def test_a_stored_run_with_initial_points_can_be_made_again(key, seed):
    assert runs.initial_run(*key, seed) == pytest.approx(runs.initial_points()[key][seed], rel=1e-3)


@pytest.mark.parametrize("seed", [3, 142])
def test_a_stored_noisy_run_can_be_made_again(seed):
    assert runs.noisy_run(seed) == pytest.approx(runs.returned()[:, seed], rel=1e-3)


def test_the_stored_noisy_runs_are_possible():
    largest, f_observed, f_recommended = runs.returned()
    assert largest.shape == (200,)
    assert max(f_observed.max(), f_recommended.max()) <= problems.forrester.optimum + 1e-4
    assert abs(largest - f_observed).max() < 5  # noise of sd 1, 6000 draws


def test_a_stored_run_of_the_template_can_be_made_again():
    pytest.importorskip("sklearn")
    made = load_script("loop_data").own_problem(5)
    assert made == pytest.approx(tuple(runs.own_problem()[:, 5]), abs=2e-3)
    assert runs.own_problem().shape == (2, 24)


@pytest.mark.parametrize("count, n", [(0, 100), (3, 40), (116, 200), (100, 100)])
def test_the_interval_of_a_share_is_that_of_scipy(count, n):
    expected = binomtest(count, n).proportion_ci(0.95, method="wilson")
    low, high = runs.share_interval(count, n)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-5)
    assert -1e-9 < low < count / n + 1e-9 and count / n - 1e-9 < high < 1 + 1e-9


def test_the_files_are_complete_and_their_tool_says_so(capsys):
    script = load_script("loop_data")
    before = {path: path.read_bytes() for path in (runs.INITIAL, runs.RETURNED, runs.OWN)}
    script.main()
    assert capsys.readouterr().out.count("nothing is left to do") == 3
    assert all(path.read_bytes() == text for path, text in before.items())
    assert np.isfinite(runs.own_problem()).all()
