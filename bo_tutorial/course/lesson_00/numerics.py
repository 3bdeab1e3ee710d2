"""Five guesses at the top of a hidden function, against random search and Bayesian optimization.

Ten functions of one input in [0, 1] stand for trainings: x is a setting, f(x) a validation accuracy
as a fraction. A game is five evaluations of one of them. It is kept as a `Trace`, a small JSON file

    {"format": "bo_tutorial five guesses", "version": 1, "player": "Ada", "preset": "D",
     "x": [five numbers in [0, 1]], "values": [f at each x]}

which is checked when it is read, value by value, and of which nothing is executed.
"""

import functools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from bo_tutorial import _validate
from bo_tutorial._files import write_atomically
from bo_tutorial.search import RandomSearch, SobolSearch
from bo_tutorial.smbo import BayesianOptimization
from bo_tutorial.space import Float, Space

BUDGET = 5  # evaluations in a game
N_INITIAL = 2  # of them, BO asks these before it has a model
LENGTH_SCALE = 0.2  # of BO's model: how far one evaluation speaks for its neighbors, in units of x
OPPONENTS = ("random search", "BO")
RIVALS = ("random search", "Sobol points", "BO")  # BO starts with the first two Sobol points
N_GAMES = 400  # that each rival played of each function, for `many_games`
SPACE = Space(x=Float(0.0, 1.0))
FILE_NAME = "my_five_guesses.json"
DATA = Path(__file__).parent / "data"
DEFAULT, MANY_GAMES = DATA / "five_guesses.json", DATA / "many_games.json"

FORMAT, VERSION = "bo_tutorial five guesses", 1
ENTRIES = ("format", "version", "player", "preset", "x", "values")
LARGEST_FILE = 10_000  # bytes; a trace has a few hundred


# The ten functions


@dataclass(frozen=True, eq=False)
class Hidden:
    """A function that the player does not see, with its known top.

    Calling it with a number or an array of x in [0, 1] returns f there, fractions of 1.

    Attributes:
        name: a letter. shape: what it looks like, in words, for after the game.
        formula: f as a function of an array. best_x, optimum: where f is largest, and f there.
    """

    name: str
    shape: str
    formula: Callable
    best_x: float
    optimum: float

    def __call__(self, x):
        return self.formula(np.asarray(x, dtype=float))

    def regret(self, values):
        """Return how far the best value so far falls short of the top, turn by turn.

        regret after t evaluations = optimum - max(f(x_1), ..., f(x_t))

        Args:
            values: values of f in their order, shape (n,) or (n_games, n), fractions of 1.

        Returns:
            An array of the same shape, 0 or more, which never grows along the last axis.
        """
        return self.optimum - np.maximum.accumulate(values, axis=-1)


def _hill(x, center, width):
    return np.exp(-0.5 * ((x - center) / width) ** 2)


def _above(x, edge, width):
    """0 to the left of an edge and 1 to the right, with a smooth passage of that width."""
    return 1 / (1 + np.exp(-(x - edge) / width))


def _needle(x):
    return 0.31 + 0.1 * x + 0.52 * _hill(x, 0.37, 0.015)


def _shelf(x):
    shelf = _above(x, 0.1, 0.006) * (1 - _above(x, 0.32, 0.006))
    return 0.2 + 0.3 * x + (0.55 - 0.2 * x) * shelf


def _plateau(x):
    return 0.3 + 0.55 * _above(x, 0.35, 0.04) * (1 - _above(x, 0.8, 0.02)) + 0.03 * x


def _steps(x):
    return np.select([x < 0.3, x < 0.52, x < 0.7], [0.41, 0.58, 0.71], 0.35)


_LIST = (
    Hidden("A", "one hill", lambda x: 0.34 + 0.58 * _hill(x, 0.64, 0.18), 0.64, 0.92),
    Hidden(
        "B",
        "a rise and a cliff",
        lambda x: np.where(x <= 0.68, 0.22 + 0.66 * (x / 0.68) ** 2, 0.1),
        0.68,
        0.88,
    ),
    Hidden(
        "C",
        "waves",
        lambda x: 0.44 + 0.2 * x + 0.22 * np.cos(4.5 * np.pi * (x - 0.86)),
        0.8645517909,
        0.8324550219609,
    ),
    Hidden(
        "D",
        "two hills",
        lambda x: 0.28 + 0.4 * _hill(x, 0.22, 0.1) + 0.6 * _hill(x, 0.72, 0.1),
        0.7199987577,
        0.8800014907076,
    ),
    Hidden("E", "a needle", _needle, 0.3700432694, 0.8670021634661),
    Hidden("F", "a shelf beside a long slope", _shelf, 0.2797484668, 0.7773726499905),
    Hidden("G", "a slope to an edge", lambda x: 0.93 - 0.55 * x**0.6, 0.0, 0.93),
    Hidden("H", "a plateau", _plateau, 0.6667242810, 0.8691007334167),
    Hidden(
        "I",
        "fast waves",
        lambda x: 0.5 + 0.3 * np.sin(28 * np.pi * x) - 0.1 * np.abs(x - 0.3),
        0.3035283497,
        0.7996450110822,
    ),
    Hidden("J", "steps", _steps, 0.61, 0.71),
)
PRESETS = {hidden.name: hidden for hidden in _LIST}


def preset(name):
    """Return the hidden function of this name.

    Raises:
        ValueError: there is none of this name.
    """
    if not isinstance(name, str) or name not in PRESETS:
        raise ValueError(f"preset must be one of {list(PRESETS)}, got {name!r}")
    return PRESETS[name]


# A game


def refusal(x, guesses):
    """Say why `x` cannot be the next guess after `guesses`; None if it can.

    Args:
        x: a number. guesses: the earlier ones, a sequence of numbers.
    """
    if len(guesses) >= BUDGET:
        return f"all {BUDGET} evaluations are spent: start a new game"
    try:
        _unit(x)
    except (TypeError, ValueError) as error:
        return f"{error}; no evaluation was spent"
    if any(abs(x - each) < 1e-9 for each in guesses):
        return f"x = {x:g} has been evaluated: f has no noise, so choose another x"
    return None


@dataclass(frozen=True, eq=False)
class Trace:
    """A game from its first evaluation to its last.

    Args:
        player: a name of at most 40 characters. preset: a letter.
        x: where the player evaluated f, in order, BUDGET numbers in [0, 1].
        values: f there, fractions of 1; computed if left out.

    Raises:
        TypeError, ValueError: an argument of another kind, or a value that is not f at its x.
    """

    player: str
    preset: str
    x: np.ndarray
    values: np.ndarray | None = None

    def __post_init__(self):
        hidden = preset(self.preset)
        if not isinstance(self.player, str):
            raise TypeError(f"player must be a name, got {self.player!r:.60}")
        if not 1 <= len(self.player.strip()) <= 40 or not self.player.isprintable():
            raise ValueError(f"player must be a name of 1 to 40 letters, got {self.player!r:.60}")
        x = _validate.vector("x", self.x, BUDGET, "evaluation")
        for each in x:
            _unit(float(each))
        true = hidden(x)
        values = true
        if self.values is not None:
            values = _validate.vector("values", self.values, BUDGET, "evaluation")
            for at, got, right in zip(x, values, true, strict=True):
                if abs(got - right) > 1e-6:
                    raise ValueError(
                        f"values must be those of function {self.preset}: at x = {at:g} it is "
                        f"{right:.6f}, got {got:g}"
                    )
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "values", values)

    @property
    def incumbents(self):
        """The best value so far after each evaluation, shape (BUDGET,), fractions of 1."""
        return np.maximum.accumulate(self.values)

    @property
    def regret(self):
        """How far the best so far falls short of the top, turn by turn, shape (BUDGET,)."""
        return PRESETS[self.preset].regret(self.values)


def opponents(name, seed=0):
    """Return what random search and BO do with five evaluations of a function.

    Args:
        name: a letter. seed: a whole number, 0 or more.

    Returns:
        {"random search": `Trace`, "BO": `Trace`}.
    """
    hidden = preset(name)
    strategies = RandomSearch(SPACE, seed=seed), _bayesian(seed)
    traces = {}
    for player, strategy in zip(OPPONENTS, strategies, strict=True):
        x = []
        for _ in range(BUDGET):
            config = strategy.ask()
            strategy.tell(config, float(hidden(config["x"])))
            x.append(config["x"])
        traces[player] = Trace(player, name, np.array(x))
    return traces


@functools.lru_cache(maxsize=64)
def _regrets(name, n_seeds):
    games = [opponents(name, seed) for seed in range(n_seeds)]
    regrets = np.array([[game[player].regret for player in OPPONENTS] for game in games])
    regrets.setflags(write=False)  # shared through the cache
    return regrets


def duel(name, n_seeds=51):
    """Return the regrets of both opponents over many seeds, turn by turn.

    Args:
        name: a letter. n_seeds: how many games each plays, with the seeds 0, 1, ...

    Returns:
        {"random search": array, "BO": array}, each of shape (n_seeds, BUDGET), fractions of 1.
    """
    preset(name)
    n_seeds = _validate.whole_number("n_seeds", n_seeds, 1)
    regrets = _regrets(name, n_seeds)
    return {player: regrets[:, i] for i, player in enumerate(OPPONENTS)}


def rivals(name, seed):
    """Play a function once with each rival; return their regrets, {player: shape (BUDGET,)}."""
    hidden = preset(name)
    regrets = {player: trace.regret for player, trace in opponents(name, seed).items()}
    sobol = SobolSearch(SPACE, seed=seed)
    x = np.array([config["x"] for config in sobol.ask(BUDGET)])
    return {"Sobol points": hidden.regret(hidden(x))} | regrets


@functools.cache
def many_games():
    """Return what N_GAMES games with the seeds 0, 1, ... left, played by `tools/many_games.py`.

    Returns:
        {function: {player: final regrets}} for the RIVALS, each of shape (N_GAMES,), fractions of 1
        to four digits; and as "first two" the regrets after the two points that Sobol points and BO
        share.
    """
    kept = json.loads(MANY_GAMES.read_text(encoding="utf-8"))
    games = {
        name: {player: np.array(regrets) / 1e4 for player, regrets in each.items()}
        for name, each in kept.items()
    }
    for each in games.values():
        for regrets in each.values():
            regrets.setflags(write=False)  # shared through the cache
    return games


def share_interval(hits, games):
    """Return the ends of the 95 % interval (Wilson) of a share of games, fractions of 1."""
    ends = binomtest(int(hits), int(games)).proportion_ci(method="wilson")
    return float(ends.low), float(ends.high)


def belief(x, values, at):
    """Return what BO believes of a function after some evaluations, and what it asks next.

    Args:
        x: where it was evaluated, shape (t,), in [0, 1]. values: f there, shape (t,), t at least
            N_INITIAL. at: where to look, shape (n,), in [0, 1].

    Returns:
        mu, sigma: mean and standard deviation of f at `at`, shape (n,) each, fractions of 1;
        next_x: a number, where the expected improvement over the best of `values` is largest.

    Raises:
        TypeError, ValueError: other shapes, or fewer than N_INITIAL evaluations.
    """
    x = _validate.numbers_in("x", x)
    if x.ndim != 1 or len(x) < N_INITIAL:
        raise ValueError(f"x must hold {N_INITIAL} evaluations or more, got shape {x.shape}")
    values = _validate.vector("values", values, len(x), "evaluation")
    strategy = _bayesian(seed=0)
    for place, value in zip(x, values, strict=True):
        strategy.tell({"x": float(place)}, float(value))
    mu, sigma = strategy.posterior().predict(np.asarray(at, dtype=float)[:, None])
    return mu, sigma, strategy.ask()["x"]


def _bayesian(seed):
    """The plain configuration of lesson 07: fixed settings, expected improvement without margin."""
    return BayesianOptimization.plain(
        SPACE, length_scale=LENGTH_SCALE, xi=0.0, n_initial=N_INITIAL, seed=seed
    )


def _unit(x):
    if not 0 <= _validate.number("x", x) <= 1:
        raise ValueError(f"x must be in [0, 1], got {x!r}")
    return x


# Traces in files


def save(trace, path):
    """Write a trace to a file, replacing what was there; `load` reads it again."""
    entries = {
        "format": FORMAT,
        "version": VERSION,
        "player": trace.player,
        "preset": trace.preset,
        "x": trace.x.tolist(),
        "values": trace.values.tolist(),
    }
    write_atomically(path, (json.dumps(entries, ensure_ascii=False) + "\n").encode())


def load(path=DEFAULT):
    """Read a trace from a file; without a path, the one that comes with the course.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError: it is no trace; the message names the file, the entry and what was expected.
    """
    path = Path(path)
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path.name}: a trace has less than {LARGEST_FILE} bytes, got more")
    try:
        return _trace(json.loads(path.read_bytes()))
    except RecursionError as error:
        raise ValueError(f"{path.name}: not a trace, nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}: not a text in UTF-8 ({error})") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name}: not JSON ({error})") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def mine(folder="."):
    """Return the learner's own trace if there is one in `folder`, else the course's."""
    path = Path(folder) / FILE_NAME
    return load(path) if path.exists() else load()


def _trace(entries):
    if not isinstance(entries, dict) or set(entries) != set(ENTRIES):
        got = list(entries) if isinstance(entries, dict) else type(entries).__name__
        raise ValueError(f"a trace must have the entries {list(ENTRIES)}, got {got!r:.120}")
    if entries["format"] != FORMAT:
        raise ValueError(f"format must be {FORMAT!r}, got {entries['format']!r:.60}")
    if entries["version"] != VERSION:
        raise ValueError(f"version must be {VERSION}, got {entries['version']!r:.60}")
    for name in ("x", "values"):
        numbers = entries[name]
        if not isinstance(numbers, list) or len(numbers) != BUDGET:
            raise ValueError(f"{name} must be a list of {BUDGET} numbers, got {numbers!r:.60}")
        for number in numbers:
            _validate.number(f"each entry of {name}", number)
    return Trace(*(entries[name] for name in ("player", "preset", "x", "values")))


# A class


@dataclass(frozen=True, eq=False)
class Aggregate:
    """What a class did with its five guesses.

    Attributes:
        traces: a list of n traces, sorted by file name. refused: {file name: why it was left out}.
        regrets: {"class": (n, BUDGET), "random search": (n * n_seeds, BUDGET), "BO": the same}:
            for every trace, the opponents play the same function with n_seeds seeds.
        ahead: {"random search": k, "BO": k}: how many players end with less regret than the median
            of that opponent on the same function.
    """

    traces: list
    refused: dict
    regrets: dict
    ahead: dict

    @property
    def presets(self):
        """How many games of each function there are, {letter: count}."""
        return dict(sorted(Counter(trace.preset for trace in self.traces).items()))


def aggregate(folder, n_seeds=21):
    """Put the traces of many players together and let both opponents play the same games.

    Args:
        folder: where the traces lie, one *.json each, whatever their names. A file that is no
            trace is left out and named in `refused`. n_seeds: games of each opponent per trace.

    Returns:
        An `Aggregate`.

    Raises:
        ValueError: there is no trace in the folder.
    """
    traces, refused = [], {}
    for path in sorted(Path(folder).glob("*.json")):
        try:
            traces.append(load(path))
        except (OSError, ValueError) as error:
            refused[path.name] = str(error)
    if not traces:
        raise ValueError(f"folder must hold at least one trace (*.json), got none; {refused=}")
    duels = [duel(trace.preset, n_seeds) for trace in traces]
    regrets = {"class": np.array([trace.regret for trace in traces])}
    ahead = {}
    for player in OPPONENTS:
        regrets[player] = np.concatenate([each[player] for each in duels])
        medians = np.array([np.median(each[player][:, -1]) for each in duels])
        ahead[player] = int(np.sum(regrets["class"][:, -1] < medians))
    return Aggregate(traces, refused, regrets, ahead)
