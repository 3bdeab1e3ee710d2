"""Trials as a table of pandas, and the configurations back from it.

One trial is one row: `number`, one column for each hyperparameter, `value`, `failure`, `started`,
`ended`, `source` if it is known, and `extra.<name>` for each further number of an evaluation. A
hyperparameter that did not apply is `pandas.NA`; a choice that is None stays None.
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

BEFORE, AFTER = ["number"], ["value", "failure", "started", "ended", "source"]
EXTRA, CONFIG = "extra.", "config."


def to_dataframe(trials: Iterable) -> "pandas.DataFrame":
    """Return a `pandas.DataFrame` with one row for each trial.

    A hyperparameter that has the name of another column, such as "value", is in the column
    "config.value". Integers stay integers where every trial has one.

    Args:
        trials: what has `number`, `config` and `value`, and if known `failure`, `started`, `ended`
            (`datetime`, UTC) and `extra` (a dict): those of `read_journal`, for example.

    Raises:
        ImportError: pandas is not installed.
    """
    pandas = _pandas()
    trials = list(trials)
    columns = {"number": _column([int(trial.number) for trial in trials])}
    for name in _names(trial.config for trial in trials):
        values = [trial.config.get(name, pandas.NA) for trial in trials]
        columns[_label(name)] = _column(values)
    values = [math.nan if trial.value is None else float(trial.value) for trial in trials]
    columns["value"] = pandas.Series(values, dtype="float64")
    failures = [getattr(trial, "failure", None) or None for trial in trials]
    columns["failure"] = pandas.Series(failures, dtype="object")
    for name in ("started", "ended"):
        moments = [getattr(trial, name, None) for trial in trials]
        columns[name] = pandas.Series(moments, dtype="datetime64[us, UTC]")
    if any(hasattr(trial, "source") for trial in trials):
        columns["source"] = pandas.Series([trial.source for trial in trials], dtype="object")
    extras = [getattr(trial, "extra", None) or {} for trial in trials]
    for name in _names(extras):
        columns[EXTRA + name] = _column([extra.get(name, pandas.NA) for extra in extras])
    return pandas.DataFrame(columns)


def to_configs(frame: "pandas.DataFrame") -> list[dict]:
    """Return the configurations of the rows of a frame that `to_dataframe` made, a list of dicts.

    Rows may have been sorted, left out or put together again, columns left out, the frame pickled:
    values and their types are those of the trials. Columns of your own count as hyperparameters:
    drop them first. What a CSV file has made of the values is what comes back, texts and NaN; a
    journal keeps them.

    Raises:
        TypeError: it is not a DataFrame. ValueError: a column whose name is no text or that is
            there twice. ImportError: pandas is not installed.
    """
    pandas = _pandas()
    if not isinstance(frame, pandas.DataFrame):
        raise TypeError(f"frame must be a DataFrame of to_dataframe, got {frame!r:.80}")
    for label in frame.columns:
        if not isinstance(label, str) or list(frame.columns).count(label) > 1:
            raise ValueError(f"frame must have each column once, named by a text, got {label!r}")
    columns = {
        label.removeprefix(CONFIG): frame[label].astype("object").tolist()
        for label in frame.columns
        if label not in BEFORE + AFTER and not label.startswith(EXTRA)
    }
    return [
        {name: values[i] for name, values in columns.items() if values[i] is not pandas.NA}
        for i in range(len(frame))
    ]


def _pandas():
    try:
        import pandas
    except ImportError as error:
        raise ImportError("a table of trials needs pandas: pip install pandas") from error
    return pandas


def _column(values):
    """A column that changes no value: numbers of one type as such, everything else as objects."""
    kinds = {type(value) for value in values}
    plain = {int: "int64", float: "float64", bool: "bool"}
    dtype = plain.get(kinds.pop(), "object") if len(kinds) == 1 else "object"
    if dtype == "int64" and not all(-(2**63) <= value < 2**63 for value in values):
        dtype = "object"
    return _pandas().Series(values, dtype=dtype)


def _names(dicts):
    """The keys of all dicts, each before the one that it comes before where it first appears."""
    names = []
    for each in dicts:
        place = len(names)
        for name in reversed(each):
            if name in names:
                place = names.index(name)
            else:
                names.insert(place, name)
    return names


def _label(name):
    taken = name in BEFORE + AFTER or name.startswith((EXTRA, CONFIG))
    return CONFIG + name if taken else name
