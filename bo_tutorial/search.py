"""Strategies that forget: random, Sobol and grid search.

None of them looks at a value before it asks the next question.
"""

import functools
import math

import numpy as np

from bo_tutorial.space import Space
from bo_tutorial.strategy import SpaceExhausted, Strategy


class RandomSearch(Strategy):
    """Draw each configuration uniformly from the unit cube, independent of all others.

    Source: Bergstra & Bengio 2012, JMLR 13, 281-305.
    """

    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return a configuration drawn at random, whatever the trials say."""
        return self.space.sample(rng)


class SobolSearch(Strategy):
    """Walk along a scrambled Sobol sequence: as blind as random search, but evenly spread.

    Source: Sobol' 1967; the scrambling is Owen 1998, as SciPy implements it.
    """

    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return the configuration at point `number` of the sequence."""
        return self.space.from_unit(sobol_points(self.space.d, number + 1, self.seed)[number])


class GridSearch(Strategy):
    """Try every configuration of a grid in turn, the last hyperparameter fastest.

    Args:
        space: a `Space`. points: values per hyperparameter, an integer of 2 or more or a dict with
            one for each name.
        seed: accepted like everywhere else, and without effect.
    """

    def __init__(
        self,
        space: Space,
        points: int | dict = 5,
        seed: int = 0,
        **unknown: object,
    ) -> None:
        super().__init__(space, seed, **unknown)
        self.grid = space.grid(points)

    def propose(self, number: int, rng: np.random.Generator) -> dict:
        """Return the first configuration of the grid that no trial has.

        Raises:
            SpaceExhausted: they have all been tried.
        """
        seen = {tuple(trial.config.items()) for trial in self.trials}
        for config in self.grid:
            if tuple(config.items()) not in seen:
                return config
        raise SpaceExhausted(f"all {len(self.grid)} configurations of the grid have been tried")


def sobol_points(d: int, n: int, seed: int) -> np.ndarray:
    """Return the first `n` points of the scrambled Sobol sequence of this seed, shape (n, d)."""
    return _sobol_block(d, max(0, math.ceil(math.log2(n))), seed)[:n]


@functools.lru_cache(maxsize=32)
def _sobol_block(d, log2_n, seed):
    # Half a second of import that a random search never needs.
    from scipy.stats import qmc

    block = qmc.Sobol(d, rng=np.random.default_rng(seed)).random_base2(log2_n)
    block.setflags(write=False)  # shared through the cache
    return block
