"""Figures of lesson 04: one number given another, vectors that become functions, bands."""

import numpy as np

from bo_tutorial.plotting.base import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    move,
    move_band,
    percent_axis,
)
from bo_tutorial.plotting.belief import posterior

# One draw, one look: color, line style and marker differ.
LOOKS = [(GREEN, "-", "o"), (VERMILION, "--", "s"), (PURPLE, "-.", "D")]


def conditioning(mean, sd, correlation, seen, draws, kept, axes, names=("f₁", "f₂")):
    """Draw two jointly normal accuracies, the slice where one is known, and what it leaves.

    Args:
        mean, sd: of both numbers, as fractions. correlation: between them. seen: the first one.
        draws: pairs to scatter, shape (n, 2). kept: second numbers of those draws whose first one
            was about `seen`, shape (k,), for the histogram. axes: two Axes, left and right.
        names: of the two numbers, for the labels.
    """
    left, right = axes
    gray = {"color": "dimgray", "linestyle": "none", "marker": ".", "markersize": 3, "alpha": 0.5}
    left.plot(*draws.T, **gray, label="draws", gid="draws")
    # A circle of radius r, stretched: the points at r standard deviations from the center.
    angle = np.linspace(0, 2 * np.pi, 181)
    for radius, style in ((1, "-"), (2, "--")):
        first = radius * np.cos(angle)
        second = correlation * first + np.sqrt(1 - correlation**2) * radius * np.sin(angle)
        ellipse = {"color": BLUE, "linestyle": style, "label": f"{radius} sd", "gid": f"sd{radius}"}
        left.plot(mean + sd * first, mean + sd * second, **ellipse)
    left.axvline(seen, color=VERMILION, linestyle="-.", label=f"seen: {seen:.0%}", gid="seen")
    limits = mean - 3.2 * sd, mean + 3.2 * sd
    left.set(xlim=limits, ylim=limits, xlabel=names[0], ylabel=names[1])
    left.set_aspect("equal")

    values = np.linspace(*limits, 321)
    after = mean + correlation * (seen - mean), sd * np.sqrt(1 - correlation**2)
    bars = {"color": ORANGE, "alpha": 0.5, "label": "the draws that were kept"}
    right.hist(kept, bins=40, range=limits, density=True, **bars)
    before_label = f"before: sd {100 * sd:.1f} points"
    after_label = f"after: sd {100 * after[1]:.1f} points"
    right.plot(values, _bell(values, mean, sd), "k--", label=before_label, gid="before")
    right.plot(values, _bell(values, *after), color=BLUE, label=after_label, gid="after")
    right.set(xlim=limits, xlabel=names[1], ylabel="density (per unit of accuracy)")
    right.set_ylim(0, 1.5 * _bell(after[0], *after))  # room for the legend
    for axis in (left.xaxis, left.yaxis, right.xaxis):
        percent_axis(axis)
    for ax in axes:
        ax.legend(loc="upper left")
    return axes


def vectors(rates, draws, shares, places, axes):
    """Draw random vectors over the learning rate, each seen at few places and at many.

    Args:
        rates: learning rates, shape (n,). draws: accuracies, shape (k, n), k at most 3.
        shares: their covariance as shares of the signal variance, shape (n, n), in [0, 1].
        places: one list of indices into `rates` for each column. axes: shape (2, columns), draws
            above, their covariance below.
    """
    fig = axes[0, 0].figure
    for (top, bottom), picked in zip(axes.T, map(np.array, places), strict=True):
        for (color, style, marker), draw, number in zip(LOOKS, draws, "123", strict=False):
            look = {"color": color, "linestyle": style, "marker": marker, "linewidth": 1.3}
            size = 8 if len(picked) < 10 else 3
            named = {"label": f"draw {number}", "gid": f"draw {number}"}
            top.plot(rates[picked], draw[picked], markersize=size, **look, **named)
        top.set(xscale="log", xlim=(0.7 * rates[0], 1.4 * rates[-1]))
        top.set(xlabel="learning rate (log axis)", title=f"{len(picked)} numbers a draw")
        top.set_ylim(draws.min() - 0.02, draws.max() + 0.02)
        percent_axis(top.yaxis)
        image = bottom.imshow(shares[np.ix_(picked, picked)], vmin=0, vmax=1)
        ticks = np.unique(np.linspace(0, len(picked) - 1, 5).round().astype(int))
        bottom.set(xlabel="number of x", ylabel="number of x′")
        bottom.set_xticks(ticks, ticks + 1)
        bottom.set_yticks(ticks, ticks + 1)
        bottom.grid(False)
    axes[0, 0].set_ylabel("accuracy before any data")
    fig.colorbar(image, ax=axes[1], label="covariance / σ_f²")
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return axes


def kernel_curves(distances, curves, ax, units="decades"):
    """Draw the correlation of f at two inputs against their distance, with a mark at each ℓ.

    Args:
        distances: shape (n,), increasing. curves: {length scale: shares of the signal variance}.
        units: of `distances` and of the length scales.
    """
    looks = [(BLUE, "-", "o"), (ORANGE, "--", "s"), (BLACK, "-.", "D")]  # not those of draws
    for (length_scale, shares), look in zip(curves.items(), looks, strict=False):
        color, style, marker = look
        label = f"ℓ = {length_scale:g}"
        ax.plot(distances, shares, color=color, linestyle=style, label=label, gid=label)
        at = np.interp(length_scale, distances, shares)
        ax.plot(length_scale, at, color=color, marker=marker, markersize=9, gid=f"at {label}")
    ax.set(xlabel=f"distance |x − x′| ({units})", ylabel="correlation of f(x) and f(x′)")
    ax.legend(title=f"in {units}", loc="upper right")
    return ax


def functions(x, draws, ax, mean, sd, label="draw", **labels):
    """Draw a few functions over the prior's band of two standard deviations.

    Args:
        x: shape (n,). draws: shape (k, n), k at most 3. mean, sd: of f before any data.
        label: of the functions. **labels: xlabel, ylabel, title, xscale.
    """
    band = {"color": "gray", "alpha": 0.2, "label": "within 2 sd before any data"}
    ax.fill_between(x, mean - 2 * sd, mean + 2 * sd, **band, gid="prior")
    draw_over(x, draws, ax, label)
    ax.set(**labels)
    percent_axis(ax.yaxis)
    return ax


def draw_over(x, draws, ax, label="draw"):
    """Draw a few functions, shape (k, n) with k at most 3, on top of what a panel shows."""
    for i, draw in enumerate(draws):
        color, style, _ = LOOKS[i]
        look = {"color": color, "linestyle": style, "linewidth": 1.5}
        ax.plot(x, draw, **look, label=f"{label} {i + 1}", gid=f"function{i}")
    return ax


def remembered(x, mu, sigma, ax, seen, draws=()):
    """Draw a posterior over the learning rate, and functions drawn from it.

    Args:
        x, mu, sigma: shape (n,). seen: learning rates and accuracies of the trainings, two arrays.
        draws: shape (k, n), k at most 3.
    """
    labels = {"xlabel": "learning rate (log axis)", "ylabel": "validation accuracy"}
    posterior(x, mu, sigma, ax, observed=seen, **labels)
    draw_over(x, draws, ax, "function")
    ax.set_xscale("log")
    percent_axis(ax.yaxis)
    return ax


def bumps(x, mu, mean, parts, seen, ax):
    """Draw the posterior mean less the prior mean, and the weighted kernels that add up to it.

    Args:
        x, mu: shape (n,). mean: prior mean. parts: a weighted kernel for each training, shape
            (t, n), t at most 3. seen: learning rates and accuracies of the trainings, two arrays.
    """
    ax.plot(x, 100 * (mu - mean), color=BLUE, linewidth=4, alpha=0.5, label="their sum", gid="sum")
    for (color, style, marker), part, rate in zip(LOOKS, parts, seen[0], strict=False):
        name = f"weighted kernel at {rate:g}"
        at = int(np.argmin(np.abs(np.log(x / rate))))
        look = {"color": color, "linestyle": style, "marker": marker, "markevery": [at]}
        ax.plot(x, 100 * part, **look, linewidth=1.5, label=name, gid=name)
    disc = {"color": BLACK, "marker": "o", "linestyle": "none", "zorder": 3}
    ax.plot(seen[0], 100 * (seen[1] - mean), **disc, label="observed", gid="observed")
    ax.set(xscale="log", xlabel="learning rate (log axis)")
    ax.set_ylabel(f"accuracy less {mean:.0%} (points)")
    return ax


def variance_found(noise_variances, found, allowed, ax):
    """Draw the variance that each method finds at an observed point, against the noise variance.

    Where the smallest one is negative, its size is drawn as an open marker.

    Args:
        noise_variances: shape (n,), positive. found: {method: smallest variance found, (n,)}.
        allowed: what it has to stay below, shape (n,). All in units of f squared.
    """
    looks = {
        "inverse": (VERMILION, "--", "s"),
        "solve": (GREEN, "-.", "D"),
        "Cholesky": (BLUE, "-", "o"),
    }
    order = {"color": BLACK, "linestyle": ":", "linewidth": 1.5}
    ax.plot(noise_variances, allowed, **order, label="may not exceed this", gid="allowed")
    for name, variances in found.items():
        color, style, marker = looks[name]
        ax.plot(noise_variances, np.abs(variances), color=color, linestyle=style, gid=name)
        for below in (False, True):
            which = (variances < 0) == below
            if not which.any():
                continue
            face = {"color": color, "markerfacecolor": "white" if below else color}
            label = f"{name}, negative" if below else name
            ax.plot(
                noise_variances[which],
                np.abs(variances[which]),
                **face,
                marker=marker,
                markersize=14 if name == "solve" else 9,  # two that agree are both seen
                markeredgewidth=2,
                linestyle="none",
                label=label,
                gid=label,
            )
    ax.set(xscale="log", yscale="log", xlabel="noise variance σ_n² (accuracy squared)")
    ax.set_ylabel("size of the variance found")
    ax.invert_xaxis()
    ax.legend(loc="best")
    return ax


def held_out(x, mu, sigma, rates, accuracies, hidden, ax):
    """Draw a posterior, the trainings that it was shown, and those that it was not.

    Args:
        x, mu, sigma: the posterior over the learning rate, shape (n,). rates: shape (k,).
        accuracies: shape (seeds, k), fractions; the first seed was shown. hidden: booleans (k,),
            True where no training was shown.
    """
    shown = rates[~hidden], accuracies[0, ~hidden]
    labels = {"xlabel": "learning rate (log axis)", "ylabel": "validation accuracy"}
    posterior(x, mu, sigma, ax, shown, **labels)
    cross = {"color": VERMILION, "marker": "x", "markersize": 5, "linestyle": "none"}
    everywhere = np.tile(rates[hidden], len(accuracies))
    values = accuracies[:, hidden].ravel()
    ax.plot(everywhere, values, **cross, label="trained, not shown", gid="hidden")
    ax.set_xscale("log")
    percent_axis(ax.yaxis)
    return ax


def band(x, mu, sigma, ax, observed, n_sd, of, prior, **labels):
    """Draw a posterior whose band is of f or of y, and the prior's band as two lines.

    Args:
        x, mu: shape (n,). sigma: standard deviation of what `of` names, shape (n,).
        observed: a pair (x, y) of arrays. n_sd: half the height of the band. of: "f" or "y".
        prior: mean and standard deviation of the same before any data. **labels: xlabel, ...
    """
    edges = mu - n_sd * sigma, mu + n_sd * sigma
    ax.fill_between(x, *edges, color=BLUE, alpha=0.2, label=_band_label(n_sd, of), gid="band")
    ax.plot(x, mu, color=BLUE, linestyle="-", label="posterior mean", gid="mean")
    disc = {"color": BLACK, "marker": "o", "linestyle": "none", "zorder": 3}
    ax.plot(*observed, **disc, label="observed", gid="observed")
    mean, sd = prior
    line = {"color": "dimgray", "linestyle": ":", "linewidth": 1.8}
    for name, edge in (("low", mean - n_sd * sd), ("high", mean + n_sd * sd)):
        label = "the same before any data" if name == "low" else "_"
        ax.plot(x[[0, -1]], [edge, edge], **line, label=label, gid=f"prior {name}")
    ax.set(**labels)
    percent_axis(ax.yaxis)
    ax.legend(loc="best")
    return ax


def move_band_of(x, mu, sigma, ax, n_sd, of, prior):
    """Move what `band` has drawn to another belief; arguments as there."""
    move(ax, "mean", x, mu)
    move_band(ax, "band", x, mu - n_sd * sigma, mu + n_sd * sigma)
    mean, sd = prior
    for name, edge in (("low", mean - n_sd * sd), ("high", mean + n_sd * sd)):
        move(ax, f"prior {name}", x[[0, -1]], [edge, edge])
    ax.get_legend().get_texts()[0].set_text(_band_label(n_sd, of))
    return ax


def _band_label(n_sd, of):
    return f"within {n_sd} sd of {of}"


def _bell(values, mean, sd):
    """The density of N(mean, sd^2)."""
    return np.exp(-0.5 * ((values - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
