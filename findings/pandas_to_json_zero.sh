#!/usr/bin/env bash
# pandas: to_json writes a small weight decay as 0.0, and a smaller one as it is
#
# Expected: JSON has floats; to_json writes them with enough digits to be read back, as json.dumps
#   and to_csv do. If digits are cut, then significant ones.
# Instead: everything is cut to ten *decimals*, so 1e-12 becomes 0.0, 3.14e-9 keeps two digits and
#   a learning rate of 1.23456e-7 four, though these scales are what log-uniform spaces are for.
#   Below 1e-15 the numbers are written in full again: 1e-16 survives, 1e-12 does not. A resumed
#   search that reads such a journal takes weight_decay=0 for tried.
# Version: pandas 3.1.1, NumPy 2.4.6.
# Seen:
#   weight_decay 1.23456e-07  written 1.235e-07    json.dumps 1.23456e-07
#   weight_decay 3.14159e-09  written 3.1e-09      json.dumps 3.14159e-09
#   weight_decay 1e-12        written 0.0          json.dumps 1e-12
#   weight_decay 1e-16        written 1e-16        json.dumps 1e-16
# Source: pandas.DataFrame.to_json, parameter double_precision (10 decimal places by default);
#   pandas/_libs/src/vendored/ujson/lib/ultrajsonenc.c, Buffer_AppendDoubleUnchecked (the switch
#   to another format for tiny numbers).
# Remedy: json.dumps(record) for a journal; double_precision=15 moves the limit, to 1e-15.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet pandas==3.1.1 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import json

import pandas as pd

print("pandas", pd.__version__)
decays = [1.23456e-7, 3.14159e-9, 1e-12, 1e-16]
table = pd.DataFrame({"weight_decay": decays})
text = table.to_json(orient="records", lines=True)
back = [json.loads(line)["weight_decay"] for line in text.splitlines()]
for decay, read in zip(decays, back, strict=True):
    print(f"weight_decay {decay:<12} written {read:<12} json.dumps {json.dumps(decay)}")
assert back[2] == 0 and back[3] == 1e-16, "the behavior has changed"
assert abs(back[1] - 3.14159e-9) > 1e-12, "the behavior has changed"
PY
