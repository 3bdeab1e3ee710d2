#!/usr/bin/env bash
# threadpoolctl: one limit is too wide and too narrow at once
#
# Expected: threadpool_limits(1) holds for the process, or for the thread that asked.
# Instead: both, at the same time, one library each. OpenBLAS (NumPy, SciPy) is limited in the
#   whole process, OpenMP (scikit-learn's trees, k-means, gradient boosting) only in the thread
#   that asked. A loop that sets the limit and evaluates in a ThreadPoolExecutor runs models with
#   all the OpenMP threads there; a worker thread that limits itself slows everybody else's linear
#   algebra, and its leaving the block lifts a limit of another thread that is still inside.
# Version: threadpoolctl 3.8.0, scikit-learn 1.9.1, NumPy 2.4.6 (wheels for Linux, libgomp).
# Seen (4 OpenMP threads allowed):
#   limit set in the main thread: main thread openmp 1, openblas 1; pool openmp 4, openblas 1
#   limit set in the pool:        main thread openmp 4, openblas 1; pool openmp 1, openblas 1
# Source: threadpoolctl.py, lines 1414 to 1418 ("thread-local whenever possible"); the OpenMP API:
#   nthreads-var, which omp_set_num_threads sets, is one per data environment of a thread.
# Remedy: set the limit inside the function that the executor runs, and OPENBLAS_NUM_THREADS=1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet \
    threadpoolctl==3.8.0 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$dir"
OMP_NUM_THREADS=4 OPENBLAS_NUM_THREADS=2 "$dir/venv/bin/python" - <<'PY'
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import sklearn
import threadpoolctl
from sklearn.cluster import KMeans  # loads OpenMP
from threadpoolctl import threadpool_info, threadpool_limits

print("threadpoolctl", threadpoolctl.__version__, "scikit-learn", sklearn.__version__, end=" ")
print("numpy", np.__version__)
assert KMeans


def threads():
    return {pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()}


def text(seen):
    return ", ".join(f"{name} {seen[name]}" for name in ("openmp", "openblas"))


with ThreadPoolExecutor(1) as pool:
    with threadpool_limits(1):
        main, worker = threads(), pool.submit(threads).result()
    print(f"limit set in the main thread: main thread {text(main)}; pool {text(worker)}")
    limit = pool.submit(threadpool_limits, 1).result()
    main_2, worker_2 = threads(), pool.submit(threads).result()
    print(f"limit set in the pool:        main thread {text(main_2)}; pool {text(worker_2)}")
    pool.submit(limit.restore_original_limits).result()
assert main["openmp"] == 1 and worker["openmp"] == 4, "the behavior has changed"
assert main_2["openmp"] == 4 and worker_2["openmp"] == 1, "the behavior has changed"
assert worker["openblas"] == 1 and main_2["openblas"] == 1, "the behavior has changed"
PY
