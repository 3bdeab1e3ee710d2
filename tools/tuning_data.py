"""Tune the network over and over for lesson 10: about half an hour of one core.

    python tools/tuning_data.py

Writes `tuning.json` of lesson 10. Each training is noted in a scratch file when it ends; a run
that is killed goes on where it stopped when the command is given again.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":  # before NumPy: the seconds are of one core
    os.environ["OMP_NUM_THREADS"] = "1"

from bo_tutorial import _files, network
from bo_tutorial.course.lesson_09.numerics import new_bests
from bo_tutorial.course.lesson_10 import numerics as tuning
from bo_tutorial.network import SPACE
from bo_tutorial.search import RandomSearch
from bo_tutorial.smbo import BayesianOptimization

SCRATCH = Path(tempfile.gettempdir()) / "bo_tutorial_tuning.jsonl"
# The strategy, its space, trainings in a run, runs.
SEARCHES = {
    "bayesian": (BayesianOptimization, SPACE, tuning.N_BAYESIAN, tuning.N_RUNS),
    "idle": (BayesianOptimization, tuning.IDLE_SPACE, tuning.N_BAYESIAN, tuning.N_IDLE_RUNS),
    "random": (RandomSearch, SPACE, tuning.N_RANDOM, tuning.N_RANDOM_RUNS),
}
N_FEW = tuning.N_BAYESIAN  # trainings after which random search is compared with the other
PATH_SEEDS = range(1, 5)  # for what was best on the way of a search: the average of many is wanted


class Notes:
    """Remember every training by its key, in memory and in a file that survives a kill."""

    def __init__(self, path):
        entries = map(json.loads, _files.whole_lines(path))
        self.known = {tuple(entry["key"]): entry for entry in entries}
        self.path = path

    def add(self, key, entry):
        """Note what was measured under `key`, and return it."""
        self.known[key] = {"key": list(key)} | entry
        _files.append_line(self.path, json.dumps(self.known[key]))
        return self.known[key]


def values(config):
    return tuple(config.values())


def train(config, seed, test=False):
    """Train once; return how many images are named correctly, and the CPU seconds."""
    start = time.process_time()
    trained = network.train(config, seed)
    digits = network.digits()
    right = {"validation": round(trained.accuracy(digits.validation) * tuning.N_VALIDATION)}
    if test:
        right["test"] = round(trained.accuracy(digits.test) * tuning.N_TEST)
    return right | {"seconds": time.process_time() - start}


def search(notes, method, run):
    """Run one search; return its trials [(config, entry)] and what it recommends."""
    kind, space, n, _ = SEARCHES[method]
    strategy, trials = kind(space, seed=run), []
    for trial in range(n):
        start = time.process_time()
        config = strategy.ask()
        thinking = time.process_time() - start
        key = method, run, trial
        entry = notes.known.get(key)
        if entry is None:
            trained = train(trained_with(config), tuning.training_seed(run, trial))
            entry = notes.add(key, trained | {"thinking": thinking, "config": values(config)})
        assert tuple(entry["config"]) == values(config), "the scratch file is of another search"
        strategy.tell(config, entry["validation"] / tuning.N_VALIDATION)
        trials.append((config, entry))
    return trials, strategy.recommend() if kind is BayesianOptimization else None


def trained_with(config):
    """The configuration without the axis that does nothing."""
    return {name: config[name] for name in SPACE.names}


def records(trials):
    """The numbers of the trials that scored more than all before them."""
    return new_bests([entry["validation"] for _, entry in trials]).tolist()


def retrain(notes, config, seeds, test=False):
    """Train a configuration with each of `seeds`; return the entries."""
    entries = []
    for seed in seeds:
        keys = [(part, *values(config), seed) for part in ("test", "validation")]
        key = keys[0] if test or keys[0] in notes.known else keys[1]
        known = notes.known.get(key)
        entries.append(known or notes.add(key, train(config, seed, test)))
    return entries


def write(notes, searches, path):
    """Write what the lesson reads: one line a run, one line a configuration trained again."""
    lines = []
    for method, runs in searches.items():
        entries = [json.dumps(run_entry(method, *run)) for run in runs]
        lines.append(f'"{method}": [\n' + ",\n".join(entries) + "\n]")
    again = {}
    for (part, *config_and_seed), entry in notes.known.items():
        if part in ("validation", "test"):
            *config, seed = config_and_seed
            again.setdefault(tuple(config), {})[part, seed] = entry
    rows = [json.dumps(again_entry(*each)) for each in sorted(again.items())]
    text = '{"searches": {\n' + ",\n".join(lines) + '\n},\n"retrained": [\n'
    _files.write_atomically(path, (text + ",\n".join(rows) + "\n]}\n").encode())


def total(name, entries):
    return round(sum(entry[name] for entry in entries), 2)


def run_entry(method, trials, recommended):
    """What is kept of one search; of a random search only what beat all before it."""
    kept = records(trials) if method == "random" else range(len(trials))
    entries = [entry for _, entry in trials]
    entry = {
        "trials": list(kept),
        "configs": [entries[number]["config"] for number in kept],
        "right": [entries[number]["validation"] for number in kept],
        "seconds": {n: total("seconds", entries[:n]) for n in sorted({N_FEW, len(trials)})},
        "asking": total("thinking", entries),
    }
    if recommended is not None:
        configs = [config for config, _ in trials]
        entry["recommended"] = configs.index(recommended)
    return entry


def again_entry(config, trained):
    """One configuration trained again: how many images it names with seed 1, 2, ..."""
    entry = {"config": list(config)}
    seeds = sorted({seed for _, seed in trained})
    found = [trained.get(("test", seed)) or trained["validation", seed] for seed in seeds]
    assert seeds == list(range(1, len(seeds) + 1)), f"seeds of {config} are missing: {seeds}"
    entry["validation"] = [each["validation"] for each in found]
    if all("test" in each for each in found):
        entry["test"] = [each["test"] for each in found]
    return entry


def say(text, start):
    print(f"{time.process_time() - start:7.0f} s CPU  {text}", flush=True)


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Tune the network for lesson 10.")
    parser.add_argument("--scratch", type=Path, default=SCRATCH, help=f"(default {SCRATCH})")
    chosen = parser.parse_args(arguments)
    notes = Notes(chosen.scratch)
    start = time.process_time()

    searches = {method: [] for method in SEARCHES}
    for method, (*_, n_runs) in SEARCHES.items():
        for run in range(n_runs):
            searches[method].append(search(notes, method, run))
            say(f"{method} {run}", start)

    # The picks of each method are fixed here, before anything is trained again: the test images
    # take part in no choice.
    picks = [recommended for _, recommended in searches["bayesian"]]
    for trials, _ in searches["random"]:
        numbers = records(trials)
        picks += [trials[max(n for n in numbers if n < N_FEW)][0], trials[numbers[-1]][0]]
    table = network.grid_table()["validation_accuracy"]
    order = (-table).argsort(kind="stable")[: tuning.N_SHORTLIST]
    shortlist = [SPACE.grid(5)[row] for row in order]
    picks.append(shortlist[0])
    for number, config in enumerate(picks):
        retrain(notes, config, tuning.FRESH_SEEDS, test=True)
        say(f"pick {number}", start)
    for number, config in enumerate(shortlist):
        retrain(notes, config, tuning.FRESH_SEEDS)
        say(f"shortlist {number}", start)
    # The grid's second chance: what the shortlist's best is, the first twelve seeds decide.
    means = [
        sum(entry["validation"] for entry in retrain(notes, config, tuning.FRESH_SEEDS[:12]))
        for config in shortlist
    ]
    retrain(notes, shortlist[means.index(max(means))], tuning.FRESH_SEEDS, test=True)
    say("the grid's pick after retraining", start)
    for method in ("bayesian", "random"):
        for run, (trials, _) in enumerate(searches[method]):
            for number in records(trials):
                retrain(notes, trials[number][0], PATH_SEEDS)
            say(f"{method} path {run}", start)
    for run, (trials, _) in enumerate(searches["bayesian"]):
        retrain(notes, trials[records(trials)[-1]][0], tuning.FRESH_SEEDS)
        say(f"best observed {run}", start)
    write(notes, searches, tuning.DATA)


if __name__ == "__main__":
    main()
