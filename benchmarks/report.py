"""Make the report, its tables and figures, of what `run` and `timing` have written.

    python -m benchmarks.report

Every number in `report.md` is computed here from the results files; `notes.md`, by hand, ends it.
"""

import argparse
import itertools
from pathlib import Path

from benchmarks import set_one_thread

if __name__ == "__main__":
    set_one_thread()

import numpy as np

from benchmarks import adapters, noise, problems, run, suites, timing
from benchmarks.layout import (
    LABELS,
    look_of,
    mean_and_error,
    number,
    plain,
    rank_figure,
    save,
    several_machines,
    table,
    with_error,
)

TIMES = (20, 30, 50)  # evaluations after which ranks are taken, as far as the runs go
NOTES = run.HERE / "notes.md"  # by hand: where targets are missed, what was tried
NOTHING = 1e-4  # of the spread of the initial design: smaller regrets count as this


class Regrets:
    """Simple regrets of all runs, over evaluations.

    Attributes:
        curves: {(problem, method, seed): shape (n,)}, reference - best value so far.
        floors: {problem: the regret that counts as none, `NOTHING` times the median over seeds of
            the initial design's range of values}.
        methods, problems: their names, in the order of `METHODS` and `MAKERS`.
        references: {problem: the optimum, or the best value that anyone found}.
        times: after how many evaluations ranks are taken.
    """

    def __init__(self, lines):
        whole = [line for line in lines if not line["error"]]
        best, ranges = {}, {}
        for line in whole:
            name = line["problem"]
            best[name] = max(best.get(name, -np.inf), max(line["values"]))
            # By seed: all methods begin with the same design.
            ranges.setdefault(name, {})[line["seed"]] = np.ptp(line["values"][: run.N_INITIAL])
        self.floors = {name: NOTHING * np.median(list(of.values())) for name, of in ranges.items()}
        self.references = {}
        for name, value in best.items():
            optimum = problems.make(name).optimum
            self.references[name] = value if optimum is None else optimum
        self.curves = {}
        for line in whole:
            name = line["problem"]
            regret = self.references[name] - np.maximum.accumulate(line["values"])
            # Values are kept to twelve digits: less than that is nothing.
            digits = 1e-11 * max(1.0, abs(self.references[name]))
            self.curves[name, line["method"], line["seed"]] = np.where(regret > digits, regret, 0.0)
        longest = max((len(curve) for curve in self.curves.values()), default=0)
        self.times = tuple(t for t in TIMES if t <= longest)
        if not self.times:
            raise ValueError(f"runs must have {TIMES[0]} evaluations or more, got {longest}")
        found = {key[:2] for key in self.curves}
        self.methods = [m for m in adapters.METHODS if any(m == key[1] for key in found)]
        self.problems = [p for p in problems.MAKERS if any(p == key[0] for key in found)]

    def of(self, problem, method):
        """Return the curves of one method on one problem, shape (seeds, n); () if there are none.

        All are cut to the shortest.
        """
        curves = [c for key, c in self.curves.items() if key[:2] == (problem, method)]
        shortest = min(map(len, curves), default=0)
        return np.array([curve[:shortest] for curve in curves])

    def median(self, problem, method, t):
        """Return the median regret after `t` evaluations, at least the floor."""
        curves = self.of(problem, method)
        if not curves.size or curves.shape[1] < t:
            return np.nan
        return max(float(np.median(curves[:, t - 1])), self.floors[problem])

    def ranks(self, names, t, ties=False):
        """Rank the methods after `t` evaluations in every (problem, seed).

        A method's rank is 1 + the number of methods that did better + half of those that did the
        same. Where a method has no run (it had fewer seeds), its chance to be better is the share
        of this problem's other seeds on which it was.

        Args:
            names: the problems. ties: count regrets below the floor as the same.

        Returns:
            {method: array, one rank for each (problem, seed) that it ran, keyed by the pair}.
        """
        ranks = {method: {} for method in self.methods}
        for name in names:
            seeds = sorted({key[2] for key in self.curves if key[0] == name})
            values = np.full((len(self.methods), len(seeds)), np.nan)
            for i, j in itertools.product(range(len(self.methods)), range(len(seeds))):
                curve = self.curves.get((name, self.methods[i], seeds[j]))
                if curve is not None and len(curve) >= t:
                    values[i, j] = curve[t - 1]
            if ties:
                values = np.maximum(values, self.floors[name])
            taking_part = ~np.isnan(values).all(axis=1)
            for i in np.flatnonzero(taking_part):
                # Others better than i (1), the same (1/2) or worse (0), by other and seed.
                better = 0.5 * (1 + np.sign(values[i] - values[taking_part]))
                shared = ~np.isnan(better)
                mean = np.sum(np.where(shared, better, 0), axis=1) / np.maximum(shared.sum(1), 1)
                better = np.where(shared, better, np.where(shared.any(1), mean, 0.5)[:, None])
                # It is neither better nor worse than itself: half a place too many.
                for j in np.flatnonzero(~np.isnan(values[i])):
                    ranks[self.methods[i]][name, seeds[j]] = 0.5 + better[:, j].sum()
        return ranks


def rank_table(regrets, names):
    """Return mean ranks at each of `times`, best at the last one first, and the lead of ours."""
    at = {t: regrets.ranks(names, t) for t in regrets.times}
    tied = regrets.ranks(names, regrets.times[-1], ties=True)
    means = {m: mean_and_error(at[regrets.times[-1]][m])[0] for m in regrets.methods}
    rows = []
    for method in sorted((m for m in means if not np.isnan(means[m])), key=means.get):
        cells = []
        for t in regrets.times:
            cells.append(with_error(at[t][method]))
        cells.append(f"{mean_and_error(tied[method])[0]:.2f}")
        ours = at[regrets.times[-1]].get("ours", {})
        ranks = at[regrets.times[-1]][method]
        lead = {key: rank - ours[key] for key, rank in ranks.items() if key in ours}
        cells.append("" if method == "ours" or not lead else with_error(lead, signed=True))
        seeds = {key[1] for key in at[regrets.times[-1]][method]}
        rows.append([LABELS[method], *cells, len(seeds)])
    head = [
        "mean rank ± s.e. at",
        *regrets.times,
        f"{regrets.times[-1]}, ties",
        "behind ours by",
        "seeds",
    ]
    return table(head, rows)


def regret_table(regrets, names, t):
    """Return the median regret after `t` evaluations with its quartiles, by problem and method."""
    head = ["", *names]
    rows = []
    for method in regrets.methods:
        cells = []
        for name in names:
            curves = regrets.of(name, method)
            if not curves.size or curves.shape[1] < t:
                cells.append("–")
                continue
            low, middle, high = np.quantile(curves[:, t - 1], [0.25, 0.5, 0.75])
            cells.append(f"{number(middle)} ({number(low)}, {number(high)})")
        rows.append([LABELS[method], *cells])
    rows.append(["*counts as none below*", *(number(regrets.floors[name]) for name in names)])
    return table(head, rows)


def peers(regrets):
    """The methods that others wrote: neither ours nor blind."""
    return [m for m in regrets.methods if m not in (*adapters.OURS, "random", "sobol")]


def ratios(regrets, names, t, ours="ours", others=None):
    """Return {problem: (ratio of our median regret to the best peer's, that peer)}.

    Medians below the floor count as the floor.
    """
    found = {}
    for name in names:
        of_peers = {m: regrets.median(name, m, t) for m in others or peers(regrets)}
        of_peers = {m: value for m, value in of_peers.items() if not np.isnan(value)}
        mine = regrets.median(name, ours, t)
        if of_peers and not np.isnan(mine):
            best = min(of_peers, key=of_peers.get)
            found[name] = mine / of_peers[best], best
    return found


def ratio_table(regrets, names):
    """Return our median regret over the best peer's, at each of `times`."""
    at = {t: ratios(regrets, names, t) for t in regrets.times}
    rows = []
    for name in names:
        if name not in at[regrets.times[-1]]:
            continue
        cells = [number(at[t][name][0]) if name in at[t] else "–" for t in regrets.times]
        known = problems.make(name).optimum is not None
        reference = "optimum" if known else "best value found"
        mark = " †" if problems.chosen_on(name) else ""
        row = [name + mark, *cells, LABELS[at[regrets.times[-1]][name][1]]]
        rows.append([*row, f"{regrets.references[name] + 0.0:.6g} ({reference})"])  # no "-0"
    return table(
        ["ratio at", *regrets.times, f"best peer at {regrets.times[-1]}", "reference"], rows
    )


def run_time_table(lines):
    """Return the CPU time per suggestion in the runs themselves, and what went wrong in them."""
    rows = []
    for method in adapters.METHODS:
        mine = [line for line in lines if line["method"] == method]
        if not mine:
            continue
        spent = [np.mean(line["cpu_ms"]) for line in mine if line["cpu_ms"]]
        low, middle, high = np.quantile(spent, [0, 0.5, 1]) if spent else [np.nan] * 3
        failed = sum(bool(line["error"]) for line in mine)
        repeats = sum(line["repeats"] for line in mine)
        row = [LABELS[method], len(mine), number(middle, 3), f"{number(low)} … {number(high)}"]
        rows.append([*row, repeats, failed])
    head = ["in the runs", "runs", "ms per suggestion", "fastest … slowest run"]
    return table([*head, "points asked twice", "runs failed"], rows)


def suggestion_table(times, d):
    """Return CPU per suggestion by length of the history, and our share of the fastest others."""
    rows = []
    for method in adapters.METHODS:
        cells = [times.get(("suggestion", method, d, t)) for t in timing.LENGTHS]
        if any(cells):
            rows.append([LABELS[method], *(number(c["cpu_ms"], 3) if c else "–" for c in cells)])
    for ours, others, label in (
        ("ours", adapters.GP_LIBRARIES, "our GP / fastest GP library"),
        ("ours", ("optuna-tpe",), "our GP / Optuna TPE"),
        ("ours-tpe", ("optuna-tpe", "optuna-tpe-univariate", "hyperopt"), "our TPE / fastest TPE"),
    ):
        shares = [share(times, "suggestion", ours, others, d, t) for t in timing.LENGTHS]
        rows.append([f"*{label}*", *map(number, shares)])
    return table([f"CPU ms at d = {d}, t =", *timing.LENGTHS], rows)


def share(times, measure, ours, others, d, t):
    """Our time over the least of the others'; NaN where either is missing."""
    mine = times.get((measure, ours, d, t))
    found = [times[measure, m, d, t]["cpu_ms"] for m in others if (measure, m, d, t) in times]
    return mine["cpu_ms"] / min(found) if mine and found else np.nan


def fit_table(times):
    """Return CPU per fit by number of observations, and how close ours comes to the best."""
    rows = []
    for method in timing.FITS:
        cells = [times.get(("fit", method, 6, n)) for n in timing.FIT_LENGTHS]
        if any(cells):
            rows.append([LABELS[method], *(number(c["cpu_ms"], 3) if c else "–" for c in cells)])
    others = [method for method in timing.FITS if method != "ours"]
    shares = [share(times, "fit", "ours", others, 6, n) for n in timing.FIT_LENGTHS]
    rows.append(["*ours / fastest library*", *map(number, shares)])
    short = [times.get(("nats short", "ours", 6, n)) for n in timing.FIT_LENGTHS]
    label = f"*ours, nats short of the best of {timing.N_RESTARTS} restarts*"
    rows.append([label, *(number(max(line["nats"])) if line else "–" for line in short)])
    return table(["CPU ms at d = 6, n =", *timing.FIT_LENGTHS], rows)


def target_table(regrets, times, cube, mixed, in_suites=()):
    """Return each target beside what was reached; `in_suites`: the last lines on the suites."""
    rows = []

    def row(target, reached, met):
        rows.append([target, reached, "yes" if met else "**no**"])

    for t in regrets.times:
        means = {m: mean_and_error(r)[0] for m, r in regrets.ranks(cube, t).items()}
        means = {m: mean for m, mean in means.items() if not np.isnan(mean)}
        of_peers = {m: means[m] for m in peers(regrets) if m in means}
        if "ours" not in means or not of_peers:
            continue
        best = min(of_peers, key=of_peers.get)
        lead = of_peers[best] - means["ours"]
        wanted = 1.0 if t == regrets.times[-1] else 0.0
        reached = f"{means['ours']:.2f}, best peer {of_peers[best]:.2f} ({LABELS[best]})"
        margin = ", by a whole rank" if wanted else ""
        row(f"mean rank first at {t}{margin}", reached, lead >= wanted and lead > 0)
        if t == regrets.times[-1] and "ours-tpe" in means:
            tpe = {m: means[m] for m in of_peers if "tpe" in m or m == "hyperopt"}
            for other, mean in tpe.items():
                reached = f"{means['ours-tpe']:.2f} against {mean:.2f}"
                row(
                    f"our TPE's mean rank at {t} ≤ {LABELS[other]}",
                    reached,
                    means["ours-tpe"] <= mean,
                )
    for target, reached, met in suites.target_rows(suites.regret_curves(in_suites)):
        row(target, reached, met)
    found = ratios(regrets, cube, regrets.times[-1])
    if found:
        worst = max(found, key=lambda name: found[name][0])
        reached = f"{number(found[worst][0])} on {worst}"
        row(
            f"median regret at {regrets.times[-1]} / best peer's ≤ 3 everywhere",
            reached,
            found[worst][0] <= 3,
        )
    found = ratios(regrets, mixed, regrets.times[-1])
    for name, (ratio, best) in found.items():
        reached = f"{number(ratio)} × {LABELS[best]}"
        row(f"{name}: as good as the best peer at {regrets.times[-1]}", reached, ratio <= 1)
    for d, t in itertools.product(timing.PROBLEMS, timing.LENGTHS):
        reached = share(times, "suggestion", "ours", adapters.GP_LIBRARIES, d, t)
        wanted = 20 if t >= 100 else 10
        if not np.isnan(reached):
            target = (
                f"CPU per suggestion at d = {d}, t = {t} ≤ 1/{wanted} of the fastest GP library"
            )
            row(target, f"1/{1 / reached:.1f}", reached <= 1 / wanted)
        ends = [times.get(("suggestion", "ours", d, n)) for n in (100, 200)]
        if t == 200 and all(ends):
            growth = ends[1]["cpu_ms"] / ends[0]["cpu_ms"]
            row(f"its growth from t = 100 to 200 at d = {d} ≤ 4", f"{growth:.1f}", growth <= 4)
    others = [method for method in timing.FITS if method != "ours"]
    for n in timing.FIT_LENGTHS:
        reached = share(times, "fit", "ours", others, 6, n)
        if not np.isnan(reached):
            target = f"GP fit at d = 6, n = {n} ≤ 1/3 of the fastest library"
            row(target, f"1/{1 / reached:.1f}", reached <= 1 / 3)
        short = times.get(("nats short", "ours", 6, n))
        if short:
            worst = max(short["nats"])
            row(f"GP fit at n = {n} within 0.1 nat", number(worst), worst <= 0.1)
    return table(["target", "reached", "met"], rows)


def noise_table(lines):
    """Return what the recommended configuration is worth beside the best observed one."""
    rows = []
    for name in noise.MAKERS:
        mine = [line for line in lines if line["problem"] == name]
        if len(mine) > 1:
            found = noise.summary(mine)
            gain = f"{found['gain']:+.2g} ± {found['standard_error']:.2g}"
            counts = f"{found['better']} / {found['worse']} / {found['same']}"
            rows.append([name, found["n"], gain, counts, f"{found['optimism']:+.2g}"])
    return table(
        [
            "noisy objective",
            "runs",
            "recommended − best observed, true mean ± s.e.",
            "better / worse / same",
            "largest value − truth there",
        ],
        rows,
    )


def version_list(lines):
    """Return the versions, the machine and the code that the lines come from."""
    found = {}
    for line in lines:
        for name, version in line["versions"].items():
            found.setdefault(name, set()).add(version)
    text = ", ".join(f"{name} {' and '.join(sorted(found[name]))}" for name in sorted(found))
    machines = " / ".join(sorted({line["machine"] for line in lines}))
    codes = sorted({line["code"] for line in lines if line["code"]})
    text = f"{text}. Machine: {machines}. Our code: {', '.join(codes)}"
    mixed = " (**several versions: run ours again with `--again`**)" if len(codes) > 1 else ""
    return f"{text}{mixed}."


def failures(lines):
    """Return a list of the runs that ended in an exception."""
    failed = [line for line in lines if line["error"]]
    if not failed:
        return "None."
    texts = []
    for line in failed:
        last = line["error"].splitlines()[-1][:160]
        where = f"{line['problem']}, seed {line['seed']}, after {len(line['values'])} evaluations"
        texts.append(f"- {LABELS[line['method']]}: {where}: `{last}`")
    return "\n".join(texts)


def regret_figure(regrets, names, folder, filename):
    """Draw median regrets over evaluations: ours, random and the three best peers."""
    from matplotlib.figure import Figure

    t = regrets.times[-1]
    means = {m: mean_and_error(r)[0] for m, r in regrets.ranks(names, t).items()}
    best = sorted((m for m in peers(regrets) if not np.isnan(means[m])), key=means.get)[:3]
    shown = [m for m in ("ours", "ours-tpe", *best, "random") if m in regrets.methods]
    columns = 3
    rows = -(-len(names) // columns)
    fig = Figure(figsize=(12, 2.6 * rows + 0.6))
    axes = np.atleast_1d(fig.subplots(rows, columns, sharex=True)).ravel()
    for ax, name in zip(axes, names, strict=False):
        for method in shown:
            curves = regrets.of(name, method)
            if curves.size:
                # A regret of 0 has no logarithm.
                middle = np.maximum(np.median(curves, axis=0), regrets.floors[name] / 1000)
                steps = np.arange(1, len(middle) + 1)
                marks = {"markevery": (9, 10), "markersize": 5, "label": plain(method)}
                ax.step(steps, middle, where="post", **look_of(method), **marks)
        ax.set(yscale="log", title=name)
        ax.axhspan(0, regrets.floors[name], color="#DDDDDD", zorder=0)
        ax.axvline(run.N_INITIAL, color="#777777", linewidth=1, linestyle=":")
    for ax in axes[len(names) :]:
        ax.set_visible(False)
    for ax in axes[max(0, len(names) - columns) : len(names)]:
        ax.xaxis.set_tick_params(labelbottom=True)
        ax.set_xlabel("evaluations")
    for ax in axes[::columns]:
        ax.set_ylabel("median regret")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3)
    at_end = [name for name in names if ratios(regrets, [name], t).get(name, (2,))[0] <= 1]
    alt = (
        f"Median regret over {t} evaluations, one panel for each of {len(names)} problems, what "
        "counts as none shaded. At the "
        f"end our GP is at or below every peer on {len(at_end)} of them"
        + (f": {', '.join(at_end)}." if at_end else ".")
    )
    return save(fig, folder / filename, alt)


def time_figure(times, folder):
    """Draw CPU per suggestion over the length of the history, on two logarithmic axes."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(12, 4.6))
    panels = fig.subplots(1, 2, sharey=True)
    for ax, d in zip(panels, timing.PROBLEMS, strict=True):
        for method in LABELS:
            found = [times.get(("suggestion", method, d, t)) for t in timing.LENGTHS]
            points = [(t, c["cpu_ms"]) for t, c in zip(timing.LENGTHS, found, strict=True) if c]
            if points and method not in ("random", "sobol"):
                width = 3 if method in adapters.OURS else 1.5
                line = look_of(method) | {"linewidth": width, "label": plain(method)}
                ax.plot(*zip(*points, strict=True), **line)
        ax.set(xscale="log", yscale="log", title=f"{timing.PROBLEMS[d]}, d = {d}")
        ax.set_xticks(timing.LENGTHS, map(str, timing.LENGTHS))
        ax.minorticks_off()
        ax.set_xlabel("observations so far")
    panels[0].set_ylabel("CPU ms per suggestion")
    fig.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
    shares = [
        share(times, "suggestion", "ours", adapters.GP_LIBRARIES, d, t)
        for d, t in itertools.product(timing.PROBLEMS, timing.LENGTHS)
    ]
    alt = "CPU time per suggestion against the number of observations, on logarithmic axes."
    if not np.isnan(shares).all():
        least, most = 1 / np.nanmax(shares), 1 / np.nanmin(shares)
        alt += f" Our GP is {least:.0f} to {most:.0f} times faster than the fastest GP library."
    return save(fig, folder / "times.png", alt)


def report(lines, times, folder, noisy=(), notes="", in_suites=()):
    """Write the figures into `folder`/figures and return the report as Markdown.

    Args:
        lines: of `run.read`. times: of `timing.read`, may be empty. noisy: lines of `noise`, may be
            empty. notes: Markdown written by hand, what no results file can say.
        in_suites: all lines on the suites, in the order of their file; may be empty.
    """
    import matplotlib.style

    regrets = Regrets(lines)
    mixed = [p for p in regrets.problems if problems.make(p).kind == problems.MIXED]
    cube = [p for p in regrets.problems if p not in mixed]
    figures, last = folder / "figures", regrets.times[-1]
    last_in_suites = run.last_of_each(in_suites)
    n_runs = len(lines) + len(last_in_suites)
    parts = ["# Benchmarks: the course's optimizer against the libraries people use"]
    parts.append(
        f"Made by `python -m benchmarks.report` from the results of {n_runs} runs; README.md "
        "beside this file says how they were made and how to read them. Regret is how far the best "
        "value found falls short of the best there is; smaller is better. Standard errors (s.e.) "
        "are over problems, each averaged over its seeds first, since runs of one problem are "
        "alike."
    )
    with matplotlib.style.context("bo_tutorial.style"):
        parts += ["## Targets", target_table(regrets, times, cube, mixed, last_in_suites)]
        if in_suites:
            parts += suites.section(in_suites, figures)
        if cube:
            parts += ["## Ranks in the unit cube", rank_table(regrets, cube)]
            parts += [
                f'Over {len(cube)} problems. "{regrets.times[-1]}, ties" counts regrets below '
                f'{NOTHING:g} of the initial design\'s spread as equal. "Behind ours by" compares '
                f"run by run at {regrets.times[-1]}, on the runs that both have.",
                rank_figure(
                    {m: mean_and_error(r) for m, r in regrets.ranks(cube, last).items()},
                    last,
                    figures / "ranks.png",
                ),
            ]
            unseen = [name for name in cube if not problems.chosen_on(name)]
            if unseen and len(unseen) < len(cube):
                helped = " and ".join(f"*{name}*" for name in cube if name not in unseen)
                parts += [
                    f"Variants of our default were compared on {helped} (marked † below), which "
                    f"helped to choose it. Over the other {len(unseen)} problems:",
                    rank_table(regrets, unseen),
                ]
            parts += ["## Problem by problem", ratio_table(regrets, cube)]
            parts += [
                "Our median regret over that of the best peer, the best of all of them on that "
                f"problem: below 1, nobody did better. Regrets below {NOTHING:g} of the initial "
                "design's spread count as that (shaded in the figure). The dotted line ends the "
                "initial design.",
                regret_figure(regrets, cube, figures, "regrets.png"),
                f"Median regret at {regrets.times[-1]} evaluations (quartiles over seeds):",
            ]
            for start in range(0, len(cube), 4):
                parts.append(regret_table(regrets, cube[start : start + 4], regrets.times[-1]))
        if mixed:
            parts += ["## Integers, categories and conditions", rank_table(regrets, mixed)]
            parts += [ratio_table(regrets, mixed), regret_table(regrets, mixed, regrets.times[-1])]
            parts.append(regret_figure(regrets, mixed, figures, "regrets-mixed.png"))
        parts += ["## Time", run_time_table(lines), *several_machines(lines)]
        if times:
            parts += [suggestion_table(times, d) for d in timing.PROBLEMS]
            parts += [time_figure(times, figures), fit_table(times)]
        if noisy:
            parts += ["## Which configuration to return under noise", noise_table(noisy)]
        parts += ["## Runs that failed", failures([*lines, *last_in_suites])]
        if notes:
            parts.append(notes.strip())
        parts += ["## Versions", version_list([*lines, *times.values(), *last_in_suites])]
    return "\n\n".join(parts) + "\n"


def main(arguments=None):
    """Write report.md and its figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=main.__doc__)
    parser.add_argument("--results", type=Path, default=run.RESULTS)
    parser.add_argument("--suites", type=Path, default=run.SUITE_RESULTS)
    parser.add_argument("--timing", type=Path, default=timing.OUTPUT)
    parser.add_argument("--output", type=Path, default=run.HERE / "report.md")
    chosen = parser.parse_args(arguments)
    text = report(
        run.read(chosen.results),
        timing.read(chosen.timing),
        chosen.output.parent,
        run.read_lines(noise.RESULTS),
        NOTES.read_text(encoding="utf-8"),
        run.read_lines(chosen.suites),
    )
    chosen.output.write_text(text)
    print(f"wrote {chosen.output}")


if __name__ == "__main__":
    main()
