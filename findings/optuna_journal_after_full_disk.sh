#!/usr/bin/env bash
# Optuna: a journal that survived a full disk is broken by the next trial
#
# Expected: the journal is an append-only log "for NFS and many workers"; a record that the disk
#   cut short is skipped or finished, and once there is room the study goes on.
# Instead: the half record stays at the end of the file. Opening the study works and shows all
#   finished trials, so nothing looks wrong. The next write is glued to the half record, without a
#   line break between them. From then on the first record after that line makes every load fail:
#   the study, with all the trials that were fine before, cannot be opened again by Optuna. A
#   process killed in the middle of a write leaves the same file.
# Version: Optuna 5.0.0 (the file is limited to some more bytes with RLIMIT_FSIZE: a full disk).
# Seen:
#   disk full: [Errno 27] File too large
#   room again: the study opens with 10 trials
#   optimize(n_trials=1): JSONDecodeError
#   opened once more: JSONDecodeError
#   without the one glued line: 10 trials
# Source: optuna/storages/journal/_file.py, read_logs (a bad line is forgiven only if it is the
#   last one) and append_logs (opens with "ab" and does not look at the end of the file);
#   github.com/optuna/optuna/issues/5138 has the same JSONDecodeError from a full log.
# Remedy: cut the file back to its last line break before reopening it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet optuna==5.0.0 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import os
import resource

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

print("optuna", optuna.__version__)
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
NO_LIMIT = resource.RLIM_INFINITY


def open_study():
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend("journal.log")),
        study_name="tuning",
        sampler=optuna.samplers.RandomSampler(seed=0),
        load_if_exists=True,
    )


def objective(trial):
    return trial.suggest_float("x", 0, 1)


def error_of(call):
    try:
        call()
    except Exception as error:
        return error
    return None


study = open_study()
study.optimize(objective, n_trials=10)
room = os.path.getsize("journal.log") + 100
resource.setrlimit(resource.RLIMIT_FSIZE, (room, NO_LIMIT))
print("disk full:", error_of(lambda: study.optimize(objective, n_trials=1)))
resource.setrlimit(resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))

study = open_study()
print("room again: the study opens with", len(study.trials), "trials")
assert len(study.trials) == 10
first = error_of(lambda: study.optimize(objective, n_trials=1))
print("optimize(n_trials=1):", type(first).__name__)
again = error_of(open_study)
print("opened once more:", type(again).__name__)
assert first is not None and isinstance(again, ValueError), "the behavior has changed"

with open("journal.log", "rb") as journal:
    lines = journal.readlines()
glued = [line for line in lines if line.count(b'{"op_code"') > 1]
with open("journal.log", "wb") as journal:
    journal.writelines(lines[: lines.index(glued[0])])
print("without the one glued line:", len(open_study().trials), "trials")
PY
