"""Lesson 13 without any other library: what its numerics computes, and what its files hold."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import bootstrap, multivariate_normal, norm

import bo_tutorial as bo
from bo_tutorial.course.checking import grade
from bo_tutorial.course.lesson_13 import numerics as tools
from bo_tutorial.evidence import HYPERPARAMETERS
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

LIBRARIES = ["Optuna TPE", "Optuna GP", "Hyperopt", "scikit-optimize", "BoTorch", "this course"]


def test_a_program_of_another_library_has_at_most_eight_lines():
    entries = tools.next_questions()
    assert [entry["library"] for entry in entries] == LIBRARIES
    for entry in entries:
        assert 1 <= len(entry["code"]) <= 8 and all(len(line) <= 100 for line in entry["code"])
        assert list(entry["asks"]) == list(entry["startup"])
        for asked in entry["asks"].values():
            assert len(asked) == len(tools.NEXT_SEEDS) and all(1e-4 <= x <= 1 for x in asked)


@pytest.mark.parametrize("seed", [0, 3])
def test_what_this_course_asks_is_what_the_file_says(seed):
    entry = tools.next_questions()[-1]
    for setting, startup in entry["startup"].items():
        kept = entry["asks"][setting][seed]
        assert tools.asks(entry, startup, seed) == pytest.approx(kept, rel=1e-3)


@pytest.mark.parametrize("ddof", [0, 1])
def test_a_belief_passes_through_what_was_told_and_returns_to_its_mean(ddof):
    mu, sigma, best = tools.belief("SE", 0.02, signal_variance=1.3, ddof=ddof)
    at = np.searchsorted(tools.U, tools.rate_to_unit(LEARNING_RATES))
    assert mu[at] == pytest.approx(ACCURACIES, abs=1e-3) and best == 0.91
    far = np.searchsorted(tools.U, 0.95)
    assert mu[far] == pytest.approx(np.mean(ACCURACIES), abs=1e-4)
    assert sigma[far] == pytest.approx(math.sqrt(1.3) * np.std(ACCURACIES, ddof=ddof), rel=1e-3)


def test_the_next_rate_is_where_the_closed_form_of_ei_is_largest():
    mu, sigma, best = tools.belief("Matern 5/2", 0.25, noise_variance=0.01)
    z = (mu - best - 0.01) / sigma
    ei = sigma * (z * norm.cdf(z) + norm.pdf(z))
    rate = tools.next_rate(kernel="Matern 5/2", length_scale=0.25, noise_variance=0.01, xi=0.01)
    assert rate == pytest.approx(10 ** (4 * tools.U[np.argmax(ei)] - 4))


def test_a_learning_rate_and_its_place_on_the_axis_are_each_others_inverse():
    assert tools.rate_to_unit([1e-4, 1e-2, 1.0]) == pytest.approx([0, 0.5, 1])
    assert tools.unit_to_rate(tools.rate_to_unit(0.003)) == pytest.approx(0.003)


def test_the_densities_behind_the_ratio_each_have_the_mass_one():
    """If l and g integrate to 1 on the axis, the mean of l/g under g is 1."""
    low, high = math.log(1e-4), 0.0
    width, center = high - low, (low + high) / 2
    bad = [(math.log(0.001), width / 4), (center, width), (math.log(0.1), width / 4)]
    inside = np.mean([norm.cdf(high, *each) - norm.cdf(low, *each) for each in bad])

    def weighted(x):
        g = np.mean([norm.pdf(x, *each) for each in bad]) / inside
        return g * math.exp(tools.hyperopt_log_ratio(math.exp(x)))

    assert quad(weighted, low, high)[0] == pytest.approx(1, abs=1e-8)


def test_the_articles_program_trains_below_the_networks_range_at_its_end():
    assert tools.train(1e-5, 0.1, 1) == tools.train(1e-4, 0.1, 1)
    assert tools.train(0.03, 0.1, 1) > 0.8


def test_the_first_trials_of_the_articles_program_train_to_what_the_file_says():
    ran = tools.snippet_runs()
    for params, value in list(zip(ran["params"], ran["values"][0], strict=True))[:2]:
        assert tools.train(**params) == pytest.approx(value, abs=0.02)
    assert np.shape(ran["values"]) == (5, 50) and len(ran["params"]) == 50
    best = int(np.argmax(ran["values"][0]))
    assert ran["params"][best] == ran["best_params"]


def log_evidence(length_scale, signal_variance, noise_variance):
    """log p(y) of the worked example, standardized, by SciPy's multivariate normal."""
    x = tools.rate_to_unit(LEARNING_RATES)
    r = math.sqrt(5) * np.abs(x[:, None] - x) / length_scale
    K = signal_variance * (1 + r + r**2 / 3) * np.exp(-r) + noise_variance * np.eye(3)
    y = (np.array(ACCURACIES) - np.mean(ACCURACIES)) / np.std(ACCURACIES)
    return multivariate_normal(np.zeros(3), K).logpdf(y)


def test_without_a_prior_the_evidence_hardly_tells_short_length_scales_apart():
    told = [log_evidence(length_scale, 1.0, 1e-3) for length_scale in (0.01, 0.03, 0.045)]
    assert np.ptp(told) < 0.01


def test_only_the_prior_decides_whether_starts_agree():
    """With it, all starts find the largest density that a search of SciPy's finds."""
    apart, together = (tools.learned_from_starts(prior) for prior in (None, bo.LogNormalPrior()))
    assert apart.max() / apart.min() > 1.3 and together.max() / together.min() < 1.01
    center, sd = np.array([-0.5, 1.0, -9.0]), np.array([0.6, 1.0, 3.0])

    def loss(theta):
        return -log_evidence(*np.exp(theta)) + 0.5 * np.sum(((theta - center) / sd) ** 2)

    found = np.exp(minimize(loss, center, method="Nelder-Mead", options={"xatol": 1e-6}).x)
    asked = tools.next_rate(kernel="Matern 5/2", **dict(zip(HYPERPARAMETERS, found, strict=True)))
    assert np.median(together) == pytest.approx(asked, rel=0.01)


def test_an_upper_quartile_has_the_interval_of_the_bootstrap():
    values = np.random.default_rng(3).normal(size=60)
    found, low, high = tools.upper_quartile(values)
    known = bootstrap(
        (values,),
        lambda v, axis: np.quantile(v, 0.75, axis=axis),
        method="percentile",
        rng=np.random.default_rng(1),
    )
    assert found == pytest.approx(np.percentile(values, 75))
    assert [low, high] == pytest.approx(list(known.confidence_interval), abs=0.06)


def test_every_mistake_has_a_row_for_each_seed_and_the_same_ways_in_each():
    counts = {name: len(rows) for name, rows in tools.costs().items()}
    assert counts.pop("margin") == 10 and set(counts.values()) == {20, 40}
    assert [name for name, n in counts.items() if n == 40] == ["scaling", "resume", "direction"]
    assert all(len({tuple(row) for row in rows}) == 1 for rows in tools.costs().values())


def test_the_races_have_every_method_on_every_problem():
    for of in tools.sampler_races().values():
        for method in ("ours", "ours-in-optuna", "optuna-tpe", "optuna-gp"):
            regrets = np.array(of[method]["regret"])
            assert regrets.shape == (len(of["seeds"]), len(tools.TIMES))
            assert np.all(np.diff(regrets, axis=1) <= 0) and np.all(regrets > 0)
            assert len(of[method]["cpu_ms"]) == len(of["seeds"])


# The checks


@pytest.mark.parametrize("answer", [6.635776, 6.64, 6.63, np.array([6.6358])])
def test_the_same_optimism_is_found(answer):
    assert grade("13.beta", answer).correct is True


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (2.576, "standard deviations"),
        (1.605, "other way round"),
        (5.152, "twice"),
        (1.288, "half"),
        (0.1507, "inverse"),
        (-6.635776, "sign"),
        ("6.6", "without quotes"),
        (7.0, "too large"),
    ],
)
def test_another_optimism_is_named(answer, why):
    verdict = grade("13.beta", answer)
    assert verdict.correct is False and why in verdict.text


@pytest.mark.parametrize(
    "answer",
    [
        lambda value, worst: -(value if math.isfinite(value) else worst),
        lambda value, worst: -worst if value != value or abs(value) == math.inf else -value,
        lambda value, worst: float(np.where(np.isfinite(value), -value, -worst)),
        lambda value, worst: np.array([-value if np.isfinite(value) else -worst]),
    ],
)
def test_a_loss_is_accepted(answer):
    assert grade("13.loss", answer).correct is True


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda value, worst: value if math.isfinite(value) else worst, "sign was not turned"),
        (lambda value, worst: -value, "as it is"),
        (lambda value, worst: -value if math.isfinite(value) else worst, "sign of a failure"),
        (lambda value, worst: -worst if math.isnan(value) else -value, "only NaN"),
        (lambda value, worst: -value if math.isfinite(value) else 0, "counts as 0"),
        (lambda value, worst: -value if math.isfinite(value) else math.inf, "infinite loss"),
        (lambda value, worst: 1 - value if math.isfinite(value) else 1 - worst, "one minus"),
        (lambda value, worst: -worst, "not yet"),
        (lambda value, worst: print(value), "nothing"),
        (lambda value: -value, "TypeError"),
        (0.91, "function"),
    ],
)
def test_another_loss_is_named(answer, why):
    verdict = grade("13.loss", answer)
    assert verdict.correct is False and why in verdict.text


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("13.predict_next", "c"),
        ("13.predict_failed", "d"),
        ("13.predict_corner", "a"),
        ("13.predict_units", "b"),
        ("13.predict_margin", "c"),
        ("13.predict_nights", "b"),
        ("13.cluster", "b"),
    ],
)
def test_each_letter_is_right_or_has_a_hint(name, right):
    assert grade(name, f"({right})").correct is True
    for letter in sorted(set("abcd") - {right}):
        verdict = grade(name, letter)
        assert verdict.correct is False and len(verdict.text.split("\n")[1].split()) > 5
