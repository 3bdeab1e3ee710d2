"""Three hidden functions, 13 queries each: what is hidden, who has played, where a score stands.

A set of functions follows from a key of 32 hex digits, and the key from a secret. What a function
looks like is computed from the key when it is called, and stands in no file and in no attribute.
This keeps anybody from reading it by accident; whoever runs the code on purpose can find it.

A set is a table, `data/set.csv` for the one that comes with the course. Its first line has the key,
each further line the regret of one run of random search or of BO.
"""

import functools
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtri

from bo_tutorial import _files, _validate
from bo_tutorial.problems import cube
from bo_tutorial.search import RandomSearch
from bo_tutorial.smbo import BayesianOptimization

BUDGET = 13  # queries in a game
N_INITIAL = 5  # of them, BO asks these before it has a model
N_SEEDS = 200  # runs of each opponent
NOISE = 0.06  # sd of an answer of the task "noise", units of f
TASKS = {"noise": 1, "cliff": 2, "six": 6}  # and how many inputs each has
OPPONENTS = ("random search", "BO")
DATA = Path(__file__).parent / "data"
DEFAULT, EXTRAS = DATA / "set.csv", DATA / "extras.csv"
HEADER = "bo_tutorial capstone,1,"
PRACTICE = "0" * 32  # the key of a set whose functions the lesson shows


# What is hidden


def key_of(secret):
    """Return the key of a secret, 32 hex digits, from which the secret cannot be computed.

    Raises:
        TypeError, ValueError: the secret is no text of 8 characters or more. OSError: this Python
            was built without what it takes.
    """
    if not isinstance(secret, str):
        raise TypeError(f"secret must be a text, got {type(secret).__name__}")
    if len(secret.strip()) < 8:
        raise ValueError(f"secret must have 8 characters or more, got {len(secret.strip())}")
    if not hasattr(hashlib, "pbkdf2_hmac"):
        raise OSError(
            "a new set needs hashlib.pbkdf2_hmac, which this Python was built without, as in "
            "WebAssembly: make the set on a computer of your own"
        )
    salt = b"bo_tutorial capstone"
    return hashlib.pbkdf2_hmac("sha256", secret.strip().encode(), salt, 200_000).hex()[:32]


def _chance(key, *names):
    """A number in (0, 1) that follows from a key and from what it is for."""
    digest = hashlib.sha256("/".join([key, *map(str, names)]).encode()).digest()
    return (int.from_bytes(digest[:6], "big") + 0.5) / 2**48


def _hill(distance, width):
    return np.exp(-0.5 * (distance / width) ** 2)


def _two_hills(chance):
    low, high = 0.12 + 0.18 * chance("left"), 0.68 + 0.2 * chance("right")
    if chance("side") < 0.5:
        low, high = high, low
    height = 0.4 + 0.08 * chance("height")

    def f(x):
        return 0.3 + 0.27 * _hill(x[0] - low, 0.13) + height * _hill(x[0] - high, 0.08)

    around = (max(0.0, high - 0.05), min(1.0, high + 0.05))
    found = minimize_scalar(lambda x: -f([x]), bounds=around, options={"xatol": 1e-10})
    return f, [float(found.x)]


def _cliff(chance):
    top = np.array([0.3 + 0.4 * chance("x1"), 0.3 + 0.4 * chance("x2")])
    angle = 2 * np.pi * chance("angle")
    over = np.array([np.cos(angle), np.sin(angle)])

    def f(x):
        past, along = over @ (x - top), over @ [-(x - top)[1], (x - top)[0]]
        if past > 1e-9:
            return 0.15
        return 0.3 + 0.55 * _hill(past, 0.35) * _hill(along, 0.3)

    return f, top.tolist()


def _two_of_six(chance):
    order = sorted(range(6), key=lambda j: chance("order", j))
    i, j = order[:2]
    top = [0.5] * 6
    top[i], top[j] = 0.1 + 0.8 * chance("first"), 0.1 + 0.8 * chance("second")

    def f(x):
        return 0.3 + 0.5 * _hill(x[i] - top[i], 0.25) * _hill(x[j] - top[j], 0.25)

    return f, top


_SHAPES = {"noise": _two_hills, "cliff": _cliff, "six": _two_of_six}


@functools.lru_cache(maxsize=32)
def _made(key, task):
    f, top = _SHAPES[task](lambda *names: _chance(key, task, *names))
    return f, top, float(f(np.array(top)))


class Hidden:
    """A function of a set that the player does not see.

    Calling it with `d` numbers in [0, 1] returns f there, without noise: for marking, not for play.

    Args:
        key: 32 hex digits. task: a name in `TASKS`.
    """

    __slots__ = ("_key", "task")

    def __init__(self, key, task):
        self._key, self.task = _checked_key(key), checked_task(task)

    def __repr__(self):
        return f"<hidden function {self.task!r} of {set_name(self._key)}>"

    @property
    def space(self):
        """The `Space` of its inputs x1, x2, ..., each in [0, 1]."""
        return cube(TASKS[self.task])

    def __call__(self, x):
        return float(_made(self._key, self.task)[0](self.point(x)))

    def point(self, x):
        """Return a query as an array of shape (d,).

        Raises:
            TypeError, ValueError: it is not `d` numbers in [0, 1].
        """
        x = _validate.vector("x", np.atleast_1d(x), TASKS[self.task], "input")
        for j, each in enumerate(x.tolist(), start=1):
            if not 0 <= each <= 1:
                raise ValueError(f"x{j} must be in [0, 1], got {each:g}; no query was spent")
        return x

    def answer(self, x, *which):
        """Return what a query answers: f, and on the task "noise" an error of one query.

        Args:
            x: `d` numbers in [0, 1]. which: names of the run and of the query: the same ones give
                the same error.
        """
        error = NOISE * ndtri(_chance(self._key, "error", *which)) if self.task == "noise" else 0.0
        return self(x) + float(error)

    def regret(self, x):
        """Return how far f at x falls short of the top of f, 0 or more, units of f."""
        return max(0.0, _made(self._key, self.task)[2] - self(x))


def set_name(key):
    """Return the short name of a set, from which its key cannot be computed: "set 1a2b3c"."""
    return f"set {hashlib.sha256(key.encode()).hexdigest()[:6]}"


def checked_task(task):
    if not isinstance(task, str) or task not in TASKS:
        raise ValueError(f"task must be one of {list(TASKS)}, got {_validate.shown(task, 40)}")
    return task


def _checked_key(key):
    if not isinstance(key, str) or not re.fullmatch(r"[0-9a-f]{32}", key):
        raise ValueError("key must be 32 hex digits, as `key_of` returns them")
    return key


# Who has played


def _blind(hidden, seed):
    return RandomSearch(hidden.space, seed=seed)


def _bayesian(hidden, seed):
    return BayesianOptimization(hidden.space, n_initial=N_INITIAL, seed=seed)


def _as_it_comes(hidden, seed):
    return BayesianOptimization(hidden.space, seed=seed)


def _told(hidden, seed):
    return BayesianOptimization(cube(2), n_initial=N_INITIAL, seed=seed)


PLAYERS = {
    "random search": _blind,
    "BO": _bayesian,
    "BO, its own start": _as_it_comes,  # on six inputs 12 of the 13 queries are initial points
    "BO, told which two": _told,
}
EXACT = ", exact answers"


def relevant(hidden):
    """Return the indices of the inputs that matter, found by moving each: for marking only."""
    at = np.full(TASKS[hidden.task], 0.4)
    moved = [hidden(np.where(np.arange(len(at)) == j, 0.6, at)) for j in range(len(at))]
    return [j for j, value in enumerate(moved) if value != hidden(at)]


def play(hidden, player, seed):
    """Let an opponent play one game.

    Args:
        hidden: a `Hidden`. player: a name in `PLAYERS`, and with `EXACT` behind it the same player
            in the same game, whose answers have no errors. seed: a whole number.

    Returns:
        X: the queries, shape (BUDGET, d). y: the answers, shape (BUDGET,). handed: the index of the
        query that is handed over: for random search the largest answer, for BO the recommended one.
    """
    exact, player = player.endswith(EXACT), player.removesuffix(EXACT)
    strategy = PLAYERS[player](hidden, seed)
    kept = relevant(hidden) if player == "BO, told which two" else range(TASKS[hidden.task])
    configs, X, y = [], [], []
    for n in range(BUDGET):
        config = strategy.ask()
        x = np.full(TASKS[hidden.task], 0.5)
        x[list(kept)] = [config[name] for name in strategy.space.names]
        value = hidden(x) if exact else hidden.answer(x, player, seed, n)
        strategy.tell(config, value)
        configs.append(config), X.append(x), y.append(value)
    best = int(np.argmax(y))
    handed = best if player == "random search" else configs.index(strategy.recommend())
    return np.array(X), np.array(y), handed


# A set in a file


def set_lines(n_seeds=N_SEEDS):
    """Return how the lines of a set begin, a list of str."""
    seeds = range(n_seeds)
    return [f"{task},{player},{seed}," for task in TASKS for player in OPPONENTS for seed in seeds]


_MORE = [("six", "BO, its own start"), ("six", "BO, told which two")]
_MORE += [("noise", player + EXACT) for player in OPPONENTS]
EXTRA_LINES = [f"{task},{player},{seed}," for task, player in _MORE for seed in range(N_SEEDS)]


def complete(path, header, lines, key, progress=iter):
    """Play the games that a table lacks; it can be stopped at any time and started again.

    Args:
        path: the table. header: its first line. lines: how the others begin. key: of the set.
        progress: called with what is left to play; yields it, as `tqdm` does.
    """
    with _files.table_to_complete(path, header, lines) as (ends, add):
        for line in progress(lines[len(ends) :]):
            task, *player, seed = line[:-1].split(",")
            hidden = Hidden(key, task)
            X, y, handed = play(hidden, ",".join(player), int(seed))
            largest = hidden.regret(X[np.argmax(y)])
            add(f"{hidden.regret(X[handed]):.6f},{largest:.6f}")


def new_set(secret, path, progress=iter):
    """Make a set of three functions and let the opponents play it: some minutes.

    What was stopped is continued by the same call. A file of another set is left as it is.

    Raises:
        TypeError, ValueError: no secret, or the file holds something else.
    """
    key = key_of(secret)
    complete(path, HEADER + key, set_lines(), key, progress)
    return key


@dataclass(frozen=True, repr=False, eq=False)
class Set:
    """Three hidden functions and what the opponents made of them.

    Attributes:
        name: as `set_name` has it. regrets: {task: {opponent: shape (n_seeds,)}}, of what they
            handed over, units of f. largest: the same for their largest answer.
    """

    name: str
    regrets: dict
    largest: dict
    _key: str = field()

    def __repr__(self):
        return f"<{self.name}: {', '.join(TASKS)}>"

    def hidden(self, task):
        """Return the `Hidden` function of a task."""
        return Hidden(self._key, task)


def read_set(path=DEFAULT):
    """Read a set; without a path, the one that comes with the course.

    Raises:
        OSError: there is no such file. ValueError: it holds no set, or not all of it.
    """
    path = Path(path)
    with path.open(encoding="utf-8", errors="replace") as file:
        header = file.readline(200).rstrip("\n")
    if not header.startswith(HEADER):
        raise ValueError(f"{path.name} must begin with {HEADER!r}, got {header[:40]!r}")
    key = _checked_key(header.removeprefix(HEADER))
    read = _read(path, header, set_lines())
    both = [
        {task: {who: read[task, who][:, i] for who in OPPONENTS} for task in TASKS} for i in (0, 1)
    ]
    return Set(set_name(key), *both, key)


def read_extras(task="six"):
    """Return {player: regrets, shape (n_seeds,)} of two more players of a task.

    Of "six", BO with its own number of initial points and BO that was told which inputs matter; of
    "noise", the two opponents in the same games with exact answers.
    """
    read = _read(EXTRAS, "task,player,seed,regret,largest", EXTRA_LINES)
    return {player: regrets[:, 0] for (of, player), regrets in read.items() if of == task}


def _read(path, header, lines):
    ends = _files.table_ends(path, header, lines)
    if len(ends) < len(lines):
        raise ValueError(
            f"{path.name} must have {len(lines)} games, got {len(ends)}: it is not finished yet; "
            "the command that made it goes on where it stopped"
        )
    found = {}
    for line, end in zip(lines, ends, strict=True):
        task, *player, _ = line[:-1].split(",")
        numbers = [float(each) for each in end.split(",")]
        if len(numbers) != 2 or not np.all(np.isfinite(numbers)) or min(numbers) < 0:
            raise ValueError(f"{path.name} must have two regrets after {line!r}, got {end[:40]!r}")
        found.setdefault((task, ",".join(player)), []).append(numbers)
    return {name: np.array(rows) for name, rows in found.items()}


# Where a score stands


def ahead(regret, regrets):
    """Return of how many runs a regret is ahead; a tie counts half.

    Args:
        regret: a number. regrets: of the runs, shape (n,).
    """
    regrets = np.asarray(regrets)
    # The table has six decimals.
    return float(np.sum(regrets > regret + 1e-6) + 0.5 * np.sum(np.abs(regrets - regret) <= 1e-6))


@dataclass(frozen=True)
class Standing:
    """Where a game stands among the runs of both opponents.

    Attributes:
        task: a name in `TASKS`. queries: how many were made. random, bo: of how many runs of random
            search and of BO it is ahead, a tie counted half. largest: of how many of random search
            it would be with the best of its queries. of: how many runs each has.
        starts: 1, or more where the game was started over.
    """

    task: str
    queries: int
    random: float
    bo: float
    largest: float
    of: int = N_SEEDS
    starts: int = 1

    def __float__(self):
        return self.random / self.of

    def __str__(self):
        return (
            f"{self.task}: ahead of {self.random:g} of {self.of} runs of random search "
            f"and of {self.bo:g} of {self.of} runs of BO"
        )


def standing(of_set, task, X, handed, starts=1):
    """Return the `Standing` of a game on a task of a set.

    Args:
        X: its queries, shape (n, d), one at least. handed: the index of the one handed over.
    """
    hidden, runs = of_set.hidden(task), of_set.regrets[task]
    regrets = [hidden.regret(x) for x in X]
    random, bo = (ahead(regrets[handed], runs[who]) for who in OPPONENTS)
    best = ahead(min(regrets), runs["random search"])
    return Standing(task, len(X), random, bo, best, len(runs["BO"]), starts)
