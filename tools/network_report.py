"""Measure the network's landscape and write the numbers and the figure of docs/network.md.

    python tools/network_report.py            # all sections: about half an hour on two cores
    python tools/network_report.py time seeds # these sections only

Each section prints a Markdown table and puts it between its two markers in docs/network.md. The
table of the 3125 configurations must be complete: `python -m bo_tutorial.network table`.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

if __name__ == "__main__":  # before NumPy: times are of one core
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from bo_tutorial import network
from bo_tutorial.network import training

DOCS = Path(__file__).resolve().parent.parent / "docs"
PROCESSES = 2
SEEDS = range(1, 25)  # 24 fresh seeds; the table has seed 0
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
GRID = network.SPACE.grid(5)
ARTICLE = dict(zip(network.SPACE.names, (0.001, 64, 0.3, 4, 256), strict=True))
NEIGHBOR = ARTICLE | {"hidden_size": 512}
DEAREST = dict(zip(network.SPACE.names, (0.01, 16, 0.3, 5, 512), strict=True))
# Kernels that OpenBLAS and NumPy would choose on other processors, and on two cores.
PROCESSORS = {
    "two threads": {"OMP_NUM_THREADS": "2"},
    "AVX, no AVX2": {
        "OPENBLAS_CORETYPE": "Sandybridge",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4",
    },
    "SSE4.2": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"},
    "SSE3": {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"},
}


# Trainings


def measure(job):
    """Train once; return the score, the CPU seconds, and how the training ended (see `ending`)."""
    config, seed, changes = job
    with variant(**changes):
        start = time.process_time()
        trained = network.train(config, seed)
        score = trained.accuracy(training.digits().validation)
        seconds = time.process_time() - start
    return score, seconds, ending(trained)


def ending(trained):
    """Return 0 if a weight or a logit is not finite, else how many digits the network names."""
    pixels = training.digits().validation.pixels
    with np.errstate(over="ignore", invalid="ignore"):
        logits = network.forward(trained, pixels, network.no_dropout(trained))[-1]
    if not (trained.finite and np.isfinite(logits).all()):
        return 0
    return len(np.unique(logits.argmax(axis=1)))


def measure_all(configs, seeds=(0,), **changes):
    """Return scores, seconds and endings, each of shape (configs, seeds)."""
    training.digits()
    jobs = [(config, seed, changes) for config in configs for seed in seeds]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(measure, jobs, chunksize=2))
    return [np.array(column).reshape(len(configs), -1) for column in zip(*results, strict=True)]


@contextlib.contextmanager
def variant(epochs=network.EPOCHS, pixel_scale=1.0, single=False):
    """Change the budget, the units of the pixels or the precision, for comparison only."""
    originals = {name: getattr(training, name) for name in ("EPOCHS", "digits", "initialize")}
    dtype = np.float32 if single else np.float64
    parts = training.digits()

    def scaled(part):
        return network.Images((part.pixels * pixel_scale).astype(dtype), part.labels)

    data = network.Digits(scaled(parts.train), scaled(parts.validation), scaled(parts.test))

    def initialize(sizes, rng):
        drawn = originals["initialize"](sizes, rng)
        return network.Network(
            *(tuple(a.astype(dtype) for a in p) for p in (drawn.weights, drawn.biases))
        )

    def draw_dropout(*arguments):
        return [np.asarray(mask, dtype) for mask in originals["draw_dropout"](*arguments)]

    originals["draw_dropout"] = training.draw_dropout
    training.EPOCHS, training.digits, training.initialize = epochs, lambda: data, initialize
    training.draw_dropout = draw_dropout
    try:
        yield
    finally:
        for name, value in originals.items():
            setattr(training, name, value)


def random_configs(n):
    rng = np.random.default_rng(0)
    return [network.SPACE.sample(rng) for _ in range(n)]


def grid_sample(n):
    return [GRID[i] for i in np.random.default_rng(1).choice(len(GRID), n, replace=False)]


def best_of(scores, n):
    """Expected largest of `n` scores drawn with replacement: sum of v_i (F_i^n - F_(i-1)^n)."""
    shares = np.arange(len(scores) + 1) / len(scores)
    return float(np.sum(np.sort(scores) * np.diff(shares**n)))


# Markdown


def table(header, rows):
    lines = ["| " + " | ".join(map(str, header)) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def text(config):
    return ", ".join(f"{config[name]:g}" for name in network.SPACE.names)


# Sections


def section_time():
    """CPU time of one training, random configurations and the largest network."""
    seconds = measure_all(random_configs(300))[1]
    dearest = measure_all([DEAREST], seeds=range(3))[1]
    quantiles = [f"{np.quantile(seconds, q):.2f}" for q in (0.05, 0.5, 0.95, 1.0)]
    header = ("CPU seconds", "mean", "5 %", "median", "95 %", "largest")
    return table(
        header,
        [
            ("300 random configurations", f"{seconds.mean():.2f}", *quantiles),
            ("the dearest: " + text(DEAREST), f"{dearest.mean():.2f}", *["-"] * 4),
        ],
    )


def section_quantiles():
    """Scores over the grid and over random configurations."""
    grid = network.grid_table()["validation_accuracy"]
    drawn = measure_all(random_configs(300))[0].ravel()
    header = ("share of configurations below", *(f"{q:.0%}" for q in LEVELS))
    rows = [
        (name, *(f"{value:.3f}" for value in np.quantile(scores, LEVELS)))
        for name, scores in (("grid (3125)", grid), ("random (300)", drawn))
    ]
    return table(header, rows)


def section_best():
    """Best of n random rows of the table."""
    grid = network.grid_table()["validation_accuracy"]
    counts = (5, 10, 20, 50, 100, 500, 3125)
    rows = [
        ("expected best score", *(f"{best_of(grid, n):.3f}" for n in counts)),
        (
            "rows that score as much or more",
            *(f"{np.mean(grid >= best_of(grid, n)):.1%}" for n in counts),
        ),
    ]
    return table(("random rows drawn", *counts), rows)


def section_seeds():
    """Noise over seeds at several ranks of the table."""
    grid = network.grid_table()["validation_accuracy"]
    order = np.argsort(-grid, kind="stable")
    ranks = [1, 2, 3, 4, 5, 10, 30, 100, 300, 800, 1500]
    named = [(f"rank {rank}", GRID[order[rank - 1]]) for rank in ranks]
    named += [("the article's x", ARTICLE), ("its neighbor x'", NEIGHBOR)]
    scores = measure_all([config for _, config in named], SEEDS)[0]
    rows = []
    for (name, config), drawn in zip(named, scores, strict=True):
        mean = drawn.mean()
        rows.append(
            (
                name,
                text(config),
                f"{grid[GRID.index(config)]:.3f}",
                f"{mean:.3f}",
                f"{drawn.std(ddof=1):.3f}",
                f"{drawn.min():.3f} - {drawn.max():.3f}",
                f"{np.sqrt(mean * (1 - mean) / len(training.digits().validation.labels)):.3f}",
            )
        )
    header = (
        "row",
        "learning rate, batch size, dropout, layers, hidden size",
        "table (seed 0)",
        f"mean of {len(SEEDS)} seeds",
        "sd over seeds",
        "range",
        "SE of 600 images",
    )
    return table(header, rows)


def section_top():
    """The winner's curse: the best rows of the table, trained again."""
    grid = network.grid_table()["validation_accuracy"]
    best = np.argsort(-grid, kind="stable")[:40]
    first, second = range(1, 13), range(13, 25)
    means = measure_all([GRID[i] for i in best], first)[0].mean(axis=1)
    winner = int(np.argmax(means))
    leaders = [GRID[best[0]], GRID[best[winner]]]
    once_more = measure_all(leaders, second)[0].mean(axis=1)
    rows = [
        ("the first row: " + text(leaders[0]), grid[best[0]], means[0], once_more[0]),
        ("the first ten, averaged", grid[best[:10]].mean(), means[:10].mean(), None),
        ("the first forty, averaged", grid[best].mean(), means.mean(), None),
        (
            f"the best of the forty on seeds 1-12, rank {winner + 1}: {text(leaders[1])}",
            grid[best[winner]],
            means[winner],
            once_more[1],
        ),
    ]
    rows = [(name, *("-" if v is None else f"{v:.3f}" for v in values)) for name, *values in rows]
    header = ("rows of the table, best first", "seed 0", "mean, seeds 1-12", "mean, seeds 13-24")
    return table(header, rows)


def section_error():
    """Binomial standard error of a measured accuracy."""
    accuracies = (0.5, 0.8, 0.9, 0.95, 0.97)
    rows = []
    for name in ("validation", "test"):
        n = len(getattr(training.digits(), name).labels)
        rows.append(
            (f"{name}, {n} images", *(f"{np.sqrt(p * (1 - p) / n):.4f}" for p in accuracies))
        )
    return table(("true accuracy", *accuracies), rows)


def section_collapse():
    """Where trainings collapse to guessing, and how."""
    grid = network.grid_table()
    collapsed = grid["validation_accuracy"] == network.GUESS
    rows = []
    for name in network.SPACE.names:
        levels = np.unique(grid[name])
        shares = [f"{level:g}: {collapsed[grid[name] == level].mean():.0%}" for level in levels]
        rows.append((name, *shares))
    sample = [config for config, failed in zip(GRID, collapsed, strict=True) if failed]
    chosen = np.random.default_rng(2).choice(len(sample), 200, replace=False)
    endings = measure_all([sample[i] for i in chosen])[2]
    return (
        table(("score exactly 0.1", *["share of the rows"] * 5), rows)
        + f"\n\nIn all, {collapsed.mean():.0%} of the rows. Of 200 of them trained again, "
        f"{np.mean(endings == 0):.0%} end with weights or outputs that are not finite, "
        f"{np.mean(endings == 1):.0%} with finite weights and the same answer to every image, "
        f"{np.mean(endings > 1):.0%} with different answers, right one time in ten by chance."
    )


def section_effects():
    """Main effects, and shares of the variance of the table."""
    grid = network.grid_table()
    scores = grid["validation_accuracy"]
    rows = []
    for name in network.SPACE.names:
        levels = np.unique(grid[name])
        parts = [scores[grid[name] == level] for level in levels]
        rows.append(
            (name, "mean", *(f"{g:g}: {p.mean():.3f}" for g, p in zip(levels, parts, strict=True)))
        )
        rows.append(("", "best", *(f"{p.max():.3f}" for p in parts)))
    return table(("hyperparameter", "", *["value: score"] * 5), rows)


def section_variance():
    """First-order and total shares of the variance: Sobol indices of a full factorial."""
    cube = network.grid_table()["validation_accuracy"].reshape((5,) * 5)
    at_best = cube[2]  # learning rate 0.01
    rows = []
    for axis, name in enumerate(network.SPACE.names):
        alone, total = variance_shares(cube, axis)
        row = [name, f"{alone:.0%}", f"{total:.0%}"]
        if axis:
            alone, total = variance_shares(at_best, axis - 1)
            row += [f"{alone:.0%}", f"{total:.0%}"]
        else:
            row += ["-", "-"]
        rows.append(row)
    header = (
        "hyperparameter",
        "alone",
        "with interactions",
        "alone, learning rate 0.01",
        "with interactions, learning rate 0.01",
    )
    return table(header, rows)


def variance_shares(cube, axis):
    others = tuple(j for j in range(cube.ndim) if j != axis)
    return cube.mean(axis=others).var() / cube.var(), cube.var(axis=axis).mean() / cube.var()


def section_neighbors():
    """What one row tells about the next along each axis."""
    cube = network.grid_table()["validation_accuracy"].reshape((5,) * 5)
    rows = []
    for axis, name in enumerate(network.SPACE.names):
        here = np.moveaxis(cube, axis, 0)[:-1].ravel()
        there = np.moveaxis(cube, axis, 0)[1:].ravel()
        gap = np.abs(there - here)
        correlation = np.corrcoef(here, there)[0, 1]
        rows.append((name, f"{correlation:.2f}", f"{np.median(gap):.3f}", f"{gap.mean():.3f}"))
    scores = cube.ravel()
    x, neighbor = scores[GRID.index(ARTICLE)], scores[GRID.index(NEIGHBOR)]
    header = ("one step along", "correlation", "median difference", "mean difference")
    return (
        table(header, rows)
        + f"\n\nThe article's x, ({text(ARTICLE)}), scores {x:.3f}; its neighbor x', with 512 "
        f"units, {neighbor:.3f}."
    )


def section_budget():
    """Other budgets on the same 150 rows."""
    sample = grid_sample(150)
    rows = []
    for name, changes in {
        "2 epochs": {"epochs": 2},
        "**5 epochs** (ours)": {},
        "10 epochs": {"epochs": 10},
        "5 epochs, pixels divided by 16": {"pixel_scale": 1 / 16},
        "10 epochs, pixels divided by 16": {"epochs": 10, "pixel_scale": 1 / 16},
    }.items():
        scores, seconds, _ = measure_all(sample, **changes)
        scores = scores.ravel()
        best = [sample[i]["learning_rate"] for i in np.argsort(-scores, kind="stable")[:10]]
        rows.append(
            (
                name,
                *(f"{value:.3f}" for value in np.quantile(scores, (0.25, 0.5, 0.75, 0.95, 1.0))),
                f"{scores.max() - best_of(scores, 20):.3f}",
                ", ".join(f"{rate:g} ({best.count(rate)})" for rate in sorted(set(best))),
                f"{seconds.mean():.2f}",
            )
        )
    header = (
        "budget",
        "25 %",
        "50 %",
        "75 %",
        "95 %",
        "best",
        "best - best of 20",
        "learning rates of the best ten",
        "CPU seconds",
    )
    return table(header, rows)


def section_precision():
    """The same trainings with the arithmetic of other processors, double and single precision."""
    rows = []
    for single in (False, True):
        name = "single" if single else "double"
        here = scores_elsewhere({}, single)
        for processor, settings in PROCESSORS.items():
            images = np.rint(600 * np.abs(scores_elsewhere(settings, single) - here)).astype(int)
            shares = (f"{np.mean(images == 0):.1%}", f"{np.mean(images <= 2):.1%}")
            rows.append((name, processor, *shares, images.max()))
    header = ("precision", "compared with", "same score", "within 2 images", "largest difference")
    return table(header, rows)


def scores_elsewhere(settings, single):
    """Train a sample of the grid in a process of its own; return its scores."""
    command = [sys.executable, __file__, "scores", *(["--single"] if single else [])]
    done = subprocess.run(
        command, env=os.environ | settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return np.array(json.loads(done.stdout))


def print_scores(single):
    cheap = [config for config in grid_sample(400) if config["hidden_size"] <= 256][:200]
    print(json.dumps([measure((config, 0, {"single": single}))[0] for config in cheap]))


def section_figure():
    """One panel for each hyperparameter: how the table's scores spread at each of its values."""
    import matplotlib.pyplot as plt

    plt.style.use("bo_tutorial.style")
    grid = network.grid_table()
    scores = 100 * grid["validation_accuracy"]
    labels = {"batch_size": "batch size (images)", "n_layers": "hidden layers"}
    labels["hidden_size"] = "hidden size (units)"
    fig, axes = plt.subplots(1, 5, figsize=(13, 3.8), sharey=True)
    for ax, name in zip(axes, network.SPACE.names, strict=True):
        levels = np.unique(grid[name])
        parts = [scores[grid[name] == level] for level in levels]
        ticks = np.arange(len(levels))
        low, middle, high = np.array([np.quantile(part, (0.25, 0.5, 0.75)) for part in parts]).T
        ax.bar(ticks, high - low, 0.6, low, color="#A6CEE3", label="middle half")
        ax.plot(ticks, middle, "o-", color="#0072B2", label="median")
        ax.plot(ticks, [part.max() for part in parts], "^--", color="#D55E00", label="best")
        ax.set_xticks(ticks, [f"{level:g}" for level in levels], fontsize=9)
        ax.set_xlabel(labels.get(name, name.replace("_", " ")))
    axes[0].set_ylim(0, 103)
    axes[0].set_ylabel("validation accuracy (%)")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    fig.savefig(DOCS / "network_grid.png", metadata={"Software": None})
    plt.close(fig)


SECTIONS = {
    name.removeprefix("section_"): function
    for name, function in list(globals().items())
    if name.startswith("section_")
}


def insert(name, content):
    """Put `content` between the markers of section `name` in docs/network.md."""
    path = DOCS / "network.md"
    page = path.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    path.write_text(f"{before}{begin}\n{content}\n\n{end}{after}", encoding="utf-8", newline="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--single", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.sections == ["scores"]:
        return print_scores(chosen.single)
    for name in chosen.sections or SECTIONS:
        content = SECTIONS[name]()
        if content:
            print(f"\n## {name}\n\n{content}", flush=True)
            insert(name, content)


if __name__ == "__main__":
    main()
