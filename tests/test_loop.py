"""The loop: what it returns, and that an evaluation that cost four hours is never lost."""

import math

import numpy as np
import pytest

import bo_tutorial as bo

LINE = bo.Space(x=bo.Float(0.0, 1.0))


def run(objective, n=8, **keywords):
    keywords.setdefault("strategy", bo.RandomSearch(LINE, seed=1))
    return bo.maximize(objective, LINE, n, progress=False, **keywords)


def test_result_is_in_the_order_of_evaluation():
    seen = []

    def objective(config):
        seen.append(config)
        return math.sin(9 * config["x"])

    result = run(objective)
    assert result.configs == seen
    assert result.values == pytest.approx([math.sin(9 * c["x"]) for c in seen])
    assert result.incumbents == pytest.approx(np.maximum.accumulate(result.values))
    assert result.best_value == result.values.max()
    assert result.best_config == seen[int(result.values.argmax())]
    assert repr(result) == f"Result(8 evaluations, best {result.best_value:.4g})"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_value_that_is_not_finite_is_a_failed_trial(bad):
    values = iter([bad, 1.0, bad, 2.0, bad, 0.5, 1.5, 3.0])
    result = run(lambda config: next(values))
    assert np.isnan(result.values[[0, 2, 4]]).all()
    assert np.isnan(result.incumbents[0])
    assert result.incumbents[1:] == pytest.approx([1, 1, 2, 2, 2, 2, 3])
    assert set(result.failures) == {0, 2, 4}
    assert "returned" in result.failures[0]
    assert result.best_value == 3.0


@pytest.mark.parametrize("when", [1, 3, 8])
def test_an_exception_loses_nothing(when, caplog):
    def objective(config):
        objective.calls += 1
        if objective.calls == when:
            raise MemoryError("batch too large")
        return config["x"]

    objective.calls = 0
    result = run(objective)
    assert len(result.values) == 8
    assert np.flatnonzero(np.isnan(result.values)).tolist() == [when - 1]
    assert result.failures == {when - 1: "MemoryError: batch too large"}
    assert "MemoryError: batch too large" in caplog.text  # and whoever watches is told once


def test_an_exception_is_raised_on_demand_and_the_question_comes_again():
    def objective(config):
        if len(strategy.told) == 3:
            raise NameError("typo")
        return config["x"]

    strategy = bo.RandomSearch(LINE, seed=1)
    with pytest.raises(NameError, match="typo"):
        run(objective, strategy=strategy, on_error="raise")
    assert len(strategy.told) == 3 and not strategy.pending
    assert strategy.ask() == bo.RandomSearch(LINE, seed=1).ask(4)[3]
    with pytest.raises(ValueError, match="on_error must be 'record' or 'raise', got 'ignore'"):
        run(objective, on_error="ignore")


def test_an_interrupt_returns_what_stands():
    def objective(config):
        objective.calls += 1
        if objective.calls == 5:
            raise KeyboardInterrupt
        return config["x"]

    objective.calls = 0
    strategy = bo.RandomSearch(LINE, seed=1)
    result = run(objective, strategy=strategy)
    assert len(result.values) == len(result.configs) == 4
    assert len(strategy.told) == 4
    assert strategy.pending == []  # what was under way is asked again
    assert strategy.ask() == bo.RandomSearch(LINE, seed=1).ask(5)[4]


def test_when_all_failed_the_result_says_so():
    result = run(lambda config: float("nan"))
    assert math.isnan(result.best_value)
    assert repr(result) == "Result(8 evaluations, 8 failed, no success)"
    with pytest.raises(ValueError, match="all 8 evaluations failed"):
        _ = result.best_config


def test_the_objective_cannot_change_the_history():
    def objective(config):
        value = config["x"]
        config["x"] = -1.0
        return value

    result = run(objective)
    assert [c["x"] for c in result.configs] == pytest.approx(result.values)


def test_any_strategy_with_ask_and_tell_will_do():
    class Bisection:
        def __init__(self):
            self.told = []

        def ask(self):
            return {"x": 0.5 ** (len(self.told) + 1)}

        def tell(self, config, value):
            self.told.append((config, value))

    strategy = Bisection()
    result = run(lambda config: -config["x"], n=4, strategy=strategy)
    assert result.values == pytest.approx([-0.5, -0.25, -0.125, -0.0625])
    assert len(strategy.told) == 4


def test_the_default_caps_the_initial_design_at_a_third_of_the_budget():
    space = bo.Space(**{f"x{j}": bo.Float(0.0, 1.0) for j in range(4)})  # max(5, 2 d) = 8
    design = [bo.SobolSearch(space, seed=0).ask(9)[i] for i in range(9)]

    def n_from_design(budget):
        result = bo.maximize(lambda c: sum(c.values()), space, budget, seed=0, progress=False)
        same = [a == b for a, b in zip(result.configs, design, strict=False)]
        return len(same) if all(same) else same.index(False)

    assert n_from_design(3) == 2
    assert n_from_design(12) == 4
    assert n_from_design(26) == 8


def test_the_progress_bar_shows_the_best_value(capsys):
    bo.maximize(lambda config: config["x"] * 0 + 0.875, LINE, 3, strategy=bo.RandomSearch(LINE))
    shown = capsys.readouterr().err
    assert "3/3" in shown and "best 0.875" in shown


def noisy_slope(seed=0):
    rng = np.random.default_rng(seed)
    return lambda config: config["x"] + 0.5 * rng.standard_normal()


def test_the_recommended_configuration_has_the_largest_posterior_mean():
    strategy = bo.BayesianOptimization(LINE, n_initial=5, seed=3)
    result = run(noisy_slope(), n=15, strategy=strategy)
    points = np.array([LINE.to_unit(config) for config in result.configs])
    mu, _ = strategy.posterior().predict(points)
    assert result.recommended_config == result.configs[int(np.argmax(mu))]
    assert result.best_config == result.configs[int(np.argmax(result.values))]
    assert result.recommended_config != result.best_config  # in this run they differ


def test_the_recommended_configuration_stays_when_the_strategy_learns_more():
    strategy = bo.BayesianOptimization(LINE, n_initial=5, seed=3)
    result = run(lambda config: -config["x"], n=6, strategy=strategy)
    before = result.recommended_config
    strategy.tell({"x": 0.987}, 10.0)
    assert strategy.recommend() == {"x": 0.987}
    assert result.recommended_config == before


@pytest.mark.parametrize("strategy", [bo.RandomSearch(LINE), bo.TreeParzen(LINE)])
def test_without_a_model_the_best_observed_is_recommended(strategy):
    result = run(noisy_slope(), n=15, strategy=strategy)
    assert result.recommended_config == result.best_config


def test_when_all_failed_nothing_is_recommended():
    strategy = bo.BayesianOptimization(LINE, n_initial=5)
    result = run(lambda config: math.nan, n=4, strategy=strategy)
    with pytest.raises(ValueError, match="all 4 evaluations failed"):
        _ = result.recommended_config


def test_a_recommendation_that_fails_costs_no_evaluation():
    class Forgetful(bo.RandomSearch):
        def recommend(self):
            raise RuntimeError("no idea")

    with pytest.warns(UserWarning, match="no recommendation: RuntimeError: no idea"):
        result = run(lambda config: config["x"], strategy=Forgetful(LINE))
    assert len(result.values) == 8
    assert result.recommended_config == result.best_config
