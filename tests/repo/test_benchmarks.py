"""The benchmark harness, without any of the libraries that it compares."""

import importlib.util
import itertools
import json
import math
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import (  # noqa: E402
    adapters,
    layout,
    noise,
    problems,
    report,
    run,
    set_one_thread,
    suites,
    timing,
)
from bo_tutorial import network, smbo, tpe  # noqa: E402
from bo_tutorial.course import lab

OWN = ["ours", "ours-tpe", "random", "sobol"]
CHEAP = [
    "Branin",
    "Hartmann 3",
    "Hartmann 6",
    "Ackley 5, shifted",
    "Levy 4",
    "Rosenbrock 4",
    "Styblinski-Tang 4",
    "Gramacy-Lee",
    "Branin in 6-D",
    "rotated bowl 8",
    "three recipes",
    *problems.HELD_OUT,
]


def made_line(problem, method, seed, values, error=None):
    return {
        "problem": problem,
        "method": method,
        "seed": seed,
        "values": values,
        "cpu_ms": [1.0] * (len(values) - run.N_INITIAL),
        "repeats": 0,
        "error": error,
        "versions": {"numpy": "2.0"},
        "code": None,
        "machine": "a machine",
    }


def climb(start, end, n=50):
    """Values of a run: the same design for all, then steadily to where it ends."""
    design = np.linspace(start - 1, start, run.N_INITIAL)
    return [*design, *np.linspace(start, end, n - run.N_INITIAL)]


# Problems


@pytest.mark.parametrize("name", CHEAP)
def test_no_point_beats_the_optimum(name):
    problem = problems.make(name)
    rng = np.random.default_rng(0)
    values = [problem(problem.space.sample(rng)) for _ in range(300)]
    assert max(values) <= problem.optimum + 1e-9


@pytest.mark.parametrize(
    "name, best",
    [
        ("Ackley 5, shifted", {"x1": 0.31, "x2": 0.64, "x3": 0.22, "x4": 0.73, "x5": 0.42}),
        ("three recipes", {"recipe": "slow", "x": 0.62, "y": 0.3, "steps": 7, "patience": 0.35}),
        ("cosine mixture 8", {f"x{j}": 0.585 for j in range(1, 9)}),
        ("Branin", {"x1": (np.pi + 5) / 15, "x2": 2.275 / 15}),
        ("Levy 4", {f"x{j}": 0.55 for j in range(1, 5)}),
    ],
)
def test_the_optimum_is_where_it_is_said_to_be(name, best):
    problem = problems.make(name)
    assert problem(best) == pytest.approx(problem.optimum, abs=1e-6)


def test_hidden_branin_depends_on_two_inputs():
    problem = problems.make("Branin in 6-D")
    u = np.full(6, 0.5)
    moved = [
        problem(problem.space.from_unit(np.where(np.arange(6) == j, 0.9, u))) for j in range(6)
    ]
    base = problem(problem.space.from_unit(u))
    assert [value != base for value in moved] == [False, True, False, False, True, False]


def test_the_network_table_is_the_one_of_the_course():
    """Row by row: the file lists the grid with the last hyperparameter fastest."""
    problem, table = problems.make("network table"), network.grid_table()
    for row in (0, 1, 5, 1234, 3124):
        levels = [row // 5**j % 5 for j in (4, 3, 2, 1, 0)]
        config = dict(zip(network.SPACE.names, levels, strict=True))
        assert problem(config) == table["validation_accuracy"][row]
    assert problem.optimum == max(table["validation_accuracy"])


def test_unknown_problem_is_named():
    with pytest.raises(ValueError, match="got 'Brannin'"):
        problems.make("Brannin")


def test_the_support_vectors_are_deterministic_and_worth_tuning():
    pytest.importorskip("sklearn")
    problem = problems.make("support vectors")
    good, bad = dict(x1=0.6, x2=0.5, x3=0.9), dict(x1=0.0, x2=0.0, x3=0.5)
    problems._support_vectors.cache_clear()
    first = problem(good)
    problems._support_vectors.cache_clear()
    assert first == problem(good)
    assert first > problem(bad) + 0.1


def test_cells_are_named_stably_and_read_back():
    assert problems.Cell("bbob", 2, 6, 5).name == "bbob-f06-i2-d05"
    every = [cell for suite in problems.SUITES for cell in problems.cells(suite, 12)]
    assert [problems.cell(cell.name) for cell in every] == every
    assert len({cell.name for cell in every}) == len(every) == 24 * 12 * 5
    for name in ("Branin", "bbob-f06-i2-d03", "bbob-f25-i1-d05", "bbob-f06-i16-d05"):
        assert problems.cell(name) is None
    for name in ("bbob-f06-i0-d05", "bbob-f06-i02-d05", "bbob-mixint-f06-i1-d02", "bbob-f6-i1-d05"):
        assert problems.cell(name) is None
        with pytest.raises(ValueError, match=f"or like bbob-f01-i1-d02, got '{name}'"):
            problems.make(name)


def test_cells_come_instance_by_instance_so_that_a_stopped_run_is_balanced():
    cells = problems.cells("bbob")
    assert [cell.instance for cell in cells] == [1] * 72 + [2] * 72 + [3] * 72
    assert {(c.function, c.d) for c in cells[:72]} == set(
        itertools.product(range(1, 25), (2, 5, 10))
    )
    assert {cell.d for cell in problems.cells("bbob-mixint", 1, [10])} == {10}
    with pytest.raises(ValueError, match="among .5, 10., got 2"):
        problems.cells("bbob-mixint", 1, [5, 2])
    for n_instances in (0, 16):
        with pytest.raises(ValueError, match=f"must be 1 to 15, got {n_instances}"):
            problems.cells("bbob", n_instances)
    with pytest.raises(ValueError, match="suite must be one of .*, got 'bob'"):
        problems.cells("bob")


@pytest.mark.parametrize("suite", problems.SUITES)
def test_a_cell_is_minus_the_published_function(suite):
    """At the center and at a point with all coordinates different, by COCO's own coordinates."""
    cocoex = pytest.importorskip("cocoex")
    published = cocoex.Suite(suite, "instances: 1-3", "dimensions: 5,10")
    for function, d, instance in ((1, 5, 1), (6, 10, 2), (12, 5, 3), (24, 10, 1)):
        cell = problems.Cell(suite, instance, function, d)
        problem = problems.make(cell.name)
        of_coco = published.get_problem_by_function_dimension_instance(function, d, instance)
        n_integers = {"bbob": 0, "bbob-mixint": 4 * d // 5}[suite]
        integers = [j % 2 for j in range(n_integers)]
        for real in ([0.5] * (d - n_integers), np.linspace(0.05, 0.9, d - n_integers).tolist()):
            config = dict(zip([f"x{j}" for j in range(1, d + 1)], integers + real, strict=True))
            x = [*integers, *(10 * u - 5 for u in real)]
            assert problem(config) == pytest.approx(-of_coco(np.array(x, dtype=float)), rel=1e-12)


def test_the_optimum_of_a_cell_is_the_one_that_coco_tells(tmp_path, monkeypatch):
    cocoex = pytest.importorskip("cocoex")
    monkeypatch.chdir(tmp_path)
    for cell in problems.cells("bbob", 1, [5]):
        told = cocoex.BareProblem("bbob", cell.function, cell.d, cell.instance).best_value()
        assert problems.from_coco(cell).optimum == pytest.approx(-told, abs=1e-9)
    assert list(tmp_path.iterdir()) == []  # where COCO leaves a file


@pytest.mark.parametrize("d", problems.SUITES["bbob-mixint"])
def test_no_point_beats_the_optimum_of_a_mixed_cell(d):
    pytest.importorskip("cocoex")
    rng = np.random.default_rng(0)
    for cell in problems.cells("bbob-mixint", 1, [d]):
        problem = problems.make(cell.name)
        assert problem.kind == problems.MIXED
        values = [problem(problem.space.sample(rng)) for _ in range(50)]
        assert max(values) <= problem.optimum


def test_what_helped_to_choose_the_default_exists():
    functions = [f"{suite} f{f}" for suite in problems.SUITES for f in range(1, 25)]
    assert set(problems.MAKERS) | set(functions) >= problems.CHOSEN_ON
    assert problems.chosen_on("Hartmann 6") and not problems.chosen_on("Branin")


# Adapters


@pytest.mark.parametrize("method", OWN)
@pytest.mark.parametrize("name", ["Branin", "three recipes"])
def test_own_adapters_repeat_themselves(method, name):
    first, second = (run.run_one(name, method, 3, 16) for _ in range(2))
    assert first["error"] is None
    assert first["values"] == second["values"]
    assert len(first["values"]) == 16
    assert len(first["cpu_ms"]) == 16 - run.N_INITIAL


def test_all_methods_begin_with_the_same_design():
    lines = [run.run_one("Hartmann 3", method, 1, 12) for method in OWN]
    designs = {tuple(line["values"][: run.N_INITIAL]) for line in lines}
    assert len(designs) == 1
    other = run.run_one("Hartmann 3", "random", 2, 12)
    assert tuple(other["values"][: run.N_INITIAL]) not in designs


def test_sobol_goes_on_where_the_design_ended():
    space = problems.make("Branin").space
    adapter = adapters.METHODS["sobol"](space, 5)
    adapter.observe_all(run.initial_design(space, 5), np.zeros(run.N_INITIAL))
    assert adapter.suggest() == run.initial_design(space, 5, 11)[10]


def test_ours_beats_random():
    reached = {}
    for method in ("ours", "random"):
        lines = [run.run_one("Branin", method, seed, 25) for seed in range(3)]
        reached[method] = np.median([max(line["values"]) for line in lines])
    assert reached["ours"] > reached["random"]


def test_the_design_has_no_configuration_twice():
    space = problems.bo.Space(a=problems.bo.Int(1, 4), b=problems.bo.Int(1, 3))
    design = run.initial_design(space, 0)
    assert len({tuple(config.items()) for config in design}) == run.N_INITIAL
    with pytest.raises(ValueError, match="at least 13 configurations"):
        run.initial_design(space, 0, 13)


def test_what_does_not_apply_is_completed_and_left_out_again():
    problem = problems.make("three recipes")
    adapter = adapters.METHODS["random"](problem.space, 0)
    config = {"recipe": "slow", "x": 0.1, "y": 0.2, "steps": 3, "patience": 0.9}
    full = adapter.complete(config)
    assert list(full) == problem.space.names
    assert adapter.configuration(full) == config
    outside = adapter.configuration(full | {"x": 1 + 1e-12, "steps": np.int64(3)})
    assert outside == config | {"x": 1.0}


def test_every_method_names_what_it_needs():
    for adapter in adapters.METHODS.values():
        assert adapter.distributions
    assert set(report.LABELS) >= set(adapters.METHODS) | set(timing.FITS)
    assert adapters.versions("ours")
    assert adapters.versions("ours", ["no-such-distribution"]) == {}


def test_a_space_decides_who_takes_part():
    cube, mixed = problems.make("Branin").space, problems.make("three recipes").space
    botorch, bayes_opt = adapters.METHODS["botorch"], adapters.METHODS["bayes-opt"]
    assert botorch.supports(cube) and not botorch.supports(mixed)
    assert bayes_opt.is_slow(mixed) and not botorch.is_slow(mixed) and botorch.is_slow(cube)


# The results file


def test_the_code_version_follows_what_is_asked_and_nothing_else(monkeypatch):
    version = run.code_version.__wrapped__
    before = version()
    assert version() == before and len(before) == 8
    monkeypatch.setattr(smbo, "CATEGORY_DISTANCE", 0.8)
    assert version() != before
    monkeypatch.undo()
    monkeypatch.setattr(tpe, "_widths", np.ones_like)
    assert version() != before
    monkeypatch.undo()
    monkeypatch.setattr(Path, "read_bytes", None)  # no file is looked at
    assert version() == before


def test_the_committed_results_of_ours_are_of_one_version():
    lines = [json.loads(line) for line in run.RESULTS.read_text().splitlines()]
    assert len({line["code"] for line in lines if line["method"] in adapters.OURS}) == 1


def command(path, *more):
    run.main(
        ["--methods", "ours-tpe", "random", "--problems", "Branin", "--evaluations", "12"]
        + ["--output", str(path), *more]
    )


def test_a_run_goes_on_where_it_stopped(tmp_path, capsys):
    path = tmp_path / "results.jsonl"
    command(path, "--seeds", "2")
    whole = path.read_text()
    assert len(whole.splitlines()) == 4
    command(path, "--seeds", "2")
    assert path.read_text() == whole  # nothing was left to do

    path.write_text(whole[:-30])  # killed while it wrote its last line
    assert len(run.read(path)) == 3
    command(path, "--seeds", "2")
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    assert len(lines) == 4
    for line, first in zip(lines, map(json.loads, whole.splitlines()), strict=True):
        assert line["values"] == first["values"]

    command(path, "--seeds", "1", "--again")
    assert len(path.read_text().splitlines()) == 6
    assert len(run.read(path)) == 4  # the last line of each run counts


def test_longer_runs_replace_shorter_ones(tmp_path):
    path = tmp_path / "results.jsonl"
    run.append(path, made_line("Branin", "random", 0, climb(-9, -1, 12)))
    run.append(path, made_line("Branin", "random", 1, climb(-9, -1, 12), error="ValueError: x"))
    assert run.todo(path, ["Branin"], ["random"], 2, 12) == []
    assert run.todo(path, ["Branin"], ["random"], 2, 20) == [("Branin", "random", 0, 20)]


def without_coco(monkeypatch, optimum=0.25):
    """Put a bowl in the place of every cell, so that a suite runs where `cocoex` is missing."""

    def make(name):
        space = problems.cube(problems.cell(name).d)

        def bowl(config):
            return optimum - sum((u - 0.4) ** 2 for u in config.values())

        return problems.Problem(name, problems.CONTINUOUS, space, bowl, optimum)

    monkeypatch.setattr(problems, "make", make)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: "found")


def suite_command(path, *more):
    run.main(
        ["--suite", "bbob", "--dimensions", "2", "--methods", "ours-tpe", "random"]
        + ["--evaluations", "12", "--output", str(path), *more]
    )


def test_a_suite_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys):
    without_coco(monkeypatch)
    path = tmp_path / "suites.jsonl"
    suite_command(path, "--instances", "1")
    whole = path.read_text()
    lines = [json.loads(text) for text in whole.splitlines()]
    assert len(lines) == 2 * 24
    suite_command(path, "--instances", "1")
    assert path.read_text() == whole  # nothing was left to do

    path.write_text(whole[:-30])  # killed while it wrote its last line
    suite_command(path, "--instances", "1")
    again = [json.loads(text) for text in path.read_text().splitlines()]
    assert [line["values"] for line in again] == [line["values"] for line in lines]

    suite_command(path, "--instances", "2")
    more = run.read(path)
    assert len(more) == 2 * 2 * 24
    assert {(line["problem"][-6:-4], line["seed"]) for line in more} == {("i1", 1), ("i2", 2)}
    suite_command(path, "--instances", "1", "--again")
    assert len(path.read_text().splitlines()) == 3 * 2 * 24
    assert len(run.read(path)) == 2 * 2 * 24  # the last line of each run counts


def test_outdated_runs_of_ours_are_done_again_and_go_on_where_they_stopped(tmp_path):
    path = tmp_path / "results.jsonl"
    for method, seed, code in (("ours", 0, "old"), ("ours", 1, "new"), ("random", 0, None)):
        run.append(path, made_line("Branin", method, seed, climb(-9, -1)) | {"code": code})
    arguments = path, ["Branin"], ["ours", "random"], 2, 50
    missing = ("Branin", "random", 1, 50)
    assert run.todo(*arguments) == [missing]
    assert run.todo(*arguments, code="new") == [("Branin", "ours", 0, 50), missing]
    run.append(path, made_line("Branin", "ours", 0, climb(-9, -1)) | {"code": "new"})
    assert run.todo(*arguments, code="new") == [missing]


def test_outdated_runs_on_a_suite(tmp_path, monkeypatch, capsys):
    without_coco(monkeypatch)
    path = tmp_path / "suites.jsonl"
    suite_command(path, "--instances", "1", "--outdated")
    assert len(run.read_lines(path)) == 2 * 24
    monkeypatch.setattr(run, "code_version", lambda: "later")
    for _ in range(2):
        suite_command(path, "--instances", "1", "--outdated")
        assert len(run.read_lines(path)) == 3 * 24  # ours once more, random not
    assert {line["code"] for line in run.read(path) if line["method"] == "ours-tpe"} == {"later"}


def test_a_line_of_a_suite_counts_from_the_optimum(monkeypatch):
    plain = run.run_one("Branin", "random", 1, 12)
    assert len(plain["cpu_ms"]) == 2
    lines = {}
    for optimum in (0.25, 1000.0):
        without_coco(monkeypatch, optimum)
        for instance in (1, 2):
            name = problems.Cell("bbob", instance, 1, 2).name
            lines[optimum, instance] = run.run_one(name, "random", instance, 12)
    space, values = problems.cube(2), []
    for config in run.initial_design(space, 1):
        values.append(-((config["x1"] - 0.4) ** 2) - (config["x2"] - 0.4) ** 2)
    for optimum in (0.25, 1000.0):
        # To five digits, and the difference to 1000 in double precision.
        found = lines[optimum, 1]["values"][: run.N_INITIAL]
        assert found == pytest.approx(values, rel=6e-5, abs=1e-12)
        assert isinstance(lines[optimum, 1]["cpu_ms"], float)
    assert lines[0.25, 1]["values"][:10] != lines[0.25, 2]["values"][:10]


def test_a_suite_without_its_package_is_refused_at_the_edge(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        suite_command(tmp_path / "suites.jsonl")
    assert "needs the package coco-experiment" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--suite", "bbob", "--seeds", "3"], "--seeds does not go with --suite"),
        (["--suite", "bbob", "--slow-seeds", "3"], "--slow-seeds does not go with --suite"),
        (["--suite", "bbob", "--problems", "Branin"], "--problems does not go with --suite"),
        (["--suite", "bbob", "--dimensions", "3"], r"must be among \(2, 5, 10\), got 3"),
        (["--suite", "bbob", "--instances", "0"], "must be 1 to 15, got 0"),
        (["--suite", "bbob", "--quick"], "not allowed with argument"),
        (["--dimensions", "2"], "go with --suite only"),
        (["--instances", "2"], "go with --suite only"),
        (["--methods", "ourz"], "invalid choice: 'ourz'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments, message, tmp_path, monkeypatch, capsys
):
    without_coco(monkeypatch)
    with pytest.raises(SystemExit):
        run.main([*arguments, "--output", str(tmp_path / "none")])
    assert re.search(message, capsys.readouterr().err)


def test_a_suite_leaves_out_who_cannot_search_it(tmp_path, monkeypatch):
    mixed = problems.make("three recipes")
    monkeypatch.setattr(problems, "make", lambda name: mixed)
    cells = problems.cells("bbob-mixint", 1)
    tasks = run.todo_in_suite(tmp_path / "none", cells, ["botorch", "random"], 50)
    assert tasks == [(cell.name, "random", 1, 50) for cell in cells]


def test_slow_libraries_have_half_the_seeds(tmp_path):
    tasks = run.todo(tmp_path / "none", ["Branin", "three recipes"], ["botorch", "random"], 10, 50)
    botorch = [task for task in tasks if task[1] == "botorch"]
    assert [task[2] for task in botorch] == [0, 1, 2, 3, 4]
    assert {task[0] for task in botorch} == {"Branin"}
    assert [task[2] for task in tasks] == sorted(task[2] for task in tasks)  # seeds come first


def test_an_exception_of_a_library_is_recorded(monkeypatch):
    class Failing(adapters.Random):
        def suggest(self):
            if len(self.strategy.trials) == 12:
                raise RuntimeError("no more ideas")
            return super().suggest()

    monkeypatch.setitem(adapters.METHODS, "random", Failing)
    line = run.run_one("Branin", "random", 0, 20)
    assert len(line["values"]) == 12
    assert line["error"].endswith("RuntimeError: no more ideas")


def test_a_missing_library_is_left_out_aloud(monkeypatch, capsys):
    monkeypatch.setattr(adapters.Random, "distributions", ("no-such-distribution",))
    assert run.installed(["random", "ours"]) == ["ours"]
    assert "random is left out: it needs no-such-distribution" in capsys.readouterr().err


def test_repeats_are_counted():
    points = [[0.1, 0.2], [0.3, 0.2], [0.1, 0.2 + 1e-9], [0.1, 0.2 + 1e-7]]
    assert run.count_repeats(points) == 1


# The report


def ranks_at_50(lines, **arguments):
    ranks = report.Regrets(lines).ranks(["Branin"], 50, **arguments)
    return {method: [float(r) for r in of.values()] for method, of in ranks.items() if of}


def test_ranks():
    lines = [
        made_line("Branin", "ours", 0, climb(-9, -0.4)),
        made_line("Branin", "random", 0, climb(-9, -2)),
        made_line("Branin", "sobol", 0, climb(-9, -2)),
    ]
    assert ranks_at_50(lines) == {"ours": [1.0], "random": [2.5], "sobol": [2.5]}


def test_regrets_below_the_floor_can_count_as_equal():
    optimum = problems.make("Branin").optimum
    lines = [
        made_line("Branin", "ours", 0, climb(-9, optimum - 1e-9)),
        made_line("Branin", "random", 0, climb(-9, optimum - 1e-8)),
    ]
    assert ranks_at_50(lines) == {"ours": [1.0], "random": [2.0]}
    assert ranks_at_50(lines, ties=True) == {"ours": [1.5], "random": [1.5]}


def test_a_missing_seed_is_filled_from_the_shared_ones():
    ends = {("ours", 0): -1, ("botorch", 0): -2, ("ours", 1): -1, ("random", 0): -3}
    ends["random", 1] = -3
    lines = [made_line("Branin", m, seed, climb(-9, end)) for (m, seed), end in ends.items()]
    ranks = ranks_at_50(lines)
    assert ranks == {"ours": [1.0, 1.0], "botorch": [2.0], "random": [3.0, 3.0]}


def test_the_reference_of_a_real_problem_is_the_best_found(monkeypatch):
    unknown = problems.Problem("Branin", problems.REAL, problems.cube(2), None)
    monkeypatch.setattr(problems, "make", lambda name: unknown)
    lines = [
        made_line("Branin", "ours", 0, climb(-9, -1)),
        made_line("Branin", "skopt", 0, climb(-9, -3)),
    ]
    regrets = report.Regrets(lines)
    spread = np.ptp(lines[0]["values"][: run.N_INITIAL])
    assert regrets.median("Branin", "skopt", 50) == 2.0
    assert regrets.median("Branin", "ours", 50) == pytest.approx(report.NOTHING * spread)
    ratio, best = report.ratios(regrets, ["Branin"], 50)["Branin"]
    assert best == "skopt"
    assert ratio == pytest.approx(report.NOTHING * spread / 2)


def test_a_report_of_a_few_runs(tmp_path):
    pytest.importorskip("matplotlib")
    path, timings = tmp_path / "results.jsonl", tmp_path / "timing.jsonl"
    for problem in ("Branin", "Rosenbrock 4", "three recipes"):
        for seed in range(2):
            for method, end in (("ours", -0.41), ("skopt", -0.9), ("random", -2.0)):
                run.append(path, made_line(problem, method, seed, climb(-9 - seed, end)))
    failed = made_line("Branin", "smac", 0, climb(-9, -3, 12), error="At line 3\nValueError: no")
    run.append(path, failed)
    for method, spent in (("ours", 5.0), ("skopt", 100.0)):
        for t in timing.LENGTHS:
            line = {"measure": "suggestion", "method": method, "d": 2, "t": t, "cpu_ms": spent}
            more = {"versions": {"numpy": "2.0"}, "code": None, "machine": "a machine"}
            run.append(timings, line | more)
    arguments = ["--results", path, "--timing", timings, "--output", tmp_path / "report.md"]
    arguments += ["--suites", tmp_path / "none"]
    report.main([str(argument) for argument in arguments])
    text = (tmp_path / "report.md").read_text()
    assert "| **this course: GP, log EI** | 1.00 ± 0.00 | 1.00 ± 0.00 | 1.00 ± 0.00 |" in text
    assert "| *our GP / fastest GP library* | 0.05 | 0.05 | 0.05 | 0.05 |" in text
    assert "1/20.0 | yes" in text
    assert "- SMAC random forest: Branin, seed 0, after 12 evaluations: `ValueError: no`" in text
    assert "## Which configuration to return under noise" in text
    assert "## Where a target is missed, and what was tried" in text
    assert "nan" not in text
    for name in ("ranks", "regrets", "regrets-mixed", "times"):
        assert (tmp_path / "figures" / f"{name}.png").stat().st_size > 1000
        assert f"](figures/{name}.png)" in text
    report.main([str(argument) for argument in arguments])
    assert (tmp_path / "report.md").read_text() == text


def test_the_committed_report_is_that_of_the_committed_results(tmp_path):
    pytest.importorskip("matplotlib")
    report.main(["--output", str(tmp_path / "report.md")])
    committed = (run.HERE / "report.md").read_text()
    assert (tmp_path / "report.md").read_text() == committed
    assert "several versions" not in committed and "None." in committed  # no run failed


def test_what_the_course_has_too_looks_as_it_does_there_and_each_peer_otherwise():
    pytest.importorskip("matplotlib")
    from bo_tutorial.plotting.looks import LOOKS

    looks = {method: tuple(layout.look_of(method).values()) for method in layout.LABELS}
    assert looks["ours"] == LOOKS["BO"] and looks["ours-tpe"] == LOOKS["TPE"]
    assert looks["random"] == LOOKS["random"] and looks["sobol"] == LOOKS["Sobol"]
    marked = {(color, marker) for color, _, marker in looks.values()}
    assert len(marked) == len(layout.LABELS)
    peers = {looks[method][2] for method in looks if method not in layout.COURSE}
    assert peers.isdisjoint(marker for _, _, marker in LOOKS.values())


def test_too_short_runs_have_no_report():
    with pytest.raises(ValueError, match="20 evaluations or more, got 12"):
        report.Regrets([made_line("Branin", "ours", 0, climb(-9, -1, 12))])


def test_the_unit_of_a_standard_error_is_the_problem():
    """Ten alike runs of each of two problems are two observations, not twenty."""
    values = {("a", seed): 1.0 for seed in range(10)} | {("b", seed): 3.0 for seed in range(10)}
    assert layout.by_problem(values) == {"a": 1.0, "b": 3.0}
    mean, error = layout.mean_and_error(values)
    assert (mean, error) == (2.0, pytest.approx(stats.sem([1.0, 3.0])))
    uneven = {("a", 0): 1.0, ("a", 1): 2.0, ("b", 0): 3.0}
    assert layout.mean_and_error(uneven)[0] == (1.5 + 3.0) / 2  # each problem counts once
    assert np.isnan(layout.mean_and_error({("a", 0): 1.0, ("a", 1): 2.0})[1])
    assert np.isnan(layout.mean_and_error({})).all()


def test_the_rank_table_has_errors_over_problems(monkeypatch):
    lines = []
    for name, loser in (("Branin", "random"), ("Levy 4", "random"), ("Rosenbrock 4", "ours")):
        for seed in range(6):
            for method in ("ours", "random"):
                end = -2 if method == loser else -1
                lines.append(made_line(name, method, seed, climb(-9, end)))
    names = ["Branin", "Levy 4", "Rosenbrock 4"]
    text = report.rank_table(report.Regrets(lines), names)
    mean, error = np.mean([1, 1, 2]), stats.sem([1, 1, 2])
    assert f"| {mean:.2f} ± {error:.2f} |" in text
    lead = [1, 1, -1]
    assert f"| {np.mean(lead):+.2f} ± {stats.sem(lead):.2f} |" in text


def test_ranks_without_what_helped_to_choose_the_default(tmp_path):
    pytest.importorskip("matplotlib")
    lines = []
    for name in ("Branin", "Levy 4", "Hartmann 6", "rotated bowl 8"):
        ends = {"ours": -1.0, "skopt": -2.0}
        if not problems.chosen_on(name):
            ends = {"ours": -2.0, "skopt": -1.0}  # what was tuned looks better
        for method, end in ends.items():
            lines.append(made_line(name, method, 0, climb(-9, end)))
    text = report.report(lines, {}, tmp_path)
    everything, unseen = re.findall(r"^\| \*\*this course: GP.*\d ± .*$", text, re.M)
    assert "| 1.50 ±" in everything and "| 2.00 ± 0.00 |" in unseen
    assert "*Hartmann 6* and *rotated bowl 8* (marked †" in text and "other 2 problems" in text
    assert "| Hartmann 6 † |" in text and "| Branin |" in text


# The report on the suites


def suite_line(function, instance, method, end, d=5, start=-100.0, suite="bbob", **more):
    """A run whose regret is -start after the design and -end from the 20th value on."""
    name = problems.Cell(suite, instance, function, d).name
    values = [start] * run.N_INITIAL + [0.5 * (start + end)] * 9 + [end] * 31
    return made_line(name, method, instance, values) | {"cpu_ms": 5.0, "code": "today"} | more


def curves_of(ends):
    """Make the curves of {(function, instance): {method: regret}}."""
    return suites.regret_curves(
        suite_line(*cell, method, -regret)
        for cell, of in ends.items()
        for method, regret in of.items()
    )


def test_a_regret_is_that_of_the_best_so_far_and_at_least_the_final_precision():
    values = [-3.0, -1.0, -2.0, 0.0, -1.0]
    line = made_line("bbob-f01-i2-d05", "ours", 2, values)
    broken = made_line("bbob-f01-i2-d05", "random", 2, values, error="ValueError: x")
    curves = suites.regret_curves([line, broken])
    assert list(curves) == ["ours"]
    assert curves["ours"]["bbob f1, d = 5", 2].tolist() == [3.0, 1.0, 1.0, 1e-8, 1e-8]


def test_suite_ranks_are_those_of_scipy_on_the_cells_that_all_ran():
    rng = np.random.default_rng(0)
    methods = ["ours", "optuna-tpe", "random"]
    ends = {
        (function, instance): dict(zip(methods, rng.integers(1, 4, 3), strict=True))
        for function in (1, 6, 12)
        for instance in (1, 2)
    }
    del ends[6, 2]["random"]
    found = suites.ranks(curves_of(ends), methods, 50)
    for (function, instance), of in ends.items():
        cell = f"bbob f{function}, d = 5", instance
        assert (cell in found["ours"]) == (len(of) == 3)
        if len(of) == 3:
            wanted = stats.rankdata([of[method] for method in methods])
            assert [found[method][cell] for method in methods] == wanted.tolist()
    short = curves_of(ends)
    short["ours"]["bbob f1, d = 5", 1] = short["ours"]["bbob f1, d = 5", 1][:40]
    assert len(suites.ranks(short, methods, 50)["ours"]) == 4  # of 5: that one is too short
    assert len(suites.ranks(short, methods, 30)["ours"]) == 5


def test_instances_of_a_problem_are_averaged_before_anything_else():
    """By hand: f1 wins both of two instances, f2 one of two, f3 its only one."""
    ends = {
        (1, 1): {"ours": 1.0, "botorch": 10.0},
        (1, 2): {"ours": 0.1, "botorch": 10.0},
        (2, 1): {"ours": 1.0, "botorch": 10.0},
        (2, 2): {"ours": 1.0, "botorch": 0.001},
        (3, 1): {"ours": 2.0, "botorch": 2.0},
    }
    curves = curves_of(ends)
    of_pair = suites.ranks(curves, ["ours", "botorch"], 50)["ours"]
    means = [1.0, 1.5, 1.5]
    wanted = (np.mean(means), stats.sem(means))
    assert layout.mean_and_error(of_pair) == pytest.approx(wanted)
    logs = suites.log_ratios(curves, "ours", "botorch", 50)
    assert layout.by_problem(logs) == pytest.approx(
        {"bbob f1, d = 5": -1.5, "bbob f2, d = 5": 1.0, "bbob f3, d = 5": 0.0}
    )
    assert suites.counts(logs) == "1 / 1 / 1"
    assert suites.counted(logs) == "3 problems, 5 cells"
    mean, error = -0.5 / 3, stats.sem([-1.5, 1.0, 0.0])
    low, high = 10 ** (mean - error), 10 ** (mean + error)
    assert suites.geometric(logs) == f"{10**mean:.3g} ({low:.3g} … {high:.3g})"
    row = f"| {np.mean(means):.2f} ± {stats.sem(means):.2f} | 1 / 1 / 1 | +0.00 (-0.75, +0.50) |"
    assert row in suites.pair_table(curves)


def test_methods_with_few_cells_do_not_take_the_others_cells_away():
    lines = []
    for function in range(1, 13):
        for method in ("ours", "random"):
            lines.append(suite_line(function, 1, method, -1.0))
        if function <= 11:
            lines.append(suite_line(function, 1, "optuna-tpe", -2.0))  # nearly all
        if function in (1, 12):
            lines.append(suite_line(function, 1, "botorch", -3.0))
    lines.append(suite_line(1, 1, "skopt", -3.0) | {"values": [-1.0] * 12})  # too short
    curves = suites.regret_curves(lines)
    first = ["ours", "random", "optuna-tpe"]
    assert suites.tiers(curves) == [first, [*first, "botorch"]]
    assert "11 problems, 11 cells, d = 5." in suites.rank_caption(curves, first)
    assert "1 problems, 1 cells" in suites.rank_caption(curves, [*first, "botorch"])
    assert suites.most_methods(curves) == first
    assert suites.tiers({"ours": curves["ours"]}) == []


def test_progress_is_the_median_over_problems_of_means_over_instances():
    """By hand: the logarithms at the end are -1 and -3 on f1, -2 on f2, -7 on f3."""
    ends = {(1, 1): -10.0, (1, 2): -0.1, (2, 1): -1.0, (3, 1): -1e-5}
    lines = [
        suite_line(*cell, method, end)
        for cell, end in ends.items()
        for method in ("ours", "random")
    ]
    lines.append(suite_line(4, 1, "ours", -1e-5))  # the other one did not run there
    found = suites.progress(suites.regret_curves(lines), ["ours", "random"], 50)
    assert found["ours"].shape == (41,) and found["ours"][0] == 0
    assert found["ours"][-1] == pytest.approx(-2.0)


def test_the_target_against_botorch_counts_five_and_ten_dimensions_only(monkeypatch):
    monkeypatch.setattr(suites, "ENOUGH", 2)
    lines = [suite_line(1, 1, "ours", -1.0, d) for d in (2, 5, 10)]
    lines += [suite_line(1, 1, "botorch", end, d) for d, end in ((2, -0.1), (5, -2.0), (10, -2.0))]
    ((target, reached, met),) = suites.target_rows(suites.regret_curves(lines))
    assert "≤ 1.35" in target and met
    assert reached == "1.00 ± 0.00 (2 problems, 2 cells)"
    monkeypatch.setattr(suites, "ENOUGH", 3)  # too few cells say nothing
    assert not suites.target_rows(suites.regret_curves(lines))[0][2]
    monkeypatch.setattr(suites, "ENOUGH", 2)
    lines[-1] = suite_line(1, 1, "botorch", -0.1, 10)
    ((_, reached, met),) = suites.target_rows(suites.regret_curves(lines))
    assert reached == "1.50 ± 0.50 (2 problems, 2 cells)" and not met
    assert suites.target_rows(suites.regret_curves(lines[:3])) == []


def test_functions_are_compared_by_geometric_means_over_dimensions_and_instances():
    lines = []
    for d, instance, ratio in ((2, 1, 0.1), (2, 2, 0.1), (5, 1, 10.0), (10, 1, 0.01)):
        lines.append(suite_line(12, instance, "ours", -ratio, d))
        lines.append(suite_line(12, instance, "optuna-tpe", -1.0, d))
    text = suites.function_table(suites.regret_curves(lines))
    assert f"| f12 bent cigar | {10 ** np.mean([-1, 1, -2]):.2g} |" in text
    assert [suites.FUNCTIONS[i - 1] for i in suites.STEEP] == [
        "attractive sector",
        "bent cigar",
        "sharp ridge",
    ]


def test_functions_that_helped_to_choose_are_marked_and_left_out_once_more(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(problems, "CHOSEN_ON", frozenset({"bbob f6"}))
    lines = []
    for function, end in ((6, -1.0), (7, -3.0), (8, -3.0)):
        lines += [suite_line(function, 1, "ours", end), suite_line(function, 1, "random", -2.0)]
    text = "\n\n".join(suites.section(lines, tmp_path))
    first, second = re.findall(r"^\| \*\*this course: GP.*±.*$", text, re.M)
    assert f"| {5 / 3:.2f} ± {stats.sem([1, 2, 2]):.2f} |" in first and "| 2.00 ± 0.00 |" in second
    assert "(†):\n\n2 problems, 2 cells, d = 5." in text
    assert "without" not in "\n".join(suites.section(lines[2:], tmp_path)).lower()


def test_a_rerun_of_ours_is_compared_with_the_first_code_in_the_file():
    old = [suite_line(f, i, "ours", -1.0) for f in (1, 6, 12) for i in (1, 2)]
    other = [suite_line(1, 1, "random", -7.0)]
    assert suites.earlier(old + other) == [] and suites.codes(old + other) == ["today"]
    new = [
        suite_line(f, i, "ours", -r, code="later") for f, r in ((1, 1.2), (6, 0.1)) for i in (1, 2)
    ]
    between = [suite_line(1, 1, "ours", -5.0, code="between")]
    lines = old + between + other + new
    assert suites.codes(lines) == ["today", "later"] and suites.earlier(lines) == old
    last = suites.regret_curves(run.last_of_each(lines))
    before = [{**line, "method": suites.BEFORE} for line in old]
    text = suites.change_table(last | suites.regret_curves(before))
    both, steep, smooth = (
        next(row for row in text.splitlines() if start in row)
        for start in ("both suites", "attractive sector", "sphere")
    )
    # f12 was not run again yet: its last line is the old one.
    ratios = np.log10([1.2, 0.1, 1.0])
    assert f"| 3 problems, 6 cells | {10 ** ratios.mean():.3g} (" in both
    assert "| 1 | 1 / 1 / 1 | 1.2 on bbob f1 | mean ≤ 0.9: yes |" in both
    assert f"| {10 ** ratios[1:].mean():.3g} (" in steep and "| mean ≤ 0.33: yes |" in steep
    wanted = "| 1.2 | 1.2 | 0 / 1 / 0 | 1.2 on bbob f1 | mean ≤ 1.1, worst ≤ 1.3: **no** |"
    assert wanted in smooth


@pytest.mark.parametrize("worst, met", [(1.29, "yes"), (1.31, "**no**")])
def test_one_function_that_lost_too_much_misses_the_target(worst, met):
    old = [suite_line(f, 1, "ours", -1.0) for f in (1, 2)]
    new = [suite_line(f, 1, "ours", -r, code="later") for f, r in ((1, 0.5), (2, worst))]
    before = [{**line, "method": suites.BEFORE} for line in old]
    text = suites.change_table(suites.regret_curves([*before, *new]))
    assert f"{worst} on bbob f2 | mean ≤ 1.1, worst ≤ 1.3: {met} |" in text


def test_time_on_the_suites_is_the_median_over_runs():
    lines = [suite_line(f, 1, "ours", -1.0, cpu_ms=ms) for f, ms in ((1, 4.0), (2, 5.0), (3, 90.0))]
    lines.append(suite_line(1, 1, "random", -1.0, d=10, suite="bbob-mixint", cpu_ms=0.25))
    lines.append(suite_line(4, 1, "random", -1.0, cpu_ms=None))
    table = suites.time_table(lines)
    assert "| **this course: GP, log EI** | – | 5 | – | – | – |" in table
    assert "| random | – | – | – | – | 0.25 |" in table


def test_times_of_several_machines_are_said_not_to_compare():
    lines = [made_line("Branin", method, 0, climb(-9, -1)) for method in ("ours", "skopt")]
    assert layout.several_machines(lines) == []
    lines.append(made_line("Levy 4", "ours", 0, climb(-9, -1)) | {"machine": "another"})
    (text,) = layout.several_machines(lines)
    assert "**this course: GP, log EI**: another" in text
    assert "scikit-optimize GP, EI: a machine" in text


def test_the_report_on_the_suites_needs_neither_the_suites_nor_all_methods(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(problems, "_coco_suite", None)  # nothing is asked of it
    lines = []
    for suite, d, function in itertools.product(problems.SUITES, (5, 10), (1, 6)):
        for method, end in (("ours", -0.1), ("optuna-gp", -0.5), ("random", -2.0)):
            lines.append(suite_line(function, 1, method, end, d, suite=suite))
    lines += [suite_line(1, 1, "botorch", -0.2, d) for d in (5, 10)]
    ordinary = [made_line("Branin", m, 0, climb(-9, -1)) for m in ("ours", "skopt", "random")]
    text = report.report(ordinary, {}, tmp_path, in_suites=lines)
    assert "from the results of 29 runs" in text and "nan" not in text
    assert "4 problems, 4 cells, d = 5, 10." in text
    assert "2 problems, 2 cells, d = 5, 10." in text  # those that BoTorch ran too
    assert "mean rank of the pair with BoTorch at 50 ≤ 1.35 | 1.00 ± 0.00 (2 problems" in text
    for name in ("pairs", "progress"):
        assert (tmp_path / "figures" / f"{name}.png").stat().st_size > 1000
        assert f"](figures/{name}.png)" in text
    assert report.report(ordinary, {}, tmp_path, in_suites=lines) == text


# Timing


def test_our_fit_is_measured_against_restarts(monkeypatch):
    monkeypatch.setattr(timing, "N_RESTARTS", 2)
    assert timing.nats_short(2, 10, seed=0) < 0.5


def test_one_thread_names_the_variables_that_the_libraries_read(monkeypatch):
    environment = {}
    monkeypatch.setattr(os, "environ", environment)
    set_one_thread()
    assert environment == dict.fromkeys(lab.THREADS, "1")


def test_timing_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(timing, "LENGTHS", (10,))
    monkeypatch.setattr(timing, "WINDOW", 2)
    path = tmp_path / "timing.jsonl"
    for _ in range(2):
        timing.main(["--methods", "random", "--output", str(path)])
        assert len(path.read_text().splitlines()) == len(timing.PROBLEMS)
    assert all(line["cpu_ms"] > 0 for line in timing.read(path).values())


def test_noise_compares_the_two_choices_pair_by_pair():
    lines = [
        {"best_value": 1.0, "true_of_best": 0.5, "true_of_recommended": 0.8},
        {"best_value": 0.9, "true_of_best": 0.7, "true_of_recommended": 0.6},
        {"best_value": 0.8, "true_of_best": 0.6, "true_of_recommended": 0.6},
    ]
    found = noise.summary(lines)
    assert (found["n"], found["better"], found["worse"], found["same"]) == (3, 1, 1, 1)
    assert found["gain"] == pytest.approx(0.2 / 3)
    gains = [0.3, -0.1, 0.0]
    assert found["standard_error"] == pytest.approx(stats.sem(gains))
    assert found["optimism"] == pytest.approx((0.5 + 0.2 + 0.2) / 3)


def test_noise_goes_on_where_it_stopped(tmp_path, capsys):
    path = tmp_path / "noise.jsonl"
    arguments = ["--problems", "Branin, noise sd 10", "--output", str(path), "--seeds"]
    noise.main([*arguments, "1"])
    first = path.read_text()
    noise.main([*arguments, "2"])
    assert path.read_text().startswith(first)
    assert [line["seed"] for line in run.read_lines(path)] == [0, 1]
    assert "2 runs" in capsys.readouterr().out


def test_noise_differs_between_evaluations_and_averages_out():
    problem = noise.make("Hartmann 3, noise sd 0.5")
    config = problem.space.from_unit([0.2, 0.5, 0.8])
    values = np.array([problem.observe(config, seed) for seed in range(2000)])
    assert values.mean() == pytest.approx(problem.truth(config), abs=4 * 0.5 / math.sqrt(2000))
    assert values.std() == pytest.approx(0.5, rel=0.1)
