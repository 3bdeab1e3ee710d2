"""What the runs on COCO's suites say: ranks, pairs, functions, time, and what a change changed.

A cell is one instance of one function in one dimension, run once by each method. A problem is one
function in one dimension: its instances are alike, so they are averaged first, and the unit of
every standard error is the problem.
"""

import numpy as np
from scipy.stats import rankdata

from benchmarks import problems, run
from benchmarks.layout import (
    LABELS,
    by_problem,
    look_of,
    mean_and_error,
    number,
    plain,
    save,
    several_machines,
    table,
    with_error,
)

TIMES = (20, 30, 50)  # evaluations after which methods are compared
SOLVED = 1e-8  # COCO's own final precision: smaller regrets count as this
BEFORE = "before"  # our GP's runs by earlier code, which stand earlier in the results file
FUNCTIONS = (
    "sphere",
    "ellipsoid",
    "Rastrigin",
    "Büche–Rastrigin",
    "linear slope",
    "attractive sector",
    "step ellipsoid",
    "Rosenbrock",
    "Rosenbrock, rotated",
    "ellipsoid, rotated",
    "discus",
    "bent cigar",
    "sharp ridge",
    "different powers",
    "Rastrigin, rotated",
    "Weierstrass",
    "Schaffer F7",
    "Schaffer F7, ill-conditioned",
    "Griewank–Rosenbrock",
    "Schwefel",
    "Gallagher, 101 peaks",
    "Gallagher, 21 peaks",
    "Katsuura",
    "Lunacek",
)
ENOUGH = 60  # cells for the pair with BoTorch
SMOOTH = (1, 2, 8, 9, 10)  # bowls, ellipsoids, Rosenbrock's valleys
STEEP = (6, 12, 13)  # bad values are orders of magnitude worse than good ones


def regret_curves(lines):
    """Return {method: {(problem, instance): regrets}} of the runs that ended well.

    Args:
        lines: of the results file, where values count from the optimum, which is 0.

    Returns:
        Each regret array, shape (n,), is that of the best value so far, at least `SOLVED`.
    """
    found = {}
    for line in lines:
        if not line["error"]:
            cell = problems.cell(line["problem"])
            regrets = -np.maximum.accumulate(np.array(line["values"]))
            of_method = found.setdefault(line["method"], {})
            of_method[cell.problem, cell.instance] = np.maximum(regrets, SOLVED)
    return found


def codes(lines):
    """Return the versions of our GP's code in the file, the first and the last; one if the same.

    Args:
        lines: all lines of the results file, in order, also those that were run again since.
    """
    found = [line["code"] for line in lines if line["method"] == "ours"]
    return list(dict.fromkeys([*found[:1], *found[-1:]]))


def earlier(lines):
    """Return the runs of our GP by the first code in the file, if the last code is another."""
    if len(codes(lines)) < 2:
        return []
    return [line for line in lines if line["method"] == "ours" and line["code"] == codes(lines)[0]]


def complete(curves, methods, t):
    """Return the regrets after `t` evaluations in the cells where all of `methods` have them.

    Returns:
        {(problem, instance): regrets, shape (methods,)}, sorted by problem and instance.
    """
    cells = sorted(set.intersection(*(set(curves[method]) for method in methods)))
    found = {}
    for cell in cells:
        runs = [curves[method][cell] for method in methods]
        if min(map(len, runs)) >= t:
            found[cell] = np.array([regrets[t - 1] for regrets in runs])
    return found


def ranks(curves, methods, t):
    """Rank the methods in every cell that all of them ran: 1 is best, equals share their places.

    Returns:
        {method: {(problem, instance): rank}}.
    """
    found = complete(curves, methods, t)
    places = rankdata(list(found.values()), axis=1).T if found else [[]] * len(methods)
    return {
        method: dict(zip(found, map(float, its_places), strict=True))
        for method, its_places in zip(methods, places, strict=True)
    }


def log_ratios(curves, one, other, t):
    """Return {(problem, instance): log10 of the regret of one method over that of another}."""
    return {
        cell: float(np.log10(mine / its))
        for cell, (mine, its) in complete(curves, [one, other], t).items()
    }


def times_of(curves, methods):
    """Return those of `TIMES` that the runs of all these methods reach in some cell."""
    return [t for t in TIMES if complete(curves, methods, t)]


def geometric(logs):
    """Write the geometric mean of ratios over problems, and one standard error on both sides."""
    mean, error = mean_and_error(logs)
    if np.isnan(error):
        return number(10**mean, 3)
    low, high = 10 ** (mean - error), 10 ** (mean + error)
    return f"{number(10**mean, 3)} ({number(low, 3)} … {number(high, 3)})"


def counts(logs):
    """Write on how many problems the first of two methods is better, worse, the same."""
    means = np.array(list(by_problem(logs).values()))
    return f"{np.sum(means < 0)} / {np.sum(means > 0)} / {np.sum(means == 0)}"


def counted(cells):
    """Write how many problems and cells there are."""
    n_problems = len({problem for problem, _ in cells})
    return f"{n_problems} problems, {len(cells)} cells"


def of_suite(curves, suite, dimensions=None, chosen=None):
    """Return the curves on some dimensions of a suite, without methods that have none.

    Args:
        chosen: True for the functions that helped to choose the default, False for the others.
    """
    found = {}
    for method, of_method in curves.items():
        kept = {}
        for (problem, instance), regrets in of_method.items():
            its_suite, function, d = parts(problem)
            wanted = its_suite == suite and d in (dimensions or problems.SUITES[suite])
            if wanted and chosen in (None, problems.chosen_on(f"{suite} f{function}")):
                kept[problem, instance] = regrets
        if kept:
            found[method] = kept
    return found


def parts(problem):
    """Return suite, function and dimension of the name of a cell's problem."""
    name, d = problem.split(", d = ")
    suite, function = name.rsplit(" f", 1)
    return suite, int(function), int(d)


def dimensions_of(cells):
    """Return the dimensions of (problem, instance) pairs, sorted."""
    return sorted({parts(problem)[2] for problem, _ in cells})


def n_runs(curves):
    """Return how many runs there are."""
    return sum(len(of_method) for of_method in curves.values())


def present(curves, methods):
    """Return those of `methods` that have runs."""
    return [method for method in methods if method in curves]


def tiers(curves):
    """Return lists of methods to rank together, from all cells with few methods to few with many.

    Slow libraries have run on fewer cells than others, and a ranking has the cells that all of its
    methods ran. So each list adds the method with the next most cells to the one before; where that
    keeps nine cells in ten, it takes its place.
    """
    most = max(len(regrets) for of in curves.values() for regrets in of.values())
    t = max((t for t in TIMES if t <= most), default=most)
    n_cells = {method: len(complete(curves, [method], t)) for method in present(curves, LABELS)}
    found, kept = [], []
    for method in sorted(n_cells, key=lambda method: -n_cells[method]):
        methods = [*(found[-1] if found else []), method]
        cells = complete(curves, methods, t)
        if found and len(cells) >= 0.9 * len(kept):
            found.pop()
        if cells:
            found.append(methods)
            kept = cells
    return [methods for methods in found if len(methods) > 1]


def rank_caption(curves, methods):
    """Write on how many cells these methods are ranked."""
    t = times_of(curves, methods)[-1]
    cells = complete(curves, methods, t)
    d = ", ".join(map(str, dimensions_of(cells)))
    return f"{counted(cells)}, d = {d}."


def rank_table(curves, methods):
    """Return mean ranks at each of `TIMES`, best at the last one first."""
    times = times_of(curves, methods)
    at = {t: ranks(curves, methods, t) for t in times}
    order = sorted(methods, key=lambda method: mean_and_error(at[times[-1]][method])[0])
    rows = []
    for method in order:
        of_dimension = {}
        for cell, rank in at[times[-1]][method].items():
            of_dimension.setdefault(parts(cell[0])[2], {})[cell] = rank
        each = [f"{mean_and_error(of_dimension[d])[0]:.2f}" for d in sorted(of_dimension)]
        rows.append([LABELS[method], *(with_error(at[t][method]) for t in times), *each])
    dimensions = [f"{times[-1]}, d = {d}" for d in sorted(of_dimension)]
    return table(["mean rank ± s.e. at", *times, *dimensions], rows)


def pair_table(curves):
    """Return our GP against each other method alone, on all cells that both have."""
    rows = []
    for other in present(curves, [m for m in LABELS if m != "ours"]):
        times = times_of(curves, ["ours", other])
        if not times:
            continue
        logs = log_ratios(curves, "ours", other, times[-1])
        row = [LABELS[other], ", ".join(map(str, dimensions_of(logs))), counted(logs)]
        row += [with_error(ranks(curves, ["ours", other], t)["ours"]) for t in times]
        row += ["–"] * (len(TIMES) - len(times))
        low, middle, high = np.quantile(list(by_problem(logs).values()), [0.25, 0.5, 0.75])
        rows.append([*row, counts(logs), f"{middle:+.2f} ({low:+.2f}, {high:+.2f})"])
    head = ["ours against", "d", "on", *(f"rank of two at {t}" for t in TIMES)]
    return table([*head, "problems better / worse / same", "median log10 ratio (quartiles)"], rows)


def function_table(curves):
    """Return our regret over that of the others by function, geometric means at the last time."""
    others = present(curves, [m for m in LABELS if m not in ("ours", "random", "sobol")])
    t = times_of(curves, ["ours"])[-1]
    found = {}
    for other in others:
        for (problem, instance), log in log_ratios(curves, "ours", other, t).items():
            suite, function, _ = parts(problem)
            found.setdefault(function, {}).setdefault(other, {})[problem, instance] = log
    rows = []
    for function in sorted(found):
        mark = " †" if problems.chosen_on(f"{suite} f{function}") else ""
        cells = [found[function].get(other, {}) for other in others]
        ratios = [number(10 ** mean_and_error(logs)[0]) for logs in cells]
        rows.append([f"f{function} {FUNCTIONS[function - 1]}{mark}", *ratios])
    return table(["ours over", *(LABELS[other] for other in others)], rows)


def time_table(lines):
    """Return the median over runs of the mean CPU time per question, by suite and dimension."""
    places = [(suite, d) for suite in problems.SUITES for d in problems.SUITES[suite]]
    spent = {}
    for line in lines:
        if line["cpu_ms"] is not None:
            cell = problems.cell(line["problem"])
            spent.setdefault((line["method"], cell.suite, cell.d), []).append(line["cpu_ms"])
    rows = []
    for method in [m for m in LABELS if any(key[0] == m for key in spent)]:
        found = [np.median(spent.get((method, *place), [np.nan])) for place in places]
        rows.append([LABELS[method], *(number(each, 3) for each in found)])
    return table(["CPU ms per question", *(f"{suite}, d = {d}" for suite, d in places)], rows)


def change_table(curves):
    """Return our GP's regret over that of the earlier code: geometric means and what was wanted."""
    t = times_of(curves, ["ours", BEFORE])[-1]
    logs = log_ratios(curves, "ours", BEFORE, t)
    rows = []
    for label, suite, functions, limit, worst_limit in (
        ("both suites", None, None, 0.9, None),
        ("bbob", "bbob", None, None, None),
        ("bbob-mixint", "bbob-mixint", None, None, None),
        ("bbob: attractive sector, bent cigar, sharp ridge", "bbob", STEEP, 1 / 3, None),
        ("bbob: sphere, ellipsoids, Rosenbrock's functions", "bbob", SMOOTH, 1.1, 1.3),
    ):
        some, of_function = {}, {}
        for (problem, instance), log in logs.items():
            its_suite, function, _ = parts(problem)
            if suite in (None, its_suite) and function in (functions or range(99)):
                some[problem, instance] = log
                of_function.setdefault(f"{its_suite} f{function}", {})[problem, instance] = log
        if some:
            means = {name: 10 ** mean_and_error(each)[0] for name, each in of_function.items()}
            worst = max(means, key=means.get)
            middle = 10 ** np.median(list(by_problem(some).values()))
            row = [label, counted(some), geometric(some), number(middle, 3), counts(some)]
            row.append(f"{number(means[worst], 3)} on {worst}")
            if limit is None:
                rows.append([*row, ""])
                continue
            met = 10 ** mean_and_error(some)[0] <= limit
            met = met and (worst_limit is None or means[worst] <= worst_limit)
            target = f"mean ≤ {number(limit)}"
            target += f", worst ≤ {worst_limit}" if worst_limit else ""
            rows.append([*row, f"{target}: {'yes' if met else '**no**'}"])
    head = [f"ours now / before, at {t}", "on", "geometric mean of regrets ± s.e.", "median"]
    head += ["problems better / worse / same", "worst function"]
    return table([*head, "target"], rows)


def target_rows(curves):
    """Return the target for the suites, what was reached, and whether it is met."""
    some = of_suite(curves, "bbob", (5, 10))
    times = times_of(some, ["ours", "botorch"]) if {"ours", "botorch"} <= set(some) else []
    if not times:
        return []
    found = ranks(some, ["ours", "botorch"], times[-1])["ours"]
    mean, _ = mean_and_error(found)
    target = f"BBOB, d = 5 and 10, {ENOUGH} cells or more: "
    target += f"mean rank of the pair with BoTorch at {times[-1]} ≤ 1.35"
    reached = f"{with_error(found)} ({counted(found)})"
    return [(target, reached, mean <= 1.35 and len(found) >= ENOUGH)]


def most_methods(curves):
    """Return the longest list of `tiers` that still ran nine tenths of the problems; [] if none."""
    found, n_most = [], 0
    for methods in tiers(curves):
        cells = complete(curves, methods, times_of(curves, methods)[-1])
        n_problems = len({problem for problem, _ in cells})
        n_most = max(n_most, n_problems)
        if n_problems >= 0.9 * n_most:
            found = methods
    return found


def progress(curves, methods, t):
    """Return how far regrets fell from the end of the initial design to the evaluation `t`.

    Returns:
        {method: median over problems of log10(regret / regret after the design), shape
        (t - N_INITIAL + 1,)}, on the cells that all of the methods ran.
    """
    start, fallen = run.N_INITIAL - 1, {}
    for method in methods:
        of_problem = {}
        for cell in complete(curves, methods, t):
            regrets = curves[method][cell][start:t]
            of_problem.setdefault(cell[0], []).append(np.log10(regrets / regrets[0]))
        fallen[method] = np.median([np.mean(each, axis=0) for each in of_problem.values()], axis=0)
    return fallen


def progress_figure(curves, path):
    """Draw `progress`, one panel for each suite and dimension."""
    from matplotlib.figure import Figure

    panels = {
        f"{suite}, d = {d}": of_suite(curves, suite, (d,))
        for suite in problems.SUITES
        for d in problems.SUITES[suite]
    }
    panels = {title: some for title, some in panels.items() if some and most_methods(some)}
    columns = 3
    rows = -(-len(panels) // columns)
    fig = Figure(figsize=(12, 3.2 * rows + 0.6))
    axes = np.atleast_1d(fig.subplots(rows, columns)).ravel()
    handles, shown = {}, []
    for ax, (title, some) in zip(axes, panels.items(), strict=False):
        methods = most_methods(some)
        t = times_of(some, methods)[-1]
        for method, fallen in progress(some, methods, t).items():
            marks = {"markevery": (5, 10), "markersize": 5, "label": plain(method)}
            steps = np.arange(run.N_INITIAL, t + 1)
            (handles[plain(method)],) = ax.plot(steps, fallen, **look_of(method) | marks)
        ax.set_title(title)
        ax.set_xlabel("evaluations")
        shown.append(f"{title} ({counted(complete(some, methods, t))})")
    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    for ax in axes[::columns]:
        ax.set_ylabel("log10 of regret /\ninitial regret")
    fig.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=4)
    alt = (
        "Median over problems of the logarithm of regret over regret after the initial design, "
        f"against evaluations, in {len(panels)} panels: {'; '.join(shown)}."
    )
    return save(fig, path, alt)


def pair_figure(curves, path):
    """Draw our rank of two against each other method alone, one panel for each suite."""
    from matplotlib.figure import Figure

    panels = {suite: of_suite(curves, suite) for suite in problems.SUITES}
    panels = {suite: some for suite, some in panels.items() if "ours" in some and len(some) > 1}
    others = [m for m in LABELS if m != "ours" and any(m in some for some in panels.values())]
    fig = Figure(figsize=(12, 0.4 * len(others) + 1.4))
    axes = np.atleast_1d(fig.subplots(1, max(len(panels), 1), sharey=True)).ravel()
    found = []
    for ax, (suite, some) in zip(axes, panels.items(), strict=False):
        for i, other in enumerate(others[::-1]):
            times = times_of(some, ["ours", other]) if other in some else []
            if times:
                mean, error = mean_and_error(ranks(some, ["ours", other], times[-1])["ours"])
                ax.errorbar(mean, i, xerr=error, **look_of(other) | {"linestyle": "none"})
                found.append(f"{suite}, {plain(other)} {mean:.2f}")
        ax.axvline(1.5, color="#777777", linewidth=1, linestyle=":")
        ax.set_yticks(range(len(others)), [plain(other) for other in others[::-1]])
        ax.set(xlim=(0.95, 2.05), title=suite, xlabel="our mean rank of two ± standard error")
    alt = (
        "Mean rank of our GP against each other method alone; 1 is always better, 2 always worse, "
        f"a dotted line at 1.5: {'; '.join(found)}."
    )
    return save(fig, path, alt)


def suite_section(curves, suite):
    """Return what the runs on one suite say, a list of Markdown; [] without any."""
    curves = of_suite(curves, suite)
    if not curves or not tiers(curves):
        return []
    text = [f"### {suite}"]
    for methods in tiers(curves):
        text += [rank_caption(curves, methods), rank_table(curves, methods)]
    unseen = of_suite(curves, suite, chosen=False)
    if 0 < n_runs(unseen) < n_runs(curves):
        text.append("Without the functions that helped to choose our default (†):")
        for methods in tiers(unseen):
            text += [rank_caption(unseen, methods), rank_table(unseen, methods)]
    if "ours" in curves:
        t = times_of(curves, ["ours"])[-1]
        text += [
            "Our GP against each method alone, on all cells that both ran. A rank of 1 is always "
            "better, 2 always worse; a log10 ratio of −1 is a tenth of the other's regret:",
            pair_table(curves),
            f"Function by function, the geometric mean of our regret at {t} over another's, over "
            "the cells that both ran; below 1, ours is smaller:",
            function_table(curves),
        ]
    return text


def section(lines, folder):
    """Return the part of the report on the suites, a list of Markdown; write its figures.

    Args:
        lines: all lines of the results file, in order. folder: where the figures go.
    """
    last = run.last_of_each(lines)
    curves = regret_curves(last)
    text = [
        "## On suites that nobody here wrote",
        "Two suites of the [COCO platform](https://coco-platform.org), their instances as "
        "published. A *problem* is one function in one dimension, and a *cell* one instance of it, "
        "run once by each method from the same ten points. Everything is averaged over the "
        "instances of a problem first: they are alike, so that the unit of a standard error is the "
        f"problem. Regrets below {SOLVED:g} count as that.",
    ]
    if "ours" in curves and len(curves) > 1:
        text.append(pair_figure(curves, folder / "pairs.png"))
    for suite in problems.SUITES:
        text += suite_section(curves, suite)
    if earlier(lines):
        before, now = codes(lines)
        text += [
            "### Before and after",
            f"Our GP's regret (code {now}) over that of an earlier one (code {before}) on the same "
            "cells, from the same ten points:",
            change_table(curves | regret_curves([{**e, "method": BEFORE} for e in earlier(lines)])),
        ]
    return [
        *text,
        "### Progress and time",
        progress_figure(curves, folder / "progress.png"),
        "CPU time per question in these runs, the median over runs of their means. The machine "
        "had other work meanwhile, which makes CPU time a little longer for all:",
        time_table(last),
        *several_machines(last),
    ]
