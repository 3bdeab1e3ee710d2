"""Play the contests of lesson 09: half an hour on one core; it goes on where it stopped.

python tools/comparison_data.py

Writes four files into the room of lesson 09: `comparison.csv`, one line for each contest,
contestant and seed, and `comparison_varied.csv`, one line for each function drawn. A line holds the
incumbent where it changes: the number of the evaluation, the value with six digits, and how many of
the random draws of that contest are as good or better. `many_seeds.csv` has the best values of
some contestants with more seeds; `shuffled.csv` has those of EI on shuffled tables, and how many of
its questions were corners. Of a file that is complete, as all are in a fresh clone, it says so;
take it away to play its contests again.
"""

import functools
import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from bo_tutorial import _files
from bo_tutorial.course.lesson_09 import numerics as comparison


def steps(values, ordered):
    """The incumbent of one run as three cells of a line.

    Args:
        values: of the run, in the order of evaluation. ordered: the random draws, sorted.
    """
    changes = comparison.new_bests(values)
    best = values[changes]
    as_good = len(ordered) - np.searchsorted(ordered, best, side="left")
    written = (changes + 1, [f"{value:.6g}" for value in best], as_good)
    return [" ".join(map(str, cell)) for cell in written]


def complete(path, header, keys, play):
    """Write the lines that are missing, in the order of `keys`; a line cut short is written anew.

    If none is missing, say so and play nothing.

    Args:
        play: a function of a key that returns the cells of a run.

    Raises:
        ValueError: the file holds something else than the first lines of this table.
    """
    _files.complete_table(path, header, keys, lambda key: ",".join(map(str, play(key))))


def main():
    contests, ordered = comparison.contests(), {}

    def play(key):
        name, contestant, seed = key
        if name not in ordered:
            ordered.clear()
            ordered[name] = np.sort(contests[name].draw())
        values = comparison.play(contests[name], comparison.CONTESTANTS[contestant], seed)
        return steps(values, ordered[name])

    @functools.lru_cache(comparison.N_SEEDS)  # the same functions in 2, 4, 6 and 10 dimensions
    def ordered_waves(waves):
        return np.sort(comparison.on_waves(waves.n_relevant, waves).draw())

    def play_varied(key):
        d, n_relevant, length_scale, seed = key
        waves = comparison.Waves(n_relevant, length_scale, seed)
        contest = comparison.on_waves(d, waves)
        values = comparison.play(contest, comparison.five_initial_points, seed)
        return steps(values, ordered_waves(waves))

    def play_many(key):
        name, contestant, seed = key
        values = comparison.play(contests[name], comparison.CONTESTANTS[contestant], seed)
        return [f"{values.max():.6g}"]

    def play_shuffled(key):
        best, at_corners = comparison.play_shuffled(*key)
        return [f"{best:.6g}", at_corners]

    seeds = range(comparison.N_SEEDS)
    keys = [(name, c, seed) for name in contests for c in comparison.CONTESTANTS for seed in seeds]
    header = "evaluations,values,draws_as_good"
    complete(comparison.CONTESTS_FILE, "contest,contestant,seed," + header, keys, play)
    keys = [(*setting, seed) for setting in comparison.VARIED for seed in seeds]
    header = "d,n_relevant,length_scale,seed," + header
    complete(comparison.VARIED_FILE, header, keys, play_varied)
    keys = [(*each, seed) for each in comparison.MANY for seed in comparison.MANY_SEEDS]
    complete(comparison.MANY_FILE, "contest,contestant,seed,best", keys, play_many)
    keys = [(each, seed) for each in comparison.SHUFFLED for seed in comparison.SHUFFLED_SEEDS]
    complete(comparison.SHUFFLED_FILE, "shuffled,seed,best,at_corners", keys, play_shuffled)


if __name__ == "__main__":
    main()
