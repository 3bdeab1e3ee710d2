"""The benchmark of the surrogates, without the libraries that it compares."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import bo_tutorial as bo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import surrogates  # noqa: E402


def lines():
    text = surrogates.OUTPUT.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_page_is_made_of_the_lines():
    assert surrogates.PAGE.read_text(encoding="utf-8") == surrogates.report(lines())


def test_no_configuration_beats_the_switches_optimum_and_one_reaches_it():
    problem = surrogates.four_switches()
    rng = np.random.default_rng(0)
    values = [problem(problem.space.sample(rng)) for _ in range(500)]
    assert max(values) < problem.optimum
    # Size and share where the formula has its optimum, and all settings of the switches.
    reached = max(
        problem(
            {f"switch{i}": "abcdef"[k[i]] for i in range(4)}
            | {"size": 5 + 2 * k[2], "share": 0.15 * k[3]}
        )
        for k in np.ndindex(6, 6, 6, 6)
    )
    assert reached == pytest.approx(problem.optimum, abs=1e-12)


@pytest.mark.parametrize("name", ["waves", "hills", "digits", "trainings"])
def test_data_are_inputs_about_the_unit_cube_and_the_same_twice(name):
    X, y = surrogates.DATA[name](600, np.random.default_rng(1))
    again, _ = surrogates.DATA[name](600, np.random.default_rng(1))
    assert X.shape[0] == y.shape[0] == 600 and np.array_equal(X, again)
    assert X.min() >= 0 and X.max() < 1.1 and y.std() > 0.1


def test_what_is_measured_is_measured():
    X, y = surrogates.waves(surrogates.N_HELD_OUT + 100, np.random.default_rng(0))
    found = surrogates.measured(bo.SparseGP(bo.Matern52([0.5, 0.5]), 10, 1e-2), X, y)
    assert found["fit_s"] > 0 and found["memory_mb"] > 0.01
    assert found["rmse"] < 1 and found["log_density"] > -1.42  # that of guessing the mean


def test_at_2000_data_a_fit_is_20_times_faster_and_loses_little_on_three_data_sets():
    """The shipped measurement; one of the three is a real one that comes with scikit-learn."""
    fits = {(x["name"], x["m"]): x for x in lines() if x["kind"] == "fit" and x["n"] == 2000}
    good = {
        name
        for name, m in fits
        if m == 64
        and fits[name, 0]["fit_s"] / fits[name, m]["fit_s"] >= 20
        and fits[name, 0]["log_density"] - fits[name, m]["log_density"] <= 0.05
    }
    assert len(good) >= 3 and good & {"flower", "digits"}
