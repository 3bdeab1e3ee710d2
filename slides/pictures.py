"""The pictures of a deck: how large each is shown, and where it is cut so that it can be read.

The rule: the smallest text of a figure, as shown, is at least a fiftieth of the slide's height. Six
slide heights away, in the last row, its capitals are then 8 minutes of arc high; normal eyesight
needs 5. A picture that breaks the rule is shown whole and then in parts, cut between its panels.
"""

import io
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import matplotlib
import matplotlib.image
import numpy as np

import bo_tutorial

WIDTH, HEIGHT = 1280, 720  # pixels of a slide
AREA = (1256, 656)  # what the heading of a slide leaves to a figure
ENLARGED = 1.6  # at most: a picture has 100 pixels per inch
SMALLEST = 1 / 50  # height of a text's line, as a share of the slide's
STYLE = matplotlib.rc_params_from_file(
    Path(bo_tutorial.__file__).parent / "style.mplstyle", use_default_template=False
)
POINTS = STYLE["legend.fontsize"]  # the smallest text of the style
MARGIN = 12  # blank pixels that a part keeps around it
LINES_OF_AN_AXIS = 2  # below a panel: the labels of its ticks, and its own
SHORT = 70  # pixels at most of a line of text; what is higher or wider is a panel


@dataclass(frozen=True)
class Picture:
    """A picture with its words.

    Args:
        body: pixels, shape (height, width, 3 or 4). alt: its alternative text.
        points: size of its smallest text. part: "upper", "lower left", ...; empty for all of it.
        legend: pixels of the legend that all its panels share, to stand below the body.
    """

    body: np.ndarray
    alt: str
    points: float = POINTS
    part: str = ""
    legend: np.ndarray | None = None

    @classmethod
    def read(cls, png, alt, points=POINTS):
        return cls(matplotlib.image.imread(io.BytesIO(png)), alt, points)

    @cached_property
    def pixels(self):
        """What is shown, shape (height, width, 3 or 4)."""
        if self.legend is None:
            return self.body
        width = max(self.body.shape[1], self.legend.shape[1])
        return np.concatenate([_widened(self.body, width), _widened(self.legend, width)])

    @property
    def scale(self):
        """Pixels of a slide for each pixel of the picture."""
        height, width = self.pixels.shape[:2]
        return min(AREA[0] / width, AREA[1] / height, ENLARGED)

    @property
    def size(self):
        """Width and height as shown, pixels of a slide."""
        height, width = self.pixels.shape[:2]
        return round(width * self.scale), round(height * self.scale)

    @property
    def smallest(self):
        """Its smallest text as shown, a share of the slide's height."""
        return self.scale * self.points * STYLE["savefig.dpi"] / 72 / HEIGHT

    @property
    def can_be_read(self):
        return self.smallest >= SMALLEST

    def save(self, path):
        matplotlib.image.imsave(path, self.pixels)

    def parts(self, shares=()):
        """Return the parts in which the picture can be read, a list of `Picture`; empty if whole.

        Args:
            shares: what its panels have in common, some of "legend" (below them all), "x" and "y"
                (an axis). Each part keeps these.
        """
        parts = [self]
        if "legend" in shares:
            end = _end_of_panels(self.body, LINES_OF_AN_AXIS)  # the last line is the legend's
            parts = [replace(self, body=self.body[:end], legend=_trimmed(self.body[end:]))]
        if self.can_be_read:
            return []
        while not all(part.can_be_read for part in parts):
            parts = [half for part in parts for half in part.halves(shares)]
        return parts

    def halves(self, shares=()):
        """Cut once between panels, in the direction in which the halves are shown larger."""
        if self.can_be_read:
            return [self]
        body, options = self.body, []
        for axis, names in ((0, ("upper", "lower")), (1, ("left", "right"))):
            cut = _cut(body, axis)
            if cut is None:
                continue
            first, second = np.split(body, [cut], axis=axis)
            if axis == 0 and "x" in shares:
                first = np.concatenate([first, body[_end_of_panels(body) :]])
            if axis == 1 and "y" in shares:
                second = np.concatenate([body[:, : _start_of_panels(body)], second], axis=1)
            halves = [
                replace(self, body=_trimmed(half), part=f"{self.part} {name}".strip())
                for half, name in zip((first, second), names, strict=True)
            ]
            options.append(halves)
        if not options:
            raise ValueError(f"there is no place to cut this picture: {self.alt}")
        return max(options, key=lambda halves: min(half.scale for half in halves))


def _runs(pixels, axis):
    """Where rows (axis 0) or columns (axis 1) show something, [(start, end)] in order."""
    inked = np.any(pixels[..., :3] < 0.98, axis=(1 - axis, 2))
    steps = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]])))
    return list(zip(steps[::2], steps[1::2], strict=True))


def _cut(pixels, axis):
    """Where to cut between two rows (axis 0) or columns (axis 1) of panels; None if it has one.

    Between two columns stand the labels of the right one, between two rows those of the upper one
    and then perhaps the titles of the lower one, which are nearer to their panels.
    """
    runs, panels = _panels(pixels, axis)
    cuts = []
    for i, j in zip(panels, panels[1:], strict=False):
        gaps = [(runs[k][1], runs[k + 1][0]) for k in range(i, j)]
        widths = [end - start for start, end in gaps]
        has_titles = axis == 0 and (
            len(gaps) > 3 or (len(gaps) > 1 and widths[-2] > widths[-1] + 3)
        )
        cuts.append(gaps[0] if axis == 1 else gaps[-2] if has_titles else gaps[-1])
    middles = [(start + end) // 2 for start, end in cuts]
    return min(middles, key=lambda each: abs(each - pixels.shape[axis] / 2), default=None)


def _panels(pixels, axis):
    """(All runs, the places of those that are panels.)"""
    runs = _runs(pixels, axis)
    return runs, [i for i, (start, end) in enumerate(runs) if end - start > SHORT]


def _end_of_panels(pixels, lines=0):
    """The row where the last panels end, or as many lines of text below them."""
    runs, panels = _panels(pixels, 0)
    return runs[min(panels[-1] + lines, len(runs) - 2) if lines else panels[-1]][1]


def _start_of_panels(pixels):
    """The column where the first panels begin."""
    runs, panels = _panels(pixels, 1)
    return runs[panels[0]][0]


def _trimmed(pixels):
    """Leave out the blank around a picture, but for a margin."""
    rows, columns = _runs(pixels, 0), _runs(pixels, 1)
    top, left = max(rows[0][0] - MARGIN, 0), max(columns[0][0] - MARGIN, 0)
    return pixels[top : rows[-1][1] + MARGIN, left : columns[-1][1] + MARGIN]


def _widened(pixels, width):
    """Stand a picture in the middle of a wider, white one."""
    left = (width - pixels.shape[1]) // 2
    around = ((0, 0), (left, width - pixels.shape[1] - left), (0, 0))
    return np.pad(pixels, around, constant_values=1)
