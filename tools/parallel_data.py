"""Make the data of lesson 14: some ten minutes on one core; it goes on where it stopped.

    python tools/parallel_data.py            # runs on the simulated cluster: parallel.csv
    python tools/parallel_data.py questions  # CPU time of a question: questions.csv
    python tools/parallel_data.py study      # processes on one Optuna study: study.csv

All three files are in the room of lesson 14. A file that is complete is left as it is; take it away
to make it again. `study` needs the extra `tools`.
"""

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # before NumPy: the same sums everywhere, and times of one core
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

import bo_tutorial as bo
from bo_tutorial import _files, problems
from bo_tutorial.course.lesson_14 import numerics as parallel
from bo_tutorial.search import sobol_points

D = 5  # hyperparameters of the space in which questions are timed
N_TRIALS, N_STUDIES, SECONDS = 40, 10, 0.3  # of a study; the median time of a pretended training
STUDIES = [(processes, study) for processes in (1, 4) for study in range(N_STUDIES)]


complete = partial(_files.complete_table, unit="line", verb="make")


def runs():
    """Play every setting of the lesson with every seed on the simulated cluster."""

    def make(key):
        *setting, seed = key
        return " ".join(f"{value:.6g}" for value in parallel.play(tuple(setting), seed))

    seeds = range(parallel.N_SEEDS)
    keys = [(*setting, seed) for setting in parallel.SETTINGS for seed in seeds]
    header = "problem,strategy,workers,waits,seed,values"
    complete(parallel.RUNS_FILE, header, keys, make)


def questions():
    """Time a question after so many answers, with so many pending: the median of five."""
    keys = [(told, pending) for told in parallel.N_TOLD for pending in parallel.N_PENDING]
    complete(parallel.COSTS_FILE, "told,pending,seconds", keys, lambda key: f"{seconds(*key):.2g}")


def seconds(n_told, n_pending):
    """Return the CPU seconds of one question, one core; hyperparameters are learned before it."""
    space = bo.Space(**{f"x{j}": bo.Float(0.0, 1.0) for j in range(D)})
    strategy = bo.BayesianOptimization(space, seed=0)
    points = sobol_points(D, n_told + n_pending, 0)
    for u in points[:n_told]:
        strategy.tell(space.from_unit(u), float(np.sum(np.sin(5 * u))))
    for u in points[n_told:]:
        strategy.begin(space.from_unit(u))
    strategy.ask()
    spent = []
    for _ in range(5):
        start = time.process_time()
        strategy.ask()
        spent.append(time.process_time() - start)
    return float(np.median(spent))


def studies():
    """Let processes share Optuna studies in SQLite, with the sampler of the course."""

    def make(key):
        processes, study = key
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'study.db'}"
            open_study(url, study)
            worker = partial(subprocess.Popen, env=os.environ | {"PYTHONWARNINGS": "ignore"})
            started = [
                worker([sys.executable, __file__, "work", url, str(study), str(i)])
                for i in range(processes)
            ]
            if any(process.wait() for process in started):
                raise RuntimeError(f"a process of study {key} failed")
            trials = open_study(url, study).get_trials()[:N_TRIALS]
        columns = (
            [trial.user_attrs["process"] for trial in trials],
            *([f"{trial.params[name]:.6g}" for trial in trials] for name in ("x1", "x2")),
            [f"{trial.value:.6g}" for trial in trials],
        )
        return ",".join(" ".join(map(str, column)) for column in columns)

    complete(parallel.STUDY_FILE, "processes,study,process,x1,x2,values", STUDIES, make)


def open_study(url, seed):
    """Open the study of this address, or make it; what each process of a study does."""
    import optuna

    from bo_tutorial.optuna_sampler import BoTutorialSampler

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna.create_study(
        storage=url,
        study_name="branin",
        direction="maximize",
        load_if_exists=True,
        sampler=BoTutorialSampler(seed=seed),
    )


def work(url, seed, process):
    """Work on a study until it has its trials: one process of several."""
    from optuna.study import MaxTrialsCallback
    from optuna.trial import TrialState

    def objective(trial):
        trial.set_user_attr("process", process)
        config = {"x1": trial.suggest_float("x1", -5, 10), "x2": trial.suggest_float("x2", 0, 15)}
        time.sleep(SECONDS * parallel.hours_each(trial.number + 1, seed)[-1])
        return problems.branin(config)

    states = (TrialState.COMPLETE,)
    enough = MaxTrialsCallback(N_TRIALS, states=states)
    open_study(url, seed).optimize(objective, n_trials=N_TRIALS, callbacks=[enough])


def main():
    match sys.argv[1:]:
        case []:
            runs()
        case ["questions"]:
            questions()
        case ["study"]:
            studies()
        case ["work", url, seed, process]:
            work(url, int(seed), int(process))
        case other:
            sys.exit(f"what to make must be questions, study or nothing, got {' '.join(other)}")


if __name__ == "__main__":
    main()
