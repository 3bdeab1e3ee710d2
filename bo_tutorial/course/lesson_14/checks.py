"""Exercises of lesson 14, with the wrong answers that learners give."""

import numpy as np

from bo_tutorial.course.checking import Choice, Function, Number, Wrong
from bo_tutorial.course.lesson_14.numerics import hours_each, schedule

PREDICT_EIGHT = Choice(
    right="b",
    because="each question knows less, and there are eight times as many of them in an hour.",
    wrong=(
        Wrong(
            "questions do not need answers",
            "a",
            "With eight at once, how many answers does question 9 know? And with one at a time?",
        ),
        Wrong(
            "evaluations counted, hours forgotten",
            "c",
            "Compare them at the same hour: how many evaluations has each run made by then?",
        ),
        Wrong(
            "imagined answers misled the search",
            "d",
            "An imagined answer is replaced by the real one as soon as that comes. What does it "
            "leave behind?",
        ),
    ),
)

# Exercise 1: how many workers can one process ask for?

_TRAINING, _QUESTION = 20, 0.8  # minutes, seconds

FED = Number(
    right=60 * _TRAINING / _QUESTION,
    kind="a number of workers",
    wrong=(
        Wrong(
            "minutes divided by seconds",
            _TRAINING / _QUESTION,
            "One of the two is in minutes, the other one in seconds.",
        ),
        Wrong(
            "multiplied instead of divided",
            60 * _TRAINING * _QUESTION,
            "Suppose a question took twice as long. Could the process keep more workers busy?",
        ),
        Wrong(
            "questions in a minute",
            60 / _QUESTION,
            "So many questions are asked in a minute. For how many minutes is a worker busy with "
            "one of them?",
        ),
        Wrong(
            "questions in an hour",
            3600 / _QUESTION,
            "So many questions are asked in an hour. How often does a worker come for one?",
        ),
        Wrong(
            "trainings in an hour",
            60 / _TRAINING,
            "So often does one worker come in an hour. How many questions can be asked by then?",
        ),
        Wrong(
            "upside down",
            _QUESTION / (60 * _TRAINING),
            "This is the part of the process's time that one worker takes. How many such parts "
            "make a whole?",
        ),
    ),
)


# Exercise 2: when does a run end if nobody waits?


def _end(hours, n_workers):
    return max(job.end for job in schedule(hours, n_workers))


def _end_waiting(hours, n_workers):
    return max(job.end for job in schedule(hours, n_workers, waits=True))


def _in_turn(hours, n_workers):
    return max(float(np.sum(hours[i::n_workers])) for i in range(n_workers))


def _longest_first(hours, n_workers):
    return _end(np.sort(hours)[::-1], n_workers)


def _end_of_the_last(hours, n_workers):
    return schedule(hours, n_workers)[-1].end


def _first_to_stop(hours, n_workers):
    ends = {}
    for job in schedule(hours, n_workers):
        ends[job.worker] = job.end
    return min(ends.values())


def _in_blocks(hours, n_workers):
    return max(float(np.sum(block)) for block in np.array_split(hours, n_workers))


ENDS = Function(
    right=_end,
    inputs=(
        (np.array([3.0, 1.0, 1.0, 2.0, 4.0, 1.0]), 2),
        (hours_each(11, 1), 3),
        (hours_each(17, 2), 4),
        (hours_each(9, 3), 1),
        (hours_each(20, 4), 6),
    ),
    kind="a number of hours",
    names=("hours", "n_workers"),
    wrong=(
        Wrong(
            "they wait for each other",
            _end_waiting,
            "This run waits for the slowest of each batch. Here, whoever is free goes on at once.",
        ),
        Wrong(
            "workers take turns",
            _in_turn,
            "The next evaluation goes to the worker that is free first, not to the next in line.",
        ),
        Wrong(
            "shared out beforehand",
            _in_blocks,
            "Nobody knows beforehand how long an evaluation takes. Who gets the next one?",
        ),
        Wrong(
            "nobody is ever idle",
            lambda hours, n_workers: float(np.sum(hours)) / n_workers,
            "This would hold if all workers stopped at the same moment. Some stop before the last "
            "evaluation ends.",
        ),
        Wrong(
            "one worker",
            lambda hours, n_workers: float(np.sum(hours)),
            "One worker alone would take so long.",
        ),
        Wrong(
            "as many workers as evaluations",
            lambda hours, n_workers: float(np.max(hours)),
            "The longest evaluation ends the run only if it may begin at once. Is a worker free?",
        ),
        Wrong(
            "the longest ones first",
            _longest_first,
            "They come in the order in which they were asked. Sorting them needs to know the "
            "hours beforehand.",
        ),
        Wrong(
            "the end of the last question",
            _end_of_the_last,
            "The question asked last need not be the one that ends last.",
        ),
        Wrong(
            "the first worker that stops",
            _first_to_stop,
            "This is when the first worker has nothing left to do. When does the last one stop?",
        ),
    ),
)

KILLED = Choice(
    right="c",
    because="an answer is safe once its line is on the disk; what was only under way is not.",
    wrong=(
        Wrong(
            "the file is for reading only",
            "a",
            "The same call with the same journal: what does it do before its first question?",
        ),
        Wrong(
            "what was under way is known",
            "b",
            "A line is written when an answer arrives. Which file knows of a question without an "
            "answer?",
        ),
        Wrong(
            "the seed fixes everything",
            "d",
            "A question depends on the seed and on the answers known by then. Do eight workers "
            "bring them in the same order each time?",
        ),
    ),
)

CHECKS = {
    "14.predict_eight": PREDICT_EIGHT,
    "14.fed": FED,
    "14.ends": ENDS,
    "14.killed": KILLED,
}
