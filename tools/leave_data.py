"""Play the runs of lesson 12: some minutes on one core; it goes on where it stopped.

    python tools/leave_data.py runs      every run of every contest
    python tools/leave_data.py optuna    the valley with Optuna's TPE; it needs Optuna
    python tools/leave_data.py times     how long a question takes

Writes `runs.csv`, `optuna.csv` and `times.csv` into the room of lesson 12. A line of the first two
is one run: the best value so far where it changes, each after the number of its evaluation. Of a
file that is complete nothing is played again; take it away to do so. The times are measured anew
each time, all methods in one process, as CPU time.
"""

import os
import sys

if __name__ == "__main__":  # before NumPy: the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tqdm import tqdm

from bo_tutorial import _files
from bo_tutorial.course.lesson_12 import numerics as leave

HEADER = ",".join(leave.NAMES)
OPTUNA_KEYS = [
    (contest, method, seed)
    for contest in ("valley", "straight")
    for method in ("Optuna univariate", "Optuna multivariate")
    for seed in range(leave.N_SEEDS)
]


def complete(path, keys, play):
    """Write the lines that are missing, in the order of `keys`.

    Args:
        play: a function of a key that returns the values of a run.
    """
    _files.complete_table(path, HEADER, keys, lambda key: leave.as_text(play(key)))


def play(key):
    contest, method, seed = key
    return leave.play(leave.CONTESTS[contest], method, seed)


def play_optuna(key):
    """One run of Optuna's TPE; a default of one axis at a time was that of version 4."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    contest, method, seed = key
    game, together = leave.CONTESTS[contest], method.endswith("multivariate")
    sampler = optuna.samplers.TPESampler(multivariate=together, seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)

    def objective(trial):
        return game.objective({name: trial.suggest_float(name, 0, 1) for name in game.space.names})

    study.optimize(objective, n_trials=game.n)
    return [trial.value for trial in study.trials]


def main(part):
    if part == "runs":
        complete(leave.RUNS, leave.keys(), play)
    elif part == "optuna":
        complete(leave.OPTUNA, OPTUNA_KEYS, play_optuna)
    elif part == "times":
        leave.question_times(leave.LENGTHS[0])  # loads what is loaded at the first question
        lines = ["t,method,dearest,cheapest"]
        for t in tqdm(leave.LENGTHS, unit="length"):
            for method, (dearest, cheapest) in leave.question_times(t).items():
                lines.append(f"{t},{method},{dearest:.3g},{cheapest:.3g}")
        _files.write_atomically(leave.TIMES, "\n".join([*lines, ""]).encode())
    else:
        raise SystemExit(f"the part must be runs, optuna or times, got {part!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
