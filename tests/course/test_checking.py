"""Every exercise of the course: right, blank, and each wrong answer with a hint of its own."""

import builtins
import collections
import copy
import dataclasses
import math
import random
import re
import sys
import warnings
from array import array
from decimal import Decimal
from fractions import Fraction
from random import getstate
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial.course import checking as checks
from bo_tutorial.course import rooms
from bo_tutorial.course.checking import Array, Choice, Function, Number, Wrong

ROOMS = rooms("checks").values()
EXERCISES = {name: each for room in ROOMS for name, each in room.CHECKS.items()}
WRONG = [(name, wrong) for name, each in EXERCISES.items() for wrong in each.wrong]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_right_answer_is_right_and_a_blank_is_not_tried(name, capsys):
    checks.check(name, EXERCISES[name].right)
    assert capsys.readouterr().out.startswith(f"✓ {name}")
    blanks = [None, ...]
    if isinstance(EXERCISES[name], Function):
        blanks += [lambda *arguments: None, lambda *arguments: ...]
    for blank in blanks:
        verdict = checks.grade(name, blank)
        assert verdict.correct is None
        assert verdict.text == f"{name}: not tried yet"


@pytest.mark.parametrize("name, wrong", WRONG, ids=[f"{n}: {w.name}" for n, w in WRONG])
def test_each_wrong_answer_draws_its_own_hint(name, wrong):
    verdict = checks.grade(name, wrong.answer)
    assert verdict.correct is False
    assert verdict.text.startswith(f"✗ {name}: {wrong.name}\n")
    assert wrong.hint in verdict.text
    # A wrong choice is of the right kind: to say what was expected would be noise.
    chosen = isinstance(EXERCISES[name], Choice)
    assert (EXERCISES[name].kind in verdict.text) != chosen


@pytest.mark.parametrize("name", EXERCISES)
def test_other_answers_of_a_misconception_draw_the_same_hint(name):
    for wrong in EXERCISES[name].wrong:
        for answer in wrong.also:
            verdict = checks.grade(name, answer)
            assert verdict.correct is False
            assert verdict.text.startswith(f"✗ {name}: {wrong.name}\n{' ' * 2}{wrong.hint}")


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_names_three_different_misconceptions(name):
    wrong = EXERCISES[name].wrong
    assert len(wrong) >= 3
    assert len({each.name for each in wrong}) == len({each.hint for each in wrong}) == len(wrong)
    assert all(len(each.hint.split()) >= 6 for each in wrong)


@pytest.mark.parametrize("name", EXERCISES)
def test_no_hint_gives_the_answer_away(name):
    exercise = EXERCISES[name]
    said = " ".join([exercise.kind, *(wrong.name + " " + wrong.hint for wrong in exercise.wrong)])
    if isinstance(exercise, Number):
        written = {f"{exercise.right:.{digits}g}" for digits in (3, 4, 6)}
        assert not written & set(re.findall(r"\d+(?:\.\d+)?", said))
    elif isinstance(exercise, Array):
        assert np.array2string(np.asarray(exercise.right), precision=3) not in said


@pytest.mark.parametrize("name", EXERCISES)
def test_an_answer_of_another_kind_is_refused_in_words(name):
    for strange in ("about a half", [[1.0], [2.0, 3.0]], {"x": 1}):
        verdict = checks.grade(name, strange)
        assert verdict.correct is False
        assert "expected:" in verdict.text


# How answers are graded, on exercises made up for the purpose


def graded(exercise, answer, monkeypatch):
    monkeypatch.setattr(checks, "find", lambda name: exercise)
    return checks.grade("99.made_up", answer)


def halves():
    return Number(
        right=0.25,
        kind="a probability, between 0 and 1",
        wrong=(Wrong("counted twice", 0.5, "Each pair was counted in both of its orders."),),
    )


@pytest.mark.parametrize(
    "answer, says",
    [
        (-0.25, "the sign is turned over"),
        (25.0, "percent instead of a fraction?"),
        (0.0625, "a variance instead of a standard deviation?"),
        (0.5, "counted twice"),
        (1.25, "off by one"),
        (0.25 * np.log(10), "another base of the logarithm?"),
        (0.3, "too large"),
        (0.2, "too small"),
        (np.nan, "not finite"),
        (True, "bool"),
        ("0.25", "str"),
        (1 + 2j, "complex"),
        ([0.25, 0.5], "2 numbers"),
        ([], "0 numbers"),
        (["0.25"], "without quotes"),
        (b"0.25", "without quotes"),
        ([True], "bool"),
        ({"p": 0.25}, "dict"),
        (lambda: 0.25, "call it"),
        pytest.param(10**400, "range of floats", id="10**400"),
        ({0.25}, "set"),
    ],
)
def test_a_number_is_wrong_in_a_way_that_has_a_name(answer, says, monkeypatch):
    verdict = graded(halves(), answer, monkeypatch)
    assert verdict.correct is False
    assert says in verdict.text


def test_three_digits_are_enough(monkeypatch):
    assert graded(halves(), 0.2505, monkeypatch).correct
    assert graded(halves(), np.float64(0.25), monkeypatch).correct
    assert not graded(halves(), 0.26, monkeypatch).correct


@pytest.mark.parametrize(
    "answer",
    [
        Fraction(1, 4),
        Decimal("0.25"),
        [0.25],
        (Fraction(1, 4),),
        [[0.25]],
        np.array(0.25),
        np.array([0.25]),
        np.array([[0.25]]),
        np.float32(0.25),
    ],
    ids=repr,
)
def test_one_number_is_taken_in_any_form_that_learners_hand_over(answer, monkeypatch):
    assert graded(halves(), answer, monkeypatch).correct
    wrong = type(answer)(answer * 2) if isinstance(answer, (Fraction, Decimal)) else None
    if wrong is not None:
        assert "counted twice" in graded(halves(), wrong, monkeypatch).text


def test_every_number_of_the_course_is_taken_as_a_list_and_as_a_fraction():
    numbers = {name: each for name, each in EXERCISES.items() if isinstance(each, Number)}
    assert len(numbers) >= 8
    for name, each in numbers.items():
        for form in (Fraction(each.right), [each.right], np.array([[each.right]])):
            assert checks.grade(name, form).correct, (name, form)


class Frame:
    """What a data frame is to NumPy: no list, and an array when asked for one."""

    def __init__(self, held):
        self.held = held

    def __array__(self, dtype=None, copy=None):
        return np.array(self.held, dtype=dtype)


SPACE = bo.Space(x=bo.Float(0.0, 1.0), kind=bo.Categorical(["a", "b"]))  # a sequence of its names
RING = [0.5]
RING.append(RING)
NO_ARRAYS = {
    "a space": (SPACE, "of type Space: numbers"),
    "a list of one": ([SPACE], "a list that holds Space(x=Float(0.0, 1.0)"),
    "a strategy": (bo.RandomSearch(SPACE), "of type RandomSearch: numbers"),
    "a dict": ({"x": 0.5}, "of type dict: numbers are asked for"),
    "values of a dict": ({"x": 0.5}.values(), "of type dict_values: numbers"),
    "a list of dicts": ([{"x": 0.5}, {"x": 0.7}], "a list that holds {'x': 0.5}, of type dict"),
    "a set": ({0.5, 0.7}, "of type set, which has no order: write a list"),
    "a generator": ((x for x in (0.5, 0.7)), "of type generator, which has made no numbers"),
    "a map": (map(float, "12"), "of type map, which has made no numbers yet: write list(...)"),
    "a function": (math.sqrt, "a function: call it"),
    "functions": ([math.sqrt, math.exp], "a list that holds a function: call it"),
    "a class": (float, "the class float: numbers are asked for"),
    "a kernel": (bo.Matern52(0.5), "of type Matern52: call it"),
    "a module": (math, "of type module: numbers are asked for"),
    "a date": (np.datetime64("2026-11-30"), "of type datetime64: numbers are asked for"),
    "a duration": (np.timedelta64(3, "D"), "of type timedelta64: numbers are asked for"),
    "a slice": (slice(3), "of type slice: numbers are asked for"),
    "a hole": ([0.5, None], "a list that holds None, of type NoneType"),
    "dots": ([0.5, ...], "in place of the dots"),
    "a frame of words": (Frame(["a", 0.5]), "of type Frame: numbers are asked for"),
    "text": ("0.5", "text (type str): write numbers without quotes"),
    "text in a list": ([0.5, "0.7"], "text (type str): write numbers without quotes"),
    "bytes": (bytearray(b"12"), "text (type bytearray)"),
    "a list of itself": (RING, "got [0.5, [...]], of type list: numbers are asked for"),
    "rows": ([[0.5], [0.7, 0.9]], "are all rows as long?"),
}


@pytest.mark.parametrize("name", NO_ARRAYS)
def test_what_is_no_array_is_called_what_it_is(name, monkeypatch):
    answer, says = NO_ARRAYS[name]
    exercise = Array(np.array([0.5, 0.7]), "shape (2,), fractions", wrong=())
    verdict = graded(exercise, answer, monkeypatch)
    assert verdict.correct is False and says in verdict.text, verdict.text
    assert ("text" in verdict.text) == ("text" in says) and " at 0x" not in verdict.text


@pytest.mark.parametrize("name", ["a space", "a dict", "a set", "a map", "a class", "a kernel"])
def test_what_is_returned_and_no_array_is_called_what_it_is(name, monkeypatch):
    answer, says = NO_ARRAYS[name]
    exercise = Function(lambda x: x, ((0.5,), (0.7,)), "a number", ())
    verdict = graded(exercise, lambda x: answer, monkeypatch)
    assert verdict.correct is False and says in verdict.text, verdict.text


@pytest.mark.parametrize(
    "answer",
    [
        Frame([0.5, 0.7]),
        Frame(np.array([Fraction(1, 2), 0.7], dtype=object)),
        collections.deque([0.5, 0.7]),
        [np.array(0.5), np.float32(0.7)],
        np.ma.array([0.5, 0.7]),
        array("d", [0.5, 0.7]),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_what_holds_numbers_is_an_array(answer, monkeypatch):
    exercise = Array(np.array([0.5, 0.7]), "shape (2,), fractions", wrong=())
    assert graded(exercise, answer, monkeypatch).correct


class Mute:
    def __repr__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize("answer", [Mute(), 10**5000, [Mute()]], ids=["mute", "long", "in a list"])
def test_an_answer_that_cannot_be_printed_is_refused_all_the_same(answer, monkeypatch):
    """Python prints no integer of more than 4300 digits, and a class may forget to."""
    array = Array(np.array([1.0, 2.0]), "shape (2,)", wrong=())
    function = Function(lambda x: x, ((1.0,), (2.0,)), "a number", (), ("x",))
    for exercise, each in (
        (halves(), answer),
        (array, answer),
        (Choice("b", (Wrong("first", "a", "Look there."),)), answer),
        (function, lambda x: answer),
    ):
        verdict = graded(exercise, each, monkeypatch)
        assert verdict.correct is False and "expected:" in verdict.text


def test_off_by_one_is_said_of_a_difference_of_one_alone(monkeypatch):
    def text(right, answer):
        return graded(Number(right, "a number of draws", ()), answer, monkeypatch).text

    assert "off by one" in text(12, 13) and "off by one" in text(12.34, 11.3)
    for right, answer in ((12, 14), (150, 151.4), (494.76, 497.5), (3436, 3455)):
        assert "off by one" not in text(right, answer)


def test_a_mistake_has_its_hint_before_it_is_rounded_too(monkeypatch):
    exercise = Number(
        23,
        "a whole number of machines",
        (
            Wrong("rounded down", 22, "Would that many be done in time?"),
            Wrong("turned around", 8, "Which of the two numbers is the exponent?"),
        ),
    )
    assert "turned around" in graded(exercise, 7.2, monkeypatch).text
    assert "turned around" in graded(exercise, 8, monkeypatch).text
    # Nearer than one to the right number it is the rounding alone that is missing.
    text = graded(exercise, 22.3, monkeypatch).text
    assert "not a whole number" in text and "too small" not in text
    assert "rounded down" not in graded(exercise, 21.5, monkeypatch).text


@pytest.mark.parametrize(
    "answer, says",
    [
        ([-1, -2, -3], "the sign is turned over everywhere"),
        ([3, 2, 1], "in another order"),
        ([1, 2, 4], "1 of 3 entries is off, at index 2"),
        ([1, 3, 4], "2 of 3 entries are off, the first at index 1"),
        ([[1], [2], [3]], "shape (3, 1)"),
        ([1, 2, np.inf], "not finite"),
    ],
)
def test_an_array_is_wrong_in_a_way_that_has_a_name(answer, says, monkeypatch):
    exercise = Array(np.array([1.0, 2.0, 3.0]), "shape (3,)", wrong=())
    assert says in graded(exercise, answer, monkeypatch).text
    assert graded(exercise, [1, 2, 3], monkeypatch).correct
    assert graded(exercise, [Fraction(1), 2, Decimal(3)], monkeypatch).correct
    for strange in (["1", "2", "3"], np.array([1, 2, 3j]), [1, [2, 3]], [True, 2, "3"]):
        verdict = graded(exercise, strange, monkeypatch)
        assert verdict.correct is False and "expected: shape (3,)" in verdict.text


def test_arrays_stand_on_lines_of_their_own(monkeypatch):
    """Printed in the middle of a sentence, the rows of a matrix tear it apart."""

    def right(A, scale):
        return A * scale

    table = Array(np.eye(3), "shape (3, 3)", wrong=(Wrong("twice", 2 * np.eye(3), "Why two?"),))
    lines = graded(table, 2 * np.eye(3), monkeypatch).text.splitlines()
    assert lines[:3] == ["✗ 99.made_up: twice", "  Why two?", "  got: [[2. 0. 0.]"]
    assert lines[3:] == ["        [0. 2. 0.]", "        [0. 0. 2.]]", "  expected: shape (3, 3)"]
    exercise = Function(right, inputs=((np.eye(2), 3.0),), kind="shape (n, n)", wrong=())
    lines = graded(exercise, lambda A, scale: A + scale, monkeypatch).text.splitlines()
    assert lines[1] == "  at A = [[1., 0.], [0., 1.]], scale = 3.0"
    assert lines[2:] == ["  got: [[4. 3.]", "        [3. 4.]]", "  expected: shape (n, n)"]
    wide = Function(right, inputs=((np.eye(2) / 7, 1e-20 / 3),), kind="shape (n, n)", wrong=())
    wide = dataclasses.replace(wide, names=("A" * 40, "scale"))
    lines = graded(wide, lambda A, scale: A + scale, monkeypatch).text.splitlines()
    assert lines[1].startswith("  at AAAA") and lines[2].startswith("     scale = 3.33")


def test_a_function_is_called_and_compared(monkeypatch):
    def right(x, scale):
        return x / scale

    exercise = Function(
        right,
        inputs=((np.array([1.0, 2.0]), 2.0), (np.array([0.0, -1.0]), 4.0)),
        kind="shape (n,)",
        wrong=(Wrong("upside down", lambda x, scale: scale / (x + 1e-9), "Which is divided?"),),
    )

    def graded_text(answer):
        return graded(exercise, answer, monkeypatch).text

    assert graded(exercise, lambda x, scale: x / scale, monkeypatch).correct
    assert "upside down" in graded_text(lambda x, scale: scale / (x + 1e-9))
    assert "scale = 2.0" in graded_text(lambda x, scale: x * scale)
    assert "hand over the function itself" in graded_text(3.0)
    assert "ZeroDivisionError" in graded_text(lambda x, scale: 1 / 0)
    assert "shape (2, 2)" in graded_text(lambda x, scale: x / scale * x[:, None])
    assert "1 of 2 inputs" in graded_text(lambda x, scale: x / min(scale, 3.0))
    assert "NaN" in graded_text(lambda x, scale: np.nan * x)

    def forgets_return(x, scale):
        x / scale

    def says_only_what_it_will_do(x, scale):
        """Divide."""
        ...

    assert "does it end with return" in graded_text(forgets_return)
    assert "not tried yet" in graded_text(says_only_what_it_will_do)

    def spoils_its_input(x, scale):
        x /= scale
        return x

    assert graded(exercise, spoils_its_input, monkeypatch).correct
    assert exercise.inputs[0][0][0] == 1.0


def doubling(n_inputs, monkeypatch, wrong=()):
    exercise = Function(
        lambda x: 2 * x, tuple((float(i),) for i in range(n_inputs)), "a number", wrong, ("x",)
    )
    return lambda answer: graded(exercise, answer, monkeypatch)


def test_what_a_function_does_to_every_input_has_a_name(monkeypatch):
    inputs = ((1.0,), (math.nan,), (2.0,))
    filled = Function(lambda x: x if x == x else -1.0, inputs, "a number", (), ("x",))
    assert "NaN comes out where NaN goes in" in graded(filled, lambda x: x, monkeypatch).text
    half = graded(filled, lambda x: -x if x == x else -1.0, monkeypatch)
    assert "2 of 3 inputs that were tried give something else" in half.text
    positive = Function(lambda x: (x, [x, x]), ((1.0,), (2.0,)), "two", (), ("x",))
    turned = graded(positive, lambda x: (-x, [-x, -x]), monkeypatch)
    assert "the sign is turned over everywhere" in turned.text
    divided = Function(lambda x: x, ((1.0,), (0.0,)), "a number", (), ("x",))
    assert "division by 0" in graded(divided, lambda x: x if x else math.nan, monkeypatch).text


def test_an_answer_is_called_once_for_each_input(monkeypatch):
    calls = []

    def answer(x):
        calls.append(x)
        return 3 * x + 1

    wrong = (Wrong("one", lambda x: x, "Not so."), Wrong("two", lambda x: -x, "Nor so."))
    assert doubling(5, monkeypatch, wrong)(answer).correct is False
    assert calls == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_what_an_answer_prints_is_shown_once_and_only_if_it_is_wrong(monkeypatch, capsys):
    def chatty(x, factor=2):
        print("x is", x)
        print("warm", file=sys.stderr)
        return factor * x

    grade = doubling(20, monkeypatch)
    assert grade(chatty).text == "✓ 99.made_up"
    text = grade(lambda x: chatty(x, 3)).text
    assert text.count("x is") == 1 and "it prints: x is 1.0 / warm" in text
    assert capsys.readouterr() == ("", "")


@pytest.mark.native("a division by zero does not warn")
def test_what_an_answer_warns_of_is_said_once_and_does_not_make_it_wrong(monkeypatch):
    def warns(x, factor=2):
        np.log(np.zeros(1))
        return factor * x

    grade = doubling(20, monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grade(warns).correct
        assert grade(lambda x: warns(x, 3)).text.count("RuntimeWarning: divide by zero") == 1


def test_an_answer_leaves_no_figure_behind(monkeypatch):
    plt.close("all")
    kept = plt.figure()

    def plots(x):
        plt.figure()
        return 2 * x

    assert doubling(20, monkeypatch)(plots).correct
    assert plt.get_fignums() == [kept.number]
    plt.close(kept)


def test_an_answer_that_asks_for_input_is_told_so_and_nobody_waits(monkeypatch):
    before = builtins.input
    assert "input()" in doubling(3, monkeypatch)(lambda x: 2 * float(input("x? "))).text
    assert builtins.input is before


def test_an_answer_leaves_the_global_random_states_and_error_handling_alone(monkeypatch):
    def spoils(x):
        np.random.seed(0)
        random.seed(0)
        np.seterr(all="raise")
        return 2 * x

    before = getstate(), np.random.get_state()[1].copy(), np.geterr()
    assert doubling(3, monkeypatch)(spoils).correct
    assert getstate() == before[0] and np.geterr() == before[2]
    assert np.array_equal(np.random.get_state()[1], before[1])


def test_settings_of_the_notebook_decide_no_verdict(monkeypatch):
    """NumPy set to raise, or every warning an error: a right answer stays right."""
    exercise = Function(
        lambda x: np.where(x > 0, np.log(x), 0.0),
        ((np.array([0.0, 1.0]),), (np.array([2.0]),)),
        "shape (n,)",
        (),
        ("x",),
    )
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert graded(exercise, exercise.right, monkeypatch).correct


def test_an_answer_may_hand_back_one_array_again_and_again(monkeypatch):
    shared = np.zeros(1)

    def reuses(x):
        shared[:] = 2 * x
        return shared

    assert doubling(4, monkeypatch)(reuses).correct


@pytest.mark.parametrize("change", ["append", "sort", "clear"])
def test_an_answer_that_changes_a_list_or_a_dict_spoils_no_later_input(change, monkeypatch):
    exercise = Function(
        lambda values, named: float(sum(values) + len(named)),
        inputs=(([3.0, 1.0], {"a": 1}), ([5.0, 2.0, 1.0], {"b": 2, "c": 3})),
        kind="a number",
        wrong=(),
    )

    def spoils(values, named):
        result = sum(values) + len(named)
        named.clear()
        getattr(values, change)(*([0.0] if change == "append" else []))
        return result

    for _ in range(2):
        assert graded(exercise, spoils, monkeypatch).correct


def test_an_interrupt_stops_the_check_and_an_exit_does_not_stop_the_kernel(monkeypatch):
    def interrupted(x):
        raise KeyboardInterrupt

    grade, before = doubling(3, monkeypatch), sys.stdout
    with pytest.raises(KeyboardInterrupt):
        grade(interrupted)
    assert sys.stdout is before
    assert "SystemExit" in grade(lambda x: sys.exit(3)).text


def test_an_error_of_many_lines_is_said_in_one(monkeypatch):
    def fails(x):
        raise ValueError("first\nsecond " + 500 * "x")

    lines = doubling(3, monkeypatch)(fails).text.splitlines()
    assert lines[0] == "✗ 99.made_up: got ValueError: first"
    assert len(lines) == 3 and "at x = 0.0" in lines[1] and "expected: a number" in lines[2]


@pytest.mark.parametrize(
    "wrap", [lambda v: np.array([v]), lambda v: [v], lambda v: Fraction(v), np.float32]
)
def test_a_function_may_return_its_number_in_any_form(wrap, monkeypatch):
    grade = doubling(4, monkeypatch)
    assert grade(lambda x: wrap(2 * x)).correct
    assert not grade(lambda x: wrap(3 * x)).correct
    assert "shape (2,)" in grade(lambda x: np.array([2 * x, 2 * x])).text
    for strange in (lambda x: "2", lambda x: 2j * x, lambda x: {"x": x}, lambda x: grade):
        assert "expected: a number" in grade(strange).text


def test_arrays_of_different_shapes_are_named_by_their_shapes(monkeypatch):
    exercise = Function(
        lambda x: (x, x**2), ((np.arange(3.0),),), "a pair of shape (n,) each", (), ("x",)
    )
    text = graded(exercise, lambda x: (x, np.outer(x, x)), monkeypatch).text
    assert "shapes (3,) and (3, 3)" in text
    table = Wrong("a table", lambda x: (x, np.outer(x, x)), "Its diagonal is asked for.")
    exercise = dataclasses.replace(exercise, wrong=(table,))
    assert "a table" in graded(exercise, table.answer, monkeypatch).text


FUNCTIONS = {name: each for name, each in EXERCISES.items() if isinstance(each, Function)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_constant_passes_in_place_of_an_argument(name):
    """Every argument varies over the inputs, and the answer with it."""
    exercise = FUNCTIONS[name]
    for place in range(len(exercise.inputs[0])):
        for frozen in (each[place] for each in exercise.inputs):

            def constant(*arguments, place=place, frozen=frozen):
                given = (*arguments[:place], copy.deepcopy(frozen), *arguments[place + 1 :])
                return exercise.right(*given)

            if len(exercise.inputs[0]) > 1:
                assert checks.grade(name, constant).correct is False, (place, frozen)


@pytest.mark.parametrize(
    "answer", ["b", " B ", "(b)", "b)", "b.", "**b**", "'b'", ["b"], ("(b)",), np.array(["b"])]
)
def test_a_letter_is_taken_as_the_text_prints_it(answer, monkeypatch):
    exercise = Choice("b", (Wrong("first", "a", "Look at the left end again."),))
    assert graded(exercise, answer, monkeypatch).correct


@pytest.mark.parametrize(
    "answer", ["ab", "(c)", 2, ["a", "b"], np.array([1, 2]), [[1.0], [2.0, 3.0]], {"b": 1}, True]
)
def test_what_is_no_letter_of_the_choice_is_refused_with_those_that_are(answer, monkeypatch):
    exercise = Choice("b", (Wrong("first", "a", "Look at the left end again."),))
    verdict = graded(exercise, answer, monkeypatch)
    assert verdict.correct is False and "expected: one of the letters a, b" in verdict.text


def test_a_choice_is_a_letter_in_either_case(monkeypatch):
    exercise = Choice("b", (Wrong("first", "a", "Look at the left end again."),), because="it is.")
    assert graded(exercise, " B ", monkeypatch).text == "✓ 99.made_up: it is."
    assert "Look at the left end" in graded(exercise, "a", monkeypatch).text
    assert "a, b" in graded(exercise, "z", monkeypatch).text
    assert "a, b" in graded(exercise, 2, monkeypatch).text


@pytest.mark.parametrize("name", ["99.nothing", "hit_rate", 3, None])
def test_an_unknown_exercise_is_an_error_that_says_what_there_is(name):
    with pytest.raises(ValueError, match="name must be"):
        checks.check(name, 1.0)


def test_an_empty_body_is_blank_as_python_3_15_compiles_it(monkeypatch):
    body = [("RESUME", 0), ("LOAD_COMMON_CONSTANT", None), ("RETURN_VALUE", None)]
    steps = [SimpleNamespace(opname=name, argval=value) for name, value in body]
    monkeypatch.setattr(checks.dis, "get_instructions", lambda code: steps)
    assert checks.grade("07.loop", lambda f: ...).correct is None
