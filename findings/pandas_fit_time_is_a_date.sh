#!/usr/bin/env bash
# pandas: a column of run times in a JSON-lines journal becomes dates in 1971, because of its name
#
# Expected: read_json(lines=True) turns JSON numbers into numbers.
# Instead: a column whose name ends in "_time" or "_at", begins with "timestamp" or is "date" or
#   "modified" is taken for a point in time as soon as all its values exceed 31 536 000 (a year of
#   seconds). fit_time in nanoseconds (time.perf_counter_ns) is beyond that after 32 ms. The same
#   numbers under the name fit_ns stay numbers; one fast trial in the file (below 32 ms) and the
#   whole column is numbers again, so code that works on one journal breaks on the next. (pandas
#   3.1 deprecates the option; the conversion is still on by default and says nothing.)
# Version: pandas 3.1.1, NumPy 2.4.6.
# Seen:
#   fit_ns    int64             41000000
#   fit_time  datetime64[us]    1971-04-20 12:53:20
#   fit_time, with one trial of 12 ms in the file: int64
# Source: pandas/io/json/_json.py, lines 757 to 769 (the names) and 1650 to 1654 (the threshold);
#   pandas.read_json, parameter keep_default_dates.
# Remedy: convert_dates=False, or a name such as fit_seconds.
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


def read(times):
    with open("journal.jsonl", "w", encoding="utf-8") as journal:
        for number, time in enumerate(times):
            record = {"number": number, "fit_ns": time, "fit_time": time}
            journal.write(json.dumps(record) + "\n")
    return pd.read_json("journal.jsonl", lines=True)


slow = read([41_000_000, 53_000_000])
mixed = read([41_000_000, 53_000_000, 12_000_000])
print("fit_ns   ", slow.fit_ns.dtype, "  ", slow.fit_ns[0])
print("fit_time ", slow.fit_time.dtype, "  ", slow.fit_time[0])
print("fit_time, with one trial of 12 ms in the file:", mixed.fit_time.dtype)
assert slow.fit_ns.dtype.kind == "i"
assert slow.fit_time.dtype.kind == "M", "the behavior has changed"
assert mixed.fit_time.dtype.kind == "i", "the behavior has changed"
PY
