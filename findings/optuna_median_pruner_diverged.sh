#!/usr/bin/env bash
# Optuna: MedianPruner never stops a training that diverged after a good start
#
# Expected: the median rule compares the present value with the median of the others at this step;
#   a loss of 1e6 or NaN among losses near 0.4 is pruned at once.
# Instead: what is compared is the *best value so far* of the trial. One lucky early epoch and the
#   trial is safe to the last epoch, whatever it does afterwards. A NaN does not end it either
#   (only if all its values are NaN). The epochs of exactly the trainings that a pruner is there
#   to stop (learning rate too large) are paid in full. SuccessiveHalvingPruner compares the value
#   at the step and stops it.
# Version: Optuna 5.0.0.
# Seen (six good trainings, loss 0.50 to 0.40; then loss 0.30 once and this for 49 epochs):
#   MedianPruner,            then 1e6: pruned at epoch None
#   MedianPruner,            then nan: pruned at epoch None
#   SuccessiveHalvingPruner, then 1e6: pruned at epoch 4
# Source: optuna/pruners/_percentile.py, lines 20 to 26 (nanmin over all steps) and 202; the first
#   sentence of the API page of MedianPruner; Golovin et al. 2017 (Vizier), section 3.2.2, has the
#   rule with the best value so far.
# Remedy: raise TrialPruned (or return a bad value) yourself when the loss is not finite.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet optuna==5.0.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import optuna
from optuna.pruners import MedianPruner, SuccessiveHalvingPruner

print("optuna", optuna.__version__)
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
N_EPOCHS = 50


def epoch_of_pruning(pruner, after_the_first):
    study = optuna.create_study(pruner=pruner)
    for _ in range(6):
        trial = study.ask()
        for epoch in range(1, N_EPOCHS + 1):
            trial.report(0.5 - 0.1 * epoch / N_EPOCHS, epoch)
            trial.should_prune()
        study.tell(trial, 0.4)
    trial = study.ask()
    for epoch in range(1, N_EPOCHS + 1):
        trial.report(0.3 if epoch == 1 else after_the_first, epoch)
        if trial.should_prune():
            return epoch
    return None


halving = SuccessiveHalvingPruner(min_resource=1, reduction_factor=4)
for pruner, loss, expected in (
    (MedianPruner(), 1e6, None),
    (MedianPruner(), float("nan"), None),
    (halving, 1e6, 4),
):
    epoch = epoch_of_pruning(pruner, loss)
    print(f"{type(pruner).__name__ + ',':24} then {loss:3.0g}: pruned at epoch {epoch}")
    assert epoch == expected, "the behavior has changed"
PY
