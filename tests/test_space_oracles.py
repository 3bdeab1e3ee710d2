"""The search space: round trips, exact ends, and the distributions that sampling promises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import bo_tutorial as bo

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
