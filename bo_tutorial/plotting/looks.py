"""How a method looks in every figure: one color, one line style, one marker each.

Methods that meet in a figure differ in all three, so that no reader needs the color. The same table
in words: docs/notation.md.
"""

import re

from bo_tutorial.plotting.base import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION

GRAY = "#777777"
_OURS = (PURPLE, "-", "D")
LOOKS = {
    "you": (BLACK, (0, (8, 2)), "*"),
    "grid": (VERMILION, ":", "s"),
    "random": (BLUE, "--", "o"),
    "Sobol": (GREEN, (0, (1, 1)), "^"),
    "TPE": (BLACK, "-.", "X"),
    "UCB": (GRAY, (0, (6, 1, 1, 1, 1, 1)), "v"),
    "EI": (ORANGE, (0, (8, 2, 3, 2)), "P"),
    "BO": _OURS,
    "default": _OURS,  # BO with the package's defaults, beside EI and UCB as the article has them
}


def method_of(label):
    """Return the method that a label begins with, a key of LOOKS, or None: "random, 50 draws"."""
    first = re.match(r"\w+", str(label))
    return first.group() if first and first.group() in LOOKS else None


def look(label, line=True):
    """Return how the method that a label begins with is drawn, as keyword arguments of `plot`.

    Args:
        label: "grid", "random, 50 draws", "BO, later", ... line: False for points alone.

    Raises:
        ValueError: the label begins with no method of LOOKS.
    """
    method = method_of(label)
    if method is None:
        raise ValueError(f"label must begin with one of {list(LOOKS)}, got {label!r}")
    color, style, marker = LOOKS[method]
    return {"color": color, "linestyle": style if line else "none", "marker": marker}
