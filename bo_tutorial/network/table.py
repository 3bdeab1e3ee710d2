"""The table of the grid: 3125 trainings, made once and shipped."""

import contextlib
import itertools
from pathlib import Path

import numpy as np
from tqdm import tqdm

from bo_tutorial import _validate
from bo_tutorial.network.pool import train_all
from bo_tutorial.network.training import SPACE

TABLE = Path(__file__).parent / "data" / "network_grid.csv"


def grid_table():
    """Read the shipped table: the 3125 configurations of `SPACE.grid(5)`, each trained with seed 0.

    Returns:
        A dict of arrays of shape (3125,), one for each name of `SPACE` and `validation_accuracy`.
        Rows are in the order of `SPACE.grid(5)`, so that `.reshape(5, 5, 5, 5, 5)` has one axis for
        each hyperparameter.
    """
    configs = SPACE.grid(5)
    scores, _ = _read_lines(TABLE.read_bytes(), configs)
    if len(scores) != len(configs):
        raise ValueError(
            f"{TABLE} must have {len(configs)} rows, got {len(scores)}: complete it with "
            "`python -m bo_tutorial.network table`"
        )
    table = {name: np.array([config[name] for config in configs]) for name in SPACE.names}
    return table | {"validation_accuracy": np.array(scores)}


def write_table(path, configs, processes=1):
    """Train each of `configs` with seed 0 and write a CSV file, line by line as results come.

    Lines that are there already stay and are not trained again, so that a run that was killed goes
    on where it stopped; a last line that was cut short is written anew.

    Args:
        path: the file to write or to complete. configs: in the order of the lines.
        processes: how many trainings to run at once.

    Raises:
        TypeError, ValueError: `processes` is not a positive integer, or the file holds something
            else than the first lines of this table.
    """
    processes = _validate.whole_number("processes", processes, 1)
    with open(path, "ab+") as file:
        file.seek(0)
        scores, n_bytes = _read_lines(file.read(), configs)
        file.truncate(n_bytes)
        if n_bytes == 0:
            file.write(_HEADER + b"\n")
        todo = configs[len(scores) :]
        progress = tqdm(total=len(configs), initial=len(scores), unit="training")
        with progress, contextlib.closing(train_all(todo, processes)) as scores:
            for config, score in zip(todo, scores, strict=True):
                file.write(_cells(config) + f"{score}\n".encode())
                file.flush()
                progress.update()


_HEADER = ",".join([*SPACE.names, "validation_accuracy"]).encode()


def _cells(config):
    """The beginning of a configuration's line in the table."""
    return "".join(f"{config[name]}," for name in SPACE.names).encode()


def _read_lines(content, configs):
    """The accuracies in the table's complete lines, and how many bytes these lines fill.

    Every line, complete or cut short at the end of the file, must be the one that is expected
    there: whatever else the file may be, it is not ours to write into.
    """
    expected = itertools.chain([_HEADER], map(_cells, configs))
    scores, n_bytes = [], 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        start = next(expected, None)
        if start is None:
            raise ValueError(f"the table must have {len(configs)} rows, got more: line {number}")
        complete = line.endswith(b"\n")
        if line[: len(start)] != (start if complete else start[: len(line)]):
            raise ValueError(f"line {number} of the table must begin {start!r}, got {line!r}")
        if complete:
            n_bytes += len(line)
            if number > 1:
                scores.append(float(line[len(start) :]))
    return scores, n_bytes
