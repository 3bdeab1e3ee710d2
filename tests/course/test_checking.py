"""Every exercise of the course: right, blank, and each wrong answer with a hint of its own."""

import re

import numpy as np
import pytest

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
    assert EXERCISES[name].kind in verdict.text


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
        (np.array([0.25]), "answer.item()"),
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
    "answer, says",
    [
        ([-1, -2, -3], "the sign is turned over everywhere"),
        ([3, 2, 1], "in another order"),
        ([1, 2, 4], "the first at index 2"),
        ([[1], [2], [3]], "shape (3, 1)"),
        ([1, 2, np.inf], "not finite"),
    ],
)
def test_an_array_is_wrong_in_a_way_that_has_a_name(answer, says, monkeypatch):
    exercise = Array(np.array([1.0, 2.0, 3.0]), "shape (3,)", wrong=())
    assert says in graded(exercise, answer, monkeypatch).text
    assert graded(exercise, [1, 2, 3], monkeypatch).correct


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
