#!/usr/bin/env bash
# SciPy: LatinHypercube(optimization="lloyd") is no Latin hypercube
#
# Expected: an "optimized" Latin hypercube is still one: n points, and each of the n strata of
#   every axis has exactly one (optimization="random-cd" keeps that).
# Instead: Lloyd's algorithm moves the points themselves, away from each other and onto shared
#   coordinates. With 16 settings of (learning rate, momentum) one tries as few as 9 different
#   levels of one of them; to have 16 is what a Latin hypercube is chosen for.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Seen:
#   None       strata hit (fewest in 10 designs): 16 of 16
#   random-cd  strata hit (fewest in 10 designs): 16 of 16
#   lloyd      strata hit (fewest in 10 designs): 9 of 16
# Source: scipy/stats/_qmc.py, lines 2747 to 2890; the class's docstring warns that not all
#   properties of a sample are kept, without saying that this one, its name, is the one that goes.
# Remedy: optimization="random-cd".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet scipy==1.17.1 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import numpy as np
import scipy
from scipy.stats import qmc

print("scipy", scipy.__version__, "numpy", np.__version__)
N = 16
worst = {}
for optimization in (None, "random-cd", "lloyd"):
    fewest = N
    for seed in range(10):
        sampler = qmc.LatinHypercube(d=2, optimization=optimization, rng=seed)
        points = sampler.random(N)
        for axis in points.T:
            fewest = min(fewest, len(set(np.floor(axis * N).astype(int))))
    worst[optimization] = fewest
    print(f"{optimization!s:10} strata hit (fewest in 10 designs): {fewest} of {N}")
assert worst[None] == N and worst["random-cd"] == N
assert worst["lloyd"] < N - 1, "the behavior has changed"
PY
