"""The pictures of a deck: how large each is shown, and where it is cut so that it can be read.

The rule: the smallest text of a figure, as shown, is at least a fiftieth of the slide's height. Six
slide heights away, in the last row, its capitals are then 8 minutes of arc high; normal eyesight
needs 5. A picture that breaks the rule is shown whole and then in parts, cut between its panels.
"""

import io
from dataclasses import dataclass, replace
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
SHORT = 70  # pixels at most of a line of text; what is higher or wider is a panel


@dataclass(frozen=True)
class Picture:
    """A picture with its words.

    Args:
        pixels: shape (height, width, 3 or 4). alt: its alternative text.
        points: size of its smallest text. part: "upper", "lower left", ...; empty for all of it.
    """

    pixels: np.ndarray
    alt: str
    points: float = POINTS
    part: str = ""

    @classmethod
    def read(cls, png, alt, points=POINTS):
        return cls(matplotlib.image.imread(io.BytesIO(png)), alt, points)

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

    def parts(self, skip=None):
        """Return the parts in which the picture can be read, a list of `Picture`; empty if whole.

        Args:
            skip: below the last row of panels, how many lines (labels of the ticks, of the axis) are
                its own. The lines below these, such as a legend, are shared: each upper part keeps
                them. None: all are its own.
        """
        parts = [self]
        while not all(part.can_be_read for part in parts):
            parts = [half for part in parts for half in part.halves(skip)]
        return parts if len(parts) > 1 else []

    def halves(self, skip=None):
        """Cut once between panels, in the direction in which the halves are shown larger."""
        if self.can_be_read:
            return [self]
        options = []
        for axis, names in ((0, ("upper", "lower")), (1, ("left", "right"))):
            cut = _cut(self.pixels, axis)
            if cut is None:
                continue
            halves = np.split(self.pixels, [cut], axis=axis)
            if axis == 0 and skip is not None:
                halves[0] = np.concatenate([halves[0], _foot(self.pixels, skip)])
            options.append(
                [
                    replace(self, pixels=_trimmed(half), part=f"{self.part} {name}".strip())
                    for half, name in zip(halves, names, strict=True)
                ]
            )
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
    runs = _runs(pixels, axis)
    panels = [i for i, (start, end) in enumerate(runs) if end - start > SHORT]
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


def _foot(pixels, skip):
    """What stands below the last row of panels, without its first `skip` lines."""
    runs = _runs(pixels, 0)
    last = max(i for i, (start, end) in enumerate(runs) if end - start > SHORT)
    return pixels[runs[min(last + skip, len(runs) - 1)][1] :]


def _trimmed(pixels):
    """Leave out the blank around a picture, but for a margin."""
    rows, columns = _runs(pixels, 0), _runs(pixels, 1)
    top, left = max(rows[0][0] - MARGIN, 0), max(columns[0][0] - MARGIN, 0)
    return pixels[top : rows[-1][1] + MARGIN, left : columns[-1][1] + MARGIN]
