"""Every lesson keeps to the form of a lesson, and every rule of that form can be broken.

The rules are in `lesson_rules.py`. A lesson made up below keeps all of them; each test of a rule
spoils it in one place and looks whether the rule notices.
"""

import copy
import re

import pytest
from lesson_rules import (
    BACK,
    NOTEBOOKS,
    ROOT,
    RULES,
    SOLUTIONS,
    Lesson,
    digits,
    literal_formulas,
    prose_numbers,
    read_course,
    terms,
    words,
)

from bo_tutorial.course import rooms
from bo_tutorial.course.checking import Array, Choice, Number

COURSE = read_course()
LECTURE = ("00", "03", "04", "06", "07")  # the five lessons of the lecture of 50 minutes


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.number)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_lesson_keeps_the_rule(rule, lesson):
    assert rule(lesson) == []


def test_the_lecture_takes_50_minutes():
    minutes = {
        lesson.number: sum(cell.minutes or 0 for cell in lesson.cells)
        for lesson in COURSE
        if lesson.number in LECTURE
    }
    if len(minutes) < len(LECTURE):
        pytest.skip(f"of the five lessons of the lecture {sorted(minutes)} stand")
    assert sum(minutes.values()) == 50, minutes


def test_solutions_and_checks_belong_to_a_lesson():
    names = {lesson.path.name for lesson in COURSE}
    assert {path.name for path in (NOTEBOOKS / "solutions").glob("*.ipynb")} <= names
    assert set(rooms("checks")) <= {name[:2] for name in names}


# A lesson that keeps every rule


def markdown(source, **metadata):
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code(source, printed="", outputs=(), **metadata):
    stream = {"output_type": "stream", "name": "stdout", "text": printed + "\n"}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "execution_count": None,
        "outputs": [*outputs, *([stream] if printed else [])],
    }


def figure(alt):
    data = {"image/png": "iVBORw0KGgo=", "text/plain": f"Figure: {alt}"}
    words = {"text/html": f"<details>{alt}</details>", "text/plain": "Figure in words"}
    return [
        {"output_type": "display_data", "data": data, "metadata": {"image/png": {"alt": alt}}},
        {"output_type": "display_data", "data": words, "metadata": {}},
    ]


def live(words="The live line rises from zero to one as the slope grows."):
    folded = f"<details><summary>What it shows at first</summary>{words}</details>"
    sentence = f"<p>Live figure: drag the slope.</p>{folded if words else ''}"
    data = {"text/html": sentence, "text/plain": "Live figure: drag the slope"}
    return [{"output_type": "execute_result", "data": data, "metadata": {}}]


OPENING = """\
**You will learn** to

- bend a line;
- break a rule;
- mend what you broke.

**You need** lesson 07.

**Time** 2 minutes as a lecture, 11 minutes to read, 8 minutes of exercises."""

SECTION = """\
## {question}

The straight line has a slope of 91.5 % ([notation](../docs/notation.md)). It is a **surrogate**.

**Predict.** What happens?"""

CLOSING = """\
## Pitfalls in practice

- **Sign.** A falling line has the other one.

## Summary

- We bent a line.
- We broke a rule.
- We mended it.

## References

- A. Author: A title of 12345 words. [doi:10.1000/182](https://doi.org/10.1000/182)
- B. Author: Another one (2016). [arXiv:1012.2599](https://arxiv.org/abs/1012.2599), section 2
- C. Author: A third (2012). [jmlr.org/papers/v13/a12b](https://jmlr.org/papers/v13/a12b.html)
- D. Author: A last one. [doi:10.1016/S0(00)1](https://doi.org/10.1016/S0%2800%291)

**Next:** the [table of lessons](../README.md#lessons)."""


def exercise(number, name, minutes):
    text = f"**Exercise {number} · {name}** ({minutes} min, by hand). What is it?"
    answer = f'answer_{number} = ...\ncheck("99.{name}", answer_{number})'
    return [markdown(text), code(answer, f"99.{name}: not tried yet", tags=["exercise"])]


def solution(number, name):
    text = f"**Exercise {number} · {name}** It follows from the slope."
    source = f'answer = 1\ncheck("99.{name}", answer)'
    return [markdown(text), code(source, f"✓ 99.{name}", tags=["solution"])]


class Draft:
    """The parts of a made-up lesson, to be spoiled: `cells`, `solutions`, `checks`, ..."""

    def __init__(self):
        self.name = "99_make_up_a_lesson.ipynb"
        self.siblings = {"07": ("07_close_the_loop.ipynb", "Close the loop")}
        self.named = {"name": self.name, "number": "99"}
        self.solutions = [
            markdown("# 99 · Make up a lesson: solutions\n\n" + BACK.format(**self.named)),
            code("from bo_tutorial.course import check"),
            *solution(1, "slope"),
            *solution(2, "both"),
        ]
        self.checks = {
            "99.guess": Choice("a", ()),
            "99.slope": Number(0.7344, "a slope", ()),
            "99.both": Array([0.123, 0.456], "two slopes", ()),
        }
        self.cells = [
            markdown("# 99 · Make up a lesson\n\nWhat is a lesson?", tags=["lecture"]),
            markdown(OPENING),
            code("import numpy as np\n\nplt.style.use('bo_tutorial.style')"),
        ]
        self.cells[0]["metadata"]["lecture_minutes"] = 2
        for number in range(4):
            alt = f"Line {number} rises from zero at the left end to one at the right end."
            self.cells += [
                markdown(SECTION.format(question=f"What is line {number}?")),
                code(f"slope = {number}\nax.set_title('Slope')", "0.915", figure(alt)),
                markdown("<details><summary>Reveal</summary>\n\nIt rises.\n\n</details>"),
            ]
        self.cells += [
            code(
                'prediction = ...\ncheck("99.guess", prediction)',
                "99.guess: not tried yet",
                tags=["predict"],
            ),
            markdown("Drag the slope."),
            code("line_figure()", outputs=live()),
            markdown("## Exercises\n\n" + SOLUTIONS.format(**self.named)),
            *exercise(1, "slope", 5),
            *exercise(2, "both", 3),
            markdown(CLOSING),
            markdown("The numbers of the text."),
            code("assert slope == 3", "verified", tags=["verify"]),
        ]

    def lesson(self):
        for cells in (self.cells, self.solutions):
            executed = [cell for cell in cells if cell["cell_type"] == "code"]
            for count, cell in enumerate(executed, 1):
                cell["execution_count"] = cell["execution_count"] or count
        return Lesson(
            NOTEBOOKS / self.name,
            {"cells": self.cells, "metadata": {}},
            None if self.solutions is None else {"cells": self.solutions},
            self.checks,
            self.siblings,
            terms("**Surrogate.** A model."),
        )

    def find(self, text, solutions=False):
        """The first cell whose source contains a text."""
        cells = self.solutions if solutions else self.cells
        return next(cell for cell in cells if text in cell["source"])

    def edit(self, old, new, **where):
        cell = self.find(old, **where)
        cell["source"] = cell["source"].replace(old, new)

    def add(self, before, *cells):
        place = self.cells.index(self.find(before))
        self.cells[place:place] = cells

    def tag(self, text, *tags):
        self.find(text)["metadata"]["tags"] = list(tags)

    def show(self, text, minutes):
        """Have a lecture show a cell for some minutes."""
        self.find(text)["metadata"] |= {"tags": ["lecture"], "lecture_minutes": minutes}

    def print(self, text, printed):
        self.find(text)["outputs"] = code("", printed)["outputs"]


def rename(draft, old, new):
    draft.edit(old, new)
    draft.name = draft.name.replace(old.lower(), new.lower())


def describe(draft, alt, where="slope = 1"):
    draft.find(where)["outputs"] = figure(alt)


def without_metadata(draft):
    del draft.find("slope = 1")["outputs"][0]["metadata"]["image/png"]


LITERALS = (
    "σ_f|2 ℓ|x′|K⁻¹|R²|f₁|√2|m ≤ 3|−½|−∞|y − 1|0.5 − 0.1|2 · 3|x_1|n^d|at f|f(x)|f*|(n, d)|𝑓|5 $"
    "|10<sup>6</sup>"
).split("|")

# For each rule: how to spoil the lesson, and what the rule then says.
SPOILED = {
    "title": [
        (lambda d: d.edit("# 99 · Make", "# Make"), "the first cell must begin"),
        (lambda d: rename(d, "Make", "Lesson"), "must begin with a verb"),
        (lambda d: d.edit("up a lesson", "up a story"), "title and file name differ"),
        (lambda d: d.edit("What is a lesson?", "This is one."), "must ask the question"),
    ],
    "opening": [
        (
            lambda d: d.edit("- break a rule;\n- mend what you broke.\n", ""),
            "3 to 5 bullets, got 1",
        ),
        (lambda d: d.edit("**You need** lesson 07.", ""), "must have **You will learn**"),
    ],
    "reading_time": [
        (lambda d: d.edit("11 minutes to read", "1 minutes to read"), "1 minutes to read are"),
        (lambda d: d.edit("Reveal</summary>", "Reveal</summary>" + "word " * 900), "are counted"),
        (lambda d: d.edit("minutes as a lecture", "min of lecture"), "**Time** must read"),
    ],
    "lecture_time": [
        (lambda d: d.edit("**Time** 2", "**Time** 3"), "add up to 2 minutes"),
        (lambda d: d.tag("# 99"), "must have both the tag lecture and"),
        (lambda d: d.tag("You need", "lecture"), "must have both the tag lecture and"),
    ],
    "lecture_is_a_talk": [
        (lambda d: d.edit("What is a", "Word " * 300 + "what is a"), "words for 2 minutes"),
        (lambda d: d.show("slope = 1", 0.25), "shows a figure for 0.25 minutes"),
        (lambda d: d.show("slope = 1", 0.5), "says what to see in cell 7, and the lecture"),
        (lambda d: d.show("is line 1?", 2), "shows one of cell 6, which asks, and cell 8"),
    ],
    "shares_name_their_runs": [
        *(
            (lambda d, text=text: d.edit("Drag the slope.", text), "must say of how many runs")
            for text in (
                "It wins in most runs.",
                "It is ahead in 72 %.",
                "It is steeper in two in five designs.",
                "It fails in 8 % of the games.",
                "It loses nine in ten games.",
            )
        ),
        (
            lambda d: d.edit("Drag the slope.", "In 24 runs it wins 75 % of the pairs."),
            "is a share of 24 runs and needs an interval",
        ),
        (lambda d: d.edit("from the slope", "in half of the runs", solutions=True), "solutions"),
    ],
    "sections": [
        (lambda d: d.edit("## Summary", "## In short"), "the last sections must be"),
        (lambda d: d.edit("## Summary", "## Exercises"), "the last sections must be"),
        (lambda d: d.edit("## Summary", "## More?\n\n## Summary"), "between the closing ones"),
        (lambda d: d.edit("## What is line 1?", "Line 1?"), "4 to 7 sections"),
        (
            lambda d: (d.edit("line 1?", "line 1"), d.edit("line 2?", "line 2")),
            "a section's title is a question",
        ),
    ],
    "one_import_cell": [
        (lambda d: d.edit("slope = 1", "import scipy"), "must not import"),
        (lambda d: d.edit("plt.style.use('bo_tutorial.style')", ""), "must be the import cell"),
        (lambda d: d.edit("import numpy as np", "x = 1"), "must do nothing else"),
    ],
    "prose_before_code": [
        (lambda d: d.add("slope = 1", code("x = 1")), "must come after prose"),
    ],
    "predictions_are_revealed": [
        (lambda d: d.edit("Reveal", "Answer"), "its Reveal before the next one"),
        (lambda d: d.edit("<details>", "<details open>"), "its Reveal before the next one"),
        (
            lambda d: [
                (d.edit("**Predict.**", ""), d.edit("<summary>Reveal</summary>", ""))
                for _ in range(3)
            ],
            "at least two **Predict.**, got 1",
        ),
        (lambda d: d.edit("</details>", ""), "a <details> is not closed"),
        (
            lambda d: d.edit("</summary>\n\n", "</summary>\n"),
            "must be a blank line above and below",
        ),
        (
            lambda d: d.edit("\n\n</details>", "\n</details>"),
            "must be a blank line above and below",
        ),
    ],
    "number_of_cells": [
        (lambda d: d.add("# 99", *(markdown("More.") for _ in range(20))), "25 to 45 cells"),
        (lambda d: d.cells.__delitem__(slice(0, 4)), "25 to 45 cells"),
    ],
    "short_cells": [
        (lambda d: d.edit("slope = 1", "\n".join(["slope = 1"] * 15)), "16 lines, more than 15"),
    ],
    "short_verify_cells": [
        (lambda d: d.edit("assert", "\n".join(["x = 1"] * 15) + "\nassert"), "more than 15"),
        (lambda d: d.tag("assert"), "one to three cells must be tagged verify, got 0"),
        (
            lambda d: d.cells.extend(code("x = 1", tags=["verify"]) for _ in range(3)),
            "one to three cells must be tagged verify, got 4",
        ),
    ],
    "verified_at_the_end": [
        (lambda d: d.cells.append(markdown("One more thing.")), "the last cells must be those"),
        (lambda d: d.tag("assert"), "the last cells must be those"),
        (lambda d: d.edit("assert slope == 3", "slope == 3"), "must assert something"),
        (lambda d: d.print("assert", ""), "must print that all is verified"),
    ],
    "executed_in_order": [
        (lambda d: d.find("slope = 1").update(execution_count=17), "execution counts are"),
    ],
    "no_warnings": [
        (
            lambda d: d.find("slope = 1")["outputs"].append(
                {"output_type": "stream", "name": "stderr", "text": "Warning: x"}
            ),
            "shows an error or a warning",
        ),
        (
            lambda d: d.find("slope = 1")["outputs"].append(
                {"output_type": "error", "ename": "E", "evalue": "e", "traceback": []}
            ),
            "shows an error or a warning",
        ),
    ],
    "figures_have_words": [
        (without_metadata, "must have an alternative text"),
        (lambda d: describe(d, "A line."), "must have an alternative text"),
        (
            lambda d: describe(
                d, "Line 2 rises from zero at the left end to one at the right end."
            ),
            "describes its figure as",
        ),
        (
            lambda d: (
                describe(d, "The slope of a line that rises from zero to one"),
                d.edit(
                    "slope = 1\nax.set_title('Slope')",
                    "slope = 1\nax.set(title='The slope of a line that rises from zero to one')",
                ),
            ),
            "describes its figure by a title",
        ),
        (lambda d: d.find("line_figure").update(outputs=live("")), "text, got None"),
        (lambda d: d.find("line_figure").update(outputs=live("A line.")), "text, got 'A line.'"),
        (lambda d: d.edit("Drag the slope.", "![](../docs/a.png)"), "text, got ''"),
        (
            lambda d: d.edit("Drag the slope.", "Watch the blue line. The other one is dashed."),
            "names a color without a second sign: 'Watch the blue line.'",
        ),
        (
            lambda d: describe(
                d, "A red line rises from zero at the left end to one at the right."
            ),
            "names a color without a second sign",
        ),
        (
            lambda d: d.find("slope = 1").update(
                outputs=[{"output_type": "display_data", "data": {"text/html": '<img src="">'}}]
            ),
            "text, got ''",
        ),
    ],
    "no_banned_words": [
        (lambda d: d.edit("Drag the slope.", "Just drag the slope."), "the word 'Just'"),
        (lambda d: d.edit("slope = 1", "slope = 1  # simply one"), "the word 'simply'"),
        (lambda d: d.print("assert", "obviously"), "the word 'obviously'"),
        (lambda d: describe(d, "It is easily seen."), "the word 'easily'"),
    ],
    "terms_in_the_glossary": [
        (lambda d: d.edit("a **surrogate**", "a **kernel**"), "'kernel' in bold"),
        (lambda d: d.edit("- We bent", "- We bent a **kernel**:"), "'kernel' in bold"),
    ],
    "formulas_are_typeset": [
        *((lambda d, text=text: d.edit("Drag the slope", text), text) for text in LITERALS),
        (lambda d: d.edit("## What is line 1?", "## What is $f$?"), "'## What is $f$?'"),
        (lambda d: d.edit("Drag", "| $|x|$ | 1 |\n\nDrag"), "'| $|x|$ | 1 |'"),
        (lambda d: d.edit("from the slope", "from ℓ", solutions=True), "of the solutions writes"),
    ],
    "links_lead_somewhere": [
        (lambda d: d.edit("notation.md", "notations.md"), "../docs/notations.md, which does not"),
        (lambda d: d.edit("#lessons", "#the-lessons"), "which has no such heading"),
        (lambda d: d.edit("Drag", "[Drag](#what-is-line-9)"), "which has no such heading"),
        (
            lambda d: d.edit("(../99_make", "(../98_make", solutions=True),
            "of the solutions links to ../98_make",
        ),
        (
            lambda d: d.edit("99_make_up_a_lesson.ipynb", "99_make_up_a_lesson.ipynb#x"),
            "links to solutions/99_make_up_a_lesson.ipynb#x, which has no such heading",
        ),
    ],
    "promises_are_marked": [
        (lambda d: d.edit("lesson 07", "lesson 08"), "must say (being written) behind 'lesson 08'"),
        (lambda d: d.edit("lesson 07", "lessons 07 and 98"), "behind 'lessons 07 and 98'"),
        (lambda d: d.edit("lesson 07", "lessons 97 to 99"), "behind 'lessons 97 to 99'"),
        (
            lambda d: d.edit("lesson 07", "[Lesson 98](../README.md)"),
            "behind 'Lesson 98](../README",
        ),
        (lambda d: d.edit("Drag the slope.", "| 98 Bend it | more |"), "behind '| 98 Bend it |'"),
        (lambda d: d.edit("slope = 1", "slope = 1  # lesson 98"), "behind 'lesson 98'"),
        (lambda d: describe(d, "What lesson 98 draws too."), "behind 'lesson 98'"),
        (lambda d: d.edit("from the slope", "by lesson 98", solutions=True), "of the solutions"),
        (
            lambda d: d.edit("lesson 07", "lesson 07 (being written)"),
            "must not say (being written) behind 'lesson 07 (being written)'",
        ),
        (lambda d: d.edit("Drag the slope.", "| 07 Loop (being written) | more |"), "must not"),
    ],
    "next_lesson": [
        (lambda d: d.edit("**Next:** the", "The"), "begins with **Next:**, got 0"),
        (lambda d: d.edit("../README.md#lessons", "../README.md"), "must lead to (../README"),
        (
            lambda d: d.siblings.update({"100": ("100_use_it.ipynb", "Use it")}),
            "must lead to [100 · Use it](100_use_it.ipynb)",
        ),
    ],
    "references_can_be_found": [
        (lambda d: d.edit("doi:10.1000/182", "DOI 182"), "A title of 12345"),
        (lambda d: d.edit("arXiv:1012.2599", "arXiv"), "B. Author"),
        (lambda d: d.edit("(https://doi.org/10.1000/182)", ""), "A title of 12345"),
        (
            lambda d: d.edit("[doi:10.1000/182](https://doi.org/10.1000/182)", "doi:10.1000/182"),
            "12345",
        ),
        (lambda d: d.edit("/doi.org/10.1000/182", "/doi.org/10.1000/183"), "A title of 12345"),
        (lambda d: d.edit("https://doi", "http://doi"), "A title of 12345"),
        (lambda d: d.edit("S0%2800%291", "S0(00)1"), "D. Author"),
        (lambda d: d.edit("10.1000/182", "10.5555/182"), "A title of 12345"),
        (lambda d: d.edit("arxiv.org/abs", "arxiv.org/pdf"), "B. Author"),
        (lambda d: d.edit("a12b.html", "a12c.html"), "C. Author"),
        (lambda d: d.edit("Drag the", "See arXiv:1012.2599. Drag the"), "which must be a link"),
        (lambda d: d.edit("It follows", "doi:10.1000/1 follows", solutions=True), "be a link"),
        (lambda d: [d.edit(f"- {name}.", f"{name}.") for name in "ABCD"], "must be references"),
    ],
    "summary_keeps_the_promises": [
        (lambda d: d.edit("- We broke a rule.\n", ""), "3 things are promised"),
    ],
    "numbers_are_computed": [
        (lambda d: d.edit("91.5 %", "91.6 %"), "states 91.6"),
        (lambda d: d.edit("91.5 %", "91.52 %"), "states 91.52"),
        (lambda d: [d.print(f"slope = {i}", "0.92") for i in range(4)], "states 91.5"),
        # The description of a figure is no evidence.
        (
            lambda d: [describe(d, "The line ends at 0.915", f"slope = {i}") for i in range(4)],
            "states 91.5",
        ),
        # Nor is a number in a cell that asserts nothing.
        (
            lambda d: d.edit("91.5 %", "91.8 %") or d.edit("slope = 1", "slope = 0.918"),
            "states 91.8",
        ),
    ],
    "live_figures_have_twins": [
        (lambda d: d.find("line_figure").update(outputs=[]), "at least one live figure"),
        (lambda d: d.edit("Drag", "## How?\n\nDrag"), "stands no static one"),
        (
            lambda d: d.add("## Exercises", markdown("Drag."), code("f()", outputs=live())),
            "stands no static one",
        ),
    ],
    "exercises": [
        (lambda d: d.edit("**Exercise 2 · both**", "**Exercise 3 · both**"), "got [1, 3]"),
        (lambda d: d.edit("**Exercise 2 · both**", "**Exercise 2**"), "1 exercises have 2 cells"),
        (lambda d: d.edit("(3 min, by hand)", ""), "must say its minutes"),
        (lambda d: d.edit("(3 min,", "(4 min,"), "take 9 minutes"),
        (lambda d: d.tag("answer_2 = "), "must be a cell tagged exercise with a check"),
        (lambda d: d.edit('check("99.both", answer_2)', ""), "must be a cell tagged exercise"),
        (lambda d: d.edit("## Exercises", "More."), "must stand under '## Exercises'"),
    ],
    "predictions": [
        (lambda d: d.tag("prediction = "), "there must be a cell tagged predict"),
        (lambda d: d.edit('check("99.guess", prediction)', ""), "must have one check"),
    ],
    "checks_are_used_once": [
        (lambda d: d.checks.pop("99.guess"), "the checks are"),
        (lambda d: d.checks.update({"99.more": Choice("a", ())}), "the checks are"),
        (
            lambda d: d.add("## Exercises", markdown("Again."), copy.deepcopy(d.find("99.guess"))),
            "the lesson uses",
        ),
        (
            lambda d: d.edit('"99.guess"', '"98.guess"') or d.checks.update({"98.guess": None}),
            "must begin with 99.",
        ),
        (lambda d: d.solutions.__delitem__(slice(4, 6)), "the solutions ['99.slope']"),
        (
            lambda d: d.edit('"99.both"', '"99.guess"', solutions=True),
            "the solutions ['99.guess', '99.slope']",
        ),
    ],
    "solutions": [
        (
            lambda d: d.edit("a lesson: sol", "a story: sol", solutions=True),
            "must begin with '# 99",
        ),
        (lambda d: d.edit("**Exercise 2 · both**", "Both.", solutions=True), "and no more"),
        (lambda d: d.edit("2 · both**", "2 · all**", solutions=True), "and no more"),
        (lambda d: d.solutions.append(markdown("One more thing.")), "and no more"),
        (lambda d: d.solutions[3].update(code("x", "✗ 99.slope: off by one")), "print one ✓"),
        (lambda d: d.solutions[3].update(outputs=[]), "print one ✓"),
        (lambda d: d.solutions[3].update(metadata={}), "must be tagged solution"),
        (lambda d: d.solutions.pop(1), "must be their import cell"),
    ],
    "solutions_are_one_click_away": [
        (lambda d: d.edit("so try the hints of the checks first", "see there"), "must begin with"),
        (lambda d: d.edit("solutions/99_make", "solutions/98_make"), "must begin with"),
        (lambda d: d.edit("## Exercises\n\n", "## Exercises\n\nFour. "), "must begin with"),
        (
            lambda d: d.edit("Drag the", "Drag ([answer](solutions/99_make.ipynb)) the"),
            "must be linked to once",
        ),
        (lambda d: d.edit("(../99_make", "(../98_make", solutions=True), "below the title"),
        (lambda d: d.edit("This notebook shows", "Shown:", solutions=True), "below the title"),
    ],
    "nothing_is_answered": [
        (lambda d: d.print("answer_1", "✓ 99.slope"), "must show '99.slope: not tried yet'"),
        (lambda d: d.print("prediction", "✗ 99.guess"), "must show '99.guess: not tried yet'"),
    ],
    "nothing_depends_on_an_answer": [
        (lambda d: d.edit("assert slope", "assert answer_2 or slope"), "uses answer_2, an answer"),
        (lambda d: d.edit("line_figure()", "line_figure(prediction)"), "uses prediction"),
        (
            lambda d: (
                d.edit("answer_1 = ...", "def answer_1():\n    ...\n\n")
                or d.edit("assert slope", "assert [answer_1() for _ in 'ab'] or slope")
            ),
            "uses answer_1, an answer",
        ),
    ],
    "no_answer_is_printed": [
        (lambda d: d.print("slope = 1", "slope 0.734"), "shows the answer to 99.slope"),
        (lambda d: d.print("slope = 1", "slope 0.7344"), "shows the answer to 99.slope"),
        (lambda d: describe(d, "The slope is 0.734."), "shows the answer to 99.slope"),
        (lambda d: d.print("slope = 1", "[0.123 0.456]"), "shows the answer to 99.both"),
    ],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_made_up_lesson_keeps_the_rule(rule):
    assert rule(Draft().lesson()) == []


@pytest.mark.parametrize(
    "name, number", [(name, i) for name, cases in SPOILED.items() for i in range(len(cases))]
)
def test_the_rule_notices_what_breaks_it(name, number):
    (rule,) = [each for each in RULES if each.__name__ == name]
    spoil, says = SPOILED[name][number]
    draft = Draft()
    spoil(draft)
    problems = rule(draft.lesson())
    assert any(says in problem for problem in problems), problems


def test_every_rule_can_be_broken():
    assert set(SPOILED) == {rule.__name__ for rule in RULES}


def test_a_lesson_without_solutions_is_not_finished():
    lesson = Draft().lesson()
    lesson.solutions = None
    broken = {rule.__name__ for rule in RULES if rule(lesson)}
    assert broken == {"solutions", "checks_are_used_once"}


# What the rules count


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("from 0.286 to 91.5 %, and 12 500 h are 521 days", ["0.286", "91.5", "12 500", "521"]),
        ("3125 rows, a million (1 000 000) draws of 0.0048", ["3125"]),
        ("EI is 4.76e-05; it was −0.915", ["4.76e-05", "0.915"]),
        ("0.001, 0.01, 0.1, 4000 and 85 %, 10⁻⁶", []),
        ("Jones (1998), on 2026-11-25, section 2.3.14, eq. 159", []),
        ("`seed=123` and [a figure](figure_123.png), doi:10.1023/A:1008306431147", []),
        ("arXiv:1012.2599 and SSE4.123", []),
        ("<img width=640> x1234", []),
        (r"$\sigma_f = 0.0612$, $12\,500 / 4$, $5 \cdot 10^{-324}$", ["0.0612", "12\u202f500"]),
    ],
)
def test_numbers_of_three_digits_in_prose(text, numbers):
    assert prose_numbers(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "from −1 to 1, about 2½ times, 45 ± 35, a 3 × 3 grid, 20–50 of them, an NVIDIA™ card",
        "# 04 · Let it\n\n**Exercise 1 · A kernel** (5 min). [05 · Learn](05_learn_it.ipynb#x_1)",
        "(a) less, (b) more; it's the reader's choice (s). Word(s), e.g. C and B",
        "`f(x)` and ``σ_f``\n```python\nx_1 = n**2  # ℓ²\n```\n<img alt='x' src='x_1.png'>",
        "$f^*$, $(n, d)$: $\\sigma_f$ or\n$$\nK^{-1}\n$$",
        "| $\\ell$ | 0.5 |",
    ],
)
def test_what_is_no_literal_formula(text):
    assert literal_formulas(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Of 400 games, 53 % of the games are won. It is ahead in 214 of 400 runs.",
        "In 24 runs it wins 75 % of the pairs (55–88 %).",
        "It wins 53 % of 400 games and is second in half of the 30 runs.",
        "In forty runs it is ahead in 72 % (between 57 and 84 %).",
        "The rate rises by 5 %, to 91 % in three trainings. Half a decade lies between them.",
    ],
)
def test_what_is_no_share_without_its_runs(text):
    draft = Draft()
    draft.edit("Drag the slope.", text)
    (rule,) = [each for each in RULES if each.__name__ == "shares_name_their_runs"]
    assert rule(draft.lesson()) == []


@pytest.mark.parametrize("page", ["glossary.md", "notation.md"])
def test_the_pages_that_lessons_link_to_typeset_their_formulas(page):
    assert literal_formulas((ROOT / "docs" / page).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "lesson 98 (being written), lessons 07 and 98 (being written) and lesson 07",
        "[lesson 98](../README.md#lessons) (being written); lessons 98 and 99 (being written)",
        "| 98 Bend it (being written) | more |\n| 99 Make | and 98 more |\n| 98 |",
        "98 lessons; a lesson of 98 minutes; lesson 99 (which you read) and lesson 7",
    ],
)
def test_promises_that_are_marked(text):
    (rule,) = [each for each in RULES if each.__name__ == "promises_are_marked"]
    draft = Draft()
    draft.edit("Drag the slope.", text)
    assert rule(draft.lesson()) == []


def test_significant_digits():
    written = ["0.915", "91.5", "91500", "0.0048", "12 500", "1_000", "4.76e-05", "0.910", "0"]
    assert [digits(each) for each in written] == "915 915 915 48 125 1 476 91 ".split(" ")


def test_words_of_prose():
    assert words("## Two words\n\n- **one** <b>more</b> [link text](a/b.md) — 3.5 %") == 7


def test_terms_of_a_glossary():
    known = terms("**Gaussian process (GP).** A.\n\n**Axis, raw or log.** B **no term.** C.")
    assert known == {"gaussian process (gp)", "gaussian process", "gp", "axis, raw or log", "axis"}
    assert len(terms((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))) > 40


def test_a_term_may_be_written_in_the_plural_and_with_a_capital():
    (rule,) = [each for each in RULES if each.__name__ == "terms_in_the_glossary"]
    draft = Draft()
    draft.edit("a **surrogate**", "one of the **Surrogates**.")
    assert rule(draft.lesson()) == []


def test_a_template_has_its_own_imports():
    (rule,) = [each for each in RULES if each.__name__ == "one_import_cell"]
    draft = Draft()
    draft.edit("## What is line 3?", "## Your own problem")
    draft.edit("slope = 3", "import scipy")
    assert rule(draft.lesson()) == []


def test_lessons_are_read_with_their_parts():
    assert [lesson.number for lesson in COURSE] == sorted(
        path.name[:2] for path in NOTEBOOKS.glob("[0-9]*.ipynb")
    )
    for lesson in COURSE:
        assert re.fullmatch(r"[A-Z].+", lesson.siblings[lesson.number][1])
        assert len(lesson.glossary) > 40
