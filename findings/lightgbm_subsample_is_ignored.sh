#!/usr/bin/env bash
# LightGBM: subsample is tuned, reported and never used
#
# Expected: LGBMRegressor(subsample=0.5) grows each tree on half of the rows, as XGBoost's and
#   scikit-learn's gradient boosting do with the parameter of the same name; 0.1 is another model.
# Instead: rows are drawn anew every subsample_freq trees, and that is 0, "never", unless it is set.
#   The models are the same to the last bit, and nothing is said. A search over subsample spends a
#   dimension on nothing: trials that differ in it alone are one trial, repeated, and best_params
#   reports a value of it that means nothing.
# Version: lightgbm 4.7.0, scikit-learn 1.9.1, NumPy 2.4.6.
# Seen (largest difference of a prediction from subsample=1):
#   subsample 0.5: 0, with subsample_freq=1: 0.10
#   subsample 0.1: 0, with subsample_freq=1: 0.51
# Source: lightgbm/sklearn.py, lines 592, 593 and 649 ("subsample_freq: int = 0", "<=0 means no
#   enable"). colsample_bytree has no such switch and works.
# Remedy: subsample_freq=1 wherever subsample is searched.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet lightgbm==4.7.0 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import lightgbm
import numpy as np

print("lightgbm", lightgbm.__version__, "numpy", np.__version__)
rng = np.random.default_rng(0)
X = rng.random((300, 3))
y = X[:, 0] + rng.normal(size=300) * 0.1


def predict(**parameters):
    model = lightgbm.LGBMRegressor(random_state=0, n_jobs=1, verbose=-1, **parameters)
    return model.fit(X, y).predict(X)


plain = predict(subsample=1.0)
for subsample in (0.5, 0.1):
    alone = np.abs(predict(subsample=subsample) - plain).max()
    switched_on = np.abs(predict(subsample=subsample, subsample_freq=1) - plain).max()
    print(f"subsample {subsample}: {alone:g}, with subsample_freq=1: {switched_on:.2f}")
    assert alone == 0, "the behavior has changed"
    assert switched_on > 0.01
PY
