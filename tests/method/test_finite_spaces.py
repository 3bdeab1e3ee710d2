"""No configuration is asked twice while others are left, whatever the space; and its neighbors."""

import itertools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bo_tutorial as bo

MAKERS = {
    "bayes": lambda space, seed: bo.BayesianOptimization(space, n_initial=3, seed=seed),
    "plain": lambda space, seed: bo.BayesianOptimization.plain(space, seed=seed),
    "parzen": lambda space, seed: bo.TreeParzen(space, seed=seed, n_initial=3),
}


@st.composite
def spaces(draw, real=False):
    """A category with two or three choices and one to three more dimensions, some conditional."""
    kinds = {"kind": bo.Categorical(list("abc")[: draw(st.integers(2, 3))])}
    for i in range(draw(st.integers(1, 3))):
        when = draw(st.sampled_from([None, {"kind": "a"}, {"kind": ["a", "b"]}]))
        if draw(st.booleans()):
            kinds[f"h{i}"] = bo.Int(1, draw(st.integers(2, 3)), log=draw(st.booleans()), when=when)
        else:
            kinds[f"h{i}"] = bo.Categorical([True, False], when=when)
    if real:
        kinds["x"] = bo.Float(0.0, 1.0, when=draw(st.sampled_from([None, {"kind": "b"}])))
    return bo.Space(**kinds)


def all_configurations(space):
    """Every configuration, the long way: the whole product, tried one by one."""
    found = []
    axes = [[None, *space[name].grid(99)] for name in space.names]
    for values in itertools.product(*axes):
        pairs = zip(space.names, values, strict=True)
        config = {name: value for name, value in pairs if value is not None}
        try:
            space.validate(config)
        except ValueError:
            continue
        found.append(config)
    return found


def key(config):
    return tuple(config.items())


def value_of(config):
    return sum(len(str(value)) * math.sin(i + 1) for i, value in enumerate(config.values()))


@given(spaces())
@settings(max_examples=30, deadline=None)
def test_points_are_those_of_the_configurations_in_their_order(space):
    for point, config in zip(space.points(), space.configurations(), strict=True):
        np.testing.assert_array_equal(point, space.to_unit(config))
        assert space.from_unit(point) == config


def test_the_points_of_a_finite_space_are_made_once_and_not_pickled(monkeypatch):
    made, points = [], bo.Space.points
    monkeypatch.setattr(bo.Space, "points", lambda space: made.append(space) or points(space))
    search = bo.BayesianOptimization(bo.Space(a=bo.Int(1, 60), b=bo.Int(1, 60)), n_initial=3)
    for _ in range(8):
        config = search.ask()
        search.tell(config, value_of(config))
    assert len(made) == 1
    assert len(pickle.dumps(search)) < 10_000 < points(search.space).nbytes
    assert pickle.loads(pickle.dumps(search)).ask() == search.ask()


@given(spaces())
@settings(max_examples=30, deadline=None)
def test_configurations_lists_each_configuration_once(space):
    listed = [key(config) for config in space.configurations()]
    assert len(set(listed)) == len(listed)
    assert set(listed) == {key(config) for config in all_configurations(space)}


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
@given(space=spaces(), seed=st.integers(0, 3), batch=st.integers(1, 4), fail=st.booleans())
@settings(max_examples=10, deadline=None)
def test_a_finite_space_is_asked_whole_and_nothing_twice(make, space, seed, batch, fail):
    strategy = make(space, seed)
    expected = {key(config) for config in all_configurations(space)}
    asked = []
    while len(asked) < len(expected):
        configs = strategy.ask(batch)
        asked += map(key, configs)
        for config in reversed(configs):  # answers come in any order
            strategy.tell(config, math.nan if fail and len(asked) < 5 else value_of(config))
    assert len(asked) == len(set(asked))
    assert set(asked) == expected
    with pytest.raises(bo.SpaceExhausted):
        strategy.ask()


@pytest.mark.parametrize("name", ["bayes", "parzen"])
@given(space=spaces(real=True), seed=st.integers(0, 3))
@settings(max_examples=8, deadline=None)
def test_a_mixed_space_is_never_asked_the_same_twice(name, space, seed):
    strategy = MAKERS[name](space, seed)
    for _ in range(4):
        for config in strategy.ask(3):
            strategy.tell(config, value_of(config))
    asked = [key(trial.config) for trial in strategy.trials]
    assert len(asked) == len(set(asked)) == 12


def test_a_large_product_with_few_configurations_is_exhausted_too():
    """4608 combinations, most of which do not apply: the fallback has to find the last ones."""
    deep = {"kind": "deep"}
    space = bo.Space(
        kind=bo.Categorical(["a", "b", "deep"]),
        only=bo.Categorical(["yes", "no"], when=deep),
        **{f"n{i}": bo.Int(1, 8, when={"only": "yes", **deep}) for i in range(1)},
        **{f"z{i}": bo.Int(1, 8, when={"n0": 8}) for i in range(1)},
        switch=bo.Int(1, 12, when={"kind": "b"}),
    )
    assert space.n_configurations == 4608
    assert len(space.configurations()) == 1 + 12 + 1 + 7 + 8
    strategy = bo.BayesianOptimization(space, n_initial=4)
    asked = []
    for _ in range(29):
        config = strategy.ask()
        strategy.tell(config, value_of(config))
        asked.append(key(config))
    assert len(set(asked)) == 29
    with pytest.raises(bo.SpaceExhausted):
        strategy.ask()


@given(spaces())
@settings(max_examples=30, deadline=None)
def test_neighbors_change_one_hyperparameter_to_each_other_value(space):
    for config in space.configurations():
        around = [space.from_unit(v) for v in space.neighbors(space.to_unit(config)[None])]
        found = []
        for other in around:
            # What both have differs in one place; a category may also change what applies.
            differing = [n for n in config if n in other and other[n] != config[n]]
            assert len(differing) == 1
            found.append((differing[0], other[differing[0]]))
        expected = [
            (name, value)
            for name in config
            for value in space[name].grid(99)  # integers go up to 3: all are 1 or 2 away
            if value != config[name]
        ]
        assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_an_integer_has_neighbors_at_powers_of_two():
    space = bo.Space(n=bo.Int(10, 30), x=bo.Float(0.0, 1.0))
    u = space.to_unit({"n": 13, "x": 0.25})
    found = [space.from_unit(v) for v in space.neighbors(u[None])]
    assert [config["n"] for config in found] == [11, 12, 14, 15, 17, 21, 29]
    assert {config["x"] for config in found} == {0.25}


def test_a_space_of_real_numbers_has_no_neighbors():
    space = bo.Space(x=bo.Float(0.0, 1.0), y=bo.Float(0.0, 1.0))
    assert space.neighbors(np.full((3, 2), 0.5)).shape == (0, 2)


def test_the_sweep_ends_where_no_single_change_is_better():
    """What is asked scores at least as much as every one-step change of it; the plain search."""
    space = bo.Space(
        **{f"c{j}": bo.Categorical(list("abcdef")) for j in range(5)}, x=bo.Float(0.0, 1.0)
    )
    assert space.n_configurations == math.inf
    rng = np.random.default_rng(0)
    worth = rng.normal(size=(5, 6))

    def f(config):
        picked = [worth[j, "abcdef".index(config[f"c{j}"])] for j in range(5)]
        return sum(picked) + picked[0] * picked[1] - (config["x"] - 0.3) ** 2

    strategy = bo.BayesianOptimization(space, n_initial=10, seed=1)
    ended_well = []
    for _ in range(25):
        config = strategy.ask()
        u = space.to_unit(config)
        if len(strategy.told) >= 10:
            X, y = strategy._data()
            posterior = strategy._posterior(X, y)
            best = strategy._best(posterior, X, y)
            around = strategy._first_new(space.neighbors(u[None]), 1000)
            here = strategy.acquisition(*posterior.predict(u[None]), best)[0]
            there = strategy.acquisition(*posterior.predict(around), best).max()
            ended_well.append(here >= there - 1e-9)
        strategy.tell(config, f(config))
    assert np.mean(ended_well) >= 0.8  # three sweeps end a little short now and then
