"""The journal: nothing that was evaluated is lost or repeated, whatever happens to the process."""

import collections
import dataclasses
import enum
import errno
import json
import math
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import interrupted_run
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long import EXAMPLES, KILLS

import bo_tutorial as bo
from bo_tutorial import journal as journal_module
from bo_tutorial.journal import Journal, JournalError, appending, fingerprint

SPACE = bo.Space(
    x=bo.Float(0.0, 1.0), n=bo.Int(1, 9), kind=bo.Categorical(["a", "b", None, True, 2, (2, 3)])
)
STRATEGIES = {
    "BO": lambda: bo.BayesianOptimization(SPACE, n_initial=4, seed=2),
    "TPE": lambda: bo.TreeParzen(SPACE, n_initial=4, seed=2),
    "random": lambda: bo.RandomSearch(SPACE, seed=2),
    "Sobol": lambda: bo.SobolSearch(SPACE, seed=2),
}


def f(config):
    return math.sin(5 * config["x"]) - 0.1 * abs(config["n"] - 4) + 0.2 * (config["kind"] == "b")


def run(path, n=9, objective=f, make=STRATEGIES["random"], **keywords):
    return bo.maximize(
        objective, SPACE, n, strategy=make(), journal=path, progress=False, **keywords
    )


def lines(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_each_trial_is_on_disk_before_the_next_question_is_asked(tmp_path, monkeypatch):
    path, synced = tmp_path / "deep" / "runs.jsonl", []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(path.read_bytes()))

    class Watching(bo.RandomSearch):
        def ask(self):
            told = len(self.told)
            if told:
                assert len(lines(path)) == told
                assert len(synced[-1].splitlines()) == told
            return super().ask()

    run(path, make=lambda: Watching(SPACE, seed=2))
    assert len(lines(path)) == 9


def test_a_line_says_what_was_evaluated_and_when(tmp_path):
    path = tmp_path / "runs.jsonl"
    before = time.time()
    result = run(path, n=4)
    for number, line in enumerate(lines(path)):
        assert list(line) == [
            *("trial", "config", "value", "failure", "extra", "started", "ended"),
            *("seed", "space", "versions"),
            *(["hyperparameters"] if number == 0 else []),
        ]
        assert line["trial"] == number
        assert line["value"] == result.values[number] and line["failure"] is None
        assert line["seed"] == 2 and line["space"] == fingerprint(SPACE)
        assert line["versions"]["numpy"] == np.__version__
        started, ended = (
            datetime.fromisoformat(line[name]).timestamp() for name in ("started", "ended")
        )
        assert before - 1e-3 <= started <= ended <= time.time() + 1e-3
    assert lines(path)[0]["config"]["x"] == result.configs[0]["x"]


def test_pandas_reads_it(tmp_path):
    pandas = pytest.importorskip("pandas")
    values = iter([0.5, math.nan, 0.75])
    run(tmp_path / "runs.jsonl", n=3, objective=lambda config: next(values))
    frame = pandas.read_json(tmp_path / "runs.jsonl", lines=True, precise_float=True)
    assert frame["trial"].tolist() == [0, 1, 2]
    assert frame["value"].tolist()[::2] == [0.5, 0.75] and math.isnan(frame["value"][1])
    assert "nan" in frame["failure"][1]
    rates = bo.Space(rate=bo.Float(1e-5, 1.0, log=True))
    strategy = bo.RandomSearch(rates, seed=3)
    path = tmp_path / "rates.jsonl"
    result = bo.maximize(lambda c: 0.0, rates, 40, strategy=strategy, journal=path, progress=False)
    read = pandas.read_json(path, lines=True, precise_float=True)
    assert read["config"].tolist() == result.configs  # every digit


@pytest.mark.native("it needs threads")  # and would leave its file open
def test_a_journal_that_one_thread_opened_another_can_close(tmp_path):
    """filelock 4 counts a lock for each thread, and a release in another one does nothing."""
    path = tmp_path / "runs.jsonl"
    journal = Journal(path, SPACE, 2)
    closing = threading.Thread(target=journal.close)
    closing.start()
    closing.join(10)
    with Journal(path, SPACE, 2) as again:
        assert again.entries == []


@pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))
def test_a_run_that_is_resumed_is_the_run_that_was_not_interrupted(make, tmp_path):
    whole = run(tmp_path / "whole.jsonl", n=12, make=make)
    asked = []

    def counted(config):
        asked.append(config)
        return f(config)

    for n in (1, 2, 5, 6, 12, 12):
        result = run(tmp_path / "parts.jsonl", n=n, make=make, objective=counted)
    assert asked == whole.configs == result.configs
    assert result.values.tolist() == whole.values.tolist()
    assert [line["config"] for line in lines(tmp_path / "whole.jsonl")] == [
        line["config"] for line in lines(tmp_path / "parts.jsonl")
    ]


def test_a_smaller_budget_than_what_stands_asks_nothing(tmp_path):
    whole = run(tmp_path / "runs.jsonl", n=6)
    assert run(tmp_path / "runs.jsonl", n=4, objective=never).configs == whole.configs


def test_failures_are_part_of_what_is_resumed(tmp_path):
    def objective(config):
        if config["n"] > 6:
            raise RuntimeError("diverged")
        return math.inf if config["n"] == 1 else f(config)

    make = STRATEGIES["BO"]
    whole = run(tmp_path / "whole.jsonl", n=14, objective=objective, make=make)
    assert whole.failures
    for n in (4, 9, 14):
        parts = run(tmp_path / "parts.jsonl", n=n, objective=objective, make=make)
    assert parts.configs == whole.configs
    assert parts.failures == whole.failures
    np.testing.assert_array_equal(parts.values, whole.values)
    assert all(
        math.isfinite(v) or v is None
        for v in (e["value"] or 0 for e in lines(tmp_path / "parts.jsonl"))
    )


def test_an_interrupted_trial_is_not_recorded_and_comes_again(tmp_path):
    def objective(config):
        if len(lines(tmp_path / "runs.jsonl")) == 3 and not objective.interrupted:
            objective.interrupted = True
            raise KeyboardInterrupt
        return f(config)

    objective.interrupted = False
    assert len(run(tmp_path / "runs.jsonl", objective=objective).values) == 3
    assert len(lines(tmp_path / "runs.jsonl")) == 3
    result = run(tmp_path / "runs.jsonl", objective=objective)
    assert result.configs == run(tmp_path / "whole.jsonl").configs


def test_a_strategy_of_ones_own_is_told_what_the_journal_holds(tmp_path):
    class Halving:
        def __init__(self):
            self.values = []

        def ask(self):
            return {"x": 0.5 ** (len(self.values) + 1), "n": 1, "kind": "a"}

        def tell(self, config, value):
            self.values.append(value)

    run(tmp_path / "runs.jsonl", n=3, make=Halving)
    result = run(tmp_path / "runs.jsonl", n=5, make=Halving)
    assert [config["x"] for config in result.configs] == [0.5, 0.25, 0.125, 0.0625, 0.03125]


def test_killed_at_random_moments_a_training_loop_loses_and_repeats_nothing(tmp_path):
    n = 2 * KILLS + 10
    expected = interrupted_run.main(tmp_path / "whole.jsonl", n)
    path, survived = tmp_path / "killed.jsonl", 0
    chance = random.Random(0)
    command = [sys.executable, interrupted_run.__file__, str(path), str(n)]
    while survived < KILLS:
        before = len(path.read_bytes().splitlines()) if path.exists() else 0
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            # Not before it has gone beyond what stood, or it would never get to the end; then at
            # any moment of the next trials.
            while child.poll() is None and _n_lines(path) <= before:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.02))
            if child.poll() is not None:
                break
            child.send_signal(signal.SIGKILL)
            child.wait()
        survived += 1
        # What is left is whole lines, and at most one that is cut short.
        assert _n_lines(path) > before
    last = subprocess.run(command, capture_output=True, text=True, check=True)
    assert repr(expected) in last.stdout
    assert survived >= KILLS // 2, "the run ended before it was killed often enough"
    trials = lines(path)
    assert [line["trial"] for line in trials] == list(range(n))
    assert [line["config"] for line in trials] == expected.configs
    assert [line["value"] for line in trials] == expected.values.tolist()
    # A training began once for each trial, and once more for each kill at the most.
    began = Path(f"{path}.log").read_text().splitlines()
    assert n <= len(began) <= n + survived
    print(f"{survived} kills survived")


def _n_lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


@settings(max_examples=EXAMPLES, deadline=None)
@given(cut=st.integers(1, 10_000))
def test_a_torn_last_line_is_set_aside_and_its_trial_comes_again(cut, tmp_path_factory):
    folder = tmp_path_factory.mktemp("torn")
    path = folder / "runs.jsonl"
    whole = run(path, n=4)
    content = path.read_bytes()
    last = len(content.splitlines(keepends=True)[-1])
    path.write_bytes(content[: -(cut % (last - 1) + 1)])
    result = run(path, n=4)
    assert result.configs == whole.configs
    assert len(lines(path)) == 4
    torn = Path(f"{path}.torn")
    only_the_end_was_missing = cut % (last - 1) == 0
    assert torn.exists() != only_the_end_was_missing
    assert not Path(f"{path}.new").exists()


def test_a_torn_line_is_reported_and_kept(tmp_path, caplog):
    path = tmp_path / "runs.jsonl"
    run(path, n=3)
    path.write_bytes(path.read_bytes() + b'{"trial": 3, "config": {"x": 0.\x00\xff')
    run(path, n=3)
    assert "cut short" in caplog.text and f"{path}.torn" in caplog.text
    assert Path(f"{path}.torn").read_bytes() == b'{"trial": 3, "config": {"x": 0.\x00\xff\n'
    assert len(lines(path)) == 3


EDITED = {
    "a mark at the beginning": lambda content: b"\xef\xbb\xbf" + content,
    "ends of lines of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "one of them cut": lambda content: content.replace(b"\n", b"\r\n")[:-1],
    "ends of lines of old": lambda content: content.replace(b"\n", b"\r"),
    "an empty line at the end": lambda content: content + b"\n",
    "several": lambda content: content + b"\r\n \n\t\n",
    "blanks at the end": lambda content: content + b"   ",
    "no end of the last line": lambda content: content[:-1],
    "all of it": lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") + b"\r\n  ",
}


@pytest.mark.parametrize("edit", EDITED.values(), ids=list(EDITED))
def test_what_an_editor_leaves_when_it_saves_a_journal_costs_no_trial(edit, tmp_path, caplog):
    path = tmp_path / "runs.jsonl"
    whole = run(tmp_path / "whole.jsonl", n=6)
    run(path, n=3)
    path.write_bytes(edit(path.read_bytes()))
    assert [trial.config for trial in bo.read_journal(path)] == whole.configs[:3]
    run(path, n=3, objective=never)
    for n in (4, 6):
        assert run(path, n=n).configs == whole.configs[:n]
    assert "cut short" not in caplog.text and not Path(f"{path}.torn").exists()
    assert [trial.value for trial in bo.read_journal(path)] == whole.values.tolist()


@pytest.mark.parametrize("nothing", [b"", b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n \n"])
def test_a_file_in_which_an_editor_saved_nothing_is_an_empty_journal(nothing, tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_bytes(nothing)
    assert bo.read_journal(path) == []
    whole = run(path, n=2)
    assert "hyperparameters" in lines(path)[0]
    assert run(path, n=2, objective=never).configs == whole.configs


@pytest.mark.parametrize(
    "path, error",
    [(3, TypeError), (True, TypeError), (b"runs", TypeError), (None, TypeError)]
    + [("", ValueError), (".", ValueError), ("a\0b", ValueError)]
    + [pytest.param(os.devnull, ValueError, marks=pytest.mark.native("there is no /dev"))],
    ids=repr,
)
def test_what_is_not_the_path_of_a_file_is_no_journal(path, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match="journal must be the path of a file, got "):
        Journal(path, SPACE, 2)
    with pytest.raises(error, match="journal must be the path of a file, got "):
        bo.read_journal(path)
    assert not list(tmp_path.iterdir()) and not tmp_path.with_name(f"{tmp_path.name}.lock").exists()


def test_a_journal_in_the_home_folder(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    run("~/runs.jsonl", n=2)
    assert len(lines(tmp_path / "runs.jsonl")) == len(bo.read_journal("~/runs.jsonl")) == 2


def damaged(change):
    def damage(content):
        rows = content.decode().splitlines()
        rows[1] = change(rows[1])
        return "\n".join(rows).encode() + b"\n"

    return damage


def with_entry(name, value):
    return damaged(lambda row: json.dumps(json.loads(row) | {name: value}))


@pytest.mark.parametrize(
    "damage, says",
    [
        (damaged(lambda row: row[:40]), "not a trial"),
        (damaged(lambda row: ""), "not a trial"),
        (damaged(lambda row: "[1, 2]"), "not a trial"),
        (damaged(lambda row: "[" * 100_000), "not a trial"),
        (damaged(lambda row: json.dumps({"trial": 1})), "not a trial"),
        (with_entry("more", 1), "not a trial"),
        (with_entry("trial", 0), "trial 0 stands in line 1 already"),
        (with_entry("trial", -1), "trial must be a whole number"),
        (with_entry("trial", True), "trial must be a whole number"),
        (with_entry("value", "high"), "value must be a finite number"),
        (with_entry("value", None), "one of value and failure"),
        (with_entry("failure", "and it failed"), "one of value and failure"),
        (with_entry("config", [0.5]), "config must be an object"),
        (with_entry("config", {"x": 2.0, "n": 1, "kind": "a"}), "x must be in [0, 1], got 2.0"),
        (with_entry("config", {"x": 0.5, "n": 1}), "kind"),
        (damaged(lambda row: row.replace('"value": ', '"value": NaN, "was": ')), "not a trial"),
    ],
)
def test_any_other_damage_is_an_error_that_names_the_line(damage, says, tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=3)
    content = damage(path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(JournalError) as error:
        run(path, n=5, objective=never)
    assert "line 2" in str(error.value) and says in str(error.value)
    assert path.read_bytes() == content  # an error changes nothing


def never(config):
    raise AssertionError("a journal is refused before an evaluation is spent")


@pytest.mark.parametrize(
    "other",
    [
        bo.Space(x=bo.Float(0.0, 1.0), n=bo.Int(1, 9)),
        bo.Space(n=SPACE["n"], x=SPACE["x"], kind=SPACE["kind"]),
        bo.Space(x=bo.Float(0.0, 2.0), n=SPACE["n"], kind=SPACE["kind"]),
        bo.Space(x=bo.Float(0.0, 1.0), n=bo.Int(1, 9, log=True), kind=SPACE["kind"]),
        bo.Space(x=SPACE["x"], n=SPACE["n"], kind=bo.Categorical(["a", "b"])),
        bo.Space(x=SPACE["x"], n=bo.Float(1, 9), kind=SPACE["kind"]),
        bo.Space(x=SPACE["x"], kind=SPACE["kind"], n=bo.Int(1, 9, when={"kind": "a"})),
    ],
    ids=["a name less", "order", "bounds", "scale", "choices", "kind", "condition"],
)
def test_a_journal_of_another_space_is_refused(other, tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=2)
    with pytest.raises(JournalError, match="another space, with .*'x', 'n', 'kind'"):
        bo.maximize(never, other, 5, seed=2, journal=path, progress=False)


def test_a_journal_of_another_seed_is_refused(tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=2)
    with pytest.raises(JournalError, match="with seed 2, this run has 7"):
        bo.maximize(never, SPACE, 5, seed=7, journal=path, progress=False)


def test_a_strategy_that_knows_the_trials_already_is_refused(tmp_path):
    strategy = STRATEGIES["random"]()
    run(tmp_path / "runs.jsonl", n=2, make=lambda: strategy)
    with pytest.raises(JournalError, match="must be a fresh one"):
        run(tmp_path / "runs.jsonl", n=5, objective=never, make=lambda: strategy)


def in_a_process(script, path):
    """Run a script that imports this module, with the path of a journal as its argument."""
    return subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=Path(__file__).parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )


def test_one_run_at_a_time(tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2):
        with pytest.raises(JournalError, match="in use by another run"):
            run(path, objective=never)
        script = (
            "import sys, test_journal as t\n"
            "try: t.run(sys.argv[1], objective=t.never)\n"
            "except t.JournalError as error: print(error)\n"
        )
        child = in_a_process(script, path)
        assert "in use by another run" in child.stdout, child.stderr
    assert len(run(path, n=2).values) == 2  # the lock has gone with its journal


@pytest.mark.native("there is no file of a lock")
def test_loading_a_journal_executes_nothing(tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=2)
    evil = "__import__('os').system('touch " + str(tmp_path / "pwned") + "')"
    rows = lines(path)
    rows[1]["failure"], rows[1]["value"] = evil, None
    rows[1]["versions"] = {"python": evil, "__class__": evil}
    rows[1]["started"] = "../../../etc/passwd"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run(path, n=2)
    assert result.failures == {1: evil}  # a text like any other
    assert not (tmp_path / "pwned").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["runs.jsonl", "runs.jsonl.lock"]
    modules = sorted(Path(journal_module.__file__).parent.glob("*.py"))
    assert len(modules) > 1
    for module in modules:
        source = module.read_text()
        assert not {"pickle", "eval(", "exec(", "import_module"} & {
            word for word in ("pickle", "eval(", "exec(", "import_module") if word in source
        }


def test_choices_come_back_as_they_are(tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 0) as journal:
        for number, kind in enumerate(SPACE["kind"].choices):
            config = {"x": 0.1, "n": 2, "kind": kind}
            journal.append(number, config, 0.5, "", 0.0, 1.0)
    with Journal(path, SPACE, 0) as journal:
        again = [journal.config(entry)["kind"] for entry in journal.entries]
    assert [(type(kind), kind) for kind in again] == [
        (type(kind), kind) for kind in ["a", "b", None, True, 2, (2, 3)]
    ]


def test_choices_that_look_different_in_each_process_are_refused(tmp_path):
    space = bo.Space(x=bo.Float(0.0, 1.0), how=bo.Categorical([min, lambda values: 0]))
    with pytest.raises(ValueError, match="how must have choices that are written alike"):
        bo.maximize(never, space, 3, journal=tmp_path / "runs.jsonl", progress=False)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    x=st.floats(0, 1),
    failure=st.text(max_size=40),
)
def test_what_is_written_is_what_is_read(value, x, failure, tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "runs.jsonl"
    config = {"x": x, "n": 3, "kind": "b"}
    with Journal(path, SPACE, 0) as journal:
        journal.append(0, config, value, "", 0.0, 1.0)
        journal.append(1, config, math.nan, failure or "?", 0.0, 1.0)
    with Journal(path, SPACE, 0) as journal:
        first, second = journal.entries
        assert first.value == value and journal.config(first) == config
        assert second.value is None and second.failure == (failure or "?")


# ----------------------------------------------------------- what a journal can and cannot hold


class Color(enum.Enum):
    RED = 1
    BLUE = 2


Point = collections.namedtuple("Point", "x y")


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass(frozen=True)
class Layer:
    width: int


class Named:
    """A class whose objects are all written alike."""

    def __repr__(self):
        return "Named()"


CHOICES = {
    "alike with a text": [(1, 2), "(1, 2)", None, "None", True, "True", 2.5, "2.5"],
    "codes as texts": ['{"tuple": [1, 2]}', (1, 2), '{"float": "nan"}', math.nan],
    "not finite": [math.nan, math.inf, -math.inf, "nan"],
    "floats": [1.0, 0.1 + 0.2, 5e-324, 1e308],
    "integers": [1, 2**100, -5],
    "nested": [(), (1,), ((1,),), (1.0, 2), (True, None), ("a", (math.inf,)), (Color.RED, 1)],
    "numpy": [np.float64(0.1), np.float32(0.1), np.int64(3), np.bool_(True), np.str_("a"), "b"],
    "numpy alike": [np.int8(1), "1", "np.int8(1)", np.float64("nan")],
    "numpy in a tuple": [(np.int64(1), 2), (np.float64(2), 1)],
    "sets": [frozenset("abc"), frozenset("abd"), frozenset()],
    "enumerations": [Color.RED, Color.BLUE, Level.LOW, "<Color.RED: 1>", "Color.RED"],
    "named tuples": [Point(1, 2), Point(1, 3), (1, 4)],
    "frozen dataclasses": [Layer(1), Layer(2), "Layer(width=1)"],
    "functions of a library": [min, max, np.tanh, np.float64, dict],
    "texts": ["", " at 0x7f00", "\ud800", "\x00", "\u2028", "é"],
    "dates": [np.datetime64("2026-11-30"), np.datetime64("2026-12-01")],
}


@pytest.mark.parametrize("choices", CHOICES.values(), ids=list(CHOICES))
def test_what_a_space_accepts_a_journal_gives_back_type_and_all(choices, tmp_path):
    path = tmp_path / "runs.jsonl"
    space = bo.Space(kind=bo.Categorical(choices), x=bo.Float(0, 1))
    with Journal(path, space, 0) as journal:
        for number, choice in enumerate(choices):
            journal.append(number, {"kind": choice, "x": 0.5}, 1.0, "", 0.0, 1.0)
    with Journal(path, space, 0) as journal:
        again = [journal.config(entry)["kind"] for entry in journal.entries]
        for choice, value in zip(choices, again, strict=True):
            assert value is choice  # the object of the space itself
    for trial, choice in zip(bo.read_journal(path, space), choices, strict=True):
        assert trial.config["kind"] is choice
    pandas = pytest.importorskip("pandas")
    assert len(pandas.read_json(path, lines=True)) == len(choices)
    for line in lines(path):
        json.dumps(line, allow_nan=False)  # JSON as every reader knows it


HAVE_CODES = ["alike with a text", "codes as texts", "not finite", "floats", "integers", "numpy"]
HAVE_CODES += ["numpy alike", "numpy in a tuple", "sets", "texts"]


@pytest.mark.parametrize("kind", HAVE_CODES)
def test_without_the_space_types_come_back_that_have_a_code(kind, tmp_path):
    path, choices = tmp_path / "runs.jsonl", CHOICES[kind]
    space = bo.Space(kind=bo.Categorical(choices))
    with Journal(path, space, 0) as journal:
        for number, choice in enumerate(choices):
            journal.append(number, {"kind": choice}, 1.0, "", 0.0, 1.0)
    for trial, choice in zip(bo.read_journal(path), choices, strict=True):
        value = trial.config["kind"]
        assert type(value) is type(choice)
        assert value == choice or (value != value and choice != choice)


@pytest.mark.parametrize(
    "choices, says",
    [
        ([Named(), Named()], "written differently .* got Named.* twice; name the choices by texts"),
        ([lambda: 0, "a"], "written alike in every process"),
        ([("a", object()), "b"], "written alike in every process"),
        ([10**5000, 1], "that a journal can hold"),
    ],
    ids=["two objects alike", "a function's address", "an address in a tuple", "too many digits"],
)
def test_choices_that_cannot_be_told_apart_are_refused_when_a_journal_is_opened(
    choices, says, tmp_path
):
    path = tmp_path / "runs.jsonl"
    space = bo.Space(how=bo.Categorical(choices))
    with pytest.raises(ValueError, match=f"how must have choices .*{says}"):
        Journal(path, space, 0)
    with pytest.raises(ValueError, match="look up the object in the objective"):
        bo.maximize(never, space, 3, journal=path, progress=False)
    assert not list(tmp_path.iterdir())


class Broken:
    def __repr__(self):
        raise RuntimeError("no repr")


def test_a_choice_that_cannot_be_shown_is_refused_with_the_remedy(tmp_path):
    space = bo.Space(how=bo.Categorical([Broken(), 1]))
    with pytest.raises(ValueError, match="that it cannot .no repr.; name the choices by texts"):
        Journal(tmp_path / "runs.jsonl", space, 0)


class Model:
    """A choice that the objective changes, as a model that is fitted is."""

    def __init__(self, size):
        self.size = size

    def __repr__(self):
        return f"Model({self.size})"


def test_a_choice_that_an_objective_changes_is_still_the_one_that_was_asked(tmp_path):
    path, kinds = tmp_path / "runs.jsonl", [Model(1), Model(2)]
    space = bo.Space(x=bo.Float(0, 1), kind=bo.Categorical(kinds))

    def fit(config):
        config["kind"].size += 1  # the first one then looks like the second
        return config["x"]

    whole = bo.maximize(fit, space, 6, journal=path, progress=False)
    space = bo.Space(x=bo.Float(0, 1), kind=bo.Categorical([Model(1), Model(2)]))
    again = bo.maximize(never, space, 6, journal=path, progress=False)
    places = [kinds.index(config["kind"]) for config in whole.configs]
    assert [space["kind"].choices.index(config["kind"]) for config in again.configs] == places


class Scalars:
    """A strategy of one's own that asks NumPy's scalars, as rng.choice gives them."""

    seed = np.int64(7)

    def __init__(self):
        self.told = []

    def ask(self):
        t = len(self.told)
        x, flag = np.float64(t / 8), np.bool_(t % 2)
        return {"x": x, "y": np.float32(0.1), "n": np.int64(t + 1), "c": np.str_("a"), "flag": flag}

    def tell(self, config, value):
        self.told.append((config, value))


def test_numpy_scalars_of_ones_own_strategy_are_written_and_read_back(tmp_path):
    path = tmp_path / "runs.jsonl"
    space = bo.Space(
        x=bo.Float(0, 1),
        y=bo.Float(0, 1),
        n=bo.Int(1, 9),
        c=bo.Categorical(["a", "b"]),
        flag=bo.Categorical([True, False]),
    )
    arguments = {"strategy": Scalars(), "journal": path, "progress": False}
    whole = bo.maximize(lambda config: np.float32(config["x"]), space, 4, **arguments)
    arguments["strategy"] = Scalars()
    again = bo.maximize(never, space, 4, **arguments)
    assert again.configs == whole.configs and again.values.tolist() == whole.values.tolist()
    for config in again.configs:
        assert [type(value) for value in config.values()] == [float, float, int, str, bool]
    assert [line["seed"] for line in lines(path)] == [7] * 4
    arguments["strategy"] = Scalars()
    arguments["strategy"].seed = 7  # the same, and not a numpy scalar
    assert len(bo.maximize(never, space, 4, **arguments).values) == 4


@pytest.mark.parametrize("seed", [None, 3, "2026", (1, 2), 2**200, 0.5, True], ids=repr)
def test_a_seed_that_json_can_hold_is_the_same_when_it_is_read(seed, tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, seed) as journal:
        journal.append(0, {"x": 0.5, "n": 1, "kind": "a"}, 1.0, "", 0.0, 1.0)
    with Journal(path, SPACE, seed) as journal:
        assert len(journal.entries) == 1
    (trial,) = bo.read_journal(path)
    assert (trial.seed, type(trial.seed)) == (seed, type(seed))


def test_a_seed_that_json_cannot_hold_is_refused_before_an_evaluation_is_spent(tmp_path):
    strategy = Scalars()
    strategy.seed = np.random.default_rng(0)
    with pytest.raises(TypeError, match="seed must be a whole number.*Generator"):
        bo.maximize(
            never, SPACE, 3, strategy=strategy, journal=tmp_path / "runs.jsonl", progress=False
        )


CIRCLE = []
CIRCLE.append(CIRCLE)
EXTRAS = [
    # what an evaluation returned beside its value, and what is read back
    ({"seconds": 1.5, "note": "ok", "n": 3, "early": True, "none": None},) * 2,
    ({"curve": [0.1, [0.2]], "more": {"a": {"b": 1}}},) * 2,
    ({"a": np.float64(0.1), "b": np.int64(2), "c": np.bool_(True), "d": np.str_("t")},)
    + ({"a": 0.1, "b": 2, "c": True, "d": "t"},),
    ({"a": np.arange(3), "b": np.eye(2), "c": np.array(0.5)},)
    + ({"a": [0, 1, 2], "b": [[1.0, 0.0], [0.0, 1.0]], "c": 0.5},),
    ({"a": (1, (2,)), 3: "three"}, {"a": [1, [2]], "3": "three"}),
    ({"a": Layer(1), "b": {1}, "c": Color.RED}, None),
    ({"a": Layer(1)}, {"a": "Layer(width=1)"}),
    ({"float": "nan"},) * 2,  # looks like the code of a value, and is none
    ({"tuple": [1, 2]},) * 2,
    ({"a": {"dict": {"repr": "x"}}},) * 2,
    ({"a": math.inf, "b": [-math.inf]},) * 2,
    ({"a": 2**200}, {"a": 2**200}),
    ({"a": 10**5000}, {"a": "<int without a repr: ValueError>"}),
    ({"a": CIRCLE}, None),
    ({}, {}),
]


@pytest.mark.parametrize("extra, expected", EXTRAS, ids=[str(i) for i in range(len(EXTRAS))])
def test_further_numbers_of_an_evaluation_are_kept_and_never_cost_it(extra, expected, tmp_path):
    path = tmp_path / "runs.jsonl"
    config = {"x": 0.5, "n": 1, "kind": "a"}
    with Journal(path, SPACE, 0) as journal:
        journal.append(0, config, 1.0, "", 0.0, 1.0, extra=extra)
        journal.append(1, config, 1.0, "", 0.0, 1.0)
        written = journal.entries[0].extra
    with Journal(path, SPACE, 0) as journal:
        assert [entry.extra for entry in journal.entries] == [written, None]
    first, second = bo.read_journal(path)
    assert second.extra == {} and first.value == 1.0
    if expected is not None:
        assert first.extra == expected
        assert list(map(type, first.extra.values())) == list(map(type, expected.values()))
    assert lines(path)[1]["extra"] is None


def test_a_further_number_that_is_not_a_number_stays_one(tmp_path):
    with Journal(tmp_path / "runs.jsonl", SPACE, 0) as journal:
        config = {"x": 0.5, "n": 1, "kind": "a"}
        journal.append(0, config, 1.0, "", 0.0, 1.0, {"loss": math.nan, "all": [np.nan]})
    (trial,) = bo.read_journal(tmp_path / "runs.jsonl")
    assert math.isnan(trial.extra["loss"]) and math.isnan(trial.extra["all"][0])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_a_value_that_is_not_finite_is_a_failure_even_without_a_reason(value, tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 0) as journal:
        journal.append(0, {"x": 0.5, "n": 1, "kind": "a"}, value, "", 0.0, 1.0)
    (trial,) = bo.read_journal(path)
    assert math.isnan(trial.value) and str(float(value)) in trial.failure
    with Journal(path, SPACE, 0) as journal:
        assert len(journal.entries) == 1


# ----------------------------------------------------------------- the file itself, under a run


def add(journal, number):
    journal.append(number, {"x": 0.5, "n": 1, "kind": "a"}, float(number), "", 0.0, 1.0)


def linked(kind, path, other):
    try:
        os.symlink(path, other) if kind == "symbolic" else os.link(path, other)
    except OSError:
        pytest.skip("this file system has no such links")


HARD = pytest.param("hard", marks=pytest.mark.native("a file cannot be locked under all its names"))


@pytest.mark.parametrize("kind", ["symbolic", HARD, "folder"])
def test_two_runs_in_one_journal_are_refused_through_a_link_too(kind, tmp_path):
    path, other = tmp_path / "runs.jsonl", tmp_path / "other.jsonl"
    run(path, n=2)
    if kind == "folder":
        linked("symbolic", tmp_path, tmp_path / "folder")
        other = tmp_path / "folder" / "runs.jsonl"
    else:
        linked(kind, path, other)
    with Journal(path, SPACE, 2):
        with pytest.raises(JournalError, match="in use by another run"):
            Journal(other, SPACE, 2)
    with Journal(other, SPACE, 2):
        with pytest.raises(JournalError, match="in use by another run"):
            run(path, objective=never)
    assert run(other, n=4).configs == run(path, n=4, objective=never).configs


def test_a_second_writer_without_a_lock_is_found_out_and_no_line_is_lost(tmp_path, monkeypatch):
    """What a hard link is where the system has no locks: the length says it."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    path, other = tmp_path / "runs.jsonl", tmp_path / "other.jsonl"
    with Journal(path, SPACE, 2) as one:
        add(one, 0)
        linked("hard", path, other)
        with Journal(other, SPACE, 2) as two:
            add(two, 1)
            with pytest.raises(JournalError, match="written to by another program, .* trial 2 is"):
                add(one, 2)
    assert [trial.number for trial in bo.read_journal(path)] == [0, 1]


def test_a_file_system_without_locks_is_written_to_all_the_same(tmp_path, monkeypatch, caplog):
    """As some network file systems are: the library says one thing there, the system another."""
    filelock, fcntl = pytest.importorskip("filelock"), pytest.importorskip("fcntl")

    def unsupported(*arguments, **keywords):
        raise NotImplementedError("FileSystem does not appear to support flock")

    def no_locks(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    whole = run(tmp_path / "whole.jsonl", n=4)
    monkeypatch.setattr(filelock.FileLock, "acquire", unsupported)
    monkeypatch.setattr(fcntl, "flock", no_locks)
    for n in (2, 4):
        result = run(tmp_path / "runs.jsonl", n=n)
    assert result.configs == whole.configs and "has no locks" in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be deleted there")
def test_deleting_the_lock_beside_a_journal_lets_no_second_run_in(tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2):
        Path(f"{path}.lock").unlink(missing_ok=True)
        with pytest.raises(JournalError, match="in use by another run"):
            Journal(path, SPACE, 2)


def test_a_link_keeps_being_one_when_the_journal_is_mended(tmp_path):
    path, other = tmp_path / "runs.jsonl", tmp_path / "other.jsonl"
    run(path, n=2)
    path.write_bytes(path.read_bytes() + b'{"trial": 2, "con')
    linked("symbolic", path, other)
    run(other, n=3)
    assert other.is_symlink() and len(lines(path)) == 3


def delete(path):
    path.unlink()


def replace(path):
    new = path.with_name("new.jsonl")
    new.write_bytes(path.read_bytes())
    os.replace(new, path)


def empty(path):
    os.truncate(path, 0)


def truncate(path):
    os.truncate(path, path.stat().st_size - 5)


def scribble(path):
    with open(path, "ab") as file:
        file.write(b"# seen\n")


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be changed there")
@pytest.mark.parametrize(
    "change, says",
    [
        (delete, "was deleted or moved away"),
        (replace, "was replaced by another file"),
        (empty, "was emptied or cut short, from [0-9]+ to 0 bytes"),
        (truncate, "was emptied or cut short"),
        (scribble, "was written to by another program, 7 bytes"),
    ],
)
def test_a_journal_that_is_changed_under_a_run_is_an_error_that_says_how(change, says, tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2) as journal:
        add(journal, 0)
        change(path)
        before = path.read_bytes() if path.exists() else None
        for _ in range(2):  # and it stays one
            with pytest.raises(JournalError, match=f"{says}.* trial 1 is not written"):
                add(journal, 1)
        assert (path.read_bytes() if path.exists() else None) == before
    assert len(run(tmp_path / "another.jsonl", n=2).values) == 2


def test_a_run_goes_on_writing_when_the_objective_changes_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    result = run("runs.jsonl", n=3, objective=lambda config: os.chdir(tmp_path / "elsewhere") or 1)
    assert len(lines(tmp_path / "runs.jsonl")) == len(result.values) == 3


class Full:
    """A disk with room for `room` more bytes, then none; a file object around the real one."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, content):
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self.file.write(content[: self.room])
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, 40, 200])
@pytest.mark.parametrize("can_cut", [True, False], ids=["cut back at once", "cut back later"])
def test_a_full_disk_leaves_whole_lines_and_the_same_journal_goes_on(room, can_cut, tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2) as journal:
        add(journal, 0)
        whole, real = path.read_bytes(), journal._file
        journal._file = Full(real, room)
        if not can_cut:
            journal._file.truncate = lambda size: (_ for _ in ()).throw(OSError("no"))
        with pytest.raises(OSError, match="No space left") as error:
            add(journal, 1)
        assert "trial 1 is not in the journal" in error.value.__notes__[0]
        assert len(journal.entries) == 1
        assert (path.read_bytes() == whole) == (can_cut or room == 0)
        journal._file = real  # there is room again
        add(journal, 1)
    assert path.read_bytes().startswith(whole)
    assert [trial.number for trial in bo.read_journal(path)] == [0, 1]
    assert len(run(path, n=2, objective=never).values) == 2


def test_a_sync_that_fails_leaves_whole_lines(tmp_path, monkeypatch):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2) as journal:
        add(journal, 0)
        whole = path.read_bytes()

        def fail(descriptor):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fail)
            with pytest.raises(KeyboardInterrupt):
                add(journal, 1)
        assert path.read_bytes() == whole
        add(journal, 1)
    assert [trial.number for trial in bo.read_journal(path)] == [0, 1]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_run_on_a_full_disk_goes_on_when_there_is_room(tmp_path):
    """A real one, as far as the process can tell: its files may not grow beyond 2000 bytes."""
    path = tmp_path / "runs.jsonl"
    script = (
        "import resource, sys, test_journal as t\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try: t.run(sys.argv[1], n=12)\n"
        "except OSError as error: print(error, '| result', len(error.result.values))\n"
        "with t.Journal(sys.argv[1], t.SPACE, 2) as journal: print(len(journal.entries))\n"
    )
    child = in_a_process(script, path)
    assert "too large" in child.stdout and child.returncode == 0, child.stderr
    n = len(lines(path))
    assert 0 < n < 12 and path.read_bytes().endswith(b"\n")
    assert f"| result {n + 1}\n{n}\n" in child.stdout  # the value that found no room is in there
    assert not Path(f"{path}.torn").exists()
    assert run(path, n=12).configs == run(tmp_path / "whole.jsonl", n=12).configs


@pytest.mark.parametrize("where", ["unlock", "close"])
def test_the_lock_is_released_however_the_journal_is_left(where, tmp_path, monkeypatch):
    path = tmp_path / "runs.jsonl"

    class Stubborn(Full):
        def close(self):
            self.file.close()
            raise OSError(errno.EIO, "a network file system, on closing")

    with pytest.raises(OSError, match="on closing"):
        with Journal(path, SPACE, 2) as journal:
            add(journal, 0)
            if where == "close":
                journal._file = Stubborn(journal._file, 0)
            else:
                monkeypatch.setattr(appending, "_unlock", lambda file: Stubborn(file, 0).close())
    monkeypatch.undo()
    assert len(run(path, n=2).values) == 2


def test_a_journal_that_is_refused_is_not_locked(tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=2)
    content = path.read_bytes()
    path.write_bytes(b"[]\n" + content)
    with pytest.raises(JournalError, match="line 1"):
        Journal(path, SPACE, 2)
    path.write_bytes(content)
    with Journal(path, SPACE, 2) as journal:
        assert repr(journal) == f"Journal({str(path)!r}, 2 trials)"
        journal.close()
        with Journal(path, SPACE, 2):
            pass


def test_workers_that_outlive_a_journal_do_not_keep_it_locked(tmp_path):
    """A forked worker holds the file too, and goes on when `maximize` is done."""
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("no fork here")
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2) as journal:
        add(journal, 0)
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"],
            stdin=subprocess.PIPE,
            pass_fds=(journal._file.fileno(),),
        )
    try:
        with Journal(path, SPACE, 2) as journal:
            assert len(journal.entries) == 1
    finally:
        child.communicate(b"\n")


# ------------------------------------------------------------------------ reading, and going on


def test_the_reader_gives_frozen_trials_in_order(tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2) as journal:
        config = {"x": 0.25, "n": 3, "kind": (2, 3)}
        journal.append(1, config, math.nan, "it broke", 10.0, 12.5)
        journal.append(0, config, 0.5, "", 0.0, 1.0, {"seconds": 1})
    content = path.read_bytes()
    first, second = bo.read_journal(str(path))
    assert (first.number, first.value, first.failure) == (0, 0.5, None)
    assert (first.extra, second.extra) == ({"seconds": 1}, {})
    assert first.config == config and type(first.config["kind"]) is tuple
    assert second.number == 1 and math.isnan(second.value) and second.failure == "it broke"
    assert second.started == datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC)
    assert (second.ended - second.started).total_seconds() == 2.5
    assert (first.seed, first.space) == (2, fingerprint(SPACE))
    assert first.versions["numpy"] == np.__version__
    with pytest.raises(AttributeError):
        first.value = 1.0
    assert path.read_bytes() == content


@pytest.mark.native("there is no file of a lock")
def test_the_reader_works_while_a_run_writes_and_leaves_out_half_a_line(tmp_path):
    path = tmp_path / "runs.jsonl"
    with Journal(path, SPACE, 2) as journal:
        assert bo.read_journal(path) == []
        add(journal, 0)
        add(journal, 1)
        assert [trial.value for trial in bo.read_journal(path)] == [0.0, 1.0]
        add(journal, 2)
    content = path.read_bytes()
    for cut in (1, 2, 50):
        path.write_bytes(content[:-cut])
        found = [trial.number for trial in bo.read_journal(path)]
        assert found == ([0, 1, 2] if cut == 1 else [0, 1])
        assert path.read_bytes() == content[:-cut]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["runs.jsonl", "runs.jsonl.lock"]


@pytest.mark.parametrize(
    "damage, says",
    [
        (damaged(lambda row: row[:40]), "not a trial"),
        (with_entry("trial", 0), "trial 0 stands in line 1 already"),
        (with_entry("started", "../../../etc/passwd"), "isoformat"),
        (with_entry("started", 3), "fromisoformat"),
        (with_entry("config", {"x": {"tuple": 3}}), "int"),
        (with_entry("config", {"x": {"np.int8": 300}}), "300"),
        (with_entry("config", {"x": {"float": "one"}}), "one"),
        (with_entry("extra", {"dict": 3}), "unknown code"),
        (with_entry("extra", [1]), "extra must be an object"),
        (with_entry("hyperparameters", "x"), "hyperparameters must be an object"),
        (with_entry("value", 10**400), "value must be a finite number"),
    ],
)
def test_a_damaged_line_is_an_error_of_the_reader_that_names_it(damage, says, tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=3)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(JournalError, match=f"line 2: .*{says}"):
        bo.read_journal(path)


def test_a_journal_that_is_not_there_is_no_empty_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="runs.jsonl"):
        bo.read_journal(tmp_path / "runs.jsonl")


WIDER = bo.Space(x=bo.Float(0.0, 2.0), n=SPACE["n"], kind=SPACE["kind"])


@pytest.mark.parametrize(
    "other, says",
    [
        (WIDER, r"x was Float\(0.0, 1.0\) and is Float\(0.0, 2.0\)"),
        (bo.Space(x=SPACE["x"], kind=SPACE["kind"]), r"n was Int\(1, 9\) and is missing"),
        (
            bo.Space(x=SPACE["x"], n=bo.Int(1, 9, step=2), kind=SPACE["kind"]),
            r"n was Int\(1, 9\) and is Int\(1, 9, step=2\)",
        ),
        (
            bo.Space(n=SPACE["n"], x=SPACE["x"], kind=SPACE["kind"]),
            r"the order was \['x', 'n', 'kind'\] and is \['n', 'x', 'kind'\]",
        ),
    ],
)
def test_a_journal_of_another_space_says_what_is_different_and_how_to_go_on(other, says, tmp_path):
    path = tmp_path / "runs.jsonl"
    run(path, n=2)
    with pytest.raises(JournalError, match=says) as error:
        bo.maximize(never, other, 5, seed=2, journal=path, progress=False)
    assert f"for trial in bo.read_journal({str(path)!r}): strategy.tell(" in str(error.value)


def test_the_recipe_for_a_wider_space_works(tmp_path):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    whole = run(old, n=5)
    strategy = bo.BayesianOptimization(WIDER, n_initial=4, seed=2)
    for trial in bo.read_journal(old):
        strategy.tell(trial.config, trial.value)
    assert [trial.config for trial in strategy.told] == whole.configs
    assert [trial.value for trial in strategy.told] == whole.values.tolist()
    bo.maximize(f, WIDER, 8, strategy=strategy, journal=new, progress=False)
    assert len(bo.read_journal(new)) >= 1 and len(strategy.told) >= 8


def test_trials_outside_of_a_narrower_space_are_named(tmp_path):
    old = tmp_path / "old.jsonl"
    bo.maximize(f, WIDER, 9, seed=2, journal=old, progress=False)
    outside = [trial for trial in bo.read_journal(old) if trial.config["x"] > 1]
    strategy = bo.RandomSearch(SPACE)
    with pytest.raises(ValueError, match=r"x must be in \[0, 1\], got 1\."):
        for trial in outside:
            strategy.tell(trial.config, trial.value)
    assert outside and not strategy.told


# --------------------------------------------------------------- journals of an earlier version


# As version 0.1 wrote it, for the space below, spelled like that.
OLD = (
    '{"trial": 0, "config": {"x": 0.25, "kind": "(2, 3)", "y": 1}, "value": 0.5, "failure": null, '
    '"started": "2026-11-29T10:00:00.000000+00:00", "ended": "2026-11-29T10:00:01.000000+00:00", '
    '"seed": 2, "space": "SPACE", '
    '"versions": {"python": "3.11.2", "numpy": "2.4.6", "bo_tutorial": "0.1.0"}}\n'
)


def old_space(choices=("a", (2, 3), None)):
    return bo.Space(
        x=bo.Float(0, 1, log=False),
        kind=bo.Categorical(choices),
        y=bo.Int(1, 4, log=True, when={"kind": [(2, 3), None]}),
    )


def old_journal(path, fingerprint_then):
    path.write_text(OLD.replace("SPACE", fingerprint_then))
    return path


def test_a_journal_of_version_0_1_is_read_and_gone_on_with(tmp_path):
    # The two numbers are what version 0.1 computed.
    path = old_journal(tmp_path / "runs.jsonl", "3c81238a0bc3e433")
    with Journal(path, old_space(), 2) as journal:
        (entry,) = journal.entries
        assert journal.config(entry) == {"x": 0.25, "kind": (2, 3), "y": 1}
        assert entry.extra is None
        journal.append(1, {"x": 0.5, "kind": (2, 3), "y": 2}, 1.0, "", 0.0, 1.0)
    with Journal(path, old_space(), 2) as journal:
        assert [journal.config(entry)["kind"] for entry in journal.entries] == [(2, 3)] * 2
    assert bo.read_journal(path)[0].config["kind"] == "(2, 3)"
    assert bo.read_journal(path, old_space())[0].config["kind"] == (2, 3)


def test_a_journal_of_version_0_1_whose_choices_were_written_alike_is_refused(tmp_path):
    choices = ((2, 3), "(2, 3)", None)
    path = old_journal(tmp_path / "runs.jsonl", "d1ffdfbb7e0f9dec")
    with pytest.raises(JournalError, match="an earlier version, which wrote some choices"):
        Journal(path, old_space(choices), 2)
