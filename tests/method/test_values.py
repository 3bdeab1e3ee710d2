"""What an evaluation may return: a number, a failure in any spelling, or a named mistake."""

import datetime
import decimal
import fractions
import math
import sys

import numpy as np
import pandas as pd
import pytest

import bo_tutorial as bo
from bo_tutorial.strategy import as_value

with np.errstate(all="ignore"):  # where a longdouble is a float, these are infinite and 0
    LONG_AND_LARGE = np.longdouble(sys.float_info.max) * 4
    LONG_AND_SMALL = np.longdouble(5e-324) / 1e9

MISSING = {
    "masked": np.ma.masked,
    "a mean of masked values": -np.ma.masked_invalid([np.nan] * 3).mean(),
    "the largest of no values": np.ma.array([1.0, 2.0], mask=True).max(),
    "0-d and masked": np.ma.array(0.5, mask=True),
    "one element, masked": np.ma.array([0.5], mask=[True]),
    "0-d masked integer": np.ma.array(7, mask=True),
    "an empty array": np.array([]),
    "an empty masked array": np.ma.array([]),
    "an empty table": np.zeros((0, 3)),
    "NaT": np.datetime64("NaT", "s"),
    "NaT as a duration": np.timedelta64("NaT", "s"),
    "0-d NaT": np.array(np.timedelta64("NaT", "s")),
    "pandas.NA": pd.NA,
    "pandas.NaT": pd.NaT,
    "pandas.NA in an array": np.array(pd.NA),
    "a pandas mean of none": pd.Series([], dtype="Float64").mean(),
    "NaN": math.nan,
    "0-d NaN": np.array(np.nan),
    "float32 NaN": np.float32("nan"),
    "decimal NaN": decimal.Decimal("NaN"),
    "signaling decimal NaN": decimal.Decimal("sNaN"),
}
OUT_OF_RANGE = {
    "inf": math.inf,
    "-inf": -math.inf,
    "float32 inf": np.float32("inf"),
    "an integer": 10**400,
    "a negative integer": -(10**400),
    "a fraction": fractions.Fraction(10**400, 3),
    "a decimal": decimal.Decimal("1e400"),
    "decimal infinity": decimal.Decimal("-Infinity"),
    "an integer in an array": np.array(10**400, dtype=object),
    "the largest longdouble": LONG_AND_LARGE,
}


class Scalar:
    """What a tensor of another library looks like: all it can do is become a float."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


NUMBERS = {
    "an integer": (3, 3.0),
    "a bool": (True, 1.0),
    "numpy bool": (np.bool_(False), 0.0),
    "float32": (np.float32(0.25), 0.25),
    "0-d": (np.array(0.5), 0.5),
    "0-d masked array, not masked": (np.ma.array(0.5), 0.5),
    "a mean of unmasked values": (np.ma.masked_invalid([np.nan, 1.5, 2.5]).mean(), 2.0),
    "a fraction": (fractions.Fraction(1, 4), 0.25),
    "a ratio of huge integers": (fractions.Fraction(10**400, 10**399), 10.0),
    "a decimal": (decimal.Decimal("-0.5"), -0.5),
    "longdouble": (np.longdouble(0.5), 0.5),
    "a longdouble below every float": (LONG_AND_SMALL, 0.0),
    "the largest float": (sys.float_info.max, sys.float_info.max),
    "the smallest float": (5e-324, 5e-324),
    "a tensor": (Scalar(0.75), 0.75),
}
MISTAKES = {
    "None": None,
    "None in an array": np.array(None),
    "text": "0.9",
    "text that is NaN": "nan",
    "bytes": b"0.9",
    "a bytearray": bytearray(b"0.9"),
    "a memoryview": memoryview(b"0.9"),
    "text in an array": np.array("0.9"),
    "a list": [0.9],
    "a tuple": (0.9,),
    "an empty list": [],
    "a dict": {"value": 0.9},
    "one element": np.array([0.9]),
    "one unmasked element": np.ma.array([0.9]),
    "two elements, masked": np.ma.array([0.9, 0.8], mask=True),
    "a date": np.datetime64("2026-11-30"),
    "a duration without its unit": np.timedelta64(3, "s"),
    "a datetime": datetime.datetime(2026, 11, 30),
    "a timedelta": datetime.timedelta(seconds=3),
    "a complex number": (-8) ** 0.5,
    "numpy's complex number": np.complex128(1 + 2j),
    "a function": max,
}


@pytest.mark.parametrize("value", [*MISSING.values()], ids=[*MISSING])
def test_a_missing_value_is_a_failure(value):
    with np.errstate(all="raise"):
        assert math.isnan(as_value("value", value))


@pytest.mark.parametrize("value", [*OUT_OF_RANGE.values()], ids=[*OUT_OF_RANGE])
def test_a_value_outside_the_range_of_a_float_is_a_failure(value):
    with np.errstate(all="raise"):
        assert math.isnan(as_value("value", value))


@pytest.mark.parametrize("value, expected", [*NUMBERS.values()], ids=[*NUMBERS])
def test_a_number_keeps_its_value(value, expected):
    with np.errstate(all="raise"):
        taken = as_value("value", value)
    assert type(taken) is float and taken == expected


@pytest.mark.parametrize("value", [*MISTAKES.values()], ids=[*MISTAKES])
def test_what_is_no_number_is_named(value):
    with pytest.raises(TypeError, match="value must be one real number, got "):
        as_value("value", value)


class Fails:
    """As a tensor of two elements does in PyTorch, and a class whose repr fails too."""

    def __float__(self):
        raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")

    def __repr__(self):
        raise RuntimeError("nor can it be shown")


def test_what_fails_to_become_a_number_is_named_even_if_it_cannot_be_shown():
    with pytest.raises(TypeError, match="one real number, got <Fails without a repr: RuntimeErr"):
        as_value("value", Fails())


def test_a_forgotten_return_is_named():
    with pytest.raises(TypeError, match="got None .*return"):
        as_value("value", None)


def test_an_objective_of_masked_means_has_failures_and_a_best_that_is_true():
    """The best was 0.0, the number behind `masked`, and nothing had failed."""

    def objective(config):
        x = config["x"]
        return -np.ma.masked_invalid([np.nan] * 3 if x < 0.5 else [x] * 3).mean()

    result = bo.maximize(objective, bo.Space(x=bo.Float(0, 1)), 12, progress=False)
    x = np.array([config["x"] for config in result.configs])
    assert np.array_equal(np.isnan(result.values), x < 0.5)
    assert result.best_value == -x[x >= 0.5].min()


@pytest.mark.parametrize("huge", [10**400, -(10**400), math.inf])
def test_a_run_goes_on_after_a_value_outside_the_range_of_a_float(huge):
    def objective(config):
        return huge if config["x"] < 0.3 else config["x"]

    result = bo.maximize(objective, bo.Space(x=bo.Float(0, 1)), 9, progress=False)
    assert len(result.values) == 9 and np.isnan(result.values).any()
    assert result.best_value > 0.3
