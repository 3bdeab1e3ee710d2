#!/usr/bin/env bash
# Optuna: fANOVA importances leave out a conditional hyperparameter and still add up to 1
#
# Expected: get_param_importances ranks all hyperparameters of the study, or says which it cannot
#   judge.
# Instead: every evaluator but the default one keeps only those that occur in *all* completed
#   trials. A hyperparameter of one branch (momentum of one optimizer) is not in the answer, the
#   rest is scaled to a sum of 1, and nothing is said: the list reads as if momentum did not
#   matter. A single trial without it is enough: below, 58 of 60 trials have it. (That the default,
#   PED-ANOVA, measures something else than fANOVA is another story.)
# Version: Optuna 5.0.0, scikit-learn 1.9.1.
# Seen:
#   fANOVA after 58 more trial(s) with momentum:
#     {'momentum': 1.0, 'learning_rate': 0.0, 'optimizer': 0.0}
#   fANOVA after 2 more trial(s) with sgd: {'learning_rate': 0.65, 'optimizer': 0.35}
#   PED-ANOVA (default): {'momentum': 0.89, 'optimizer': 0.08, 'learning_rate': 0.03}
# Source: optuna/importance/__init__.py, lines 59 and 60; optuna/importance/_base.py, line 76.
# Remedy: pass params=[...], which takes the trials that have them; compare branches apart.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet optuna==5.0.0 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import optuna
import sklearn
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

print("optuna", optuna.__version__, "scikit-learn", sklearn.__version__)
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def objective(trial):
    optimizer = trial.suggest_categorical("optimizer", ["momentum", "sgd"])
    loss = 0.5 + 0.1 * trial.suggest_float("learning_rate", 0, 1)
    if optimizer == "momentum":
        loss += trial.suggest_float("momentum", 0, 1)
    return loss


def importances(evaluator):
    result = get_param_importances(study, evaluator=evaluator)
    return {name: round(float(value), 2) for name, value in result.items()}


study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
for optimizer, n in (("momentum", 58), ("sgd", 2)):
    for _ in range(n):
        study.enqueue_trial({"optimizer": optimizer})
    study.optimize(objective, n_trials=n)
    result = importances(FanovaImportanceEvaluator(n_trees=16, seed=0))
    print(f"fANOVA after {n} more trial(s) with {optimizer}:", result)
    assert ("momentum" in result) == (optimizer == "momentum"), "the behavior has changed"
    assert abs(sum(result.values()) - 1) < 0.02
print("PED-ANOVA (default):", importances(None))
assert "momentum" in importances(None)
PY
