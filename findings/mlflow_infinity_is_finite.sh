#!/usr/bin/env bash
# MLflow: an infinite loss comes back as a finite one
#
# Expected: log_metric("loss", inf), the usual mark of a failed training, comes back as inf, as NaN
#   comes back as NaN; or it is refused.
# Instead: a database backend stores the largest double, 1.797e308, and hands that out as an
#   ordinary number. np.isfinite keeps the failed run, a mean over runs is 6e307 or overflows, a
#   plot's axis and a surrogate that is fitted to search_runs() have lost every other value.
# Version: mlflow-skinny 3.17.2, SQLAlchemy 2.1.9, SQLite.
# Seen:
#   logged: [0.3, inf, nan]
#   read:   [0.3, 1.7976931348623157e+308, nan], finite: 2 of 3
# Source: mlflow/store/tracking/sqlalchemy_store.py, lines 1376 to 1385 (sanitize_metric_value).
# Remedy: do not log what failed, or drop values of sys.float_info.max after reading.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1 \
    pandas==3.1.1 numpy==2.4.6
cd "$dir"
export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true
"$dir/venv/bin/python" - <<'PY'
import math
import sys

import mlflow

print("mlflow", mlflow.__version__)
mlflow.set_tracking_uri("sqlite:///runs.db")
logged = [0.3, math.inf, math.nan]
read = []
for loss in logged:
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", loss)
    read.append(mlflow.get_run(run.info.run_id).data.metrics["loss"])
print("logged:", logged)
print(f"read:   {read}, finite: {sum(map(math.isfinite, read))} of 3")
assert read[1] == sys.float_info.max, "the behavior has changed"
assert read[0] == 0.3 and math.isnan(read[2])
PY
