"""The search space: round trips, exact ends, and the distributions that sampling promises."""

import dataclasses
import math
import os
import pickle
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import bo_tutorial as bo
from bo_tutorial.journal import fingerprint

unit = st.floats(0.0, 1.0)


def network_space():
    """Build the article's five hyperparameters and a conditional one."""
    return bo.Space(
        learning_rate=bo.Float(1e-4, 1.0, log=True),
        batch_size=bo.Int(16, 256, log=True),
        dropout=bo.Float(0.0, 0.6),
        n_layers=bo.Int(1, 5),
        hidden_size=bo.Int(32, 512, log=True),
        optimizer=bo.Categorical(["sgd", "momentum"]),
        momentum=bo.Float(0.0, 0.99, when={"optimizer": "momentum"}),
    )


@st.composite
def linear_bounds(draw):
    low = draw(st.floats(-1e4, 1e4))
    return low, low + draw(st.floats(1e-2, 1e4))


@st.composite
def log_bounds(draw):
    low = 10.0 ** draw(st.floats(-12, 6))
    return low, low * 10.0 ** draw(st.floats(0.1, 12))


@st.composite
def int_bounds(draw, lowest=-10_000):
    low = draw(st.integers(lowest, 10_000))
    return low, low + draw(st.integers(1, 10_000))


# ------------------------------------------------------------------------------------ round trips


@given(linear_bounds(), unit)
def test_linear_float_round_trip(bounds, u):
    low, high = bounds
    space = bo.Space(x=bo.Float(low, high))
    config = space.from_unit(np.array([u]))
    assert low <= config["x"] <= high
    assert config["x"] == pytest.approx(low + u * (high - low), rel=1e-12, abs=1e-12 * (high - low))
    # A coordinate loses what the width loses against the bounds' own magnitude.
    lost = 4 * np.finfo(float).eps * max(abs(low), abs(high)) / (high - low)
    back = space.to_unit(config)
    assert back.shape == (1,) and 0.0 <= back[0] <= 1.0
    assert back[0] == pytest.approx(u, rel=1e-12, abs=max(lost, 1e-15))
    again = space.from_unit(back)["x"]
    assert again == pytest.approx(config["x"], rel=1e-12, abs=1e-12 * (high - low))


@given(log_bounds(), unit)
def test_log_float_round_trip(bounds, u):
    low, high = bounds
    space = bo.Space(x=bo.Float(low, high, log=True))
    config = space.from_unit(np.array([u]))
    assert low <= config["x"] <= high
    assert config["x"] == pytest.approx(low * (high / low) ** u, rel=1e-12)
    back = space.to_unit(config)
    assert 0.0 <= back[0] <= 1.0
    lost = 8 * np.finfo(float).eps * (1 + abs(math.log(low)) + abs(math.log(high)))
    assert back[0] == pytest.approx(u, rel=1e-12, abs=lost / math.log(high / low))
    assert space.from_unit(back)["x"] == pytest.approx(config["x"], rel=1e-12)


@given(int_bounds(), unit, st.data())
def test_linear_int_round_trip(bounds, u, data):
    low, high = bounds
    space = bo.Space(k=bo.Int(low, high))
    value = data.draw(st.integers(low, high))
    position = space.to_unit({"k": value})
    assert position[0] == pytest.approx((value - low + 0.5) / (high - low + 1), rel=1e-12)
    assert space.from_unit(position) == {"k": value}
    drawn = space.from_unit(np.array([u]))["k"]
    assert isinstance(drawn, int) and low <= drawn <= high
    # u lies in the bin of the integer it gives, up to rounding at the bin's edge.
    assert abs(u * (high - low + 1) - (drawn - low + 0.5)) <= 0.5 + 1e-9


@given(int_bounds(lowest=1), unit, st.data())
def test_log_int_round_trip(bounds, u, data):
    low, high = bounds
    space = bo.Space(k=bo.Int(low, high, log=True))
    value = data.draw(st.integers(low, high))
    width = math.log((high + 0.5) / (low - 0.5))
    position = space.to_unit({"k": value})
    assert position[0] == pytest.approx(math.log(value / (low - 0.5)) / width, rel=1e-9)
    assert space.from_unit(position) == {"k": value}
    drawn = space.from_unit(np.array([u]))["k"]
    assert isinstance(drawn, int) and low <= drawn <= high
    raw = (low - 0.5) * math.exp(u * width)
    assert abs(raw - drawn) <= 0.5 + 1e-9 * raw


@given(st.lists(st.text(max_size=5), min_size=1, max_size=9, unique=True), unit, st.data())
def test_categorical_round_trip(choices, u, data):
    space = bo.Space(c=bo.Categorical(choices))
    index = data.draw(st.integers(0, len(choices) - 1))
    position = space.to_unit({"c": choices[index]})
    assert position[0] == pytest.approx((index + 0.5) / len(choices), rel=1e-12)
    assert space.from_unit(position) == {"c": choices[index]}
    expected = choices[min(int(u * len(choices)), len(choices) - 1)]
    assert space.from_unit(np.array([u]))["c"] == expected


@given(st.lists(unit, min_size=7, max_size=7))
def test_a_mixed_conditional_space_round_trip(u):
    space = network_space()
    config = space.from_unit(np.array(u))
    space.validate(config)
    assert ("momentum" in config) == (config["optimizer"] == "momentum")
    back = space.to_unit(config)
    assert back.shape == (7,) and ((back >= 0) & (back <= 1)).all()
    if "momentum" not in config:
        assert back[6] == 0.5
    again = space.from_unit(back)
    assert again.keys() == config.keys()
    for name, value in config.items():
        if isinstance(value, float):
            assert again[name] == pytest.approx(value, rel=1e-12, abs=1e-14)
        else:
            assert again[name] == value
    np.testing.assert_allclose(space.to_unit(again), back, rtol=1e-12, atol=1e-14)


def test_the_type_of_a_value_is_the_type_of_its_hyperparameter():
    """A config goes to JSON and to a user's range(n): no numpy scalars in it."""
    space = network_space()
    for u in (np.full(7, 0.99), np.full(7, 0.01)):
        config = space.from_unit(u)
        for name in ("learning_rate", "dropout", "momentum"):
            assert name not in config or type(config[name]) is float
        for name in ("batch_size", "n_layers", "hidden_size"):
            assert type(config[name]) is int
        assert type(config["optimizer"]) is str


# ------------------------------------------------------------------------------------------ ends


@given(linear_bounds())
def test_linear_ends_are_exact(bounds):
    low, high = bounds
    space = bo.Space(x=bo.Float(low, high))
    assert space.from_unit(np.array([0.0]))["x"] == low
    assert space.from_unit(np.array([1.0]))["x"] == high
    assert space.to_unit({"x": low})[0] == 0.0
    assert space.to_unit({"x": high})[0] == 1.0


@given(log_bounds())
def test_log_ends_are_exact(bounds):
    low, high = bounds
    space = bo.Space(x=bo.Float(low, high, log=True))
    assert space.from_unit(np.array([0.0]))["x"] == low
    assert space.from_unit(np.array([1.0]))["x"] == high
    assert space.to_unit({"x": low})[0] == 0.0
    assert space.to_unit({"x": high})[0] == 1.0


@given(int_bounds(lowest=1), st.booleans())
def test_int_ends_are_exact(bounds, log):
    low, high = bounds
    space = bo.Space(k=bo.Int(low, high, log=log))
    assert space.from_unit(np.array([0.0]))["k"] == low
    assert space.from_unit(np.array([1.0]))["k"] == high


# --------------------------------------------------------------------------------- distributions


def test_every_integer_has_the_same_share_of_the_unit_interval():
    space = bo.Space(k=bo.Int(3, 12))
    u = np.random.default_rng(0).random(20_000)
    counts = np.bincount([space.from_unit(np.array([v]))["k"] for v in u], minlength=13)[3:]
    assert stats.chisquare(counts).pvalue > 1e-3
    # And exactly: midpoints of an even partition into bins fall ten to each integer.
    even = (np.arange(100) + 0.5) / 100
    counts = np.bincount([space.from_unit(np.array([v]))["k"] for v in even], minlength=13)[3:]
    np.testing.assert_array_equal(counts, 10)


def samples(space, n, seed=0):
    rng = np.random.default_rng(seed)
    return [space.sample(rng) for _ in range(n)]


def test_sampled_integers_are_uniform():
    drawn = [config["k"] for config in samples(bo.Space(k=bo.Int(-2, 4)), 7000)]
    counts = np.bincount(np.array(drawn) + 2, minlength=7)
    assert counts.size == 7
    assert stats.chisquare(counts).pvalue > 1e-3


def test_sampled_log_integers_follow_the_log_bins():
    drawn = [config["k"] for config in samples(bo.Space(k=bo.Int(1, 16, log=True)), 20_000)]
    counts = np.bincount(drawn, minlength=17)[1:]
    k = np.arange(1, 17)
    share = np.log((k + 0.5) / (k - 0.5)) / np.log(16.5 / 0.5)
    assert stats.chisquare(counts, 20_000 * share).pvalue > 1e-3


def test_sampled_floats_are_uniform():
    drawn = [config["x"] for config in samples(bo.Space(x=bo.Float(-3.0, 7.0)), 5000)]
    assert stats.kstest(drawn, stats.uniform(-3.0, 10.0).cdf).pvalue > 1e-3


def test_sampled_log_floats_are_log_uniform():
    drawn = [config["x"] for config in samples(bo.Space(x=bo.Float(1e-4, 1.0, log=True)), 5000)]
    assert stats.kstest(drawn, stats.loguniform(1e-4, 1.0).cdf).pvalue > 1e-3


def test_sampled_categories_are_uniform():
    drawn = [config["c"] for config in samples(bo.Space(c=bo.Categorical(["a", "b", "c"])), 6000)]
    assert stats.chisquare([drawn.count(c) for c in "abc"]).pvalue > 1e-3


def test_sampled_hyperparameters_are_independent():
    space = bo.Space(x=bo.Float(0.0, 1.0), y=bo.Float(0.0, 1.0))
    drawn = samples(space, 5000)
    pair = stats.pearsonr([c["x"] for c in drawn], [c["y"] for c in drawn])
    assert pair.pvalue > 1e-3


def test_samples_are_valid_reproducible_and_conditional():
    space = network_space()
    drawn = samples(space, 500)
    assert drawn == samples(space, 500)
    assert drawn != samples(space, 500, seed=1)
    for config in drawn:
        space.validate(config)
        expected = set(space.names)
        if config["optimizer"] == "sgd":
            expected.remove("momentum")
        assert set(config) == expected
    with_momentum = [c["momentum"] for c in drawn if "momentum" in c]
    assert stats.binomtest(len(with_momentum), 500).pvalue > 1e-3
    assert stats.kstest(with_momentum, stats.uniform(0, 0.99).cdf).pvalue > 1e-3


def test_sampling_leaves_the_global_generator_alone():
    before = np.random.get_state()[1].copy()
    samples(network_space(), 3)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


# --------------------------------------------------------------------------------- names and grid


def test_names_keep_their_order():
    space = network_space()
    assert list(space.names) == [
        "learning_rate",
        "batch_size",
        "dropout",
        "n_layers",
        "hidden_size",
        "optimizer",
        "momentum",
    ]
    assert space.d == 7
    assert list(space.from_unit(np.full(7, 0.9))) == list(space.names)


def test_equal_configs_are_at_distance_zero():
    """The coordinate of an inactive hyperparameter must not keep two equal configs apart."""
    space = network_space()
    u = np.full(7, 0.2)
    other = u.copy()
    other[6] = 0.9
    one, two = space.from_unit(u), space.from_unit(other)
    assert one["optimizer"] == "sgd" and one == two
    np.testing.assert_array_equal(space.to_unit(one), space.to_unit(two))


def test_the_grid_of_the_article():
    """Five values for each of five hyperparameters: 3125 configurations, ends included."""
    space = bo.Space(
        learning_rate=bo.Float(1e-4, 1.0, log=True),
        batch_size=bo.Int(16, 256, log=True),
        dropout=bo.Float(0.0, 0.6),
        n_layers=bo.Int(1, 5),
        hidden_size=bo.Int(32, 512, log=True),
    )
    grid = space.grid(5)
    assert len(grid) == 3125
    for config in grid:
        space.validate(config)
    assert len({tuple(config.items()) for config in grid}) == 3125
    values = {name: sorted({config[name] for config in grid}) for name in space.names}
    np.testing.assert_allclose(values["learning_rate"], [1e-4, 1e-3, 1e-2, 1e-1, 1.0], rtol=1e-12)
    assert values["learning_rate"][0] == 1e-4 and values["learning_rate"][-1] == 1.0
    np.testing.assert_allclose(values["dropout"], [0, 0.15, 0.3, 0.45, 0.6], atol=1e-15)
    assert values["batch_size"] == [16, 32, 64, 128, 256]
    assert values["hidden_size"] == [32, 64, 128, 256, 512]
    assert values["n_layers"] == [1, 2, 3, 4, 5]


def test_a_grid_takes_every_integer_and_category_once():
    space = bo.Space(k=bo.Int(1, 3), c=bo.Categorical(["a", "b"]), x=bo.Float(0.0, 1.0))
    grid = space.grid(7)
    assert len(grid) == 3 * 2 * 7
    assert {config["k"] for config in grid} == {1, 2, 3}
    assert {config["c"] for config in grid} == {"a", "b"}
    np.testing.assert_allclose(sorted({c["x"] for c in grid}), np.arange(7) / 6, atol=1e-15)


def test_a_grid_has_no_copies_where_a_hyperparameter_is_inactive():
    space = bo.Space(
        optimizer=bo.Categorical(["sgd", "momentum"]),
        momentum=bo.Float(0.0, 0.9, when={"optimizer": "momentum"}),
    )
    grid = space.grid(3)
    assert len(grid) == 4
    assert {"optimizer": "sgd"} in grid
    assert sorted(c["momentum"] for c in grid if "momentum" in c) == [0.0, 0.45, 0.9]


# ---------------------------------------------------------------- rounding is for display only


GRIDS = [
    (0.0, math.pi, False, 5),
    (-math.e, math.pi, False, 7),
    (1.0, 1 + 1e-12, False, 5),
    (1e9, 1e9 + 1e-3, False, 9),
    (-0.1, 0.2, False, 4),
    (0.0, 1.0, False, 4),
    (1e-300, 1e300, True, 11),
    (math.pi / 1e4, math.pi, True, 6),
    (1e5, 1e5 + 1e-6, True, 6),
    (0.1, 0.1 + 1e-9, True, 5),
]


@pytest.mark.parametrize("low, high, log, points", GRIDS)
def test_a_grid_has_as_many_values_as_asked_for_and_all_of_them_inside(low, high, log, points):
    """Against 50 digits; the ends exactly."""
    values = bo.Float(low, high, log=log).grid(points)
    assert len(values) == len(set(values)) == points
    assert values == sorted(values) and values[0] == low and values[-1] == high
    with mpmath.workdps(50):
        a, b = mpmath.mpf(low), mpmath.mpf(high)
        shares = [mpmath.mpf(i) / (points - 1) for i in range(points)]
        exact = [a * (b / a) ** u if log else a + u * (b - a) for u in shares]
        # What the logarithm of an end is rounded by, or the ends themselves.
        size = max(abs(math.log(low)), abs(math.log(high))) if log else 0
        for value, right in zip(values, exact, strict=True):
            unit = abs(right) if log else max(abs(a), abs(b))
            assert abs(value - right) <= (8 + 4 * size) * sys.float_info.epsilon * unit
    assert all(bo.Float(low, high, log=log).refuse("x", value) is None for value in values)


@pytest.mark.parametrize(
    "kind, points, right",
    [
        (bo.Float(1e-4, 1.0, log=True), 5, [1e-4, 1e-3, 1e-2, 1e-1, 1.0]),
        (bo.Float(0.0, 0.6), 5, [0.0, 0.15, 0.3, 0.45, 0.6]),
        (bo.Float(-0.3, 0.3), 3, [-0.3, 0.0, 0.3]),
        (bo.Float(-0.1, 0.2), 4, [-0.1, 0.0, 0.1, 0.2]),
        (bo.Float(1e-300, 1e-296, log=True), 5, [1e-300, 1e-299, 1e-298, 1e-297, 1e-296]),
        (bo.Int(0, 10**13 + 2), 3, [0, 5 * 10**12 + 1, 10**13 + 2]),
        (bo.Int(0, 2**48 - 1), 4, [0, (2**48 - 1) // 3, 2 * (2**48 - 1) // 3, 2**48 - 1]),
        (bo.Int(1, 4), 3, [1, 3, 4]),  # 2.5 is rounded up
        (bo.Int(16, 256, log=True), 5, [16, 32, 64, 128, 256]),
        (bo.Int(2**40 - 2, 2**40, log=True), 2, [2**40 - 2, 2**40]),
        (bo.Int(1, 2**40, log=True), 5, [1, 2**10, 2**20, 2**30, 2**40]),
        (bo.Int(1, 4, log=True), 3, [1, 2, 4]),
    ],
    ids=repr,
)
def test_a_grid_has_the_plain_number_where_that_is_the_one_meant(kind, points, right):
    assert kind.grid(points) == right
    assert list(map(type, kind.grid(points))) == list(map(type, right))


def test_grid_search_asks_within_bounds_of_many_digits():
    space = bo.Space(x=bo.Float(0, math.pi), y=bo.Float(math.sqrt(2) / 1e6, math.e, log=True))
    strategy = bo.GridSearch(space, points=4)
    for _ in range(16):
        strategy.tell(strategy.ask(), 0.0)
    with pytest.raises(bo.SpaceExhausted):
        strategy.ask()


def test_an_error_does_not_round_the_bound_that_it_names():
    with pytest.raises(ValueError, match=r"in \[0, 3.141592653589793\], got 3.1416"):
        bo.Space(x=bo.Float(0, math.pi)).validate({"x": 3.1416})


# ----------------------------------------------------------------- what the cube can tell apart


@pytest.mark.parametrize(
    "kind",
    [
        bo.Int(0, 2**48),
        bo.Int(-(2**48), 2**48),
        bo.Int(2**48 - 10, 2**48),
        bo.Int(-(2**48), -(2**48) + 3),
        bo.Int(1, 2**40, log=True),
        bo.Int(2**40 - 10, 2**40, log=True),
        bo.Int(2**39, 2**40, log=True),
        bo.Int(-7, -7 + 5 * 2**44, step=5),
        bo.Int(0, 2**48, step=2**47),
    ],
    ids=repr,
)
def test_every_integer_of_the_largest_ranges_comes_back(kind):
    n = kind.n_values
    rng = np.random.default_rng(0)
    places = {*range(min(n, 300)), *range(max(0, n - 300), n), *rng.integers(n, size=300).tolist()}
    values = np.array([kind.low + kind.step * place for place in sorted(places)])
    u = kind.to_unit(values)
    assert ((u > 0) & (u < 1)).all()
    np.testing.assert_array_equal(kind.from_unit(u), values)
    space = bo.Space(k=kind)
    for value in values[[0, len(values) // 2, -1]].tolist():
        assert space.from_unit(space.to_unit({"k": value})) == {"k": value}
    low, high = kind.share(u)
    assert (low < u).all() and (u < high).all()


UNRESOLVED = [
    (lambda: bo.Int(0, 2**63 - 1), "high must be at most 281474976710656 = 2.*48"),
    (lambda: bo.Int(2**60, 2**60 + 10), "low must be at most 281474976710656 = 2.*48"),
    (lambda: bo.Int(-(2**64), 0), "low must be at most 281474976710656"),
    (lambda: bo.Int(1_700_000_000_000_000_000, 1_800_000_000_000_000_000), "count from a number"),
    (lambda: bo.Int(0, 10**400), "got a number of 1329 bits"),
    (lambda: bo.Int(np.int64(2**62), np.int64(2**62 + 8)), "low must be at most"),
    (lambda: bo.Int(1, 2**41, log=True), "high must be at most 1099511627776 = 2.*40"),
    (lambda: bo.Float(-1e308, 1e308), "high - low must be at most 1.798e.308"),
    (lambda: bo.Float(0, 10**400), "high must be at most 1.798e.308"),
    (lambda: bo.Float(1e16, 1e16 + 4), "high - low must be at least 2.05e.03"),
    (lambda: bo.Float(1.0, math.nextafter(1.0, 2.0)), "high - low must be at least 2.27e-13"),
    (lambda: bo.Float(1.7e18, 1.7e18 + 1e3), "count from low"),
    (lambda: bo.Float(0, 5e-324), "high - low must be at least 1e-290"),
    (lambda: bo.Float(-1e-310, 1e-310), "high - low must be at least 1e-290"),
    (lambda: bo.Float(5e-324, 1, log=True), "low must be at least 2.225e-308 on a log scale"),
    (lambda: bo.Float(1e-310, 1e-300, log=True), "low must be at least 2.225e-308"),
    (lambda: bo.Float(1e200, 1e200 * (1 + 1e-12), log=True), r"log\(high\) - log\(low\) must be"),
]


@pytest.mark.parametrize("make, says", UNRESOLVED, ids=[case[1] for case in UNRESOLVED])
def test_bounds_that_the_cube_cannot_resolve_are_refused_with_those_that_it_can(make, says):
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(
    "kind",
    [
        bo.Float(-8.9e307, 8.9e307),
        bo.Float(0, sys.float_info.max),
        bo.Float(0, 1e-290),
        bo.Float(1e16, 1e16 + 2048),
        bo.Float(1.0, 1 + 1e-12),
        bo.Float(sys.float_info.min, sys.float_info.max, log=True),
        bo.Float(1.0, 1 + 1e-12, log=True),
    ],
    ids=repr,
)
def test_the_widest_and_narrowest_bounds_work_without_a_warning_of_numpys(kind):
    space = bo.Space(x=kind)
    with np.errstate(all="raise"):
        for u in (0.0, 2.0**-53, 1e-9, 0.25, 0.5, 1 - 2.0**-53, 1.0):
            config = space.from_unit(np.array([u]))
            assert kind.low <= config["x"] <= kind.high
            assert space.to_unit(config)[0] == pytest.approx(u, abs=1e-3)
        values = kind.grid(9)
    assert len(set(values)) == 9
    assert space.from_unit(np.array([0.0]))["x"] == kind.low
    assert space.from_unit(np.array([1.0]))["x"] == kind.high


def test_bounds_that_are_numpy_scalars_are_python_numbers():
    kind = bo.Float(np.float32(0.25), np.int64(2), log=np.bool_(True))
    assert [type(each) for each in (kind.low, kind.high, kind.log)] == [float, float, bool]
    assert kind == bo.Float(0.25, 2.0, log=True) and repr(kind) == "Float(0.25, 2.0, log=True)"
    kind = bo.Int(np.int8(1), np.uint16(9), step=np.int32(4))
    assert [type(each) for each in (kind.low, kind.high, kind.step)] == [int] * 3
    assert kind == bo.Int(1, 9, step=4) and kind.grid(9) == [1, 5, 9]


def test_values_that_are_numpy_scalars_lie_where_the_python_numbers_lie():
    """float32(x) - low would be computed in seven digits, log(uint8) in three."""
    space = bo.Space(
        x=bo.Float(1e-3, 1.0, log=True), n=bo.Int(1, 200, log=True), c=bo.Categorical(["a", 2])
    )
    odd = {"x": np.float32(0.1), "n": np.uint8(7), "c": np.str_("a")}
    plain = {"x": float(np.float32(0.1)), "n": 7, "c": "a"}
    np.testing.assert_array_equal(space.to_unit(odd), space.to_unit(plain))
    # 0.7 as a float32 is less than 0.7.
    with pytest.raises(ValueError, match=r"x must be in \[0.7, 1\], got 0.69999"):
        bo.Space(x=bo.Float(0.7, 1.0)).validate({"x": np.float32(0.7)})


# ----------------------------------------------------------------------------------------- steps


STEPPED = [
    bo.Int(16, 128, step=16),
    bo.Int(-7, 8, step=5),
    bo.Int(0, 1, step=1),
    bo.Int(3, 9, step=6),
]


@pytest.mark.parametrize("kind", STEPPED, ids=repr)
def test_an_integer_with_steps_takes_each_of_its_values_equally_often_and_no_other(kind):
    values = list(range(kind.low, kind.high + 1, kind.step))
    assert kind.n_values == len(values)
    even = (np.arange(20 * len(values)) + 0.5) / (20 * len(values))
    np.testing.assert_array_equal(kind.from_unit(even), np.repeat(values, 20))
    assert kind.from_unit(0.0) == kind.low and kind.from_unit(1.0) == kind.high
    np.testing.assert_allclose(
        kind.to_unit(np.array(values)), (np.arange(len(values)) + 0.5) / len(values), rtol=1e-14
    )
    low, high = kind.share(kind.to_unit(np.array(values)))
    edges = np.arange(len(values) + 1) / len(values)
    np.testing.assert_allclose(low, edges[:-1], atol=1e-15)
    np.testing.assert_allclose(high, edges[1:], atol=1e-15)
    assert kind.grid(1000) == values and set(kind.grid(2)) == {kind.low, kind.high}
    assert set(bo.Int(0, 100, step=5).grid(7)) <= set(range(0, 101, 5))


def test_an_integer_with_steps_has_neighbors_steps_away():
    space = bo.Space(n=bo.Int(0, 60, step=3))
    found = [space.from_unit(v)["n"] for v in space.neighbors(space.to_unit({"n": 9})[None])]
    assert found == [3, 6, 12, 15, 21, 33, 57]


@pytest.mark.parametrize("make", [bo.BayesianOptimization, bo.TreeParzen, bo.RandomSearch])
def test_every_search_asks_values_on_the_steps(make):
    space = bo.Space(batch=bo.Int(16, 128, step=16), x=bo.Float(0.0, 1.0))
    strategy = make(space, seed=1)
    for _ in range(16):
        config = strategy.ask()
        assert config["batch"] in range(16, 129, 16) and type(config["batch"]) is int
        strategy.tell(config, -abs(config["batch"] - 48) - config["x"])


def test_a_value_between_two_steps_is_refused():
    with pytest.raises(ValueError, match=r"n must be in \{16, 32, \.\.\., 128\}, got 40"):
        bo.Space(n=bo.Int(16, 128, step=16)).validate({"n": 40})


# ------------------------------------------------------------------- choices that are sequences


def test_choices_may_be_tuples_of_one_length():
    """numpy would make a table of them."""
    space = bo.Space(size=bo.Categorical([(8, 8), (8, 16), (16, 16)]))
    assert [config["size"] for config in space.configurations()] == [(8, 8), (8, 16), (16, 16)]
    assert space.from_unit([0.5]) == {"size": (8, 16)}
    asked = {bo.RandomSearch(space, seed=seed).ask()["size"] for seed in range(20)}
    assert asked == {(8, 8), (8, 16), (16, 16)}


def test_not_a_number_is_a_choice_like_any_other():
    space = bo.Space(c=bo.Categorical([math.nan, 1.0]), x=bo.Float(0, 1, when={"c": math.nan}))
    config = space.from_unit([0.1, 0.5])
    assert math.isnan(config["c"]) and config["x"] == 0.5
    np.testing.assert_array_equal(space.to_unit(config), [0.25, 0.5])
    np.testing.assert_array_equal(space.to_unit({"c": 1.0}), [0.75, 0.5])
    assert bo.Categorical([float("nan"), 1.0]) == bo.Categorical([math.nan, 1.0])


def test_not_a_number_in_a_choice_is_found_again_in_another_process():
    """There it is another object, and equals nothing."""
    space = bo.Space(
        c=bo.Categorical([math.nan, (1, math.nan), 1.0]),
        x=bo.Float(0, 1, when={"c": [math.nan, (1, math.nan)]}),
    )
    for u in ([0.1, 0.3], [0.5, 0.3]):
        config = space.from_unit(u)
        other = pickle.loads(pickle.dumps(config))
        assert other["c"] is not config["c"]
        np.testing.assert_array_equal(space.to_unit(other), space.to_unit(config))
    assert pickle.loads(pickle.dumps(space)).to_unit(other)[0] == 0.5


def test_a_dataclass_that_holds_one_that_may_change_is_no_choice():
    @dataclasses.dataclass(unsafe_hash=True)
    class Width:
        value: int

    @dataclasses.dataclass(frozen=True)
    class Layer:
        width: Width

    with pytest.raises(TypeError, match="choices must not change: make the dataclass frozen"):
        bo.Categorical([Layer(Width(1)), Layer(Width(2))])


def test_choices_are_copied_when_they_are_handed_over():
    choices, when = ["a", "b"], {"kind": ["a"]}
    kind, x = bo.Categorical(choices), bo.Float(0, 1, when=when)
    space = bo.Space(kind=kind, x=x)
    choices.append("c")
    when["kind"].append("b")
    assert kind.choices == ("a", "b") and x.when == {"kind": ["a"]}
    assert space.from_unit([0.9, 0.5]) == {"kind": "b"}


def test_an_array_of_choices_is_a_list_of_python_values():
    for array, right in [
        (np.array(["a", "b"]), ["a", "b"]),
        (np.arange(3), [0, 1, 2]),
        (np.array([0.5, 1.5]), [0.5, 1.5]),
        (range(2), [0, 1]),
        ((word for word in "ab"), ["a", "b"]),
    ]:
        choices = bo.Categorical(array).choices
        assert list(choices) == right and [type(c) for c in choices] == [type(r) for r in right]


# ------------------------------------------------------------------------ spelling is not meaning


def spelled(**changes):
    kinds = {
        "x": bo.Float(0.0, 2.0),
        "rate": bo.Float(0.5, 1.0, log=True),
        "n": bo.Int(1, 9),
        "kind": bo.Categorical(["a", "b", "c"]),
        "y": bo.Float(0.0, 1.0, when={"kind": ["a", "b"]}),
        "z": bo.Float(0.0, 1.0, when={"kind": "a", "x": 1.0}),
    }
    return bo.Space(**{**kinds, **changes})


SAME = {
    "an integer bound": {"x": bo.Float(0, 2)},
    "negative zero": {"x": bo.Float(-0.0, 2.0)},
    "a numpy bound": {"x": bo.Float(np.float64(0), np.float32(2)), "n": bo.Int(np.int64(1), 9)},
    "log=1": {"rate": bo.Float(0.5, 1.0, log=1)},
    "log=numpy": {"rate": bo.Float(0.5, 1.0, log=np.bool_(True))},
    "log=0": {"x": bo.Float(0.0, 2.0, log=0), "n": bo.Int(1, 9, log=0)},
    "step=1": {"n": bo.Int(1, 9, step=1)},
    "a tuple of choices": {"kind": bo.Categorical(("a", "b", "c"))},
    "an array of choices": {"kind": bo.Categorical(np.array(["a", "b", "c"]))},
    "the order in when": {"y": bo.Float(0.0, 1.0, when={"kind": ["b", "a"]})},
    "a set in when": {"y": bo.Float(0.0, 1.0, when={"kind": {"b", "a"}})},
    "twice in when": {"y": bo.Float(0.0, 1.0, when={"kind": ["a", "b", "a"]})},
    "a list of one in when": {"z": bo.Float(0.0, 1.0, when={"kind": ["a"], "x": [1.0]})},
    "an integer in when": {"z": bo.Float(0.0, 1.0, when={"kind": "a", "x": 1})},
    "the order of when": {"z": bo.Float(0.0, 1.0, when={"x": 1.0, "kind": "a"})},
    "a numpy text in when": {"z": bo.Float(0.0, 1.0, when={"x": 1.0, "kind": np.str_("a")})},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=list(SAME))
def test_spaces_that_mean_the_same_are_equal_however_they_are_spelled(changes):
    one, other = spelled(), spelled(**changes)
    assert one == other and hash(one) == hash(other)
    assert fingerprint(one) == fingerprint(other)
    for name in one:
        assert one[name] == other[name] and hash(one[name]) == hash(other[name])


DIFFERENT = {
    "a bound": {"x": bo.Float(0.0, 2.5)},
    "a scale": {"n": bo.Int(1, 9, log=True)},
    "a step": {"n": bo.Int(1, 9, step=2)},
    "a kind": {"n": bo.Float(1, 9)},
    "a choice": {"kind": bo.Categorical(["a", "b", "d"])},
    "the order of choices": {"kind": bo.Categorical(["a", "c", "b"])},
    "no condition": {"y": bo.Float(0.0, 1.0)},
    "another value in when": {"y": bo.Float(0.0, 1.0, when={"kind": ["a", "c"]})},
    "one parent less": {"z": bo.Float(0.0, 1.0, when={"kind": "a"})},
    "a name more": {"w": bo.Float(0.0, 1.0)},
}


@pytest.mark.parametrize("changes", DIFFERENT.values(), ids=list(DIFFERENT))
def test_spaces_that_mean_different_things_are_different(changes):
    assert spelled() != spelled(**changes)
    assert fingerprint(spelled()) != fingerprint(spelled(**changes))


def test_the_order_of_the_axes_is_part_of_a_space():
    x, n = bo.Float(0, 1), bo.Int(1, 2)
    assert bo.Space(x=x, n=n) != bo.Space(n=n, x=x)
    assert bo.Space(x=x) != {"x": x} and bo.Float(0, 1) != 0


@pytest.mark.parametrize(
    "one, other", [([1, 2], [1.0, 2.0]), ([0, 1], [False, True]), ([(1, 2)], [(1.0, 2.0)])]
)
def test_choices_of_another_type_are_other_choices(one, other):
    one, other = (bo.Space(c=bo.Categorical(choices)) for choices in (one, other))
    assert one != other and fingerprint(one) != fingerprint(other)


def test_the_fingerprint_is_the_same_in_every_process():
    script = (
        "import bo_tutorial as bo; from bo_tutorial.journal import fingerprint\n"
        "kind = bo.Categorical([frozenset('abcdef'), 'b', (1, frozenset('xyz'))])\n"
        "letter = bo.Categorical(list('abcdef'))\n"
        "x = bo.Float(0, 1, when={'letter': {'a', 'c', 'e', 'f'}})\n"
        "print(fingerprint(bo.Space(kind=kind, letter=letter, x=x)), repr(x))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(printed) == 1


def test_a_space_is_a_mapping_of_names():
    space = network_space()
    assert len(space) == space.d == 7
    assert list(space) == space.names
    assert "dropout" in space and "drop_out" not in space and 3 not in space
    with pytest.raises(KeyError, match="no hyperparameter 'lr'; it has .*'learning_rate'"):
        space["lr"]
    assert space.conditions["momentum"] == {"optimizer": ("momentum",)}
    assert space.conditions["dropout"] == {}


def test_a_repr_is_what_one_would_write():
    space = spelled(n=bo.Int(1, 9, step=2), m=bo.Int(1, 8, log=True))
    names = {"Float": bo.Float, "Int": bo.Int, "Categorical": bo.Categorical, "Space": bo.Space}
    assert eval(repr(space), names) == space
    assert repr(bo.Float(0, 1)) == "Float(0.0, 1.0)"


def test_a_space_travels_to_another_process():
    space = spelled(kind=bo.Categorical(["a", "b", math.nan, (1, 2)]))
    again = pickle.loads(pickle.dumps(space))
    assert again == space and again.from_unit(np.full(6, 0.4)) == space.from_unit(np.full(6, 0.4))


# ------------------------------------------------------------------------- many values


class Counted:
    """A choice that counts how often it is compared."""

    n_compared = 0

    def __init__(self, i):
        self.i = i

    def __hash__(self):
        return hash(self.i)

    def __eq__(self, other):
        Counted.n_compared += 1
        return isinstance(other, Counted) and self.i == other.i


def test_a_condition_on_many_choices_is_looked_up_and_not_searched_for():
    """The comparisons do not grow with the number of values that a `when` allows."""
    choices = [Counted(i) for i in range(800)]
    space = bo.Space(
        a=bo.Categorical(choices),
        b=bo.Categorical(choices, when={"a": choices[::2]}),
        x=bo.Float(0, 1, when={"b": choices[:400]}),
    )
    U = np.random.default_rng(0).random((300, 3))
    Counted.n_compared = 0
    applies = space.applies(U)
    configs = [space.from_unit(u) for u in U]
    for config in configs:
        space.validate(config)
    assert Counted.n_compared < 20 * len(U)
    first, second = np.floor(U[:, :2] * 800).T
    assert np.array_equal(applies[:, 1], first % 2 == 0)
    assert np.array_equal(applies[:, 2], (first % 2 == 0) & (second < 400))
    assert [("b" in config, "x" in config) for config in configs] == [*map(tuple, applies[:, 1:])]


ODD_VALUES = {
    "not a number": (bo.Categorical([float("nan"), 1.5, "x"]), float("nan"), 0),
    "inside a tuple": (bo.Categorical([(float("nan"), 2), None]), (float("nan"), 2), 0),
    "None": (bo.Categorical(["x", None]), None, 1),
    "an integer": (bo.Int(1, 4), 3, 2),
    "NumPy's integer": (bo.Int(1, 4), np.int64(3), 2),
    "one for True": (bo.Categorical([False, True]), 1, 1),
}


@pytest.mark.parametrize("parent, value, i", [*ODD_VALUES.values()], ids=[*ODD_VALUES])
def test_a_value_is_looked_up_as_it_is_compared(parent, value, i):
    space = bo.Space(a=parent, x=bo.Float(0, 1, when={"a": value}))
    U = np.column_stack([(np.arange(parent.n_values) + 0.5) / parent.n_values] * 2)
    assert np.flatnonzero(space.applies(U)[:, 1]).tolist() == [i]
    config = space.from_unit(U[i])
    assert set(config) == {"a", "x"}
    space.validate(config | {"a": value})
    assert set(space.from_unit(U[i - 1])) == {"a"}
