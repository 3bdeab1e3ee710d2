"""The journal: nothing that was evaluated is lost or repeated, whatever happens to the process."""

import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import interrupted_run
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long import EXAMPLES, KILLS

import bo_tutorial as bo
from bo_tutorial import journal as journal_module
from bo_tutorial.journal import Journal, JournalError, fingerprint

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
            journal_module.datetime.fromisoformat(line[name]).timestamp()
            for name in ("started", "ended")
        )
        assert before - 1e-3 <= started <= ended <= time.time() + 1e-3
    assert lines(path)[0]["config"]["x"] == result.configs[0]["x"]


def test_pandas_reads_it(tmp_path):
    pandas = pytest.importorskip("pandas")
    values = iter([0.5, math.nan, 0.75])
    run(tmp_path / "runs.jsonl", n=3, objective=lambda config: next(values))
    frame = pandas.read_json(tmp_path / "runs.jsonl", lines=True)
    assert frame["trial"].tolist() == [0, 1, 2]
    assert frame["value"].tolist()[::2] == [0.5, 0.75] and math.isnan(frame["value"][1])
    assert "nan" in frame["failure"][1]


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
        child = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            cwd=Path(__file__).parent,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
        )
        assert "in use by another run" in child.stdout, child.stderr
    assert len(run(path, n=2).values) == 2  # the lock has gone with its journal


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
    source = Path(journal_module.__file__).read_text()
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
