#!/usr/bin/env bash
# Optuna: the best row of trials_dataframe() is a pruned trial
#
# Expected: a pruned trial never returned a value, so its value is None, and sorting the table by
#   "value" puts study.best_trial first. (A comment in Optuna's own table says so too.)
# Instead: a pruned trial gets its last *reported* number as its value. If what is reported is a
#   cheap or early version of what is returned (a training loss, a score on one fold or on part of
#   the data), the top of the table is a trial that was thrown away: below, a score on the first
#   fold beats the mean over five. best_value and best_trial leave it out; everything that reads
#   the table, or [t.value for t in study.trials], does not.
# Version: Optuna 5.0.0, pandas 3.1.1.
# Seen:
#   best_trial: number 4, value 0.900
#   top of the table: number 5, value 0.950, state PRUNED
# Source: optuna/study/_tell.py, lines 134 to 144; optuna/study/_dataframe.py, the comment above
#   trial_values.
# Remedy: filter on state == "COMPLETE" before sorting.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet optuna==5.0.0 pandas==3.1.1 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import optuna
import pandas as pd

print("optuna", optuna.__version__, "pandas", pd.__version__)
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
# Scores of five folds: the first fold is an easy one. The sixth setting is worse than the rest.
FOLDS = [[0.97, 0.80 + 0.02 * k, 0.88, 0.88, 0.89] for k in range(5)] + [[0.95] + [0.7] * 4]


def objective(trial):
    folds = FOLDS[trial.suggest_int("setting", 0, 5)]
    for number, score in enumerate(folds):
        trial.report(score, number)
        if trial.should_prune():
            raise optuna.TrialPruned
    return sum(folds) / len(folds)


study = optuna.create_study(direction="maximize", pruner=optuna.pruners.MedianPruner())
for setting in range(6):
    study.enqueue_trial({"setting": setting})
study.optimize(objective, n_trials=6)
top = study.trials_dataframe().sort_values("value", ascending=False).iloc[0]
print(f"best_trial: number {study.best_trial.number}, value {study.best_value:.3f}")
print(f"top of the table: number {top.number}, value {top.value:.3f}, state {top.state}")
assert study.best_trial.number == 4
assert (top.number, top.state) == (5, "PRUNED"), "the behavior has changed"
PY
