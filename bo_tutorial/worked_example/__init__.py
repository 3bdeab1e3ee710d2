"""The article's worked example, with every assumption an argument: `numerics`.

``python -m bo_tutorial.worked_example`` prints all of it and writes the figure; ``--help`` lists
the assumptions that can be changed.
"""

from bo_tutorial.problems import ACCURACIES, LEARNING_RATES
from bo_tutorial.worked_example.numerics import (
    BEST,
    KERNELS,
    SENTENCES,
    SNIPPET_DOMAIN,
    VERDICTS,
    Assumptions,
    evaluate,
    holds,
    learning_rates,
    measure,
    next_learning_rate,
    tipping_point,
)

__all__ = [
    "ACCURACIES",
    "BEST",
    "KERNELS",
    "LEARNING_RATES",
    "SENTENCES",
    "SNIPPET_DOMAIN",
    "VERDICTS",
    "Assumptions",
    "evaluate",
    "holds",
    "learning_rates",
    "measure",
    "next_learning_rate",
    "tipping_point",
]
