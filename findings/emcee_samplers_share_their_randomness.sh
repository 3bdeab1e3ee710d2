#!/usr/bin/env bash
# emcee: three samplers without a seed are one run, three times
#
# Expected: nothing is seeded, so three samplers that are made and run from the same start give
#   three chains, as three calls of any random function do; the spread of their means says how far
#   the posterior can be trusted. np.random.seed(n) right before run_mcmc would make one repeatable.
# Instead: the constructor copies the state of numpy's global generator and leaves it as it is. Each
#   sampler has the same copy: the three chains agree to the last digit, the spread is 0, R-hat
#   is perfect. np.random.seed after the constructor changes nothing for this sampler.
# Version: emcee 3.1.6, NumPy 2.4.6.
# Seen (mean of one coordinate, three runs each):
#   made and run one after another: 1 different
#   np.random.seed(0), (1), (2) before run_mcmc: 1 different
#   random_state set in each: 3 different
# Source: emcee/ensemble.py, lines 143 to 167 (get_state, then a RandomState of its own, "without
#   affecting the numpy-wide generator").
# Remedy: sampler.random_state = numpy.random.RandomState(seed).get_state() in each of them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet emcee==3.1.6 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import emcee
import numpy as np

print("emcee", emcee.__version__, "numpy", np.__version__)
start = np.linspace(-1, 1, 16).reshape(8, 2) ** 3


def make():
    return emcee.EnsembleSampler(8, 2, lambda x: -0.5 * float(x @ x))


def mean_of_a_run(sampler):
    sampler.run_mcmc(start, 200)
    return float(sampler.get_chain(flat=True)[:, 0].mean())


one_by_one = {mean_of_a_run(make()) for _ in range(3)}
print(f"made and run one after another: {len(one_by_one)} different")
seeded_late, with_state = set(), set()
for seed, sampler in enumerate([make() for _ in range(3)]):
    np.random.seed(seed)
    seeded_late.add(mean_of_a_run(sampler))
print(f"np.random.seed(0), (1), (2) before run_mcmc: {len(seeded_late)} different")
for seed in range(3):
    sampler = make()
    sampler.random_state = np.random.RandomState(seed).get_state()
    with_state.add(mean_of_a_run(sampler))
print(f"random_state set in each: {len(with_state)} different")
assert len(one_by_one) == len(seeded_late) == 1, "the behavior has changed"
assert len(with_state) == 3
PY
