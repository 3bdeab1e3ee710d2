#!/usr/bin/env bash
# SMAC: a fifth of the budget goes to evaluations whose result is known
#
# Expected: n_trials=40 of a function that has no randomness is 40 different configurations (the
#   function may ignore its argument `seed`).
# Instead: a scenario is taken for noisy unless deterministic=True is set. Each promising
#   configuration is evaluated again with other seeds, up to three times, before it may become the
#   incumbent, and these count. Nothing notices that the values are the same to the last digit. A
#   comparison at "40 evaluations each" gives SMAC 32. (BlackBoxFacade repeats more: 22 to 28
#   configurations of 40 were seen.)
# Version: SMAC 2.4.1, ConfigSpace 1.2.2, scikit-learn 1.9.1, NumPy 2.4.6.
# Seen:
#   HyperparameterOptimizationFacade: 40 calls, 32 configurations; deterministic=True: 40
# Source: smac/scenario.py, lines 35 to 39 and 97 (deterministic: bool = False); max_config_calls=3
#   in the facades' get_intensifier.
# Remedy: Scenario(..., deterministic=True).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet smac==2.4.1 ConfigSpace==1.2.2 scikit-learn==1.9.1 \
    numpy==2.4.6 scipy==1.17.1
cd "$dir"
OMP_NUM_THREADS=1 "$dir/venv/bin/python" - <<'PY'
import logging
from importlib.metadata import version

from ConfigSpace import ConfigurationSpace
from smac import HyperparameterOptimizationFacade, Scenario

print("SMAC", version("smac"), "ConfigSpace", version("ConfigSpace"))
logging.disable(logging.CRITICAL)


def distinct(deterministic):
    space = ConfigurationSpace({"x": (0.0, 1.0), "y": (0.0, 1.0)}, seed=0)
    asked = []

    def loss(config, seed=0):
        asked.append((config["x"], config["y"]))
        return (config["x"] - 0.3) ** 2 + (config["y"] - 0.7) ** 2

    scenario = Scenario(space, n_trials=40, seed=0, deterministic=deterministic)
    HyperparameterOptimizationFacade(scenario, loss, overwrite=True).optimize()
    return len(asked), len(set(asked))


calls, default = distinct(deterministic=False)
_, told = distinct(deterministic=True)
print(f"HyperparameterOptimizationFacade: {calls} calls, {default} configurations; ", end="")
print(f"deterministic=True: {told}")
assert calls == 40 and default < 37 and told > default, "the behavior has changed"
PY
