#!/usr/bin/env bash
# ConfigSpace: on a log scale a larger sigma makes the normal prior narrower
#
# Expected: Float("learning_rate", (1e-4, 1), log=True, distribution=Normal(mu, sigma)) spreads
#   more with a larger sigma, be it in units of the parameter, in decades or in e-folds.
# Instead: sigma is turned into the unit scale as |ln(lower + sigma)| / ln(upper / lower). For
#   sigma below 1 - lower that falls as sigma grows: a careful sigma of 0.001 is spread over the
#   whole range, a vague one of 0.9 hardly, and near 1 the prior is one point. Only above 1 does
#   it grow. A prior from expert knowledge (SMAC's PriorAcquisitionFunction reads it from
#   here) says the opposite of what was meant.
# Version: ConfigSpace 1.2.2, NumPy 2.4.6, SciPy 1.17.1.
# Seen (mu 0.01; the middle 90 % of 2000 draws):
#   sigma 0.001  0.00017 to 0.64935, 3.59 decades
#   sigma 0.1    0.00033 to 0.34574, 3.02 decades
#   sigma 0.9    0.00840 to 0.01201, 0.15 decades
#   sigma 10     0.00033 to 0.34600, 3.02 decades
# Source: ConfigSpace/hyperparameters/hp_components.py, lines 352 to 356 (vectorize_size), called
#   by normal_float.py, line 124, and normal_integer.py.
# Remedy: Normal on the logarithm: Float("log_lr", (-4, 0), distribution=Normal(-2, 0.5)).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet ConfigSpace==1.2.2 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from ConfigSpace import Float, Normal

print("ConfigSpace", version("ConfigSpace"), "numpy", np.__version__)
decades = {}
for sigma in (0.001, 0.1, 0.9, 10):
    prior = Float("learning_rate", (1e-4, 1.0), log=True, distribution=Normal(0.01, sigma))
    draws = prior.sample_value(2000, seed=np.random.RandomState(0))
    low, high = np.percentile(draws, [5, 95])
    decades[sigma] = np.log10(high / low)
    print(f"sigma {sigma:<6} {low:.5f} to {high:.5f}, {decades[sigma]:.2f} decades")
assert decades[0.001] > decades[0.1] > decades[0.9], "the behavior has changed"
PY
