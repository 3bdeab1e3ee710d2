"""The checks of lesson 08 against what a learner may rightly hand over."""

from dataclasses import replace

import numpy as np
import pytest

from bo_tutorial import worked_example as we
from bo_tutorial.course import check

NOISY = replace(we.Assumptions(), noise_variance=0.01**2)
MU, SIGMA, _ = we.evaluate(NOISY, [0.01])
NEXT = we.next_learning_rate(NOISY)


@pytest.mark.parametrize(
    "answer",
    [
        [MU, SIGMA, NEXT],
        (MU, SIGMA, np.array([NEXT])),
        [[MU[0]], (SIGMA[0],), NEXT],
        np.array([MU[0], SIGMA[0], NEXT]),
        [MU[0], SIGMA, NEXT],
    ],
    ids=["as evaluate returns them", "all arrays", "lists of one", "an array", "mixed"],
)
def test_a_number_in_an_array_of_its_own_is_taken(answer, capsys):
    check("08.noisy_trainings", answer)
    assert capsys.readouterr().out.startswith("✓")


@pytest.mark.parametrize(
    "answer, said",
    [
        ([MU, SIGMA], "shape (2,)"),
        ([MU, np.array([0.1, 0.2]), NEXT], "are all rows as long"),
        ([MU, SIGMA**2, NEXT], "the variance of f"),
        (np.array([[MU[0], SIGMA[0], NEXT]]), "shape (1, 3)"),
        ("three", "without quotes"),
    ],
    ids=["too few", "ragged", "a variance", "a row", "text"],
)
def test_what_is_not_three_numbers_is_still_refused_in_words(answer, said, capsys):
    check("08.noisy_trainings", answer)
    out = capsys.readouterr().out
    assert out.startswith("✗") and said in out


def test_an_improvement_in_standard_deviations_has_its_hint(capsys):
    check("08.far_away", 0.0833)
    assert "in standard deviations" in capsys.readouterr().out
