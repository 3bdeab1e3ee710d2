"""The figures of the course: each a function of data and an Axes that returns the Axes.

One thing has one look everywhere: f is black and dashed, the posterior mean blue and solid with its
band, observations are black discs, the incumbent is an orange line of dots and dashes, the next
point a vermilion diamond, an acquisition green; the methods have the looks of `looks`. Colors are
from the palette of Okabe & Ito 2008.

Apply the style once per notebook with `plt.style.use("bo_tutorial.style")`. Figures that one lesson
alone draws live in that lesson's room.
"""

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    mark,
    move,
    move_band,
    percent_axis,
    shared_legend,
    show,
)
from bo_tutorial.plotting.belief import (
    acquisition,
    incumbent_line,
    move_acquisition,
    move_posterior,
    posterior,
    profile,
    turn,
)
from bo_tutorial.plotting.maps import surface, verdict_map
from bo_tutorial.plotting.results import history, slices
from bo_tutorial.plotting.runs import (
    evaluations,
    incumbents,
    largest_scores,
    reported_and_true,
    spread,
)

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "ORANGE",
    "PURPLE",
    "VERMILION",
    "acquisition",
    "evaluations",
    "history",
    "incumbent_line",
    "incumbents",
    "largest_scores",
    "mark",
    "move",
    "move_acquisition",
    "move_band",
    "move_posterior",
    "percent_axis",
    "posterior",
    "profile",
    "reported_and_true",
    "shared_legend",
    "show",
    "slices",
    "spread",
    "surface",
    "turn",
    "verdict_map",
]
