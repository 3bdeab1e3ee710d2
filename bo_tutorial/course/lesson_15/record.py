"""The games of one player in a file that only grows, and the leaderboard of a class.

`my_capstone.jsonl` has one line for each thing that happened: a start with its strategy, a query
with its answer, a hint, a query handed over, a new start. A line is written before the answer is
shown. Nothing is ever taken out, so a game that was begun goes on, and a new start is on record.
"""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bo_tutorial import _files, _validate
from bo_tutorial.course.lesson_15 import numerics as capstone
from bo_tutorial.course.lesson_15.numerics import BUDGET, TASKS

FILE_NAME = "my_capstone.jsonl"
WORD = "start over"  # must be typed to begin again
ENTRIES = {  # of each kind of line
    "start": {"task", "set", "player", "strategy"},
    "query": {"task", "x", "value"},
    "hint": {"task", "hint"},
    "hand over": {"task", "query"},
}
LARGEST_FILE = 200_000  # bytes
SHORT = 3  # words that a sentence has at least


@dataclass
class Game:
    """One start of one task: the strategy, what was asked and answered, what was handed over.

    Attributes:
        number: 1 for the first start of the task. x: list of queries. values: their answers.
        hints: the hints that were given. handed: index of the query handed over, None before.
    """

    task: str
    number: int
    player: str
    strategy: str
    x: list = field(default_factory=list)
    values: list = field(default_factory=list)
    hints: list = field(default_factory=list)
    handed: int | None = None

    @property
    def left(self):
        """How many queries are left."""
        return BUDGET - len(self.x)


def checked_strategy(strategy):
    """Return a strategy without spaces around it.

    Raises:
        TypeError, ValueError: it is no text of two sentences.
    """
    if not isinstance(strategy, str):
        raise TypeError(f"strategy must be a text, got {_validate.shown(strategy, 40)}")
    sentences = re.split(r"(?<=[.!?])(?:\s+|$)", strategy.strip())
    n = sum(len(re.findall(r"\w+", sentence)) >= SHORT for sentence in sentences)
    if n < 2:
        raise ValueError(
            f"strategy must have two sentences of {SHORT} words or more, each with a period at its "
            f"end, got {n}: what do you do first, and what makes you change?"
        )
    if len(strategy) > 2000:
        raise ValueError(f"strategy must have at most 2000 letters, got {len(strategy)}")
    return strategy.strip()


class Capstone:
    """Play the three tasks of a set; everything is kept in a file of the folder.

    Args:
        player: a name of 1 to 40 letters. folder: where the file is, or will be.
        set_file: of the set that an instructor made; None for the set of the course.

    Raises:
        ValueError: the folder has a file that this player cannot have made with this set.
    """

    def __init__(self, player="me", folder=".", set_file=None):
        self.player = _checked_player(player)
        self.path = Path(folder) / FILE_NAME
        self.set = capstone.read_set(capstone.DEFAULT if set_file is None else set_file)
        self.games = read(self.path, self.set) if self.path.exists() else {}

    def __repr__(self):
        return f"<capstone of {self.player!r}, {self.set.name}, {FILE_NAME}>"

    def game(self, task):
        """Return the latest `Game` of a task, None before its first start."""
        self._refresh()
        return (self.games.get(capstone.checked_task(task)) or [None])[-1]

    def start(self, task, strategy):
        """Begin a task: write down the strategy, after which 13 queries may be made.

        Raises:
            TypeError, ValueError: no strategy of two sentences, or the task has been started.
        """
        game = self.game(task)
        if game is not None:
            raise ValueError(
                f"task {task!r} has been started, {game.left} queries are left: go on with "
                f"query(), or start anew with start_over(task, strategy, word={WORD!r}), which is "
                "recorded"
            )
        self._begin(task, strategy)

    def start_over(self, task, strategy, word):
        """Begin a task again. The first start stays in the file, and in the leaderboard it counts.

        Raises:
            ValueError: the word is not "start over", or there was no start.
        """
        if word != WORD:
            raise ValueError(f"word must be {WORD!r}, got {_validate.shown(word, 40)}")
        if self.game(task) is None:
            raise ValueError(f"task {task!r} has not been started: use start()")
        self._begin(task, strategy)

    def _begin(self, task, strategy):
        entry = {"strategy": checked_strategy(strategy), "player": self.player}
        self._write("start", task, set=self.set.name, **entry)

    def query(self, task, *x):
        """Spend one query and return its answer.

        Args:
            x: one number in [0, 1] for each input of the task.

        Raises:
            TypeError, ValueError: no such point, no strategy yet, or nothing left; no query is
                spent.
        """
        game, hidden = self._going_on(task), self.set.hidden(task)
        if len(x) == 1 and np.ndim(x[0]) == 1:
            x = x[0]
        point = hidden.point(x)
        if game.left == 0:
            raise ValueError(f"all {BUDGET} queries are spent: hand one over")
        if task != "noise" and point.tolist() in game.x:
            number = game.x.index(point.tolist()) + 1
            raise ValueError(f"query {number} was the same; without noise, its answer would be too")
        value = _answer(hidden, game, point)
        self._write("query", task, x=point.tolist(), value=value)
        return value

    def hint(self, task):
        """Return the next hint, chosen by what the queries lack, and record that it was given."""
        game = self._going_on(task)
        hint = next_hint(game)
        if hint is None:
            return "There are no more hints for this game."
        self._write("hint", task, hint=hint)
        return HINTS[task][hint][1]

    def hand_over(self, task, query):
        """Hand over one of the queries, which ends the game; return its `Standing`.

        Args:
            query: its number, 1 to 13; `...` as long as you have not chosen, which returns `...`.

        Raises:
            TypeError, ValueError: no such query, or queries are left, or another was handed over.
        """
        if query is ...:
            return ...
        query = _validate.whole_number("query", query, 1)
        game = self._going_on(task, over=True)
        if game.left:
            raise ValueError(f"hand_over must wait: {game.left} of {BUDGET} queries are left")
        if query > BUDGET:
            raise ValueError(f"query must be at most {BUDGET}, got {query}")
        if game.handed is not None and game.handed != query - 1:
            raise ValueError(
                f"query {game.handed + 1} was handed over, and that stays: got {query}"
            )
        if game.handed is None:
            self._write("hand over", task, query=query)
        return self.standing(task)

    def standing(self, task):
        """Return the `Standing` of the latest game that was handed over.

        Raises:
            ValueError: none was.
        """
        game = self.game(task)
        if game is None or game.handed is None:
            raise ValueError(f"task {task!r} must be handed over first: use hand_over()")
        X, starts = np.array(game.x), len(self.games[task])
        return capstone.standing(self.set, task, X, game.handed, starts)

    def _going_on(self, task, over=False):
        game = self.game(task)
        if game is None:
            raise ValueError(f"task {task!r} must be started first: write a strategy, use start()")
        if game.handed is not None and not over:
            raise ValueError(f"task {task!r} is over: query {game.handed + 1} was handed over")
        return game

    def _refresh(self):
        if self.path.exists():
            self.games = read(self.path, self.set)

    def _write(self, event, task, **entries):
        entry = {"event": event, "task": task} | entries
        _files.append_line(self.path, json.dumps(entry, ensure_ascii=False))
        self._refresh()


def _answer(hidden, game, point):
    return round(hidden.answer(point, game.task, game.number, len(game.x)), 6)


def _checked_player(player):
    if not isinstance(player, str):
        raise TypeError(f"player must be a name, got {_validate.shown(player, 40)}")
    if not 1 <= len(player.strip()) <= 40 or not player.isprintable():
        raise ValueError(f"player must be a name of 1 to 40 letters, got {player!r:.60}")
    return player


# Reading


def read(path, of_set):
    """Return the games in a file, {task: [`Game` of each start]}, every answer computed again.

    Raises:
        OSError: there is no such file. ValueError: it is no record of this set; the message has the
            file, the line and what was expected.
    """
    path = Path(path)
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path.name}: a record has less than {LARGEST_FILE} bytes, got more")
    games = {}
    try:
        lines = _files.whole_lines(path)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}: not a text in UTF-8 ({error})") from error
    for number, line in enumerate(lines, start=1):
        try:
            _take(_entry(line), games, of_set)
        except RecursionError:
            raise ValueError(f"{path.name}, line {number}: nested too deeply") from None
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    return games


def _entry(line):
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(entry, dict) or not isinstance(entry.get("event"), str):
        raise ValueError(f"must be an event, got {line[:60]!r}")
    if entry["event"] not in ENTRIES:
        raise ValueError(f"event must be one of {list(ENTRIES)}, got {entry['event']!r:.60}")
    expected = {"event"} | ENTRIES[entry["event"]]
    if set(entry) != expected:
        raise ValueError(
            f"{entry['event']} must have {sorted(expected)}, got {sorted(entry)!r:.80}"
        )
    return entry


def _take(entry, games, of_set):
    task = capstone.checked_task(entry["task"])
    event, started = entry["event"], games.setdefault(task, [])
    if event == "start":
        if entry["set"] != of_set.name:
            raise ValueError(f"set must be {of_set.name!r}, got {entry['set']!r:.40}")
        player, strategy = _checked_player(entry["player"]), checked_strategy(entry["strategy"])
        started.append(Game(task, len(started) + 1, player, strategy))
        return
    if not started:
        raise ValueError(f"{event} of task {task!r} must come after its start")
    game = started[-1]
    if game.handed is not None:
        raise ValueError(f"{event} of task {task!r} comes after its end")
    if event == "query":
        if game.left == 0:
            raise ValueError(f"there must be at most {BUDGET} queries of a game, got more")
        hidden = of_set.hidden(task)
        point = hidden.point(entry["x"])
        value, right = _validate.number("value", entry["value"]), _answer(hidden, game, point)
        if abs(value - right) > 2e-6:
            raise ValueError(f"value of query {len(game.x) + 1} is not what the function answers")
        game.x.append(point.tolist()), game.values.append(value)
    elif event == "hint":
        if not isinstance(entry["hint"], str) or entry["hint"] not in HINTS[task]:
            raise ValueError(f"hint must be one of {list(HINTS[task])}, got {entry['hint']!r:.60}")
        game.hints.append(entry["hint"])
    else:
        query = _validate.whole_number("query", entry["query"], 1)
        if game.left or query > BUDGET:
            raise ValueError(f"query must be one of {BUDGET}, after all are made, got {query}")
        game.handed = query - 1


# Hints by need


def _apart(game):
    """Distances between all pairs of queries, in the largest of their coordinates."""
    X = np.array(game.x).reshape(len(game.x), -1)
    gaps = np.abs(X[:, None] - X[None]).max(axis=2)
    return gaps[np.triu_indices(len(X), 1)]


def _never_repeated(game):
    return len(game.x) >= 4 and _apart(game).min() > 0.02


def _gap(game):
    at = np.sort([0.0, *(x[0] for x in game.x), 1.0])
    return len(game.x) >= 3 and np.diff(at).max() > 0.3


def _far_from_best(game):
    best = game.x[int(np.argmax(game.values))] if game.x else None
    return len(game.x) >= 8 and np.sum(_from(game, best) < 0.12) < 3


def _from(game, x):
    return np.abs(np.array(game.x) - x).max(axis=1)


def _fell(game):
    """Whether two close queries have very different answers."""
    X, y = np.array(game.x), np.array(game.values)
    if len(y) < 3:
        return False
    close = np.abs(X[:, None] - X[None]).max(axis=2) < 0.2
    return bool(np.any(close & (np.abs(y[:, None] - y) > 0.25)))


def _several_at_once(game):
    """Whether no query changed a single input of an earlier one."""
    X = np.array(game.x)
    if len(X) < 3:
        return False
    changed = (np.abs(X[:, None] - X[None]) > 1e-9).sum(axis=2)
    return not np.any(changed == 1)


def _always(game):
    return True


HINTS = {  # {task: {name: (when it is needed, what it says)}}, the most needed first
    "noise": {
        "repeat": (
            _never_repeated,
            "No two of your queries lie at the same place. Ask your best one again: how far apart "
            "are the two answers? A difference smaller than that means little.",
        ),
        "gap": (
            _gap,
            "Nearly a third of the axis has no query. A hill as wide as a tenth of the axis fits "
            "in there.",
        ),
        "near": (
            _far_from_best,
            "Few of your queries are near your best one. Its answer may be luck: neighbors that "
            "are high too would show that it is not.",
        ),
        "two": (_always, "There are two hills, and the narrow one is the higher one."),
    },
    "cliff": {
        "fell": (
            _fell,
            "Two of your queries are close together, and their answers are far apart: the edge "
            "runs between them. Which of your queries lie on the high side?",
        ),
        "near": (
            _far_from_best,
            "Few of your queries are near your best one. Approach the edge in small steps from the "
            "high side.",
        ),
        "edge": (_always, "The top lies at the edge itself: one step further and f is low."),
        "line": (_always, "The edge is a straight line. Two points of it tell you all of it."),
    },
    "six": {
        "one": (
            _several_at_once,
            "Each of your queries changes several inputs at once, so you cannot tell which of them "
            "mattered. Change one input of an earlier query.",
        ),
        "exact": (
            _always,
            "There is no noise. If you change inputs and the answer stays exactly the same, they "
            "do not matter. You can test three inputs with one query.",
        ),
        "near": (
            _far_from_best,
            "Few of your queries are near your best one. Leave the inputs that do not matter where "
            "they are, and move the two that do.",
        ),
        "hill": (_always, "There is one hill. No second one and no edge can mislead you."),
    },
}


def next_hint(game):
    """Return the name of the hint that a game needs most and has not had; None if it had all."""
    open_hints = (each for each in HINTS[game.task].items() if each[0] not in game.hints)
    return next((name for name, (needed, _) in open_hints if needed(game)), None)


# The leaderboard of a class

COLUMNS = ("place", "player", "of random", "of BO", *TASKS, "starts", "hints", "file")


@dataclass(frozen=True)
class Row:
    """A player on the leaderboard: the first start of each task counts, later ones are counted.

    Attributes:
        standings: {task: `Standing`} of the first start, of tasks with one query at least.
        starts, hints: of all tasks together.
    """

    player: str
    file: str
    standings: dict
    starts: int
    hints: int

    @property
    def of_random(self):
        """Mean number of runs of random search that are behind; a task not played counts 0."""
        return sum(each.random for each in self.standings.values()) / len(TASKS)

    @property
    def of_bo(self):
        """The same for BO."""
        return sum(each.bo for each in self.standings.values()) / len(TASKS)


def merge(files, set_file=None):
    """Merge the files of a class into a leaderboard.

    A game that was not handed over counts with its largest answer.

    Args:
        files: paths of `my_capstone.jsonl`, under any name. set_file: of the set that was played.

    Returns:
        rows: a list of `Row`, the best first. refused: {path: why}, a file that was left out.
    """
    of_set = capstone.read_set(capstone.DEFAULT if set_file is None else set_file)
    rows, refused, seen = [], {}, {}
    for path in map(Path, files):
        try:
            content = path.read_bytes()
            if content in seen:
                raise ValueError(f"{path.name}: the same file as {seen[content]}")
            rows.append(_row(path, read(path, of_set), of_set))
            seen[content] = path.name
        except (OSError, ValueError) as error:
            refused[str(path)] = str(error)
    rows.sort(key=lambda row: (-row.of_random, -row.of_bo, row.player, row.file))
    return rows, refused


def _row(path, games, of_set):
    first = {task: started[0] for task, started in games.items() if started[0].x}
    if not first:
        raise ValueError(f"{path.name}: no query has been made")
    standings = {}
    for task, game in first.items():
        handed = int(np.argmax(game.values)) if game.handed is None else game.handed
        starts = len(games[task])
        standings[task] = capstone.standing(of_set, task, np.array(game.x), handed, starts)
    every = [game for started in games.values() for game in started]
    hints = sum(len(game.hints) for game in every)
    return Row(every[0].player, path.name, standings, len(every), hints)


def leaderboard(rows):
    """Return the leaderboard as text in CSV; rows with the same numbers share a place."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    scores = [(row.of_random, row.of_bo) for row in rows]
    for row, score in zip(rows, scores, strict=True):
        tasks = [f"{row.standings[t].random:g}" if t in row.standings else "" for t in TASKS]
        means = [f"{each:.1f}" for each in score]
        place = scores.index(score) + 1
        writer.writerow([place, _cell(row.player), *means, *tasks, row.starts, row.hints, row.file])
    return text.getvalue()


def _cell(text):
    """A name as a spreadsheet takes it: as text, never as a formula."""
    return f"'{text}" if text[0] in "=+-@" else text
