"""The sampler keeps Optuna's own tests, and what a study holds is what the strategy knows.

Of the test classes that Optuna ships, all apply but `MultiObjectiveSamplerTestCase`: the course has
one objective, and `SingleOnlySamplerTestCase` holds that the others are refused.
"""

import math
import multiprocessing
import pickle

import numpy as np
import pytest

optuna = pytest.importorskip("optuna", minversion="5.0")

from optuna.distributions import (  # noqa: E402
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.testing.pytest_samplers import (  # noqa: E402
    BasicSamplerTestCase,
    RelativeSamplerTestCase,
    SingleOnlySamplerTestCase,
)

import bo_tutorial as bo  # noqa: E402
from bo_tutorial.optuna_sampler import BoTutorialSampler, infer_conditions  # noqa: E402

optuna.logging.set_verbosity(optuna.logging.ERROR)


class TestBoTutorialSampler(
    BasicSamplerTestCase, RelativeSamplerTestCase, SingleOnlySamplerTestCase
):
    @pytest.fixture
    def sampler(self):
        return lambda: BoTutorialSampler(seed=0)


class TestWithAnotherStrategy(BasicSamplerTestCase, RelativeSamplerTestCase):
    @pytest.fixture
    def sampler(self):
        return lambda: BoTutorialSampler(seed=0, strategy=bo.TreeParzen)


def bowl(trial):
    x = trial.suggest_float("x", -5, 5)
    y = trial.suggest_float("y", 1e-4, 1.0, log=True)
    return (x - 1.5) ** 2 + (math.log10(y) + 2) ** 2


def points(study):
    return [tuple(each.params.values()) for each in study.trials]


def run(objective, n_trials, seed=0, **study):
    study = optuna.create_study(sampler=BoTutorialSampler(seed=seed), **study)
    study.optimize(objective, n_trials=n_trials)
    return study


# Finding


def test_it_minimizes_and_maximizes_alike():
    down, up = run(bowl, 25), run(lambda trial: -bowl(trial), 25, direction="maximize")
    assert points(down) == points(up)
    assert down.best_value < 1e-3 and up.best_value == -down.best_value


def test_it_is_the_strategy_of_the_course_from_the_second_trial_on():
    """What Optuna is answered is what the strategy asks when it is told the same by hand."""
    study = run(bowl, 15)
    space = bo.Space(x=bo.Float(-5, 5), y=bo.Float(1e-4, 1.0, log=True))
    strategy = bo.BayesianOptimization(space, seed=0)
    strategy.tell(study.trials[0].params, -study.trials[0].value)
    for trial in study.trials[1:]:
        assert strategy.ask() == trial.params
        strategy.tell(trial.params, -trial.value)


def test_a_strategy_of_ones_own_is_asked():
    study = optuna.create_study(sampler=BoTutorialSampler(0, strategy=bo.SobolSearch))
    study.optimize(bowl, n_trials=6)
    space = bo.Space(x=bo.Float(-5, 5), y=bo.Float(1e-4, 1.0, log=True))
    sobol = bo.SobolSearch(space, seed=0)
    asked = [sobol.ask() for _ in range(6)]
    assert [each.params for each in study.trials[1:]] == asked[1:]


def steps(trial):
    x = trial.suggest_float("x", -1, 1, step=0.25)
    n = trial.suggest_int("n", 2, 12, step=5)
    kind = trial.suggest_categorical("kind", ["a", None, 0.5])
    return abs(x - 0.25) + abs(n - 7) / 10 + (kind is not None)


def test_steps_and_choices_are_found():
    study = run(steps, 40)
    assert study.best_params == {"x": 0.25, "n": 7, "kind": None}
    assert {each.params["n"] for each in study.trials} == {2, 7, 12}


def test_no_configuration_of_a_finite_space_comes_twice_until_all_came():
    def objective(trial):
        n, kind = trial.suggest_int("n", 1, 4), trial.suggest_categorical("kind", "abc")
        return n + len(kind)

    study = run(objective, 15)
    assert len(set(points(study)[:12])) == 12
    assert len(study.trials) == 15  # then they come again, as Optuna's samplers do


# Conditions


def branches(trial):
    if trial.suggest_categorical("optimizer", ["sgd", "adam"]) == "sgd":
        return (trial.suggest_float("momentum", 0, 1) - 0.7) ** 2
    return 0.5 + trial.suggest_float("beta", 0, 1) ** 2


def test_a_condition_is_read_from_the_trials_and_searched_in():
    study = run(branches, 30)
    assert infer_conditions(study.trials) == {
        "optimizer": None,
        "beta": {"optimizer": [1]},
        "momentum": {"optimizer": [0]},
    }
    assert study.best_params["optimizer"] == "sgd"
    assert abs(study.best_params["momentum"] - 0.7) < 0.01  # at random: 0.017 in the median


def layers(trial):
    n = trial.suggest_int("n_layers", 1, 5)
    return n + sum(trial.suggest_float(f"units_{i}", 0, 1) for i in range(n))


def test_a_count_is_a_condition_too():
    found = infer_conditions(run(layers, 20).trials)
    assert found == {"n_layers": None, "units_0": None} | {
        f"units_{i}": {"n_layers": list(range(i + 1, 6))} for i in range(1, 5)
    }


def trials_of(*params):
    kinds = {
        "a": CategoricalDistribution([0, 1, 2]),
        "n": IntDistribution(1, 9),
        "x": FloatDistribution(0, 1),
        "z": FloatDistribution(0, 1),
    }
    return [
        optuna.create_trial(
            params=each, distributions={name: kinds[name] for name in each}, value=0
        )
        for each in params
    ]


def test_a_condition_of_a_condition():
    trials = trials_of(
        {"a": 0, "n": 1, "x": 0.5}, {"a": 1}, {"a": 0, "n": 9}, {"a": 0, "n": 2, "x": 0.1}
    )
    assert infer_conditions(trials) == {
        "a": None,
        "n": {"a": [0]},
        "x": {"n": [1, 2, 3, 4, 5]},  # 5 is as near to 2 as... nearer than to 9
    }


def test_what_no_value_explains_is_left_to_chance():
    trials = trials_of({"a": 0, "x": 0.5}, {"a": 0}, {"a": 1, "x": 0.1})
    assert infer_conditions(trials) == {"a": None}


def test_a_parameter_that_comes_late_is_drawn_and_the_rest_still_searched():
    def objective(trial):
        late = trial.suggest_float("late", 0, 1) if trial.number >= 10 else 0.0
        return bowl(trial) + late

    study = run(objective, 25)
    assert all("late" in each.params for each in study.trials[10:])
    assert min(each.value - each.params.get("late", 0) for each in study.trials) < 0.01


def test_of_a_range_that_was_changed_the_latest_counts():
    study = run(lambda trial: (trial.suggest_float("x", 0, 1) - 3) ** 2, 10)
    study.optimize(lambda trial: (trial.suggest_float("x", 0, 5) - 3) ** 2, n_trials=12)
    assert abs(study.best_params["x"] - 3) < 0.05
    study.optimize(lambda trial: (trial.suggest_float("x", 4, 5) - 3) ** 2, n_trials=8)
    assert all(4 <= each.params["x"] <= 5 for each in study.trials[-8:])
    assert min(each.params["x"] for each in study.trials[-8:]) < 4.05


def test_integers_that_the_cube_cannot_tell_apart_are_drawn():
    study = run(lambda trial: trial.suggest_int("n", 0, 2**60) + bowl(trial), 4)
    assert set(study.trials[-1].params) == {"n", "x", "y"}


# Failures


def test_a_failed_trial_repels():
    """Half of the space fails: Optuna's default sampler spends its tries there (../shared)."""

    def objective(trial):
        x = trial.suggest_float("x", 0, 1)
        if x > 0.5:
            raise ArithmeticError("diverged")
        return (x - 0.4) ** 2

    study = optuna.create_study(sampler=BoTutorialSampler(seed=0))
    study.optimize(objective, n_trials=30, catch=(ArithmeticError,))
    late = study.trials[10:]
    assert sum(each.state.name == "FAIL" for each in late) <= 4
    assert study.best_value < 1e-4


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_no_number_is_a_failed_one(value):
    def objective(trial):
        x = trial.suggest_float("x", 0, 1)
        return value if x > 0.5 else (x - 0.4) ** 2

    study = run(objective, 30)
    assert sum(each.params["x"] > 0.5 for each in study.trials[10:]) <= 4


def test_a_pruned_trial_counts_with_its_last_report_and_not_as_better_than_the_median():
    def told(reports, value=None):
        study = optuna.create_study(direction="maximize", sampler=BoTutorialSampler(0))
        kinds = {"x": FloatDistribution(0, 1)}
        for x, y in ((0.1, 1.0), (0.2, 2.0), (0.3, 9.0)):
            study.add_trial(optuna.create_trial(params={"x": x}, distributions=kinds, value=y))
        pruned = optuna.create_trial(
            state=optuna.trial.TrialState.PRUNED,
            params={"x": 0.4},
            distributions=kinds,
            intermediate_values=reports,
        )
        study.add_trial(pruned)
        study.ask(kinds)
        ((_, strategy),) = [study.sampler._kept]
        return strategy.told[-1].value

    assert told({1: 0.1, 2: 0.5}) == 0.5
    assert told({1: 0.1, 2: 7.0}) == 2.0
    assert math.isnan(told({}))
    assert math.isnan(told({1: math.nan}))


def test_constraints_are_ignored_with_one_word():
    def objective(trial):
        trial.set_constraint("c", 1.0)
        return bowl(trial)

    study = optuna.create_study(sampler=BoTutorialSampler(0))
    with pytest.warns(UserWarning, match="ignores constraints") as caught:
        study.optimize(objective, n_trials=6)
    assert len(caught) == 1


# Many workers


def test_threads_never_try_the_same():
    study = optuna.create_study(sampler=BoTutorialSampler(seed=0))
    study.optimize(bowl, n_trials=24, n_jobs=4)
    assert len(set(points(study))) == 24


def test_running_and_enqueued_trials_are_pending():
    study = run(bowl, 8)
    kinds = study.trials[0].distributions
    study.enqueue_trial({"x": 1.5, "y": 0.01})
    asked = [study.ask(kinds) for _ in range(4)]
    assert asked[0].params == {"x": 1.5, "y": 0.01}
    assert len({tuple(each.params.values()) for each in asked}) == 4
    strategy = study.sampler._kept[1]
    assert {tuple(each.config.values()) for each in strategy.pending} == {
        tuple(each.params.values()) for each in asked[:3]
    }


def test_a_waiting_trial_is_pending_before_anybody_runs_it():
    study = run(bowl, 8)
    asked = study.ask(study.trials[0].distributions)  # pending: known by what was asked alone
    study.enqueue_trial({"x": 1.5, "y": 0.01})
    study._storage.create_new_trial(study._study_id)  # one that runs, and has said nothing yet
    frozen = study._storage.get_trial(study._storage.create_new_trial(study._study_id))
    study.sampler.sample_relative(study, frozen, frozen.distributions | asked.distributions)
    pending = [each.config for each in study.sampler._kept[1].pending]
    assert pending == [asked.params, {"x": 1.5, "y": 0.01}]


def test_a_value_out_of_range_that_was_enqueued_does_not_stop_the_search():
    study = run(bowl, 3)
    study.enqueue_trial({"x": 7.0, "y": 0.01})
    with pytest.warns(UserWarning, match="out of range"):
        study.optimize(bowl, n_trials=1)
    study.optimize(bowl, n_trials=3)
    assert len(study.trials) == 7


def work(storage, seed, n_trials):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(
        study_name="shared", storage=open_storage(storage), sampler=BoTutorialSampler(seed=seed)
    )
    study.optimize(bowl, n_trials=n_trials)


def open_storage(storage):
    if storage.startswith("sqlite"):
        return storage
    return optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(storage))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "journal"])
def test_several_processes_on_one_study_repeat_nothing(kind, tmp_path):
    storage = f"sqlite:///{tmp_path}/study.db" if kind == "sqlite" else f"{tmp_path}/study.log"
    optuna.create_study(study_name="shared", storage=open_storage(storage))
    processes = [
        multiprocessing.get_context("spawn").Process(target=work, args=(storage, 0, 8))
        for _ in range(3)
    ]
    for each in processes:
        each.start()
    for each in processes:
        each.join(120)
        assert each.exitcode == 0
    study = optuna.load_study(study_name="shared", storage=open_storage(storage))
    assert len(set(points(study))) == 24
    assert study.best_value < 0.1


@pytest.mark.parametrize("first_looks_late", [False, True])
def test_two_that_ask_the_same_at_once_get_different_answers(first_looks_late, monkeypatch):
    """Two processes ask before either has written; each looks at the other before or after."""
    study = run(bowl, 8)
    kinds = study.trials[0].distributions
    trials = [
        study._storage.get_trial(study._storage.create_new_trial(study._study_id)) for _ in "12"
    ]
    original, answers = study.get_trials, {}

    def ask(mine, other, meanwhile=None):
        """Ask for one trial, blind to the other at first; `meanwhile` comes before it writes."""
        seen = []

        def get_trials(*args, **options):
            monkeypatch.setattr(study, "get_trials", original)
            found = [each for each in original() if each.number != other.number]
            if meanwhile:
                meanwhile()
            seen.append(found)
            return found

        monkeypatch.setattr(study, "get_trials", get_trials)
        sampler = BoTutorialSampler(seed=0)
        answers[mine.number] = tuple(sampler.sample_relative(study, mine, kinds).values())
        assert seen

    one, other = trials if first_looks_late else trials[::-1]
    ask(one, other, meanwhile=lambda: ask(other, one))
    assert len(set(answers.values())) == 2


# The same again


def test_a_seed_asks_the_same_and_another_one_something_else():
    assert points(run(bowl, 10)) == points(run(bowl, 10))
    assert points(run(bowl, 10)) != points(run(bowl, 10, seed=1))
    one, other = (optuna.create_study(sampler=BoTutorialSampler()) for _ in "12")
    for each in (one, other):
        each.optimize(bowl, n_trials=1)
    assert points(one) != points(other)


def test_a_study_that_is_resumed_is_the_study_that_was_not_interrupted(tmp_path):
    """With the same seed, and without the sampler of the first part: nothing is repeated."""
    storage = f"sqlite:///{tmp_path}/study.db"
    whole = run(bowl, 14)
    run(bowl, 7, storage=storage, study_name="s")
    study = optuna.load_study(storage=storage, study_name="s", sampler=BoTutorialSampler(seed=0))
    study.optimize(bowl, n_trials=7)
    assert np.allclose(points(study), points(whole), rtol=1e-9, atol=0)


def test_reseeding_changes_nothing_because_nothing_is_shared():
    study = optuna.create_study(sampler=BoTutorialSampler(seed=0))
    for _ in range(10):
        study.sampler.reseed_rng()
        study.optimize(bowl, n_trials=1)
    assert points(study) == points(run(bowl, 10))


def test_a_sampler_can_be_pickled_in_the_middle_of_a_study():
    study = run(bowl, 8)
    study.sampler = pickle.loads(pickle.dumps(study.sampler))
    study.optimize(bowl, n_trials=4)
    assert points(study) == points(run(bowl, 12))


@pytest.mark.parametrize("seed, error", [(-1, ValueError), (0.5, TypeError), ("0", TypeError)])
def test_a_seed_that_is_none_is_refused(seed, error):
    with pytest.raises(error, match="seed must be"):
        BoTutorialSampler(seed=seed)


def test_a_strategy_that_is_made_already_is_refused():
    space = bo.Space(x=bo.Float(0, 1))
    with pytest.raises(TypeError, match="strategy must be a class or a function"):
        BoTutorialSampler(strategy=bo.RandomSearch(space))
