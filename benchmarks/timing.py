"""Measure CPU time per suggestion and per fit of a Gaussian process, each on a given history.

    python -m benchmarks.timing

Writes one line for each (measure, method, d, t) and goes on where it stopped. Times are process CPU
in one thread, so that a busy machine matters little; what matters are the ratios within one run.
"""

import argparse
import time
import warnings
from pathlib import Path

from benchmarks import set_one_thread

if __name__ == "__main__":
    set_one_thread()

import numpy as np
from scipy.optimize import minimize

import bo_tutorial as bo
from benchmarks import adapters, problems, run
from bo_tutorial.search import sobol_points

OUTPUT = run.HERE / "timing.jsonl"
PROBLEMS = {2: "Branin", 6: "Hartmann 6"}
LENGTHS = (10, 50, 100, 200)  # of the history before a suggestion
FIT_LENGTHS = (20, 50, 100, 200)
WINDOW = 8  # suggestions in a row: a strategy may think hard now and then and little in between
ENOUGH = 8.0  # seconds of CPU after which a measurement is not repeated
N_RESTARTS = 20


def median_of_repeats(measure, repeats):
    """Call `measure(seed)` up to `repeats` times and return the median of what it returns."""
    values, start = [], time.process_time()
    for seed in range(repeats):
        values.append(measure(seed))
        if time.process_time() - start > ENOUGH:
            break
    return float(np.median(values)), len(values)


def suggestion(method, d, t):
    """Return the mean CPU time of `WINDOW` suggestions after `t` observations, in ms, and repeats.

    A suggestion is `suggest` and the `observe` after it: some libraries think in the one and some
    in the other. The history is `t` Sobol points.
    """
    problem = problems.make(PROBLEMS[d])

    def measure(seed, t=t, window=WINDOW):
        adapter = adapters.METHODS[method](problem.space, seed)
        configs = [problem.space.from_unit(u) for u in sobol_points(d, t, seed)]
        adapter.observe_all(configs, [problem(config) for config in configs])
        spent = 0.0
        for _ in range(window):
            start = time.process_time()
            config = adapter.suggest()
            spent += time.process_time() - start
            value = problem(config)
            start = time.process_time()
            adapter.observe(config, value)
            spent += time.process_time() - start
        return 1000 * spent / window

    measure(0, t=10, window=1)  # imports and first-use costs belong to no suggestion
    return median_of_repeats(measure, repeats=5)


def data(d, n, seed):
    """Return `n` Sobol points of the problem in `d` dimensions and its standardized values."""
    problem = problems.make(PROBLEMS[d])
    X = np.array(sobol_points(d, n, seed))
    y = np.array([problem(problem.space.from_unit(u)) for u in X])
    return X, (y - y.mean()) / y.std()


def our_process(d):
    """Return the Gaussian process that `BayesianOptimization` has by default in `d` dimensions."""
    return bo.BayesianOptimization(problems.cube(d)).surrogate


def fit_ours(X, y):
    our_process(X.shape[1]).fit(X, y)


def fit_optuna(X, y):
    from optuna._gp import gp, prior

    gp.fit_kernel_params(
        X=X,
        Y=y,
        is_categorical=np.zeros(X.shape[1], dtype=bool),
        log_prior=prior.default_log_prior,
        minimum_noise=prior.DEFAULT_MINIMUM_NOISE_VAR,
        deterministic_objective=False,
    )


def fit_sklearn(X, y):
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    kernel = ConstantKernel() * Matern(np.full(X.shape[1], 0.5), nu=2.5) + WhiteKernel(1e-4)
    GaussianProcessRegressor(kernel).fit(X, y)


def fit_botorch(X, y):
    import torch
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    model = SingleTaskGP(torch.tensor(X), torch.tensor(y)[:, None])
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))


FITS = {
    "ours": (fit_ours, ("numpy", "scipy")),
    "optuna-gp": (fit_optuna, ("optuna", "torch")),
    "scikit-learn": (fit_sklearn, ("scikit-learn",)),
    "botorch": (fit_botorch, ("botorch", "torch")),
}


def fit(method, d, n):
    """Return the CPU time of one fit with one length scale per dimension, in ms, and repeats.

    Each library maximizes its own objective: the likelihood, with its own prior if it has one.
    """

    def measure(seed):
        X, y = data(d, n, seed)
        start = time.process_time()
        FITS[method][0](X, y)
        return 1000 * (time.process_time() - start)

    if method in ("optuna-gp", "botorch"):
        adapters.one_thread()
    measure(0)
    return median_of_repeats(measure, repeats=9)


def nats_short(d, n, seed):
    """Return by how much our fit falls short of the best of `N_RESTARTS` climbs, in nats.

    The climbs are SciPy's, on the plain formulas for density and gradient, from random places.
    """
    X, y = data(d, n, seed)
    gp = our_process(d)
    fitted = gp.fit(X, y)
    names = ["length_scale"] * d + ["signal_variance", "noise_variance"]

    def density(theta):
        lengths, (signal, noise) = np.exp(theta[:d]), np.exp(theta[d:])
        kernel = type(gp.kernel)(lengths, signal)
        posterior = bo.GaussianProcess(kernel, noise, gp.mean).condition(X, y)
        value, slope = posterior.log_marginal_likelihood, posterior.log_marginal_likelihood_gradient
        if gp.prior is not None:
            log_prior, more = gp.prior.log_density(theta, names)
            value, slope = value + log_prior, slope + more
        return float(value), slope

    found = np.concatenate(
        [fitted.kernel.length_scale, [fitted.kernel.signal_variance, fitted.noise_variance]]
    )
    low = np.log([0.01] * d + [1e-3, 1e-8])
    high = np.log([100.0] * d + [1e3, 10.0])
    near = np.log([0.05] * d + [0.1, 1e-6]), np.log([2.0] * d + [10.0, 0.1])
    starts = np.random.default_rng(seed).uniform(*near, (N_RESTARTS, d + 2))
    ends = [
        minimize(
            lambda theta: tuple(-each for each in density(theta)),
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=np.transpose([low, high]),
        ).fun
        for start in starts
    ]
    return -min(ends) - density(np.log(found))[0]


def tasks():
    """List every (measure, method, d, t)."""
    for d in PROBLEMS:
        for t in LENGTHS:
            for method in adapters.METHODS:
                yield "suggestion", method, d, t
    for n in FIT_LENGTHS:
        for method in FITS:
            yield "fit", method, 6, n
        yield "nats short", "ours", 6, n


def measure_one(measure, method, d, t):
    """Return the line of one measurement; None if the library is not installed."""
    distributions = FITS[method][1] if measure == "fit" else None
    versions = adapters.versions(method, distributions)
    if not versions:
        return None
    line = {"measure": measure, "method": method, "d": d, "t": t}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if measure == "nats short":
            line["nats"] = [float(f"{nats_short(d, t, seed):.4g}") for seed in range(3)]
        else:
            spent, repeats = {"suggestion": suggestion, "fit": fit}[measure](method, d, t)
            line |= {"cpu_ms": float(f"{spent:.4g}"), "repeats": repeats}
    code = run.code_version() if method in adapters.OURS else None
    return line | {"versions": versions, "code": code, "machine": run.machine()}


def main(arguments=None):
    """Measure what the file does not hold yet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timing", description=main.__doc__)
    parser.add_argument("--methods", nargs="+", default=[*adapters.METHODS, "scikit-learn"])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--again", action="store_true", help="also what has been measured before")
    chosen = parser.parse_args(arguments)
    done = read(chosen.output)
    for task in tasks():
        if task[1] in chosen.methods and (chosen.again or task not in done):
            line = measure_one(*task)
            if line is not None:
                run.append(chosen.output, line)
                print(*task, line.get("nats") or f"{line['cpu_ms']:.4g} ms", flush=True)


def read(path):
    """Return {(measure, method, d, t): line}, the last one of each."""
    keys = ("measure", "method", "d", "t")
    return {tuple(line[key] for key in keys): line for line in run.read_lines(path)}


if __name__ == "__main__":
    main()
