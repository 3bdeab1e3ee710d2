#!/usr/bin/env bash
# Dask: a cluster without a dashboard still takes the dashboard's port
#
# Expected: LocalCluster(dashboard_address=None) has no dashboard (its docstring says that None
#   disables it), so it opens no port for one, and two clusters side by side know nothing of each
#   other.
# Instead: the scheduler opens port 8787 all the same. The second cluster on a machine warns
#   "Port 8787 is already in use. Perhaps you already have a cluster running?", which ends a test
#   suite whose warnings are errors, on the days when somebody else's cluster is up.
# Version: distributed 2026.8.0.
# Seen:
#   dashboard_address=None, 8787 taken: warned True
#   dashboard_address=:0, 8787 taken: warned False
# Source: distributed/deploy/local.py, the docstring of dashboard_address ("Set to None to disable
#   the dashboard").
# Remedy: dashboard_address=":0" wherever a cluster should not care who else is there.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet distributed==2026.8.0
cd "$dir"
cat >clusters.py <<'PY'
import socket
import warnings

import distributed


def warned(address):
    """Whether a cluster says that the dashboard's port is taken."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=address
        ):
            pass
    return any("8787 is already in use" in str(each.message) for each in caught)


if __name__ == "__main__":
    print("distributed", distributed.__version__)
    taken = socket.socket()
    try:
        taken.bind(("0.0.0.0", 8787))
        taken.listen()
    except OSError:
        pass  # somebody else has it: all the better
    found = {str(address): warned(address) for address in (None, ":0")}
    for address, said in found.items():
        print(f"dashboard_address={address}, 8787 taken: warned {said}")
    taken.close()
    assert found == {"None": True, ":0": False}, f"the behavior has changed: {found}"
PY
"$dir/venv/bin/python" clusters.py
