"""The course's real objective: a small network, trained on scikit-learn's handwritten digits.

A configuration goes in, a training run happens, a validation accuracy comes out. Read `training`
first: the data, the network, `train`. `table` keeps the scores of a whole grid.

    python -m bo_tutorial.network table     # trains the 3125 configurations of the shipped table
"""

from bo_tutorial.network.table import TABLE, grid_table, write_table
from bo_tutorial.network.training import (
    EPOCHS,
    GUESS,
    HOURS_PER_TRAINING,
    N_CLASSES,
    N_TEST,
    N_VALIDATION,
    SPACE,
    Digits,
    Images,
    Network,
    backward,
    digits,
    draw_dropout,
    forward,
    initialize,
    no_dropout,
    sgd_step,
    softmax,
    test_accuracy,
    train,
    validation_accuracy,
)

__all__ = [
    "EPOCHS",
    "GUESS",
    "HOURS_PER_TRAINING",
    "N_CLASSES",
    "N_TEST",
    "N_VALIDATION",
    "SPACE",
    "TABLE",
    "Digits",
    "Images",
    "Network",
    "backward",
    "digits",
    "draw_dropout",
    "forward",
    "grid_table",
    "initialize",
    "no_dropout",
    "sgd_step",
    "softmax",
    "test_accuracy",
    "train",
    "validation_accuracy",
    "write_table",
]
