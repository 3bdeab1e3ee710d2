"""How an answer is graded: right, not tried yet, a named misconception, or something else.

An exercise knows its right answer and the wrong ones that learners really give. A wrong answer that
is known draws its own hint; any other one a remark on its kind: type, shape, sign, scale. No text
of this module shows a right answer.
"""

import dis
import importlib
import numbers
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NOT_TRIED = "not tried yet"


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that learners give, and what helps them.

    Args:
        name: the misconception in a few words: "percent instead of a fraction".
        answer: what it looks like, of the same kind as the right answer: a number, an array, a
            function, the letter of a choice.
        hint: one or two sentences that point at the mistake and not at the solution.
    """

    name: str
    answer: object
    hint: str


@dataclass(frozen=True)
class Verdict:
    """What came of an answer: `correct`, None if it is blank, and the `text` for the learner."""

    correct: bool | None
    text: str


@dataclass(frozen=True)
class Number:
    """An exercise whose answer is one number.

    Args:
        right: the number, computed rather than typed. kind: what is expected, in words and with
            the unit: "a probability, between 0 and 1".
        wrong: at least three `Wrong`. rtol, atol: how exact it has to be; by default three digits.
    """

    right: float
    kind: str
    wrong: tuple
    rtol: float = 5e-3
    atol: float = 1e-12

    def blank(self, answer):
        return _is_blank(answer)

    def same(self, answer, other):
        return bool(np.isclose(answer, other, rtol=self.rtol, atol=self.atol))

    def refuse(self, answer):
        if isinstance(answer, np.ndarray) and answer.size == 1:
            return f"an array of shape {answer.shape}; take the number out of it, `answer.item()`"
        if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, numbers.Real):
            return f"{_short(answer)}, of type {type(answer).__name__}"
        if not np.isfinite(answer):
            return f"{answer}, which is not finite: is there a division by 0 or a log of 0?"
        return None

    def show(self, answer):
        return f"{answer:.6g}"

    def remark(self, answer):
        return _number_remark(float(answer), float(self.right), self.same)


@dataclass(frozen=True)
class Array:
    """An exercise whose answer is an array of numbers.

    Args:
        right: the array. kind: what is expected: "shape (3,), accuracies as fractions".
        wrong, rtol, atol: as for `Number`.
    """

    right: np.ndarray
    kind: str
    wrong: tuple
    rtol: float = 5e-3
    atol: float = 1e-9

    def blank(self, answer):
        return _is_blank(answer)

    def same(self, answer, other):
        answer, other = np.asarray(answer, dtype=float), np.asarray(other, dtype=float)
        return answer.shape == other.shape and bool(
            np.allclose(answer, other, rtol=self.rtol, atol=self.atol)
        )

    def refuse(self, answer):
        try:
            array = np.asarray(answer, dtype=float)
        except (TypeError, ValueError):
            return f"{_short(answer)}, of type {type(answer).__name__}"
        # A known misconception about the shape has its own hint.
        known = any(self.same(array, wrong.answer) for wrong in self.wrong)
        if array.shape != np.shape(self.right) and not known:
            return f"an array of shape {array.shape}"
        if not np.isfinite(array).all():
            return f"an array with {int(np.sum(~np.isfinite(array)))} entries that are not finite"
        return None

    def show(self, answer):
        return np.array2string(np.asarray(answer, dtype=float), precision=4, threshold=12)

    def remark(self, answer):
        answer, right = np.asarray(answer, dtype=float), np.asarray(self.right, dtype=float)
        if self.same(answer, -right):
            return "the sign is turned over everywhere"
        if self.same(np.sort(answer, axis=None), np.sort(right, axis=None)):
            return "the right numbers, in another order"
        off = ~np.isclose(answer, right, rtol=self.rtol, atol=self.atol)
        first = tuple(int(i) for i in np.argwhere(off)[0])
        where = first[0] if len(first) == 1 else first
        return f"{int(off.sum())} of {right.size} entries are off, the first at index {where}"


@dataclass(frozen=True)
class Choice:
    """A prediction: one of a few statements, by its letter.

    Args:
        right: the letter. wrong: a `Wrong` for each other letter, its name the idea behind it.
        because: shown with the ✓: one sentence on what the choice means (the figure shows it).
    """

    right: str
    wrong: tuple
    because: str = ""

    @property
    def letters(self):
        return sorted([self.right, *(wrong.answer for wrong in self.wrong)])

    @property
    def kind(self):
        return f"one of the letters {', '.join(self.letters)}, in quotes"

    def blank(self, answer):
        return _is_blank(answer) or answer == ""

    def same(self, answer, other):
        return answer.strip().lower() == other

    def refuse(self, answer):
        if not isinstance(answer, str) or answer.strip().lower() not in self.letters:
            return f"{_short(answer)}"
        return None

    def show(self, answer):
        return repr(answer)

    def remark(self, answer):
        raise AssertionError(f"every letter but the right one has a hint, got {answer!r}")


@dataclass(frozen=True)
class Function:
    """An exercise whose answer is a function; it is called and compared, input by input.

    Args:
        right: a function that does what is asked. inputs: tuples of arguments to call it with.
        kind: what it returns: "expected improvement, shape (n,), units of f".
        wrong: as for `Number`; each `answer` is a function.
        names: of the arguments, for the message; those of `right` if left out.
    """

    right: Callable
    inputs: tuple
    kind: str
    wrong: tuple
    names: tuple = ()
    rtol: float = 1e-6
    atol: float = 1e-9

    def blank(self, answer):
        return _is_blank(answer) or _has_empty_body(answer)

    def same(self, answer, other):
        return all(self._agree(answer, other, arguments) for arguments in self.inputs)

    def refuse(self, answer):
        if not callable(answer):
            return f"{_short(answer)}: hand over the function itself, without calling it"
        for arguments in self.inputs:
            right = self.right(*_copies(arguments))
            try:
                got = answer(*_copies(arguments))
            except Exception as error:
                return f"{type(error).__name__}: {error} (at {self._called(arguments)})"
            if _is_blank(got):
                return f"nothing (at {self._called(arguments)}): does it end with return?"
            try:
                shape = np.shape(np.asarray(got, dtype=float))
            except (TypeError, ValueError):
                return f"{_short(got)} (at {self._called(arguments)})"
            known = any(self.same(answer, wrong.answer) for wrong in self.wrong)
            if shape != np.shape(right) and not known:
                return f"something of shape {shape} (at {self._called(arguments)})"
        return None

    def show(self, answer):
        arguments = self._first_difference(answer)
        got = np.asarray(answer(*_copies(arguments)), dtype=float)
        value = f"{got:.6g}" if got.ndim == 0 else np.array2string(got, precision=4, threshold=12)
        return f"{value} at {self._called(arguments)}"

    def remark(self, answer):
        arguments = self._first_difference(answer)
        got = np.asarray(answer(*_copies(arguments)), dtype=float)
        if np.isnan(got).any():
            return "NaN at that input: is there a division by 0?"
        n = sum(not self._agree(answer, self.right, each) for each in self.inputs)
        return f"{n} of {len(self.inputs)} inputs that were tried give something else"

    def _agree(self, one, other, arguments):
        try:
            a = np.asarray(one(*_copies(arguments)), dtype=float)
            b = np.asarray(other(*_copies(arguments)), dtype=float)
        except Exception:  # what raises agrees with nothing
            return False
        return a.shape == b.shape and bool(np.allclose(a, b, self.rtol, self.atol, equal_nan=True))

    def _first_difference(self, answer):
        return next(each for each in self.inputs if not self._agree(answer, self.right, each))

    def _called(self, arguments):
        names = self.names or self.right.__code__.co_varnames
        return ", ".join(
            f"{n} = {_short(a)}" for n, a in zip(names, arguments, strict=False) if not callable(a)
        )


def check(name, answer):
    """Print what is to be said of an answer to an exercise; the solution is never part of it.

    Args:
        name: lesson and exercise, such as "03.hit_rate". answer: `...` as long as it is blank.

    Raises:
        ValueError: there is no exercise of that name.
    """
    print(grade(name, answer).text)


def grade(name, answer):
    """Return the `Verdict` on an answer; arguments and errors as for `check`."""
    exercise = find(name)
    if exercise.blank(answer):
        return Verdict(None, f"{name}: {NOT_TRIED}")
    refusal = exercise.refuse(answer)
    if refusal:
        return Verdict(False, f"✗ {name}: got {refusal}\n  expected: {exercise.kind}")
    if exercise.same(answer, exercise.right):
        because = getattr(exercise, "because", "")
        return Verdict(True, f"✓ {name}" + (f": {because}" if because else ""))
    got = f"got {exercise.show(answer)}; expected: {exercise.kind}"
    for wrong in exercise.wrong:
        if exercise.same(answer, wrong.answer):
            return Verdict(False, f"✗ {name}: {wrong.name}\n  {got}\n  {wrong.hint}")
    return Verdict(False, f"✗ {name}: not yet; {exercise.remark(answer)}\n  {got}")


def find(name):
    """Return the exercise of this name.

    Raises:
        ValueError: there is none; the message lists those of the lesson.
    """
    lesson = str(name).partition(".")[0]
    try:
        module = importlib.import_module(f"bo_tutorial.course.lesson_{lesson}.checks")
    except ModuleNotFoundError as error:
        raise ValueError(f"name must be like '03.hit_rate', got {name!r}") from error
    if name not in module.CHECKS:
        raise ValueError(f"name must be one of {list(module.CHECKS)}, got {name!r}")
    return module.CHECKS[name]


def _is_blank(answer):
    return answer is None or answer is Ellipsis


def _has_empty_body(answer):
    """Whether a function does nothing: `...`, `pass` or a docstring is all that it says."""
    code = getattr(answer, "__code__", None)
    return code is not None and all(
        step.opname in ("RESUME", "NOP", "RETURN_VALUE")
        or (step.opname in ("LOAD_CONST", "RETURN_CONST") and _is_blank(step.argval))
        for step in dis.get_instructions(code)
    )


def _copies(arguments):
    """Arguments that an answer may change without harm."""
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)


def _short(value):
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=4, threshold=6, separator=", ")
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _number_remark(answer, right, same):
    """What a wrong number has to do with the right one, as far as a mistake explains it."""
    if right and same(answer, -right):
        return "the sign is turned over"
    for factor, remark in (
        (100.0, "a hundred times too large: percent instead of a fraction?"),
        (0.01, "a hundred times too small: a fraction instead of percent?"),
    ):
        if right and same(answer, factor * right):
            return remark
    if right > 0 and right != 1:
        if same(answer, right**2):
            return "the square of what is asked: a variance instead of a standard deviation?"
        if same(answer, right**0.5):
            return "the root of what is asked: a standard deviation instead of a variance?"
    if same(answer, right + 1) or same(answer, right - 1):
        return "off by one"
    if right and (same(answer, right * np.log(10)) or same(answer, right / np.log(10))):
        return "another base of the logarithm?"
    return "too large" if answer > right else "too small"
