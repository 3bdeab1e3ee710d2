#!/usr/bin/env bash
# MLflow: sorted by learning rate, 1e-05 comes out above 100
#
# Expected: search_runs(order_by=["params.learning_rate DESC"], max_results=1) is the run with the
#   largest learning rate; log_param was given floats.
# Instead: parameters are kept as text, and the database sorts the text: 1e-05 is above 100 and
#   0.5, and 2 above all of them. With max_results the wrong runs are dropped before one can look.
#   Metrics are sorted as numbers, so the two kinds of columns of one table behave differently. No
#   word in the answer.
# Version: mlflow-skinny 3.17.2, SQLAlchemy 2.1.9, SQLite, pandas 3.1.1.
# Seen:
#   params.learning_rate descending: ['2.0', '1e-05', '100.0', '0.5', '0.02']
#   metrics.learning_rate descending: [100.0, 2.0, 0.5, 0.02, 1e-05]
# Source: mlflow/store/tracking/sqlalchemy_store.py, lines 10093 to 10165 (order_value is the text
#   column of SqlParam); github.com/mlflow/mlflow/issues/2956 and 3715 (both open) have it for the
#   table of the user interface.
# Remedy: log what one wants to sort by as a metric too; or convert and sort in pandas, with no
#   max_results.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1 \
    pandas==3.1.1 numpy==2.4.6
cd "$dir"
export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true
"$dir/venv/bin/python" - <<'PY'
import mlflow

print("mlflow", mlflow.__version__)
mlflow.set_tracking_uri("sqlite:///runs.db")
rates = [0.5, 1e-5, 0.02, 100.0, 2.0]
for rate in rates:
    with mlflow.start_run():
        mlflow.log_param("learning_rate", rate)
        mlflow.log_metric("learning_rate", rate)


def descending(column):
    return mlflow.search_runs(order_by=[f"{column} DESC"])[column].tolist()


as_param, as_metric = descending("params.learning_rate"), descending("metrics.learning_rate")
print("params.learning_rate descending:", as_param)
print("metrics.learning_rate descending:", as_metric)
assert as_metric == sorted(rates, reverse=True)
assert as_param == sorted(map(str, rates), reverse=True), "the behavior has changed"
assert as_param.index("1e-05") < as_param.index("100.0"), "the behavior has changed"
PY
