"""Play the many games of lesson 00, `many_games.json` in its room: half a minute on one core.

    python tools/many_games.py

For each function and each strategy it keeps the final regrets of all seeds, in hundredths of a
point, and the regrets after the two points that Sobol points and BO share.
"""

import json
import os

if __name__ == "__main__":  # before NumPy: the same sums everywhere
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from bo_tutorial._files import write_atomically
from bo_tutorial.course.lesson_00 import numerics as game


def kept(name, seeds):
    """Play a function with these seeds; return {player: list of whole numbers}."""
    runs = [game.rivals(name, seed) for seed in seeds]
    regrets = {player: [run[player][-1] for run in runs] for player in game.RIVALS}
    regrets["first two"] = [run["BO"][game.N_INITIAL - 1] for run in runs]
    return {player: [round(float(r) * 1e4) for r in each] for player, each in regrets.items()}


def main():
    games = {name: kept(name, range(game.N_GAMES)) for name in game.PRESETS}
    write_atomically(game.MANY_GAMES, (json.dumps(games) + "\n").encode())


if __name__ == "__main__":
    main()
