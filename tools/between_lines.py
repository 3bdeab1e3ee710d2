"""Train between the lines of the grid for lesson 02, `between_lines.csv`: two minutes on one core.

python tools/between_lines.py
"""

import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from bo_tutorial.course.lesson_02 import numerics as grids


def row(number, seed):
    """Train one setting with one seed; return the row of the table."""
    return [number, seed, *grids.images_read(grids.SETTINGS[number], seed).tolist()]


def main():
    grids.DATA.mkdir(exist_ok=True)
    with open(grids.BETWEEN, "w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(["setting", "seed", *(f"{rate:.4f}" for rate in grids.RATES)]) + "\n")
        for number in range(len(grids.SETTINGS)):
            for seed in grids.SEEDS:
                file.write(",".join(map(str, row(number, seed))) + "\n")


if __name__ == "__main__":
    main()
