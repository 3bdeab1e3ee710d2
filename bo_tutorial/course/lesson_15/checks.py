"""Lesson 15: three games, a strategy that can be followed, and two predictions."""

from dataclasses import dataclass

from bo_tutorial.course.checking import Choice, Exercise, Refused, Wrong
from bo_tutorial.course.lesson_15.numerics import BUDGET, N_SEEDS, Standing


def _outcome(standing):
    """What a game came to, of the four kinds that the checks tell apart."""
    if standing.queries < BUDGET:
        return "unfinished"
    if standing.random >= standing.of / 2:
        return "ahead"
    if standing.largest >= standing.of / 2:
        return "the wrong one"
    return "behind half" if standing.random >= standing.of / 4 else "far behind"


@dataclass(frozen=True)
class Played(Exercise):
    """An exercise that is a game; the answer is its `Standing`.

    Right is a game that is ahead of half of the runs of random search or more.
    """

    task: str
    wrong: tuple
    kind: str = "a game, from `hand_over`, that is ahead of half of the random runs or more"

    @property
    def right(self):
        return Standing(self.task, BUDGET, N_SEEDS, N_SEEDS, N_SEEDS)

    because = "ahead of half of the runs of random search or more."

    def take(self, answer):
        if not isinstance(answer, Standing):
            raise Refused(f"something of type {type(answer).__name__}")
        if answer.task != self.task:
            raise Refused(f"the game of the task {answer.task!r}")
        return answer

    def same(self, taken, other):
        return _outcome(taken) == _outcome(other)

    def details(self, taken):
        return [f"got: {taken}", f"expected: {self.kind}"]

    def remark(self, taken):
        return "look at your queries again"


def _played(task, near, far, handed):
    few = Standing(task, BUDGET - 1, 0, 0, 0)
    wrong_one = Standing(task, BUDGET, 0, 0, N_SEEDS)
    behind = Standing(task, BUDGET, 0.4 * N_SEEDS, 0, 0.4 * N_SEEDS)
    far_behind = Standing(task, BUDGET, 0, 0, 0)
    return Played(
        task,
        (
            Wrong("queries are left", few, "Use them all before you hand one over."),
            Wrong("a better one was among them", wrong_one, handed),
            Wrong("behind half of the blind runs", behind, near),
            Wrong("far behind the blind runs", far_behind, far),
        ),
    )


CHECKS = {
    "15.predict_lead": Choice(
        right="b",
        because="on both of the others BO is ahead in about three pairs of four.",
        wrong=(
            Wrong(
                "noise favors the model",
                "a",
                "A model averages over noise. But it needs to find the narrow hill first: what "
                "tells it where to look?",
            ),
            Wrong(
                "more inputs are always worse",
                "c",
                "Each input that does not matter is one that random search draws for nothing. Does "
                "a model that forgets nothing lose as much?",
            ),
            Wrong(
                "one method, one lead",
                "d",
                "The three functions differ in what a look at one place says about another. "
                "Should the lead be the same?",
            ),
        ),
    ),
    "15.noise": _played(
        "noise",
        near="Did you look at every part of the axis before you went into detail?",
        far="You may have stayed on one hill. How wide is the largest gap between your queries?",
        handed="The largest answer may be luck. Which of your queries has neighbors that are high "
        "as well?",
    ),
    "15.cliff": _played(
        "cliff",
        near="Which queries lie on the high side? The answers there rise toward the edge.",
        far="Low answers are no slope that you can follow. Start from the best and take small "
        "steps, in one direction at a time.",
        handed="There is no noise here: the largest answer is the best that you have.",
    ),
    "15.six": _played(
        "six",
        near="Once you know which inputs matter, every query that moves another one is lost.",
        far="Do you know which two inputs matter? Change some inputs and keep the others.",
        handed="There is no noise here: the largest answer is the best that you have.",
    ),
    "15.strategy": Choice(
        right="c",
        because="somebody else could play it, and it says when to stop looking around.",
        wrong=(
            Wrong(
                "a wish",
                "a",
                "Two people who follow this would make different queries. What does it say about "
                "the third query?",
            ),
            Wrong(
                "no way back",
                "b",
                "Every query is fixed before the first answer. Which answer could change one?",
            ),
            Wrong(
                "judged afterward",
                "d",
                "It can be met by any 13 queries, once they are made. What would break it?",
            ),
        ),
    ),
}
