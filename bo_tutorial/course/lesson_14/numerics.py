"""Many workers and one strategy: a clock, a cluster, kills; the runs and prices of lesson 14."""

import contextlib
import csv
import functools
import heapq
import importlib.util
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bo_tutorial import _validate, problems
from bo_tutorial.acquisition import expected_improvement
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.loop import maximize
from bo_tutorial.search import RandomSearch
from bo_tutorial.smbo import BayesianOptimization

DATA = Path(__file__).parent / "data"
RUNS_FILE = DATA / "parallel.csv"
COSTS_FILE = DATA / "questions.csv"
STUDY_FILE = DATA / "study.csv"

BUDGET, N_SEEDS = 40, 40
WORKERS = (1, 2, 4, 8)
SPREAD = 0.5  # standard deviation of the logarithm of an evaluation's hours
PROBLEMS = {"Branin 2": problems.branin, "Hartmann 6": problems.hartmann6}
SETTINGS = [
    *((name, "BO", n, waits) for name in PROBLEMS for n in WORKERS for waits in (False, True)),
    *((name, "random", 8, False) for name in PROBLEMS),
]
N_TOLD, N_PENDING = (100, 300, 1000, 3000), (0, 8, 100, 1000)


# A clock for evaluations that only pretend to take hours


@dataclass(frozen=True)
class Job:
    """One evaluation on the simulated cluster: which trial, on which worker, from when to when.

    Attributes:
        number: of the trial, from 0. worker: from 0. start, end: hours since the run began.
    """

    number: int
    worker: int
    start: float
    end: float


def hours_each(n, seed, spread=SPREAD):
    """Draw how long each of `n` evaluations takes: lognormal, a median of one hour; shape (n,).

    Args:
        seed: a whole number. spread: standard deviation of the logarithm, 0 for equal evaluations.
    """
    return np.exp(spread * np.random.default_rng([seed, 14]).standard_normal(n))


def schedule(hours, n_workers, waits=False):
    """Return when each evaluation runs, and where: a list of `Job`, by number.

    Args:
        hours: what each takes, in the order in which they are asked, shape (n,).
        n_workers: how many run side by side. waits: let each batch of `n_workers` end before the
            next one begins (synchronous); otherwise whoever is free gets the next one at once.
    """
    jobs, clock = [], 0.0
    free = [(0.0, worker) for worker in range(n_workers)]  # a heap: when is who free?
    for number, each in enumerate(hours):
        if waits and number % n_workers == 0:
            clock = max((job.end for job in jobs), default=0.0)
            free = [(clock, worker) for worker in range(n_workers)]
        start, worker = heapq.heappop(free)
        jobs.append(Job(number, worker, start, start + float(each)))
        heapq.heappush(free, (jobs[-1].end, worker))
    return jobs


def idle_share(jobs, n_workers):
    """Return which share of the workers' time, until the last job ends, nothing runs."""
    busy = sum(job.end - job.start for job in jobs)
    return 1 - busy / (n_workers * max(job.end for job in jobs))


def simulate(strategy, objective, hours, n_workers, waits=False):
    """Let a strategy run on a cluster whose clock is simulated, so that an hour takes no time.

    Questions and answers come in the order of the clock: an answer that is due is told before the
    next question is asked. `maximize` does the same by a real clock.

    Args:
        strategy: a fresh one. objective: a function of a configuration.
        hours, n_workers, waits: as for `schedule`.

    Returns:
        The jobs, and the value of each, shape (n,), by the number of the trial.
    """
    jobs = schedule(hours, n_workers, waits)
    values, due = np.full(len(jobs), np.nan), []
    for job in jobs:
        # Two answers at the same moment: the earlier question first.
        while due and due[0][0] <= job.start:
            _, number, config = heapq.heappop(due)
            strategy.tell(config, values[number])
        config = strategy.ask()
        values[job.number] = objective(config)
        heapq.heappush(due, (job.end, job.number, config))
    for _, number, config in sorted(due, key=lambda each: each[:2]):
        strategy.tell(config, values[number])
    return jobs, values


# Runs that were made beforehand


@dataclass(frozen=True, eq=False)
class Runs:
    """What the runs of one setting found, and when.

    Attributes:
        values: by the number of the trial, shape (N_SEEDS, BUDGET), units of f.
        ends: when each evaluation ended, in hours, same shape.
        optimum: the largest value of f.
    """

    values: np.ndarray
    ends: np.ndarray
    optimum: float

    def regret(self, n):
        """Return the regret after the first `n` questions have been answered, shape (N_SEEDS,)."""
        return self.optimum - self.values[:, :n].max(axis=1)

    def regret_at(self, hours):
        """Return the regret at moments of the clock, shape (N_SEEDS, len(hours)).

        Before its first answer a run has none: NaN.
        """
        there = self.ends[:, None, :] <= np.asarray(hours)[None, :, None]
        best = np.where(there, self.values[:, None, :], -np.inf).max(axis=2)
        return np.where(np.isfinite(best), self.optimum - best, np.nan)

    @property
    def wall_clock(self):
        """Hours until the last evaluation ended, shape (N_SEEDS,)."""
        return self.ends.max(axis=1)


def play(setting, seed):
    """Return the values of one run, shape (BUDGET,).

    Args:
        setting: one of SETTINGS: (problem, "BO" or "random", workers, whether they wait).
    """
    name, who, n_workers, waits = setting
    problem = PROBLEMS[name]
    make = BayesianOptimization if who == "BO" else RandomSearch
    hours = hours_each(BUDGET, seed)
    return simulate(make(problem.space, seed=seed), problem, hours, n_workers, waits)[1]


def parallel_runs():
    """Read the runs that were made beforehand: {setting: `Runs`}, in the order of SETTINGS.

    Raises:
        ValueError: the file lacks a run.
    """
    found = {}
    for row in _rows(RUNS_FILE):
        setting = row["problem"], row["strategy"], int(row["workers"]), row["waits"] == "True"
        found.setdefault(setting, {})[int(row["seed"])] = row["values"].split()
    runs = {}
    for setting in SETTINGS:
        values = found.get(setting, {})
        if list(values) != list(range(N_SEEDS)):
            raise ValueError(
                f"{RUNS_FILE} must hold seeds 0 to {N_SEEDS - 1} of {setting}, in order, got "
                f"{list(values)}: complete it with `python tools/parallel_data.py`"
            )
        _, _, n_workers, waits = setting
        ends = [
            [job.end for job in schedule(hours_each(BUDGET, seed), n_workers, waits)]
            for seed in values
        ]
        numbers = np.array(list(values.values()), dtype=float)
        runs[setting] = Runs(numbers, np.array(ends), PROBLEMS[setting[0]].optimum)
    return runs


def question_costs():
    """Read what a question cost where it was measured: {(told, pending): CPU seconds}."""
    return {
        (int(row["told"]), int(row["pending"])): float(row["seconds"]) for row in _rows(COSTS_FILE)
    }


@dataclass(frozen=True, eq=False)
class Study:
    """An Optuna study that several processes shared: one entry a trial, in the order of number.

    Attributes:
        process: which process ran it, from 0. points: x1 and x2, shape (n, 2). values: shape (n,).
    """

    process: np.ndarray
    points: np.ndarray
    values: np.ndarray


def studies():
    """Read the Optuna studies made beforehand: {number of processes: a list of `Study`}."""
    found = {}
    for row in _rows(STUDY_FILE):
        process, x1, x2, values = (
            np.array(row[name].split(), dtype=float) for name in ("process", "x1", "x2", "values")
        )
        study = Study(process.astype(int), np.stack([x1, x2], axis=1), values)
        found.setdefault(int(row["processes"]), []).append(study)
    return found


def _rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Kills


@dataclass(frozen=True)
class Mortal:
    """An objective that ends the process that calls it, once, in the middle of an evaluation.

    Args:
        objective: a function of a configuration that other processes can import.
        at: the call, counted in each process from 1, in which a process dies.
        note: the path of a file; the first process that gets so far makes it, and dies.
    """

    objective: Callable[[dict], float]
    at: int
    note: str

    def __call__(self, config):
        _calls[self.note] = _calls.get(self.note, 0) + 1
        if _calls[self.note] == self.at:
            with contextlib.suppress(FileExistsError), open(self.note, "x", encoding="utf-8"):
                die()
        return self.objective(config)


_calls: dict[str, int] = {}


class Killed(BaseException):
    """What ends a run instead of a kill where the run has no process of its own."""


def die():
    """End this process as a power cut would: nothing is flushed, nobody is told."""
    if _validate.IN_WEBASSEMBLY:
        raise Killed
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(9)  # Windows has no such signal


def in_a_process(function, *arguments):
    """Call an importable function in a new process and wait; say whether that process was killed.

    A process that ends by itself, with an error too, was not killed. Where there is no other
    process, it says so, and an exception that nothing catches on its way ends the call instead.
    """
    if _validate.IN_WEBASSEMBLY:
        print(ONE_PROCESS)
        try:
            function(*arguments)
        except Killed:
            return True
        return False
    process = get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    return process.exitcode in (-getattr(signal, "SIGKILL", 9), 9)


def search(journal, n, note=None, at=1):
    """Tune Branin's function, `n` evaluations with seed 0 and a journal; this is the whole script.

    Args:
        journal: the path of a file. note, at: if given, the process dies in its call number `at`.
    """
    objective = problems.branin if note is None else Mortal(problems.branin, at, str(note))
    return maximize(objective, problems.branin.space, n, seed=0, journal=journal, progress=False)


ONE_PROCESS = (
    "WebAssembly, as in a browser, has one process: an exception ends the run instead of a kill."
)


@contextlib.contextmanager
def announcing(folder):
    """Print what the package announces, with paths within `folder` in short."""

    class Printer(logging.Handler):
        def emit(self, record):
            print(record.getMessage().replace(f"{folder}{os.sep}", ""))

    logger, handler = logging.getLogger("bo_tutorial"), Printer()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


# A cluster on this machine

INSTALL = (
    "This cell needs Dask: run `pip install 'bo_tutorial[parallel]'` in a terminal (in a clone of "
    "the course: `pip install -e '.[parallel]'`), restart the kernel, and run the lesson again. "
    "The cells below do not need it."
)


NO_DASK = (
    "This cell needs Dask, which starts processes, and WebAssembly, as in a browser, has none: run "
    "the lesson on a computer of your own to see it. The cells below do not need it."
)


def has_dask():
    """Say whether Dask's distributed can run; if not, print what to do."""
    if _validate.IN_WEBASSEMBLY:
        print(NO_DASK)
        return False
    if importlib.util.find_spec("distributed") is not None:
        return True
    print(INSTALL)
    return False


@contextlib.contextmanager
def local_cluster(n_workers, folder) -> Iterator:
    """Start a Dask cluster of processes on this machine, one thread each; yields its client.

    It listens on this machine alone, and what its workers log stays out of the notebook.

    Args:
        folder: where workers may put files.
    """
    import dask
    import distributed

    settings = {"temporary-directory": str(folder), "distributed.admin.tick.interval": "1 h"}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


# Where does a question go?

GRID = np.linspace(0, 1, 201)
X_TOLD = np.array([0.0, 0.3, 0.6, 1.0])
LENGTH_SCALE, XI = 0.1, 0.01


@dataclass(frozen=True, eq=False)
class Moment:
    """What a strategy believes on `GRID` while questions are under way, and what it asks next.

    Attributes:
        mu, sigma, ei: posterior and expected improvement, shape (201,), units of f.
        pending: where questions are under way. believed: what is believed there, same shape.
        next_x: the point with the largest expected improvement.
    """

    mu: np.ndarray
    sigma: np.ndarray
    ei: np.ndarray
    pending: np.ndarray
    believed: np.ndarray
    next_x: float


@functools.cache
def told():
    """Return the four evaluations of Forrester's function that the lesson starts from: (x, y)."""
    return X_TOLD, np.array([problems.forrester({"x1": float(x)}) for x in X_TOLD])


def told_strategy():
    """Return a strategy of the package, the plain one of lesson 07, that was told these four."""
    strategy = BayesianOptimization.plain(problems.forrester.space, LENGTH_SCALE, XI, seed=1)
    for x, value in zip(*told(), strict=True):
        strategy.tell({"x1": float(x)}, float(value))
    return strategy


@functools.cache
def moment(n_pending, believes=True):
    """Return the `Moment` when `n_pending` questions are under way.

    Args:
        believes: whether each pending question counts as answered, with the mean that the model
            had there (the kriging believer); otherwise what is under way is ignored.
    """
    x, y = told()
    center, scale = y.mean(), y.std()
    process = GaussianProcess(SquaredExponential(LENGTH_SCALE), noise_variance=1e-6)
    pending, believed = np.empty(0), np.empty(0)
    for n in range(n_pending + 1):
        seen = n if believes else 0
        X, Y = np.append(x, pending[:seen]), np.append(y, believed[:seen])
        posterior = process.condition(X[:, None], (Y - center) / scale)
        mu, sigma = posterior.predict(GRID[:, None])
        mu, sigma = center + scale * mu, scale * sigma
        ei = expected_improvement(mu, sigma, Y.max(), XI)
        i = int(np.argmax(ei))
        if n < n_pending:
            pending, believed = np.append(pending, GRID[i]), np.append(believed, mu[i])
    return Moment(mu, sigma, ei, pending, believed, float(GRID[i]))
