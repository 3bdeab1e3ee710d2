#!/usr/bin/env bash
# scikit-learn + NumPy: a hyperparameter that was not tried reads as whatever was in memory
#
# Expected: cv_results_["param_degree"] of a search over several grids marks the trials that had no
#   degree; put beside the scores as a table of numbers, they are NaN, None or still masked.
# Instead: the column is a masked array over np.empty, which is never filled. np.asarray,
#   np.column_stack and np.vstack drop the mask without a word (the last two still return a
#   MaskedArray, with nothing masked), so a linear kernel gets a degree such as 94525681610444 or 0,
#   another one in each run. It is an integer, no check for NaN finds it, and a surrogate or a
#   forest for importances is fitted to it. pandas and Polars keep the mask.
# Version: scikit-learn 1.9.1, NumPy 2.4.6, pandas 3.1.1.
# Seen (six candidates, two of them with a degree):
#   cv_results_:      4 of 6 masked, int64
#   np.column_stack:  MaskedArray, 0 of 6 masked, int64
#   a forest fits it: True
#   pandas:           4 of 6 missing
# Source: sklearn/model_selection/_search.py, line 436 (MaskedArray(np.empty(...), mask=True));
#   NumPy's masked array reference: numpy.ma has stack functions of its own.
# Remedy: np.ma.column_stack(...).filled(np.nan) of float columns, or pandas first.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import numpy as np
import pandas as pd
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

print("scikit-learn", sklearn.__version__, "numpy", np.__version__, "pandas", pd.__version__)
grids = [{"kernel": ["linear"], "C": [1, 3, 10, 30]}, {"kernel": ["poly"], "degree": [2, 3]}]
results = GridSearchCV(SVC(), grids, cv=3).fit(*load_iris(return_X_y=True)).cv_results_
degree = results["param_degree"]
print(f"cv_results_:      {np.ma.count_masked(degree)} of {len(degree)} masked, {degree.dtype}")
table = np.column_stack([degree])
masked = np.ma.count_masked(table)
print(f"np.column_stack:  {type(table).__name__}, {masked} of {len(table)} masked, {table.dtype}")
forest = RandomForestRegressor(5, random_state=0).fit(table, results["mean_test_score"])
print("a forest fits it:", len(forest.estimators_) == 5)
print(f"pandas:           {pd.Series(degree).isna().sum()} of {len(degree)} missing")
assert np.ma.count_masked(degree) == 4 and pd.Series(degree).isna().sum() == 4
assert masked == 0 and table.dtype == np.int64, "the behavior has changed"
PY
