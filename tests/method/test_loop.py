"""The loop: what it returns, and that an evaluation that cost four hours is never lost."""

import math
import subprocess
import sys

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial import loop
from bo_tutorial.frames import to_configs

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
    title, *trace = result.failures[when - 1].traceback.splitlines()
    assert title == "Traceback (most recent call last):"
    assert "in objective" in trace[0] and "test_loop.py" in trace[0]  # from the objective on
    assert str(result.failures[when - 1]).endswith(
        "batch too large\n\n" + "\n".join([title, *trace])
    )
    assert "MemoryError: batch too large" in caplog.text  # and whoever watches is told once
    assert "Traceback" not in caplog.text


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


def test_the_recommended_configuration_is_one_that_was_tried():
    """Which one: test_recommendation.py."""
    strategy = bo.BayesianOptimization(LINE, n_initial=5, seed=3)
    result = run(noisy_slope(), n=15, strategy=strategy)
    assert result.recommended_config in result.configs
    assert result.recommended_config == strategy.recommend()
    assert result.best_config == result.configs[int(np.argmax(result.values))]


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


# What ends a run: time, a rule, a broken objective, sys.exit


def test_a_time_budget_ends_with_a_normal_result(monkeypatch):
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(loop.time, "monotonic", lambda: next(clock))
    result = run(lambda config: config["x"], n=50, max_seconds=45)
    assert len(result.values) == 4  # asked at 10, 20, 30 and 40 seconds, and no more at 50
    assert result.best_value == result.values.max()
    with pytest.raises(ValueError, match="max_seconds must be at least 0, got -1"):
        run(lambda config: 0.0, max_seconds=-1)


def test_no_time_at_all_evaluates_nothing_and_says_so():
    result = run(lambda config: 0.0, max_seconds=0)
    assert len(result.values) == len(result.configs) == 0
    assert math.isnan(result.best_value) and repr(result) == "Result(0 evaluations, no success)"
    with pytest.raises(ValueError, match="nothing was evaluated"):
        _ = result.best_config


def test_a_stop_rule_sees_the_result_so_far():
    seen = []

    def enough(result):
        seen.append((len(result.values), result.best_value, result.strategy))
        return result.best_value > 0.9

    strategy = bo.RandomSearch(LINE, seed=1)
    result = run(lambda config: config["x"], n=200, stop=enough, strategy=strategy)
    assert result.values[-1] > 0.9 and (result.values[:-1] <= 0.9).all()
    assert [n for n, _, _ in seen] == list(range(1, len(result.values) + 1))
    assert all(best == result.incumbents[n - 1] for n, best, _ in seen)
    assert seen[0][2] is strategy


def test_a_stop_rule_that_raises_loses_nothing():
    def broken(result):
        if len(result.values) == 3:
            raise LookupError("no such column")
        return False

    with pytest.raises(LookupError) as caught:
        run(lambda config: config["x"], stop=broken)
    assert len(caught.value.result.values) == 3


@pytest.mark.parametrize(
    "stop, says",
    [(5, "stop must be a function of a Result"), (bo.Plateau, "got the class Plateau")],
)
def test_a_stop_rule_is_checked_before_anything_is_spent(stop, says):
    with pytest.raises(TypeError, match=says):
        run(never, stop=stop)


def never(config):
    raise AssertionError("a mistake is named before an evaluation is spent")


@pytest.mark.parametrize(
    "values, patience, min_delta, expected",
    [
        ([1, 2, 3, 4, 5], 2, 0, 5),  # it always grows
        ([1, 5, 5, 2, 9], 2, 0, 4),  # two in a row without progress, and the third is not asked
        ([1, 5, 5.5, 5.9, 9], 2, 1.0, 4),  # less than one unit is no progress
        ([math.nan] * 5, 2, 0, 5),  # without a value there is no plateau
        ([math.nan, math.nan, 3, 3, 3], 2, 0, 5),
        ([4, math.nan, math.nan, 9, 9], 2, 0, 3),  # a failure is no progress
    ],
)
def test_a_plateau_ends_the_run(values, patience, min_delta, expected):
    told = iter(values)
    result = run(lambda config: next(told), n=5, stop=bo.Plateau(patience, min_delta))
    assert len(result.values) == expected


def test_a_plateau_is_checked():
    with pytest.raises(ValueError, match="patience must be at least 1, got 0"):
        bo.Plateau(0)
    with pytest.raises(ValueError, match="min_delta must be at least 0"):
        bo.Plateau(3, -1)


def test_a_run_that_had_enough_has_enough_when_it_is_resumed(tmp_path):
    rule = {"stop": bo.Plateau(3), "journal": tmp_path / "runs.jsonl"}
    whole = run(lambda config: 1.0, n=50, **rule)
    assert len(whole.values) == 4
    again = run(never, n=50, strategy=bo.RandomSearch(LINE, seed=1), **rule)
    assert again.configs == whole.configs


def test_a_broken_objective_does_not_spend_the_budget():
    with pytest.raises(bo.ObjectiveFailed, match="KeyError: 'learning_rate'") as caught:
        run(lambda config: config["learning_rate"], n=50)
    result = caught.value.result
    assert len(result.values) == 5  # what an initial design has in one dimension
    assert "Traceback" in str(result.failures[4])
    assert "on_error='continue'" in str(caught.value)
    strategy = bo.BayesianOptimization(LINE, n_initial=9)
    with pytest.raises(bo.ObjectiveFailed) as caught:
        run(lambda config: config["learning_rate"], n=50, strategy=strategy)
    assert len(caught.value.result.values) == 9


def test_failures_of_more_than_one_kind_or_with_a_success_among_them_go_on():
    def two_places(config):
        if config["x"] < 0.5:
            raise ArithmeticError(f"diverged at {config['x']}")
        raise ArithmeticError(f"diverged at {config['x']}")

    def one_success(config):
        one_success.calls += 1
        if one_success.calls != 2:
            raise ArithmeticError(f"diverged at {config['x']}")
        return 1.0

    one_success.calls = 0
    assert len(run(two_places, n=12).failures) == 12
    assert len(run(one_success, n=12).failures) == 11
    assert len(run(lambda config: math.nan, n=12).failures) == 12
    one_success.calls = 2
    with pytest.raises(bo.ObjectiveFailed, match="diverged at"):  # one place, whatever the text
        run(one_success, n=12)
    assert len(run(one_success, n=12, on_error="continue").failures) == 12


def test_where_the_budget_is_spent_there_is_nothing_to_save():
    for n in (1, 3, 5):
        assert len(run(lambda config: config["learning_rate"], n=n).failures) == n


def test_a_traceback_is_in_the_journal_and_comes_back(tmp_path):
    path = tmp_path / "runs.jsonl"

    def objective(config):
        raise ArithmeticError("diverged\nand more")

    whole = run(objective, n=2, journal=path)
    assert list(whole.failures.values()) == ["ArithmeticError: diverged\nand more"] * 2
    again = run(never, n=2, journal=path, strategy=bo.RandomSearch(LINE, seed=1))
    assert again.failures == whole.failures
    assert again.failures[1].traceback == whole.failures[1].traceback != ""
    assert str(again.failures[1]) == bo.read_journal(path)[1].failure


def test_a_broken_objective_that_is_mended_goes_on_in_the_journal(tmp_path):
    path = tmp_path / "runs.jsonl"
    with pytest.raises(bo.ObjectiveFailed, match="another journal"):
        run(lambda config: config["learning_rate"], n=50, journal=path)
    result = run(lambda c: c["x"], n=9, journal=path, strategy=bo.RandomSearch(LINE, seed=1))
    assert len(result.values) == 9 and len(result.failures) == 5


@pytest.mark.parametrize("how", [sys.exit, lambda: (_ for _ in ()).throw(SystemExit(3))])
def test_sys_exit_in_an_objective_is_an_interrupt(how, caplog):
    def objective(config):
        objective.calls += 1
        if objective.calls == 5:
            how()
        return config["x"]

    objective.calls = 0
    strategy = bo.RandomSearch(LINE, seed=1)
    assert len(run(objective, strategy=strategy).values) == 4
    assert "sys.exit" in caplog.text and strategy.pending == []
    objective.calls = 4
    with pytest.raises(SystemExit):  # nothing was evaluated: there is no result to return
        run(objective)


@pytest.mark.parametrize("error", [MemoryError("in tell"), KeyError("gone"), AssertionError()])
def test_whatever_leaves_a_run_carries_what_was_evaluated(error):
    class Fragile(bo.RandomSearch):
        def tell(self, config, value, number=None):
            super().tell(config, value, number)
            if len(self.told) == 3:
                raise error

    with pytest.raises(type(error)) as caught:
        run(lambda config: config["x"], strategy=Fragile(LINE, seed=1))
    assert len(caught.value.result.values) == 3


def test_a_journal_that_is_lost_under_a_run_costs_no_value(tmp_path):
    path = tmp_path / "runs.jsonl"

    def objective(config):
        objective.calls += 1
        if objective.calls == 4:
            path.unlink()
        return config["x"]

    objective.calls = 0
    strategy = bo.RandomSearch(LINE, seed=1)
    with pytest.raises(bo.JournalError, match="was deleted or moved away") as caught:
        run(objective, journal=path, strategy=strategy)
    assert len(caught.value.result.values) == 4 == len(strategy.told)


def test_an_attribute_result_of_somebody_elses_exception_is_left_alone():
    class Theirs(Exception):
        result = "theirs"

    def objective(config):
        raise Theirs

    with pytest.raises(Theirs) as caught:
        run(objective, on_error="raise")
    assert caught.value.result == "theirs"


# What a strategy knew before: one meaning of the budget


def known(strategy, n_told=3):
    for i in range(n_told):
        strategy.tell({"x": 0.1 + 0.2 * i}, float(i))
    return strategy


def test_what_was_told_before_is_in_the_result_marked_and_free():
    strategy = known(bo.BayesianOptimization(LINE, n_initial=2, seed=3))
    result = run(lambda config: -1.0, n=4, strategy=strategy)
    assert result.sources == ["told"] * 3 + ["evaluated"] * 4
    assert result.values.tolist() == [0, 1, 2] + [-1] * 4
    assert result.best_config == {"x": 0.5}
    assert result.recommended_config in result.configs[:3]
    assert repr(result) == "Result(7 evaluations, 3 told before, best 2)"


def test_the_budget_is_that_of_the_search_in_all(tmp_path):
    """With a journal or with a strategy that is kept: the same number of evaluations."""
    calls = []

    def objective(config):
        calls.append(config)
        return config["x"]

    kept = known(bo.RandomSearch(LINE, seed=1))
    for n in (4, 10):
        by_strategy = run(objective, n=n, strategy=kept)
    assert len(calls) == 10
    assert by_strategy.sources == ["told"] * 3 + ["earlier"] * 4 + ["evaluated"] * 6
    calls.clear()
    for n in (4, 10):
        fresh = known(bo.RandomSearch(LINE, seed=1))
        by_journal = run(objective, n=n, strategy=fresh, journal=tmp_path / "runs.jsonl")
    assert len(calls) == 10
    assert by_journal.sources == ["told"] * 3 + ["journal"] * 4 + ["evaluated"] * 6
    assert by_journal.configs == by_strategy.configs
    assert run(never, n=10, strategy=kept).sources == ["told"] * 3 + ["earlier"] * 10


@pytest.mark.native("a journal says that there are no locks")
def test_trials_from_a_journal_are_announced(tmp_path, caplog):
    path = tmp_path / "runs.jsonl"
    run(lambda config: config["x"], n=4, journal=path)
    assert not caplog.text
    result = run(never, n=4, journal=path, strategy=bo.RandomSearch(LINE, seed=1))
    assert f"4 of 4 evaluations were taken from the journal {path}" in caplog.text
    assert "name another file" in caplog.text
    assert result.sources == ["journal"] * 4


def test_a_seed_beside_a_strategy_is_refused():
    with pytest.raises(ValueError, match=r"seed must be left out .* RandomSearch\(space, seed=7\)"):
        run(never, seed=7)
    assert len(run(lambda config: 0.0, seed=1).values) == 8  # that is its seed


def test_a_strategy_of_another_space_is_refused():
    other = bo.RandomSearch(bo.Space(x=bo.Float(0.0, 2.0)))
    with pytest.raises(ValueError, match="strategy must search the space of the call"):
        run(never, strategy=other)


def test_configurations_to_try_first():
    first = [{"x": 0.25}, {"x": 0.75}]
    strategy = bo.BayesianOptimization(LINE, n_initial=4, seed=3)
    result = run(lambda config: config["x"], n=6, strategy=strategy, first=first)
    assert result.configs[:2] == first
    design = bo.SobolSearch(LINE, seed=3).ask(4)
    assert result.configs[2:4] == design[2:]  # they count as initial design
    assert [trial.asked for trial in strategy.trials] == [True] * 6


def test_configurations_to_try_first_are_tried_once(tmp_path):
    first = [{"x": 0.25}, {"x": 0.75}, {"x": 0.25}]
    path = tmp_path / "runs.jsonl"

    def more(n):
        strategy = bo.RandomSearch(LINE, seed=1)
        return run(lambda config: 1.0, n=n, strategy=strategy, first=first, journal=path)

    more(1)
    result = more(5)
    assert [config["x"] for config in result.configs[:2]] == [0.25, 0.75]
    assert result.configs[2:] == bo.RandomSearch(LINE, seed=1).ask(5)[2:]


@pytest.mark.parametrize(
    "first, error, says",
    [
        ({"x": 0.5}, TypeError, "first must be a list of configurations"),
        ([{"x": 0.5}, {"x": 7}], ValueError, r"first\[1\] must be of the space: x must be in"),
        ([0.5], TypeError, r"first\[0\] must be of the space"),
        (None, TypeError, "first must be a list"),
    ],
)
def test_configurations_to_try_first_are_checked(first, error, says):
    with pytest.raises(error, match=says):
        run(never, first=first)


def test_a_strategy_of_ones_own_tries_first_what_it_is_given():
    class Constant:
        def __init__(self):
            self.told = []

        def ask(self):
            return {"x": 0.5}

        def tell(self, config, value):
            self.told.append(config["x"])

    strategy = Constant()
    run(lambda config: 1.0, n=3, strategy=strategy, first=[{"x": 0.1}])
    assert strategy.told == [0.1, 0.5, 0.5]


# Further numbers, and other words


def test_further_numbers_are_kept(tmp_path):
    path = tmp_path / "runs.jsonl"

    def objective(config):
        if config["x"] > 0.7:
            return config["x"]
        return config["x"], {"seconds": 3.5, "layers": [1, 2]}

    result = run(objective, journal=path)
    with_more = [i for i, config in enumerate(result.configs) if config["x"] <= 0.7]
    assert result.extras == {i: {"seconds": 3.5, "layers": [1, 2]} for i in with_more}
    assert result.values == pytest.approx([config["x"] for config in result.configs])
    assert run(never, strategy=bo.RandomSearch(LINE, seed=1), journal=path).extras == result.extras


def test_a_result_is_a_table(tmp_path):
    pandas = pytest.importorskip("pandas")
    space = bo.Space(
        kind=bo.Categorical(["a", None]), x=bo.Float(0.0, 1.0, when={"kind": "a"}), n=bo.Int(1, 9)
    )

    def objective(config):
        if config["n"] == 9:
            raise ArithmeticError("diverged")
        return config["n"] / 10, {"seconds": 0.5}

    journal = tmp_path / "runs.jsonl"
    for n in (6, 20):  # what comes from a journal has the same columns
        strategy = bo.RandomSearch(space, seed=4)
        strategy.tell({"kind": None, "n": 2}, 0.2)
        result = bo.maximize(
            objective, space, n, strategy=strategy, journal=journal, progress=False
        )
    frame = result.to_dataframe()
    assert list(frame) == [
        *("number", "kind", "x", "n", "value", "failure", "started", "ended", "source"),
        "extra.seconds",
    ]
    assert len(frame) == 21 and frame["source"].tolist() == result.sources
    assert to_configs(frame) == result.configs
    assert (frame["started"][1:] <= frame["ended"][1:]).all() and pandas.isna(frame["started"][0])
    failed = frame[frame["value"].isna()]
    assert failed.index.tolist() == list(result.failures) != []
    assert failed["failure"].str.startswith("ArithmeticError: diverged").all()
    assert frame["x"][frame["kind"].isna()].map(lambda x: x is pandas.NA).all()
    assert frame["n"].dtype == "int64"


@pytest.mark.parametrize("returned", [(1.0, 2.0), (1.0, {}, {}), [1.0, {}], ({}, 1.0), ("1", {})])
def test_what_is_no_value_with_further_numbers_is_named(returned):
    with pytest.raises(TypeError, match="the return value of objective must be one real number"):
        run(lambda config: returned)


@pytest.mark.parametrize(
    "words, says",
    [
        ({"n_trials": 30}, "write n_evaluations="),
        ({"max_evals": 30}, "write n_evaluations="),
        ({"direction": "minimize"}, "we maximize, so return -loss"),
        ({"timeout": 60}, "write max_seconds="),
        ({"random_state": 0}, "write seed="),
        ({"n_jobs": 2}, "write executor="),
        ({"callbacks": []}, "write stop="),
        ({"x0": []}, "write first="),
        ({"acquisition": "EI"}, "write strategy=bo.BayesianOptimization"),
        ({"n_evaluation": 5}, "did you mean n_evaluations=?"),
        ({"jurnal": "a.jsonl"}, "did you mean journal=?"),
        ({"qqq": 1}, "it has objective, space, n_evaluations"),
    ],
)
def test_the_words_of_other_libraries_are_answered(words, says):
    with pytest.raises(TypeError) as caught:
        bo.maximize(never, LINE, **words)
    name = next(iter(words))
    assert f"maximize has no argument {name!r}" in str(caught.value) and says in str(caught.value)


@pytest.mark.parametrize(
    "strategy, says",
    [
        (bo.RandomSearch, r"such as RandomSearch\(space\), got the class RandomSearch"),
        ("random", "strategy must be an object with ask and tell, like RandomSearch"),
    ],
)
def test_a_strategy_is_an_object(strategy, says):
    with pytest.raises(TypeError, match=says):
        run(never, strategy=strategy)


# A bar is a comfort


def test_without_progress_tqdm_is_not_touched():
    code = (
        "import sys, bo_tutorial as bo\n"
        "bo.maximize(lambda c: c['x'], bo.Space(x=bo.Float(0, 1)), 3, progress=False)\n"
        "assert 'tqdm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("stderr", [None, "closed"])
def test_without_stderr_there_is_no_bar_and_no_exception(stderr, monkeypatch, tmp_path):
    if stderr == "closed":
        stderr = open(tmp_path / "stderr", "w")
        stderr.close()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr("tqdm.auto.tqdm", lambda **_: pytest.fail("half a bar"))
    result = bo.maximize(lambda config: config["x"], LINE, 3, strategy=bo.RandomSearch(LINE))
    assert len(result.values) == 3
