"""Play the cards of lesson 11: about half an hour of one core; it goes on where it stopped.

    python tools/failure_data.py

Writes `failures.csv` into the room of lesson 11, one line for each card, version and seed: the
outcome, and whether the card's test found the failure (empty where the line is no run). Of a file
that is complete, as in a fresh clone, it says so; take lines away at its end to measure them again.
"""

import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere, and times of one core
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from bo_tutorial import _files
from bo_tutorial.course.lesson_11 import numerics as failures


def line(outcome, told):
    """What one measurement adds to its line: the outcome to six digits, and 0, 1 or nothing."""
    return f"{outcome:.6g},{'' if told is None else int(told)}"


def main():
    header = "card,version,seed,outcome,told"
    _files.complete_table(
        failures.FILE,
        header,
        failures.planned(),
        lambda key: line(*failures.measure(*key)),
        unit="line",
        verb="measure",
    )


if __name__ == "__main__":
    main()
