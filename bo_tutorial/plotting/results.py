"""A result drawn: what was evaluated, and slices through what the model believes."""

import math

import numpy as np
from matplotlib.figure import Figure

from bo_tutorial.gp import GaussianProcess
from bo_tutorial.plotting.base import BLACK, BLUE, VERMILION, shared_legend, side_by_side
from bo_tutorial.plotting.runs import evaluations
from bo_tutorial.protocols import NumberedTrials
from bo_tutorial.result import Result
from bo_tutorial.space import Categorical, Float, Int

COLUMNS = 3  # panels side by side in a figure of our own
POINTS = 201  # of a curve along a real number
INTEGERS = 21  # at the most, along a range of integers
N_SD = 2  # half the height of a band
RECOMMENDED = {
    "color": VERMILION,
    "marker": "o",
    "markerfacecolor": "none",
    "markersize": 15,
    "markeredgewidth": 2.2,
    "linestyle": "none",
    "label": "recommended",
}


def history(result, ax):
    """Draw each evaluation of a run, the best value so far, and what failed.

    A failed evaluation has no value: it stands on the lower edge. A result that the strategy was
    told, and that no run evaluated, is a hollow point. Where the strategy says how long its initial
    design is, a line marks the end. The recommended configuration has a ring where it is not the
    best one observed.

    Args:
        result: a `Result`. ax: an Axes.

    Raises:
        TypeError, ValueError: `result` is not a `Result`, or has no evaluation.
    """
    values = _as_result(result).values
    t = np.arange(1, len(values) + 1)
    evaluations(values, ax)
    failed = np.isnan(values)
    _failed(t[failed], ax)
    told = [i for i, source in enumerate(result.sources) if source == "told"]
    if told:
        hollow = {"color": BLACK, "markerfacecolor": "white", "marker": "o", "linestyle": "none"}
        ax.plot(t[told], values[told], **hollow, label="told, not evaluated", gid="told")
    n = _n_designed(result)
    if 0 < n < len(values):
        line = {"color": BLACK, "linestyle": ":", "linewidth": 1.5}
        ax.axvline(n + 0.5, **line, label="end of the initial design", gid="design")
    if failed.all():
        ax.set_yticks([])  # there is nothing to read there
    elif result.recommended_config != result.best_config:
        recommended = [config == result.recommended_config for config in result.configs]
        at = np.flatnonzero(recommended)
        (ring,) = ax.plot(t[at], values[at], **RECOMMENDED, gid="recommended")
        if not len(at):
            ring.set_label("recommended: not evaluated in this run")
    ax.set_xlim(0.5, len(values) + 0.5)
    ax.legend(loc="best")
    return ax


def slices(result, axes=None):
    """Draw the model along each hyperparameter, through the recommended configuration.

    One panel a hyperparameter, as wide as its axis of the unit cube; the others stay as
    recommended. What applies only away from there is in the middle of its range. The dots are all
    values told, wherever the other hyperparameters were, so they need not lie in the band. A
    length scale stands above its panel where it was learned.

    Args:
        result: a `Result` of a strategy with a model, such as `BayesianOptimization`. The model is
            drawn as it is now, with all that its strategy was told.
        axes: Axes, at least one per hyperparameter; those to spare are switched off. Default: those
            of a new Figure, which pyplot does not know: show it with `show(axes[0].figure, alt)`,
            or save it with `axes[0].figure.savefig(path)`.

    Returns:
        `axes`, or the Axes of the new Figure, an array of shape (d,).

    Raises:
        TypeError, ValueError: `result` is not a `Result`, its strategy has no model, all
            evaluations failed, or there are too few Axes.
    """
    strategy = _with_model(_as_result(result))
    config, posterior = result.recommended_config, strategy.posterior()
    panels, fig = _panels(strategy.space.d, axes)
    means = [
        _slice(name, strategy, posterior, config, ax)
        for name, ax in zip(strategy.space.names, panels, strict=True)
    ]
    told = [trial.value for trial in strategy.told if np.isfinite(trial.value)]
    _one_scale(told, means, panels)
    if fig is not None:
        shared_legend(fig, columns=(2, 4, 5)[min(len(panels), COLUMNS) - 1])
        return panels
    for ax in panels:
        if ax.get_legend_handles_labels()[0]:
            ax.legend(loc="best")
    return axes


def _slice(name, strategy, posterior, config, ax):
    """Draw one panel of `slices`; return the mean where it is recommended, None without a slice."""
    space = strategy.space
    dimension, j = space[name], space.names.index(name)
    ax.set_xlabel(name, parse_math=False)
    if name not in config:
        words = {"ha": "center", "va": "center", "fontsize": 11, "transform": ax.transAxes}
        ax.text(0.5, 0.5, "does not apply at the\nrecommended configuration", **words)
        ax.set_xticks([])
        return None
    values = _along(dimension, config[name])
    U = np.tile(space.to_unit(config), (len(values), 1))
    U[:, j] = [dimension.to_unit(value) for value in values]
    mu, sigma = posterior.predict(space.snap(U))
    is_choice = isinstance(dimension, Categorical)
    x = np.arange(len(values)) if is_choice else np.array(values)
    _belief(x, mu, sigma, dimension, ax)

    told = [trial for trial in strategy.told if name in trial.config]
    y = np.array([trial.value for trial in told])
    at = [trial.config[name] for trial in told]
    if is_choice:
        at = 0.3 * side_by_side(y) + [values.index(value) for value in at]
    at = np.array(at, dtype=float)
    dots = {"color": BLACK, "marker": "o", "markersize": 5, "alpha": 0.35, "linestyle": "none"}
    dots |= {"markeredgewidth": 0, "clip_on": False}
    ax.plot(at, y, **dots, label="told", gid="told")
    _failed(at[np.isnan(y)], ax)
    i = values.index(config[name])
    ax.axvline(x[i], color=VERMILION, linestyle=":", linewidth=1.5, clip_on=False)
    ax.plot(x[i], mu[i], **RECOMMENDED, clip_on=False, gid="recommended")
    _horizontal(dimension, values, ax)
    ax.set_title(_length_scale(strategy, posterior, j), fontsize=11)
    return mu[i]


def _belief(x, mu, sigma, dimension, ax):
    """Draw mean and band: a curve, one with markers at integers, or points with error bars."""
    band = {"label": f"± {N_SD} sd of f"}
    mean = {"color": BLUE, "label": "posterior mean", "gid": "mean"}
    if isinstance(dimension, Categorical):
        bars = ax.errorbar(x, mu, N_SD * sigma, fmt="none", ecolor=BLUE, capsize=6, **band)
        bars[2][0].set_gid("band")
        ax.plot(x, mu, marker="s", linestyle="none", **mean)
    else:
        edges = mu - N_SD * sigma, mu + N_SD * sigma
        ax.fill_between(x, *edges, color=BLUE, alpha=0.2, linewidth=0, gid="band", **band)
        marks = {"marker": "s", "markersize": 5} if isinstance(dimension, Int) else {}
        ax.plot(x, mu, linestyle="-", **marks, **mean)


def _along(dimension, recommended):
    """The values of one hyperparameter at which a slice is computed, the recommended among them."""
    if isinstance(dimension, Categorical):
        return list(dimension.choices)
    if isinstance(dimension, Float):
        values = dimension.from_unit(np.linspace(0, 1, POINTS)).tolist()
    else:
        values = dimension.grid(INTEGERS)
    return sorted({*values, recommended})


def _horizontal(dimension, values, ax):
    """Let the panel be as wide as the hyperparameter's axis of the unit cube, with its ticks."""
    if isinstance(dimension, Categorical):
        texts = _written(values)
        turned = {"rotation": 90} if sum(len(text) + 2 for text in texts) > 32 else {}
        ax.set_xticks(range(len(values)), texts, parse_math=False, **turned)
        ax.set_xlim(-0.5, len(values) - 0.5)
        ax.grid(False, axis="x")
        return
    # Each integer owns a share of the axis, half of it on either side.
    half = dimension.step / 2 if isinstance(dimension, Int) else 0.0
    ax.set_xlim(dimension.low - half, dimension.high + half)
    if dimension.log:
        ax.set_xscale("log")
    if isinstance(dimension, Int) and not dimension.log:
        ax.xaxis.get_major_locator().set_params(integer=True)
    elif isinstance(dimension, Int) and dimension.high < 1e5:
        ticks = dimension.grid(5)
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()


def _length_scale(strategy, posterior, j):
    """The learned length scale of a hyperparameter in words, "" if none was learned."""
    surrogate = getattr(strategy, "surrogate", None)
    if not isinstance(surrogate, GaussianProcess) or "length_scale" not in surrogate.learn:
        return ""
    length = _two_digits(posterior.length_scale[j])
    if j in surrogate.kernel.categorical:
        distance = _two_digits(surrogate.kernel.category_distance)
        return f"length scale {length}, choices {distance} apart"
    return f"length scale {length} of the range"


def _one_scale(told, means, panels):
    """Give all panels the same vertical axis: a flat slice then looks flat.

    It shows all values told, and of the bands no more than once their range above and below
    them: beside a penalty of -1e9 a band may be of any size.
    """
    drawn = [ax for ax, mean in zip(panels, means, strict=True) if mean is not None]
    bottom = min(ax.get_ylim()[0] for ax in drawn)
    top = max(ax.get_ylim()[1] for ax in drawn)
    shown = [*told, *(mean for mean in means if mean is not None)]
    low, high = min(shown), max(shown)
    if high > low:
        bottom, top = max(bottom, 2 * low - high), min(top, 2 * high - low)
    for ax in panels:
        ax.set_ylim(bottom, top)
        place = ax.get_subplotspec()
        if place is None or place.is_first_col():
            ax.set_ylabel("f(x)")
        else:
            ax.tick_params(labelleft=False)


def _panels(d, axes):
    """The `d` Axes to draw on, and the Figure that was made for them, if one was."""
    if axes is None:
        columns, rows = min(d, COLUMNS), math.ceil(d / COLUMNS)
        fig = Figure(figsize=(3.4 * columns + 0.9, 3.0 * rows + 0.6))
        fig.set_layout_engine("constrained", w_pad=0.12)
        return np.array([fig.add_subplot(rows, columns, i + 1) for i in range(d)]), fig
    panels = np.ravel(axes)
    if len(panels) < d:
        raise ValueError(f"axes must be {d} Axes, one per hyperparameter, got {len(panels)}")
    for ax in panels[d:]:
        ax.set_axis_off()
    return panels[:d], None


def _failed(x, ax):
    """Mark on the lower edge what failed, if anything did."""
    if len(x):
        cross = {"color": VERMILION, "marker": "x", "linestyle": "none", "markeredgewidth": 2}
        edge = {"transform": ax.get_xaxis_transform(), "clip_on": False, "zorder": 4}
        ax.plot(x, np.zeros(len(x)), **cross, **edge, label="failed", gid="failed")


def _n_designed(result):
    """How many evaluations of a result, from the first on, are of the initial design."""
    strategy = result.strategy
    n_initial = getattr(strategy, "n_initial", 0)
    if not isinstance(strategy, NumberedTrials):
        return n_initial
    # What was told before the run counts toward the design, and may not be in the result.
    trials = strategy.told + strategy.pending
    design = [trial.config for trial in trials if trial.number < n_initial]
    others = (i for i, config in enumerate(result.configs) if config not in design)
    return next(others, len(result.configs))


def _as_result(result):
    if not isinstance(result, Result):
        raise TypeError(f"result must be a Result, as maximize returns it, got {result!r:.80}")
    if len(result.values) == 0:
        raise ValueError("result must have at least one evaluation, got none")
    return result


def _with_model(result):
    """The strategy of a result, if it has a model of f.

    Raises:
        ValueError: it has none.
    """
    strategy = result.strategy
    if not callable(getattr(strategy, "posterior", None)):
        got = "None" if strategy is None else type(strategy).__name__
        raise ValueError(
            f"result must be of a strategy with a model of f, a method posterior() like that of "
            f"BayesianOptimization, got one of {got}; history(result, ax) draws any result"
        )
    return strategy


def _written(choices):
    """Choices as short texts: as they print, or as Python writes them if two would look alike."""
    texts = [str(choice) for choice in choices]
    if len(set(texts)) < len(texts):
        texts = [repr(choice) for choice in choices]
    return [text if len(text) <= 12 else f"{text[:11]}…" for text in texts]


def _two_digits(value):
    return f"{float(f'{value:.2g}'):g}"
