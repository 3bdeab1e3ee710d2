#!/usr/bin/env bash
# george: white_noise=0.0001 is a noise variance of 1
#
# Expected: GP(kernel, white_noise=1e-4) adds a noise variance of 1e-4, as alpha does in
#   scikit-learn; at the least a small number means little noise.
# Instead: the number is the natural logarithm of the variance: 1e-4 is exp(1e-4) = 1.0001, as much
#   noise as signal, and the posterior mean misses the data by half of their height. white_noise=0
#   is not "none" but 1 as well. Any plausible small value gives practically the same wrong model,
#   so trying a few of them changes nothing. The yerr of compute(), beside it, is a plain standard
#   deviation. (The first argument of the kernel is no length scale either but its square:
#   ExpSquaredKernel(0.5) has a length scale of 0.71.)
# Version: george 0.4.4, NumPy 2.4.6, SciPy 1.17.1.
# Seen (six points of a sine, largest |y| 1.00; largest miss of the posterior mean at the points):
#   white_noise=0.0001: noise variance 1.0001, misses by 0.48
#   white_noise=0.01:   noise variance 1.0101, misses by 0.48
#   white_noise=-9.21:  noise variance 0.0001, misses by 0.00
#   yerr=0.01:          noise variance 0.0001, misses by 0.00
# Source: george/gp.py, lines 44 to 47 ("the logarithm of the white noise variance") and 330.
# Remedy: white_noise=math.log(variance), or compute(x, yerr=standard_deviation).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet george==0.4.4 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import george
import numpy as np
from george.kernels import ExpSquaredKernel

print("george", george.__version__, "numpy", np.__version__)
x = np.linspace(0, 1, 6)
y = np.sin(6 * x)


K = np.exp(-0.5 * (x[:, None] - x) ** 2 / 0.05)


def misses(variance, yerr=0.0, **noise):
    """Return the largest miss; make sure that the noise variance is what we say it is."""
    model = george.GP(ExpSquaredKernel(0.05), **noise)
    model.compute(x, yerr=yerr)
    mean = model.predict(y, x, return_cov=False)
    by_hand = K @ np.linalg.solve(K + variance * np.eye(len(x)), y)
    assert np.allclose(mean, by_hand, atol=1e-6), f"the behavior has changed: {mean} {by_hand}"
    return np.abs(mean - y).max()


for label, arguments, variance in (
    ("white_noise=0.0001", {"white_noise": 1e-4}, np.exp(1e-4)),
    ("white_noise=0.01", {"white_noise": 0.01}, np.exp(0.01)),
    ("white_noise=-9.21", {"white_noise": -9.21}, np.exp(-9.21)),
    ("yerr=0.01", {"yerr": 0.01}, 0.01**2),
):
    miss = misses(variance, **arguments)
    print(f"{label + ':':<19} noise variance {variance:.4f}, misses by {miss:.2f}")
    assert (miss > 0.3) == (variance > 1)
PY
