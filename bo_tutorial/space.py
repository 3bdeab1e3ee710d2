"""A configuration and a point of the unit cube are two names for one thing.

People write `{"learning_rate": 0.01, "n_layers": 3}`; a kernel measures distances between points of
[0, 1]^d. A `Space` translates, one coordinate per hyperparameter, so that every search strategy of
the course works in the same cube whatever the units, the scale or the type of a hyperparameter.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from bo_tutorial import _validate
from bo_tutorial._words import hyperparameter_in_words, space_in_words
from bo_tutorial.hyperparameters import (
    Categorical,
    Float,
    Hyperparameter,
    Int,
    allowed_values,
    comparable,
    typed,
)

Kind = Float | Int | Categorical
__all__ = ["INACTIVE", "Categorical", "Float", "Int", "Space"]

INACTIVE = 0.5  # the coordinate of a hyperparameter that does not apply: the same for all, so it
# adds nothing to a distance


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
        >>> space.from_unit([0.0, 1.0])
        {'learning_rate': 0.0001, 'n_layers': 5}
    """

    def __init__(self, /, *misplaced: object, **hyperparameters: Kind) -> None:
        if misplaced:
            raise TypeError(
                f"a Space takes its hyperparameters by name, got {misplaced[0]!r:.80}; "
                f"write {space_in_words(misplaced[0])}"
            )
        if not hyperparameters:
            raise ValueError("a Space must have at least one hyperparameter, got none")
        self._dimensions: dict[str, Kind] = {}
        self._conditions: dict[str, dict] = {}
        self._allowed: dict[str, dict] = {}  # the same as sets, to look up one of many values
        for name, dimension in hyperparameters.items():
            if not isinstance(dimension, Hyperparameter):
                raise TypeError(
                    f"{name} must be a Float, Int or Categorical, got {dimension!r:.80}; write "
                    f"{name}={' or '.join(hyperparameter_in_words(dimension))}"
                )
            self._conditions[name] = self._condition(name, dimension.when)
            self._allowed[name] = {
                parent: frozenset(map(comparable, values))
                for parent, values in self._conditions[name].items()
            }
            self._dimensions[name] = dimension

    @property
    def names(self) -> list[str]:
        """The hyperparameters' names, in the order of the cube's axes."""
        return list(self._dimensions)

    @property
    def d(self) -> int:
        """The number of hyperparameters: the dimension of the cube."""
        return len(self._dimensions)

    @property
    def categorical(self) -> tuple[int, ...]:
        """The columns of the cube whose order means nothing, a tuple of indices."""
        kinds = self._dimensions.values()
        return tuple(i for i, kind in enumerate(kinds) if isinstance(kind, Categorical))

    @property
    def n_configurations(self) -> int | float:
        """How many configurations there are, conditions not counted; `math.inf` with a `Float`."""
        return math.prod(dimension.n_values for dimension in self._dimensions.values())

    @property
    def conditions(self) -> dict[str, dict]:
        """What each hyperparameter depends on: {name: {parent: tuple of its values}}.

        Empty where it always applies. The values are those of the parent, without copies and in
        the parent's order, however `when=` was written.
        """
        return {name: dict(condition) for name, condition in self._conditions.items()}

    def __getitem__(self, name: str) -> Kind:
        try:
            return self._dimensions[name]
        except (KeyError, TypeError):
            raise KeyError(
                f"this space has no hyperparameter {name!r}; it has {self.names}"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._dimensions

    def __iter__(self) -> Iterator[str]:
        return iter(self._dimensions)

    def __len__(self) -> int:
        return len(self._dimensions)

    def __eq__(self, other: object) -> bool:
        return self._meaning() == other._meaning() if isinstance(other, Space) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._meaning())

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={kind}" for name, kind in self._dimensions.items())
        return f"Space({inside})"

    def validate(self, config: dict) -> None:
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

    def to_unit(self, config: dict) -> np.ndarray:
        """Return the point of the unit cube that stands for `config`, shape (d,).

        A hyperparameter that does not apply has the coordinate 1/2, so that configurations which
        are equal are at distance 0.

        Raises:
            TypeError, ValueError: as `validate`.
        """
        self.validate(config)
        return np.array(self._coordinates(config))

    def _coordinates(self, config):
        return [
            # As a Python number: np.float32 would be computed with in 7 digits.
            dimension.to_unit(dimension.python(config[name])) if name in config else INACTIVE
            for name, dimension in self._dimensions.items()
        ]

    def from_unit(self, u: ArrayLike) -> dict:
        """Return the configuration at the point `u` of the unit cube, shape (d,).

        Raises:
            ValueError: another shape, or a coordinate outside [0, 1].
        """
        u = _validate.vector("u", u, self.d, "hyperparameter")
        if u.min() < 0 or u.max() > 1:
            raise ValueError(f"u must lie in [0, 1], got {u}")
        config: dict = {}
        for coordinate, (name, dimension) in zip(u, self._dimensions.items(), strict=True):
            if self._is_active(name, config):
                config[name] = dimension.python(dimension.from_unit(coordinate))
        return config

    def snap(self, U: np.ndarray) -> np.ndarray:
        """Move each row of `U` (n, d) to the point of the configuration that it stands for.

        Integers and categories move to the middle of their share of the axis, hyperparameters
        that do not apply to 1/2: what a kernel sees is then what would be evaluated.
        """
        columns = zip(self._dimensions.values(), U.T, strict=True)
        snapped = np.column_stack([dimension.snap(column) for dimension, column in columns])
        return np.where(self.applies(U), snapped, INACTIVE)

    def continuous(self, U: np.ndarray) -> np.ndarray:
        """Say which coordinates of each row of `U` (n, d) can move a little and mean another value.

        True for a `Float` that applies; false for integers, categories and what does not apply.
        """
        kinds = [isinstance(dimension, Float) for dimension in self._dimensions.values()]
        return np.array(kinds) & self.applies(U)

    def neighbors(self, U: np.ndarray) -> np.ndarray:
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

    def configurations(self) -> list[dict]:
        """List all configurations of a finite space.

        Raises:
            ValueError: the space has a `Float`.
        """
        if math.isinf(self.n_configurations):
            raise ValueError("configurations needs a space without a Float, got one that has some")
        return self.grid({name: max(2, kind.n_values) for name, kind in self._dimensions.items()})

    def points(self) -> np.ndarray:
        """Return the points of all `configurations`, in their order, shape (n, d).

        Raises:
            ValueError: the space has a `Float`.
        """
        return np.array([self._coordinates(config) for config in self.configurations()])

    def sample(self, rng: np.random.Generator) -> dict:
        """Return one configuration, uniform over the unit cube.

        Args:
            rng: a `numpy.random.Generator`.

        Raises:
            TypeError: it is something else, such as a seed.
        """
        if not hasattr(rng, "random"):
            raise TypeError(f"rng must be a generator, got {rng!r:.80}: np.random.default_rng(0)")
        return self.from_unit(rng.random(self.d))

    def grid(self, points: int | dict) -> list[dict]:
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
        configs: list[dict] = [{}]
        for name, values in zip(self._dimensions, axes, strict=True):
            longer = []
            for config in configs:
                if self._is_active(name, config):
                    longer += [config | {name: value} for value in values]
                else:
                    longer.append(config)
            configs = longer
        return configs

    def applies(self, U: np.ndarray) -> np.ndarray:
        """Say which hyperparameters apply in each row of `U` (n, d), booleans of that shape."""
        applies = np.ones(np.shape(U), dtype=bool)
        for j, condition in enumerate(self._allowed.values()):
            for parent, allowed in condition.items():
                i = self.names.index(parent)
                values = self._dimensions[parent].from_unit(U[:, i])
                hits = [comparable(value) in allowed for value in values]
                applies[:, j] &= applies[:, i] & np.array(hits, dtype=bool)
        return applies

    def _is_active(self, name, config):
        """Whether a hyperparameter applies, given the values of those declared before it."""
        return all(
            parent in config and comparable(config[parent]) in allowed
            for parent, allowed in self._allowed[name].items()
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
            kind, values = self._dimensions[parent], allowed_values(allowed)
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
        conditions = {name: tuple(sorted(each.items())) for name, each in self._conditions.items()}
        return tuple(
            (name, type(kind), kind.limits(), typed(conditions[name]))
            for name, kind in self._dimensions.items()
        )
