"""Measure what parallel workers and many trials cost and bring; write the tables of docs/.

    python tools/loop_report.py             # all sections: about twenty minutes on one core
    python tools/loop_report.py speed       # one section: speed, regret or scale

Each section prints a Markdown table and puts it between its two markers in docs/guarantees.md or
docs/scale.md; `scale` also draws docs/figures/scale.png.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if __name__ == "__main__":  # before NumPy: times are of one core
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import bo_tutorial as bo
from bo_tutorial import problems
from bo_tutorial.search import sobol_points

DOCS = Path(__file__).resolve().parent.parent / "docs"
SECONDS = 0.5  # that a pretended training takes
WORKERS = (1, 2, 4, 8)
SEEDS = range(20)
SIZES = (10, 20, 50, 100, 200, 500, 1000, 2000, 3000, 5000)
D = 5


def speed():
    """Wall-clock time of 32 evaluations that sleep, with 1, 2, 4 and 8 workers."""

    def sleep(config):
        time.sleep(SECONDS)
        return problems.branin(config)

    rows, alone = [], None
    for n in WORKERS:
        start = time.perf_counter()
        with ThreadPoolExecutor(n) as executor:
            space = problems.branin.space
            bo.maximize(sleep, space, 32, seed=0, executor=executor, progress=False)
        spent = time.perf_counter() - start
        alone = alone or spent
        rows.append([n, f"{spent:.1f} s", f"{alone / spent:.2f}", f"{alone / spent / n:.0%}"])
    return table(["workers", "wall clock", "speed-up", "of the ideal"], rows)


def regret():
    """Regret after 40 evaluations with 1, 2, 4 and 8 questions under way, over 20 seeds."""
    rows = []
    for name in ("branin", "hartmann6"):
        problem = getattr(problems, name)
        for n in WORKERS:
            ends = []
            for seed in SEEDS:
                strategy = bo.BayesianOptimization(problem.space, seed=seed)
                ends.append(problem.regret(best_of_batches(strategy, problem, 40, n)))
            low, middle, high = np.quantile(ends, [0.25, 0.5, 0.75])
            rows.append([problem.name, n, f"{middle:.2g}", f"{low:.2g} to {high:.2g}"])
    return table(["problem", "under way", "median regret", "quartiles"], rows)


def best_of_batches(strategy, problem, budget, n):
    """Run as `n` workers of equal speed would: each answer is followed by one question."""
    under_way, best = [], -np.inf
    for t in range(budget + n):
        if t < budget:
            under_way.append(strategy.ask())
        if len(under_way) == n or t >= budget:
            if not under_way:
                break
            config = under_way.pop(0)
            value = problem(config)
            strategy.tell(config, value)
            best = max(best, value)
    return best


def scale():
    """CPU time per question and peak memory after t trials, in a process of its own each."""
    rows, series = [], {}
    for name in ("BayesianOptimization", "TreeParzen"):
        series[name] = []
        for t in SIZES:
            command = [sys.executable, __file__, "--one", name, str(t)]
            printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            learning, between, memory = map(float, printed.split())
            series[name].append(learning)
            rows.append([name, t, milliseconds(learning), milliseconds(between), f"{memory:.0f}"])
            print(*rows[-1], flush=True)
    draw(series)
    head = ["strategy", "t", "question that learns", "question in between", "peak memory (MB)"]
    return table(head, rows)


def one(name, t):
    """Print the CPU seconds of two questions after `t` trials in five dimensions, and the memory.

    The first learns the surrogate's hyperparameters anew, the second uses what was learned.
    """
    space = bo.Space(**{f"x{j}": bo.Float(0.0, 1.0) for j in range(D)})

    def told(n):
        strategy = getattr(bo, name)(space, seed=0)
        for u in sobol_points(D, n, 0):
            strategy.tell(space.from_unit(u), float(np.sum(np.sin(5 * u))))
        return strategy

    told(10).ask()  # first-use costs belong to no question
    strategy, spent = told(t), []
    for _ in range(2):
        start = time.process_time()
        config = strategy.ask()
        spent.append(time.process_time() - start)
        strategy.tell(config, 0.0)
    print(*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def draw(series):
    """Draw CPU time per question against the number of trials on two log axes."""
    import matplotlib.pyplot as plt

    plt.style.use("bo_tutorial.style")
    fig, ax = plt.subplots()
    for (name, seconds), marker in zip(series.items(), "os", strict=True):
        ax.plot(SIZES, seconds, marker=marker, label=name)
    ax.axhline(1.0, color="black", linestyle=":", label="one second")
    cubic = series["BayesianOptimization"][-1] * (np.array(SIZES) / SIZES[-1]) ** 3
    shown = cubic > 3e-3
    ax.plot(np.array(SIZES)[shown], cubic[shown], color="gray", linestyle="-.", label="slope 3")
    ax.set(xscale="log", yscale="log", xlabel="trials t", ylabel="CPU time of a question (s)")
    ax.legend(loc="upper left")
    fig.savefig(DOCS / "figures" / "scale.png", metadata={"Software": None})


def milliseconds(seconds):
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2g} s"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


SECTIONS = {"speed": speed, "regret": regret, "scale": scale}
PAGES = {"speed": "guarantees.md", "regret": "guarantees.md", "scale": "scale.md"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], default=[])
    parser.add_argument("--one", nargs=2, metavar=("STRATEGY", "T"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one[0], int(arguments.one[1]))
        return
    for name in arguments.sections or SECTIONS:
        text = SECTIONS[name]()
        print(text, flush=True)
        page = DOCS / PAGES[name]
        before, begin, rest = page.read_text().partition(f"<!-- begin {name} -->\n")
        _, end, after = rest.partition(f"<!-- end {name} -->")
        if not end:
            raise SystemExit(f"{page} has no markers for {name}")
        page.write_text(f"{before}{begin}\n{text}\n\n{end}{after}")


if __name__ == "__main__":
    main()
