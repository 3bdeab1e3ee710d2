"""What each library does: the Rosetta table, the worked example, six mistakes, the sampler.

`data/rosetta.json` has one entry for a fact and a library: a sentence, a probe, and what the probe
prints. `probe` runs those of one library; `docs/rosetta.md` is `page()`, made by
`python tools/rosetta.py`. The other files are made by `python tools/tools_data.py` and
`python tools/releases.py`; nothing here needs a library that is not installed.
"""

import contextlib
import functools
import importlib.util
import io
import json
import subprocess
import sys
from importlib import metadata, resources

import numpy as np
from scipy.stats import norm

from bo_tutorial import _validate, network
from bo_tutorial.acquisition import expected_improvement
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import Matern52, SquaredExponential
from bo_tutorial.problems import ACCURACIES, LEARNING_RATES

LARGEST_OUTPUT = 300  # characters that a failed probe may tell
NEXT_SEEDS = range(6)
TIMES = (20, 30, 40, 50)  # evaluations after which the races are read
U = np.linspace(0, 1, 4001)  # the log axis from 1e-4 to 1, in the unit interval
KERNELS = {"SE": SquaredExponential, "Matern 5/2": Matern52}
# What three libraries learn from the worked example, as arguments of `next_rate`; scikit-optimize
# with EI as its acquisition, for two seeds. Asserted in tests/extras.
FITTED = {
    "BoTorch": {
        "kernel": "SE",
        "length_scale": 0.0973,
        "signal_variance": 1.0,
        "noise_variance": 0.0067,
        "ddof": 1,
        "xi": 0.0,
    },
    "Optuna GP": {
        "kernel": "Matern 5/2",
        "length_scale": 0.254,
        "signal_variance": 1.74,
        "noise_variance": 0.0037,
        "ddof": 0,
        "xi": 0.0,
    },
    "scikit-optimize, seed 0": {
        "kernel": "Matern 5/2",
        "length_scale": 0.0364,
        "signal_variance": 0.01,
        "noise_variance": 0.990,
        "ddof": 0,
        "xi": 0.01,
    },
    "scikit-optimize, seed 1": {
        "kernel": "Matern 5/2",
        "length_scale": 0.01,
        "signal_variance": 0.983,
        "noise_variance": 0.0169,
        "ddof": 0,
        "xi": 0.01,
    },
}


@functools.cache
def table() -> dict:
    """Return the table: {"libraries": {key: ...}, "facts": [...]}, as in the file."""
    data = resources.files("bo_tutorial.course.lesson_13") / "data" / "rosetta.json"
    return json.loads(data.read_text(encoding="utf-8"))


def is_installed(library: str) -> bool:
    """Say whether a library, by its key in the table, can be imported."""
    return importlib.util.find_spec(library) is not None


def installed_version(library: str) -> str | None:
    """Return the version of a library that is installed; None for this course."""
    distribution = table()["libraries"][library]["distribution"]
    return distribution and metadata.version(distribution)


def probe(library: str) -> dict[str, list[str]]:
    """Run a library's probes, in a process of their own.

    Returns:
        {fact: the lines that it printed}; one line with the error if it raised one.

    Raises:
        RuntimeError: the process failed, or there is none to be had.
    """
    if _validate.IN_WEBASSEMBLY:
        raise RuntimeError("the probes need a process of their own, and WebAssembly has none")
    command = [sys.executable, "-m", __name__, library]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the probes of {library} ended with {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def page() -> str:
    """Return the table as a page in Markdown: one section a fact, one row a library."""
    libraries = table()["libraries"]
    parts = [HEAD]
    for fact in table()["facts"]:
        rows = [
            f"## {fact['title']}",
            "",
            fact["question"],
            "",
            "| library | what it does |",
            "|---|---|",
        ]
        for key, answer in fact["answers"].items():
            version = libraries[key]["version"]
            name = f"{libraries[key]['name']} {version}" if version else libraries[key]["name"]
            rows.append(f"| {name} | {answer['says']} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


# What was made beforehand


@functools.cache
def _read(name):
    data = resources.files("bo_tutorial.course.lesson_13") / "data" / name
    return json.loads(data.read_text(encoding="utf-8"))


def next_questions() -> list[dict]:
    """Return what each library asks after the worked example, in the order of the lesson.

    Each entry has `library`, `code` (at most eight lines that set `asked`), `startup` and `asks`:
    for "as it comes" and for "model at once", the number of start-up trials and one learning rate
    a seed.
    """
    return _read("next_question.json")


def asks(entry: dict, startup: int | None, seed: int) -> float:
    """Run an entry's code, for which the library must be installed; return the learning rate."""
    known = {
        "rates": list(LEARNING_RATES),
        "accuracies": list(ACCURACIES),
        "startup": startup,
        "seed": seed,
    }
    with contextlib.redirect_stderr(io.StringIO()):  # some tell their progress there
        exec("\n".join(entry["code"]), known)
    return float(known["asked"])


def snippet_runs() -> dict:
    """Return the article's program as it ran: `values` (runs, trials), and the first run's rest."""
    return _read("snippet.json")


def costs() -> dict[str, list[dict]]:
    """Return what six mistakes cost: {mistake: one row a seed}."""
    return _read("costs.json")


def upper_quartile(values) -> tuple[float, float, float]:
    """Return the upper quartile of runs, and the ends of its 95 % interval by the bootstrap.

    The interval says how far other seeds might move it: 4000 times, as many runs are drawn from
    these, with replacement and a fixed seed, and the middle 95 % of their quartiles are kept.
    """
    values = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(0).integers(0, len(values), (4000, len(values)))
    low, high = np.quantile(np.quantile(values[drawn], 0.75, axis=1), [0.025, 0.975])
    return float(np.quantile(values, 0.75)), float(low), float(high)


def sampler_races() -> dict:
    """Return the sampler's races: {problem: {"seeds": ..., method: {"regret": ..., "cpu_ms"}}}."""
    return _read("sampler.json")


def releases() -> dict:
    """Return the last release of each library: {"looked_at": date, "libraries": [...]}."""
    return _read("releases.json")


def train(lr: float, dropout: float, n_layers: int, seed: int = 0) -> float:
    """Train the course's network for the article's program; return the validation accuracy.

    The program searches three of the five hyperparameters; the others are 32 images a batch and
    128 units a layer. It begins at 1e-5, below the network's own space: what lies there trains at
    1e-4.
    """
    config = {
        "learning_rate": max(lr, 1e-4),
        "batch_size": 32,
        "dropout": dropout,
        "n_layers": n_layers,
        "hidden_size": 128,
    }
    return network.validation_accuracy(config, seed)


def belief(kernel, length_scale, signal_variance=1.0, noise_variance=1e-6, ddof=0):
    """Condition a Gaussian process on the worked example, on the log axis, outputs standardized.

    Args:
        kernel: a key of `KERNELS`. length_scale: in units of the axis, which has four decades.
        signal_variance, noise_variance: of the standardized accuracies. ddof: 1 where the standard
            deviation divides by n - 1.

    Returns:
        Mean and standard deviation of f on `U`, and the best accuracy, all as accuracies.
    """
    X = rate_to_unit(LEARNING_RATES)[:, None]
    y = np.array(ACCURACIES)
    center, scale = y.mean(), y.std(ddof=ddof)
    gp = GaussianProcess(
        KERNELS[kernel](length_scale, signal_variance), noise_variance=noise_variance
    )
    mu, sigma = gp.condition(X, (y - center) / scale).predict(U[:, None])
    return center + scale * mu, scale * sigma, y.max()


def next_rate(xi=0.0, **assumptions) -> float:
    """Return the learning rate with the largest EI, for the assumptions of `belief`."""
    mu, sigma, best = belief(**assumptions)
    return float(unit_to_rate(U[np.argmax(expected_improvement(mu, sigma, best, xi))]))


def learned_from_starts(prior, n=20) -> np.ndarray:
    """Return the learning rate with the largest EI for what is learned from each of `n` starts.

    The process is the same throughout, Matern 5/2 on the worked example: what is learned differs
    from call to call by `prior` alone, a `LogNormalPrior` or None. The starts are fixed: length
    scales between a hundredth of the axis and all of it, noise variances between a millionth and
    a tenth of the accuracies' variance.
    """
    X = rate_to_unit(LEARNING_RATES)[:, None]
    y = (np.array(ACCURACIES) - np.mean(ACCURACIES)) / np.std(ACCURACIES)
    asked = []
    for length_scale, noise in 10 ** np.random.default_rng(0).uniform([-2, -6], [0, -1], (n, 2)):
        gp = GaussianProcess(Matern52(length_scale), noise_variance=noise, prior=prior, n_starts=1)
        mu, sigma = gp.fit(X, y).predict(U[:, None])
        asked.append(unit_to_rate(U[np.argmax(expected_improvement(mu, sigma, y.max()))]))
    return np.array(asked)


def hyperopt_log_ratio(rate) -> np.ndarray:
    """Return log l/g as Hyperopt sees it after the worked example, with the model at once.

    One trial of three is good. Each density is a mixture of normal distributions on the log axis:
    one about each trial and one for the prior, all with the same weight. With so few trials their
    standard deviations are a quarter of the axis or more.

    Source: hyperopt 0.3.0, tpe.py, `adaptive_parzen_normal` and `ap_split_trials`.
    """
    at = np.log(np.asarray(rate, dtype=float))
    low, high = np.log(1e-4), 0.0
    width, center = high - low, (low + high) / 2
    good = [(np.log(0.01), width / 2), (center, width)]
    bad = [(np.log(0.001), width / 4), (center, width), (np.log(0.1), width / 4)]

    def log_density(mixture):
        inside = np.mean([np.diff(norm.cdf([low, high], *each)) for each in mixture])
        return np.log(np.mean([norm.pdf(at, *each) for each in mixture], axis=0) / inside)

    return log_density(good) - log_density(bad)


def rate_to_unit(rate):
    """Return where a learning rate stands on the axis: 1e-4 is 0 and 1 is 1."""
    return (np.log10(rate) + 4) / 4


def unit_to_rate(u):
    """Return the learning rate at a place of the axis."""
    return 10 ** (4 * np.asarray(u) - 4)


HEAD = """\
# Rosetta table

The same words mean different things in different libraries. Each row says what a library does in
the version beside its name. A one-line probe shows it, and a test runs every probe against the
library that is installed (`make test-tools`); the probes are in
`bo_tutorial/course/lesson_13/data/rosetta.json`."""


def _run(library):
    printed = {}
    for fact in table()["facts"]:
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                exec("\n".join(fact["answers"][library]["probe"]), {})
            printed[fact["fact"]] = out.getvalue().strip().split("\n")
        except Exception as error:
            printed[fact["fact"]] = [f"{type(error).__name__}: {error}"[:LARGEST_OUTPUT]]
    return printed


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1])))
