#!/usr/bin/env bash
# bayesian-optimization: after load_state, an RBF kernel is a Matern kernel with nu = 1.5
#
# Expected: save_state writes the optimizer's state, "gp_params" with the kernel among it;
#   load_state brings the same Gaussian process back, or refuses a kernel that it does not know.
# Instead: only the kernel's parameters are written, not which kernel it is, and load_state hands
#   them to Matern. An RBF of length scale 0.2 has no nu, so it comes back as a Matern kernel with
#   nu = 1.5, rougher than the default of the library (2.5) and much rougher than what was chosen.
#   It also replaces the kernel that was set, once more, on the new optimizer. The resumed run asks
#   other points than the one that was never interrupted; with the default kernel both ask the same.
# Version: bayesian-optimization 3.4.0, scikit-learn 1.9.1, NumPy 2.4.6.
# Seen:
#   default: Matern, nu 2.5 -> Matern, nu 2.5, next question the same: True
#   RBF(0.2): RBF, nu None -> Matern, nu 1.5, next question the same: False
# Source: bayes_opt/bayesian_optimization.py, line 440 (kernel.get_params()) and line 481
#   (Matern(**state["gp_params"]["kernel"])).
# Remedy: set_gp_params(kernel=...) once more *after* load_state.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet bayesian-optimization==3.4.0 scikit-learn==1.9.1 numpy==2.4.6 \
    scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from bayes_opt import BayesianOptimization
from sklearn.gaussian_process.kernels import RBF

print("bayesian-optimization", version("bayesian-optimization"))


def make(kernel):
    optimizer = BayesianOptimization(None, {"x": (0, 1), "y": (0, 1)}, random_state=0, verbose=0)
    if kernel is not None:
        optimizer.set_gp_params(kernel=kernel)
    return optimizer


def next_question(optimizer):
    return {name: round(float(value), 6) for name, value in optimizer.suggest().items()}


def kernel_of(optimizer):
    name = type(optimizer._gp.kernel).__mro__[1].__name__  # the library wraps it in a subclass
    return name, optimizer._gp.kernel.get_params().get("nu")


outcome = {}
for label, kernel in (("default", None), ("RBF(0.2)", RBF(0.2))):
    first = make(kernel)
    for _ in range(8):
        asked = first.suggest()
        first.register(asked, -((asked["x"] - 0.3) ** 2) - (asked["y"] - 0.6) ** 2)
    first.save_state("state.json")
    resumed = make(kernel)
    resumed.load_state("state.json")
    same = next_question(first) == next_question(resumed)
    outcome[label] = kernel_of(first), kernel_of(resumed), same
    before, after = (f"{name}, nu {nu}" for name, nu in outcome[label][:2])
    print(f"{label}: {before} -> {after}, next question the same: {same}")
assert outcome["default"][2]
assert outcome["RBF(0.2)"][1:] == (("Matern", 1.5), False), "the behavior has changed"
PY
