#!/usr/bin/env bash
# SALib: indices from the wrong rows: an idle input is the most important one
#
# Expected: sampling and analysis must agree on calc_second_order; if they don't, the number of
#   runs does not fit and the analysis says so (it has a message for that).
# Instead: only divisibility is checked: N (D + 2) runs pass for N' (2 D + 2) whenever they divide.
#   With D = 3 (and 1, 7, 15 ...) and N a power of two, which Sobol' points ask for, they always
#   do. The rows are then taken for others than they are: the idle input c below gets a total
#   index of 1.2, the largest of the three (1 is the most there can be). It is the same the other
#   way round, with D = 3 and N = 100: 800 runs pass for 160 (D + 2).
# Version: SALib 1.6.0, NumPy 2.4.6, SciPy 1.17.1.
# Seen (y = a + 2 b):
#   320 runs, calc_second_order=False as sampled: ST [0.2 0.8 0. ]
#   320 runs, default:                            ST [0.8  0.99 1.2 ]
#   D = 4: RuntimeError
# Source: SALib/analyze/sobol.py, lines 122 to 131.
# Remedy: keep calc_second_order in one variable that both calls get.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet SALib==1.6.0 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample

print("SALib", version("SALib"), "numpy", np.__version__)


def total(n_inputs, **how):
    names = list("abcdefg"[:n_inputs])
    problem = {"num_vars": n_inputs, "names": names, "bounds": [[0, 1]] * n_inputs}
    X = sample.sample(problem, 64, calc_second_order=False, seed=1)
    return len(X), analyze.analyze(problem, X[:, 0] + 2 * X[:, 1], seed=1, **how)["ST"]


n, right = total(3, calc_second_order=False)
n, wrong = total(3)
print(f"{n} runs, calc_second_order=False as sampled: ST {right.round(2)}")
print(f"{n} runs, default:                            ST {wrong.round(2)}")
assert right[2] < 0.01
assert wrong[2] > 0.4, "the behavior has changed"
try:
    total(4)
except RuntimeError as error:
    print("D = 4:", type(error).__name__)
else:
    raise AssertionError("the behavior has changed")
PY
