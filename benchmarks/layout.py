"""How the report is written and drawn: names, numbers, tables, looks."""

import numpy as np

LABELS = {
    "ours": "**this course: GP, log EI**",
    "ours-tpe": "**this course: TPE**",
    "ours-in-optuna": "**this course: GP, inside Optuna**",
    "optuna-tpe": "Optuna TPE",
    "optuna-tpe-univariate": "Optuna TPE, univariate",
    "optuna-gp": "Optuna GP",
    "skopt": "scikit-optimize GP, EI",
    "bayes-opt": "bayesian-optimization GP, EI",
    "hyperopt": "Hyperopt TPE",
    "botorch": "BoTorch GP, log EI",
    "smac": "SMAC random forest",
    "sobol": "Sobol",
    "random": "random",
    "scikit-learn": "scikit-learn",
}
COURSE = {"ours": "BO", "ours-tpe": "TPE", "sobol": "Sobol", "random": "random"}  # as drawn there
PEER_COLORS = ("#56B4E9", "#E69F00", "#D55E00", "#009E73", "#8C564B")
PEER_MARKERS = "<>p+dx"


def plain(method):
    """Return the label of a method without the stars that make it bold in Markdown."""
    return LABELS[method].strip("*")


def by_problem(values):
    """Average over the seeds of each problem.

    Runs of one problem are alike, so problems and not runs are the unit of a standard error.

    Args:
        values: {(problem, seed): number}.

    Returns:
        {problem: mean over its seeds}, in the order in which problems first appear.
    """
    found = {}
    for (problem, _), value in values.items():
        found.setdefault(problem, []).append(value)
    return {problem: float(np.mean(each)) for problem, each in found.items()}


def mean_and_error(values):
    """Return the mean over problems of {(problem, seed): number} and its standard error.

    Each problem counts once, by its mean over seeds. NaN without values; the error is NaN for one
    problem.
    """
    means = np.array(list(by_problem(values).values()))
    if len(means) == 0:
        return np.nan, np.nan
    error = means.std(ddof=1) / np.sqrt(len(means)) if len(means) > 1 else np.nan
    return means.mean(), error


def with_error(values, signed=False):
    """Write the mean of {(problem, seed): number} and its standard error, if there is one."""
    mean, error = mean_and_error(values)
    text = f"{mean:+.2f}" if signed else f"{mean:.2f}"
    return text if np.isnan(error) else f"{text} ± {error:.2f}"


def table(head, rows, first="l"):
    """Return a Markdown table; all columns but the first are aligned to the right."""
    lines = [head, [":--" if first == "l" else "--:"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def number(x, digits=2):
    """Write a number with `digits` significant digits, without an exponent where it is short."""
    if np.isnan(x):
        return "–"
    text = f"{x:.{digits}g}"
    return f"{x:.0f}" if "e+" in text and abs(x) < 1e6 else text


def several_machines(lines):
    """Return a warning, a list of Markdown, if not all runs were made on one machine; else []."""
    found = {}
    for line in lines:
        found.setdefault(line["machine"], set()).add(line["method"])
    if len(found) < 2:
        return []
    texts = [
        f"{', '.join(LABELS[m] for m in LABELS if m in methods)}: {machine}"
        for machine, methods in found.items()
    ]
    return [
        "**The runs are from several machines, whose times do not compare:** " + "; ".join(texts)
    ]


def look_of(method):
    """Return how a method is drawn: as in the course if the course has it, else in its own way."""
    from bo_tutorial.plotting.looks import look

    if method in COURSE:
        return look(COURSE[method])
    i = [each for each in LABELS if each not in COURSE].index(method)
    color, marker = PEER_COLORS[i % len(PEER_COLORS)], PEER_MARKERS[i % len(PEER_MARKERS)]
    return {"color": color, "linestyle": "-", "marker": marker}


def rank_figure(found, t, path):
    """Draw mean ranks as points with error bars; return the Markdown that shows it.

    Args:
        found: {method: (mean rank, standard error)}. t: evaluations after which. path: the file.
    """
    from matplotlib.figure import Figure

    order = sorted((m for m in found if not np.isnan(found[m][0])), key=lambda m: -found[m][0])
    fig = Figure(figsize=(8, 0.36 * len(order) + 1.2))
    ax = fig.subplots()
    for i, method in enumerate(order):
        mean, error = found[method]
        ax.errorbar(mean, i, xerr=error, **look_of(method) | {"linestyle": "none"})
    ax.set_yticks(range(len(order)), [plain(m) for m in order])
    ax.set(xlabel=f"mean rank at {t} evaluations ± standard error (1 is best)")
    first = ", ".join(f"{plain(m)} {found[m][0]:.1f}" for m in order[::-1])
    return save(fig, path, f"Mean ranks at {t} evaluations, best first: {first}.")


def save(fig, path, alt):
    """Write a figure and return the Markdown that shows it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without the name of the software in it, the same figure is the same bytes.
    fig.savefig(path, metadata={"Software": None})
    return f"![{alt}]({path.parent.name}/{path.name})"
