#!/usr/bin/env bash
# pycma: seed 0 is no seed
#
# Expected: {'seed': 0} makes a run repeatable, like every other integer does, and like
#   random_state=0 or seed=0 in NumPy, scikit-learn and Optuna.
# Instead: 0 counts as "not set". The generator is seeded from the clock, and two runs with the
#   same "seed" ask different points. No warning. Seed 1 repeats as it should.
# Version: cma 4.5.0, NumPy 2.4.6.
# Seen (the points of seed 0 differ from run to run):
#   seed 0: [0.341 0.46 ] [0.407 0.435] repeatable: False
#   seed 1: [0.825 0.378] [0.825 0.378] repeatable: True
# Source: cma/options_parameters.py, line 91 (the text of the option "seed": None and 0 equate to
#   time); cma/evolution_strategy.py, line 1124 (`if not opts['seed']`).
# Remedy: count seeds from 1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet cma==4.5.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import cma
import numpy as np

print("cma", cma.__version__.split()[0], "numpy", np.__version__)


def first_point(seed):
    search = cma.CMAEvolutionStrategy([0.5, 0.5], 0.2, {"seed": seed, "verbose": -9})
    return search.ask()[0]


same = {}
for seed in (0, 1):
    a, b = first_point(seed), first_point(seed)
    same[seed] = bool(np.array_equal(a, b))
    print(f"seed {seed}: {a.round(3)} {b.round(3)} repeatable: {same[seed]}")
assert same == {0: False, 1: True}, f"the behavior has changed: {same}"
PY
