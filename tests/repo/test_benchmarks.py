"""The benchmark harness, without any of the libraries that it compares."""

import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import (  # noqa: E402
    adapters,
    noise,
    problems,
    report,
    run,
    set_one_thread,
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
    for problem in ("Branin", "three recipes"):
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

    looks = {method: tuple(report.look_of(method).values()) for method in report.LABELS}
    assert looks["ours"] == LOOKS["BO"] and looks["ours-tpe"] == LOOKS["TPE"]
    assert looks["random"] == LOOKS["random"] and looks["sobol"] == LOOKS["Sobol"]
    marked = {(color, marker) for color, _, marker in looks.values()}
    assert len(marked) == len(report.LABELS)
    peers = {looks[method][2] for method in looks if method not in report.COURSE}
    assert peers.isdisjoint(marker for _, _, marker in LOOKS.values())


def test_too_short_runs_have_no_report():
    with pytest.raises(ValueError, match="20 evaluations or more, got 12"):
        report.Regrets([made_line("Branin", "ours", 0, climb(-9, -1, 12))])


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
