"""Exercises of lesson 11, with the wrong answers that learners give."""

import re
from dataclasses import dataclass

import numpy as np

from bo_tutorial import _validate
from bo_tutorial.course.checking import Choice, Exercise, Function, Number, Refused, Wrong

PREDICT_SECOND = Choice(
    right="c",
    because="a question learns from 300 trials at the most; what grows is the matrix of all.",
    wrong=(
        Wrong(
            "the article's few hundred",
            "a",
            "The article says that a few hundred are slow. The cube of 300 is 27 million: how many "
            "multiplications does a core do in a second?",
        ),
        Wrong(
            "too early by a factor of four",
            "b",
            "The matrix is then a thousand rows wide. Its factorization takes a third of a "
            "billion multiplications, which is a fraction of a second.",
        ),
        Wrong(
            "cubic growth forgotten",
            "d",
            "Thirty times the points take thousands of times as long. What would a question take "
            "there, if it takes a tenth of a second at a thousand?",
        ),
    ),
)


# Exercise 1: from seconds at one size to the size that takes a minute

_T, _SECONDS, _MINUTE = 3000, 0.8, 60.0

MINUTE = Number(
    right=_T * (_MINUTE / _SECONDS) ** (1 / 3),
    kind="a number of points, with three digits",
    wrong=(
        Wrong(
            "time in proportion to the points",
            _T * _MINUTE / _SECONDS,
            "Twice the points take eight times as long, not twice.",
        ),
        Wrong(
            "memory instead of time",
            _T * (_MINUTE / _SECONDS) ** 0.5,
            "Memory grows with the square of the number of points, time with its cube.",
        ),
        Wrong(
            "cubed instead of the cube root",
            _T * (_MINUTE / _SECONDS) ** 3,
            "Time is the cube of the size. To go back from time to size, undo the cube.",
        ),
        Wrong(
            "only the factor",
            (_MINUTE / _SECONDS) ** (1 / 3),
            "That is how many times as many points there may be. How many points is that?",
        ),
        Wrong(
            "a minute as one second",
            _T * (1 / _SECONDS) ** (1 / 3),
            "That many points take one second. A minute has sixty of them.",
        ),
        Wrong(
            "the root of the minute alone",
            _T * _MINUTE ** (1 / 3),
            "At 3000 points a question takes 0.8 seconds and not one.",
        ),
        Wrong(
            "multiplied instead of divided",
            _T * (_MINUTE * _SECONDS) ** (1 / 3),
            "How many times 0.8 seconds fit into a minute? The number is larger than 60.",
        ),
        Wrong(
            "the exponent that was measured",
            _T * (_MINUTE / _SECONDS) ** (1 / 2.6),
            "The 2.6 is what one factorization showed up to 3200 points. Here the time grows with "
            "the cube.",
        ),
        Wrong(
            "in thousands",
            _T / 1000 * (_MINUTE / _SECONDS) ** (1 / 3),
            "You counted thousands of points. How many points are they?",
        ),
        Wrong(
            "rounded too far",
            round(_T * (_MINUTE / _SECONDS) ** (1 / 3), -3),
            "That is near, but rounded to thousands: three digits are asked for.",
        ),
        Wrong(
            "a sparse process instead of an exact one",
            _T * _MINUTE / _SECONDS * 64**2,
            "The inducing points have no part in this exercise: the process is exact.",
        ),
    ),
)


# Exercise 2: how many trainings were repeated


def _rounded(configs):
    return [tuple(round(value) for value in config.values()) for config in configs]


def _wasted(configs):
    return len(configs) - len(set(_rounded(configs)))


def _as_asked(configs):
    return len(configs) - len({tuple(config.values()) for config in configs})


def _cut_off(configs):
    return len(configs) - len({tuple(map(int, config.values())) for config in configs})


def _in_a_row(configs):
    trained = _rounded(configs)
    return sum(a == b for a, b in zip(trained, trained[1:], strict=False))


def _both_copies(configs):
    trained = _rounded(configs)
    return sum(trained.count(each) > 1 for each in trained)


def _repeated_once(configs):
    trained = _rounded(configs)
    return sum(trained.count(each) > 1 for each in set(trained))


def _pairs(configs):
    trained = _rounded(configs)
    return sum(a == b for i, a in enumerate(trained) for b in trained[:i])


def _first_only(configs):
    return len(configs) - len({each[0] for each in _rounded(configs)})


def _unordered(configs):
    return len(configs) - len({tuple(sorted(each)) for each in _rounded(configs)})


def _frozen(configs):
    return len(configs) - len({frozenset(each) for each in _rounded(configs)})


def _mixed(*rows):
    return [dict(zip(("n_layers", "width"), row, strict=True)) for row in rows]


_A = _mixed(
    (1.23, 3.94), (2.72, 4.13), (1.37, 4.21), (0.84, 3.58), (2.93, 1.14), (3.08, 0.87), (2.72, 4.13)
)
_B = _mixed(
    (1.84, 2.23), (1.61, 1.74), (5.0, 2.0), (2.19, 2.42), (1.93, 2.08), (4.82, 2.33), (1.21, 7.74)
)
_RNG = np.random.default_rng(11)
_C = _mixed(*(_RNG.uniform(0.6, 3.4, (30, 2)).round(2) + 0.001).tolist())

WASTED = Function(
    right=_wasted,
    inputs=((_A,), (_B,), (_C,)),
    kind="a number of evaluations",
    names=("configs",),
    wrong=(
        Wrong(
            "the different ones counted",
            lambda configs: len(set(_rounded(configs))),
            "That is how many different trainings there were. How many evaluations were left over?",
        ),
        Wrong(
            "compared before rounding",
            _as_asked,
            "Two real numbers are hardly ever equal. Compare what was trained: whole numbers.",
        ),
        Wrong(
            "all rounded down, or all up",
            _cut_off,
            "`int` cuts 2.7 down to 2, and `ceil` takes 2.3 up to 3. The objective rounds to the "
            "nearest whole number.",
        ),
        Wrong(
            "only one after the other",
            _in_a_row,
            "A training can come back ten evaluations later. Compare with all that were before.",
        ),
        Wrong(
            "the first one counted too",
            _both_copies,
            "The first of several equal trainings told us something. Only the later ones did not.",
        ),
        Wrong(
            "each repeated training counted once",
            _repeated_once,
            "If the same training was made three times, two of them were wasted.",
        ),
        Wrong(
            "pairs counted",
            _pairs,
            "Three equal trainings make three pairs. How many evaluations were wasted?",
        ),
        Wrong(
            "one hyperparameter alone",
            _first_only,
            "Two trainings are the same only if all of their numbers agree.",
        ),
        Wrong(
            "which number belongs to which was forgotten",
            _unordered,
            "A set or a sorted tuple makes no difference between 2 layers of width 3 and 3 layers "
            "of width 2.",
            also=(_frozen,),
        ),
        Wrong(
            "added up",
            lambda configs: len(configs) - len({sum(each) for each in _rounded(configs)}),
            "Different trainings can have the same sum. Compare number by number.",
        ),
        Wrong(
            "the names instead of the numbers",
            lambda configs: len(configs) - len({tuple(config) for config in configs}),
            "A loop over a dict gives its names, which all configurations share.",
        ),
        Wrong(
            "the numbers of all configurations in one set",
            lambda configs: len(configs) - len({v for each in _rounded(configs) for v in each}),
            "You counted different numbers. Which numbers together make one training?",
        ),
        Wrong(
            "a share instead of a number",
            lambda configs: _wasted(configs) / len(configs),
            "You divided by the number of evaluations. A number of them is asked for.",
        ),
    ),
)


# Exercise 3: which failure is it?


@dataclass(frozen=True)
class Diagnoses(Exercise):
    """An exercise whose answer is a letter for each of several runs, written one after the other.

    Args:
        right: the letters as one text, "cab". letters: those that there are to choose from.
        wrong: a `Wrong` for each wrong letter of each run; its answer has the others right.
        because: shown with the ✓.
    """

    right: str
    letters: str
    wrong: tuple
    because: str = ""

    @property
    def kind(self):
        runs = ", ".join("ABCDEFG"[: len(self.right)])
        letters = f"{len(self.right)} of the letters {self.letters[0]} to {self.letters[-1]}"
        return f"{letters}, one for each of the runs {runs}"

    def blank(self, answer):
        parts = answer.values() if isinstance(answer, dict) else answer
        if isinstance(parts, (list, tuple)) or isinstance(answer, dict):
            return any(part is None or part is ... for part in parts)
        return super().blank(answer) or (isinstance(answer, str) and not answer.strip())

    def take(self, answer):
        parts = answer.tolist() if isinstance(answer, np.ndarray) else answer
        if isinstance(parts, dict):  # by the name of the run, in any order
            parts = [parts[name] for name in sorted(parts, key=str)]
        if isinstance(parts, (list, tuple)) and all(isinstance(part, str) for part in parts):
            parts = " ".join(parts)
        if not isinstance(parts, str):
            raise Refused(f"{_validate.shown(answer, 60)}, which is no text")
        letters = "".join(re.findall(r"[a-z]", re.sub(r"[A-Z]\s*[=:]", "", parts).lower()))
        if len(letters) != len(self.right) or set(letters) - set(self.letters):
            raise Refused(f"{parts!r:.60}")
        return letters

    def same(self, letters, other):
        return letters == other

    def known(self, letters):
        """The misconception about the first run that is diagnosed wrongly."""
        first = next(i for i, each in enumerate(letters) if each != self.right[i])
        alone = self.right[:first] + letters[first] + self.right[first + 1 :]
        return next(wrong for wrong in self.wrong if wrong.answer == alone)

    def details(self, letters):
        n = sum(a == b for a, b in zip(letters, self.right, strict=True))
        return [f"{n} of {len(letters)} runs are right; expected: {self.kind}"]

    def remark(self, letters):
        return "look at one run at a time"


# What each failure would show in a trace, and what this run shows instead.
_SIGNS = {
    "a": ("the wrong direction", "a search that goes the wrong way settles on the worst values"),
    "b": ("the same point again", "the same point gives one and the same value, to the last digit"),
    "c": ("heavy noise", "noise still scatters the values at the end, without a trend"),
    "d": ("a target that moves", "what moves makes good values worse, bit by bit"),
    "e": ("a failed training", "a failed training leaves a gap where a value should be"),
    "f": ("one penalty", "a penalty stands far below all others and stretches the axis"),
}
_SHOWN = {
    "c": "Are there two equal values, a trend, or a gap in run A?",
    "b": "Do the last values of run B scatter at all, and are they its worst ones?",
    "d": "Compare the first ten values of run C with its last ten.",
}
RIGHT = "cbd"  # for runs A, B and C

DIAGNOSES = Diagnoses(
    right=RIGHT,
    letters="abcdef",
    because="A scatters to the end, B stands still on a good value, C sinks.",
    wrong=tuple(
        Wrong(
            f"run {'ABC'[i]} is not {name}",
            RIGHT[:i] + letter + RIGHT[i + 1 :],
            f"{sign[0].upper()}{sign[1:]}. {_SHOWN[right]}",
        )
        for i, right in enumerate(RIGHT)
        for letter, (name, sign) in _SIGNS.items()
        if letter != right
    ),
)

CHECKS = {
    "11.predict_second": PREDICT_SECOND,
    "11.minute": MINUTE,
    "11.wasted": WASTED,
    "11.diagnoses": DIAGNOSES,
}
