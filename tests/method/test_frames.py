"""Trials as a table and back: missing and None are kept apart, and no type changes on the way."""

import math
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

import bo_tutorial as bo
from bo_tutorial.frames import to_configs, to_dataframe
from bo_tutorial.journal import Journal

pandas = pytest.importorskip("pandas")

SPACE = bo.Space(
    rate=bo.Float(0.0, 1.0),
    kind=bo.Categorical(["a", None, (1, 2), math.nan, True, 3, 2.5, "None"]),
    layers=bo.Int(1, 5),
    width=bo.Int(8, 64, step=8, when={"kind": "a"}),
    value=bo.Float(0.0, 1.0, when={"kind": [None, True]}),
    fast=bo.Categorical([True, False]),
)


def trial(number, config, **more):
    return SimpleNamespace(number=number, config=config, value=0.5, **more)


def same(one, other):
    """Equal, of one type, and in the same order; NaN is NaN."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert list(a) == list(b)
        assert list(map(repr, a.values())) == list(map(repr, b.values()))
        assert list(map(type, a.values())) == list(map(type, b.values()))


def test_configurations_come_back_from_the_table_of_a_journal(tmp_path):
    path = tmp_path / "runs.jsonl"
    configs = [SPACE.from_unit([0.1 * i, (i + 0.5) / 8, 0.5, 0.3, 0.2, 0.9]) for i in range(8)]
    with Journal(path, SPACE, 0) as journal:
        for number, config in enumerate(configs):
            failed = number % 3 == 1
            value = math.nan if failed else number / 3
            extra = {"seconds": number} if number % 2 else {"error": 0.25, "seconds": number}
            journal.append(number, config, value, "broke" if failed else "", 0.0, number, extra)
    trials = bo.read_journal(path)
    frame = to_dataframe(trials)
    assert frame.columns.tolist() == [
        *("number", "rate", "kind", "layers", "width", "config.value", "fast"),
        *("value", "failure", "started", "ended", "extra.error", "extra.seconds"),
    ]
    same(to_configs(frame), configs)
    assert str(frame["layers"].dtype) == "int64" and str(frame["rate"].dtype) == "float64"
    assert str(frame["fast"].dtype) == "bool" and str(frame["extra.seconds"].dtype) == "int64"
    assert frame["value"].tolist()[0] == 0.0 and math.isnan(frame["value"][1])
    assert frame["failure"].tolist()[:3] == [None, "broke", None]
    assert frame["ended"][3] == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)
    assert frame["extra.error"][1] is pandas.NA and frame["extra.error"][2] == 0.25


def test_what_did_not_apply_and_a_choice_that_is_none_are_two_things():
    frame = to_dataframe([trial(0, {"a": None}), trial(1, {}), trial(2, {"a": math.nan})])
    assert frame["a"][0] is None and frame["a"][1] is pandas.NA
    assert isinstance(frame["a"][2], float) and math.isnan(frame["a"][2])
    same(to_configs(frame), [{"a": None}, {}, {"a": math.nan}])


def test_rows_may_be_left_out_and_sorted():
    configs = [{"n": 1}, {"n": 2, "m": 5}, {"n": 3}]
    frame = to_dataframe([trial(i, config) for i, config in enumerate(configs)])
    best = frame[frame["n"] > 1].sort_values("n", ascending=False)
    same(to_configs(best), [configs[2], configs[1]])


@pytest.mark.parametrize(
    "values",
    [[1, 2.5], [1, True], [True, None], [2**70, 1], ["a", None], [1.0, "1.0"], [(1,), (1, 2)]],
    ids=repr,
)
def test_values_of_several_types_keep_them(values):
    configs = [{"c": value} for value in values]
    same(to_configs(to_dataframe([trial(i, c) for i, c in enumerate(configs)])), configs)


def test_names_that_other_columns_have():
    config = {
        **{"number": 1, "value": 2.0, "failure": "x", "started": 3, "extra.a": 4},
        **{"config.value": 5, "config.": 6, "plain": 7},
    }
    frame = to_dataframe([trial(9, config, extra={"a": 8})])
    assert len(set(frame.columns)) == len(frame.columns) == 5 + len(config) + 1
    assert (frame["number"][0], frame["value"][0], frame["extra.a"][0]) == (9, 0.5, 8)
    same(to_configs(frame), [config])


def test_columns_are_in_the_order_of_the_space_whatever_came_first():
    configs = [{"a": 1, "d": 1}, {"a": 1, "b": 1, "d": 1}, {"a": 1, "c": 1, "d": 1}]
    frame = to_dataframe([trial(i, config) for i, config in enumerate(configs)])
    assert frame.columns.tolist()[1:5] == ["a", "b", "c", "d"]


def test_trials_without_times_and_without_a_value():
    pending = SimpleNamespace(number=0, config={"x": 0.5}, value=None)
    frame = to_dataframe([pending])
    assert math.isnan(frame["value"][0]) and frame["started"].isna().all()
    assert to_dataframe([]).columns.tolist() == ["number", "value", "failure", "started", "ended"]
    assert to_configs(to_dataframe([])) == []


def test_something_else_than_a_table():
    with pytest.raises(TypeError, match="frame must be a DataFrame"):
        to_configs([{"x": 1}])


CHANGES = {
    "pickled": lambda frame: pickle.loads(pickle.dumps(frame)),
    "put together": lambda frame: pandas.concat([frame.head(1), frame.tail(2)]),
    "another index": lambda frame: frame.set_index("number"),
    "transposed twice": lambda frame: frame.T.T,
    "columns left out": lambda frame: frame.drop(columns=["started", "ended", "failure"]),
    "types that pandas chose": lambda frame: frame.convert_dtypes(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_configurations_survive_what_one_does_to_a_table(change):
    configs = [{"n": 1, "k": None}, {"n": 2, "m": 5, "k": (1, 2)}, {"n": 3, "k": "a"}]
    same(to_configs(change(to_dataframe([trial(i, c) for i, c in enumerate(configs)]))), configs)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: pandas.concat([frame, frame[["x"]]], axis=1),
        lambda frame: frame.rename(columns={"x": 0}),
        lambda frame: pandas.concat({"run": frame}, axis=1),
    ],
    ids=["a column twice", "a number for a name", "names in two levels"],
)
def test_a_table_whose_columns_are_not_names_is_refused(change):
    with pytest.raises(ValueError, match="frame must have each column once, named by a text"):
        to_configs(change(to_dataframe([trial(0, {"x": 0.5})])))


def test_without_pandas_one_sentence_says_so():
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from bo_tutorial.frames import to_dataframe\n"
        "try: to_dataframe([])\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "a table of trials needs pandas: pip install pandas"
