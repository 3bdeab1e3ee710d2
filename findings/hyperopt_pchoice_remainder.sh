#!/usr/bin/env bash
# hyperopt: hp.pchoice gives what is missing from 1 to the last option
#
# Expected: weights that do not add up to 1 are refused, or normalized as in random.choices.
# Instead: they go to numpy's multinomial, which takes the last probability for the remainder,
#   whatever it says. Three equal weights of 0.1 are drawn 10 / 10 / 80 %. No warning. Percentages
#   that add up to 0.99 after rounding are bent the same way, less visibly.
# Version: hyperopt 0.3.0, NumPy 2.4.6.
# Seen:
#   weights .1 .1 .1: adam 0.10, momentum 0.09, sgd 0.80
#   the same, sgd first: sgd 0.10, adam 0.09, momentum 0.80
# Source: hyperopt/pyll_utils.py, line 58 (hp_pchoice checks nothing); hyperopt/pyll/stochastic.py,
#   line 141 (rng.multinomial); numpy's page on Generator.multinomial: the last entry is ignored
#   and taken for what is left, as long as the others do not exceed 1.
# Remedy: divide the weights by their sum before handing them over.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet hyperopt==0.3.0 numpy==2.4.6 scipy==1.17.1 setuptools==80.9.0
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from hyperopt import Trials, fmin, hp, rand

print("hyperopt", version("hyperopt"), "numpy", np.__version__)


def shares(names):
    space = hp.pchoice("optimizer", [(0.1, name) for name in names])
    seen = []
    fmin(
        lambda name: seen.append(name) or 0.0,
        space,
        algo=rand.suggest,
        max_evals=1000,
        trials=Trials(),
        rstate=np.random.default_rng(0),
        show_progressbar=False,
        verbose=False,
    )
    return {name: seen.count(name) / len(seen) for name in names}


for title, names in (
    ("weights .1 .1 .1", ["adam", "momentum", "sgd"]),
    ("the same, sgd first", ["sgd", "adam", "momentum"]),
):
    share = shares(names)
    print(f"{title}:", ", ".join(f"{name} {p:.2f}" for name, p in share.items()))
    assert share[names[-1]] > 0.7 and share[names[0]] < 0.15, "the behavior has changed"
PY
