"""The worked example against 50-digit arithmetic, and its assumptions against bad input."""

import json
import math
import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from bo_tutorial import worked_example as we
from bo_tutorial.worked_example.__main__ import MEANINGS, main, report

BASE = we.Assumptions()
ROOT = Path(__file__).resolve().parents[2]


def by_mpmath(rate, a):
    """Mean, standard deviation and EI from the textbook formulas, dense and slow."""
    with mpmath.workdps(50):
        m, sf, noise, xi = map(mpmath.mpf, map(str, (a.mean, a.signal_sd, a.noise_variance, a.xi)))
        length = mpmath.mpf(str(a.length_scale))
        place = mpmath.log10 if a.axis == "log10" else (lambda v: v)
        xs = [place(mpmath.mpf(str(v))) for v in we.LEARNING_RATES]
        y = mpmath.matrix([mpmath.mpf(str(v)) - m for v in we.ACCURACIES])

        def k(p, q):
            r = abs(p - q) / length
            if a.kernel == "SE":
                return sf**2 * mpmath.exp(-(r**2) / 2)
            r *= mpmath.sqrt(5)
            return sf**2 * (1 + r + r**2 / 3) * mpmath.exp(-r)

        K = mpmath.matrix(3, 3)
        for i in range(3):
            for j in range(3):
                K[i, j] = k(xs[i], xs[j]) + (noise if i == j else 0)
        x = place(mpmath.mpf(str(rate)))
        ks = mpmath.matrix([k(x, p) for p in xs])
        inverse = K**-1
        mu = m + (ks.T * inverse * y)[0]
        sigma = mpmath.sqrt(sf**2 - (ks.T * inverse * ks)[0])
        threshold = mpmath.mpf("0.91") + xi
        # EI from its definition, the expectation of max(0, f - best - xi).
        ei = mpmath.quad(
            lambda f: (f - threshold) * mpmath.npdf(f, mu, sigma),
            [threshold, threshold + 3 * sigma, threshold + 12 * sigma],
        )
        return float(mu), float(sigma), float(ei)


@pytest.mark.parametrize("axis, length_scale", [("log10", 0.5), ("log10", 0.1), ("raw", 0.05)])
@pytest.mark.parametrize("kernel", ["SE", "Matern52"])
@pytest.mark.parametrize("xi", [0.0, 0.01])
def test_evaluate_agrees_with_fifty_digits(axis, length_scale, kernel, xi):
    a = replace(BASE, axis=axis, length_scale=length_scale, kernel=kernel, xi=xi)
    rates = [0.0001, 0.003, 0.0048, 0.2]
    mu, sigma, ei = we.evaluate(a, rates)
    expected = np.array([by_mpmath(rate, a) for rate in rates]).T
    assert np.allclose(mu, expected[0], rtol=0, atol=1e-11)
    assert np.allclose(sigma, expected[1], rtol=0, atol=1e-10)
    assert np.allclose(ei, expected[2], rtol=1e-7, atol=1e-16)


def test_the_defaults_are_those_of_the_three_accuracies():
    assert BASE.mean == pytest.approx(np.mean(we.ACCURACIES))
    assert BASE.signal_sd == pytest.approx(np.std(we.ACCURACIES, ddof=1))
    assert we.BEST == 0.91


def test_three_sentences_hold_and_the_fourth_does_not():
    assert list(we.holds(we.measure(BASE)).values()) == [True, True, True, False]


def test_measure_gives_what_its_sentences_say():
    numbers = list(we.measure(BASE).values())
    rates = np.geomspace(1e-4, 1, 20_001)
    mu, _, ei = we.evaluate(BASE, rates)
    _, sigma_at, ei_at = we.evaluate(BASE, [0.003, 0.2])
    peak = np.log10(rates[np.argmax(mu)])
    expected = [abs(peak + 2), sigma_at[0] / 0.06, *(ei_at / ei.max())]
    assert numbers == pytest.approx(expected, rel=1e-3, abs=2e-3)


@pytest.mark.parametrize("which, worse", [(0, 0.3), (1, 0.4), (2, 0.4), (3, 0.4)])
def test_holds_has_one_threshold_for_each_sentence(which, worse):
    good = dict(zip(we.SENTENCES, (0.0, 1.0, 1.0, 1.0), strict=True))
    assert all(we.holds(good).values())
    sentence = list(we.SENTENCES)[which]
    verdicts = we.holds(good | {sentence: worse})
    assert [s for s, verdict in verdicts.items() if not verdict] == [sentence]
    assert all(we.holds(good | {sentence: worse}, mean_within=0.3, at_least=0.4).values())


def test_the_next_learning_rate_is_where_ei_peaks():
    rates = np.geomspace(1e-4, 1, 20_001)
    ei = np.array([by_mpmath(rate, BASE)[2] for rate in (0.0046, 0.0048, 0.0050)])
    assert np.argmax(ei) == 1
    assert we.next_learning_rate(BASE) == pytest.approx(
        rates[np.argmax(we.evaluate(BASE, rates)[2])], rel=5e-3
    )


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        ({"axis": "log2"}, ValueError, "axis must be 'log10' or 'raw', got 'log2'"),
        ({"kernel": "RBF"}, ValueError, "kernel must be one of .* got 'RBF'"),
        ({"length_scale": -0.5}, ValueError, "length_scale must be positive, got -0.5"),
        ({"signal_sd": "6 %"}, TypeError, "signal_sd must be a number, got '6 %'"),
        ({"xi": -0.01}, ValueError, "xi must be at least 0, got -0.01"),
        ({"noise_variance": float("nan")}, ValueError, "noise_variance must be finite, got nan"),
        ({"low": 0.01}, ValueError, "low, high must enclose 0.003 and 0.01, got 0.01, 1.0"),
        ({"high": 0.005}, ValueError, "low, high must enclose 0.003 and 0.01, got 0.0001, 0.005"),
        ({"low": 1.0, "high": 1e-4}, ValueError, "low, high must enclose 0.003 and 0.01"),
    ],
)
def test_a_wrong_assumption_is_named(wrong, error, message):
    with pytest.raises(error, match=message):
        replace(BASE, **wrong)


def test_a_sentence_about_a_place_outside_the_domain_cannot_be_asked():
    snippet = replace(BASE, **we.SNIPPET_DOMAIN)
    numbers = we.measure(snippet)
    assert list(we.holds(numbers).values()) == [True, True, True, None]
    assert math.isnan(numbers["EI scores 0.2 highly"])
    # A threshold that everything passes does not make an answer of it, nor one that nothing does.
    assert list(we.holds(numbers, 9, 0).values()) == [True, True, True, None]
    assert list(we.holds(numbers, 0, 2).values()) == [False, False, False, None]
    assert [we.VERDICTS[v] for v in (True, False, None)] == ["holds", "FAILS", "cannot be asked"]


@pytest.mark.parametrize("high", [0.01, 0.1, 0.1999, 0.2, 0.5])
def test_no_learning_rate_outside_the_domain_is_considered(high):
    a = replace(BASE, low=1e-5, high=high)
    rates = we.learning_rates(a)
    assert (rates.min(), rates.max()) == (1e-5, high)
    asked = we.holds(we.measure(a))["EI scores 0.2 highly"] is not None
    assert asked == (high >= 0.2)
    assert ("\n        0.2 " in report(a)) == asked == ("cannot be asked" not in report(a))


def by_hand(rate, a):
    """EI from textbook formulas in plain NumPy, on the log axis with the squared exponential."""
    x, at = np.log10(we.LEARNING_RATES), np.log10(rate)
    k = a.signal_sd**2 * np.exp(-((at - x) ** 2) / (2 * a.length_scale**2))
    K = a.signal_sd**2 * np.exp(-((x[:, None] - x) ** 2) / (2 * a.length_scale**2))
    weights = np.linalg.inv(K + a.noise_variance * np.eye(3))
    gain = a.mean + k @ weights @ (np.array(we.ACCURACIES) - a.mean) - 0.91 - a.xi
    sigma = math.sqrt(a.signal_sd**2 - k @ weights @ k)
    return gain * norm.cdf(gain / sigma) + sigma * norm.pdf(gain / sigma)


@pytest.mark.parametrize("domain", [{}, we.SNIPPET_DOMAIN], ids=["ours", "snippet"])
@pytest.mark.parametrize("name, to", [("mean", 0.95), ("signal_sd", 0.12), ("xi", 0.05)])
def test_the_tipping_point_is_where_the_edge_is_worth_as_much_as_the_peak(domain, name, to):
    a = replace(BASE, **domain)
    between = np.geomspace(0.0035, 0.0065, 601)

    def edge_minus_peak(value):
        moved = replace(a, **{name: value})
        return by_hand(a.low, moved) - max(by_hand(rate, moved) for rate in between)

    value, edge = we.tipping_point(a, name, to)
    assert value == pytest.approx(brentq(edge_minus_peak, getattr(a, name), to), rel=1e-4)
    assert edge == a.low == we.next_learning_rate(replace(a, **{name: value}))
    short = getattr(a, name) + 0.999 * (value - getattr(a, name))
    assert 0.004 < we.next_learning_rate(replace(a, **{name: short})) < 0.006


def test_a_longer_length_scale_sends_the_snippet_to_its_edge_and_not_ours():
    snippet = replace(BASE, **we.SNIPPET_DOMAIN)
    value, edge = we.tipping_point(snippet, "length_scale", 2.0)
    assert edge == 1e-5
    below, above = (replace(snippet, length_scale=value * factor) for factor in (0.99, 1.01))
    rates = np.geomspace(1e-5, 0.1, 4001)
    best = [rates[np.argmax([by_hand(rate, a) for rate in rates])] for a in (below, above)]
    assert 0.004 < best[0] < 0.006 and best[1] == rates[0]
    assert we.tipping_point(BASE, "length_scale", 2.0) is None


def test_what_does_not_tip_and_what_has_tipped():
    assert we.tipping_point(BASE, "mean", 0.80) is None
    assert we.tipping_point(BASE, "signal_sd", 1e-5) is None  # EI becomes 0: no choice at all
    tipped = replace(BASE, mean=0.90)
    assert we.tipping_point(tipped, "mean", 0.95) == (0.90, 1e-4)
    assert we.tipping_point(tipped, "mean", 0.80, steps=7)[1] == 1e-4


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("kernel", 1.0), "name must be one of .*'mean'.* got 'kernel'"),
        (("prior", 1.0), "name must be one of .* got 'prior'"),
        (("signal_sd", 0.0), "signal_sd must be positive, got 0.0"),
        (("mean", 0.9, 0), "steps must be at least 1, got 0"),
    ],
)
def test_a_wrong_move_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        we.tipping_point(BASE, *arguments)


def test_where_ei_is_zero_everywhere_nothing_is_scored_highly():
    numbers = list(we.measure(replace(BASE, signal_sd=1e-5)).values())
    assert numbers[2:] == [0.0, 0.0]


# The command


NOTEBOOK = ROOT / "notebooks" / "08_reproduce_the_worked_example.ipynb"


def command(*arguments, cwd):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "bo_tutorial.worked_example", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    return done.returncode, done.stdout, done.stderr


def printed_in_the_lesson():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    outputs = [each for cell in cells for each in cell.get("outputs", [])]
    return "".join("".join(each.get("text", "")) for each in outputs)


def numbers_in(text):
    return {float(n) for n in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", text)}


def test_the_command_prints_the_numbers_of_the_lesson(tmp_path):
    status, out, err = command(cwd=tmp_path)
    assert (status, err) == (0, "")
    told, lesson = numbers_in(out), printed_in_the_lesson()
    in_both = "0.135335 0.000335 0.8842 0.7944 0.0353 0.0327 0.589 0.546 0.287 0.492 0.0048"
    for number in map(float, [*in_both.split(), "-2.650", "19.634", "-19.318", "4.76e-05"]):
        assert number in told and number in numbers_in(lesson), number
    verdicts = [line for line in lesson.splitlines() if line.endswith(("holds", "FAILS"))]
    assert len(verdicts) == 4 and all(line in out for line in verdicts)
    assert "figure written to worked_example.png" in out
    assert (tmp_path / "worked_example.png").read_bytes().startswith(b"\x89PNG")


def test_every_assumption_is_an_option(tmp_path, capsys):
    changed = {
        "axis": "raw",
        "kernel": "Matern52",
        "length_scale": 0.05,
        "mean": 0.8,
        "signal_sd": 0.05,
        "noise_variance": 1e-4,
        "xi": 0.002,
        "low": 2e-4,
        "high": 0.5,
    }
    assert set(changed) == {field.name for field in fields(we.Assumptions)} == set(MEANINGS)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in changed.items()]
    path = tmp_path / "figure.svg"
    thresholds = ["--at-least=0.4", "--mean-within=0.6"]
    assert main([*options, *thresholds, f"--figure={path}"]) == 0
    assert capsys.readouterr().out.startswith(report(we.Assumptions(**changed), 0.6, 0.4))
    assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--axis", "log2"], "axis must be 'log10' or 'raw', got 'log2'"),
        (["--length-scale=-1"], "length_scale must be positive, got -1.0"),
        (["--xi", "one"], "--xi: invalid float value: 'one'"),
        (["--low", "0.01"], "low, high must enclose 0.003 and 0.01"),
        (["--at-least=-1"], "at_least must be at least 0, got -1.0"),
        (["--figure", "nowhere/at/all.png"], "in a folder that exists, got 'nowhere"),
        (["--figure", "figure.doc"], "figure must be a .png, .pdf or .svg"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert message in said.err and said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_the_report_says_where_ei_chooses_nothing():
    assert "EI is 0 everywhere" in report(replace(BASE, signal_sd=1e-5))


def test_the_report_needs_no_matplotlib():
    code = (
        "import sys; from bo_tutorial.worked_example.__main__ import Assumptions, report; "
        "report(Assumptions()); print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "change",
    (
        {"length_scale": 0.25},
        {"mean": 0.8},
        {"signal_sd": 0.049},
        {"noise_variance": 1e-4},
        {"axis": "raw", "length_scale": 0.05},
    ),
    ids=str,
)
def test_lesson_08_follows_a_changed_assumption_by_hand_too(change):
    """The lesson invites a reader to change `base` and run it again."""
    lesson = ROOT / "notebooks" / "08_reproduce_the_worked_example.ipynb"
    cells = [
        "".join(cell["source"])
        for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    (start,) = [i for i, source in enumerate(cells) if "base = we.Assumptions()" in source]
    (end,) = [i for i, source in enumerate(cells) if "def predict(rate)" in source]
    names = {"np": np, "we": we, "sqrt": math.sqrt}
    names |= {"ACCURACIES": we.ACCURACIES, "LEARNING_RATES": we.LEARNING_RATES}
    for source in cells[start : end + 1]:
        made = f"we.Assumptions(**{change!r})"
        exec(source.replace("we.Assumptions()", made), names)  # it asserts what the package says
    mean, sd, _ = by_mpmath(0.003, replace(BASE, **change))
    assert names["predict"](0.003)[:2] == pytest.approx((float(mean), float(sd)), rel=1e-6)
