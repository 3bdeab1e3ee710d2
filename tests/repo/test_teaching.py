"""The lecturer's pages say what the lessons are: minutes, votes, exercises, numbers, answers.

Plans are held against the routes of the lessons, votes against their predictions. Every number in
an answer of the quiz is computed here in another way, or its lesson prints or asserts it.
"""

import heapq
import itertools
import math
import re
from collections import Counter

import numpy as np
import pytest
from lesson_rules import (
    FORMULA,
    NUMBER,
    ROOT,
    SPOKEN_WORDS_A_MINUTE,
    decimal,
    evidence,
    prose_numbers,
    read_course,
    stated_minutes,
    words,
)
from scipy import integrate
from scipy.stats import norm

import bo_tutorial as bo
from bo_tutorial import worked_example as we
from bo_tutorial.course.lesson_00 import figures as drawing
from bo_tutorial.course.lesson_00 import numerics as game

GUIDE, QUIZ, EXAMPLE = (
    (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("teaching.md", "quiz.md", "worked-example.md")
)
LESSONS = {lesson.number: lesson for lesson in read_course()}
ENTRIES = dict(re.findall(r"^### Lesson (\d\d)\n(.+?)(?=^###? |\Z)", GUIDE, re.M | re.S))
MINUTES_A_VOTE = 0.75  # a plan gives a minute and has a quarter for the change


def plain(text):
    """A text on one line, as it is compared."""
    return " ".join(text.split())


def votes(number):
    """What the guide lets a class vote on in a lesson, in its order."""
    return [plain(each) for each in re.findall(r"\*\*Vote\.\*\* \"(.+?)\"", ENTRIES[number], re.S)]


# Plans


def plans():
    """The tables of the guide: (title, rows), a row being a list of its cells."""
    found = []
    for title, text in re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", GUIDE, re.M | re.S):
        for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
            rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
            found.append((title, rows[2:]))
    return found


def minutes_of(span):
    """Start and end in minutes: "8–15", or "9:00–9:20" on the clock."""
    ends = [each.split(":") for each in span.split("–")]
    return [int(each[0]) * 60 + int(each[1]) if each[1:] else int(each[0]) for each in ends]


def spoken(text):
    """Words that a lecturer says: a displayed formula is pointed at, one in the text is read."""
    text = re.sub(r"\$\$.+?\$\$", " this ", text, flags=re.S)
    text = FORMULA.sub(lambda formula: f" {_read(formula[0])} ", text)
    return words(text.replace("%", " percent "))


def _read(formula):
    formula = formula.replace("^\\top", " transpose ").replace("^{-1}", " inverse ")
    said = {"=": "equals", "+": "plus", "-": "minus", "−": "minus", "^": "to-the", "(": "of"}
    return re.sub(
        r"[$_{}\\,;|\[\])]", " ", re.sub(r"[=+−^(-]", lambda s: f" {said[s[0]]} ", formula)
    )


def talk(lesson, left_out=()):
    """Minutes of a lesson's route: what is said, and how long the figures stay."""
    minutes, section = 0.0, ""
    for cell in lesson.cells:
        heading = re.findall(r"^## +(.+)$", cell.source, re.M) if cell.kind == "markdown" else []
        shown = "lecture" in cell.tags
        if shown and cell.kind == "code" and section not in left_out:
            minutes += cell.minutes
        if shown and cell.kind == "markdown":  # it may end one section and begin the next
            parts = re.split(r"^## +.+$", cell.source, flags=re.M)
            kept = [p for p, s in zip(parts, [section, *heading], strict=True) if s not in left_out]
            minutes += sum(spoken(each) for each in kept) / SPOKEN_WORDS_A_MINUTE
        section = heading[-1] if heading else section
    return minutes


ROWS = [(title, row) for title, rows in plans() for row in rows if re.fullmatch(r"\d\d", row[1])]


def test_plans_begin_and_end_on_time_and_have_no_hole():
    lengths = []
    for _, rows in plans():
        spans = [minutes_of(row[0]) for row in rows]
        assert all(a < b for a, b in spans)
        assert [b for _, b in spans[:-1]] == [a for a, _ in spans[1:]]
        lengths.append(spans[-1][1] - spans[0][0])
    assert lengths == [50, 50, 50, 50, 8 * 60]


def test_the_five_routes_make_fifty_minutes():
    routes = [int(row[2]) for title, row in ROWS if title == "One lecture of 50 minutes"]
    assert sum(routes) == 50
    assert "Lessons 00, 03, 04, 06 and 07 make a lecture of 50 minutes" in plain(
        (ROOT / "README.md").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("title, row", ROWS, ids=[f"{t[:9]} {row[1]}" for t, row in ROWS])
def test_a_lesson_of_a_plan_can_be_said_in_its_minutes(title, row):
    span, number, route, n_votes, left_out = row
    lesson, (start, end) = LESSONS[number], minutes_of(span)
    assert int(route) == stated_minutes(lesson)[0]
    assert not left_out or f"## {left_out}\n" in lesson.text
    assert 1 <= int(n_votes) <= len(votes(number))
    said = talk(lesson, {left_out})
    assert said + MINUTES_A_VOTE * int(n_votes) <= end - start
    of_section = {plain(v): v in plain(lesson.section(left_out)) for v in votes(number)}
    assert not any(list(of_section.values())[: int(n_votes)])


def test_the_whole_text_of_the_short_lecture_leaves_no_time_for_votes():
    """What the guide says of it, and the reason why it leaves sections out."""
    five = [LESSONS[number] for number in ("00", "03", "04", "06", "07")]
    whole = sum(talk(lesson) for lesson in five)
    shown = [cell.source for lesson in five for cell in lesson.tagged("lecture")]
    asked = sum(source.count("**Predict.**") for source in shown)
    assert f"they take {whole:.0f}. They contain {asked} predictions" in plain(GUIDE)
    assert whole + MINUTES_A_VOTE * asked > 55


@pytest.mark.parametrize("row", plans()[-1][1], ids=lambda row: row[0])
def test_the_workshop_has_time_for_each_lesson_and_lab(row):
    span, what, n_votes = row
    start, end = minutes_of(span)
    if found := re.fullmatch(r"lesson (\d\d)", what):
        lesson = LESSONS[found[1]]
        assert end - start >= stated_minutes(lesson)[0] + int(n_votes)
        assert talk(lesson) + MINUTES_A_VOTE * int(n_votes) <= end - start
    if what.startswith("lab"):
        named = re.findall(r"`(\d\d\.\w+)`", what)
        assert named and sum(exercise_minutes(name) for name in named) <= end - start


def exercise_minutes(name):
    """Minutes that the lesson states for the exercise with this check."""
    lesson = LESSONS[name[:2]]
    (cell,) = [each for each in lesson.tagged("exercise") if name in each.checks()]
    before = [each.source for each in lesson.prose if each.index < cell.index][-1]
    return int(re.findall(r"\*\*Exercise \d+ · .+?\*\* \((\d+) min", before)[-1])


def test_homework_and_labs_name_exercises_of_the_lessons():
    named = re.findall(r"`(\d\d\.\w+)`", GUIDE)
    exercises = {
        c for each in LESSONS.values() for cell in each.tagged("exercise") for c in cell.checks()
    }
    assert set(named) == exercises  # each exercise is assigned somewhere


# The lessons, one by one


def test_each_lesson_has_an_entry():
    assert list(ENTRIES) == list(LESSONS)


@pytest.mark.parametrize("number", LESSONS)
def test_an_entry_says_what_the_lesson_is(number):
    entry, lesson = ENTRIES[number], LESSONS[number]
    assert f"[{lesson.siblings[number][1]}](../notebooks/{lesson.path.name})" in plain(entry)
    lecture, reading, exercises = stated_minutes(lesson)
    said = f": {lecture} minutes as a lecture, {reading} to read, {exercises} of exercises."
    assert said in plain(entry)
    assert entry.count("- **Board.** ") == 1
    assert len(re.findall(r"^- \*\*\".+?\"\*\* ", entry, re.M | re.S)) >= 2
    assigned = re.findall(r"`([\w.]+)`", entry.partition("**Assign.**")[2])
    assert assigned == [name for cell in lesson.tagged("exercise") for name in cell.checks()]


@pytest.mark.parametrize("number", LESSONS)
def test_a_vote_is_a_prediction_of_the_lesson(number):
    lesson = LESSONS[number]
    shown = lesson.prose if stated_minutes(lesson)[0] == 0 else lesson.tagged("lecture")
    asked = [
        plain(part)
        for cell in shown
        if cell.kind == "markdown"
        for part in cell.source.split("**Predict.**")[1:]
    ]
    assert votes(number)
    for vote in votes(number):
        assert any(vote in each for each in asked), vote


OF_THE_GUIDE = {"7776": 6**5}  # what no lesson says, computed


@pytest.mark.parametrize("number", LESSONS)
def test_the_numbers_of_an_entry_are_those_of_the_lesson(number):
    lesson = LESSONS[number]
    known = evidence(lesson) | {decimal(each) for each in NUMBER.findall(lesson.text)}
    known |= {decimal(str(each)) for each in OF_THE_GUIDE.values()}
    assert [n for n in prose_numbers(ENTRIES[number]) if decimal(n) not in known] == []


def test_the_game_is_played_with_a_class_as_the_guide_says(tmp_path, monkeypatch, capsys):
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    (tmp_path / "games").mkdir()
    (tmp_path / "games" / "notes.json").write_text("{}", encoding="utf-8")
    for name, x in {"Ada": [0.5, 0.75, 0.65, 0.6, 0.7], "Ben": [0.1, 0.5, 0.4, 0.3, 0.45]}.items():
        game.save(game.Trace(name, "A", x), f"games/{name}.json")
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    code = "\n".join(line.strip() for line in block.splitlines())
    names = {"game": game, "plt": plt, "drawing": drawing}
    exec(compile(code, "teaching.md", "exec"), names)
    assert "{'A': 2}" in capsys.readouterr().out
    assert [*names["together"].refused] == ["notes.json"]
    assert len(names["ax"].lines) >= 3  # the class and two opponents
    plt.close(names["fig"])


# The quiz


class Question:
    """One question: its number, lesson, text, options by letter, answer, reason and reasons."""

    def __init__(self, number, text):
        self.number = number
        asked, _, folded = text.partition("<details><summary>Answer</summary>")
        self.lesson, self.asked = re.match(
            r"\s*.+?\n\n\*Lesson (\d\d)\.\* (.+)", asked, re.S
        ).groups()
        self.options = dict(re.findall(r"^- \(([a-d])\) (.+?)(?=\n-|\n\n|\Z)", asked, re.M | re.S))
        self.right, self.reason = re.search(r"\*\*\((.)\)\*\* (.+?)\n\n", folded, re.S).groups()
        self.wrong = dict(re.findall(r"^- \(([a-d])\) (.+?)(?=\n-|\n\n)", folded, re.M | re.S))


QUESTIONS = [
    Question(int(number), text)
    for number, text in re.findall(r"^## (\d+)\. (.+?)(?=^## |\Z)", QUIZ, re.M | re.S)
]


def test_there_are_forty_questions_over_all_lessons():
    assert [q.number for q in QUESTIONS] == list(range(1, 41))
    assert list(dict.fromkeys(q.lesson for q in QUESTIONS)) == list(LESSONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.number}")
def test_a_question_has_one_right_option_and_a_reason_for_each_other(question):
    assert [*question.options] == ["a", "b", "c", "d"]
    assert len(set(question.options.values())) == 4
    assert sorted([question.right, *question.wrong]) == ["a", "b", "c", "d"]
    assert all(len(each.split()) >= 3 for each in [question.reason, *question.wrong.values()])


def test_the_right_option_is_not_always_in_one_place():
    letters = [q.right for q in QUESTIONS]
    assert all(7 <= n <= 13 for n in Counter(letters).values())
    assert max(len(list(same)) for _, same in itertools.groupby(letters)) <= 2
    longest = sum(max(q.options, key=lambda x: len(q.options[x])) == q.right for q in QUESTIONS)
    assert longest <= 20  # who picks the longest option must not pass


def ei(mu, sigma, best):
    """Expected improvement by integrating the chance of exceeding t."""
    return integrate.quad(lambda t: norm.sf(t, mu, sigma), best, mu + 12 * abs(sigma) + 1)[0]


def two_workers(hours):
    """When a run ends if nobody waits: each evaluation goes to the worker that is free first."""
    free = [0, 0]
    for each in hours:
        heapq.heappush(free, heapq.heappop(free) + each)
    return max(free)


def tail(z):
    """E[max(0, U - z)] of a standard normal U."""
    return integrate.quad(lambda t: norm.sf(t), z, z + 15, epsabs=1e-14)[0]


HOURS = [2, 1, 3, 1, 2, 2]
FIVE = [0.52, 0.61, 0.58, 0.74, 0.70]
SCORES = [0.85, 0.91, 0.79, 0.88]
# The largest of ten normal numbers: the area above its distribution function, less that below.
TEN = integrate.quad(lambda x: 1 - norm.cdf(x) ** 10 - norm.cdf(-x) ** 10, 0, 12)[0]
NUMBERS_OF = {  # of the question: numbers in its options, reason and reasons, as they are written
    1: {"0.20": 0.90 - 0.70, "0.16": 0.90 - 0.74, "0.27": 0.90 - 0.63, "0.63": np.mean(FIVE)},
    2: {"67": 100 * (1 - 0.8**5), "0.8": 1 - 0.2, "95": 100 * (1 - 2 * norm.sf(2)),
        "35": 100 * (0.4 - 2 * math.sqrt(0.24 / 400)),
        "45": 100 * (0.4 + 2 * math.sqrt(0.24 / 400))},
    3: {"625": 5**4, "120": 4 * 30, "19": 100 * 120 / 625, "5": 100 * 30 / 625, "256": 4**4,
        "47": 100 * 120 / 256, "20": 4 * 5},
    4: {"10": 100 * 0.1 / 1, "75": 100 * 3 / 4},
    5: {"0.9": 100 * math.sqrt(0.95 * 0.05 / 600), "6": 600 * 0.01},
    6: {"16": 2**4, "81": 3**4, "44": 60 - 2**4, "256": 4**4, "15": 60 / 4, "21": 3**4 - 60},
    7: {"16": 4 * 4, "8": 4 + 4},
    8: {"50": 1 / 0.02, "36": 100 * 0.98**50, "25": 50 / 2, "100": 2 / 0.02},
    9: {"59": math.ceil(math.log(0.05) / math.log(0.95))},
    10: {"0.44": math.sqrt(1 - 0.81), "44": 100 * math.sqrt(1 - 0.81), "10": 100 * (1 - 0.9),
         "19": 100 * (1 - 0.81), "81": 100 * 0.81},
    11: {"86": 80 + 0.6 * 10, "4": 5 * math.sqrt(1 - 0.36), "3": 5 * 0.6, "0.6": 0.6},
    13: {"0.135": math.exp(-2), "0.99": math.sqrt(1 - math.exp(-4)), "14": 100 * math.exp(-2),
         "99": 100 * math.sqrt(1 - math.exp(-4)), "86": 100 * (1 - math.exp(-2)), "50": 50},
    14: {"2.303": math.log(10), "1.15": math.log(10) / 2, "0.22": 0.5 / math.log(10), "5": 5},
    15: {"7.4": math.exp(2)},
    16: {"1.5": math.exp(0.4)},
    17: {"100": 0.02**2 / (4 * 0.001**2), "1": 0.02**2 / (4 * 0.01**2), "10": 10},
    18: {"0.40": 100 * ei(0.90, 0.01, 0.90), "1.15": 100 * ei(0.88, 0.05, 0.90),
         "34": 100 * norm.sf(0.4), "50": 100 * norm.sf(0)},
    20: {"1.20": 3 * tail(0), "0.76": 3 * tail(1 / 3), "0.20": 3 * tail(0) - 1},
    22: {"0.875": 0.85 + 0.5 * 0.05, "0.05": 0.05, "0.99": 100 * ei(0.875, 0.05, 0.90),
         "23": 100 * ei(0.5, 1, 0.9), "20": 100 * ei(0.5, 1, 1), "1": 100 * ei(0.875, 0.05, 0.90)},
    25: {"11 700": tail(1) / tail(4), "4": 12 / 3, "16": 4**2, "1": 3 / 3},
    27: {"6.0": np.std([85, 91, 79], ddof=1), "4.9": np.std([85, 91, 79]),
         "58": 100 * we.measure(we.Assumptions())["EI scores 0.003 highly"],
         "47": 100 * we.measure(we.Assumptions(signal_sd=0.049))[
             "EI scores 0.003 highly"]},
    28: {"576": 24**2, "48": 24 + 24},
    29: {"0.002": 200 / 100_000, "346.2": math.log(0.5) / math.log(1 - 0.002), "500": 1 / 0.002,
         "250": 500 / 2,
         "347": math.ceil(math.log(0.5) / math.log(1 - 0.002)), "50 000": 100_000 / 2,
         "63": 100 * (1 - 0.998**500)},
    30: {"693": math.log(0.5) / math.log(1 - 0.001)},
    31: {"1.54": TEN, "91.5": 90 + TEN, "90.3": 90 + 1 / math.sqrt(10), "93": 90 + 3},
    32: {"8": 14 - 6, "2.0": 100 * 8 / 400, "0.0496": 20 / 400 - 0.02**2,
         "1.1": 100 * math.sqrt((20 / 400 - 0.02**2) / 400),
         "1.7": 100 * math.sqrt((0.95 * 0.05 + 0.93 * 0.07) / 400),
         "0.06": 100 * math.sqrt(20 / 400 - 0.02**2) / 400},
    33: {"90": 100 * (1 - 0.1) / (1 - 1e-4), "0.5": (1e-4 + 1) / 2, "0.01": math.sqrt(1e-4)},
    34: {"4000": np.round(np.std([*SCORES, -10_000]), -2), "0.12": np.ptp(SCORES),
         "0.00003": np.ptp(SCORES) / np.std([*SCORES, -10_000]),
         "2.7": np.ptp(SCORES) / np.std(SCORES)},
    35: {"0.4": 0.2 + 0.8 / 4, "0.6": 0.2 + 0.8 / 2, "1.5": 0.6 / 0.4, "16": 4**2},
    38: {"7": sum(max(pair) for pair in zip(HOURS[::2], HOURS[1::2], strict=True)),
         "6": two_workers(HOURS), "11": sum(HOURS), "5.5": sum(HOURS) / 2},
    40: {"12": max(5, 2 * 6), "5": 5, "1": 13 - 12, "8": 13 - 5, "6": 13 - 6 - 1},
}  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS_OF)
def test_a_number_of_an_answer_is_what_is_computed(number):
    question = QUESTIONS[number - 1]
    said = " ; ".join([*question.options.values(), question.reason, *question.wrong.values()])
    written = {plain(each) for each in NUMBER.findall(said)}
    for shown, value in NUMBERS_OF[number].items():
        assert shown in written, shown
        bare = shown.replace(" ", "")
        digits = (
            len(bare.partition(".")[2]) if "." in bare else -(len(bare) - len(bare.rstrip("0")))
        )
        step = 10.0**-digits if "." in bare or value >= 1000 else 1.0
        assert abs(float(bare) - value) <= 0.5 * step + 1e-9, (shown, value)


RIGHT = {  # of the questions with a computed answer: what the right option says, and no other
    1: "0.16; it may fall", 4: "10 % and 75 %", 6: "44 left", 7: "4 and 16", 9: "59 in both",
    8: "50", 10: "44 %", 11: "86 % and 4 points", 13: "99 %", 14: "1.15", 15: "7.4 times",
    17: "−100 nats",
    18: "At B", 20: "0.76", 22: "About 1", 25: "10 000", 28: "48 runs", 29: "347", 31: "91.5",
    32: "1.1 points", 34: "0.00003", 35: "1.5", 38: "7 and 6 hours", 40: "1",
}  # fmt: skip


@pytest.mark.parametrize("number", RIGHT)
def test_the_right_option_is_the_computed_one(number):
    question = QUESTIONS[number - 1]
    said = {letter: plain(each) for letter, each in question.options.items()}
    pattern = re.compile(rf"(?<![\d.]){re.escape(RIGHT[number])}(?!\d)")
    said = {letter: each for letter, each in said.items() if not each.startswith("None")}
    assert [letter for letter, each in said.items() if pattern.search(each)] == [question.right]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.number}")
def test_every_number_of_an_answer_has_a_source(question):
    """It stands in the question, is computed above, or its lesson prints or asserts it."""
    said = " ; ".join([question.options[question.right], question.reason, *question.wrong.values()])
    known = {decimal(each) for each in NUMBER.findall(question.asked)}
    known |= {decimal(each) for each in NUMBERS_OF.get(question.number, {})}
    known |= evidence(LESSONS[question.lesson])
    written = {n for n in NUMBER.findall(said) if n.strip() not in ("0", "1", "2", "3", "4")}
    assert [n for n in written if decimal(n) not in known] == []


def test_the_quiz_says_of_the_package_what_the_package_does(tmp_path):
    space = bo.Space(**{f"x{i}": bo.Float(0.0, 1.0) for i in range(6)})
    strategy = bo.BayesianOptimization(space, seed=0)
    assert strategy.n_initial == NUMBERS_OF[40]["12"]
    # Question 39: the trials and the seed are all that a resumed run needs.
    line = bo.Space(x=bo.Float(0.0, 1.0))
    whole = bo.maximize(lambda c: -((c["x"] - 0.3) ** 2), line, 9, seed=4, progress=False)
    again = bo.BayesianOptimization(line, n_initial=3, seed=4)
    for config, value in zip(whole.configs[:7], whole.values[:7], strict=True):
        again.tell(config, value)
    assert again.ask() == whole.configs[7]
    # Questions 12 and 24: the band contains no y.
    X = np.log10([[0.001], [0.01], [0.1], [0.0048]])
    gp = bo.GaussianProcess(bo.SquaredExponential(0.5, 0.06**2), noise_variance=1e-6, mean=0.85)
    bands = [gp.condition(X, [0.85, 0.91, 0.79, y]).predict([[-2.5]])[1] for y in (0.94, 0.84)]
    assert bands[0] == bands[1]
    # Question 36: a forest's band does not grow with distance, a Gaussian process's does.
    at = np.array([[0.7], [0.8], [1.0]])
    forest = bo.RandomForest(50, seed=0).fit([[0.1], [0.3], [0.5]], [1.0, 2.0, 1.5])
    assert np.ptp(forest.predict(at)[1]) == 0
    process = bo.GaussianProcess(bo.SquaredExponential(0.3)).condition([[0.1], [0.5]], [1.0, 2.0])
    assert np.all(np.diff(process.predict(at)[1]) > 0)


# The worked example


def by_hand(rate, xi=0.01, scale=1.0):
    """Mean, standard deviation and EI of the article's example, from the formulas of a textbook."""
    x, y = np.array([-3.0, -2.0, -1.0]), np.array([0.85, 0.91, 0.79])
    k = 0.06**2 * np.exp(-2 * (np.log10(rate) - x) ** 2)
    inverse = np.linalg.inv(0.06**2 * np.exp(-2 * (x[:, None] - x) ** 2) + 1e-6 * np.eye(3))
    mu, sigma = 0.85 + k @ inverse @ (y - 0.85), math.sqrt(0.06**2 - k @ inverse @ k)
    mu, sigma, best = scale * mu, scale * sigma, scale * 0.91
    # Right of best + xi; epsabs=0 because EI at 0.2 is below a millionth.
    above = integrate.quad(
        lambda t: norm.sf(t, mu, sigma), best + xi, best + xi + 9 * sigma, epsabs=0
    )
    return mu, sigma, above[0]


def test_the_table_of_the_worked_example_is_right_to_its_last_digit():
    rows = re.findall(r"^\| (0\.\d+) \| (\S+) \| (\S+) \| (\S+) \|$", EXAMPLE, re.M)
    assert [rate for rate, *_ in rows] == ["0.003", "0.2", "0.004786"]
    for rate, mean, sd, improvement in rows:
        mu, sigma, above = by_hand(float(rate))
        assert (mean, sd) == (f"{mu:.4f}", f"{sigma:.4f}")
        assert improvement == f"{100 * above:.3g}"


def test_what_another_assumption_does_is_true():
    base, text = we.Assumptions(), plain(EXAMPLE)
    options = dict(re.findall(r"^\| .+? \| `--([\w-]+)` \| `?([\w.-]+)`? \|", EXAMPLE, re.M))
    for option, value in options.items():
        assert str(getattr(base, option.replace("-", "_"))) == value
    assert {*options, "low", "high"} == {f.replace("_", "-") for f in vars(base)}

    def next_rate(**changes):
        return we.next_learning_rate(we.Assumptions(**changes))

    def share(**changes):
        return 100 * we.measure(we.Assumptions(**changes))["EI scores 0.003 highly"]

    assert round(next_rate(axis="raw", length_scale=0.05), 3) == 0.041 and "0.041" in text
    assert round(next_rate(kernel="Matern52"), 4) == 0.0049 and "next 0.0049" in text
    assert [round(share(length_scale=0.25)), round(share())] == [63, 58]
    assert "63 % of the largest, in place of 58 %" in text
    assert next_rate(mean=0.8633) == 0.0001 < next_rate(mean=0.8631) and "0.8632" in text
    verdicts = list(we.holds(we.measure(we.Assumptions(signal_sd=0.049))).values())
    assert verdicts == [True, True, False, False]
    mean = we.evaluate(we.Assumptions(noise_variance=1e-4), [0.01])[0][0]
    assert 0.907 < mean < 0.909  # beside the 91 %
    cannot = we.holds(we.measure(we.Assumptions(low=1e-5, high=0.1)))["EI scores 0.2 highly"]
    assert cannot is None and "the fourth sentence cannot be asked" in text


def test_wrong_numbers_have_the_cause_that_the_page_names():
    text = plain(EXAMPLE)
    assert f"{100 * by_hand(0.003, xi=0)[2]:.3f}" == "0.479" and "is 0.479 and not 0.287" in text
    assert f"{by_hand(0.003, scale=100)[2]:.3f}" == "0.477" and "0.003 is 0.477" in text
    assert f"{by_hand(0.003)[1] ** 2:.4f}" == "0.0012" and "deviation is 0.0012" in text
    assert round(we.next_learning_rate(we.Assumptions(xi=0.0)), 4) == 0.0052
    assert "learning rate is 0.0052" in text and f"{math.log(10) / 2:.2f}" == "1.15"


def test_the_code_of_the_worked_example_runs(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", EXAMPLE, re.S)
    exec(compile(block, "worked-example.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "[0.8842 0.7944] [0.0353 0.0327] [0.287 0.   ]" in printed and "0.00478" in printed


# All three


@pytest.mark.parametrize("page", [GUIDE, QUIZ, EXAMPLE], ids=["guide", "quiz", "example"])
def test_links_lead_to_files_and_no_banned_word_stands_there(page):
    from lesson_rules import BANNED

    links = re.findall(r"\]\((?![a-z]+:)([^)#]+)(?:#[^)]*)?\)", page)
    assert links and [each for each in links if not (ROOT / "docs" / each).exists()] == []
    assert BANNED.findall(page) == []
