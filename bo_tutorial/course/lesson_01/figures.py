"""The problem itself: its images, its price, its axes, its noise."""

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    move,
    percent_axis,
    side_by_side,
)

RATE_AXIS = "learning rate (log axis)"
LARGEST_SLOPE = 1e7  # points of accuracy per decade, the end of the axis of `slopes`


def digits(pixels, labels, answers, axes):
    """Draw images with what a network reads in them; a wrong answer is framed and says so.

    Args:
        pixels: gray levels, shape (n, 64). labels, answers: digits, shape (n,). axes: n Axes.
    """
    for image, label, answer, ax in zip(pixels, labels, answers, np.ravel(axes), strict=True):
        right = label == answer
        ax.imshow(image.reshape(8, 8), cmap="gray_r", interpolation="nearest")
        ax.set_title(f"{answer}" if right else f"{answer}  ✗", color=BLACK if right else VERMILION)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set(
                visible=not right,
                color=VERMILION,
                linewidth=3,
            )
    return axes


def staircase(rates, counts, n_images, ax):
    """Draw how many images each of many nearly equal learning rates gets right.

    Args:
        rates: shape (n,). counts: whole numbers of images, shape (n,). n_images: out of how many.
    """
    label = "one training each, the same seed"
    ax.plot(rates, counts, color=BLACK, marker="o", markersize=5, linestyle="none", label=label)
    ax.plot(rates, counts, color=BLUE, drawstyle="steps-mid", linestyle="-", linewidth=1)
    ax.set(
        xscale="log",
        xlabel=RATE_AXIS,
        ylabel=f"validation images right, of {n_images}",
        yticks=np.arange(counts.min(), counts.max() + 1),
    )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.legend(loc="best")
    return ax


def slopes(steps, values, ax):
    """Draw difference quotients against the step that made them.

    Args:
        steps: shape (n,), in decades. values: {name: shape (n,)}, points of accuracy per decade.
    """
    for (name, curve), marker in zip(values.items(), "osD^", strict=False):
        ax.plot(steps, curve, marker=marker, markersize=6, label=name)
    ax.axhline(0, color=BLACK, linewidth=1)
    ax.set_yscale("symlog", linthresh=1, linscale=0.6)
    ax.set(
        xscale="log",
        ylim=(-LARGEST_SLOPE, LARGEST_SLOPE),
        xlabel="step h (decades, log axis)",
        ylabel="slope (points of accuracy per decade)",
    )
    ax.set_yticks([-1e5, -1e3, -10, 0, 10, 1e3, 1e5])
    ax.legend(loc="upper right")
    return ax


def learning_rates(rates, accuracies, ax, curve=None, log=True, ylabel="validation accuracy"):
    """Draw a few trainings over the learning rate, on a raw or a log axis from 0.0001 to 1.

    Args:
        rates, accuracies: of the trainings, shape (k,). curve: a pair of arrays (rates, mean
            accuracy) of shape (n,). log: the kind of axis.
    """
    if curve is not None:
        label = "f, as measured"
        ax.plot(*curve, color=BLACK, linestyle="--", linewidth=1.5, label=label, gid="curve")
    ax.plot(rates, accuracies, color=BLACK, marker="o", linestyle="none", label="trainings")
    if log:
        ax.set(xscale="log", xlim=(0.8e-4, 1.25), xlabel=RATE_AXIS)
        ax.xaxis.set_minor_locator(NullLocator())  # a live figure draws these ticks again each time
    else:
        ax.set(xlim=(-0.03, 1.03), xlabel="learning rate (raw axis)")
    ax.set_ylabel(ylabel)
    percent_axis(ax.yaxis)
    return ax


def raw_and_log(rates, accuracies, axes, title, curve=None, good=None):
    """Draw the same trainings on a raw axis, left, and on a log axis, right.

    Args:
        rates, accuracies, curve: as for `learning_rates`. axes: two Axes. title: whose trainings.
        good: two learning rates, the ends of the part to shade.
    """
    for ax, log in zip(axes, (False, True), strict=True):
        learning_rates(rates, accuracies, ax, curve, log, "" if log else "validation accuracy")
        if good is not None:
            ax.axvspan(*good, color=GREEN, alpha=0.25, label="f is 90 % or more", gid="good")
        ax.set(title=f"{title}, {'log' if log else 'raw'} axis", ylim=(0, 1))
    return axes


def position(rates, curve, axes, marked=None):
    """Draw one place of the unit interval on two learning-rate axes, raw (left) and log (right).

    Args:
        rates: the place's learning rate on each axis, a pair. curve: as for `learning_rates`.
        axes: two Axes. marked: a pair of arrays, trainings to draw as discs.
    """
    for rate, ax, log in zip(rates, axes, (False, True), strict=True):
        learning_rates(*marked, ax, curve, log=log, ylabel="" if log else "validation accuracy")
        at = _on_curve(rate, curve)
        ax.axvline(rate, color=VERMILION, linestyle=":", linewidth=1.5, gid="line")
        label = "a training at u"
        ax.plot(rate, at, color=VERMILION, marker="D", linestyle="none", label=label, gid="place")
        ax.set(title=_place_title(rate, at), ylim=(0, 1), yticks=[0, 0.5, 0.9, 1])
    return axes


def move_position(rates, curve, axes):
    """Move what `position` has drawn to another place; return the two accuracies there."""
    found = []
    for rate, ax in zip(rates, axes, strict=True):
        found.append(_on_curve(rate, curve))
        move(ax, "place", rate, found[-1])
        move(ax, "line", [rate, rate], [0, 1])
        ax.set_title(_place_title(rate, found[-1]))
    return found


def unit_axes(space, configs, ax):
    """Draw each hyperparameter as an axis from 0 to 1, with its own ticks; configurations as lines.

    Args:
        space: a `Space` whose hyperparameters all apply. configs: {name: configuration}.
    """
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    for j, name in enumerate(space.names):
        ax.axvline(j, color=BLACK, linestyle="-", linewidth=1)
        for value in space[name].grid(5):
            height = float(space[name].to_unit(value))
            ax.plot([j - 0.03, j + 0.03], [height] * 2, color=BLACK, linestyle="-", linewidth=1)
            words = {"ha": "right", "va": "center", "fontsize": 11, "bbox": behind, "zorder": 4}
            ax.text(j - 0.07, height, f"{value:g}", **words)
    looks = zip((BLUE, VERMILION, GREEN), ("-", "--", "-."), "osD", strict=True)
    for (name, config), (color, style, marker) in zip(configs.items(), looks, strict=False):
        look = {"color": color, "linestyle": style, "marker": marker}
        ax.plot(space.to_unit(config), label=name, gid=name, **look)
    names = [f"number of {name[2:]}" if name.startswith("n_") else name for name in space.names]
    ax.set_xticks(range(space.d), [name.replace("_", " ") for name in names])
    ax.set(xlim=(-0.5, space.d - 0.7), ylim=(-0.03, 1.03), ylabel="coordinate in the unit cube")
    ax.grid(False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


def two_noises(groups, n_images, ax):
    """Draw how scores of one configuration scatter over seeds, beside what the images explain.

    Args:
        groups: {name: accuracies of the same configuration with other seeds, shape (n,)}.
        n_images: on how many images each accuracy was measured.
    """
    for i, scores in enumerate(groups.values()):
        p = scores.mean()
        away = 100 * (scores - p)
        places = i - 0.12 + 0.3 * side_by_side(away)
        names = ["one seed", "± 1 sd over seeds", f"± 1 standard error of {n_images} images"]
        labels = names if i == 0 else [None] * 3
        ax.plot(places, away, "o", mfc="none", color=BLACK, markersize=6, label=labels[0])
        for offset, width, color, marker, label in (
            (0.14, 100 * scores.std(ddof=1), VERMILION, "_", labels[1]),
            (0.28, 100 * np.sqrt(p * (1 - p) / n_images), BLUE, "x", labels[2]),
        ):
            ends = [i + offset] * 2, [-width, width]
            style = "-" if marker == "_" else "--"
            ax.plot(*ends, color=color, linestyle=style, marker=marker, markersize=11, label=label)
    ax.axhline(0, color=BLACK, linewidth=1)
    ax.set_xticks(range(len(groups)), list(groups))
    ax.set_ylabel("points above the mean of the seeds")
    ax.grid(False, axis="x")
    ax.legend(loc="best")
    return ax


def averaging(n, seed_sd, image_se, ax, largest=24, top=4):
    """Draw the uncertainty of a mean over n seeds: what falls with n, and what stays.

    Args:
        n: how many seeds are averaged. seed_sd: standard deviation over seeds, image_se: standard
            error of the images that is left when the seeds are averaged away, both as fractions.
        largest, top: the ends of the axes.
    """
    ax.plot([], [], color=VERMILION, linestyle="-", label="seeds: sd / √n", gid="seeds")
    ax.plot([], [], color=BLUE, linestyle="--", label="images", gid="images")
    ax.plot([], [], color=BLACK, linestyle="-.", label="both together", gid="both")
    ax.plot([], [], color=ORANGE, marker="D", linestyle="none", label="n seeds", gid="place")
    ax.set(
        xlim=(0.5, largest + 0.5),
        ylim=(0, top),
        xticks=[1, *range(4, largest + 1, 4)],
        xlabel="seeds averaged, n",
        ylabel="standard error (points)",
    )
    ax.legend(loc="upper right")
    move_averaging(n, seed_sd, image_se, ax, largest)
    return ax


def move_averaging(n, seed_sd, image_se, ax, largest=24):
    """Move what `averaging` has drawn; return the three standard errors at n, in points."""
    seeds = np.arange(1, largest + 1)
    by_seeds = 100 * seed_sd / np.sqrt(seeds)
    by_images = np.full(largest, 100 * image_se)
    both = np.hypot(by_seeds, by_images)
    for name, curve in {"seeds": by_seeds, "images": by_images, "both": both}.items():
        move(ax, name, seeds, curve)
    move(ax, "place", n, both[n - 1])
    return by_seeds[n - 1], by_images[n - 1], both[n - 1]


def _on_curve(rate, curve):
    return float(np.interp(np.log(rate), np.log(curve[0]), curve[1]))


def _place_title(rate, accuracy):
    return f"learning rate {rate:.2g}: about {100 * accuracy:.0f} %"
