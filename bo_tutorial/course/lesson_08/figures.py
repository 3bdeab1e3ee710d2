"""Figures of lesson 08: the worked example with its verdicts, and the map of where they hold."""

import numpy as np
from matplotlib.patches import Rectangle

from bo_tutorial import worked_example as we
from bo_tutorial.plotting.base import BLACK, mark, move, move_band, percent_axis
from bo_tutorial.plotting.belief import acquisition, incumbent_line, posterior
from bo_tutorial.plotting.maps import verdict_map

TICKS = (0.00001, 0.0001, 0.001, 0.01, 0.1, 1.0)


def sentence_maps(lengths, names, verdicts, axes, marked, n_marked):
    """Draw one `verdict_map` for each sentence of the article, and mark one length scale.

    Args:
        lengths: shares of the axis, increasing, shape (n,). names: of the m rows.
        verdicts: 1 where a sentence holds, 0 where it fails, NaN where it cannot be asked; shape
            (4, m, n). axes: four Axes. marked: a length scale, dotted over the first `n_marked`
            rows, those of the axis on which it is meant.
    """
    axes, verdicts = np.ravel(axes), np.asarray(verdicts, dtype=float)
    for i, (ax, sentence) in enumerate(zip(axes, we.SENTENCES, strict=True)):
        below = "length scale (share of the axis)" if i >= len(axes) / 2 else ""
        holds = verdicts[i] == 1
        verdict_map(lengths, names, holds, ax, f"{i + 1}. {sentence}", xlabel=below)
        for row in np.flatnonzero(np.isnan(verdicts[i]).any(axis=1)):
            _not_asked(ax, row)
        rows = [-0.5, n_marked - 0.5]
        ax.plot([marked, marked], rows, color=BLACK, linestyle=":", linewidth=2, gid="marked")
    return axes


def _not_asked(ax, row):
    """Hatch a row of a map whose sentence cannot be asked, and write so."""
    across = ax.get_yaxis_transform()  # x as a share of the panel, y in rows
    ax.add_patch(
        Rectangle(
            (0, row - 0.5), 1, 1, transform=across, facecolor="white", edgecolor="gray", hatch="//"
        )
    )
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    middle = {"ha": "center", "va": "center", "fontsize": 11, "bbox": box}
    ax.text(0.5, row, we.VERDICTS[None], transform=across, **middle)


def judged(assumptions, fig, mean_within=0.25, at_least=0.5):
    """Draw the posterior, EI as a share of its peak, and beside them the four verdicts.

    Both panels have the learning rate on a log axis, also where the kernel measures on the raw
    one: the pictures of two assumptions can be laid over each other.

    Args:
        assumptions: an `Assumptions`. fig: an empty Figure; it gets a constrained layout, with
            room for the verdicts on the right.
        mean_within, at_least: the thresholds, as for `worked_example.holds`.

    Returns:
        The two Axes, for `move_judged`.
    """
    rates = _rates(assumptions)
    mu, sigma, ei = we.evaluate(assumptions, rates)
    axes = top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    x, observed = np.log10(rates), (np.log10(we.LEARNING_RATES), np.array(we.ACCURACIES))
    posterior(x, mu, sigma, top, observed, xlabel="", ylabel="validation accuracy")
    incumbent_line(we.BEST, top)
    top.legend(loc="lower left", ncols=2, fontsize=9)
    acquisition(x, ei, bottom, x[0], "EI", "learning rate (log axis)", "share of its peak")
    bottom.axhline(at_least, color=BLACK, linestyle="--", linewidth=1.5, label="high, as we say")
    for ax in axes:
        mark({"0.003": np.log10(0.003), "0.2": np.log10(0.2)}, ax)
    # Ticks by hand on an axis of decades: a log axis of matplotlib costs half of a redraw.
    bottom.set_xticks(np.log10(TICKS), [f"{rate:g}" for rate in TICKS])
    bottom.set_ylim(0, 1.12)
    bottom.legend(loc="upper right", fontsize=9)
    top.set_ylim(0.65, 1.15)
    percent_axis(top.yaxis)
    fig.set_layout_engine("constrained", rect=(0, 0, 0.66, 1))
    for name, y in {"assumed": 0.95, "verdicts": 0.7, "next": 0.2}.items():
        fig.text(0.68, y, "", va="top", fontsize=12, linespacing=1.5, gid=name)
    move_judged(assumptions, fig, axes, mean_within, at_least)
    return axes


def move_judged(assumptions, fig, axes, mean_within=0.25, at_least=0.5):
    """Move what `judged` has drawn to other assumptions; arguments as there."""
    top, bottom = axes
    rates = _rates(assumptions)
    bottom.set_xlim(np.log10(assumptions.low), np.log10(assumptions.high))
    for label in (text for ax in axes for text in ax.texts if text.get_text() == "0.2"):
        label.set_visible(assumptions.high >= 0.2)  # it stands above the panel, unclipped
    mu, sigma, ei = we.evaluate(assumptions, rates)
    next_rate, peak = we.next_learning_rate(assumptions), ei.max()
    shares = ei / peak if peak > 0 else ei
    x = np.log10(rates)
    move(top, "mean", x, mu)
    move_band(top, "band", x, mu - 2 * sigma, mu + 2 * sigma)
    move(bottom, "scores", x, shares)
    move_band(bottom, "worth", x, np.zeros(len(x)), shares)
    at = np.log10(next_rate)
    move(bottom, "next", at, np.interp(at, x, shares))
    numbers = we.measure(assumptions)
    verdicts = we.holds(numbers, mean_within, at_least)
    _say(fig, "assumed", _assumed(assumptions))
    _say(fig, "verdicts", "\n".join(_verdict(i, *each) for i, each in _listed(numbers, verdicts)))
    _say(fig, "next", f"next learning rate: {next_rate:.2g}" if peak > 0 else "EI is 0 everywhere")
    return axes


def _rates(assumptions):
    """Fewer learning rates than `we.learning_rates`, the marked ones included: enough to draw."""
    low, high = assumptions.low, assumptions.high
    marked = [*we.LEARNING_RATES, 0.003, 0.2, we.next_learning_rate(assumptions)]
    inside = [rate for rate in marked if low <= rate <= high]
    return np.union1d(np.geomspace(low, high, 401), inside)


def _listed(numbers, verdicts):
    return enumerate(((s, numbers[s], verdicts[s]) for s in verdicts), start=1)


def _verdict(i, sentence, number, verdict):
    if verdict is None:
        return f"{i}. {sentence}:\n    {we.VERDICTS[None]} (outside the domain)"
    unit = "decades away" if i == 1 else ("of σ_f" if i == 2 else "of the peak")
    size = f"{number:.2g}" if number >= 1e-3 or i == 1 else "< 0.001"
    return f"{i}. {sentence}:\n    {we.VERDICTS[verdict]} ({size} {unit})"


def _assumed(a):
    unit = "decades" if a.axis == "log10" else "of learning rate"
    return (
        f"{a.axis} axis, {a.kernel} kernel\n"
        f"length scale {a.length_scale:.3g} {unit}\n"
        f"σ_f = {a.signal_sd:g}, mean {a.mean:g}, ξ = {a.xi:g}\n"
        f"domain {a.low:g} to {a.high:g}"
    )


def _say(fig, name, text):
    (found,) = [each for each in fig.texts if each.get_gid() == name]
    found.set_text(text)
