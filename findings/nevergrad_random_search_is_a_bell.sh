#!/usr/bin/env bash
# Nevergrad: random search over an Array, or with an initial value, is a bell
#
# Expected: RandomSearch is uniform between two bounds, for a Scalar and for an Array of scalars;
#   init= says where the optimizers that need a starting point begin.
# Instead: it is uniform only for a Scalar or Log without init. In all other cases each point is a
#   random step from the initial value (for an Array without one, from the middle), in units of a
#   sixth of the range: the middle fifth takes about half of the tries instead of 20 %, each end
#   next to nothing. As the baseline of a comparison it is much better than random search where the
#   optimum is in the middle of the box (as in many test functions), and much worse elsewhere.
# Version: nevergrad 1.0.12, NumPy 2.4.6.
# Seen (1000 tries in 0 to 1, counted by tenths):
#   Scalar(lower=0, upper=1):             98 102 107 108 102 93 99 88 95 108
#   Scalar(init=0.5, lower=0, upper=1):   37 47 63 105 267 266 92 55 39 29
#   Scalar(init=0.1, lower=0, upper=1):   368 325 121 71 36 24 12 12 11 20
#   Array(shape=(2,), lower=0, upper=1):  7 22 80 174 217 242 155 70 24 9
# Source: nevergrad/parametrization/data.py, line 478 (full_range_sampling=bounded and no_init) and
#   line 94 (uniform_sampling=init is None, after line 82 has set init).
# Remedy: set_bounds(lower, upper, full_range_sampling=True).
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


def tenths(parameter):
    parameter.random_state.seed(0)
    search = ng.optimizers.RandomSearch(parametrization=parameter, budget=1000)
    tried = [float(np.ravel(search.ask().value)[0]) for _ in range(1000)]
    return np.histogram(tried, bins=10, range=(0, 1))[0]


box = {"lower": 0, "upper": 1}
counts = {
    "Scalar(lower=0, upper=1)": tenths(ng.p.Scalar(**box)),
    "Scalar(init=0.5, lower=0, upper=1)": tenths(ng.p.Scalar(init=0.5, **box)),
    "Scalar(init=0.1, lower=0, upper=1)": tenths(ng.p.Scalar(init=0.1, **box)),
    "Array(shape=(2,), lower=0, upper=1)": tenths(ng.p.Array(shape=(2,), **box)),
}
for label, found in counts.items():
    print(f"{label + ':':<37}", *found)
remedy = tenths(ng.p.Array(shape=(2,)).set_bounds(0, 1, full_range_sampling=True))
plain, middle, side, array = counts.values()
assert plain.min() > 70 and remedy.min() > 70
assert middle[4:6].sum() > 350 and side[5:].sum() < 250 and array[4:6].sum() > 350, (
    "the behavior has changed"
)
PY
