"""The table of the grid: 3125 trainings, made once and shipped."""

import contextlib
from pathlib import Path

import numpy as np

from bo_tutorial import _files, _validate
from bo_tutorial.network.pool import train_all
from bo_tutorial.network.training import SPACE
from bo_tutorial.workers import NO_WORKERS

TABLE = Path(__file__).parent / "data" / "network_grid.csv"


def grid_table() -> dict[str, np.ndarray]:
    """Read the shipped table: the 3125 configurations of `SPACE.grid(5)`, each trained with seed 0.

    Returns:
        A dict of arrays of shape (3125,), one for each name of `SPACE` and `validation_accuracy`.
        Rows are in the order of `SPACE.grid(5)`, so that `.reshape(5, 5, 5, 5, 5)` has one axis for
        each hyperparameter.
    """
    configs = SPACE.grid(5)
    scores = [float(end) for end in _files.table_ends(TABLE, _HEADER, _starts(configs))]
    if len(scores) != len(configs):
        raise ValueError(
            f"{TABLE} must have {len(configs)} rows, got {len(scores)}: complete it with "
            "`python -m bo_tutorial.network table`"
        )
    table = {name: np.array([config[name] for config in configs]) for name in SPACE.names}
    return table | {"validation_accuracy": np.array(scores)}


def write_table(path: Path, configs: list[dict], processes: int = 1) -> None:
    """Train each of `configs` with seed 0 and write a CSV file, line by line as results come.

    Lines that are there already stay and are not trained again, so that a run that was killed goes
    on where it stopped; a last line that was cut short is written anew. If no line is missing, it
    says so.

    Args:
        path: the file to write or to complete. configs: in the order of the lines.
        processes: how many trainings to run at once.

    Raises:
        TypeError, ValueError: `processes` is not a positive integer, or not 1 in WebAssembly, or
            the file holds something else than the first lines of this table.
    """
    processes = _validate.whole_number("processes", processes, 1)
    if processes > 1 and _validate.IN_WEBASSEMBLY:
        raise ValueError(f"processes must be 1 in {NO_WORKERS}, got {processes}")
    with _files.table_to_complete(path, _HEADER, _starts(configs)) as (ends, add):
        n_done = len([float(end) for end in ends])  # scores, or the file is not ours
        todo = configs[n_done:]
        if not todo:
            print(f"{path} has all of its {len(configs)} rows: nothing is left to train.")
            return
        progress = _files.progress_bar()(total=len(configs), initial=n_done, unit="training")
        with progress, contextlib.closing(train_all(todo, processes)) as scores:
            for score in scores:
                add(score)
                progress.update()


_HEADER = ",".join([*SPACE.names, "validation_accuracy"])


def _starts(configs):
    """The beginning of each configuration's line in the table."""
    return ["".join(f"{config[name]}," for name in SPACE.names) for config in configs]
