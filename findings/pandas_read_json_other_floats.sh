#!/usr/bin/env bash
# pandas: four of five learning rates read from a journal are not the ones that were tried
#
# Expected: json.dumps writes a float so that it can be read back exactly; read_json(lines=True)
#   reads the same float, as json.loads, read_csv and the pyarrow engine of the same function do.
# Instead: pandas decodes with a fast routine of its own, which loses up to 17 bits of 53 here. A
#   configuration from the table is not found among those that were asked (== fails), told to a
#   strategy it is a new point beside the old one, and a run replayed from it is another run. The
#   floats inside of nested dicts are changed too. It shows only below the tenth digit, so a print
#   looks right.
# Version: pandas 3.1.1, NumPy 2.4.6.
# Seen (10 000 log-uniform rates from 1e-8 to 1):
#   read_json:                      78 % changed, by up to 9.7e-12 (relative)
#   read_json, inside of a dict:    78 % changed
#   read_json, precise_float=True:  0 % changed
# Source: pandas.read_json, parameter precise_float (default False: "fast but less precise").
# Remedy: precise_float=True, or pandas.DataFrame(map(json.loads, file)).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet pandas==3.1.1 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import json

import numpy as np
import pandas as pd

print("pandas", pd.__version__, "numpy", np.__version__)
rates = 10 ** np.random.default_rng(0).uniform(-8, 0, size=10_000)
with open("journal.jsonl", "w", encoding="utf-8") as journal:
    for rate in rates.tolist():
        record = {"learning_rate": rate, "config": {"learning_rate": rate}}
        journal.write(json.dumps(record) + "\n")
with open("journal.jsonl", encoding="utf-8") as journal:
    assert [json.loads(line)["learning_rate"] for line in journal] == rates.tolist()


def read(**how):
    table = pd.read_json("journal.jsonl", lines=True, **how)
    nested = np.array([config["learning_rate"] for config in table.config])
    return table.learning_rate.to_numpy(), nested


flat, nested = read()
exact, _ = read(precise_float=True)
off = np.abs(flat / rates - 1).max()
changed = {name: np.mean(got != rates) for name, got in zip("fne", (flat, nested, exact))}
print(f"read_json:                      {changed['f']:.0%} changed, by up to {off:.1e} (relative)")
print(f"read_json, inside of a dict:    {changed['n']:.0%} changed")
print(f"read_json, precise_float=True:  {changed['e']:.0%} changed")
assert changed["f"] > 0.5 and changed["n"] > 0.5, "the behavior has changed"
assert changed["e"] == 0
PY
