#!/usr/bin/env bash
# FLAML: a resumed search reports the best of the new trials, not of all
#
# Expected: tune.run(..., points_to_evaluate=old, evaluated_rewards=values) tells the search what is
#   known "without needing to re-compute the trial"; best_config is then the best of old and new.
# Instead: the known trials steer the search and are forgotten by the result: best_config and
#   best_result are those of the new trials alone. Below the best of the four old trials is 800
#   times better than what comes back as best; whoever trains the final model with it has thrown
#   the first run away. Without evaluated_rewards, where the old points are computed again, the old
#   best is found. Nothing is said in either case.
# Version: FLAML 2.8.0, Optuna 5.0.0, NumPy 2.4.6.
# Seen (loss (x - 0.3)^2, four old trials, four new ones):
#   told:           best x 0.0208, loss 0.0780; the best old one: x 0.2900, loss 0.0001
#   computed again: best x 0.2900, loss 0.0001
# Source: flaml/tune/tune.py, the docstring of evaluated_rewards; flaml/tune/analysis.py,
#   get_best_trial (looks at the trials that were run only).
# Remedy: compare best_result with the best of evaluated_rewards.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet flaml==2.8.0 optuna==5.0.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import optuna
from flaml import tune

print("flaml", version("flaml"), "optuna", version("optuna"))
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def loss(x):
    return (x - 0.3) ** 2


def best(n_trials, **known):
    result = tune.run(
        lambda config: {"loss": loss(config["x"])},
        config={"x": tune.uniform(0, 1)},
        metric="loss",
        mode="min",
        num_samples=n_trials,
        points_to_evaluate=[{"x": x} for x in old],
        verbose=0,
        **known,
    )
    return float(result.best_config["x"])


old = [0.05, 0.29, 0.6, 0.9]
told = best(4, evaluated_rewards=[loss(x) for x in old])
again = best(8)
print(f"told:           best x {told:.4f}, loss {loss(told):.4f}; ", end="")
print(f"the best old one: x {old[1]:.4f}, loss {loss(old[1]):.4f}")
print(f"computed again: best x {again:.4f}, loss {loss(again):.4f}")
assert loss(again) <= loss(0.29) < 0.001
assert loss(told) > loss(0.29), "the behavior has changed"
PY
