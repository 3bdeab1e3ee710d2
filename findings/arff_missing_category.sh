#!/usr/bin/env bash
# SciPy + ARFF: a missing category becomes the category b"?"
#
# Expected: "?" is ARFF's sign for a missing value (OpenML's data and run tables use it for every
#   hyperparameter that does not apply), so loadarff gives NaN, None or a masked entry.
# Instead: it does for numbers only. In a nominal column "?" comes back as b"?", a further
#   category, which the header does not declare. isna() finds nothing, one-hot encoding makes a
#   column of it, and "which optimizer was best" may answer "?".
# Version: SciPy 1.17.1, pandas 3.1.1, NumPy 2.4.6.
# Seen:
#   declared: ('sgd', 'adam')
#   optimizer [b'sgd', b'?', b'adam'], missing 0
#   momentum  [0.9, nan, nan], missing 2
#   columns of get_dummies: ["b'?'", "b'adam'", "b'sgd'"]
# Source: scipy/io/arff/_arffread.py, line 168 ("?" is accepted as a nominal value); the docstring
#   of loadarff says that missing data are read as NaN.
# Remedy: replace b"?" by None right after reading, or liac-arff, which gives None.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet scipy==1.17.1 pandas==3.1.1 numpy==2.4.6
cd "$dir"
cat >runs.arff <<'ARFF'
@relation runs
@attribute optimizer {sgd, adam}
@attribute momentum numeric
@data
sgd, 0.9
?, ?
adam, ?
ARFF
"$dir/venv/bin/python" - <<'PY'
import pandas as pd
import scipy
from scipy.io import arff

print("scipy", scipy.__version__, "pandas", pd.__version__)
records, meta = arff.loadarff("runs.arff")
table = pd.DataFrame(records)
missing = table.isna().sum()
dummies = [str(name) for name in pd.get_dummies(table.optimizer).columns]
print("declared:", meta["optimizer"][1])
print(f"optimizer {table.optimizer.tolist()}, missing {missing.optimizer}")
print(f"momentum  {table.momentum.tolist()}, missing {missing.momentum}")
print("columns of get_dummies:", dummies)
assert missing.momentum == 2
assert missing.optimizer == 0 and table.optimizer[1] == b"?", "the behavior has changed"
PY
