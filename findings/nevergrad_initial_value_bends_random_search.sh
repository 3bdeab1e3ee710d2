#!/usr/bin/env bash
# Nevergrad: random search with an initial value is a bell around it
#
# Expected: RandomSearch over a parameter with two bounds is uniform between them; init= says where
#   the optimizers that need a starting point begin.
# Instead: it is uniform only without init. With it each point is a random step from there, in units
#   of a sixth of the range: below, the middle fifth takes 53 % of the tries instead of 20, the two
#   outer fifths 15 % instead of 40. As the baseline of a comparison it is much better than random
#   search where the optimum is near the default values, and much worse where it is not. A
#   deliberate start changes the baseline, not only the optimizers. Log and Array do the same.
# Version: nevergrad 1.0.12, NumPy 2.4.6.
# Seen (1000 tries in 0 to 1, counted by tenths):
#   Scalar(lower=0, upper=1):           98 102 107 108 102 93 99 88 95 108
#   Scalar(init=0.5, lower=0, upper=1): 37 47 63 105 267 266 92 55 39 29
#   Scalar(init=0.1, lower=0, upper=1): 368 325 121 71 36 24 12 12 11 20
# Source: nevergrad/parametrization/data.py, line 478 (full_range_sampling=bounded and no_init); the
#   docstring says only that the middle is taken if init is not given.
# Remedy: leave init out for a baseline, or set_bounds(lower, upper, full_range_sampling=True).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet nevergrad==1.0.12 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import nevergrad as ng
import numpy as np

print("nevergrad", version("nevergrad"), "numpy", np.__version__)
tenths = {}
for init in (None, 0.5, 0.1):
    parameter = ng.p.Scalar(init=init, lower=0, upper=1)
    parameter.random_state.seed(0)
    search = ng.optimizers.RandomSearch(parametrization=parameter, budget=1000)
    tried = [float(search.ask().value) for _ in range(1000)]
    tenths[init] = np.histogram(tried, bins=10, range=(0, 1))[0]
    label = "Scalar(" + ("" if init is None else f"init={init}, ") + "lower=0, upper=1):"
    print(f"{label:<35}", *tenths[init])
assert tenths[None].min() > 70
assert tenths[0.5][3:7].sum() > 550 and tenths[0.1][5:].sum() < 250, "the behavior has changed"
PY
