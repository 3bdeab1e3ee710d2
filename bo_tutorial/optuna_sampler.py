"""The method of the course inside Optuna: `optuna.create_study(sampler=BoTutorialSampler(seed=0))`.

Optuna says what was tried, and this module translates: a study's trials become those of a strategy
of the course, and what the strategy asks becomes parameters. It keeps nothing that the study does
not hold. A question is a function of the seed and of the study's trials, so that a study which is
loaded again, in this process or in ten others, goes on as if nothing had happened.

Source of the interface: `optuna.samplers.BaseSampler`, Optuna 5.0.
"""

import math
import statistics
import threading
import warnings
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.smbo import BayesianOptimization
from bo_tutorial.space import Categorical, Float, Int, Kind, Space
from bo_tutorial.strategy import SpaceExhausted, Strategy

try:
    from optuna.distributions import (
        BaseDistribution,
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )
    from optuna.samplers import BaseSampler, RandomSampler
    from optuna.study import Study, StudyDirection
    from optuna.trial import FrozenTrial, TrialState
except ImportError as error:
    raise ImportError(
        "bo_tutorial.optuna_sampler needs Optuna: pip install 'bo_tutorial[tools]'"
    ) from error

ASKED = "bo_tutorial:asked"  # the attribute of a trial that says what it was asked to evaluate
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
LARGEST_PARENT = 64  # values of an integer that others may depend on
ROUNDS = 4  # to ask anew when another process has asked the same at the same time


class BoTutorialSampler(BaseSampler):
    """Let a strategy of the course choose the parameters of an Optuna study.

    The search space is what the finished trials suggested. A parameter that some trials lack is
    conditional where the value of another one tells which: the strategy then knows the condition.
    What is left is drawn at random: parameters that no trial has had yet (all of them in the first
    trial), and those whose condition cannot be read from the trials. Of a range that was changed
    the latest counts.

    A failed trial counts as the worst one. A pruned trial counts with the last value that it
    reported, but never as better than the median of the complete ones. Running trials are pending,
    and so are enqueued ones. Constraints are ignored, with a warning.

    Args:
        seed: a whole number, 0 or more. Default: another one each time.
        strategy: what makes the strategy, called as `strategy(space, seed=seed)`; to be pickled, it
            must be importable. Default: `BayesianOptimization`.

    Raises:
        TypeError, ValueError: a seed that is no whole number, a strategy that cannot be called.
        ValueError: when asked, if the study has several objectives.
    """

    def __init__(
        self,
        seed: int | None = None,
        *,
        strategy: Callable[..., Strategy] = BayesianOptimization,
    ) -> None:
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1)[0])
        self._seed = _validate.whole_number("seed", seed, 0)
        if not callable(strategy):
            raise TypeError(
                "strategy must be a class or a function that makes a strategy of (space, seed), "
                f"got {strategy!r:.80}"
            )
        self._make = strategy
        self._kept: tuple[Space, Strategy] | None = None
        self._has_warned = False
        self._lock = threading.RLock()

    def __getstate__(self) -> dict:
        return vars(self) | {"_kept": None, "_lock": None}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state, _lock=threading.RLock())

    def reseed_rng(self) -> None:
        """Do nothing: chance depends on the number of the trial, so workers never share it."""

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Return the distributions of the parameters that the strategy chooses, by name."""
        self._raise_error_if_multi_objective(study)
        trials = _instructive(study.get_trials(deepcopy=False))
        conditions = infer_conditions(trials)
        latest = _latest(trials)
        return {name: latest[name] for name in conditions}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Return what the strategy asks, {name: value}, without what does not apply.

        What is asked is written to the trial before anything is evaluated, and then the other
        trials are looked at. Where two processes asked the same at the same moment, both ask once
        more, and the later trial leaves the first answer to the earlier one. In a finite space that
        is used up, the values are drawn at random: Optuna evaluates them again.
        """
        self._raise_error_if_multi_objective(study)
        if not search_space:
            return {}
        with self._lock:
            params: dict[str, Any] = {}
            n_before = 0
            for _ in range(ROUNDS):
                asked = self._ask(study, trial, search_space, n_before)
                if asked is None:
                    return {
                        name: self.sample_independent(study, trial, name, distribution)
                        for name, distribution in search_space.items()
                    }
                params = {name: _param(search_space[name], asked[name]) for name in asked}
                written = {
                    name: search_space[name].to_internal_repr(value)
                    for name, value in params.items()
                }
                study._storage.set_trial_system_attr(trial._trial_id, ASKED, written)
                same = _asked_the_same(study, trial, written)
                if not same:
                    break
                n_before = sum(number < trial.number for number in same)
            return params

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Return a random value of one parameter: a function of seed, trial and name."""
        self._raise_error_if_multi_objective(study)
        chance = np.random.SeedSequence([self._seed, trial.number, zlib.crc32(param_name.encode())])
        sampler = RandomSampler(int(chance.generate_state(1)[0]))
        return sampler.sample_independent(study, trial, param_name, param_distribution)

    def _ask(self, study, trial, search_space, n_before):
        """What the strategy asks after all other trials, None if there is nothing left.

        The first `n_before` answers are left to others, who are asking the same now.
        """
        others = [each for each in study.get_trials(deepcopy=False) if each.number != trial.number]
        self._warn_of_constraints(others)
        space = _space(infer_conditions(_instructive(others), search_space), search_space)
        strategy = self._informed(space, study, others, search_space)
        try:
            asked = strategy.ask(n_before + 1)
        except SpaceExhausted:
            return None
        for config in asked:
            strategy.withdraw(config)
        return asked[-1]

    def _informed(self, space, study, trials, search_space):
        """A strategy that knows these trials: the one of the last question, if it can still learn.

        That it is the last one's saves time and changes nothing.
        """
        told = {}
        for number, params, value in _values(study, trials):
            config = _config(space, search_space, params)
            if config is not None:
                told[number] = config, value
        strategy = self._kept[1] if self._kept and self._kept[0] == space else None
        if strategy is not None:
            for pending in strategy.pending:
                strategy.withdraw(pending.config)
            known = {each.number: each for each in strategy.told}
            if not all(number in told and _same(known[number], *told[number]) for number in known):
                strategy = None
        if strategy is None:
            strategy, known = self._make(space, seed=self._seed), {}
            self._kept = space, strategy
        for number in sorted(set(told) - set(known)):
            strategy.tell(*told[number], number=number)
        for each in trials:
            config = _config(space, search_space, _pending(each, search_space))
            if config is not None:
                strategy.begin(config)
        return strategy

    def _warn_of_constraints(self, trials):
        if not self._has_warned and any(
            name.startswith("constraints") for each in trials for name in each.system_attrs
        ):
            self._has_warned = True
            warnings.warn(
                "BoTutorialSampler ignores constraints: return a worse value where one is "
                "violated, or raise an exception and catch it by study.optimize(..., catch=...)",
                UserWarning,
                stacklevel=2,
            )


def infer_conditions(
    trials: Sequence[FrozenTrial], search_space: dict[str, BaseDistribution] | None = None
) -> dict[str, dict | None]:
    """Return which parameters a strategy can choose, and when each applies.

    A parameter that every trial has always applies. One that some trials lack applies for those
    values of another parameter with which it was seen, if it was never missing with one of these.
    An integer that was not tried counts as its nearest neighbor that was.

    Args:
        trials: those to read it from. search_space: the parameters in question, by name; all of
            them apply, unless the trials say otherwise. Default: those that the trials have.

    Returns:
        {name: None, or {parent: list of its values, as the space of the course has them}}, parents
        before what depends on them. What is left out has no such condition, or no kind.
    """
    latest = search_space or _latest(trials)
    names = [name for name in sorted(latest) if _kind(latest[name]) is not None]
    found: dict[str, dict | None] = {
        name: None for name in names if all(name in each.params for each in trials)
    }
    waiting = [name for name in names if name not in found]
    rows = [
        {name: _value(latest[name], each.params[name]) for name in names if name in each.params}
        for each in (trials if waiting else ())
    ]
    while waiting:
        reads = {name: _condition(name, rows, found, latest) for name in waiting}
        new = {name: condition for name, condition in reads.items() if condition}
        found |= new
        waiting = [name for name in waiting if name not in found]
        if not new:
            break
    if search_space is not None:
        found |= dict.fromkeys(waiting)
    return found


def _condition(name, rows, parents, distributions):
    """The first parameter whose value tells whether `name` is there, and for which values it is."""
    by_kind = sorted(
        parents, key=lambda parent: not isinstance(distributions[parent], CategoricalDistribution)
    )
    for parent in by_kind:
        kind = _kind(distributions[parent])
        if not isinstance(kind, (Int, Categorical)) or kind.n_values > LARGEST_PARENT:
            continue
        if any(name in row and parent not in row for row in rows):
            continue
        having = {row[parent] for row in rows if name in row}
        lacking = {row[parent] for row in rows if name not in row and parent in row}
        if not having or having & lacking:
            continue
        if isinstance(kind, Int) and lacking:
            seen = sorted(having | lacking)
            values = range(kind.low, kind.high + 1, kind.step)
            nearest = {v: min(seen, key=lambda other: abs(other - v)) for v in values}
            having = [value for value in values if nearest[value] in having]
        return {parent: sorted(having)}
    return None


# Between Optuna's distributions and the hyperparameters of the course


def _kind(distribution: BaseDistribution, when: dict | None = None) -> Kind | None:
    """The hyperparameter for a distribution; None if it has one value, or none in the course."""
    if distribution.single():
        return None
    try:
        if isinstance(distribution, CategoricalDistribution):
            return Categorical(range(len(distribution.choices)), when=when)
        if isinstance(distribution, IntDistribution):
            low, high = distribution.low, distribution.high
            return Int(low, high, log=distribution.log, step=distribution.step, when=when)
        if isinstance(distribution, FloatDistribution):
            low, high, step = distribution.low, distribution.high, distribution.step
            if step is not None:
                return Int(0, round((high - low) / step), when=when)
            return Float(low, high, log=distribution.log, when=when)
    except ValueError:  # such as integers beyond 2**48
        pass
    return None


def _value(distribution, param):
    """A parameter as the hyperparameter has it: categories by index, steps by their number."""
    if isinstance(distribution, CategoricalDistribution):
        return int(distribution.to_internal_repr(param))
    if isinstance(distribution, FloatDistribution) and distribution.step is not None:
        return round((param - distribution.low) / distribution.step)
    return param


def _param(distribution, value):
    """A hyperparameter's value as Optuna has it."""
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[value]
    if isinstance(distribution, FloatDistribution) and distribution.step is not None:
        return min(distribution.low + value * distribution.step, distribution.high)
    return value


def _space(conditions, distributions):
    return Space(**{name: _kind(distributions[name], when) for name, when in conditions.items()})


def _config(space, distributions, params):
    """The configuration for a trial's parameters; None if one is missing or out of its range."""
    config: dict[str, Any] = {}
    try:
        for name, condition in space.conditions.items():
            if all(config.get(parent) in values for parent, values in condition.items()):
                config[name] = _value(distributions[name], params[name])
        space.validate(config)
    except (KeyError, TypeError, ValueError):
        return None
    return config


# What a study's trials say


def _instructive(trials):
    """The trials to read a search space from: those that came to an end, else those that failed."""
    for states in (FINISHED[:2], FINISHED[2:]):
        found = [each for each in trials if each.state in states and each.params]
        if found:
            return found
    return []


def _latest(trials):
    """The distribution that each parameter had in the last trial that has it."""
    return {name: each.distributions[name] for each in trials for name in each.distributions}


def _values(study, trials):
    """The finished trials as (number, parameters, value to maximize), NaN for a failed one."""
    sign = 1.0 if study.direction == StudyDirection.MAXIMIZE else -1.0
    complete = [sign * each.value for each in trials if each.state == TrialState.COMPLETE]
    finite = [value for value in complete if math.isfinite(value)]
    for each in trials:
        value = math.nan
        if each.state == TrialState.COMPLETE:
            value = sign * each.value
        elif each.state == TrialState.PRUNED and each.intermediate_values and finite:
            last = sign * each.intermediate_values[max(each.intermediate_values)]
            value = min(last, statistics.median(finite)) if math.isfinite(last) else math.nan
        if each.state in FINISHED:
            yield each.number, each.params, value


def _pending(trial, distributions):
    """The parameters of a trial that runs or waits, as far as they are known."""
    if trial.state not in (TrialState.RUNNING, TrialState.WAITING):
        return {}
    asked = {
        name: distributions[name].to_external_repr(value)
        for name, value in trial.system_attrs.get(ASKED, {}).items()
        if name in distributions
    }
    return asked | trial.system_attrs.get("fixed_params", {}) | trial.params


def _asked_the_same(study, trial, written):
    """The numbers of the other trials that were asked to evaluate the same."""
    trials = study.get_trials(deepcopy=False)
    return [
        each.number
        for each in trials
        if each.number != trial.number and _close(each.system_attrs.get(ASKED, {}), written)
    ]


def _close(one, other):
    """Whether two questions differ by no more than two processors would."""
    return one.keys() == other.keys() and all(
        math.isclose(one[name], other[name], rel_tol=1e-6, abs_tol=1e-12) for name in one
    )


def _same(told, config, value):
    return told.config == config and (told.value == value or told.value != told.value)
