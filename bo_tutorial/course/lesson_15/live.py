"""Lesson 15: three games of 13 queries, kept in a file from the first strategy on."""

import re

import ipywidgets
from matplotlib.figure import Figure

from bo_tutorial.course.lesson_15 import figures as drawing
from bo_tutorial.course.lesson_15.numerics import BUDGET, TASKS
from bo_tutorial.course.lesson_15.record import FILE_NAME, Capstone
from bo_tutorial.course.live import LiveFigure, Pick, live, said

EXAMPLE = "First I ... Then, as soon as ..., I ... At the end I hand over ..."


class Written:
    """Write a strategy and start the game; after that it can be read and not changed.

    Args:
        begin: called with the text; raises ValueError or TypeError if it is none.
    """

    height = 106  # CSS pixels

    def __init__(self, begin):
        self._begin, self._value, self._reactions = begin, "", []
        wide = ipywidgets.Layout(width="98%", height="58px")
        style = {"description_width": "initial"}
        self.text = ipywidgets.Textarea(
            description="strategy",
            placeholder=EXAMPLE,
            layout=wide,
            style=style,
            continuous_update=False,
        )
        self.button = ipywidgets.Button(description="Start", button_style="primary")
        self.note = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.text, ipywidgets.HBox([self.button, self.note])])
        self.button.on_click(lambda button: self._press())

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, strategy):
        self.put(strategy)
        for react in self._reactions:
            react()

    def put(self, strategy):
        """Show a strategy as written down, or none (""), without a redraw."""
        self._value = self.text.value = strategy
        self.text.disabled = self.button.disabled = bool(strategy)
        self.note.value = ""

    sweep = ("", "Look at three places first. Then stay near the best.", "")

    def on_change(self, react):
        self._reactions.append(react)

    def _press(self):
        try:
            self._begin(self.text.value)
        except (OSError, TypeError, ValueError) as error:
            self.note.value = said(str(error))
            return
        self.value = self.text.value.strip()


class Queries:
    """Type a point and evaluate it, 13 times; ask for hints; hand one of the queries over.

    `value` is what has been asked and answered, a tuple of (x, value), x a tuple of numbers.

    Args:
        d: called without arguments, how many inputs there are.
        evaluate: called with a tuple of numbers, returns the answer; hint: returns a text;
        hand_over: called with a number, returns a text. Each may raise ValueError or TypeError.
    """

    height = 92  # CSS pixels

    def __init__(self, d, evaluate, hint, hand_over):
        self._d, self._evaluate, self._value, self._reactions = d, evaluate, (), []
        style = {"description_width": "initial"}
        # Sent when the field is left: what is sent letter by letter may arrive after a press.
        self.point = ipywidgets.Text(description="x", style=style, continuous_update=False)
        self.add = ipywidgets.Button(description="Evaluate", button_style="primary")
        self.ask = ipywidgets.Button(description="Hint")
        self.number = ipywidgets.BoundedIntText(
            value=1,
            min=1,
            max=BUDGET,
            description="query to hand over",
            style=style,
            layout=ipywidgets.Layout(width="200px"),
        )
        self.end = ipywidgets.Button(description="Hand over")
        self.note = ipywidgets.HTML()
        rows = [self.point, self.add, self.ask], [self.number, self.end]
        self.box = ipywidgets.VBox([*map(ipywidgets.HBox, rows), self.note])
        self.add.on_click(lambda button: self._say(self._add))
        self.ask.on_click(lambda button: self._say(hint))
        self.end.on_click(lambda button: self._say(lambda: hand_over(self.number.value)))

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, asked):
        self.put(asked)
        self.redraw()

    def put(self, asked):
        """Show these queries without a redraw."""
        self._value = tuple(asked)
        self.note.value = ""

    def redraw(self):
        for react in self._reactions:
            react()

    @property
    def sweep(self):
        asked = tuple(((i / BUDGET,) * self._d(), 0.3 + 0.04 * i) for i in range(BUDGET))
        return [(), asked[:1], asked]

    def on_change(self, react):
        self._reactions.append(react)

    def _add(self):
        x = numbers_of(self.point.value, self._d())
        self.value = (*self._value, (x, self._evaluate(x)))
        return ""

    def _say(self, act):
        try:
            self.note.value = said(act())
        except (OSError, TypeError, ValueError) as error:
            self.note.value = said(str(error))


def numbers_of(text, d):
    """Return the numbers that a text has, separated by commas, semicolons or spaces, a tuple.

    Raises:
        ValueError: these are not `d` numbers.
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip().strip("()[]")) if part]
    expected = f"x must be {d} number{'' if d == 1 else 's'} in [0, 1]"
    if len(parts) != d:
        raise ValueError(f"{expected}, separated by commas, got {text[:60]!r}; no query was spent")
    try:
        return tuple(float(part) for part in parts)
    except ValueError:
        raise ValueError(f"{expected}, got {text[:60]!r}; no query was spent") from None


@live
def three_games(player="me", folder=".", set_file=None):
    """Play the capstone: pick a task, write a strategy, make 13 queries, hand one over.

    Args:
        player: your name on the leaderboard. folder: where the file with your games is.
        set_file: of your instructor's set; None for the set of the course.
    """
    kit = Capstone(player, folder, set_file)
    fig = Figure(figsize=(10.5, 3.3), layout="none")
    task = Pick("task", list(TASKS))
    axes = drawing.board(fig, task.value)

    def evaluate(x):
        return kit.query(task.value, *x)

    def hand_over(number):
        text = f"Query {number} is handed over. {kit.hand_over(task.value, number)}."
        queries.redraw()
        return text

    written = Written(lambda strategy: kit.start(task.value, strategy))
    queries = Queries(lambda: TASKS[task.value], evaluate, lambda: kit.hint(task.value), hand_over)

    def load():
        game = kit.game(task.value)
        written.put(game.strategy if game else "")
        asked = zip(map(tuple, game.x), game.values, strict=True) if game else ()
        queries.put(asked)
        names = ", ".join(f"x{j}" for j in range(1, TASKS[task.value] + 1))
        queries.point.description = f"{names} (0 to 1, no unit)"

    task.on_change(load)  # what was begun goes on
    load()

    def update(task, strategy, queries):
        game = kit.game(task)
        handed = game.handed if game else None
        x, values = [each for each, _ in queries], [value for _, value in queries]
        state = _state(len(values), strategy, handed)
        drawing.move_board(fig, axes, task, x, values, handed, f"Task {task}: {state}")
        return _told(task, strategy, queries, state), _line(task, queries, state)

    what = "pick a task, write your strategy, make 13 queries and hand one over."
    return LiveFigure(what, fig, update, task=task, strategy=written, queries=queries)


def _state(n, strategy, handed):
    if handed is not None:
        return f"over, query {handed + 1} was handed over"
    if not strategy and n == 0:
        return "write your strategy first"
    if n == BUDGET:
        return "no query left, hand one over"
    return f"{BUDGET - n} quer{'y' if n == BUDGET - 1 else 'ies'} left"


def _line(task, queries, state):
    if not queries:
        return f"Task {task}: {state}. All of it is kept in {FILE_NAME}."
    value = queries[-1][1]
    best = max(range(len(queries)), key=lambda i: queries[i][1])
    return (
        f"Query {len(queries)}: {value:.1%}. Best answer {queries[best][1]:.1%}, query {best + 1}; "
        f"{state}."
    )


def _told(task, strategy, queries, state):
    plan = "The strategy is written" if strategy else "No strategy is written"
    if not queries:
        return f"An empty board for task {task}. {plan}; {state}."
    pairs = "; ".join(
        f"{value:.1%} at ({', '.join(f'{each:.3g}' for each in x)})" for x, value in queries
    )
    return f"The queries of task {task} and their answers: {pairs}. {plan}; {state}."
