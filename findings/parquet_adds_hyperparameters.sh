#!/usr/bin/env bash
# pandas + Parquet: a configuration comes back with hyperparameters that it never had
#
# Expected: a column of dicts (one configuration per trial of a conditional space) comes back as
#   written, or to_parquet refuses it.
# Instead: Arrow makes one struct of all keys, so each configuration gets every key of every
#   other one, with None. "sgd" now has momentum=None: the configuration no longer equals the one
#   that ran, counts as new in any look-up of known points, and a model built with **config gets
#   an argument that it was never given. "momentum is None" and "there is no momentum" cannot be
#   told apart any more.
# Version: pandas 3.1.1, pyarrow 26.0.1.
# Seen:
#   written: [{'optimizer': 'sgd'}, {'optimizer': 'momentum', 'momentum': 0.9}]
#   read:    [{'optimizer': 'sgd', 'momentum': None}, {'optimizer': 'momentum', 'momentum': 0.9}]
# Source: Arrow's columnar format: a struct has one fixed list of fields (arrow.apache.org,
#   "Struct layout"); pyarrow infers it as the union of the keys of a sequence of dicts (its page
#   on Data Types and In-Memory Data Model, "Struct arrays").
# Remedy: store json.dumps(config) as text, or a map.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import pandas as pd
import pyarrow

print("pandas", pd.__version__, "pyarrow", pyarrow.__version__)
configs = [{"optimizer": "sgd"}, {"optimizer": "momentum", "momentum": 0.9}]
pd.DataFrame({"config": configs, "value": [0.91, 0.93]}).to_parquet("trials.parquet")
back = pd.read_parquet("trials.parquet").config.tolist()
print("written:", configs)
print("read:   ", back)
assert back[0] == {"optimizer": "sgd", "momentum": None}, "the behavior has changed"
assert back[1] == configs[1]
PY
