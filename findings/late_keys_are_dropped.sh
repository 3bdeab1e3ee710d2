#!/usr/bin/env bash
# Polars and DuckDB: a hyperparameter that first occurs late in a journal is dropped in silence
#
# Expected: a JSON-lines file of trials becomes a table with a column for each key, as in pandas;
#   or a key that the schema lacks is an error (a *type* that does not fit is one).
# Instead: Polars takes the columns from the first 100 rows, DuckDB from the first 20 480. A key
#   that comes later (the branch of a conditional space that is only tried after the initial
#   design, a measurement added to the script half way) is not there: no column, no warning, and
#   the best trial of the table below has lost the one number that made it the best.
# Version: Polars 2.1.0, DuckDB 2.0.1.
# Seen:
#   150 trials with sgd, then one with momentum=0.9:
#   polars.read_ndjson   ['optimizer', 'value']
#   polars.DataFrame     ['optimizer', 'value']
#   20 500 trials with sgd, then one with momentum=0.9:
#   duckdb read_json     ['optimizer', 'value']
# Source: polars, read_ndjson and DataFrame, parameter infer_schema_length (default 100);
#   duckdb.org/docs, "JSON loading", parameter sample_size (default 20480).
# Remedy: infer_schema_length=None; sample_size=-1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet polars==2.1.0 duckdb==2.0.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import json

import duckdb
import polars as pl

print("polars", pl.__version__, "duckdb", duckdb.__version__)
best = {"optimizer": "momentum", "value": 0.93, "momentum": 0.9}


def write(n_before):
    rows = [{"optimizer": "sgd", "value": 0.91}] * n_before + [best]
    with open("journal.jsonl", "w", encoding="utf-8") as journal:
        journal.writelines(json.dumps(row) + "\n" for row in rows)
    return rows


def columns(query):
    return duckdb.sql(query).columns


rows = write(150)
got = {
    "polars.read_ndjson": pl.read_ndjson("journal.jsonl").columns,
    "polars.DataFrame": pl.DataFrame(rows).columns,
}
whole = pl.read_ndjson("journal.jsonl", infer_schema_length=None).columns
write(20_500)
got["duckdb read_json"] = columns("select * from read_json('journal.jsonl')")
whole_duckdb = columns("select * from read_json('journal.jsonl', sample_size=-1)")
for reader, names in got.items():
    print(f"{reader:20}", names)
    assert names == ["optimizer", "value"], f"the behavior of {reader} has changed"
assert "momentum" in whole and "momentum" in whole_duckdb
PY
