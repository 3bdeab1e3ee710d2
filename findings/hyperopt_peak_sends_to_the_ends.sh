#!/usr/bin/env bash
# Hyperopt: told of a peak in the middle of an axis, TPE asks at both ends
#
# Expected: three learning rates are told on a log axis from 0.0001 to 1, and the middle one is the
#   best (0.001: 85 %, 0.01: 91 %, 0.1: 79 %). TPE without start-up asks somewhere near 0.01.
# Instead: six of six seeds ask below 0.0003 or above 0.5, at the ends. The density of the one good
#   trial gets a standard deviation of half the axis, those of the two bad ones a quarter of it, on
#   either side. The log of l/g is below 0 at the best trial and 0.19 at both ends. Optuna's TPE,
#   told the same, asks between 0.0075 and 0.0135.
# Version: hyperopt 0.3.0, NumPy 2.4.6.
# Seen:
#   asked: 0.5307, 0.0002, 0.9041, 0.0001, 0.8403, 0.0001
#   log l/g: 0.0001 0.19, 0.0010 -0.04, 0.0100 -0.01, 0.1000 -0.04, 1.0000 0.19
# Source: hyperopt/tpe.py, adaptive_parzen_normal (the standard deviation of a single observation is
#   half of the prior's, those of others reach to their neighbors); ap_split_trials.
# Remedy: keep the start-up of 20 trials; with more trials the densities become narrow.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet hyperopt==0.3.0 numpy==2.4.6 scipy==1.17.1 setuptools==80.9.0
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import functools
from importlib.metadata import version

import numpy as np
from hyperopt import fmin, hp, tpe
from hyperopt.fmin import generate_trials_to_calculate
from hyperopt.tpe import GMM1_lpdf, adaptive_parzen_normal

print("hyperopt", version("hyperopt"), "numpy", np.__version__)
LOSS = {0.001: -0.85, 0.01: -0.91, 0.1: -0.79}
LOW, HIGH = np.log(1e-4), 0.0


def asked(seed):
    seen = []
    fmin(
        lambda lr: seen.append(lr) or LOSS.get(lr, 0.0),
        hp.loguniform("lr", LOW, HIGH),
        algo=functools.partial(tpe.suggest, n_startup_jobs=0),
        max_evals=4,
        trials=generate_trials_to_calculate([{"lr": rate} for rate in LOSS]),
        rstate=np.random.default_rng(seed),
        show_progressbar=False,
        verbose=False,
    )
    return seen[3]


rates = [asked(seed) for seed in range(6)]
print("asked:", ", ".join(f"{rate:.4f}" for rate in rates))


def log_density(told, at):
    mixture = adaptive_parzen_normal(np.log(told), 1.0, (LOW + HIGH) / 2, HIGH - LOW)
    return GMM1_lpdf(np.log(at), *mixture, low=LOW, high=HIGH)


at = np.array([1e-4, 1e-3, 1e-2, 1e-1, 1.0])
ratio = log_density([0.01], at) - log_density([0.001, 0.1], at)
print("log l/g:", ", ".join(f"{rate:.4f} {each:.2f}" for rate, each in zip(at, ratio)))
assert all(rate < 0.0003 or rate > 0.5 for rate in rates), "the behavior has changed"
assert ratio[2] < 0 < 0.15 < ratio[[0, -1]].min(), "the behavior has changed"
PY
