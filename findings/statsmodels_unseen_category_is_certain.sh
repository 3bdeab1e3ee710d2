#!/usr/bin/env bash
# statsmodels: a category that was never observed has an infinite density
#
# Expected: KDEMultivariate(..., var_type="u") estimates the probabilities of unordered categories
#   (hpbandster's BOHB builds its good and bad densities with it): they add up to 1, and a category
#   that no trial has had is the least likely one.
# Instead: the Aitchison-Aitken kernel takes the number of categories from the data. An unseen one
#   is not counted, but gets a share all the same: the three probabilities below add up to 1.2.
#   When all good trials agree on one category, which is what a converging search looks like, the
#   number is 1, the share is divided by 0, and every other category has density inf (NumPy warns
#   of the division). A ratio of good to bad then prefers a category that was never good.
# Version: statsmodels 0.15.0, NumPy 2.4.6, SciPy 1.17.1, pandas 3.1.1.
# Seen (three optimizers, bandwidth 0.2):
#   sgd, sgd, sgd, sgd, adam: sgd 0.680, adam 0.320, lion 0.200, sum 1.2
#   sgd, sgd, sgd, sgd, sgd: sgd 0.800, adam inf, lion inf, sum inf
# Source: statsmodels/nonparametric/kernels.py, lines 59 to 62 (num_levels = np.unique(Xi).size,
#   then h / (num_levels - 1)); KDEMultivariate has no argument that reaches num_levels.
# Remedy: give each category one pseudo-trial, or use var_type="o" if they have an order.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet statsmodels==0.15.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
cd "$dir"
"$dir/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import statsmodels
from statsmodels.nonparametric.kernel_density import KDEMultivariate

print("statsmodels", statsmodels.__version__, "numpy", np.__version__)
names = ["sgd", "adam", "lion"]
total = []
for trials in (["sgd"] * 4 + ["adam"], ["sgd"] * 5):
    codes = np.array([[names.index(name)] for name in trials], dtype=float)
    density = KDEMultivariate(codes, var_type="u", bw=[0.2])
    p = [float(density.pdf([code])) for code in range(len(names))]
    total.append(sum(p))
    shares = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, p))
    print(f"{', '.join(trials)}: {shares}, sum {total[-1]:.3g}")
assert abs(total[0] - 1.2) < 1e-9 and np.isinf(total[1]), f"the behavior has changed: {total}"
PY
