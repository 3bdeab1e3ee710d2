"""What all figures share: the colors, `show`, axes in percent, marks, and moving what is drawn.

A figure that is drawn once stays as it is. A live figure is drawn once too, and then its artists
are moved: each has a name (its matplotlib gid), by which `move` and `move_band` find it.
"""

import base64
import html
import io

import numpy as np

from bo_tutorial import _validate

try:
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.ticker import PercentFormatter
except ImportError as error:
    raise _validate.missing_extra(error, "a figure of the course") from error

BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, BLACK = "#E69F00", "#CC79A7", "#000000"


def png(fig):
    """Return a Figure as the bytes of a PNG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def quick_png(fig):
    """Return the same picture for a live figure: drawn once where `savefig` draws twice."""
    buffer = io.BytesIO()
    canvas = FigureCanvasAgg(fig)
    canvas.print_png(buffer, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return buffer.getvalue()


def image_html(png_bytes, alt):
    """Return an HTML image, with alternative text, that holds its picture itself."""
    data = base64.b64encode(png_bytes).decode()
    return (
        f'<img alt="{html.escape(alt, quote=True)}" style="max-width:100%" '
        f'src="data:image/png;base64,{data}">'
    )


def checked_alt(alt):
    """Return an alternative text that says something.

    Raises:
        TypeError, ValueError: `alt` is not a text, or says next to nothing.
    """
    if not isinstance(alt, str):
        raise TypeError(f"alt must be a text, got {alt!r} ({type(alt).__name__})")
    if len(alt.split()) < 5:
        raise ValueError(f"alt must say what the figure shows, got {alt!r}")
    return alt


def show(fig, alt):
    """Display a figure with alternative text, also folded below it, and close it.

    Args:
        fig: a matplotlib Figure. alt: what a sighted reader would learn from it, in words.

    Raises:
        TypeError, ValueError: as `checked_alt`.
    """
    alt = checked_alt(alt)
    from IPython.display import display

    picture = png(fig)
    plt.close(fig)
    data = {"image/png": picture, "text/plain": f"Figure: {alt}"}
    display(data, metadata={"image/png": {"alt": alt}}, raw=True)
    # JupyterLab drops the alternative text of an image, and so do code hosts: folded below the
    # figure, everybody can read it.
    words = f"<details><summary>Figure in words</summary>{html.escape(alt)}</details>"
    display({"text/html": words, "text/plain": "Figure in words"}, raw=True)


def percent_axis(axis, decimals=0):
    """Write an axis of fractions in percent; `axis` is `ax.xaxis` or `ax.yaxis`."""
    axis.set_major_formatter(PercentFormatter(1.0, decimals=decimals))
    return axis


def mark(places, ax):
    """Mark positions of interest with dotted vertical lines; `places` is {label: x}."""
    for label, x in places.items():
        ax.axvline(x, color=BLACK, linestyle=":", linewidth=1.5)
        top = ax.get_xaxis_transform()  # x in data, y as a share of the panel
        ax.text(x, 1.01, label, transform=top, ha="center", va="bottom", fontsize=11)
    return ax


def side_by_side(values):
    """Return offsets from -0.5 to 0.5, shape (n,), so that equal marks do not hide each other.

    Neighbors in value stand side by side; the golden ratio keeps any few of them apart.
    """
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return (order * 0.6180339887) % 1 - 0.5


def shared_legend(fig, columns=4):
    """Replace the legends of all panels by one below them, each label once.

    Args:
        fig: a Figure with constrained layout, as the course's style makes it. columns: at most.
    """
    entries = {}
    for ax in fig.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
        if ax.get_legend() is not None:
            ax.get_legend().remove()
    fig.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=columns)
    return fig


def artist(ax, name):
    """Return the artist of an Axes that has this name.

    Raises:
        ValueError: there is none, or more than one.
    """
    named = [each for each in ax.get_children() if each.get_gid()]
    found = [each for each in named if each.get_gid() == name]
    if len(found) != 1:
        raise ValueError(
            f"name must be that of one artist of the Axes, got {name!r}; "
            f"there are {sorted(each.get_gid() for each in named)}"
        )
    return found[0]


def move(ax, name, x, y):
    """Move the line (or the markers) of this name to `x`, `y`, numbers or arrays of shape (n,)."""
    artist(ax, name).set_data(np.atleast_1d(x), np.atleast_1d(y))
    return ax


def move_band(ax, name, x, low, high):
    """Move the band of this name, which `fill_between` drew, to new edges, shape (n,)."""
    artist(ax, name).set_data(x, low, high)
    return ax
