#!/usr/bin/env bash
# sqlite3 + NumPy: an integer hyperparameter is stored as eight bytes, and every filter passes it
#
# Expected: a batch size drawn with a numpy generator (scikit-optimize and hyperopt hand
#   out np.int64 too) goes into an INTEGER column as an integer, or binding it fails.
# Instead: np.float64 is a float and is stored as one; np.int64 is no int, but it has the buffer
#   protocol, so it is stored as a BLOB of its bytes, in a column declared INTEGER. In SQLite a
#   BLOB is larger than any number: `batch_size > 1000` is true of every row, sum() and avg() are
#   0, and `batch_size = 32` finds nothing. Nothing warns when writing or reading.
# Version: Python 3.11.7 with its own sqlite3 (SQLite 3.40.1), NumPy 2.4.6.
# Seen:
#   learning_rate real, batch_size blob
#   rows with batch_size > 1000: 3 of 3; rows with batch_size = 32: 0; average 0.0
# Source: CPython's Modules/_sqlite/cursor.c, the branch PyObject_CheckBuffer when a parameter is
#   bound; github.com/python/cpython/issues/106878 (closed); sqlite.org/datatype3.html,
#   section 4.1 (a BLOB is greater than any INTEGER or REAL).
# Remedy: value.item() before storing, or sqlite3.register_adapter(np.int64, int).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import sqlite3
import sys

import numpy as np

print("Python", sys.version.split()[0], "SQLite", sqlite3.sqlite_version, "numpy", np.__version__)
database = sqlite3.connect("trials.db")
database.execute("create table trials (learning_rate real, batch_size integer)")
rng = np.random.default_rng(0)
sizes = np.array([16, 32, 64])
database.executemany("insert into trials values (?, ?)", zip(rng.uniform(size=3), sizes))


def ask(query):
    return database.execute(query).fetchone()


kinds = ask("select typeof(learning_rate), typeof(batch_size) from trials")
large = ask("select count(*) from trials where batch_size > 1000")[0]
equal = ask("select count(*) from trials where batch_size = 32")[0]
average = ask("select avg(batch_size) from trials")[0]
print("learning_rate {}, batch_size {}".format(*kinds))
print(f"rows with batch_size > 1000: {large} of 3; rows with batch_size = 32: {equal}; ", end="")
print(f"average {average}")
assert kinds == ("real", "blob"), "the behavior has changed"
assert (large, equal) == (3, 0), "the behavior has changed"
PY
