"""Feedback on exercises: at once, offline, and never the answer.

`check("03.hit_rate", answer)` says ✓, or what the mistake looks like: what came, what kind of thing
was expected, and the misconception that leads there. `core.py` says how an answer is graded; the
exercises of lesson 03 are in `lesson_03.py`, each with the wrong answers that learners give.
"""

from bo_tutorial.checks.core import Array, Choice, Function, Number, Wrong, check, find, grade

__all__ = ["Array", "Choice", "Function", "Number", "Wrong", "check", "find", "grade"]
