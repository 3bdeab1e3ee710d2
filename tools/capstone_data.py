"""Let the opponents play the set of the capstone that comes with the course: ten minutes.

    python tools/capstone_data.py

The key of the set stands in the first line of `bo_tutorial/course/lesson_15/data/set.csv`; the
secret behind it was random and is not kept. The script plays what the two tables lack and goes on
where it stopped. To play the games again, take away all lines but the first.
"""

import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tqdm import tqdm

from bo_tutorial.course.lesson_15 import numerics as capstone


def main():
    header = capstone.DEFAULT.read_text(encoding="utf-8").partition("\n")[0]
    key = header.removeprefix(capstone.HEADER)
    lines = capstone.set_lines()
    capstone.complete(capstone.DEFAULT, header, lines, key, tqdm)
    header = "task,player,seed,regret,largest"
    capstone.complete(capstone.EXTRAS, header, capstone.EXTRA_LINES, key, tqdm)


if __name__ == "__main__":
    main()
