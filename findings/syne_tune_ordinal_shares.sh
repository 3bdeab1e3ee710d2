#!/usr/bin/env bash
# Syne Tune: random search over ordinal([1, 2, 4, 8, 100]) tries 2 in one run of a hundred
#
# Expected: a list of five ordered values is drawn like choice, a fifth each; "ordinal" says that
#   neighbors are similar, not that some values are rare.
# Instead: for numbers in increasing order the default is kind="nn": a uniform number between the
#   ends is rounded to the nearest value, so a value's share is the width of its neighborhood. The
#   largest two of powers of two (batch sizes, widths) take nearly two thirds. Write the same list
#   in any other order, or as text, and the shares are equal.
# Version: Syne Tune 0.16.0, NumPy 2.4.6.
# Seen (4000 draws):
#   ordinal([1, 2, 4, 8, 100])       {1: 0.1, 2: 0.01, 4: 0.02, 8: 0.39, 100: 0.47}
#   ordinal([16, 32, 64, 128, 256])  {16: 0.14, 32: 0.08, 64: 0.15, 128: 0.33, 256: 0.3}
#   choice([1, 2, 4, 8, 100])        {1: 0.2, 2: 0.19, 4: 0.2, 8: 0.2, 100: 0.2}
# Source: syne_tune/config_space.py, lines 906 to 944 (kind=None becomes "nn").
# Remedy: ordinal(values, kind="equal"), or logordinal for powers.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet syne-tune==0.16.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY' 2>&1 | grep -v "pip install"
from importlib.metadata import version

import numpy as np
from syne_tune.config_space import choice, ordinal

print("syne-tune", version("syne-tune"), "numpy", np.__version__)


def shares(domain):
    draws = [int(value) for value in domain.sample(size=4000, random_state=state)]
    return {value: round(draws.count(value) / 4000, 2) for value in sorted(set(draws))}


state = np.random.RandomState(0)
result = {}
for name, domain in (
    ("ordinal([1, 2, 4, 8, 100])", ordinal([1, 2, 4, 8, 100])),
    ("ordinal([16, 32, 64, 128, 256])", ordinal([16, 32, 64, 128, 256])),
    ("choice([1, 2, 4, 8, 100])", choice([1, 2, 4, 8, 100])),
):
    result[name] = shares(domain)
    print(f"{name:32}", result[name])
assert result["ordinal([1, 2, 4, 8, 100])"].get(2, 0) < 0.03, "the behavior has changed"
assert result["ordinal([16, 32, 64, 128, 256])"][256] > 0.2, "the behavior has changed"
assert min(result["choice([1, 2, 4, 8, 100])"].values()) > 0.17
PY
