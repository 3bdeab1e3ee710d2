"""What a figure shows, read from its artists."""

import numpy as np

from bo_tutorial.plotting.base import artist


def legend(ax):
    """The labels of the legend, in order."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def points(ax, name):
    """The places of the line or the markers of this name, shape (n, 2)."""
    return np.asarray(artist(ax, name).get_xydata(), dtype=float)
