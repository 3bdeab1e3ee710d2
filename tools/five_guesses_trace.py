"""Write the game that ships with the course, `bo_tutorial/course/lesson_00/data/five_guesses.json`.

    python tools/five_guesses_trace.py

A player who climbs the first hill found: two guesses at round numbers, then three near the better.
"""

from bo_tutorial.course.lesson_00 import numerics as game

GUESSES = [0.5, 0.25, 0.1, 0.3, 0.2]


def main():
    game.save(game.Trace("the default player", "D", GUESSES), game.DEFAULT)


if __name__ == "__main__":
    main()
