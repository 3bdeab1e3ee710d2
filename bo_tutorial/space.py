"""A configuration and a point of the unit cube are two names for one thing.

People write `{"learning_rate": 0.01, "n_layers": 3}`; a kernel measures distances between points of
[0, 1]^d. A `Space` translates, one coordinate per hyperparameter, so that every search strategy of
the course works in the same cube whatever the units, the scale or the type of a hyperparameter.
"""

import math
import numbers
from dataclasses import dataclass

import numpy as np

from bo_tutorial import _validate

INACTIVE = 0.5  # the coordinate of a hyperparameter that does not apply: the same for all, so it
# adds nothing to a distance


@dataclass(frozen=True)
class Float:
    """Describe a real hyperparameter in [low, high].

    Args:
        low, high: finite bounds, both reachable, in the units of the hyperparameter.
        log: measure distance in the logarithm; 0.001 is then as far from 0.01 as 0.01 from 0.1.
        when: `{parent: value}` or `{parent: [values]}`, if it applies for these values only.

    Raises:
        TypeError, ValueError: bounds that are not numbers, not finite, reversed or equal, or not
            positive on a log scale.
    """

    low: float
    high: float
    log: bool = False
    when: dict | None = None

    def __post_init__(self):
        _validate.number("low", self.low)
        _validate.number("high", self.high)
        if not self.low < self.high:
            raise ValueError(f"low must be less than high, got low={self.low}, high={self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be positive on a log scale, got {self.low}")

    n_values = math.inf

    def to_unit(self, values):
        """Translate values, a number or an array, to coordinates in [0, 1]."""
        return np.clip(_position(values, self.low, self.high, self.log), 0.0, 1.0)

    def from_unit(self, u):
        """Translate coordinates in [0, 1], a number or an array, to values."""
        values = np.clip(_value_at(u, self.low, self.high, self.log), self.low, self.high)
        # exp(log(10)) is not 10: the ends are what they were said to be.
        return np.where(u == 0, self.low, np.where(u == 1, self.high, values))

    def snap(self, u):
        return u  # every real number is a value

    def python(self, value):
        return float(value)

    def grid(self, points):
        # Twelve digits: 0.001 rather than 0.0010000000000000002.
        values = [float(f"{value:.12g}") for value in self.from_unit(np.linspace(0, 1, points))]
        return list(dict.fromkeys(values))

    def others(self, u):
        return np.empty(0)  # a real number moves along a slope, and needs no list

    def refuse(self, name, value):
        _validate.number(name, value)
        if not self.low <= value <= self.high:
            raise ValueError(f"{name} must be in [{self.low:g}, {self.high:g}], got {value!r}")


@dataclass(frozen=True)
class Int:
    """Describe a whole-number hyperparameter in {low, ..., high}.

    Each integer owns an equal share of [low - 1/2, high + 1/2] (of its logarithm where `log`), so
    the two ends are as likely as the others; Garrido-Merchan & Hernandez-Lobato 2018,
    arXiv:1805.03463, say why a kernel must see the integer and not the real number around it.

    Args:
        low, high: integers, both reachable. log, when: as for `Float`; `log` needs low >= 1.

    Raises:
        TypeError, ValueError: bounds that are not integers, reversed or equal, or below 1 on a log
            scale.
    """

    low: int
    high: int
    log: bool = False
    when: dict | None = None

    def __post_init__(self):
        for name in ("low", "high"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, numbers.Integral):
                raise TypeError(f"{name} must be an integer, got {value!r}")
        if not self.low < self.high:
            raise ValueError(f"low must be less than high, got low={self.low}, high={self.high}")
        if self.log and self.low < 1:
            raise ValueError(f"low must be positive on a log scale, got {self.low}")

    @property
    def n_values(self):
        return int(self.high) - int(self.low) + 1

    def to_unit(self, values):
        """Translate integers to the coordinates where they lie in their shares of [0, 1]."""
        return _position(values, self.low - 0.5, self.high + 0.5, self.log)

    def from_unit(self, u):
        """Translate coordinates in [0, 1] to the integers in whose shares they lie."""
        values = _value_at(u, self.low - 0.5, self.high + 0.5, self.log)
        return np.clip(np.floor(values + 0.5), self.low, self.high).astype(int)

    def snap(self, u):
        return self.to_unit(self.from_unit(u))

    def share(self, u):
        """Return the two ends of the shares of [0, 1] in which coordinates lie."""
        values = self.from_unit(u)
        ends = self.low - 0.5, self.high + 0.5, self.log
        return _position(values - 0.5, *ends), _position(values + 0.5, *ends)

    def others(self, u):
        """Return the coordinates of the integers 1, 2, 4, 8, ... away from that at `u`."""
        steps = 2 ** np.arange(int(self.high - self.low).bit_length())
        values = self.from_unit(u) + np.concatenate([-steps[::-1], steps])
        return self.to_unit(values[(values >= self.low) & (values <= self.high)])

    def python(self, value):
        return int(value)

    def grid(self, points):
        if points >= self.n_values:
            return list(range(self.low, self.high + 1))
        between = Float(self.low, self.high, self.log).grid(points)
        return list(dict.fromkeys(math.floor(value + 0.5) for value in between))

    def refuse(self, name, value):
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise TypeError(f"{name} must be an integer, got {value!r} ({type(value).__name__})")
        if not self.low <= value <= self.high:
            raise ValueError(f"{name} must be in {{{self.low}, ..., {self.high}}}, got {value!r}")


@dataclass(frozen=True)
class Categorical:
    """Describe a choice without order: an optimizer, an activation.

    Args:
        choices: two or more distinct values (one is allowed: a constant). when: as for `Float`.

    Raises:
        TypeError, ValueError: no choices, a bare string, or a choice twice.
    """

    choices: tuple
    when: dict | None = None
    log = False

    def __post_init__(self):
        if isinstance(self.choices, (str, bytes)) or not hasattr(self.choices, "__iter__"):
            raise TypeError(f"choices must be a list of values, got {self.choices!r}")
        object.__setattr__(self, "choices", tuple(self.choices))
        if not self.choices:
            raise ValueError("choices must hold at least one value, got none")
        for i, choice in enumerate(self.choices):
            if isinstance(choice, (list, dict, set, np.ndarray)):
                raise TypeError(f"choices must be hashable (a tuple, not a list), got {choice!r}")
            if choice in self.choices[:i]:
                raise ValueError(f"choices must be distinct, got {choice!r} twice")

    @property
    def n_values(self):
        return len(self.choices)

    def to_unit(self, value):
        """Translate one choice to the middle of its share of [0, 1]."""
        return (self.choices.index(value) + 0.5) / len(self.choices)

    def from_unit(self, u):
        """Translate coordinates in [0, 1] to the choices in whose shares they lie."""
        choices = np.empty(len(self.choices), dtype=object)
        choices[:] = self.choices
        return choices[self._share(u)]

    def snap(self, u):
        return (self._share(u) + 0.5) / len(self.choices)

    def others(self, u):
        """Return the coordinates of all choices but that at `u`."""
        return (np.delete(np.arange(self.n_values), self._share(u)) + 0.5) / self.n_values

    def python(self, value):
        return value

    def _share(self, u):
        return np.minimum((np.asarray(u) * len(self.choices)).astype(int), len(self.choices) - 1)

    def grid(self, points):
        return list(self.choices)

    def refuse(self, name, value):
        if value not in self.choices:
            raise ValueError(f"{name} must be one of {list(self.choices)}, got {value!r}")


class Space:
    """Name the hyperparameters of a problem and translate configurations to points and back.

    Args:
        **hyperparameters: name = `Float`, `Int` or `Categorical`. A hyperparameter with `when=`
            comes after the one that it depends on.

    Raises:
        TypeError, ValueError: an empty space, something that is no hyperparameter, or a `when=`
            that names an unknown (or later) hyperparameter or a value which that one never takes.

    Example:
        >>> space = Space(learning_rate=Float(1e-4, 1.0, log=True), n_layers=Int(1, 5))
        >>> space.from_unit([0.5, 0.0])
        {'learning_rate': 0.01, 'n_layers': 1}
    """

    def __init__(self, **hyperparameters):
        if not hyperparameters:
            raise ValueError("a Space must have at least one hyperparameter, got none")
        self._dimensions = {}
        for name, dimension in hyperparameters.items():
            if not isinstance(dimension, (Float, Int, Categorical)):
                raise TypeError(f"{name} must be a Float, Int or Categorical, got {dimension!r}")
            self._refuse_condition(name, dimension.when)
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

    def __getitem__(self, name):
        return self._dimensions[name]

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
            active = _applies(dimension, config)
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
                dimension.to_unit(config[name]) if name in config else INACTIVE
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
            if _applies(dimension, config):
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
        """
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
            raise ValueError(f"points must name {self.names}, got {sorted(points)}")
        axes = [
            dimension.grid(_validate.whole_number(f"points ({name})", points[name], 2))
            for name, dimension in self._dimensions.items()
        ]
        configs = [{}]
        for (name, dimension), values in zip(self._dimensions.items(), axes, strict=True):
            longer = []
            for config in configs:
                if _applies(dimension, config):
                    longer += [config | {name: value} for value in values]
                else:
                    longer.append(config)
            configs = longer
        return configs

    def applies(self, U):
        """Say which hyperparameters apply in each row of `U` (n, d), booleans of that shape."""
        applies = np.ones(np.shape(U), dtype=bool)
        for j, dimension in enumerate(self._dimensions.values()):
            for parent, allowed in (dimension.when or {}).items():
                i = self.names.index(parent)
                values = self._dimensions[parent].from_unit(U[:, i])
                hits = [value in _allowed(allowed) for value in values]
                applies[:, j] &= applies[:, i] & np.array(hits, dtype=bool)
        return applies

    def _refuse_condition(self, name, when):
        if when is None:
            return
        if not isinstance(when, dict) or not when:
            raise TypeError(f"when of {name} must be a dict {{parent: value}}, got {when!r}")
        for parent, allowed in when.items():
            if parent not in self._dimensions:
                raise ValueError(
                    f"when of {name} must name a hyperparameter declared before it, got "
                    f"{parent!r}; declared so far: {list(self._dimensions)}"
                )
            for value in _allowed(allowed):
                try:
                    self._dimensions[parent].refuse(parent, value)
                except (TypeError, ValueError) as error:
                    raise ValueError(f"when of {name} can never hold: {error}") from None


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


def _allowed(values):
    return values if isinstance(values, (list, set)) else [values]


def _applies(dimension, config):
    """Whether a hyperparameter applies, given the values of those declared before it."""
    return dimension.when is None or all(
        parent in config and config[parent] in _allowed(allowed)
        for parent, allowed in dimension.when.items()
    )
