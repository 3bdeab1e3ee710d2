"""A configuration and a point of the unit cube are two names for one thing.

People write `{"learning_rate": 0.01, "n_layers": 3}`; a kernel measures distances between points of
[0, 1]^d. A `Space` translates, one coordinate per hyperparameter, so that every search strategy of
the course works in the same cube whatever the units, the scale or the type of a hyperparameter.
"""

import collections.abc
import dataclasses
import math
import numbers
import sys
from dataclasses import dataclass

import numpy as np

from bo_tutorial import _validate

INACTIVE = 0.5  # the coordinate of a hyperparameter that does not apply: the same for all, so it
# adds nothing to a distance

# What a cube of double-precision coordinates can tell apart.
FEWEST_FLOATS = 1024  # between the two bounds of a Float: fewer are a list of choices
NARROWEST = 1e-290  # high - low; the coordinates of a narrower one would be subnormal numbers
SMALLEST_LOG = sys.float_info.min  # below it, numbers lose their digits
LARGEST_INT = 2**48  # beyond 2**50 the ends of the integers' shares are rounded away
LARGEST_LOG_INT = 2**40  # beyond 2**46, on a log scale


class _Hyperparameter:
    """What the three kinds share: they are equal if they mean the same, however it is written."""

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return self._limits() == other._limits() and _same_conditions(self.when, other.when)

    def __hash__(self):
        return hash((type(self), self._limits(), frozenset(self.when or ())))

    def __repr__(self):
        when = f", when={self.when}" if self.when else ""
        return f"{type(self).__name__}({self._words()}{when})"


@dataclass(frozen=True, eq=False, repr=False)
class Float(_Hyperparameter):
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

    def __post_init__(self):
        written = self.low, self.high, self.log, self.when
        low, high = _float("low", self.low), _float("high", self.high)
        log = _scale("Float", *written[:3])
        if not low < high:
            raise ValueError(f"low must be less than high, got low={self.low}, high={self.high}")
        if log and low <= 0:
            raise ValueError(f"low must be positive on a log scale, got {self.low}")
        _set(self, low=low, high=high, log=log, when=_copied(self.when), _written=written)
        self._refuse_unresolved()

    n_values = math.inf  # how many values there are, as for the other kinds

    def to_unit(self, values):
        """Translate values, a number or an array, to coordinates in [0, 1]."""
        return np.clip(_position(values, self.low, self.high, self.log), 0.0, 1.0)

    def from_unit(self, u):
        """Translate coordinates in [0, 1], a number or an array, to values."""
        values = np.clip(_value_at(u, self.low, self.high, self.log), self.low, self.high)
        # exp(log(10)) is not 10: the ends are what they were said to be.
        return np.where(u == 0, self.low, np.where(u == 1, self.high, values))

    def snap(self, u):
        """Return the coordinates `u` themselves: every real number is a value."""
        return u

    def python(self, value):
        """Return a value as a Python float."""
        return float(value)

    def grid(self, points):
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

    def others(self, u):
        """Return no coordinates: a real number moves along a slope, and needs no list."""
        return np.empty(0)

    def refuse(self, name, value):
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

    def _refuse_unresolved(self):
        """Refuse bounds between which the coordinates of the cube cannot tell values apart."""
        low, high, got = self.low, self.high, f"got low={self.low!r}, high={self.high!r}"
        if self.log:
            if low < SMALLEST_LOG:
                raise ValueError(f"low must be at least {SMALLEST_LOG:.4g} on a log scale, {got}")
            _refuse_few("log(high) - log(low)", math.log(low), math.log(high), got)
        elif not high - low <= sys.float_info.max:
            raise ValueError(f"high - low must be at most {sys.float_info.max:.4g}, {got}")
        elif high - low < NARROWEST:
            raise ValueError(
                f"high - low must be at least {NARROWEST:g}, {got}; choose a smaller unit"
            )
        _refuse_few("high - low", low, high, got)

    def _limits(self):
        return self.low, self.high, self.log

    def _words(self):
        return f"{self.low!r}, {self.high!r}" + (", log=True" if self.log else "")


@dataclass(frozen=True, eq=False, repr=False)
class Int(_Hyperparameter):
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

    def __post_init__(self):
        for name in ("low", "high"):
            value = getattr(self, name)
            if not _validate.is_whole(value):
                raise TypeError(f"{name} must be an integer, got {value!r}")
        written = self.low, self.high, self.log, self.when
        log = _scale("Int", *written[:3])
        step = _validate.whole_number("step", self.step, 1)
        low, high = int(self.low), int(self.high)
        _set(self, low=low, high=high, log=log, when=_copied(self.when), step=step)
        self._refuse_unresolved()
        if not low < high:
            raise ValueError(f"low must be less than high, got low={low}, high={high}")
        if log and low < 1:
            raise ValueError(f"low must be positive on a log scale, got {low}")
        self._refuse_step()
        _set(self, _written=written, _ends=(low - step / 2, high + step / 2, log))

    @property
    def n_values(self):
        """How many values there are."""
        return (self.high - self.low) // self.step + 1

    def to_unit(self, values):
        """Translate integers to the coordinates where they lie in their shares of [0, 1]."""
        return _position(values, *self._ends)

    def from_unit(self, u):
        """Translate coordinates in [0, 1] to the integers in whose shares they lie."""
        values = _value_at(u, *self._ends)
        rest = self.low % self.step  # of every value, divided by step
        values = np.floor((values - rest) / self.step + 0.5) * self.step + rest
        return np.clip(values, self.low, self.high).astype(np.int64)

    def snap(self, u):
        """Move coordinates to where the integers lie in whose shares they are."""
        return self.to_unit(self.from_unit(u))

    def share(self, u):
        """Return the two ends of the shares of [0, 1] in which coordinates lie."""
        values, half = self.from_unit(u), self.step / 2
        return _position(values - half, *self._ends), _position(values + half, *self._ends)

    def others(self, u):
        """Return the coordinates of the integers 1, 2, 4, 8, ... steps away from that at `u`."""
        steps = self.step * 2 ** np.arange((self.n_values - 1).bit_length(), dtype=np.int64)
        values = self.from_unit(u) + np.concatenate([-steps[::-1], steps])
        return self.to_unit(values[(values >= self.low) & (values <= self.high)])

    def python(self, value):
        """Return a value as a Python int."""
        return int(value)

    def grid(self, points):
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

    def refuse(self, name, value):
        """Refuse a value that is not of this hyperparameter, which is called `name`.

        Raises:
            TypeError: not an integer. ValueError: out of range, or between two steps.
        """
        got = f"got {_validate.shown(value)}"
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

    def _refuse_unresolved(self):
        largest, on, instead = LARGEST_INT, "", "; count from a number nearby, and add that"
        if self.log:
            largest, on, instead = LARGEST_LOG_INT, " on a log scale", ""
        for name, value in (("low", self.low), ("high", self.high)):
            if abs(value) > largest:
                got = value if abs(value) < 10**40 else f"a number of {value.bit_length()} bits"
                raise ValueError(
                    f"{name} must be at most {largest} = 2**{largest.bit_length() - 1} in size"
                    f"{on}, where the cube still tells neighbors apart, got {got}{instead}"
                )

    def _limits(self):
        return self.low, self.high, self.log, self.step

    def _words(self):
        log = ", log=True" if self.log else ""
        return f"{self.low}, {self.high}{log}" + (f", step={self.step}" if self.step != 1 else "")


@dataclass(frozen=True, eq=False, repr=False)
class Categorical(_Hyperparameter):
    """Describe a choice without order: an optimizer, an activation.

    Args:
        choices: two or more distinct values (one is allowed: a constant), which are hashable and
            in an order: a list, not a set. when: as for `Float`.

    Raises:
        TypeError, ValueError: no choices, a bare string, a set or a dict, a choice that can be
            changed from outside (a list, a dict, an array, a dataclass that is not frozen, also
            inside a tuple), or two that are equal, as 1, 1.0 and True are.
    """

    choices: tuple
    when: dict | None = None
    log = False

    def __post_init__(self):
        choices = _listed(self.choices)
        if not choices:
            raise ValueError("choices must hold at least one value, got none")
        places, values = {}, np.empty(len(choices), dtype=object)
        for i, choice in enumerate(choices):
            _refuse_mutable(choice)
            key = _key(choice)
            if key in places:
                one, other = _validate.shown(choices[places[key]]), _validate.shown(choice)
                twice = f"{one} twice" if one == other else f"{one} and {other}, which are equal"
                raise ValueError(f"choices must be distinct, got {twice}")
            # One by one: numpy would take a list of tuples for a table.
            places[key], values[i] = i, choice
        _set(self, choices=choices, when=_copied(self.when), _places=places, _values=values)
        _set(self, _written=(choices, self.when))

    @property
    def n_values(self):
        """How many choices there are."""
        return len(self.choices)

    def to_unit(self, value):
        """Translate one choice to the middle of its share of [0, 1].

        Raises:
            ValueError: not one of the choices.
        """
        return (self._place("value", value) + 0.5) / len(self.choices)

    def from_unit(self, u):
        """Translate coordinates in [0, 1] to the choices in whose shares they lie."""
        return self._values[self._share(u)]

    def snap(self, u):
        """Move coordinates to the middle of the shares of [0, 1] in which they lie."""
        return (self._share(u) + 0.5) / len(self.choices)

    def others(self, u):
        """Return the coordinates of all choices but that at `u`."""
        return (np.delete(np.arange(self.n_values), self._share(u)) + 0.5) / self.n_values

    def python(self, value):
        """Return the choice that equals `value`: the very object that the space was given."""
        return self.choices[self._place("value", value)]

    def grid(self, points):
        """List all choices, whatever `points` is."""
        return list(self.choices)

    def refuse(self, name, value):
        """Refuse a value that is not of this hyperparameter, which is called `name`.

        Raises:
            ValueError: not one of the choices.
        """
        self._place(name, value)

    def _place(self, name, value):
        """The index of a choice."""
        try:
            return self._places[_key(value)]
        except (KeyError, TypeError):  # not there, or not even hashable
            choices, got = _validate.shown(list(self.choices)), _validate.shown(value)
            raise ValueError(f"{name} must be one of {choices}, got {got}") from None

    def _share(self, u):
        return np.minimum((np.asarray(u) * len(self.choices)).astype(int), len(self.choices) - 1)

    def _limits(self):
        return tuple(_typed(choice) for choice in self.choices)

    def _words(self):
        return f"{list(self.choices)!r}"


class Space:
    """Name the hyperparameters of a problem and translate configurations to points and back.

    Args:
        **hyperparameters: name = `Float`, `Int` or `Categorical`. A hyperparameter with `when=`
            comes after the one that it depends on.

    A space is a mapping of names to hyperparameters: `space["n_layers"]`, `len(space)`,
    `"n_layers" in space` and iteration over the names work. Two spaces are equal if they mean the
    same, in the same order.

    Raises:
        TypeError, ValueError: an empty space, something that is no hyperparameter, or a `when=`
            that names an unknown (or later) hyperparameter or a value which that one never takes.

    Example:
        >>> space = Space(learning_rate=Float(1e-4, 1.0, log=True), n_layers=Int(1, 5))
        >>> space.from_unit([0.5, 0.0])
        {'learning_rate': 0.01, 'n_layers': 1}
    """

    def __init__(self, /, *misplaced, **hyperparameters):
        if misplaced:
            raise TypeError(
                f"a Space takes its hyperparameters by name, got {misplaced[0]!r:.80}; "
                f"write {space_in_words(misplaced[0])}"
            )
        if not hyperparameters:
            raise ValueError("a Space must have at least one hyperparameter, got none")
        self._dimensions, self._conditions = {}, {}
        for name, dimension in hyperparameters.items():
            if not isinstance(dimension, _Hyperparameter):
                raise TypeError(
                    f"{name} must be a Float, Int or Categorical, got {dimension!r:.80}; write "
                    f"{name}={' or '.join(_in_words(dimension))}"
                )
            self._conditions[name] = self._condition(name, dimension.when)
            self._dimensions[name] = dimension

    @property
    def names(self):
        """The hyperparameters' names, in the order of the cube's axes."""
        return list(self._dimensions)

    @property
    def d(self):
        """The number of hyperparameters: the dimension of the cube."""
        return len(self._dimensions)

    @property
    def categorical(self):
        """The columns of the cube whose order means nothing, a tuple of indices."""
        kinds = self._dimensions.values()
        return tuple(i for i, kind in enumerate(kinds) if isinstance(kind, Categorical))

    @property
    def n_configurations(self):
        """How many configurations there are, conditions not counted; `math.inf` with a `Float`."""
        return math.prod(dimension.n_values for dimension in self._dimensions.values())

    @property
    def conditions(self):
        """What each hyperparameter depends on: {name: {parent: tuple of its values}}.

        Empty where it always applies. The values are those of the parent, without copies and in
        the parent's order, however `when=` was written.
        """
        return {name: dict(condition) for name, condition in self._conditions.items()}

    def __getitem__(self, name):
        try:
            return self._dimensions[name]
        except (KeyError, TypeError):
            raise KeyError(
                f"this space has no hyperparameter {name!r}; it has {self.names}"
            ) from None

    def __contains__(self, name):
        return name in self._dimensions

    def __iter__(self):
        return iter(self._dimensions)

    def __len__(self):
        return len(self._dimensions)

    def __eq__(self, other):
        return self._meaning() == other._meaning() if isinstance(other, Space) else NotImplemented

    def __hash__(self):
        return hash(self._meaning())

    def __repr__(self):
        inside = ", ".join(f"{name}={kind}" for name, kind in self._dimensions.items())
        return f"Space({inside})"

    def validate(self, config):
        """Refuse a configuration that is not of this space.

        Raises:
            TypeError, ValueError: not a dict, an unknown or missing name, a value out of range or
                of the wrong type, or a value for a hyperparameter that does not apply.
        """
        if not isinstance(config, dict):
            raise TypeError(f"config must be a dict of {self.names}, got {config!r:.80}")
        for name in config:
            if name not in self._dimensions:
                raise ValueError(
                    f"config has the unknown name {name!r}; this space has {self.names}"
                )
        for name, dimension in self._dimensions.items():
            active = self._is_active(name, config)
            if active and name not in config:
                raise ValueError(f"config must give {name!r} ({dimension}), got {config}")
            if not active and name in config:
                raise ValueError(
                    f"config must leave out {name!r}, which applies only when {dimension.when}, "
                    f"got {config}"
                )
            if active:
                dimension.refuse(name, config[name])

    def to_unit(self, config):
        """Return the point of the unit cube that stands for `config`, shape (d,).

        A hyperparameter that does not apply has the coordinate 1/2, so that configurations which
        are equal are at distance 0.

        Raises:
            TypeError, ValueError: as `validate`.
        """
        self.validate(config)
        return np.array(
            [
                # As a Python number: np.float32 would be computed with in 7 digits.
                dimension.to_unit(dimension.python(config[name])) if name in config else INACTIVE
                for name, dimension in self._dimensions.items()
            ]
        )

    def from_unit(self, u):
        """Return the configuration at the point `u` of the unit cube, shape (d,).

        Raises:
            ValueError: another shape, or a coordinate outside [0, 1].
        """
        u = _validate.vector("u", u, self.d, "hyperparameter")
        if u.min() < 0 or u.max() > 1:
            raise ValueError(f"u must lie in [0, 1], got {u}")
        config = {}
        for coordinate, (name, dimension) in zip(u, self._dimensions.items(), strict=True):
            if self._is_active(name, config):
                config[name] = dimension.python(dimension.from_unit(coordinate))
        return config

    def snap(self, U):
        """Move each row of `U` (n, d) to the point of the configuration that it stands for.

        Integers and categories move to the middle of their share of the axis, hyperparameters
        that do not apply to 1/2: what a kernel sees is then what would be evaluated.
        """
        columns = zip(self._dimensions.values(), U.T, strict=True)
        snapped = np.column_stack([dimension.snap(column) for dimension, column in columns])
        return np.where(self.applies(U), snapped, INACTIVE)

    def continuous(self, U):
        """Say which coordinates of each row of `U` (n, d) can move a little and mean another value.

        True for a `Float` that applies; false for integers, categories and what does not apply.
        """
        kinds = [isinstance(dimension, Float) for dimension in self._dimensions.values()]
        return np.array(kinds) & self.applies(U)

    def neighbors(self, U):
        """List the points that differ from a row of `U` (n, d) in one integer or category.

        A category becomes each other choice, an integer each that lies 1, 2, 4, 8, ... away. What
        applies only after the change is in the middle of its axis.

        Returns:
            Shape (m, d), snapped; m is 0 where there are real numbers only.
        """
        changed = [np.empty((0, self.d))]
        for u, applies in zip(U, self.applies(U), strict=True):
            for j, dimension in enumerate(self._dimensions.values()):
                if applies[j]:
                    others = dimension.others(u[j])
                    changed.append(np.tile(u, (len(others), 1)))
                    changed[-1][:, j] = others
        return self.snap(np.concatenate(changed))

    def configurations(self):
        """List all configurations of a finite space.

        Raises:
            ValueError: the space has a `Float`.
        """
        if math.isinf(self.n_configurations):
            raise ValueError("configurations needs a space without a Float, got one that has some")
        return self.grid({name: max(2, kind.n_values) for name, kind in self._dimensions.items()})

    def sample(self, rng):
        """Return one configuration, uniform over the unit cube.

        Args:
            rng: a `numpy.random.Generator`.

        Raises:
            TypeError: it is something else, such as a seed.
        """
        if not hasattr(rng, "random"):
            raise TypeError(f"rng must be a generator, got {rng!r:.80}: np.random.default_rng(0)")
        return self.from_unit(rng.random(self.d))

    def grid(self, points):
        """Return the Cartesian product of `points` values per hyperparameter, the last fastest.

        Numbers are evenly spaced from `low` to `high` on their scale (integers rounded, each
        once); a categorical gives all its choices. Configurations that conditions make equal
        appear once.

        Args:
            points: an integer of 2 or more, or a dict with one for each name.

        Returns:
            A list of configurations.
        """
        if not isinstance(points, dict):
            points = dict.fromkeys(self.names, points)
        if set(points) != set(self.names):
            raise ValueError(f"points must name {self.names}, got {list(points)}")
        axes = [
            dimension.grid(_validate.whole_number(f"points ({name})", points[name], 2))
            for name, dimension in self._dimensions.items()
        ]
        configs = [{}]
        for name, values in zip(self._dimensions, axes, strict=True):
            longer = []
            for config in configs:
                if self._is_active(name, config):
                    longer += [config | {name: value} for value in values]
                else:
                    longer.append(config)
            configs = longer
        return configs

    def applies(self, U):
        """Say which hyperparameters apply in each row of `U` (n, d), booleans of that shape."""
        applies = np.ones(np.shape(U), dtype=bool)
        for j, condition in enumerate(self._conditions.values()):
            for parent, allowed in condition.items():
                i = self.names.index(parent)
                values = self._dimensions[parent].from_unit(U[:, i])
                hits = [value in allowed for value in values]
                applies[:, j] &= applies[:, i] & np.array(hits, dtype=bool)
        return applies

    def _is_active(self, name, config):
        """Whether a hyperparameter applies, given the values of those declared before it."""
        return all(
            parent in config and _key(config[parent]) in map(_key, allowed)
            for parent, allowed in self._conditions[name].items()
        )

    def _condition(self, name, when):
        """What `when` means: {parent: the values of the parent for which `name` applies}.

        Raises:
            TypeError, ValueError: it names no hyperparameter declared before, or no value of it.
        """
        if when is None:
            return {}
        if not isinstance(when, dict) or not when:
            raise TypeError(f"when of {name} must be a dict {{parent: value}}, got {when!r}")
        meant = {}
        for parent, allowed in when.items():
            if parent not in self._dimensions:
                raise ValueError(
                    f"when of {name} must name a hyperparameter declared before it, got "
                    f"{parent!r}; declared so far: {list(self._dimensions)}"
                )
            kind, values = self._dimensions[parent], _allowed(allowed)
            if not values:
                raise ValueError(f"when of {name} must give a value of {parent}, got {allowed!r}")
            for value in values:
                try:
                    kind.refuse(parent, value)
                except (TypeError, ValueError) as error:
                    several = isinstance(value, (tuple, frozenset, range, np.ndarray))
                    hint = f"; write a list, {list(value)!r:.80}" if several else ""
                    raise ValueError(f"when of {name} can never hold: {error}{hint}") from None
            values = dict.fromkeys(kind.python(value) for value in values)
            meant[parent] = tuple(sorted(values, key=lambda value: float(kind.to_unit(value))))
        return meant

    def _meaning(self):
        """What two equal spaces have in common, hashable."""
        return tuple(
            (
                name,
                type(kind),
                kind._limits(),
                _typed(tuple(sorted(self._conditions[name].items()))),
            )
            for name, kind in self._dimensions.items()
        )


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


def _refuse_few(what, low, high, got):
    spacing = math.ulp(max(abs(low), abs(high)))
    if high - low < FEWEST_FLOATS * spacing:
        raise ValueError(
            f"{what} must be at least {FEWEST_FLOATS * spacing:.3g}, because numbers of that size "
            f"are {spacing:.3g} apart, {got}; count from low, and add it in the objective"
        )


def _scale(kind, low, high, log):
    """`log` as a bool.

    Raises:
        TypeError: it is something else; the message says what to write.
    """
    is_number = isinstance(log, numbers.Integral) and not isinstance(log, bool)
    if isinstance(log, (bool, np.bool_)) or (is_number and log in (0, 1)):
        return bool(log)
    write = f"{kind}({low}, {high}, log=True) for a log scale"
    if isinstance(log, dict):
        write = f"{kind}({low}, {high}, when={log!r})"
    elif is_number and kind == "Int":
        write = f"Int({low}, {high}, step={log}) for a step, or {write}"
    raise TypeError(f"log must be True or False, got {log!r:.80}; write {write}")


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
        parts = [getattr(choice, field.name) for field in dataclasses.fields(choice)]
    for part in parts:
        _refuse_mutable(part)


class _NaN:
    """Stands for NaN, which equals nothing, where choices are compared."""


def _key(value):
    """A value as it is compared: NaN with NaN, also inside a tuple."""
    if isinstance(value, tuple):
        return tuple(_key(part) for part in value)
    return _NaN if isinstance(value, (float, np.floating)) and np.isnan(value) else value


def _typed(value):
    """A value with its type: 1, 1.0 and True are equal, and three different choices."""
    inside = tuple(_typed(part) for part in value) if isinstance(value, tuple) else _key(value)
    return type(value), inside


def _allowed(values):
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


def _same_conditions(one, other):
    """Whether two `when` mean the same: neither order nor `value` for `[value]` matter."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one == other
    return one.keys() == other.keys() and all(
        all(value in _allowed(other[parent]) for value in _allowed(one[parent]))
        and all(value in _allowed(one[parent]) for value in _allowed(other[parent]))
        for parent in one
    )


def _set(frozen, **values):
    for name, value in values.items():
        object.__setattr__(frozen, name, value)


def space_in_words(given):
    """Say what to write for a space that was given as something else, such as a dict."""
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        return "bo.Space(learning_rate=bo.Float(1e-4, 1.0, log=True), ...)"
    if given and all(isinstance(value, _Hyperparameter) for value in given.values()):
        return "bo.Space(**{...}), with two stars before the dict"
    items = (f"{name}={_in_words(value)[0]}" for name, value in given.items())
    return f"bo.Space({', '.join(items):.200})"


def _in_words(value):
    """What to write for a hyperparameter that was given as something else: likely ones first."""
    if isinstance(value, _Hyperparameter):
        return [f"bo.{value!r}"]
    if isinstance(value, type) and issubclass(value, _Hyperparameter):
        return [f"bo.{value.__name__}(...)"]
    if isinstance(value, range) and len(value) > 1:
        step = f", step={value.step}" if value.step != 1 else ""
        return [f"bo.Int({value[0]}, {value[-1]}{step})"]
    if isinstance(value, (list, tuple)):
        choices = f"bo.Categorical({list(value)!r:.80})"
        if not _are_bounds(value[:2]):
            return [choices]
        low, high = value[:2]
        if len(value) == 3 and isinstance(value[2], str) and "log" in value[2]:
            return [f"bo.Float({low}, {high}, log=True)"]
        if len(value) > 2:
            return [choices]
        whole = isinstance(low, numbers.Integral) and isinstance(high, numbers.Integral)
        return [f"bo.Float({low}, {high})", *([f"bo.Int({low}, {high})"] if whole else []), choices]
    if isinstance(value, (str, numbers.Number)):
        return [f"bo.Categorical([{value!r:.40}, ...])"]
    return ["bo.Float(low, high)", "bo.Int(low, high)", "bo.Categorical([...])"]


def _are_bounds(pair):
    is_number = [isinstance(each, numbers.Real) and not isinstance(each, bool) for each in pair]
    return len(pair) == 2 and all(is_number)
