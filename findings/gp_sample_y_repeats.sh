#!/usr/bin/env bash
# scikit-learn: GaussianProcessRegressor.sample_y draws the same function at every call
#
# Expected: each call of sample_y is a new draw from the posterior, as rvs, sample and choice are
#   everywhere else; Thompson sampling is then "call it, take the argmax, evaluate, repeat".
# Instead: random_state of sample_y is 0 by default (not None, and not the regressor's own), so
#   each call returns the same draw. A batch chosen by Thompson sampling is one point, q times,
#   and an estimate of the spread from repeated calls is 0. Nothing warns.
# Version: scikit-learn 1.9.1, NumPy 2.4.6.
# Seen:
#   8 calls, default:         1 different choices, spread at x = 0.5: 0.000
#   8 calls, one RandomState: 7 different choices, spread at x = 0.5: 1.145
# Source: sklearn/gaussian_process/_gpr.py, line 502 (`sample_y(self, X, n_samples=1,
#   random_state=0)`); it is in the API page of GaussianProcessRegressor as "default=0".
# Remedy: pass one RandomState that lives as long as the search.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import numpy as np
import sklearn
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

print("scikit-learn", sklearn.__version__, "numpy", np.__version__)
X = np.array([[0.0], [1.0]])
gp = GaussianProcessRegressor(RBF(0.1), optimizer=None, random_state=3).fit(X, [0.0, 0.1])
grid = np.linspace(0, 1, 101)[:, None]


def eight_calls(**how):
    draws = np.array([gp.sample_y(grid, **how).ravel() for _ in range(8)])
    return len(set(draws.argmax(axis=1).tolist())), draws[:, 50].std()


n_default, spread_default = eight_calls()
n_state, spread_state = eight_calls(random_state=np.random.RandomState(0))
for name, n, spread in (
    ("default:        ", n_default, spread_default),
    ("one RandomState:", n_state, spread_state),
):
    print(f"8 calls, {name} {n} different choices, spread at x = 0.5: {spread:.3f}")
assert n_default == 1 and spread_default == 0, "the behavior has changed"
assert n_state > 1 and spread_state > 0.3
PY
