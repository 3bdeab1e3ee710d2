"""Ask the libraries beforehand what lesson 13 shows: about ten minutes of one core.

    pip install -e '.[tools]' -e '.[botorch]'
    python tools/tools_data.py [PART ...]

Parts: `next` (the worked example in every library), `snippet` (the article's program), `costs`
(what six mistakes cost), `sampler` (the course's method inside Optuna, from the results file of
`benchmarks.run` that --results names). Each writes its file in the lesson's `data` folder. A run is
noted in a scratch file when it ends; what is killed goes on where it stopped.
"""

import argparse
import io
import json
import logging
import os
import re
import tempfile
import warnings
from pathlib import Path

if __name__ == "__main__":  # before NumPy: one thread, the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from bo_tutorial import BayesianOptimization, Float, Space, _files
from bo_tutorial.course.lesson_13 import numerics as tools
from bo_tutorial.problems import branin
from bo_tutorial.search import RandomSearch

DATA = Path(tools.__file__).parent / "data"
SCRATCH = Path(tempfile.gettempdir()) / "bo_tutorial_tools.jsonl"
SEEDS = {"failure": 20, "repeats": 20, "scaling": 40, "margin": 10, "resume": 40, "direction": 40}
SNIPPET_RUNS, SNIPPET_TRIALS = 5, 50
LOW, HIGH = np.array([-5.0, 0.0]), np.array([10.0, 15.0])  # Branin's domain


def write(name, content):
    text = json.dumps(content, ensure_ascii=False, indent=1)
    # A list of numbers on one line: the file is read by people, too.
    text = re.sub(r"\[[^\[\]{}\"]+\]", lambda found: " ".join(found.group().split()), text)
    (DATA / name).write_text(text + "\n", encoding="utf-8", newline="\n")


def write_next():
    """Tell every library the three trainings, and note what it asks, for a few seeds."""
    entries = tools.next_questions()
    for entry in entries:
        for setting, startup in entry["startup"].items():
            entry["asks"][setting] = [
                float(f"{tools.asks(entry, startup, seed):.6g}") for seed in tools.NEXT_SEEDS
            ]
        print(entry["library"], entry["asks"])
    write("next_question.json", entries)


def snippet(seed, n_trials):
    """Run the article's program with a seed; return values, parameters and what it logs."""
    import optuna

    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("[I <time>] %(message)s"))
    optuna.logging.set_verbosity(optuna.logging.INFO)
    optuna.logging.disable_default_handler()
    logging.getLogger("optuna").addHandler(handler)

    def objective(trial):
        lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
        dropout = trial.suggest_float("dropout", 0.0, 0.5)
        n_layers = trial.suggest_int("n_layers", 1, 5)
        return tools.train(lr, dropout, n_layers)

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=n_trials)
    logging.getLogger("optuna").removeHandler(handler)
    lines = re.sub(r"name: no-name-[-0-9a-f]+", "name: no-name-<id>", heard.getvalue())
    return {
        "values": [round(each.value, 6) for each in study.trials],
        "params": [each.params for each in study.trials],
        "log": lines.splitlines(),
        "best_params": study.best_params,
    }


def write_snippet():
    runs = []
    for seed in range(SNIPPET_RUNS):
        run = noted(("snippet", seed), lambda seed=seed: snippet(seed, SNIPPET_TRIALS))
        runs.append(run)
        print("snippet", seed, max(run["values"]))
    kept = {key: runs[0][key] for key in ("params", "best_params")}
    kept["log"] = runs[0]["log"][:5]
    write("snippet.json", {"values": [run["values"] for run in runs], **kept})


# What six mistakes cost. Each function returns a row for one seed.


def branin_at(u):
    """Branin, to be maximized, of a point of the unit square."""
    return -float(branin.to_minimize(LOW + (HIGH - LOW) * np.asarray(u, dtype=float)))


def is_broken(u):
    return u[0] > 0.5


def failure(seed, n=60):
    """Half of the square fails: what NaN does, and what a bad value does in its place."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    row = {}
    for answer in ("nan", "bad value"):

        def objective(trial, answer=answer):
            u = [trial.suggest_float(name, 0, 1) for name in ("u1", "u2")]
            if is_broken(u):
                return float("nan") if answer == "nan" else -400.0
            return branin_at(u)

        sampler = optuna.samplers.TPESampler(seed=seed)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.optimize(objective, n_trials=n)
        points = [(t.params["u1"], t.params["u2"]) for t in study.trials]
        row[f"TPE, {answer}"] = _failed_and_best(points)
    for name, kind in (("this course", BayesianOptimization), ("random", RandomSearch)):
        strategy, points = kind(Space(u1=Float(0.0, 1.0), u2=Float(0.0, 1.0)), seed=seed), []
        for _ in range(n):
            config = strategy.ask()
            points.append(tuple(config.values()))
            value = float("nan") if is_broken(points[-1]) else branin_at(points[-1])
            strategy.tell(config, value)
        row[name] = _failed_and_best(points)
    return row


def _failed_and_best(points):
    whole = [branin_at(u) for u in points if not is_broken(u)]
    return [sum(map(is_broken, points[20:])), branin.optimum - max(whole)]


def repeats(seed, n=30):
    """The best point is a corner: how often is the objective called in a budget of n?"""
    from bayes_opt import BayesianOptimization as Other

    calls = []
    other = Other(
        lambda x, y: calls.append((x, y)) or x + y,
        {"x": (0, 1), "y": (0, 1)},
        random_state=seed,
        verbose=0,
    )
    other.maximize(init_points=5, n_iter=n - 5)
    return {"calls": len(calls), "asked": n}


def scaling(seed, n=25):
    """Branin on the unit square, and with one side stretched and the other shrunk."""
    from bayes_opt import BayesianOptimization as Other

    row = {}
    for name, (wide, narrow) in {"unit square": (1.0, 1.0), "own units": (1000.0, 0.001)}.items():
        other = Other(
            lambda x, y, a=wide, b=narrow: branin_at((x / a, y / b)),
            {"x": (0.0, wide), "y": (0.0, narrow)},
            random_state=seed,
            verbose=0,
        )
        other.maximize(init_points=5, n_iter=n - 5)
        row[name] = branin.optimum - other.max["target"]
    rng = np.random.default_rng(seed)
    row["random"] = branin.optimum - max(branin_at(u) for u in rng.random((n, 2)))
    return row


def margin(seed, n=25):
    """Expected improvement with the default margin, on Branin and on a thousandth of it."""
    from skopt import gp_minimize

    row = {}
    for name, factor in {"as it is": 1.0, "a thousandth": 0.001}.items():
        found = gp_minimize(
            lambda u, factor=factor: -factor * branin_at(u),
            [(0.0, 1.0), (0.0, 1.0)],
            acq_func="EI",
            n_calls=n,
            random_state=seed,
        )
        row[name] = branin.optimum + found.fun / factor
    rng = np.random.default_rng(seed)
    row["random"] = branin.optimum - max(branin_at(u) for u in rng.random((n, 2)))
    return row


def resume(seed, nights=6, each=5):
    """Five trials a night on one study: the seed in the script, or another one each night."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.CRITICAL)

    def objective(trial):
        return branin_at([trial.suggest_float(name, 0, 1) for name in ("u1", "u2")])

    row = {}
    for name in ("same seed", "another seed", "one run"):
        study = optuna.create_study(direction="maximize")
        for night in range(nights):
            if name != "one run" or night == 0:
                own = seed if name != "another seed" else 1000 * (night + 1) + seed
                study.sampler = optuna.samplers.TPESampler(seed=own)
            study.optimize(objective, n_trials=each)
        points = {tuple(trial.params.values()) for trial in study.trials}
        row[name] = [len(points), branin.optimum - study.best_value]
    return row


def direction(seed, n=25):
    """Branin, to be maximized, in a study that is told so, and in one as it comes."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.CRITICAL)

    def objective(trial):
        return branin_at([trial.suggest_float(name, 0, 1) for name in ("u1", "u2")])

    row = {}
    for name, told in {"maximize": {"direction": "maximize"}, "as it comes": {}}.items():
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed), **told)
        study.optimize(objective, n_trials=n)
        row[name] = branin.optimum - branin_at(list(study.best_params.values()))
    rng = np.random.default_rng(seed)
    row["random"] = branin.optimum - max(branin_at(u) for u in rng.random((n, 2)))
    return row


COSTS = {
    "failure": failure,
    "repeats": repeats,
    "scaling": scaling,
    "margin": margin,
    "resume": resume,
    "direction": direction,
}


def write_costs():
    rows = {}
    for name, measure in COSTS.items():
        rows[name] = []
        for seed in range(SEEDS[name]):
            with warnings.catch_warnings():
                warnings.simplefilter("default")  # repeated points are what is measured
                row = noted((name, seed), lambda m=measure, s=seed: m(s))
            rows[name].append(_rounded(row))
        print(name, rows[name][0])
    write("costs.json", rows)


def _rounded(row):
    if isinstance(row, dict):
        return {key: _rounded(each) for key, each in row.items()}
    if isinstance(row, list):
        return [_rounded(each) for each in row]
    return row if isinstance(row, int) else float(f"{row:.4g}")


def write_sampler(results):
    """Keep of the results what the lesson shows: regrets at some budgets, and CPU a question."""
    from benchmarks import problems

    lines = [json.loads(line) for line in _files.whole_lines(results)]
    kept = {}
    names = list(dict.fromkeys(line["problem"] for line in lines))
    methods = ("ours", "ours-in-optuna", "optuna-tpe", "optuna-gp")
    for name in names:
        runs = {(x["method"], x["seed"]): x for x in lines if x["problem"] == name}
        whole = [s for s in range(10) if all((m, s) in runs for m in methods)]
        top = problems.make(name).optimum
        kept[name] = {"seeds": whole}
        for method in methods:
            best = [np.maximum.accumulate(runs[method, seed]["values"]) for seed in whole]
            # A network's table has ties; a regret below 1e-9 is rounding.
            regrets = [[max(top - float(each[t - 1]), 1e-9) for t in tools.TIMES] for each in best]
            seconds = [float(np.sum(runs[method, seed]["cpu_ms"])) for seed in whole]
            kept[name][method] = {
                "regret": _rounded(regrets),
                "cpu_ms": [
                    round(s / len(runs[method, seed]["cpu_ms"]), 2)
                    for s, seed in zip(seconds, whole, strict=True)
                ],
            }
    write("sampler.json", kept)


def noted(key, make):
    """Return what was noted under a key, or make it and note it."""
    for line in _files.whole_lines(SCRATCH):
        entry = json.loads(line)
        if entry["key"] == list(key):
            return entry["made"]
    made = make()
    _files.append_line(SCRATCH, json.dumps({"key": list(key), "made": made}))
    return made


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parts = ("next", "snippet", "costs", "sampler")
    parser.add_argument("parts", nargs="*", choices=[*parts, []], default=list(parts))
    parser.add_argument("--results", type=Path, help="the results file of benchmarks.run")
    given = parser.parse_args(arguments)
    for part in given.parts or parts:
        if part == "sampler":
            if given.results is None:
                parser.error("the part sampler needs --results FILE")
            write_sampler(given.results)
        else:
            {"next": write_next, "snippet": write_snippet, "costs": write_costs}[part]()


if __name__ == "__main__":
    main()
