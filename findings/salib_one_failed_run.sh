#!/usr/bin/env bash
# SALib: one failed run out of 512 and every input has importance 0, give or take 0
#
# Expected: sobol.analyze with a NaN in Y raises, or its indices are NaN (NumPy's way), so that
#   one sees that a model run failed.
# Instead: Y is standardized first, so one NaN makes all of it NaN; the division by the variance
#   is then done only "where variance > eps", which is False for NaN, and leaves the zeros that
#   were there. The answer is S1 = ST = 0 with confidence intervals of width 0: as if nothing
#   mattered, for certain. No warning. An infinite value does the same (NumPy then warns of an
#   invalid subtraction).
# Version: SALib 1.6.0, NumPy 2.4.6, SciPy 1.17.1.
# Seen (y = a + 2 b, c idle):
#   512 runs:            ST [0.2 0.8 0. ] +- [0.08 0.24 0.  ]
#   one of them is NaN:  ST [0. 0. 0.] +- [0. 0. 0.], warnings: []
# Source: SALib/analyze/sobol.py, line 140 (standardization) and lines 233 to 243 (total_order,
#   `where=y_var > eps` with out=zeros).
# Remedy: check np.isfinite(Y).all() before every analysis.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet SALib==1.6.0 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import warnings
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample

print("SALib", version("SALib"), "numpy", np.__version__)
problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
X = sample.sample(problem, 64, seed=1)
Y = X[:, 0] + 2 * X[:, 1]


def total(Y):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = analyze.analyze(problem, Y, seed=1)
    return result["ST"], result["ST_conf"], [str(warning.message) for warning in caught]


ST, interval, _ = total(Y)
print(f"{len(Y)} runs:            ST {ST.round(2)} +- {interval.round(2)}")
assert ST[1] > 0.7
Y[3] = np.nan
ST, interval, said = total(Y)
print(f"one of them is NaN:  ST {ST} +- {interval}, warnings: {said}")
assert np.array_equal(ST, np.zeros(3)) and np.array_equal(interval, np.zeros(3)), "it has changed"
assert not said, "the behavior has changed"
PY
