#!/usr/bin/env bash
# Optuna + pandas: the choice None becomes NaN, and so does "was not asked"
#
# Expected: trials_dataframe() has a choice as it was: max_depth=None (no limit) is None, 5 is 5.
# Instead: a column of integers and None becomes floats and NaN, which is also what a trial gets
#   whose branch has no max_depth. A model rebuilt from the row of the best trial gets
#   max_depth=nan or 5.0 (scikit-learn refuses both), groupby("params_max_depth") leaves out every
#   trial with None (here the best one), and fillna() gives the
#   unlimited depth a number. study.best_params is right.
# Version: Optuna 5.0.0, pandas 3.1.1, NumPy 2.4.6.
# Seen:
#   best_params: {'model': 'forest', 'max_depth': None}
#   its row:     {'model': 'forest', 'max_depth': np.float64(nan)}
#   linear:      {'model': 'linear', 'max_depth': np.float64(nan)}
#   rows counted by groupby: 2 of 3 with a max_depth
# Source: optuna/study/_dataframe.py (one DataFrame from a list of records, no dtype); pandas user
#   guide, "Working with missing data" (None in a numeric column is NaN), and DataFrame.groupby,
#   parameter dropna (default True).
# Remedy: work on study.trials; or code None as a word of its own ("no limit") in the choices.
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


def objective(trial):
    if trial.suggest_categorical("model", ["forest", "linear"]) == "linear":
        return 0.7
    return {None: 0.95, 5: 0.9, 10: 0.92}[trial.suggest_categorical("max_depth", [None, 5, 10])]


study = optuna.create_study(direction="maximize")
for depth in (None, 5, 10):
    study.enqueue_trial({"model": "forest", "max_depth": depth})
study.enqueue_trial({"model": "linear"})
study.optimize(objective, n_trials=4)
table = study.trials_dataframe()


def row(number):
    return {name: table[f"params_{name}"][number] for name in ("model", "max_depth")}


counted = int(table.groupby("params_max_depth").size().sum())
print("best_params:", study.best_params)
print("its row:    ", row(study.best_trial.number))
print("linear:     ", row(3))
print(f"rows counted by groupby: {counted} of 3 with a max_depth")
assert study.best_params["max_depth"] is None
assert table.params_max_depth.dtype == "float64", "the behavior has changed"
assert pd.isna(row(0)["max_depth"]) and pd.isna(row(3)["max_depth"]) and counted == 2
PY
