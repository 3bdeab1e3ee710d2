#!/usr/bin/env bash
# Optuna: a range that is widened on resuming is searched at random from then on
#
# Expected: the best learning rate lies at the edge of its range, so the range is widened and the
#   study goes on. The old trials are inside of the new range, and the sampler goes on from them.
# Instead: a parameter whose range differs between two trials of a study is not searched jointly
#   any more. CmaEsSampler, GPSampler and NSGAIISampler draw it uniformly, however many trials
#   follow: a new study with the 60 trials of the second leg alone ends with a sixth of the loss
#   of the resumed one with 30 + 60. CmaEsSampler logs one warning ("does not support
#   dynamic search space"), which names no parameter, NSGAIISampler none, GPSampler one a trial.
#   TPESampler, the default, drops it from the joint model too, but still learns it by itself.
# Version: Optuna 5.0.0, cmaes 0.13.1, NumPy 2.4.6.
# Seen (optimum at x = 1.05; 30 trials with x in 0 to 1, 60 with x in 0 to 2; last 20 trials):
#   CmaEsSampler: spread of x 0.61, best 0.0140; 60 trials of a new study: 0.08, 0.0022
#   TPESampler: spread of x 0.14, best 0.0004; 60 trials of a new study: 0.18, 0.0012
#   (uniform on 0 to 2 has a spread of 0.58)
# Source: optuna/search_space/intersection.py, lines 48 to 53; its docstring, lines 63 to 64 ("the
#   parameters with dynamic value ranges are excluded").
# Remedy: a new study with the wider range, and add_trial(create_trial(...)) for the old ones with
#   the new distributions.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet optuna==5.0.0 cmaes==0.13.1 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import numpy as np
import optuna
from optuna.samplers import CmaEsSampler, TPESampler

print("optuna", optuna.__version__, "numpy", np.__version__)
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def loss(high):
    def objective(trial):
        x = trial.suggest_float("x", 0, high)
        y, z = (trial.suggest_float(name, 0, 1) for name in "yz")
        return (x - 1.05) ** 2 + (y - 0.3) ** 2 + (z - 0.6) ** 2

    return objective


def run(sampler, legs):
    study = optuna.create_study(sampler=sampler(seed=0))
    for high, n_trials in legs:
        study.optimize(loss(high), n_trials=n_trials)
    return np.std([trial.params["x"] for trial in study.trials[-20:]]), study.best_value


spread = {}
for sampler in (CmaEsSampler, TPESampler):
    spread[sampler], best = run(sampler, [(1, 30), (2, 60)])
    print(f"{sampler.__name__}: spread of x {spread[sampler]:.2f}, best {best:.4f}; ", end="")
    new_spread, new_best = run(sampler, [(2, 60)])
    print(f"60 trials of a new study: {new_spread:.2f}, {new_best:.4f}")
    if sampler is CmaEsSampler:
        assert new_spread < 0.2 and new_best < best / 2
assert spread[CmaEsSampler] > 0.45, "the behavior has changed"
assert spread[TPESampler] < 0.3
PY
