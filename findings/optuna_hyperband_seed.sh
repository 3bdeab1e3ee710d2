#!/usr/bin/env bash
# Optuna: a seeded study with HyperbandPruner is another study each time, unless it has a name
#
# Expected: TPESampler(seed=0), one process and a deterministic objective give the same trials in
#   every run, with any pruner; pruners take no seed.
# Instead: HyperbandPruner puts a trial into a bracket by a hash of the *study's name* and the
#   trial's number. A study without a name gets a random one, so other trials are pruned at other
#   steps, and the sampler, which sees the trials of one bracket only, asks other points. "Five
#   seeds" of a comparison are then not repeatable; the study's name is a second seed, and a
#   renamed study (or a copy under another name) is another experiment.
# Version: Optuna 5.0.0, NumPy 2.4.6.
# Seen:
#   seed 0, no name, twice:     same trials: False
#   seed 0, name "a", twice:    same trials: True
#   seed 0, name "a" and "b":   same trials: False
#   MedianPruner, no name, twice: same trials: True
# Source: optuna/pruners/_hyperband.py, line 256 (crc32 of study name and trial number); the note
#   on study_name in the API page of HyperbandPruner.
# Remedy: pass study_name= wherever a seed is passed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet optuna==5.0.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import numpy as np
import optuna
from optuna.pruners import HyperbandPruner, MedianPruner

print("optuna", optuna.__version__, "numpy", np.__version__)
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def objective(trial):
    loss = (trial.suggest_float("x", 0, 1) - 0.3) ** 2
    for step in range(1, 28):
        trial.report(loss + 1 / step, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return loss


def trials(pruner, name=None):
    sampler = optuna.samplers.TPESampler(seed=0)
    study = optuna.create_study(sampler=sampler, pruner=pruner, study_name=name)
    study.optimize(objective, n_trials=40)
    return [(trial.params["x"], trial.state.name) for trial in study.trials]


def hyperband(name=None):
    return trials(HyperbandPruner(min_resource=1, max_resource=27, reduction_factor=3), name)


no_name = hyperband() == hyperband()
same_name = hyperband("a") == hyperband("a")
two_names = hyperband("a") == hyperband("b")
median = trials(MedianPruner()) == trials(MedianPruner())
print("seed 0, no name, twice:     same trials:", no_name)
print('seed 0, name "a", twice:    same trials:', same_name)
print('seed 0, name "a" and "b":   same trials:', two_names)
print("MedianPruner, no name, twice: same trials:", median)
assert (no_name, same_name, two_names, median) == (False, True, False, True), "it has changed"
PY
