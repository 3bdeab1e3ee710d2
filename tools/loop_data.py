"""Make the runs of lesson 07 that take longer than a lesson may: ten minutes on one core.

python tools/loop_data.py

Writes three files into the room of lesson 07, one line for each run: `initial_points.csv`,
`returned.csv` and `own_problem.csv`. It goes on where it stopped; of a file that is complete, as
all are in a fresh clone, it says so.
"""

import functools
import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from sklearn.datasets import load_diabetes
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

import bo_tutorial as bo
from bo_tutorial import _files
from bo_tutorial.course.lesson_07 import numerics as loop

N_SEEDS, N_NOISY, N_OWN = 100, 200, 24


def own_problem(seed):
    """The template of the lesson with another seed: R² in cross-validation and on the test data."""
    data = train_test_split(*load_diabetes(return_X_y=True), test_size=0.25, random_state=0)
    X_train, X_test, y_train, y_test = data
    space = bo.Space(C=bo.Float(0.1, 1e4, log=True), gamma=bo.Float(1e-4, 1.0, log=True))

    def build(config):
        return make_pipeline(StandardScaler(), SVR(**config))

    def objective(config):
        return cross_val_score(build(config), X_train, y_train, cv=5).mean()

    tuned = bo.maximize(objective, space, 25, seed=seed, progress=False).recommended_config
    return objective(tuned), build(tuned).fit(X_train, y_train).score(X_test, y_test)


def initial_points(key):
    function, length, n_initial, seed = key
    return f"{loop.initial_run(function, length, n_initial, seed):.6g}"


def written(numbers):
    return ",".join(f"{number:.6g}" for number in numbers)


complete = functools.partial(_files.complete_table, verb="do")


def main():
    loop.DATA.mkdir(exist_ok=True)
    keys = [(seed,) for seed in range(N_NOISY)]
    header = "seed,largest,f_observed,f_recommended"
    complete(loop.RETURNED, header, keys, lambda key: written(loop.noisy_run(*key)))
    keys = [
        (function, length, n, seed)
        for function, (numbers, *_) in loop.STARTS.items()
        for length in ("fixed", "learned")
        for n in numbers
        for seed in range(N_SEEDS)
    ]
    complete(loop.INITIAL, "function,length,n_initial,seed,regret", keys, initial_points)
    keys = [(seed,) for seed in range(N_OWN)]
    complete(loop.OWN, "seed,validation,test", keys, lambda key: written(own_problem(*key)))


if __name__ == "__main__":
    main()
