"""How an answer is graded: right, not tried yet, a named misconception, or something else.

An exercise knows its right answer and the wrong ones that learners really give. A wrong answer that
is known draws its own hint; any other one a remark on its kind: type, shape, sign, scale. No text
of this module shows a right answer.

An answer comes as learners write it: 1/4 as a float, a `Fraction`, a list or an array of one
number. A function is called once for each input, and what it does beside returning a value (it
prints, warns, plots, asks, draws from the global random state) does not reach the notebook.
"""

import builtins
import contextlib
import copy
import decimal
import dis
import functools
import importlib
import inspect
import io
import math
import numbers
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace

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
        also: other answers that the same misconception leads to: with another mistake beside it.
    """

    name: str
    answer: object
    hint: str
    also: tuple = ()


@dataclass(frozen=True)
class Verdict:
    """What came of an answer: `correct`, None if it is blank, and the `text` for the learner."""

    correct: bool | None
    text: str


class Refused(Exception):
    """An answer of another kind than the exercise's; the message says what it is instead."""


class Exercise:
    """What every kind of exercise does: `take` an answer, see whether it is the `same` as another.

    A kind has `right`, `wrong` and `kind`, `take(answer)`, which raises `Refused`, and
    `same(taken, other)`; `details(taken)` are lines for the learner, `remark(taken)` a few words.
    """

    def blank(self, answer):
        return _is_blank(answer)

    def known(self, taken):
        """The misconception behind an answer, None if it has none."""
        return next(
            (
                wrong
                for wrong in self.wrong
                if any(self.same(taken, each) for each in (wrong.answer, *wrong.also))
            ),
            None,
        )


@dataclass(frozen=True)
class Number(Exercise):
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

    def take(self, answer):
        number = _floats(answer)
        if number.size != 1:
            raise Refused(f"{number.size} numbers, where one is asked for")
        number = number.item()
        if not np.isfinite(number):
            raise Refused(f"{number}, which is not finite: is there a division by 0 or a log of 0?")
        return number

    def same(self, number, other):
        return bool(np.isclose(number, other, rtol=self.rtol, atol=self.atol))

    def known(self, number):
        found = super().known(number)
        if found is None and self._is_whole() and not number.is_integer():
            # Rounding was not thought of, and the mistake before it is a known one.
            ends = (math.floor(number), math.ceil(number))
            far = (each for each in self.wrong if abs(each.answer - self.right) > 1)
            found = next((each for each in far if each.answer in ends), None)
        return found

    def details(self, number):
        return [f"got {number:.6g}; expected: {self.kind}"]

    def remark(self, number):
        if self._is_whole() and not number.is_integer() and abs(number - self.right) < 1:
            return "not a whole number: which way does the question ask you to round?"
        return _number_remark(number, float(self.right), self.same)

    def _is_whole(self):
        return "whole number" in self.kind


@dataclass(frozen=True)
class Array(Exercise):
    """An exercise whose answer is an array of numbers.

    Args:
        right: the array. kind: what is expected: "shape (3,), accuracies as fractions".
        wrong, rtol, atol: as for `Number`; one for all entries, or one for each.
    """

    right: np.ndarray
    kind: str
    wrong: tuple
    rtol: float | np.ndarray = 5e-3
    atol: float | np.ndarray = 1e-9

    def take(self, answer):
        array = _floats(answer)
        # A known misconception about the shape has its own hint.
        if array.shape != np.shape(self.right) and self.known(array) is None:
            raise Refused(f"{_shape_in_words(array)}")
        if not np.isfinite(array).all():
            n = int(np.sum(~np.isfinite(array)))
            raise Refused(f"an array with {n} {'entry' if n == 1 else 'entries'} not finite")
        return array

    def same(self, array, other):
        other = np.asarray(other, dtype=float)
        if array.shape != other.shape:
            return False
        each = array.shape == np.shape(self.right)  # else the tolerances may not fit
        rtol = self.rtol if each else np.max(self.rtol)
        atol = self.atol if each else np.max(self.atol)
        return bool(np.isclose(array, other, rtol=rtol, atol=atol).all())

    def details(self, array):
        return [_laid_out("got: ", array), f"expected: {self.kind}"]

    def remark(self, array):
        right = np.asarray(self.right, dtype=float)
        if self.same(array, -right):
            return "the sign is turned over everywhere"
        if self.same(np.sort(array, axis=None), np.sort(right, axis=None)):
            return "the right numbers, in another order"
        off = ~np.isclose(array, right, rtol=self.rtol, atol=self.atol)
        first = tuple(int(i) for i in np.argwhere(off)[0])
        where = first[0] if len(first) == 1 else first
        n = int(off.sum())
        if n == 1:
            return f"1 of {right.size} entries is off, at index {where}"
        return f"{n} of {right.size} entries are off, the first at index {where}"


@dataclass(frozen=True)
class Choice(Exercise):
    """A prediction: one of a few statements, by its letter, as it is or in parentheses.

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
        return _is_blank(answer) or (isinstance(answer, str) and not answer.strip())

    def take(self, answer):
        only = answer.tolist() if isinstance(answer, np.ndarray) else answer
        while isinstance(only, (list, tuple)) and len(only) == 1:
            only = only[0]
        letter = re.fullmatch(r"\W*(\w)\W*", only) if isinstance(only, str) else None
        if letter is None or letter.group(1).lower() not in self.letters:
            raise Refused(_short(answer))
        return letter.group(1).lower()

    def same(self, letter, other):
        return letter == other

    def details(self, letter):
        return []  # the hint speaks of the choice; its kind is right


@dataclass(frozen=True)
class Function(Exercise):
    """An exercise whose answer is a function; it is called and compared, input by input.

    Args:
        right: a function that does what is asked. inputs: tuples of arguments to call it with;
            each argument varies, or a constant in its place would pass.
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

    def take(self, answer):
        """Call an answer on every input, once; return the list of what came of it."""
        if not callable(answer):
            raise Refused(f"{_short(answer)}: hand over the function itself, without calling it")
        tried = [_call(answer, arguments) for arguments in self.inputs]
        if self.known(tried) is not None:
            return tried
        for index, (arguments, each) in enumerate(zip(self.inputs, tried, strict=True)):
            problem = each.problem
            if not problem:
                right = self._value(self.right, index)
                if _shape(each.value) != _shape(right) and not _both_one(each.value, right):
                    problem = _shape_in_words(each.value)
            if problem:
                lines = [f"{problem}", self._called(arguments), *each.said()]
                raise Refused("\n  ".join(lines))
        return tried

    def same(self, tried, other):
        return all(self._agreeing(tried, other))

    def details(self, tried):
        agreeing = list(self._agreeing(tried, self.right))
        first = agreeing.index(False)
        lines = [self._called(self.inputs[first]), _laid_out("got: ", tried[first].value)]
        return [*lines, f"expected: {self.kind}", *tried[first].said()]

    def remark(self, tried):
        agreeing = list(self._agreeing(tried, self.right))
        first = agreeing.index(False)
        if _has_nan(tried[first].value):
            if any(map(_has_nan, self.inputs[first])):
                return "NaN comes out where NaN goes in"
            return "NaN at that input: is there a division by 0?"
        if self.same([replace(each, value=_negative(each.value)) for each in tried], self.right):
            return "the sign is turned over everywhere"
        return (
            f"{agreeing.count(False)} of {len(agreeing)} inputs that were tried give something else"
        )

    def _agreeing(self, tried, other):
        for index, each in enumerate(tried):
            yield not each.problem and self._close(each.value, self._value(other, index))

    @functools.cached_property
    def _values(self):
        return {}

    def _value(self, function, index):
        """What the right function or a wrong one makes of an input: worked out once."""
        if (function, index) not in self._values:
            self._values[function, index] = _call(function, self.inputs[index]).value
        return self._values[function, index]

    def _close(self, one, other):
        if isinstance(one, tuple) or isinstance(other, tuple):
            alike = isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other)
            return alike and all(map(self._close, one, other))
        if other is None:
            return False
        if _both_one(one, other):
            one, other = np.reshape(one, ()), np.reshape(other, ())
        return one.shape == other.shape and bool(
            np.allclose(one, other, self.rtol, self.atol, equal_nan=True)
        )

    def _called(self, arguments):
        names = self.names or self.right.__code__.co_varnames
        pairs = zip(names, arguments, strict=False)
        told = [f"{name} = {_short(each)}" for name, each in pairs if not callable(each)]
        line = f"at {', '.join(told)}"
        return line if len(line) <= 94 else "at " + ",\n     ".join(told)


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
    try:
        taken = exercise.take(answer)
    except Refused as refusal:
        return Verdict(False, f"✗ {name}: got {refusal}\n  expected: {exercise.kind}")
    if exercise.same(taken, exercise.right):
        because = getattr(exercise, "because", "")
        return Verdict(True, f"✓ {name}" + (f": {because}" if because else ""))
    wrong = exercise.known(taken)
    if wrong is not None:
        lines = [f"✗ {name}: {wrong.name}", wrong.hint]
    else:
        lines = [f"✗ {name}: not yet; {exercise.remark(taken)}"]
    return Verdict(False, "\n  ".join([*lines, *exercise.details(taken)]))


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


LOAD = ("LOAD_CONST", "RETURN_CONST", "LOAD_COMMON_CONSTANT")  # the last in Python 3.15


def _has_empty_body(answer):
    """Whether a function does nothing: `...`, `pass` or a docstring is all that it says."""
    code = getattr(answer, "__code__", None)
    return code is not None and all(
        step.opname in ("RESUME", "NOP", "RETURN_VALUE")
        or (step.opname in LOAD and _is_blank(step.argval))
        for step in dis.get_instructions(code)
    )


def _floats(answer):
    """An answer as an array of floats.

    Raises:
        Refused: it is not made of real numbers; the message says what it is.
    """
    try:
        array = np.asarray(answer)
        if array.dtype.kind in "iuf" and not isinstance(answer, bytearray):
            return np.array(array, dtype=float)
        # A frame or a series stands for what it holds, a Space for no array of its names.
        held = array if array.dtype == object and array.ndim else answer
        odd = [each for each in _entries(held) if not _is_number(each)]
        if not odd and array.dtype == object:
            return np.array(array, dtype=float)
    except OverflowError:
        raise Refused("a number beyond the range of floats") from None
    except Exception:  # an object with an idea of its own, or rows of different lengths
        odd = [each for each in _entries(answer) if not _is_number(each)]
        if not odd:
            raise Refused(f"{_short(answer)}, which is no array: are all rows as long?") from None
    raise Refused(_no_numbers(answer, odd[0] if odd else answer))


def _entries(answer, inside=()):
    """What lists, tuples and arrays are made of, level by level; anything else is one entry."""
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if isinstance(answer, (list, tuple)) and all(answer is not each for each in inside):
        for each in answer:
            yield from _entries(each, (*inside, answer))  # a list may hold itself
    else:
        yield answer


def _is_number(entry):
    kinds = numbers.Real, decimal.Decimal
    return isinstance(entry, kinds) and not isinstance(entry, (bool, np.bool_))


def _no_numbers(answer, odd):
    """Say what an answer is in place of numbers; `odd` is the first entry that is none."""
    kind = type(odd).__name__
    if isinstance(odd, (str, bytes, bytearray)):
        return f"{_short(answer)}, text (type {kind}): write numbers without quotes"
    if isinstance(odd, (bool, np.bool_)):
        return f"{_short(answer)}, of type bool: a number is asked for"
    if isinstance(odd, (complex, np.complexfloating)):
        return f"{_short(answer)}, complex: a real number is asked for"
    held = "" if odd is answer else "an array or a list that holds "
    if odd is Ellipsis:
        return f"{held}...: write a number in place of the dots"
    if isinstance(odd, type):
        return f"{held}the class {odd.__name__}: numbers are asked for"
    if inspect.isroutine(odd):
        return f"{held}a function: call it, and hand over what it returns"
    shown = f"{held}{_short(odd)}, of type {kind}"
    if " at 0x" in shown:  # a place in memory tells a learner nothing
        shown = f"{held}something of type {kind}"
    if callable(odd):
        return f"{shown}: call it, and hand over what it returns"
    if isinstance(odd, Iterator):
        return f"{shown}, which has made no numbers yet: write list(...)"
    if isinstance(odd, Set):
        return f"{shown}, which has no order: write a list"
    return f"{shown}: numbers are asked for"


def _returned(got):
    """What a function returned, as an array of floats or, if it is ragged, a tuple of them."""
    if isinstance(got, (tuple, list)) and len({np.shape(each) for each in got}) > 1:
        return tuple(_floats(each) for each in got)
    array = np.asarray(got)
    return array.astype(float) if array.dtype == bool else _floats(got)


def _shape(value):
    return [each.shape for each in value] if isinstance(value, tuple) else value.shape


def _has_nan(value):
    """Whether NaN is among the numbers of an argument or of a value, whatever else it is."""
    return any(isinstance(each, numbers.Real) and math.isnan(each) for each in _entries(value))


def _negative(value):
    return tuple(map(_negative, value)) if isinstance(value, tuple) else -value


def _both_one(one, other):
    """Whether both are a single number, whatever their shapes: () and (1,)."""
    arrays = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
    return arrays and one.size == other.size == 1 and () in (one.shape, other.shape)


@dataclass(frozen=True)
class _Outcome:
    """What came of one call: the value, or the problem; and what it said on the way."""

    value: object = None
    problem: str = ""
    printed: str = ""
    warned: str = ""

    def said(self):
        """Lines on what was printed and warned of."""
        printed = " / ".join(self.printed.split("\n")[:3])
        lines = [f"it prints: {_cut(printed, 90)}"] if printed else []
        return [*lines, f"it warns: {_cut(self.warned, 90)}"] if self.warned else lines


def _call(function, arguments):
    """Call a function on copies of the arguments; nothing else of it is left."""
    printed, problem, got = io.StringIO(), "", None
    with (
        _left_alone(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        try:
            got = function(*(a if callable(a) else copy.deepcopy(a) for a in arguments))
            if _is_blank(got):
                problem = "nothing: does it end with return?"
            else:
                got = _returned(got)
        except Refused as refusal:
            problem = str(refusal)
        except (Exception, SystemExit) as error:  # an interrupt is the learner's own and goes on
            problem = _cut(f"{type(error).__name__}: {error}".strip().split("\n")[0], 200)
    first = f"{warned[0].category.__name__}: {warned[0].message}" if warned else ""
    return _Outcome(None if problem else got, problem, printed.getvalue().strip(), first)


@contextlib.contextmanager
def _left_alone():
    """Undo what a call does to others: random states, floating-point errors, open figures.

    It must not wait for somebody to type, nor display anything.
    """
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 (kept, not used)
    ask, builtins.input = builtins.input, _no_input
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = set(pyplot.get_fignums()) if pyplot else set()
    capture = sys.modules.get("IPython.utils.capture")
    silent = capture.capture_output(stdout=False, stderr=False) if capture else None
    try:
        # NumPy's own settings, whatever the notebook has set: it decides no verdict.
        with silent or contextlib.nullcontext(), np.errstate(all="warn", under="ignore"):
            yield
    finally:
        builtins.input = ask
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
        pyplot = sys.modules.get("matplotlib.pyplot")  # it may have been imported on the way
        for number in set(pyplot.get_fignums()) - before if pyplot else ():
            pyplot.close(number)


def _no_input(prompt=""):
    raise RuntimeError("input() waits for somebody to type; use the arguments instead")


def _laid_out(before, value):
    """A value behind a word, the further rows of an array below its first one."""
    if isinstance(value, tuple):
        return before + _shape_in_words(value)
    if value.ndim == 0:
        return f"{before}{value:.6g}"
    return before + np.array2string(value, precision=4, threshold=12, prefix=f"  {before}")


def _shape_in_words(value):
    if isinstance(value, tuple):
        return f"{len(value)} arrays of shapes " + " and ".join(map(str, _shape(value)))
    return "one number" if value.ndim == 0 else f"an array of shape {value.shape}"


def _short(value):
    """A value on one line, its end cut off where it is long."""
    if isinstance(value, np.ndarray):
        return _one_line(np.array2string(value, precision=4, threshold=6, separator=", "))
    try:
        return _cut(_one_line(repr(value)), 60)
    except Exception:  # a class whose repr fails, an integer of more digits than Python prints
        return f"something of type {type(value).__name__} that cannot be printed"


def _one_line(text):
    return re.sub(r"\s+", " ", text)


def _cut(text, n):
    return text if len(text) <= n else text[: n - 3] + "..."


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
    if any(same(answer, right + d) and abs(answer - right - d) < 0.1 for d in (-1, 1)):
        return "off by one"
    if right and (same(answer, right * np.log(10)) or same(answer, right / np.log(10))):
        return "another base of the logarithm?"
    return "too large" if answer > right else "too small"
