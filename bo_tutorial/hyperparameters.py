"""The three kinds of hyperparameter, and how each lies in [0, 1].

A hyperparameter knows its values and translates them to one coordinate of the unit cube and back:
a `Float` along its interval, linearly or in the logarithm; an `Int` and a `Categorical` in equal
shares, one for each value. A `Space` puts them together.
"""

import collections.abc
import dataclasses
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bo_tutorial import _validate
from bo_tutorial._words import instead_of_log

# What a cube of double-precision coordinates can tell apart: `_refuse_unresolved` says why.
FEWEST_FLOATS = 1024
NARROWEST = 1e-290
SMALLEST_LOG = sys.float_info.min
LARGEST_INT, LARGEST_LOG_INT = 2**48, 2**40

Numbers = float | np.ndarray  # one number, or an array of them


class Hyperparameter:
    """What the three kinds share: they are equal if they mean the same, however it is written.

    `_written` keeps how it was written, which journals of version 0.1 depend on.
    """

    # Of one kind or another. In a dataclass, a line like these would make a field.
    _written: tuple
    _ends: tuple
    _values: np.ndarray

    def __eq__(self, other: object) -> bool:
        return self._meaning() == other._meaning() if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._meaning())

    def __repr__(self):
        when = f", when={self.when}" if self.when else ""
        return f"{type(self).__name__}({self._arguments()}{when})"

    def _meaning(self):
        """What two equal ones have in common: neither order nor `value` for `[value]` matter."""
        when = self.when
        if isinstance(when, dict):  # else a Space refuses it, and knows the name
            when = frozenset(
                (parent, frozenset(map(comparable, allowed_values(allowed))))
                for parent, allowed in when.items()
            )
        return type(self), self.limits(), when


@dataclass(frozen=True, eq=False, repr=False)
class Float(Hyperparameter):
    """Describe a real hyperparameter in [low, high].

    Args:
        low, high: finite bounds, both reachable, in the units of the hyperparameter.
        log: measure distance in the logarithm; 0.001 is then as far from 0.01 as 0.01 from 0.1.
        when: `{parent: value}` or `{parent: [values]}`, if it applies for these values only.

    Raises:
        TypeError, ValueError: bounds that are not numbers, not finite, reversed or equal, not
            positive on a log scale, or so far apart or so close together that double precision
            has no coordinates for what lies between them; a `log` that is not True or False.
    """

    low: float
    high: float
    log: bool = False
    when: dict | None = None

    def __post_init__(self) -> None:
        written = self.low, self.high, self.log, self.when
        low, high = _float("low", self.low), _float("high", self.high)
        log = _scale("Float", *written[:3])
        if not low < high:
            raise ValueError(f"low must be less than high, got low={self.low}, high={self.high}")
        if log and low <= 0:
            raise ValueError(f"low must be positive on a log scale, got {self.low}")
        _refuse_unresolved(low, high, log, whole=False)
        _set(self, low=low, high=high, log=log, when=_copied(self.when), _written=written)

    n_values = math.inf  # how many values there are, as for the other kinds

    def to_unit(self, values: Numbers) -> Numbers:
        """Translate values, a number or an array, to coordinates in [0, 1]."""
        return np.clip(_position(values, self.low, self.high, self.log), 0.0, 1.0)

    def from_unit(self, u: Numbers) -> np.ndarray:
        """Translate coordinates in [0, 1], a number or an array, to values."""
        values = np.clip(_value_at(u, self.low, self.high, self.log), self.low, self.high)
        # exp(log(10)) is not 10: the ends are what they were said to be.
        return np.where(u == 0, self.low, np.where(u == 1, self.high, values))

    def snap(self, u: Numbers) -> Numbers:
        """Return the coordinates `u` themselves: every real number is a value."""
        return u

    def python(self, value: Numbers) -> float:
        """Return a value as a Python float."""
        return float(value)

    def grid(self, points: int) -> list[float]:
        """List `points` values, evenly spaced on the scale, both ends among them.

        Where rounding errors leave a choice, it is the number that is short to write: 0.001 rather
        than 0.0010000000000000002. No value leaves the interval, and each appears once.
        """
        points = _validate.whole_number("points", points, 2)
        values = self.from_unit(np.linspace(0, 1, points)).tolist()
        inner = [
            _shortest(value, self._slack(value, points), self.low, self.high)
            for value in values[1:-1]
        ]
        return list(dict.fromkeys([self.low, *inner, self.high]))

    def others(self, u: float) -> np.ndarray:
        """Return no coordinates: a real number moves along a slope, and needs no list."""
        return np.empty(0)

    def refuse(self, name: str, value: float) -> None:
        """Refuse a value that is not of this hyperparameter, which is called `name`.

        Raises:
            TypeError: not a number. ValueError: not finite, or out of the interval.
        """
        number = _float(name, value)
        if not self.low <= number <= self.high:
            got = value if isinstance(value, int) else number
            raise ValueError(
                f"{name} must be in [{_digits(self.low)}, {_digits(self.high)}], got {got!r}"
            )

    def _slack(self, value, points):
        """How far a value of a grid may lie from where it was computed.

        A few rounding errors of the scale, and never so much that two values could meet.
        """
        eps = sys.float_info.epsilon
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            return value * min(eps * (4 + 2 * max(abs(low), abs(high))), (high - low) / 8 / points)
        largest = max(abs(self.low), abs(self.high))
        return min(4 * eps * largest, (self.high - self.low) / 8 / points)

    def limits(self) -> tuple:
        """Return what tells this hyperparameter from others of its kind, hashable."""
        return self.low, self.high, self.log

    def _arguments(self):
        return f"{self.low!r}, {self.high!r}" + (", log=True" if self.log else "")


@dataclass(frozen=True, eq=False, repr=False)
class Int(Hyperparameter):
    """Describe a whole-number hyperparameter in {low, low + step, ..., high}.

    Each integer owns an equal share of [low - step/2, high + step/2] (of its logarithm where
    `log`), so the two ends are as likely as the others; Garrido-Merchan & Hernandez-Lobato 2018,
    arXiv:1805.03463, say why a kernel must see the integer and not the real number around it.

    Args:
        low, high: integers, both reachable. log, when: as for `Float`; `log` needs low >= 1.
        step: the distance between two values; `high` must be a whole number of steps above `low`.

    Raises:
        TypeError, ValueError: bounds that are not integers, reversed or equal, below 1 on a log
            scale, or beyond 2**48 (2**40 on a log scale), where the cube cannot tell neighbors
            apart; a `step` that is no positive integer, does not lead to `high`, or comes with
            `log`; a `log` that is not True or False.
    """

    low: int
    high: int
    log: bool = False
    when: dict | None = None
    step: int = 1

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            value = getattr(self, name)
            if not _validate.is_whole(value):
                raise TypeError(f"{name} must be an integer, got {value!r}")
        written = self.low, self.high, self.log, self.when
        log = _scale("Int", *written[:3])
        step = _validate.whole_number("step", self.step, 1)
        low, high = int(self.low), int(self.high)
        _refuse_unresolved(low, high, log, whole=True)
        if not low < high:
            raise ValueError(f"low must be less than high, got low={low}, high={high}")
        if log and low < 1:
            raise ValueError(f"low must be positive on a log scale, got {low}")
        _set(self, low=low, high=high, log=log, when=_copied(self.when), step=step)
        self._refuse_step()
        _set(self, _written=written, _ends=(low - step / 2, high + step / 2, log))

    @property
    def n_values(self) -> int:
        """How many values there are."""
        return (self.high - self.low) // self.step + 1

    def to_unit(self, values: Numbers) -> Numbers:
        """Translate integers to the coordinates where they lie in their shares of [0, 1]."""
        return _position(values, *self._ends)

    def from_unit(self, u: Numbers) -> np.ndarray:
        """Translate coordinates in [0, 1] to the integers in whose shares they lie."""
        values = _value_at(u, *self._ends)
        rest = self.low % self.step  # of every value, divided by step
        values = np.floor((values - rest) / self.step + 0.5) * self.step + rest
        return np.clip(values, self.low, self.high).astype(np.int64)

    def snap(self, u: Numbers) -> Numbers:
        """Move coordinates to where the integers lie in whose shares they are."""
        return self.to_unit(self.from_unit(u))

    def share(self, u: Numbers) -> tuple[Numbers, Numbers]:
        """Return the two ends of the shares of [0, 1] in which coordinates lie."""
        values, half = self.from_unit(u), self.step / 2
        return _position(values - half, *self._ends), _position(values + half, *self._ends)

    def others(self, u: float) -> np.ndarray:
        """Return the coordinates of the integers 1, 2, 4, 8, ... steps away from that at `u`."""
        steps = self.step * 2 ** np.arange((self.n_values - 1).bit_length(), dtype=np.int64)
        values = self.from_unit(u) + np.concatenate([-steps[::-1], steps])
        return _position(values[(values >= self.low) & (values <= self.high)], *self._ends)

    def python(self, value: Numbers) -> int:
        """Return a value as a Python int."""
        return int(value)

    def grid(self, points: int) -> list[int]:
        """List `points` values, evenly spaced on the scale and rounded, each once."""
        points, n = _validate.whole_number("points", points, 2), self.n_values
        if points >= n:
            return list(range(self.low, self.high + 1, self.step))
        if self.log:
            between = _value_at(np.linspace(0, 1, points), self.low, self.high, self.log)
            whole = np.clip(np.floor(between + 0.5), self.low, self.high).astype(np.int64)
            return list(dict.fromkeys(whole.tolist()))
        # In whole numbers, which have no rounding error: floor(i (n - 1) / (points - 1) + 1/2).
        gaps = points - 1
        return [
            self.low + self.step * ((2 * i * (n - 1) + gaps) // (2 * gaps)) for i in range(points)
        ]

    def refuse(self, name: str, value: int) -> None:
        """Refuse a value that is not of this hyperparameter, which is called `name`.

        Raises:
            TypeError: not an integer. ValueError: out of range, or between two steps.
        """
        got = f"got {_validate.shown(value, 80)}"
        if not _validate.is_whole(value):
            raise TypeError(f"{name} must be an integer, {got} ({type(value).__name__})")
        number = int(value)
        if not self.low <= number <= self.high or (number - self.low) % self.step:
            second = "" if self.step == 1 else f"{self.low + self.step}, "
            raise ValueError(f"{name} must be in {{{self.low}, {second}..., {self.high}}}, {got}")

    def _refuse_step(self):
        if self.step != 1 and self.log:
            raise ValueError(
                f"step must be 1 on a log scale, got {self.step}; for powers of two search the "
                "exponent, k=Int(4, 8), and use 2**k"
            )
        beyond = (self.high - self.low) % self.step
        if beyond:
            below, above = self.high - beyond, self.high - beyond + self.step
            right = f"{below} or {above}" if below > self.low else f"{above}"
            raise ValueError(
                f"high must be a whole number of steps of {self.step} above low={self.low}, such "
                f"as {right}, got {self.high}"
            )

    def limits(self) -> tuple:
        """Return what tells this hyperparameter from others of its kind, hashable."""
        return self.low, self.high, self.log, self.step

    def _arguments(self):
        log = ", log=True" if self.log else ""
        return f"{self.low}, {self.high}{log}" + (f", step={self.step}" if self.step != 1 else "")


@dataclass(frozen=True, eq=False, repr=False)
class Categorical(Hyperparameter):
    """Describe a choice without order: an optimizer, an activation.

    Args:
        choices: two or more distinct values (one is allowed: a constant), which are hashable and
            in an order: a list, not a set. when: as for `Float`.

    Raises:
        TypeError, ValueError: no choices, a bare string, a set or a dict, a choice that can be
            changed from outside (a list, a dict, an array, a dataclass that is not frozen, also
            inside a tuple), or two that are equal, as 1, 1.0 and True are.
    """

    choices: Sequence | np.ndarray
    when: dict | None = None
    log = False

    def __post_init__(self) -> None:
        choices = _listed(self.choices)
        if not choices:
            raise ValueError("choices must hold at least one value, got none")
        places: dict = {}
        values = np.empty(len(choices), dtype=object)
        for i, choice in enumerate(choices):
            _refuse_mutable(choice)
            key = comparable(choice)
            if key in places:
                one, other = (_validate.shown(each, 80) for each in (choices[places[key]], choice))
                twice = f"{one} twice" if one == other else f"{one} and {other}, which are equal"
                raise ValueError(f"choices must be distinct, got {twice}")
            # One by one: numpy would take a list of tuples for a table.
            places[key], values[i] = i, choice
        _set(self, choices=choices, when=_copied(self.when), _places=places, _values=values)
        _set(self, _written=(choices, self.when))

    @property
    def n_values(self) -> int:
        """How many choices there are."""
        return len(self.choices)

    def to_unit(self, value: object) -> float:
        """Translate one choice to the middle of its share of [0, 1].

        Raises:
            ValueError: not one of the choices.
        """
        return (self._place("value", value) + 0.5) / len(self.choices)

    def from_unit(self, u: Numbers) -> Any:
        """Translate coordinates in [0, 1] to the choices in whose shares they lie."""
        return self._values[self._share(u)]

    def snap(self, u: Numbers) -> Numbers:
        """Move coordinates to the middle of the shares of [0, 1] in which they lie."""
        return (self._share(u) + 0.5) / len(self.choices)

    def others(self, u: float) -> np.ndarray:
        """Return the coordinates of all choices but that at `u`."""
        return (np.delete(np.arange(self.n_values), self._share(u)) + 0.5) / self.n_values

    def python(self, value: object) -> Any:
        """Return the choice that equals `value`: the very object that the space was given."""
        return self.choices[self._place("value", value)]

    def grid(self, points: int) -> list:
        """List all choices, whatever `points` is."""
        return list(self.choices)

    def refuse(self, name: str, value: object) -> None:
        """Refuse a value that is not of this hyperparameter, which is called `name`.

        Raises:
            ValueError: not one of the choices.
        """
        self._place(name, value)

    def _place(self, name, value):
        """The index of a choice."""
        try:
            return self._places[comparable(value)]
        except (KeyError, TypeError):  # not there, or not even hashable
            choices, got = _validate.shown(list(self.choices), 80), _validate.shown(value, 80)
            raise ValueError(f"{name} must be one of {choices}, got {got}") from None

    def _share(self, u):
        return np.minimum((np.asarray(u) * len(self.choices)).astype(int), len(self.choices) - 1)

    def limits(self) -> tuple:
        """Return what tells this hyperparameter from others of its kind, hashable."""
        return tuple(typed(choice) for choice in self.choices)

    def _arguments(self):
        return f"{list(self.choices)!r}"


def _position(values, low, high, log):
    """Where values lie between low (0) and high (1), linearly or in the logarithm."""
    if log:
        values, low, high = np.log(values), np.log(low), np.log(high)
    return (values - low) / (high - low)


def _value_at(u, low, high, log):
    """The inverse of `_position`."""
    if log:
        return np.exp(np.log(low) + u * (np.log(high) - np.log(low)))
    return low + u * (high - low)


def _shortest(value, slack, low, high):
    """A number of at most twelve digits in [low, high] within `slack` of `value`, else `value`."""
    for digits in range(13):
        short = float(f"{value:.{digits}g}") if digits else 0.0
        if abs(short - value) <= slack and low <= short <= high:
            return short
    return value


def _digits(value):
    """A float in words: short where that is exact, else with all its digits."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


def _float(name, value):
    """A finite number as a float; -0.0 is 0.0.

    Raises:
        TypeError, ValueError: it is none.
    """
    return _validate.number(name, value) + 0.0


def _scale(kind, low, high, log):
    """`log` as a bool.

    Raises:
        TypeError: it is something else; the message says what to write.
    """
    if isinstance(log, (bool, np.bool_)) or (_validate.is_whole(log) and log in (0, 1)):
        return bool(log)
    write = instead_of_log(kind, low, high, log)
    raise TypeError(f"log must be True or False, got {log!r:.80}; write {write}")


def _refuse_unresolved(low, high, log, whole):
    """Refuse bounds between which the cube cannot tell values apart, and name those that it can.

    A coordinate is (value - low) / (high - low), of logarithms where `log`, in double precision.

    - Integers come back as they were while the ends of their shares, half an integer away, are
      numbers of their own: up to 2**50 in size, on a log scale up to 2**46. We stay below that.
    - For real numbers, high - low must be a float; not so small that its product with a coordinate
      has lost digits, as numbers below 2.2e-308 have; and there must be 1024 floats between the
      bounds, since fewer are a list of choices. On a log scale `low` itself must have all digits.
    """
    if whole:
        largest, on = (LARGEST_LOG_INT, " on a log scale") if log else (LARGEST_INT, "")
        for name, value in (("low", low), ("high", high)):
            if abs(value) > largest:
                got = value if abs(value) < 10**40 else f"a number of {value.bit_length()} bits"
                raise ValueError(
                    f"{name} must be at most {largest} = 2**{largest.bit_length() - 1} in size{on},"
                    f" where the cube still tells neighbors apart, got {got}"
                    + ("" if log else "; count from a number nearby, and add that")
                )
        return
    what, got = "high - low", f"got low={low!r}, high={high!r}"
    if log:
        if low < SMALLEST_LOG:
            raise ValueError(f"low must be at least {SMALLEST_LOG:.4g} on a log scale, {got}")
        what, low, high = "log(high) - log(low)", math.log(low), math.log(high)
    elif not high - low <= sys.float_info.max:
        raise ValueError(f"{what} must be at most {sys.float_info.max:.4g}, {got}")
    elif high - low < NARROWEST:
        raise ValueError(f"{what} must be at least {NARROWEST:g}, {got}; choose a smaller unit")
    spacing = math.ulp(max(abs(low), abs(high)))
    if high - low < FEWEST_FLOATS * spacing:
        raise ValueError(
            f"{what} must be at least {FEWEST_FLOATS * spacing:.3g}, because numbers of that size "
            f"are {spacing:.3g} apart, {got}; count from low, and add it in the objective"
        )


def _listed(choices):
    """The choices in the order given, a tuple; those of an array as Python values.

    Raises:
        TypeError: a text, a set, a dict, or nothing that can be listed.
    """
    if isinstance(choices, np.ndarray) and choices.ndim and choices.dtype.kind in "biufUS":
        choices = choices.tolist()
    try:
        if isinstance(choices, (str, bytes)):
            raise TypeError
        iter(choices)
    except TypeError:
        raise TypeError(
            f"choices must be a list of values, got {choices!r:.80}; write "
            f"Categorical([{choices!r:.40}, ...])"
        ) from None
    unordered = collections.abc.Set, collections.abc.Mapping, collections.abc.ValuesView
    if isinstance(choices, unordered):
        raise TypeError(
            "choices must be a list, whose order is the same in every process, got "
            f"{choices!r:.80} ({type(choices).__name__}); write the list out"
        )
    return tuple(choices)


def _refuse_mutable(choice):
    """Refuse a choice that somebody could change while a search goes on.

    Raises:
        TypeError: it is not hashable, or is or holds a dataclass that is not frozen.
    """
    try:
        hash(choice)
    except TypeError:
        raise TypeError(
            f"choices must be hashable (a tuple, not a list), got {choice!r:.80}; or name them by "
            "texts, and look up the object in the objective"
        ) from None
    parts = choice if isinstance(choice, (tuple, frozenset)) else ()
    if dataclasses.is_dataclass(choice) and not isinstance(choice, type):
        if not choice.__dataclass_params__.frozen:
            raise TypeError(f"choices must not change: make the dataclass frozen, got {choice!r}")
        parts = [getattr(choice, field.name, None) for field in dataclasses.fields(choice)]
    for part in parts:
        _refuse_mutable(part)


class _NaN:
    """Stands for NaN, which equals nothing, where choices are compared."""


def comparable(value: object) -> object:
    """A value as it is compared: NaN with NaN, also inside a tuple."""
    if isinstance(value, tuple):
        return tuple(comparable(part) for part in value)
    return _NaN if isinstance(value, (float, np.floating)) and np.isnan(value) else value


def typed(value: object) -> tuple:
    """A value with its type: 1, 1.0 and True are equal, and three different choices."""
    inside = tuple(typed(part) for part in value) if isinstance(value, tuple) else comparable(value)
    return type(value), inside


def allowed_values(values: object) -> list:
    """The values that a `when` allows for one parent, a list."""
    return list(values) if isinstance(values, (list, set)) else [values]


def _copied(when):
    """A copy of `when`, with lists for sets, that nobody else can change."""
    if not isinstance(when, dict):
        return when  # a Space refuses it, and knows the name
    copy = {}
    for parent, allowed in when.items():
        if isinstance(allowed, set):
            allowed = sorted(allowed, key=repr)  # the order of a set is another in each process
        copy[parent] = list(allowed) if isinstance(allowed, list) else allowed
    return copy


def _set(frozen, **values):
    for name, value in values.items():
        object.__setattr__(frozen, name, value)
