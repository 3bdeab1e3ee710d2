"""Run libraries on problems and write one line of results for each run; goes on where it stopped.

    python -m benchmarks.run --quick                      # five minutes on two cores
    python -m benchmarks.run --full --processes 2         # everything
    python -m benchmarks.run --methods ours smac --problems Branin --seeds 3
    python -m benchmarks.run --suite bbob --dimensions 5 10 --instances 3

One line is one (problem, method, seed): the values in the order of evaluation, the CPU time that
the library took for each suggestion, the versions. Seeds come first, so that a run which is stopped
has compared all methods on all problems with as many seeds as there was time for.
"""

import argparse
import functools
import hashlib
import importlib.util
import json
import os
import platform
import sys
import time
import traceback
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from benchmarks import set_one_thread

if __name__ == "__main__":
    set_one_thread()

import numpy as np

from benchmarks import adapters, problems
from bo_tutorial._files import append_line, whole_lines
from bo_tutorial.search import sobol_points
from bo_tutorial.space import Categorical, Float, Int, Space

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"
SUITE_RESULTS = HERE / "suites.jsonl"
# On suites that others wrote, the slow ones only where --methods asks for them.
SUITE_METHODS = ("ours", "ours-tpe", "optuna-tpe", "optuna-gp", "random")
# What `code_version` asks questions about: a slope on log axes, and a space with everything in it.
FINGERPRINT_SPACES = (
    Space(a=Float(0.0, 1.0), b=Float(1e-4, 1.0, log=True)),
    Space(
        a=Float(-1.0, 1.0),
        n=Int(1, 40, log=True),
        kind=Categorical(["p", "q", "r"]),
        c=Float(0.0, 1.0, when={"kind": ["p", "q"]}),
    ),
)
N_INITIAL = 10  # what most libraries start with, in any dimension
QUICK = {
    "problems": ["Branin", "Hartmann 3", "Gramacy-Lee", "network table"],
    "seeds": 3,
    "evaluations": 30,
    "output": HERE / "results-quick.jsonl",
}


def initial_design(space, seed, n=N_INITIAL):
    """Return the first `n` different configurations of the Sobol sequence of this seed."""
    configs = []
    for u in sobol_points(space.d, 8 * n, seed):
        config = space.from_unit(u)
        if config not in configs:
            configs.append(config)
        if len(configs) == n:
            return configs
    raise ValueError(f"space must have at least {n} configurations, got {space}")


def run_one(problem_name, method, seed, n_evaluations):
    """Run one library on one problem and return its line, a dict.

    On a cell of a suite, where there are thousands of runs, the line is short: the values count
    from the optimum, which is 0, in five digits, and `cpu_ms` is the mean.

    An exception from the library ends the run and is written into the line: `error` has its last
    lines, `values` what was evaluated until then.
    """
    problem = problems.make(problem_name)
    values, cpu, points, error = [], [], [], None

    def observe(config):
        points.append(problem.space.to_unit(config))
        values.append(problem(config))
        start = time.process_time()
        adapter.observe(config, values[-1])
        return time.process_time() - start

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations and duplicates of other people's libraries
        try:
            adapter = adapters.METHODS[method](problem.space, seed)
            for config in initial_design(problem.space, seed):
                observe(config)
            while len(values) < n_evaluations:
                start = time.process_time()
                config = adapter.suggest()
                spent = time.process_time() - start
                # Some libraries learn when they are told and others when they are asked.
                cpu.append(spent + observe(config))
        except Exception:
            error = "".join(traceback.format_exc(limit=-2)).strip()
    if problems.cell(problem_name):
        values = [float(f"{value - problem.optimum:.5g}") for value in values]
        cpu_ms = float(f"{1000 * np.mean(cpu):.4g}") if cpu else None
    else:
        values = [float(f"{value:.12g}") for value in values]
        cpu_ms = [float(f"{1000 * spent:.4g}") for spent in cpu]
    return {
        "problem": problem_name,
        "method": method,
        "seed": seed,
        "values": values,
        "cpu_ms": cpu_ms,
        "repeats": count_repeats(points),
        "error": error,
        "versions": adapters.versions(method),
        "code": code_version() if method in adapters.OURS else None,
        "machine": machine(),
    }


def count_repeats(points):
    """Return how many points were evaluated before, to within 1e-8."""
    points = np.array(points)
    same = [np.any(np.all(np.abs(points[:i] - p) < 1e-8, axis=1)) for i, p in enumerate(points)]
    return int(np.sum(same))


@functools.cache
def code_version():
    """Return a short hash of what our strategies ask, so that a rename is not another version.

    The questions of a few short runs on fixed functions, as points of the unit cube to five digits:
    more would differ between processors.
    """
    asked = []
    for space in FINGERPRINT_SPACES:
        for method in sorted(adapters.OURS):
            adapter = adapters.METHODS[method](space, 0)
            for config in initial_design(space, 0, 5):
                adapter.observe(config, _slope(space, config))
            for _ in range(9):
                config = adapter.suggest()
                adapter.observe(config, _slope(space, config))
                asked.append([f"{u:.5f}" for u in space.to_unit(config)])
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]


def _slope(space, config):
    u = space.to_unit(config)
    return float(-np.sum((u - 0.3) ** 2) + 0.1 * np.cos(9 * u[0]))


@functools.cache
def machine():
    """Return what kind of machine this is: processor, cores, Python."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def read_lines(path):
    """Return the lines of a file that `append` writes, without one that was cut short."""
    return [json.loads(line) for line in whole_lines(path)]


def append(path, line):
    """Add one line (a dict) to a file; take away before what a killed run left of its last one."""
    append_line(path, json.dumps(line))


def read(path):
    """Return the lines of a results file, the last one of each (problem, method, seed)."""
    return last_of_each(read_lines(path))


def last_of_each(lines):
    """Return the last one of the lines of each (problem, method, seed)."""
    keys = ("problem", "method", "seed")
    return list({tuple(line[key] for key in keys): line for line in lines}.values())


def todo(path, problem_names, methods, n_seeds, n_evaluations, again=False, n_slow=None, code=None):
    """List the runs that the results file does not hold yet, seeds first.

    A run with fewer evaluations than asked for is done again, unless it ended in an error.

    Args:
        n_slow: how many seeds for libraries that are slow in a space; half of them if left out.
        again: list also what is there. code: list also what is there from other code of ours.
    """
    n_slow = (n_seeds + 1) // 2 if n_slow is None else n_slow
    done = finished(path, n_evaluations, code)
    tasks = []
    for seed in range(n_seeds):
        for name in problem_names:
            for method in methods:
                adapter, space = adapters.METHODS[method], problems.make(name).space
                enough = adapter.is_slow(space) and seed >= n_slow
                if adapter.supports(space) and not enough:
                    if again or (name, method, seed) not in done:
                        tasks.append((name, method, seed, n_evaluations))
    return tasks


def todo_in_suite(path, cells, methods, n_evaluations, again=False, code=None):
    """List the runs of a suite's cells that the results file does not hold yet, cell by cell.

    Each cell is run once, with its instance as the seed: all methods begin with the same design
    there, and another instance has another one. `again` and `code` are those of `todo`.
    """
    done = set() if again else finished(path, n_evaluations, code)
    tasks = []
    for cell in cells:
        space = problems.make(cell.name).space
        for method in methods:
            key = (cell.name, method, cell.instance)
            if adapters.METHODS[method].supports(space) and key not in done:
                tasks.append((*key, n_evaluations))
    return tasks


def finished(path, n_evaluations, code=None):
    """Return the (problem, method, seed) that are done: with enough evaluations, or an error.

    Args:
        code: a `code_version`; what other code of ours did is not done then.
    """
    return {
        (line["problem"], line["method"], line["seed"])
        for line in read(path)
        if (line["error"] or len(line["values"]) >= n_evaluations)
        and (code is None or line["code"] in (None, code))
    }


def results(tasks, processes):
    """Yield the line of each task as it is done."""
    if processes == 1:
        yield from (run_one(*task) for task in tasks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(run_one, *task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def installed(methods):
    """Return those of `methods` whose libraries are installed, and say which are not."""
    found = [method for method in methods if adapters.versions(method)]
    for method in methods:
        if method not in found:
            names = " and ".join(adapters.METHODS[method].distributions)
            print(f"{method} is left out: it needs {names}", file=sys.stderr)
    return found


def main(arguments=None):
    """Read the command line and run what is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=main.__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="four problems, three seeds: 5 minutes")
    size.add_argument("--full", action="store_true", help="everything (the default)")
    size.add_argument("--suite", choices=list(problems.SUITES), help="COCO's functions")
    parser.add_argument("--methods", nargs="+", metavar="NAME", choices=list(adapters.METHODS))
    parser.add_argument("--problems", nargs="+", metavar="NAME", help="or 'held-out'")
    parser.add_argument("--dimensions", nargs="+", type=int, help="of a suite (default all)")
    parser.add_argument("--instances", type=int, help="of a suite's functions (default 3)")
    parser.add_argument("--seeds", type=int, help="how many (default 10)")
    parser.add_argument("--slow-seeds", type=int, help="for slow libraries (default half of that)")
    parser.add_argument("--evaluations", type=int, help="of each run (default 50)")
    parser.add_argument("--processes", type=int, default=1, help="runs at once (default 1)")
    parser.add_argument("--output", type=Path, help=f"default {RESULTS.name}")
    parser.add_argument("--again", action="store_true", help="also what has been done before")
    parser.add_argument("--outdated", action="store_true", help="also what other code of ours did")
    chosen = parser.parse_args(arguments)
    code = code_version() if chosen.outdated else None
    defaults = QUICK if chosen.quick else {}
    names = chosen.problems or defaults.get("problems", list(problems.FULL))
    if names == ["held-out"]:
        names = list(problems.HELD_OUT)
    n_evaluations = chosen.evaluations or defaults.get("evaluations", 50)
    if chosen.suite:
        for option in ("problems", "seeds", "slow_seeds"):
            if getattr(chosen, option) is not None:
                name = option.replace("_", "-")
                parser.error(f"--{name} does not go with --suite, which has --instances")
        if importlib.util.find_spec("cocoex") is None:
            parser.error("--suite needs the package coco-experiment, which is not installed")
        path = chosen.output or SUITE_RESULTS
        n_instances = problems.N_INSTANCES if chosen.instances is None else chosen.instances
        try:
            cells = problems.cells(chosen.suite, n_instances, chosen.dimensions)
        except ValueError as error:
            parser.error(str(error))
        methods = installed(chosen.methods or SUITE_METHODS)
        tasks = todo_in_suite(path, cells, methods, n_evaluations, chosen.again, code)
    else:
        if chosen.dimensions or chosen.instances is not None:
            parser.error("--dimensions and --instances go with --suite only")
        path = chosen.output or defaults.get("output", RESULTS)
        tasks = todo(
            path,
            names,
            installed(chosen.methods or list(adapters.METHODS)),
            chosen.seeds or defaults.get("seeds", 10),
            n_evaluations,
            chosen.again,
            chosen.slow_seeds,
            code,
        )
    start = time.time()
    for count, line in enumerate(results(tasks, chosen.processes), start=1):
        append(path, line)
        took = f"{count}/{len(tasks)} after {time.time() - start:.0f} s"
        state = line["error"].splitlines()[-1] if line["error"] else f"{max(line['values']):.6g}"
        print(f"{took}: {line['problem']}, {line['method']}, seed {line['seed']}: {state}")


if __name__ == "__main__":
    main()
