"""Compare strategies fairly: the same problems, the same budget, many seeds, and honest counting.

Contestants play contests: a contestant is a function that makes a strategy from a space and a seed,
a contest is a function to maximize whose values at random are known. `tools/comparison_data.py`
plays all of them against each other and keeps what each run had found, and when. The lesson reads
that with `contest_runs` and `varied_runs`; the rest are the few statistics that it needs.
"""

import csv
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bo_tutorial import network, problems
from bo_tutorial.acquisition import ExpectedImprovement, UpperConfidenceBound
from bo_tutorial.course.lesson_03.numerics import network_slice
from bo_tutorial.gp import GaussianProcess
from bo_tutorial.kernels import SquaredExponential
from bo_tutorial.loop import maximize
from bo_tutorial.problems import cube
from bo_tutorial.search import GridSearch, RandomSearch, SobolSearch
from bo_tutorial.smbo import BayesianOptimization, default_n_initial
from bo_tutorial.space import Float, Int, Space
from bo_tutorial.tpe import TreeParzen

BUDGET, N_SEEDS = 50, 24
DATA = Path(__file__).parent / "data"
CONTESTS_FILE, VARIED_FILE = DATA / "comparison.csv", DATA / "comparison_varied.csv"
SHUFFLED_FILE, MANY_FILE = DATA / "shuffled.csv", DATA / "many_seeds.csv"


# The contestants


def shuffled_grid(space, seed):
    """Make a grid search in shuffled order, on the smallest grid that the budget does not exhaust.

    In the order of nested loops a grid stays at one end of its first hyperparameter for long.
    """
    points = 2
    while len(space.grid(points)) < BUDGET:
        points += 1
    strategy = GridSearch(space, points, seed)
    order = np.random.default_rng(seed).permutation(len(strategy.grid))
    strategy.grid = [strategy.grid[i] for i in order]
    return strategy


def article(space, seed, acquisition=None):
    """Make Bayesian optimization as the article has it: squared exponential, EI with ξ = 0.01.

    One length scale per hyperparameter, all learned by maximizing the marginal likelihood alone;
    EI over the best value observed; y standardized, not bent; 5 to 10 initial points.
    """
    kernel = SquaredExponential(np.full(space.d, 0.5))
    return BayesianOptimization(
        space,
        surrogate=GaussianProcess(kernel, noise_variance=1e-4, n_starts=2),
        acquisition=acquisition or ExpectedImprovement(xi=0.01),
        n_initial=min(10, default_n_initial(space)),
        seed=seed,
        warp=False,
        incumbent="observed",
    )


def article_ucb(space, seed):
    """Make the same with the upper confidence bound, κ = 2, in place of EI."""
    return article(space, seed, UpperConfidenceBound(kappa=2.0))


def article_without_margin(space, seed):
    """Make the same with EI and ξ = 0."""
    return article(space, seed, ExpectedImprovement(xi=0.0))


def package_default(space, seed):
    """Make the package's default: Matern-5/2, a prior, y bent to look normal, log EI."""
    return BayesianOptimization(space, seed=seed)


CONTESTANTS = {
    "grid": shuffled_grid,
    "random": RandomSearch,
    "Sobol": SobolSearch,
    "TPE": TreeParzen,
    "UCB": article_ucb,
    "EI": article,
    "default": package_default,
}


# The contests


@dataclass(frozen=True, eq=False)
class Contest:
    """A function to maximize, and what it is worth at random.

    Attributes:
        space: a `Space`.
        objective: called with a seed, returns the function of a configuration that the run of that
            seed maximizes; mostly the same for every seed.
        draw: returns the values that are drawn from, shape (n_draws,): those of all configurations,
            or those of a large fixed sample.
        n_draws: how many these are. sampled: whether they are a sample.
        optimum: the largest value there is, units of f.
        first_seed: of the strategy in run 0; run 1 has the next one, and so on.
    """

    space: Space
    objective: Callable
    draw: Callable
    n_draws: int
    sampled: bool
    optimum: float
    first_seed: int = 0

    @property
    def at_least(self):
        """How many draws match at least, where "more than" is all that the sample can say."""
        return int(matching_draws(FEWEST, self.n_draws)) if self.sampled else math.inf


@dataclass(frozen=True, eq=False)
class Table:
    """Look a configuration up in a table with five values for each of five hyperparameters.

    Args:
        values: shape (5, 5, 5, 5, 5), one axis for each hyperparameter of the network.
    """

    values: np.ndarray

    def __call__(self, config):
        return float(self.values[tuple(config[name] for name in network.SPACE.names)])


@dataclass(frozen=True, eq=False)
class Waves:
    """A function drawn from a Gaussian process, as a sum of waves.

    Waves of random frequencies w ~ N(0, 1 / ℓ²) and random weights have the squared exponential
    kernel of length scale ℓ and signal variance 1 as their covariance.

    Args:
        n_relevant: it is a function of so many hyperparameters, the first ones; it ignores others.
        length_scale: in units of the cube. seed: which function. n_waves: how many are summed.

    Source: Rahimi & Recht 2007, section 3.
    """

    n_relevant: int
    length_scale: float
    seed: int
    n_waves: int = 256

    @functools.cached_property
    def _waves(self):
        rng = np.random.default_rng([self.seed, self.n_relevant])
        frequencies = rng.standard_normal((self.n_relevant, self.n_waves)) / self.length_scale
        return frequencies, rng.standard_normal((2, self.n_waves)) / math.sqrt(self.n_waves)

    def at(self, U):
        """Return f at points of the unit cube, shape (n, d) with d at least `n_relevant`."""
        frequencies, (cosines, sines) = self._waves
        angles = np.asarray(U)[:, : self.n_relevant] @ frequencies
        return np.cos(angles) @ cosines + np.sin(angles) @ sines

    def __call__(self, config):
        return float(self.at([list(config.values())])[0])


N_DRAWS, N_DRAWS_VARIED = 1_000_000, 200_000
# With fewer than three draws that are as good, a sample says next to nothing about their share p,
# only that it is small: at p = 3 / n, none of n draws is as good with a chance of exp(-3) = 5 %.
FEWEST = 3


def on_formula(problem):
    """Make a contest of a `Problem`, with values at a million random points."""

    def draw():
        u = np.random.default_rng(0).random((N_DRAWS, problem.space.d))
        axes = [problem.space[name] for name in problem.space.names]
        low, high = np.array([(axis.low, axis.high) for axis in axes]).T
        return np.array([-problem.to_minimize(x) for x in low + u * (high - low)])

    return Contest(problem.space, lambda seed: problem, draw, N_DRAWS, True, problem.optimum)


def on_table(values, shuffled="never", first_seed=0):
    """Make a contest of 3125 values: a finite space, where drawing is counted exactly.

    Args:
        values: shape (3125,), in the order of `SPACE.grid(5)` of the network.
        shuffled: "never", "once", which is one other table for all seeds, or "anew" for each seed.
            In a shuffled table no value says anything about another one.
        first_seed: as for `Contest`.
    """
    space = Space(**{name: Int(0, 4) for name in network.SPACE.names})

    def objective(seed):
        table = values
        if shuffled != "never":
            table = np.random.default_rng(seed if shuffled == "anew" else 0).permutation(values)
        return Table(table.reshape(5, 5, 5, 5, 5))

    optimum = float(values.max())
    return Contest(space, objective, lambda: values, values.size, False, optimum, first_seed)


def on_waves(d, waves):
    """Make a contest of a function drawn from a Gaussian process, in `d` dimensions.

    Its optimum is not known: the best of the sample stands for it.
    """

    def draw():
        rng = np.random.default_rng(1)
        parts = [rng.random((20_000, waves.n_relevant)) for _ in range(N_DRAWS_VARIED // 20_000)]
        return np.concatenate([waves.at(part) for part in parts])

    return Contest(cube(d), lambda seed: waves, draw, N_DRAWS_VARIED, True, math.nan)


def _off_center():
    """Ackley's function in five dimensions, with its optimum moved away from the middle.

    Where it usually stands, in the middle of the range, every grid with an odd number of values has
    a point.
    """
    space = Space(**{f"x{j}": Float(-20.0, 45.0) for j in range(1, 6)})
    return replace(problems.ackley(5), name="Ackley 5, off center", space=space)


def _island():
    """A broad hill of height 0.8, and a small disc, 2 % of the square, where f jumps up to 1.

    Nothing on the hill tells of the disc: a model that believes f to be smooth has no reason to
    look for it.
    """

    def to_minimize(x):
        to_hill, to_disc = x - np.array([0.3, 0.3]), x - np.array([0.8, 0.75])
        squared = to_disc @ to_disc / 0.08**2
        return -(1 - 0.1 * squared if squared < 1 else 0.8 * math.exp(-8 * to_hill @ to_hill))

    return problems.Problem("island", cube(2), to_minimize, np.array([[0.8, 0.75]]), 1.0)


@functools.cache
def contests():
    """Return the contests by name: five formulas, the network's table, and four traps.

    The last one is "shuffled once 5" again, with 24 other seeds.
    """
    accuracy = network.grid_table()["validation_accuracy"]
    return {
        "Gramacy-Lee 1": on_formula(problems.gramacy_lee),
        "Branin 2": on_formula(problems.branin),
        "Hartmann 3": on_formula(problems.hartmann3),
        "Hartmann 6": on_formula(problems.hartmann6),
        "Ackley 5": on_formula(_off_center()),
        "network 5": on_table(accuracy),
        "shuffled once 5": on_table(accuracy, shuffled="once"),
        "shuffled anew 5": on_table(accuracy, shuffled="anew"),
        "island 2": on_formula(_island()),
        "same shuffle 5": on_table(accuracy, shuffled="once", first_seed=N_SEEDS),
    }


# d, how many of them matter, and the length scale; N_SEEDS functions each.
LENGTH_SCALES = (0.05, 0.1, 0.2, 0.4, 0.8)
VARIED = [
    *((d, 2, length_scale) for length_scale in LENGTH_SCALES for d in (2, 4, 6, 10)),
    *((6, n_relevant, length_scale) for length_scale in (0.2, 0.4) for n_relevant in (1, 4, 6)),
]


def play(contest, contestant, seed):
    """Return the values of one run, shape (BUDGET,), in the order of evaluation.

    Args:
        contestant: a function of a space and a seed that returns a strategy.
        seed: the number of the run, from 0.
    """
    return _play(contest, contestant, seed).values


def _play(contest, contestant, seed):
    strategy = contestant(contest.space, contest.first_seed + seed)
    objective = contest.objective(seed)
    return maximize(objective, contest.space, BUDGET, strategy=strategy, progress=False)


# Who runs with 200 more seeds, to learn what 24 seeds could say.
MANY = (
    ("Branin 2", "TPE"),
    ("Branin 2", "random"),
    ("Branin 2", "Sobol"),
    ("Ackley 5", "EI"),
    ("Ackley 5", "TPE"),
    ("Gramacy-Lee 1", "EI"),
    ("Gramacy-Lee 1", "random"),
)
MANY_SEEDS = range(100, 300)

# EI on shuffled tables, with seeds that no contest has: one table for all seeds, and a new table
# for each seed.
SHUFFLED = ("once", "anew")
SHUFFLED_SEEDS = range(100, 200)


def play_shuffled(shuffled, seed):
    """Let EI search a shuffled table; return its best value, and how many questions were corners.

    A question is a configuration that the model chose: the initial points are none. A corner lies
    at an end of every axis; 32 of the 3125 rows do.

    Args:
        shuffled: as for `on_table`. seed: of the strategy, and of the table where it is new.
    """
    contest = on_table(network.grid_table()["validation_accuracy"], shuffled)
    result = _play(contest, article, seed)
    questions = result.configs[article(contest.space, seed).n_initial :]
    at_corners = sum(set(config.values()) <= {0, 4} for config in questions)
    return result.best_value, at_corners


def five_initial_points(space, seed):
    """Make the default with five initial points: the usual 2 d of them would change with d."""
    return BayesianOptimization(space, n_initial=5, seed=seed)


def ends(objective, space, contestant, n, n_seeds=N_SEEDS):
    """Return the best value of each of `n_seeds` runs of `n` evaluations, shape (n_seeds,).

    Args:
        objective: a function of a configuration of `space`. contestant: a name of `CONTESTANTS`.
    """
    strategies = [CONTESTANTS[contestant](space, seed) for seed in range(n_seeds)]
    results = [maximize(objective, space, n, strategy=each, progress=False) for each in strategies]
    return np.array([result.best_value for result in results])


def trained_on_slice(config):
    """Return the accuracy of the training in the slice of lesson 03 that is nearest to `config`.

    Args:
        config: a learning rate and a batch size; nearest in the logarithm of each.
    """
    rates, sizes, accuracies = _slice()
    i = np.abs(np.log(rates / config["learning_rate"])).argmin()
    j = np.abs(np.log(sizes / config["batch_size"])).argmin()
    return float(accuracies[i, j])


_slice = functools.cache(network_slice)  # read once, not for each of a thousand evaluations


# What was played


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of one contestant: what each had found after every evaluation.

    Attributes:
        best: the incumbent, units of f, six digits of it, shape (n_seeds, BUDGET).
        as_good: how many of the contest's random draws are as good or better, same shape.
        n_draws: how many draws there are. sampled: whether they are a sample.
    """

    best: np.ndarray
    as_good: np.ndarray
    n_draws: int
    sampled: bool = True

    def matching_draws(self, n):
        """Return how many random draws match each run after `n` evaluations, shape (n_seeds,).

        Infinity stands for more than a sample can tell: fewer than `FEWEST` of it are as good.
        """
        as_good = self.as_good[:, n - 1]
        draws = matching_draws(as_good, self.n_draws)
        return np.where(as_good < FEWEST, np.inf, draws) if self.sampled else draws

    def evaluations_to(self, share):
        """Return when each run first held a value of the best `share`, shape (n_seeds,).

        Infinity stands for: not within the budget.
        """
        there = self.as_good <= share * self.n_draws
        return np.where(there.any(axis=1), 1 + there.argmax(axis=1), np.inf)


def contest_runs():
    """Read the contests that were played.

    Returns:
        {contest: {contestant: `Runs`}}, in the order of `contests` and `CONTESTANTS`.
    """
    games = contests()
    runs = _read(CONTESTS_FILE, lambda row: (row["contest"], row["contestant"]))
    return {
        name: {each: Runs(*runs[name, each], game.n_draws, game.sampled) for each in CONTESTANTS}
        for name, game in games.items()
    }


def varied_runs():
    """Read what the default found on functions drawn from Gaussian processes.

    Returns:
        {(d, n_relevant, length_scale): `Runs`}, in the order of `VARIED`; seed i is function i.
    """

    def setting(row):
        return int(row["d"]), int(row["n_relevant"]), float(row["length_scale"])

    runs = _read(VARIED_FILE, setting)
    return {each: Runs(*runs[each], N_DRAWS_VARIED) for each in VARIED}


def shuffled_runs():
    """Read what EI found on shuffled tables.

    Returns:
        {shuffled: (best, at_corners)}, each of shape (100,), as `play_shuffled` returns them.
    """
    with open(SHUFFLED_FILE, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        each: tuple(
            np.array([float(row[cell]) for row in rows if row["shuffled"] == each])
            for cell in ("best", "at_corners")
        )
        for each in SHUFFLED
    }


def many_seeds():
    """Read what `MANY` contestants reached with 200 seeds that the contests do not have.

    Returns:
        {(contest, contestant): best values, shape (200,)}.
    """
    with open(MANY_FILE, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {each: [] for each in MANY}
    for row in rows:
        found[row["contest"], row["contestant"]].append(float(row["best"]))
    return {each: np.array(best) for each, best in found.items()}


def _read(path, name):
    """The runs of a file as {name: (best, as_good)}, each of shape (n_seeds, BUDGET)."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        changes = np.array(row["evaluations"].split(), dtype=int)
        # The incumbent at evaluation t is the last one that changed at t or before.
        last = np.searchsorted(changes, np.arange(1, BUDGET + 1), side="right") - 1
        best = np.array(row["values"].split(), dtype=float)[last]
        as_good = np.array(row["draws_as_good"].split(), dtype=int)[last]
        found.setdefault(name(row), []).append((int(row["seed"]), best, as_good))
    for each, runs in found.items():
        if [seed for seed, *_ in runs] != list(range(N_SEEDS)):
            raise ValueError(
                f"{path} must hold seeds 0 to {N_SEEDS - 1} of {each}, in order, got "
                f"{[seed for seed, *_ in runs]}: complete it with `python tools/comparison_data.py`"
            )
    return {
        each: (np.array([r[1] for r in runs]), np.array([r[2] for r in runs]))
        for each, runs in found.items()
    }


# What it means


def new_bests(values):
    """Return the indices of the values that are larger than all before them, shape (m,).

    Args:
        values: shape (n,), in the order of evaluation.
    """
    return np.flatnonzero(np.diff(np.maximum.accumulate(values), prepend=-np.inf))


def matching_draws(as_good, n_draws):
    """Return how many random draws hold a value with an even chance: the median of a geometric law.

    With a share p of draws that are as good, n draws hold one with 1 - (1 - p)^n, which is 1/2 or
    more from n = log(1/2) / log(1 - p) on, rounded up.

    Args:
        as_good: how many of `n_draws` random draws are as good, a number or an array.

    Returns:
        Of the shape of `as_good`; infinity where no draw is as good.
    """
    p = np.asarray(as_good) / n_draws
    with np.errstate(divide="ignore"):
        n = np.ceil(np.log(0.5) / np.log1p(-p))
    return np.where(p == 0, np.inf, np.maximum(n, 1))


def mean_ranks(runs, names, n):
    """Return the mean rank of each contestant on each contest, after `n` evaluations.

    Runs of the same contest and seed are ranked against each other, 1 for the best; those that tie
    share the mean of their ranks.

    Args:
        runs: as `contest_runs` returns them. names: the contests that count.

    Returns:
        {contestant: shape (contests,)}, in the order of `names`.
    """
    best = np.array([[each.best[:, n - 1] for each in runs[name].values()] for name in names])
    better = (best[:, None] > best[:, :, None]).sum(axis=2)  # how many are ahead of each
    level = (best[:, None] == best[:, :, None]).sum(axis=2)  # with itself
    ranks = np.mean(1 + better + (level - 1) / 2, axis=2)
    return dict(zip(runs[names[0]], ranks.T, strict=True))


def median_interval(values, level=0.95):
    """Return two of the values, which enclose the median of all possible runs.

    The number of runs below that median is binomial, whatever the distribution of the runs. So the
    k-th smallest and the k-th largest value enclose it with a known chance: k is the largest for
    which this is at least `level`. For 24 runs these are the 7th and the 18th.

    Args:
        values: of independent runs, shape (n,); infinities are allowed. level: in (0, 1).

    Raises:
        ValueError: so few values cannot enclose it at this level.

    Source: Conover 1999, section 3.2.
    """
    ordered = np.sort(np.asarray(values))
    n, missed, k = len(ordered), 0.0, 0
    # The k-th smallest lies above the median if fewer than k runs lie below it.
    while missed + 2 * math.comb(n, k) / 2**n <= 1 - level:
        missed += 2 * math.comb(n, k) / 2**n
        k += 1
    if k == 0:
        raise ValueError(f"values must be more for an interval of level {level}, got {n}")
    return ordered[k - 1], ordered[n - k]


def wrong_winner(better, worse):
    """Return the chance that one run of each names the worse one; a tie counts half.

    Args:
        better, worse: what independent runs of two contestants reached, shapes (n,) and (m,).
            All pairs are compared.
    """
    above = np.asarray(worse)[None, :] - np.asarray(better)[:, None]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def interval(better, worse, n=1, statistic=np.mean, n_repeats=1000, seed=0):
    """Return a 95 % interval for a chance of the wrong winner: what other runs might have said.

    The bootstrap: runs are drawn from each side with replacement, as many as there are, and the
    chance is computed from these. The interval holds the middle 95 % of such chances.

    Args:
        better, worse: as for `wrong_winner`. n, statistic: as for `wrong_winner_of`.

    Source: Efron & Tibshirani 1993, chapter 13.
    """
    rng, (better, worse) = np.random.default_rng(seed), map(np.asarray, (better, worse))
    chances = []
    for _ in range(n_repeats):
        mine, theirs = rng.choice(better, len(better)), rng.choice(worse, len(worse))
        if n == 1:
            chances.append(wrong_winner(mine, theirs))
        else:
            chances.append(wrong_winner_of(n, mine, theirs, statistic, 400, rng))
    return tuple(np.quantile(chances, [0.025, 0.975]))


def ahead_of_random(best, values, n=BUDGET):
    """Return the chance that each run is ahead of a random search on a table; a tie counts half.

    No random search is run: the best of n rows drawn with replacement is below a value v with
    probability F(v)^n, where F is the share of rows below v.

    Args:
        best: what the runs reached, shape (m,). values: those of the table, shape (n_rows,).

    Returns:
        Shape (m,).
    """
    ordered, best = np.sort(np.asarray(values)), np.asarray(best)
    # The file of runs has six digits.
    below, up_to = (np.searchsorted(ordered, best + slack) for slack in (-1e-6, 1e-6))
    return ((below / ordered.size) ** n + (up_to / ordered.size) ** n) / 2


def wrong_winner_of(n, better, worse, statistic=np.mean, n_repeats=4000, seed=0):
    """Return the chance that `n` runs of each, averaged, name the worse one; a tie counts half.

    Runs are drawn from those given, with replacement: these stand for all that there could be.

    Args:
        statistic: how the runs of one side are summarized, such as `np.mean` or `np.median`.
    """
    rng = np.random.default_rng(seed)
    mine, theirs = (
        statistic(np.asarray(runs)[rng.integers(0, len(runs), (n_repeats, n))], axis=1)
        for runs in (better, worse)
    )
    return float(np.mean((theirs > mine) + 0.5 * (theirs == mine)))
