"""What every search can do: ask, be told, and keep the numbered trials.

A strategy is anything with `ask` and `tell`; one of your own is a subclass of `Strategy` with one
method, `propose`. The next lines of the course, `search.py`, have three of them.

One rule makes runs repeatable: what `ask` returns depends on the seed and on the trials so far,
told or pending, and on nothing else. Randomness for trial t is drawn from `default_rng([seed, t])`,
never from a stream that runs on, so a run replayed from its trials asks the same next question.
"""

import decimal
import inspect
import math
import operator
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from bo_tutorial import _validate
from bo_tutorial._threads import computing
from bo_tutorial._words import STRATEGY, refuse_unknown, space_in_words
from bo_tutorial.space import Space

SAME = 1e-8  # two points of the unit cube closer than this are one configuration


class SpaceExhausted(RuntimeError):
    """Every configuration of a finite space has been tried: there is nothing left to ask."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One question and, once it is told, its answer.

    Attributes:
        number: 0, 1, 2, ... in the order of asking. config: what to evaluate.
        point: the same as a point of the unit cube, shape (d,).
        value: what came of it, in the units of f; NaN if the evaluation failed, None if pending.
        asked: False for what was told without having been asked (a warm start).
    """

    number: int
    config: dict
    point: np.ndarray
    value: float | None = None
    asked: bool = True


class Strategy:
    """Keep the numbered trials of a search; a subclass says what to propose next.

    Several threads may ask and tell: they take turns. Questions are computed with one BLAS thread,
    so that they do not depend on how many a machine has.

    Args:
        space: a `Space`. seed: a whole number, 0 or more.

    Raises:
        TypeError, ValueError: a space or a seed of another kind.
    """

    def __init__(self, space: Space, seed: int = 0, **unknown: object) -> None:
        if unknown:
            known = inspect.signature(type(self)).parameters
            refuse_unknown(type(self).__name__, unknown, STRATEGY, known)
        self.space = as_space(space)
        self.seed = _validate.whole_number("seed", seed, 0)
        self._trials: dict[int, Trial] = {}  # by number, in the order of telling
        self._pending: dict[int, Trial] = {}  # those without a value
        self._free_number = 0  # the smallest that no trial has: after a resumed run there are gaps
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        names = ", ".join(self.space.names)
        told, pending = len(self.told), len(self.pending)
        return f"{type(self).__name__}({names}; seed {self.seed}, {told} told, {pending} pending)"

    def __getstate__(self) -> dict:
        made_again = ("_lock", "_everything")
        return {name: value for name, value in vars(self).items() if name not in made_again}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state, _lock=threading.RLock())
        self._trials, self._pending = dict(self._trials), dict(self._pending)  # a copy's own

    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return the configuration of trial `number`, a function of `seed` and `trials` alone."""
        raise NotImplementedError("a strategy says in `propose` what to try next")

    @overload
    def ask(self, n: None = None) -> dict: ...

    @overload
    def ask(self, n: int) -> list[dict]: ...

    def ask(self, n: int | None = None) -> dict | list[dict]:
        """Return what to evaluate next: one configuration, or a list of `n` of them.

        Each is pending from now on, and the next question takes that into account. In a finite
        space with fewer than `n` configurations left, the list is shorter.

        Raises:
            SpaceExhausted: nothing is left. TypeError, ValueError: `n` is not 1 or more.
        """
        if n is None:
            return self._ask_one()
        configs = []
        with self._lock:
            before = set(self._trials)
            for _ in range(_validate.whole_number("n", n, 1)):
                try:
                    configs.append(self._ask_one())
                except SpaceExhausted:
                    if not configs:
                        raise
                    break
                except BaseException:
                    for number in set(self._trials) - before:
                        self._remove(number)  # nobody was handed the first ones of the list
                    raise
        return configs

    def begin(self, config: dict) -> None:
        """Make `config` the next trial, pending, as if it had been asked: a guess to try first.

        Raises:
            TypeError, ValueError: `config` is not of this space.
        """
        point = self.space.to_unit(config)
        with self._lock:
            self._insert(Trial(self._free_number, dict(config), point))

    def tell(self, config: dict, value: float, number: int | None = None) -> None:
        """Remember that `config` scored `value`.

        A pending configuration keeps the trial number under which it was asked, so answers may
        come in any order. One that was never asked (a warm start, a colleague's result) becomes
        the next trial.

        Args:
            config: a configuration of the space. value: a number, larger is better; NaN or an
                infinity says that the evaluation failed.
            number: the trial number of one that was asked in an earlier process.

        Raises:
            TypeError, ValueError: `config` is not of this space, `value` is not a number, or
                `number` is taken.
        """
        point = self.space.to_unit(config)
        value = as_value("value", value)
        with self._lock:
            asked = True
            if number is None:
                number, asked = self._number_of(config)
            else:
                number = _validate.whole_number("number", number, 0)
                if number in self._trials:
                    raise ValueError(f"number must be one that no trial has, got {number}")
            self._insert(Trial(number, dict(config), point, value, asked))

    def withdraw(self, config: dict) -> None:
        """Forget that `config` was asked: its evaluation was given up, and may be asked again.

        Raises:
            ValueError: no such configuration is pending.
        """
        with self._lock:
            for trial in self.pending:
                if trial.config == config:
                    self._remove(trial.number)
                    return
        raise ValueError(f"config must be pending, got {config}")

    @property
    def trials(self) -> list[Trial]:
        """All trials, told or pending, by number."""
        return sorted(list(self._trials.values()), key=_number)

    @property
    def told(self) -> list[Trial]:
        """The trials that have a value (NaN included), by number."""
        return [trial for trial in self.trials if trial.value is not None]

    @property
    def pending(self) -> list[Trial]:
        """The trials asked and not yet told, by number."""
        return sorted(list(self._pending.values()), key=_number)

    def _first_new(self, points, n):
        """The first `n` rows of `points` (m, d) that are neither told nor pending, or fewer."""
        taken = np.array([trial.point for trial in self.trials]).reshape(-1, self.space.d)
        new = []
        for point in points:
            if not np.any(np.all(np.abs(taken - point) < SAME, axis=1)):
                new.append(point)
                if len(new) == n:
                    break
        return np.array(new).reshape(-1, self.space.d)

    def _new_config(self, pools):
        """The configuration at the first point that is new: in the pools, else anywhere.

        Args:
            pools: points of the cube, shape (m, d) each, made one after the other as needed.

        Raises:
            SpaceExhausted: a finite space has no configuration left.
        """
        for pool in pools:
            for point in self._first_new(pool, 1):
                return self.space.from_unit(point)
        if math.isfinite(self.space.n_configurations):
            for point in self._first_new(self._everything, 1):
                return self.space.from_unit(point)
        raise SpaceExhausted(f"all configurations of {self.space} have been tried")

    @cached_property
    def _everything(self):
        """The points of all configurations of a finite space, shape (n, d); made once."""
        return self.space.points()

    def _cover_choices(self, points, n_left):
        """Change `points` (m, d) so that the initial design tries each choice once, given room.

        Where as many choices of a category are untried as trials of the design are left, `n_left`
        with this one, a choice that was tried gives way to the first that was not.
        """
        points = points.copy()
        for j in self.space.categorical:
            name, n = self.space.names[j], len(self.space[self.space.names[j]].choices)
            tried = {int(trial.point[j] * n) for trial in self.trials if name in trial.config}
            if 0 < n - len(tried) >= n_left:
                untried = next(i for i in range(n) if i not in tried)
                again = np.isin(np.floor(points[:, j] * n), list(tried))
                points[again, j] = (untried + 0.5) / n
        return self.space.snap(points)

    def _ask_one(self):
        with self._lock, computing:
            number = self._free_number
            config = self.propose(number, np.random.default_rng([self.seed, number]))
            self._insert(Trial(number, dict(config), self.space.to_unit(config)))
        return dict(config)

    def _number_of(self, config):
        """The trial number under which `config` is told next, and whether it was asked."""
        waiting = [trial.number for trial in self.pending if trial.config == config]
        return (waiting[0], True) if waiting else (self._free_number, False)

    def _insert(self, trial):
        """Keep a trial, instead of the one of the same number if there is one."""
        self._trials[trial.number] = trial
        if trial.value is None:
            self._pending[trial.number] = trial
        else:
            self._pending.pop(trial.number, None)
        while self._free_number in self._trials:
            self._free_number += 1

    def _remove(self, number):
        self._trials.pop(number)
        self._pending.pop(number, None)  # an interrupt may have come in between
        self._free_number = min(self._free_number, number)


_number = operator.attrgetter("number")


def as_space(space: object) -> Space:
    """Return `space` if it is one.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(space, dict):
        raise TypeError(
            f"space must be a Space, got {space!r:.80} (dict): write {space_in_words(space)}"
        )
    if not isinstance(space, Space):
        raise TypeError(f"space must be a Space, got {space!r:.80} ({type(space).__name__})")
    return space


def as_value(name: str, value: Any) -> float:
    """Return what an evaluation gave as a float; NaN stands for every kind of failure.

    A value that is missing (masked, an empty array, NaT, `pandas.NA`) has failed, and so has one
    that is larger than a float: `10**400`, an infinity.

    Raises:
        TypeError: it is not one real number; None is a forgotten `return`.
    """
    if isinstance(value, np.ndarray):
        if value.size == 0 or (value.size == 1 and np.ma.getmaskarray(value).all()):
            return math.nan
        value = value[()] if value.ndim == 0 else value  # `item` makes None of NaT
    if _is_missing(value):
        return math.nan
    # What `float` would take for a number: text, a duration without its unit, half of a complex.
    taken = (str, bytes, bytearray, memoryview, np.timedelta64, complex, np.complexfloating)
    try:
        if isinstance(value, (*taken, np.ndarray)):
            raise TypeError
        with np.errstate(all="ignore"):  # a longer float may end up as 0 or infinite
            value = float(value)
    except OverflowError:
        return math.nan
    except Exception as error:  # PyTorch's tensor of two elements raises a RuntimeError
        hint = ": is a `return` missing?" if value is None else ""
        got = f"{_validate.shown(value, 80)} ({type(value).__name__})"
        raise TypeError(f"{name} must be one real number, got {got}{hint}") from error
    return value if math.isfinite(value) else math.nan


def _is_missing(value):
    """Say whether this scalar is the "not available" of a library: those that `float` refuses."""
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return type(value).__name__ in ("NAType", "NaTType")  # of pandas, which need not be installed
