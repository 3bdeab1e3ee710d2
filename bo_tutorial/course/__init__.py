"""The classroom: what the lessons need and the method does not, one room a lesson.

A room `lesson_NN` holds what this lesson alone has: `numerics` (what it computes), `figures` (what
it draws), `live` (its live figures), `checks` (its exercises) and `data`. What several lessons use
stands beside the rooms: `checking`, `live`, `lab`. Nothing of the method knows that this exists.
"""

import importlib
from pathlib import Path

from bo_tutorial.course.checking import check

__all__ = ["check", "rooms"]


def rooms(part):
    """Return {number of a lesson: its module `part`}, for the lessons that have one.

    Args:
        part: "numerics", "figures", "live" or "checks".
    """
    found = sorted(Path(__file__).parent.glob(f"lesson_*/{part}.py"))
    numbers = [path.parent.name.removeprefix("lesson_") for path in found]
    return {n: importlib.import_module(f"{__name__}.lesson_{n}.{part}") for n in numbers}
