#!/usr/bin/env bash
# OpenTURNS: without a seed, every process draws the same numbers
#
# Expected: a program that sets no seed draws other numbers each time, as with NumPy, SciPy and
#   Python's random: five repetitions of an experiment in five processes are five experiments.
# Instead: the generator of OpenTURNS starts with seed 0 in every process. The same "random" initial
#   design, the same noise and the same Monte Carlo estimate come five times, and their
#   spread is 0.
# Version: openturns 1.27.post1.
# Seen (three processes each; first point of a Latin hypercube):
#   openturns: 1 different:  0.1157 0.9898
#   numpy: 3 different
# Source: openturns.conf of the package: <RandomGenerator-InitialSeed value_int="0" />.
# Remedy: openturns.RandomGenerator.SetSeed(n) with another n in each process.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet openturns==1.27.post1 numpy==2.4.6
cd "$dir"
cat >openturns_point.py <<'PY'
import openturns as ot

square = ot.JointDistribution([ot.Uniform(0, 1)] * 2)
print("{:.4f} {:.4f}".format(*ot.LHSExperiment(square, 3).generate()[0]))
PY
cat >numpy_point.py <<'PY'
import numpy as np

print("{:.4f} {:.4f}".format(*np.random.default_rng().random(2)))
PY
"$dir/venv/bin/python" - <<'PY'
import subprocess
import sys
from importlib.metadata import version

print("openturns", version("openturns"), "numpy", version("numpy"))
different = {}
for name in ("openturns", "numpy"):
    command = [sys.executable, f"{name}_point.py"]
    points = {subprocess.check_output(command, text=True).strip() for _ in range(3)}
    different[name] = len(points)
    print(f"{name}: {len(points)} different:", *sorted(points), sep="  ")
assert different["numpy"] > 1
assert different["openturns"] == 1, "the behavior has changed"
PY
