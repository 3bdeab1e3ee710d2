"""Measure the two other surrogates: SparseGP beside the exact process, RandomForest beside SMAC's.

    python -m benchmarks.surrogates fits
    python -m benchmarks.surrogates many
    python -m benchmarks.surrogates regrets
    python -m benchmarks.surrogates report

The first three append to `surrogates.jsonl`, go on where they stopped, and leave out what is not
installed; the last writes `surrogates.md`. Times are process CPU in one thread. What is compared
runs in one process, one after the other, so that a busy machine matters little: look at the ratios.
"""

import argparse
import dataclasses
import json
import math
import time
import tracemalloc
import warnings
from pathlib import Path

from benchmarks import set_one_thread

if __name__ == "__main__":
    set_one_thread()

import numpy as np

import bo_tutorial as bo
from benchmarks import adapters, problems
from bo_tutorial import problems as course_problems
from bo_tutorial.search import sobol_points

HERE = Path(__file__).resolve().parent
OUTPUT, PAGE = HERE / "surrogates.jsonl", HERE / "surrogates.md"
SIZES, N_HELD_OUT, N_ASKED = (1000, 2000, 5000), 500, 640
N_INDUCING = (32, 64, 128, 256)
N_INITIAL, N_EVALUATIONS, N_SEEDS = 10, 50, 20
FOREST_PROBLEMS = ("network table", "support vector pipeline", "three recipes", "four switches")


# Data: inputs about [0, 1], values to be standardized


def waves(n, rng):
    """Two inputs, a smooth wave, noise of a tenth of its height."""
    X = rng.random((n, 2))
    return X, np.sin(6 * X[:, 0]) * np.cos(5 * X[:, 1]) + 0.1 * rng.standard_normal(n)


def hills(n, rng):
    """Five inputs of which two do little, and noise of a tenth of the standard deviation."""
    X = rng.random((n, 5))
    y = np.sin(4 * X[:, 0]) + 2 * (X[:, 1] - 0.4) ** 2 + X[:, 2] * X[:, 0] + 0.1 * X[:, 3]
    return X, y + 0.05 * rng.standard_normal(n)


def flower(n, rng):
    """Pixels of the photograph of a flower in scikit-learn: how green, given how red and blue."""
    from sklearn.datasets import load_sample_image

    pixels = load_sample_image("flower.jpg").reshape(-1, 3) / 255.0
    pixels = pixels[rng.permutation(len(pixels))[:n]]
    return pixels[:, [0, 2]], pixels[:, 1]


def digits(n, rng):
    """Pixels of scikit-learn's handwritten digits: how dark, given four neighbors."""
    from sklearn.datasets import load_digits

    images = load_digits().images / 16.0
    i, row, column = (rng.integers(low, high, n) for low, high in ((0, 1797), (2, 6), (2, 6)))
    neighbors = ((-1, 0), (1, 0), (0, -1), (0, 1))
    X = np.column_stack([images[i, row + down, column + right] for down, right in neighbors])
    return X + rng.uniform(0, 1 / 16, X.shape), images[i, row, column]


def trainings(n, rng):
    """The course's table of 3125 trained networks: validation accuracy over five inputs."""
    from bo_tutorial.network import SPACE, grid_table

    table = grid_table()
    rows = rng.permutation(len(table["validation_accuracy"]))[:n]
    columns = [table[name][rows].tolist() for name in SPACE.names]
    configs = [dict(zip(SPACE.names, row, strict=True)) for row in zip(*columns, strict=True)]
    X = np.array([SPACE.to_unit(config) for config in configs])
    return X, table["validation_accuracy"][rows]


DATA = {each.__name__: each for each in (waves, hills, flower, digits, trainings)}


def measured(surrogate, X, y):
    """Fit and ask once; return times in seconds, memory in MB, and the errors on held-out data.

    The memory is the most that NumPy held at once beyond the data, in a run of its own: to watch it
    takes time.
    """
    (X, held_out), (y, true) = ((part[:-N_HELD_OUT], part[-N_HELD_OUT:]) for part in (X, y))
    y, true = (y - y.mean()) / y.std(), (true - y.mean()) / y.std()
    asked = np.random.default_rng(0).random((N_ASKED, X.shape[1]))
    start = time.process_time()
    posterior = surrogate.fit(X, y)
    fitted = time.process_time()
    posterior.predict(asked)
    end = time.process_time()
    mu, sigma = posterior.predict(held_out, include_noise=True)
    z = (true - mu) / sigma
    density = np.mean(-0.5 * z * z - np.log(sigma) - 0.5 * math.log(2 * math.pi))
    tracemalloc.start()
    dataclasses.replace(surrogate, kernel=posterior.kernel).condition(X, y).predict(asked)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "fit_s": fitted - start,
        "ask_s": end - fitted,
        "memory_mb": peak / 2**20,
        "log_density": float(density),
        "rmse": float(np.sqrt(np.mean((true - mu) ** 2))),
        "log_likelihood_or_bound": posterior.log_marginal_likelihood,
    }


def fits(done):
    """Yield a line for each data set, size and surrogate that `done` lacks.

    The exact process and all sparse ones of a size run in one process, one after the other.
    """
    for n in SIZES:
        for name, draw in DATA.items():
            if name == "trainings" and n + N_HELD_OUT > 3125:
                continue
            keys = [("fit", name, n, m) for m in (0, *N_INDUCING)]
            if all(key in done for key in keys):
                continue
            X, y = draw(n + N_HELD_OUT, np.random.default_rng([n, 0]))
            kernel, prior = bo.Matern52(np.full(X.shape[1], 0.5)), bo.LogNormalPrior()
            for kind, name, n, m in keys:
                surrogate = bo.SparseGP(kernel, m, 1e-2, prior=prior) if m else None
                surrogate = surrogate or bo.GaussianProcess(kernel, 1e-2, prior=prior)
                line = {"kind": kind, "name": name, "n": n, "m": m}
                yield line | measured(surrogate, X, y)


# Regret of the forests


def four_switches():
    """Set four switches of six positions each, whose order means nothing, a size and a share.

    Each switch counts, two of them together, and where size and share are best depends on the
    other two. The best configuration is found by looking at all 1296 settings of the switches.
    """
    rng = np.random.default_rng(11)
    alone, together = rng.normal(size=(4, 6)), 0.7 * rng.normal(size=(6, 6))
    positions = "abcdef"
    space = bo.Space(
        **{f"switch{i}": bo.Categorical(list(positions)) for i in range(4)},
        size=bo.Int(1, 20),
        share=bo.Float(0.0, 1.0),
    )

    def of_switches(k):
        return sum(alone[i, k[i]] for i in range(4)) + together[k[0], k[1]]

    def function(config):
        k = [positions.index(config[f"switch{i}"]) for i in range(4)]
        size, share = config["size"] - (5 + 2 * k[2]), config["share"] - 0.15 * k[3]
        return of_switches(k) - (size / 10) ** 2 - 4 * share**2

    optimum = max(of_switches(k) for k in np.ndindex(6, 6, 6, 6))  # the rest can be 0
    return problems.Problem("four switches", problems.MIXED, space, function, float(optimum))


class Forest(adapters.Ours):
    """The course's forest in the course's loop."""

    distributions = ("numpy", "scipy", "scikit-learn")
    min_leaf = 1

    def make(self, space, seed):
        return bo.BayesianOptimization(
            space,
            surrogate=bo.RandomForest(
                seed=seed, categorical=space.categorical, min_leaf=self.min_leaf
            ),
            n_initial=N_INITIAL,
            seed=seed,
        )


class ForestOfLargerLeaves(Forest):
    min_leaf = 3


METHODS = {"forest": Forest, "forest, leaves of 3": ForestOfLargerLeaves} | {
    name: adapters.METHODS[name] for name in ("smac", "ours", "ours-tpe", "random")
}


def regrets(done):
    """Yield a line for each problem, method and seed that `done` lacks: its best value so far.

    All methods begin with the same ten points.
    """
    for seed in range(N_SEEDS):
        for name in FOREST_PROBLEMS:
            made = four_switches() if name == "four switches" else problems.make(name)
            for method, adapter in METHODS.items():
                if ("regret", name, method, seed) in done:
                    continue
                if method != "random" and not adapters.versions(method, adapter.distributions):
                    continue
                values, cpu = run(adapter(made.space, seed), made, seed)
                yield {
                    "kind": "regret",
                    "name": name,
                    "method": method,
                    "seed": seed,
                    "values": [round(value, 6) for value in values],
                    "optimum": made.optimum,
                    "cpu_ms": round(cpu, 2),
                }


def run(adapter, problem, seed):
    """Return the values of all evaluations, and the mean CPU time of a question in ms."""
    values, spent = [], 0.0
    design = [problem.space.from_unit(u) for u in sobol_points(problem.space.d, N_INITIAL, seed)]
    for number in range(N_EVALUATIONS):
        start = time.process_time()
        config = design[number] if number < N_INITIAL else adapter.suggest()
        asked = time.process_time()
        value = problem(config)
        evaluated = time.process_time()
        adapter.observe(config, value)
        values.append(value)
        if number >= N_INITIAL:
            spent += asked - start + time.process_time() - evaluated
    return values, 1e3 * spent / (N_EVALUATIONS - N_INITIAL)


# The same 2000 trials, told to three strategies

N_TOLD, N_ON, MANY_SEEDS = 2000, 20, 5


def sparse(space, seed):
    """The strategy that the warning of many trials writes out."""
    surrogate = bo.SparseGP(bo.Matern52([0.5] * space.d), prior=bo.LogNormalPrior())
    return bo.BayesianOptimization(space, surrogate=surrogate, seed=seed)


MANY = {
    "Gaussian process": lambda space, seed: bo.BayesianOptimization(space, seed=seed),
    "SparseGP": sparse,
    "TreeParzen": bo.TreeParzen,
}


def many(done):
    """Yield a line for each strategy and seed: 2000 random trials of Hartmann 6, then 20 more."""
    problem = course_problems.hartmann6
    for seed in range(MANY_SEEDS):
        for method, make in MANY.items():
            if ("many", problem.name, method, seed) in done:
                continue
            strategy = make(problem.space, seed)
            for u in np.random.default_rng([seed, 6]).random((N_TOLD, 6)):
                config = problem.space.from_unit(u)
                strategy.tell(config, problem(config))
            before = max(trial.value for trial in strategy.told)
            values, cpu = [], []
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", bo.LargeHistoryWarning)  # what is measured here
                for _ in range(N_ON):
                    start = time.process_time()
                    config = strategy.ask()
                    cpu.append(1e3 * (time.process_time() - start))
                    values.append(problem(config))
                    strategy.tell(config, values[-1])
            yield {
                "kind": "many",
                "name": problem.name,
                "method": method,
                "seed": seed,
                "before": problem.optimum - before,
                "after": problem.optimum - max(before, *values),
                "cpu_ms": float(np.mean(cpu)),
                "dearest_ms": max(cpu),
            }


def many_table(lines):
    """One line for each strategy: medians over the seeds."""
    rows = []
    for method in MANY:
        found = [line for line in lines if line["kind"] == "many" and line["method"] == method]
        if found:
            before, after, cpu, dearest = (
                [line[key] for line in found] for key in ("before", "after", "cpu_ms", "dearest_ms")
            )
            rows.append(
                [method, len(found), f"{np.median(before):.3f}", f"{np.median(after):.4f}"]
                + [f"{min(after):.4f} to {max(after):.4f}"]
                + [f"{np.median(cpu):.0f} ms", f"{np.median(dearest):.0f} ms"]
            )
    head = ["strategy", "runs", "regret before", "after", "least to largest", "a question"]
    return table([*head, "the dearest"], rows)


# The page


def report(lines):
    """Return `surrogates.md`: what was measured, as text."""
    fits = {(x["name"], x["n"], x["m"]): x for x in lines if x["kind"] == "fit"}
    parts = [INTRODUCTION, fit_table(fits), ON, many_table(lines), FOREST, regret_table(lines)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def fit_table(fits):
    """One line for each data set, size and number of inducing points beside the exact process."""
    rows = []
    for (name, n, m), line in sorted(
        fits.items(), key=lambda pair: (list(DATA).index(pair[0][0]),)
    ):
        exact = fits.get((name, n, 0))
        if exact is None:
            continue
        faster = [exact[key] / line[key] for key in ("fit_s", "ask_s", "memory_mb")]
        rows.append(
            [
                name,
                n,
                m or "exact",
                f"{line['fit_s']:.3g} s",
                f"{1e3 * line['ask_s']:.0f} ms",
                f"{line['memory_mb']:.0f} MB",
                *(f"{ratio:.0f}" if m else "" for ratio in faster),
                f"{line['log_density']:.3f}",
                f"{exact['log_density'] - line['log_density']:.3f}" if m else "",
                f"{line['rmse']:.3f}",
            ]
        )
    head = ["data", "n", "m", "fit", "ask", "memory", "fit ×", "ask ×", "memory ×"]
    return table([*head, "log density", "lost", "error"], rows)


def regret_table(lines):
    """One line for each problem and method: median regret, its quartiles, and pairs with SMAC."""
    found = {}
    for line in lines:
        if line["kind"] == "regret":
            found.setdefault((line["name"], line["method"]), {})[line["seed"]] = line
    best = {
        name: max(
            max(x["values"])
            for (other, _), runs in found.items()
            if other == name
            for x in runs.values()
        )
        for name in FOREST_PROBLEMS
        if any(other == name for other, _ in found)
    }
    rows = []
    for name in best:
        for method in METHODS:
            runs = found.get((name, method), {})
            if not runs:
                continue
            top = {
                s: (x["optimum"] if x["optimum"] is not None else best[name]) - max(x["values"])
                for s, x in runs.items()
            }
            low, middle, high = np.quantile(list(top.values()), [0.25, 0.5, 0.75])
            pairs = ""
            if method != "smac" and (name, "smac") in found:
                smac = {
                    s: (x["optimum"] if x["optimum"] is not None else best[name]) - max(x["values"])
                    for s, x in found[name, "smac"].items()
                }
                both = top.keys() & smac.keys()
                better = sum(top[s] < smac[s] - 1e-9 for s in both)
                worse = sum(top[s] > smac[s] + 1e-9 for s in both)
                pairs = f"{better} : {worse}"
            cpu = np.mean([x["cpu_ms"] for x in runs.values()])
            rows.append(
                [
                    name,
                    method,
                    len(top),
                    f"{middle:.4f}",
                    f"{low:.4f} to {high:.4f}",
                    f"{np.mean(list(top.values())):.4f}",
                    pairs,
                    f"{cpu:.0f} ms",
                ]
            )
    head = ["problem", "method", "runs", "median regret", "quartiles", "mean"]
    return table([*head, "better : worse than SMAC", "a question"], rows)


def table(head, rows):
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


INTRODUCTION = f"""
# The other surrogates

Made by `benchmarks.surrogates`, which says how. Times are CPU times in one thread of one process;
the factors are against the exact process in the same run, and only they mean something elsewhere.

## SparseGP beside the exact process

Both learn the hyperparameters of a Matérn-5/2 kernel, one length scale per input, under the same
prior; m is the number of inducing points. "fit" is `fit`, "ask" a prediction at {N_ASKED} points,
and "memory" the most that NumPy held in one conditioning and one prediction. "log density" is the
mean log density of {N_HELD_OUT} held-out observations in nats, "lost" what the sparse process loses
of it, and "error" the root of the mean squared error, where the observations have variance 1.
"flower" is a photograph that comes with scikit-learn: the green of a pixel from its red and its
blue. "digits" are its handwritten digits: the darkness of a pixel from its four neighbors.
"trainings" is the course's own table of trained networks.
"""

ON = f"""
## After 2000 trials

The same {N_TOLD} random trials of Hartmann 6, told to three strategies, and {N_ON} more evaluations
of each: median regret before and after, and CPU time of a question. `SparseGP` has its default of
64 inducing points.
"""

FOREST = f"""
## RandomForest beside SMAC's

Each method begins with the same {N_INITIAL} points and evaluates {N_EVALUATIONS} in all. "forest"
is `RandomForest(categorical=space.categorical)` in `BayesianOptimization`, "forest, leaves of 3"
has `min_leaf=3`, "smac" is the facade of SMAC for hyperparameters with its own forest. Where nobody
knows the optimum, regret counts from the best value of all runs. "a question" is CPU time with all
that a library does between two evaluations.
"""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=["fits", "many", "regrets", "report"])
    part = parser.parse_args(arguments).part
    lines = []
    if OUTPUT.exists():
        lines = [json.loads(line) for line in OUTPUT.read_text(encoding="utf-8").splitlines()]
    if part == "report":
        PAGE.write_text(report(lines), encoding="utf-8")
        return
    done = {
        ("fit", x["name"], x["n"], x["m"])
        if x["kind"] == "fit"
        else (x["kind"], x["name"], x["method"], x["seed"])
        for x in lines
    }
    for line in {"fits": fits, "many": many, "regrets": regrets}[part](done):
        with OUTPUT.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(line["name"], *(line[key] for key in ("n", "m", "method", "seed") if key in line))


if __name__ == "__main__":
    main()
