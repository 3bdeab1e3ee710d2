"""Which configuration to return under noise, the best observed or the best believed?

    python -m benchmarks.noise --first 100 --seeds 60      # goes on where it stopped
    python -m benchmarks.noise --report

A run spends 30 to 50 noisy evaluations and names two configurations, `Result.best_config` and
`Result.recommended_config`. What each is worth is measured with fresh noise: the mean accuracy over
trainings with seeds that no run has used, or f itself where the noise is added. One line of
`noise.jsonl` is one run. The rule was chosen on seeds 0 to 59, which therefore are not in the file.
"""

import argparse
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import set_one_thread

if __name__ == "__main__":
    set_one_thread()

import numpy as np

import bo_tutorial as bo
from benchmarks.problems import in_cube
from benchmarks.run import append, code_version, read_lines
from bo_tutorial import network, problems

RESULTS = Path(__file__).parent / "noise.jsonl"
N_EVALUATIONS = 30
N_FRESH = 20  # trainings behind a true mean accuracy
FRESH = 1_000_000  # their seeds begin here


@dataclass(frozen=True, eq=False)
class NoisyProblem:
    """Something to maximize that answers differently each time.

    Attributes:
        space: a `bo.Space`. observe: (config, a seed of the noise) -> one noisy value.
        truth: config -> its mean, or an unbiased estimate of it.
    n_evaluations: of a run.
    """

    space: bo.Space
    observe: Callable
    truth: Callable
    n_evaluations: int = N_EVALUATIONS


def noisy_network(names):
    """Tune some of the network's hyperparameters; each training has its own seed."""
    usual = {
        "learning_rate": 0.1,
        "batch_size": 32,
        "dropout": 0.2,
        "n_layers": 1,
        "hidden_size": 128,
    }
    space = bo.Space(**{name: network.SPACE[name] for name in names})

    def observe(config, seed):
        return network.validation_accuracy(usual | config, seed)

    def truth(config):
        return float(np.mean([observe(config, FRESH + i) for i in range(N_FRESH)]))

    return NoisyProblem(space, observe, truth)


def noisy_function(function, noise, n_evaluations=N_EVALUATIONS):
    """Add normal noise with a standard deviation of `noise` to a function of known value."""

    def observe(config, seed):
        return function(config) + noise * np.random.default_rng([FRESH, seed]).standard_normal()

    return NoisyProblem(function.space, observe, function, n_evaluations)


def rotated(name, function, d, seed):
    """Turn a function that is largest at 0 around and move it, in a cube of side 10, as BBOB does.

    Source: Hansen, Finck, Ros & Auger 2009, functions 13 and 15, without their smaller bends.
    """
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.standard_normal((d, d)))
    top = rng.uniform(0.3, 0.7, d)
    return in_cube(name, lambda u: function(10 * axes @ (u - top)), d, 0.0)


def sharp_ridge(x):
    return -(x[0] ** 2) - 100 * np.sqrt(np.sum(x[1:] ** 2))


def rastrigin(x):
    return -10 * np.sum(1 - np.cos(2 * np.pi * x / 5)) - np.sum(x**2)


MAKERS = {
    "network, 2 hyperparameters": lambda: noisy_network(["learning_rate", "hidden_size"]),
    "network, 3 hyperparameters": lambda: noisy_network(
        ["learning_rate", "dropout", "hidden_size"]
    ),
    "Forrester, noise sd 1": lambda: noisy_function(problems.forrester, 1.0),
    "Branin, noise sd 10": lambda: noisy_function(problems.branin, 10.0),
    "Hartmann 3, noise sd 0.5": lambda: noisy_function(problems.hartmann3, 0.5),
    "Hartmann 6, noise sd 0.3": lambda: noisy_function(problems.hartmann6, 0.3, 50),
    "Rastrigin 2, rotated, noise sd 5": lambda: noisy_function(
        rotated("Rastrigin 2, rotated", rastrigin, 2, seed=15), 5.0, 40
    ),
    "sharp ridge 4, rotated, noise sd 30": lambda: noisy_function(
        rotated("sharp ridge 4, rotated", sharp_ridge, 4, seed=13), 30.0, 40
    ),
}
make = functools.cache(lambda name: MAKERS[name]())


def run_one(name, seed):
    """Run the default strategy once and return its line, a dict."""
    problem, calls = make(name), iter(range(seed * 1000, (seed + 1) * 1000))
    result = bo.maximize(
        lambda config: problem.observe(config, next(calls)),
        problem.space,
        problem.n_evaluations,
        seed=seed,
        progress=False,
    )
    true_of_best = problem.truth(result.best_config)
    same = result.recommended_config == result.best_config
    return {
        "problem": name,
        "seed": seed,
        "best_value": result.best_value,
        "true_of_best": true_of_best,
        "true_of_recommended": true_of_best if same else problem.truth(result.recommended_config),
        "code": code_version(),
    }


def summary(lines):
    """Compare the two choices on runs of one problem.

    Returns:
        A dict: `n`; `optimism`, the mean of the largest value minus the truth there; `gain` and
        `standard_error`, mean and standard error of the paired difference in truth, recommended
        minus best; `better`, `worse`, `same`, counts of runs.
    """
    best, chosen, value = (
        np.array([line[key] for line in lines])
        for key in ("true_of_best", "true_of_recommended", "best_value")
    )
    gain = chosen - best
    return {
        "n": len(lines),
        "optimism": float(np.mean(value - best)),
        "gain": float(gain.mean()),
        "standard_error": float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else None,
        "better": int(np.sum(gain > 0)),
        "worse": int(np.sum(gain < 0)),
        "same": int(np.sum(gain == 0)),
    }


def main(arguments=None):
    """Run what is missing, then print the comparison."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.noise", description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="runs of each problem (default 40)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--problems", nargs="+", default=list(MAKERS), choices=list(MAKERS))
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("--output", type=Path, default=RESULTS, help=f"default {RESULTS.name}")
    chosen = parser.parse_args(arguments)
    done = {(line["problem"], line["seed"]) for line in read_lines(chosen.output)}
    n_runs = 0 if chosen.report else chosen.seeds
    for seed in range(chosen.first, chosen.first + n_runs):
        for name in chosen.problems:
            if (name, seed) not in done:
                append(chosen.output, run_one(name, seed))
    for name in chosen.problems:
        lines = [line for line in read_lines(chosen.output) if line["problem"] == name]
        if len(lines) > 1:
            found = summary(lines)
            print(
                f"{name}: recommended - best {found['gain']:+.4g} "
                f"(standard error {found['standard_error']:.2g}, {found['n']} runs; "
                f"better {found['better']}, worse {found['worse']}, same {found['same']}); "
                f"the largest value promises {found['optimism']:+.3g} too much"
            )


if __name__ == "__main__":
    main()
