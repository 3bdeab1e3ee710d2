#!/usr/bin/env bash
# papermill: -p and -f disagree on what 1e-3 and 010 are
#
# Expected: `-p learning_rate 1e-3` and a line `learning_rate: 1e-3` in the file of -f set the same
#   number: one documents the other.
# Instead: -p tries int, then float, Python's way. -f (and -y) read YAML 1.1, where a float needs a
#   point before the exponent and a leading 0 means octal: the learning rate is the text "1e-3"
#   and fold 010 is fold 8. The text goes through print, f-strings and a log of the run unseen, and
#   `learning_rate * 2` in some models is "1e-31e-3". JSON files, which are read as YAML as well,
#   have the same: json.dumps writes 1e-05.
# Version: papermill 2.7.0, PyYAML 6.0.3.
# Seen:
#   -p: {'learning_rate': 0.001, 'fold': 10}
#   -f: {'learning_rate': '1e-3', 'fold': 8}
#   -f from json.dumps(1e-05): {'learning_rate': '1e-05'}
# Source: papermill/cli.py (_resolve_type for -p, yaml.load for -f); yaml.org/spec/1.1, types float
#   and int.
# Remedy: write 1.0e-3 in YAML.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet papermill==2.7.0 PyYAML==6.0.3 nbformat==5.11.1
cd "$dir"
export PYTHONWARNINGS=ignore
PATH="$dir/venv/bin:$PATH"
python - <<'PY'
import json

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

cell = new_code_cell("learning_rate = 0.1\nfold = 0", metadata={"tags": ["parameters"]})
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(new_notebook(cells=[cell], metadata={"kernelspec": kernel}), "train.ipynb")
with open("settings.yaml", "w", encoding="utf-8") as file:
    file.write("learning_rate: 1e-3\nfold: 010\n")
with open("settings.json", "w", encoding="utf-8") as file:
    json.dump({"learning_rate": 1e-5}, file)
PY
prepare() {
    papermill train.ipynb "$1" --prepare-only --no-progress-bar --log-level ERROR "${@:2}"
}
prepare p.ipynb -p learning_rate 1e-3 -p fold 010
prepare f.ipynb -f settings.yaml
prepare j.ipynb -f settings.json
python - <<'PY'
from importlib.metadata import version

import nbformat

print("papermill", version("papermill"), "PyYAML", version("PyYAML"))


def injected(name):
    for cell in nbformat.read(f"{name}.ipynb", as_version=4).cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            values = {}
            exec(cell.source, values)
            return {key: values[key] for key in ("learning_rate", "fold") if key in values}
    raise AssertionError("no parameters in the notebook")


p, f, j = (injected(name) for name in "pfj")
print("-p:", p)
print("-f:", f)
print("-f from json.dumps(1e-05):", j)
assert p == {"learning_rate": 0.001, "fold": 10}
assert f == {"learning_rate": "1e-3", "fold": 8}, "the behavior has changed"
assert j == {"learning_rate": "1e-05"}, "the behavior has changed"
PY
