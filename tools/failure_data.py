"""Play the cards of lesson 11: about half an hour of one core; it goes on where it stopped.

    python tools/failure_data.py

Writes `failures.csv` into the room of lesson 11, one line for each card, version and seed: the
outcome, and whether the card's test found the failure (empty where the line is no run). Of a file
that is complete, as in a fresh clone, it says so; take lines away at its end to measure them again.
"""

import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere, and times of one core
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tqdm import tqdm

from bo_tutorial import _files
from bo_tutorial.course.lesson_11 import numerics as failures


def line(outcome, told):
    """What one measurement adds to its line: the outcome to six digits, and 0, 1 or nothing."""
    return f"{outcome:.6g},{'' if told is None else int(told)}"


def main():
    keys = failures.planned()
    starts = ["".join(f"{cell}," for cell in key) for key in keys]
    header = "card,version,seed,outcome,told"
    with _files.table_to_complete(failures.FILE, header, starts) as (ends, add):
        todo = keys[len(ends) :]
        if not todo:
            print(f"{failures.FILE.name} has all of its {len(keys)} lines: nothing is left.")
            return
        for key in tqdm(todo, initial=len(ends), total=len(keys), unit="line", mininterval=5):
            add(line(*failures.measure(*key)))


if __name__ == "__main__":
    main()
