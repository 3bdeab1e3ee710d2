"""The form of a lesson, rule by rule: each a function of a `Lesson` that lists what breaks it.

`test_lessons.py` holds every notebook to these rules, and every rule to a lesson that breaks it.
"""

import ast
import html
import io
import json
import os
import re
import tokenize
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import numpy as np

from bo_tutorial.course import rooms
from bo_tutorial.course.checking import NOT_TRIED
from bo_tutorial.course.saving import LIVE

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
LESSON_NAME = re.compile(r"(\d\d)_\w+\.ipynb")

VERBS = set(
    "Ask Break Build Choose Close Compare Face Go Learn Leave Let Make Put Reproduce Search Solve "
    "State Take Tune Use".split()
)
CLOSING = ["Pitfalls in practice", "Summary", "References"]  # after the exercises
TEMPLATE = "Your own problem"  # a section to be copied away, with imports of its own
BANNED = re.compile(r"\b(just|simply|obviously|easily)\b", re.IGNORECASE)
LINES, CELLS, WORDS_A_MINUTE = 15, (25, 45), 200
# A reader's seconds for a figure, for a code cell and for committing to a prediction; a lecturer's
# words a minute, and the seconds that a figure stays on the screen at least.
SECONDS_A_FIGURE, SECONDS_A_CELL, SECONDS_A_PREDICTION = 30, 20, 60
SPOKEN_WORDS_A_MINUTE = 150
FEW_RUNS = 200  # a percentage of fewer runs has its interval beside it
ALT_WORDS = 10
# What not all readers see, and what they can go by instead.
HUE = re.compile(r"\b(blue|green|orange|pink|purple|red|vermilion|violet|yellow)\b", re.IGNORECASE)
SECOND_SIGN = re.compile(
    r"\b(dark|light|solid|dashed|dotted|thick|thin|hatched|filled|open|ring|circle|disc|dot|square|"
    r"diamond|triangle|star|cross|marker|label)",
    re.IGNORECASE,
)


@dataclass
class Lesson:
    """A lesson with all that the rules compare it with.

    Args:
        path: of the notebook, in the folder from which its links are followed.
        notebook: its JSON, a dict. solutions: that of its solutions, None if there are none.
        checks: the exercises and predictions by name. siblings: {number: (file name, title)} of
            every lesson of the course. glossary: its terms, as `terms` reads them.
    """

    path: Path
    notebook: dict
    solutions: dict | None = None
    checks: dict = field(default_factory=dict)
    siblings: dict = field(default_factory=dict)
    glossary: frozenset = frozenset()

    @property
    def number(self):
        return self.path.name[:2]

    @cached_property
    def cells(self):
        return [Cell(index, cell) for index, cell in enumerate(self.notebook["cells"])]

    @property
    def code(self):
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def prose(self):
        return [cell for cell in self.cells if cell.kind == "markdown"]

    @cached_property
    def text(self):
        return "\n\n".join(cell.source for cell in self.prose)

    def section(self, title):
        """The text under a heading, without it; empty if there is no such heading."""
        parts = re.split(r"^## +(.+)$", self.text, flags=re.MULTILINE)
        found = dict(zip(parts[1::2], parts[2::2], strict=True))
        return found.get(title, "")

    def tagged(self, tag):
        return [cell for cell in self.cells if tag in cell.tags]

    def live(self):
        """The cells that show a live figure, each with the alternative text that is stored."""
        return [
            (cell, _stored_alt(output))
            for cell in self.code
            for output in cell.outputs
            if _plain(output).startswith(LIVE)
        ]


class Cell:
    """One cell: `index`, `kind`, `source`, `tags`, `minutes`, `count`, `outputs`, `tree`."""

    def __init__(self, index, cell):
        self.index, self.kind = index, cell["cell_type"]
        self.source = "".join(cell["source"])
        self.tags = cell["metadata"].get("tags", [])
        self.minutes = cell["metadata"].get("lecture_minutes")
        self.count = cell.get("execution_count")
        self.outputs = cell.get("outputs", [])

    def __str__(self):
        return f"cell {self.index}"

    @cached_property
    def tree(self):
        return ast.parse(self.source)

    @property
    def printed(self):
        """What the cell computed and printed, without the descriptions of its figures."""
        return "\n".join(
            text
            for output in self.outputs
            if not is_figure(output) and (text := _plain(output)) != "Figure in words"
        )

    @property
    def shown(self):
        """All words of its outputs, those of its figures included."""
        words = [_plain(output) for output in self.outputs]
        return "\n".join(words + [alt for output in self.outputs for alt in _alts(output)])

    def checks(self):
        """The names that the cell hands to `check`."""
        return [
            call.args[0].value
            for call in ast.walk(self.tree)
            if isinstance(call, ast.Call)
            and getattr(call.func, "id", None) == "check"
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ]

    def bound(self):
        """The names that the cell defines for the cells below."""
        names = {alias.asname or alias.name.partition(".")[0] for alias in _aliases(self.tree)}
        for node in _outside_functions(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
        return names

    def used(self):
        """The names that the cell reads and does not define itself."""
        read = {
            node.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        return read - self.bound()


def is_figure(output):
    """Whether an output is a picture or a live figure: what its text says is not computed."""
    return "image/png" in output.get("data", {}) or _plain(output).startswith(LIVE)


# Reading the course


def read_course():
    """Return every lesson of the course, in order."""
    paths = sorted(path for path in NOTEBOOKS.glob("*.ipynb") if LESSON_NAME.fullmatch(path.name))
    notebooks = {path: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    siblings = {
        path.name[:2]: (path.name, heading("".join(notebook["cells"][0]["source"])))
        for path, notebook in notebooks.items()
    }
    glossary = terms((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    return [
        Lesson(path, notebook, _solutions(path), _checks(path), siblings, glossary)
        for path, notebook in notebooks.items()
    ]


def _solutions(path):
    path = path.parent / "solutions" / path.name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _checks(path):
    room = rooms("checks").get(path.name[:2])
    return room.CHECKS if room else {}


def heading(source):
    """The title in a cell's first line: "Close the loop" in "# 07 · Close the loop"."""
    return source.partition("\n")[0].partition(" · ")[2].strip()


def terms(glossary):
    """The terms that a glossary defines, each in every form in which it may be written.

    "**Gaussian process (GP).**" defines "gaussian process (gp)", "gaussian process" and "gp";
    "**Axis, raw or log.**" also defines "axis".
    """
    found = set()
    for term in re.findall(r"^\*\*(.+?)\.\*\*", glossary, flags=re.MULTILINE):
        long, _, short = term.partition(" (")
        found |= {term, long, long.partition(",")[0], short.rstrip(")")}
    return frozenset(_singular(term) for term in found if term)


def _singular(term):
    term = " ".join(term.lower().split())
    if term.endswith("ies"):
        return term[:-3] + "y"
    if term.endswith("sses"):
        return term[:-2]
    return term if term.endswith(("ss", "us", "is")) else term.removesuffix("s")


# Words and numbers


def without_code(text):
    """Markdown without code, tags and the targets of links: what a reader reads."""
    text = re.sub(r"(?<=\d)\\,(?=\d)", "\u202f", text)  # 100\,000 in a formula
    text = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    text = re.sub(r"(`+).+?\1", " ", text)
    text = re.sub(r"\]\([^)\s]*\)", "]", text)
    return html.unescape(re.sub(r"</?\w+[^>]*>", " ", text))


def words(text):
    """How many words a reader reads in Markdown; a number is one, a sign alone is none."""
    text = re.sub(r"</?\w+[^>]*>|\]\([^)\s]*\)", " ", text)
    return sum(any(c.isalnum() for c in word) for word in text.split())


NUMBER = re.compile(
    r"(?<![\w.])(?:\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?![\d])|\d+)(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)",
    re.IGNORECASE,
)
# What looks like a measured number and is none: dates, sections and equations, identifiers,
# exponents.
NO_NUMBER = re.compile(
    r"\b\d{4}-\d\d-\d\d\b"
    r"|(?:section|chapter|equation|eq\.|eqs\.|theorem|§)s?\s*\d+(?:\.\d+)*"
    r"|\b(?:doi|arxiv)\s*:?\s*\S+"
    r"|(?<=\d)\^\{-?\d+\}",
    re.IGNORECASE,
)


def prose_numbers(text):
    """The numbers of three or more significant digits in Markdown, as they are written.

    Years are left out, and so are dates, numbers of sections and identifiers of papers.
    """
    found = []
    for written in NUMBER.findall(NO_NUMBER.sub(" ", without_code(text))):
        year = re.fullmatch(r"19\d\d|20[0-3]\d", written)
        if not year and len(digits(written)) >= 3:
            found.append(written)
    return found


def digits(written):
    """The significant digits of a number: "915" of 0.915, of 91.5 and of 91500."""
    return "".join(map(str, decimal(written).as_tuple().digits)).lstrip("0")


def decimal(written):
    return Decimal(re.sub(r"[ \u00a0\u202f,_]", "", written)).normalize()


def evidence(lesson):
    """The numbers that code printed, and those of the cells that assert, as `Decimal`."""
    known = set()
    for cell in lesson.code:
        # In an array "0.286 0.905" are two numbers: blanks separate there, and commas do.
        known |= {decimal(n) for n in re.findall(r"\d+(?:\.\d*)?(?:e[+-]?\d+)?", cell.printed)}
        if any(isinstance(node, ast.Assert) for node in ast.walk(cell.tree)):
            tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
            known |= {
                decimal(token.string)
                for token in tokens
                if token.type == tokenize.NUMBER and re.match(r"[\d.]+(e|$|_)", token.string)
            }
    return known


# Formulas

FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$", re.DOTALL)
# Signs and letters that stand for a quantity. A minus right before a number is the sign of that
# number, as in "from −1 to 1", and ½ right after one is a part of it: these are words.
LITERAL = re.compile(
    r"[\u0370-\u03ff\u00b2\u00b3\u00b9\u2070-\u209f\u1d2c-\u1d6a\u2032-\u2037]"  # σ ² ₁ ⁻ ᵀ ′
    r"|[\u2102-\u2115\u2118-\u211d\u2124-\u214f]"  # ℓ ℝ, without № and ™
    r"|[\u2200-\u2211\u2213-\u22ff\U0001d400-\U0001d7ff]"  # √ ∞ ≤, all but the minus; 𝑓
    r"|(?<!\d)½"
    r"|−(?!\d)|(?<=[\d)\]])\s?−"
    r"|(?<=[\d)]) · (?=[\d(])"
    r"|\b[A-Za-z]_\w\b|\w\^\w"  # x_1, n^d
    r"|(?<![\w'’(.])[b-z](?![\w'’]|\.[a-z])|\([b-z](?=[,(])"  # f, f(x), (n, d); not the choice (b)
    r"|</?su[bp]>"
)


def literal_formulas(text):
    """What a text writes of formulas as plain text, each with the words around it, a list of str.

    A formula is typeset, between dollar signs; in code, and so in a span of code, plain text is
    right. A heading has none at all, because JupyterLab's table of contents shows its source, and
    in a row of a table it has no "|", which other renderers take for the end of a cell.
    """
    text = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    text = re.sub(r"(`+).+?\1", " ", text)
    found = [
        line
        for line in re.findall(r"^(?:#|\|).*", text, flags=re.MULTILINE)
        if (line[0] == "#" and "$" in line)
        or (line[0] == "|" and any("|" in formula for formula in FORMULA.findall(line)))
    ]
    text = re.sub(r"\]\([^)\s]*\)", "]", FORMULA.sub(" ", text))
    text = re.sub(r"</?(?!su[bp]>)\w+[^>]*>", " ", text)
    places = [match.span() for match in (*LITERAL.finditer(text), *re.finditer(r"\$", text))]
    return found + [" ".join(text[max(0, a - 15) : b + 15].split()) for a, b in sorted(places)]


# The rules

RULES = []


def rule(function):
    """Register a rule: a function of a lesson that returns its problems, a list of str."""
    RULES.append(function)
    return function


@rule
def title(lesson):
    """`# NN · Verb phrase` and a question, in the first cell; the file is named after it."""
    first = lesson.cells[0]
    match = re.match(r"# (\d\d) · ((\w+)[^\n]*)\n", first.source + "\n")
    if first.kind != "markdown" or not match:
        return ["the first cell must begin with '# NN · Verb phrase'"]
    number, phrase, verb = match.groups()
    expected = f"{number}_{re.sub(r'[^a-z0-9]+', '_', phrase.lower()).strip('_')}.ipynb"
    found = []
    if verb not in VERBS:
        found.append(f"the title must begin with a verb, one of VERBS; got {verb!r}")
    if expected != lesson.path.name:
        found.append(f"title and file name differ: {expected} and {lesson.path.name}")
    if "?" not in first.source:
        found.append("the first cell must ask the question that the lesson answers")
    return found


@rule
def opening(lesson):
    """You will learn (3 to 5 bullets), You need, Time: in the second cell, in this order."""
    second = lesson.cells[1].source
    parts = re.split(r"^\*\*(You will learn|You need|Time)\*\*", second, flags=re.MULTILINE)
    if parts[1::2] != ["You will learn", "You need", "Time"] or parts[0].strip():
        return ["the second cell must have **You will learn**, **You need**, **Time**"]
    n = len(promises(lesson))
    return [] if 3 <= n <= 5 else [f"**You will learn** must have 3 to 5 bullets, got {n}"]


def promises(lesson):
    learn = lesson.cells[1].source.partition("**You need**")[0]
    return re.findall(r"^- .+", learn, flags=re.MULTILINE)


def stated_minutes(lesson):
    """Minutes of lecture, reading and exercises (0 if not stated); None without such a line."""
    match = re.search(
        r"^\*\*Time\*\* (\d+) minutes as a lecture, (\d+) minutes to read"
        r"(?:, (\d+) minutes of exercises)?\.",
        lesson.cells[1].source,
        flags=re.MULTILINE,
    )
    return match and tuple(int(minutes or 0) for minutes in match.groups())


def minutes_to_read(lesson):
    """What it takes to read the prose, look at the figures, follow the code and predict."""
    figures = sum(is_figure(output) for cell in lesson.code for output in cell.outputs)
    cells = sum("verify" not in cell.tags for cell in lesson.code)
    predictions = lesson.text.count("**Predict.**")
    seconds = (
        figures * SECONDS_A_FIGURE + cells * SECONDS_A_CELL + predictions * SECONDS_A_PREDICTION
    )
    return words(lesson.text) / WORDS_A_MINUTE + seconds / 60


@rule
def reading_time(lesson):
    """The minutes to read are those of words, figures, code and predictions, to 15 %."""
    stated = stated_minutes(lesson)
    if stated is None:
        return ["**Time** must read 'L minutes as a lecture, R minutes to read, E minutes of ...'"]
    counted = minutes_to_read(lesson)
    if abs(stated[1] - counted) > max(1, 0.15 * counted):
        return [f"{stated[1]} minutes to read are stated, {counted:.0f} are counted"]
    return []


@rule
def lecture_time(lesson):
    """The cells of the lecture say their minutes, and these add up to what is stated."""
    found = [
        f"{cell} must have both the tag lecture and lecture_minutes above 0, or neither"
        for cell in lesson.cells
        if ("lecture" in cell.tags) != (cell.minutes is not None and cell.minutes > 0)
    ]
    total, stated = sum(cell.minutes or 0 for cell in lesson.cells), stated_minutes(lesson)
    if stated is None or total != stated[0]:
        found.append(f"the cells of the lecture add up to {total} minutes, stated are {stated}")
    return found


@rule
def lecture_is_a_talk(lesson):
    """What a lecture shows can be said in its minutes, and nothing is shown by halves.

    A question is shown with its answer, an answer with its question, a figure with the prose that
    says what to see.
    """
    shown = [cell for cell in lesson.cells if "lecture" in cell.tags]
    found = []
    for cell in shown:
        minutes = cell.minutes or 0
        spoken = words(cell.source) if cell.kind == "markdown" else 0
        if spoken > SPOKEN_WORDS_A_MINUTE * minutes:
            found.append(f"{cell} has {spoken} words for {minutes:g} minutes of lecture")
        if any(is_figure(output) for output in cell.outputs):
            if minutes < SECONDS_A_FIGURE / 60:
                found.append(f"{cell} shows a figure for {minutes:g} minutes")
            after = next((c for c in lesson.prose if c.index > cell.index), cell)
            if after not in shown:
                found.append(f"{after} says what to see in {cell}, and the lecture leaves it out")
    for question, answer in zip(*_questions_and_answers(lesson), strict=False):
        if ("lecture" in question.tags) != ("lecture" in answer.tags):
            found.append(f"the lecture shows one of {question}, which asks, and {answer}")
    return found


def _questions_and_answers(lesson):
    """The cells with a prediction and those with the answers, one for each, in order."""
    marks = ("**Predict.**", "<details><summary>Reveal</summary>")
    return [[c for c in lesson.prose for _ in range(c.source.count(mark))] for mark in marks]


@rule
def sections(lesson):
    """4 to 7 sections, all but one at most a question; then the closing ones, in order.

    The template to be copied away is no section of the lesson and may stand among them.
    """
    titles = re.findall(r"^## +(.+)$", lesson.text, flags=re.MULTILINE)
    closing = [each for each in titles if each in ("Exercises", *CLOSING)]
    if closing[-3:] != CLOSING or closing[:-3] not in ([], ["Exercises"]):
        return [f"the last sections must be Exercises, {', '.join(CLOSING)}; got {closing}"]
    if titles[len(titles) - len(closing) :] != closing:
        return [f"a section stands between the closing ones: {titles}"]
    questions = [each for each in titles if each not in (*closing, TEMPLATE)]
    found = []
    if not 4 <= len(questions) <= 7:
        found.append(f"there must be 4 to 7 sections before the closing ones, got {questions}")
    statements = [each for each in questions if not each.endswith("?")]
    if len(statements) > 1:
        found.append(f"a section's title is a question; got {statements}")
    return found


@rule
def one_import_cell(lesson):
    """The first code cell imports, and no other does; it also applies the style of the course."""
    first = lesson.code[0]
    found = []
    if "plt.style.use" not in first.source or first.index > 3:
        found.append(
            "the first code cell must be the import cell, with plt.style.use, near the top"
        )
    beyond = [
        node
        for node in first.tree.body
        if not isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr))
    ]
    if beyond:
        found.append(f"the import cell must do nothing else, got {ast.unparse(beyond[0])!r}")
    for cell, section in _with_sections(lesson):
        if cell.kind == "code" and cell is not first and section != TEMPLATE:
            found += [f"{cell} must not import" for _ in _aliases(cell.tree)][:1]
    return found


@rule
def prose_before_code(lesson):
    """Before each code cell stands prose; the cells that verify may follow each other."""
    return [
        f"{cell} must come after prose"
        for before, cell in zip(lesson.cells, lesson.cells[1:], strict=False)
        if cell.kind == before.kind == "code"
        and not ("verify" in cell.tags and "verify" in before.tags)
    ]


@rule
def predictions_are_revealed(lesson):
    """At least two times Predict, each followed by a folded Reveal before the next one.

    A blank line on either side of what is folded: without it, its Markdown is shown as written.
    """
    marks = re.findall(r"\*\*Predict\.\*\*|<details><summary>Reveal</summary>", lesson.text)
    kinds = ["predict" if mark.startswith("**") else "reveal" for mark in marks]
    found = []
    if kinds != ["predict", "reveal"] * (len(kinds) // 2):
        found.append(f"each **Predict.** must have its Reveal before the next one, got {kinds}")
    if kinds.count("predict") < 2:
        found.append(f"there must be at least two **Predict.**, got {kinds.count('predict')}")
    if lesson.text.count("<details") != lesson.text.count("</details>"):
        found.append("a <details> is not closed")
    found += [
        f"within <details> there must be a blank line above and below the text, got {folded!r}"
        for folded in re.findall(r"<details>.*?</details>", lesson.text, flags=re.DOTALL)
        if not re.fullmatch(
            r"<details><summary>.+?</summary>\n\n\S.*\S\n\n</details>", folded, re.S
        )
    ]
    return found


@rule
def number_of_cells(lesson):
    n, (low, high) = len(lesson.cells), CELLS
    return [] if low <= n <= high else [f"there must be {low} to {high} cells, got {n}"]


@rule
def short_cells(lesson):
    """A cell has at most 15 lines, blank ones not counted."""
    return _long(cell for cell in lesson.code if "verify" not in cell.tags)


@rule
def short_verify_cells(lesson):
    """One to three cells verify; they are the last ones and as short as the others."""
    verify = lesson.tagged("verify")
    found = _long(verify)
    if not 1 <= len(verify) <= 3:
        found.append(f"one to three cells must be tagged verify, got {len(verify)}")
    return found


def _long(cells):
    counted = [
        (cell, sum(bool(line.strip()) for line in cell.source.split("\n"))) for cell in cells
    ]
    return [f"{cell} has {n} lines, more than {LINES}" for cell, n in counted if n > LINES]


@rule
def verified_at_the_end(lesson):
    """The last cells assert what the prose states, and print that they did."""
    verify = lesson.tagged("verify")
    found = []
    if not verify or lesson.cells[-len(verify) :] != verify:
        return ["the last cells must be those tagged verify"]
    if not any(isinstance(node, ast.Assert) for cell in verify for node in ast.walk(cell.tree)):
        found.append("the cells tagged verify must assert something")
    if not verify[-1].printed.strip():
        found.append("the last cell must print that all is verified")
    return found


@rule
def executed_in_order(lesson):
    counts = [cell.count for cell in lesson.code]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


@rule
def no_warnings(lesson):
    return [
        f"{cell} shows an error or a warning"
        for cell in lesson.code
        for output in cell.outputs
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


@rule
def figures_have_words(lesson):
    """Every figure has an alternative text of its own that is no title and says something.

    And nobody has to tell one color from another: where a color is named, a second sign is too.
    """
    found, seen = [], {}
    headings = {_plainly(line) for line in re.findall(r"^#+ +(.+)$", lesson.text, re.MULTILINE)}
    described = [
        (cell, alt)
        for cell in lesson.code
        for output in cell.outputs
        if "image/png" in output.get("data", {}) or "<img" in _html(output)
        for alt in _alts(output)
    ]
    described += lesson.live()
    described += [
        (cell, alt) for cell in lesson.prose for alt in re.findall(r"!\[([^]]*)\]\(", cell.source)
    ]
    for cell, alt in described:
        if alt is None or len(alt.split()) < ALT_WORDS:
            found.append(f"the figure of {cell} must have an alternative text, got {alt!r}")
            continue
        if _plainly(alt) in seen:
            found.append(f"{cell} describes its figure as {seen[_plainly(alt)]} does")
        seen[_plainly(alt)] = cell
        titles = _titles(cell.tree) if cell.kind == "code" else []
        if _plainly(alt) in headings.union(map(_plainly, titles)):
            found.append(f"{cell} describes its figure by a title")
    texts = [(cell, without_code(cell.source)) for cell in lesson.prose]
    for cell, text in texts + [(cell, alt) for cell, alt in described if alt]:
        for sentence in re.split(r"(?<=[.?!:;])\s+|\n", text):
            if HUE.search(sentence) and not SECOND_SIGN.search(sentence):
                found.append(f"{cell} names a color without a second sign: {sentence!r}")
    return found


@rule
def no_banned_words(lesson):
    return [
        f"{cell} has the word {match.group()!r}"
        for cell in lesson.cells
        for match in BANNED.finditer(cell.source + "\n" + cell.shown)
    ]


@rule
def terms_in_the_glossary(lesson):
    """What is bold within a sentence is a term, and the glossary defines it.

    Bold at the start of a line, a bullet or a row of a table is a heading that runs in.
    """
    found = []
    for cell in lesson.prose:
        for line in cell.source.split("\n"):
            for match in re.finditer(r"\*\*(.+?)\*\*", line):
                before, term = line[: match.start()], match.group(1).strip(".,:;?!")
                run_in = re.fullmatch(r"[\s>|]*(?:[-*+]|\d+\.)?\s*", before)
                letter = re.fullmatch(r"\(?[a-e]\)?", term)
                if not run_in and not letter and _singular(_plainly(term)) not in lesson.glossary:
                    found.append(f"{cell} has {term!r} in bold, and the glossary has no such entry")
    return found


@rule
def formulas_are_typeset(lesson):
    """A formula in prose, here and in the solutions, is between dollar signs."""
    texts = [(f"{cell} writes", cell.source) for cell in lesson.prose]
    texts += [(f"{cell} of the solutions writes", cell.source) for cell in _solved(lesson)]
    return [
        f"{where} a formula as plain text: {each!r}"
        for where, text in texts
        for each in literal_formulas(text.partition("## References")[0])
    ]


@rule
def links_lead_somewhere(lesson):
    """A link to a file or a heading of the course leads there, from the solutions too."""
    solved = lesson.path.parent / "solutions" / lesson.path.name
    pages = [(lesson.path, lesson.prose, ""), (solved, _solved(lesson), " of the solutions")]
    own = {path: "\n\n".join(cell.source for cell in cells) for path, cells, _ in pages}
    found = []
    for here, cell, of in [(path, cell, of) for path, cells, of in pages for cell in cells]:
        for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
            if re.match(r"\w+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = Path(os.path.normpath(here.parent / name)) if name else here
            if path not in own and not path.exists():
                found.append(f"{cell}{of} links to {name}, which does not exist")
            elif anchor and anchor not in _anchors(own[path] if path in own else _text_of(path)):
                found.append(f"{cell}{of} links to {target}, which has no such heading")
    return found


UNWRITTEN = " (being written)"
# "lessons 11 and 12", linked or not, and the row of a table that begins with a number; the mark.
LESSONS_NAMED = re.compile(
    r"\blessons? (\d\d(?:(?:, | and |, and | or | to |–)\d\d)*)(?:\]\([^)\s]*\))?"
    r"( \(being written\))?"
    r"|^\| (\d\d) [^|]*?( \(being written\))? \|",
    re.IGNORECASE | re.MULTILINE,
)


@rule
def promises_are_marked(lesson):
    """Whatever names a lesson that does not stand yet says so, and nothing else does."""
    stand = {*lesson.siblings, lesson.number}
    texts = [(str(cell), f"{cell.source}\n{cell.shown}") for cell in lesson.cells]
    texts += [(f"{cell} of the solutions", cell.source) for cell in _solved(lesson)]
    found = []
    for where, text in texts:
        for match in LESSONS_NAMED.finditer(text):
            numbers, mark = match[1] or match[3], match[2] or match[4]
            if "to" in numbers or "–" in numbers:
                first, last = int(numbers[:2]), int(numbers[-2:])
                named = {f"{number:02d}" for number in range(first, last + 1)}
            else:
                named = set(re.findall(r"\d\d", numbers))
            if bool(mark) != bool(named - stand):
                must = "must not" if mark else "must"
                found.append(f"{where} {must} say{UNWRITTEN} behind {match[0]!r}")
    return found


@rule
def next_lesson(lesson):
    """The last line before the checks leads to the next lesson, by its title, or to the table."""
    lines = [line for line in lesson.text.split("\n") if line.startswith("**Next:**")]
    if len(lines) != 1:
        return [f"there must be one line that begins with **Next:**, got {len(lines)}"]
    number = f"{int(lesson.number) + 1:02d}"
    if number in lesson.siblings:
        name, phrase = lesson.siblings[number]
        expected = f"[{number} · {phrase}]({name})"
    else:
        expected = "(../README.md#lessons)"
    return [] if expected in lines[0] else [f"**Next:** must lead to {expected}, got {lines[0]!r}"]


# What a reference is found by, as it is written, and the page that it leads to. 10.5555 is no
# prefix that doi.org knows: publishers use it for what has no DOI, as JMLR's papers have none.
PAGES = (
    (r"doi:(10\.(?!5555/)\d{4,}/\S+)", "https://doi.org/{}"),
    (r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+/\d{7})", "https://arxiv.org/abs/{}"),
    (r"jmlr\.org/papers/(v\d+/\w+)", "https://jmlr.org/papers/{}.html"),
)


def page_of(identifier):
    """The address that an identifier leads to, each odd character of it escaped; None if to none.

    Parentheses are escaped too: in Markdown one would end the link.
    """
    for form, address in PAGES:
        if match := re.fullmatch(form, identifier):
            return address.format(quote(match[1], safe="/:"))
    return None


@rule
def references_can_be_found(lesson):
    """Each reference has a DOI, an arXiv number or a page of JMLR, as a link; so has all prose."""
    references = re.findall(r"^- .+", lesson.section("References"), flags=re.MULTILINE)
    found = [] if references else ["there must be references"]
    for each in references:
        links = re.findall(r"\[([^]]+)\]\((\S+?)\)(?=[\s,.;)]|$)", each)
        if not any(page_of(name) == target for name, target in links):
            found.append(
                "a reference needs a link such as [doi:10.1000/182](https://doi.org/10.1000/182), "
                f"got {each}"
            )
    found += [
        f"{cell} names {match[0]!r}, which must be a link"
        for cell in [*lesson.prose, *_solved(lesson)]
        for match in re.finditer(r"(?<!\[)\b(?:doi:\s*10\.|arXiv:\s*)\S+", cell.source, re.I)
    ]
    return found


@rule
def summary_keeps_the_promises(lesson):
    n = len(re.findall(r"^- ", lesson.section("Summary"), flags=re.MULTILINE))
    promised = len(promises(lesson))
    return [] if n == promised else [f"{promised} things are promised, the summary has {n} bullets"]


@rule
def numbers_are_computed(lesson):
    """A number of three or more digits in the prose was printed or is asserted, digit by digit.

    A percentage and its fraction are the same number, and so are points of accuracy.
    """
    known = evidence(lesson)
    return [
        f"{cell} states {written}, which no output and no assertion has"
        for cell in lesson.prose
        if not cell.source.startswith("## References")
        for written in prose_numbers(cell.source.partition("## References")[0])
        if not {decimal(written).scaleb(k).normalize() for k in (-2, 0, 2)} & known
    ]


_ONES = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOW_MANY = rf"(?:\d[\d\u00a0\u202f ,]*|{_ONES}|twenty|thirty|forty|fifty)"
RUNS = (
    r"(?:runs|seeds|pairs|draws|designs|games|repetitions|splits|samples|cases|tries|trials"
    r"|trainings|searches|grids|data sets)\b"
)
PERCENTAGE = re.compile(
    rf"\b\d+(?:\.\d+)?\s?%\)? of (?:\w+ ){{0,3}}?{RUNS}"
    r"|\b(?:wins?|won|loses?|lost|ahead|better|worse|fails?|stuck) (?:in |on )?(?:\w+ )?"
    r"\d+(?:\.\d+)?\s?%(?! points)"
    r"|\bin (?:\w+ )?\d+(?:\.\d+)?\s?%(?! points)",
    re.IGNORECASE,
)
FRACTION = re.compile(
    r"\b(?:most|half|nearly all|almost all|(?:a|one|two|three|four) (?:third|quarter|fifth|tenth)s?"
    rf"|{_HOW_MANY} in {_HOW_MANY}) (?:of )?(?:\w+ ){{0,2}}?{RUNS}",
    re.IGNORECASE,
)
NAMED = re.compile(rf"\b({_HOW_MANY})(?: [\w-]+){{0,3}}? {RUNS}|\bof (\d+)\b", re.IGNORECASE)
INTERVAL = re.compile(
    r"\d\s?%?\s?[–-]\s?[\d.]+\s?%|±\s?\d"
    r"|\b(?:between|from) [\d.]+\s?%? (?:and|to) [\d.]+\s?%"
)


@rule
def shares_name_their_runs(lesson):
    """A share of runs says of how many, and a percentage of few runs has an interval.

    The number may stand anywhere in the cell, the interval stands in the same paragraph.
    """
    found = []
    cells = [(f"{cell}", cell) for cell in lesson.prose]
    cells += [(f"{cell} of the solutions", cell) for cell in _solved(lesson)]
    for where, cell in cells:
        paragraphs = re.split(r"\n\s*\n|\n(?=- |\d+\. |\|)", without_code(cell.source))
        paragraphs = [" ".join(each.split()) for each in paragraphs]
        for paragraph in paragraphs:
            percentages = [match.group() for match in PERCENTAGE.finditer(paragraph)]
            shares = percentages + [match.group() for match in FRACTION.finditer(paragraph)]
            runs = _largest_count(paragraph, shares) or _largest_count(
                "; ".join(paragraphs), shares
            )
            if shares and not runs:
                found.append(f"{where} must say of how many runs {shares[0]!r} is the share")
            if percentages and runs and runs < FEW_RUNS and not INTERVAL.search(paragraph):
                found.append(
                    f"{where}: {percentages[0]!r} is a share of {runs} runs and needs an interval"
                )
    return found


def _largest_count(text, shares):
    """The largest number of runs that a text names beside its shares, 0 if it names none."""
    found = []
    for share in shares:
        text = text.replace(share, ";")
        found += re.findall(rf"\bof (?:the |all )?({_HOW_MANY})\b", share, re.IGNORECASE)
    found += [max(match.groups(""), key=len) for match in NAMED.finditer(text)]
    ones = {word: n for n, word in enumerate(_ONES.split("|"), 1)}
    ones |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
    found = [each.strip(" ,").lower() for each in found]
    return max((ones.get(each) or int(decimal(each)) for each in found), default=0)


@rule
def live_figures_have_twins(lesson):
    """At least one live figure, and above each, in its section, a static one of its own."""
    live = {cell.index for cell, _ in lesson.live()}
    found, twin, section = [], False, None
    for cell, here in _with_sections(lesson):
        if here != section:
            twin, section = False, here
        if cell.index in live:
            if not twin:
                found.append(f"above the live figure of {cell} stands no static one")
            twin = False
        twin = twin or any("image/png" in output.get("data", {}) for output in cell.outputs)
    return found if live else ["there must be at least one live figure"]


EXERCISE = re.compile(r"^\*\*Exercise (\d) · ([^*]+)\*\*(?: \((\d+) min)?", re.MULTILINE)


@rule
def exercises(lesson):
    """2 to 4 exercises, each a text with its minutes and the cell to answer in."""
    found, numbers, minutes = [], [], 0
    for cell, below in zip(lesson.cells, [*lesson.cells[1:], None], strict=True):
        for number, name, time in EXERCISE.findall(cell.source if cell.kind == "markdown" else ""):
            numbers.append(int(number))
            minutes += int(time or 0)
            if not time:
                found.append(f"exercise {number}, {name}, must say its minutes, as in (5 min, ...)")
            if below is None or "exercise" not in below.tags or len(below.checks()) != 1:
                found.append(f"below exercise {number} must be a cell tagged exercise with a check")
    if not 2 <= len(numbers) <= 4 or numbers != list(range(1, len(numbers) + 1)):
        found.append(f"there must be exercises 1 to 2, 3 or 4; got {numbers}")
    if len(lesson.tagged("exercise")) != len(numbers):
        found.append(f"{len(numbers)} exercises have {len(lesson.tagged('exercise'))} cells")
    if len(EXERCISE.findall(lesson.section("Exercises"))) != len(numbers):
        found.append("the exercises must stand under '## Exercises'")
    stated = stated_minutes(lesson)
    if stated is None or stated[2] != minutes:
        found.append(f"the exercises take {minutes} minutes, **Time** states {stated}")
    return found


@rule
def predictions(lesson):
    """At least one prediction is committed in code, in a cell tagged predict."""
    cells = lesson.tagged("predict")
    found = [f"{cell} must have one check" for cell in cells if len(cell.checks()) != 1]
    return found if cells else ["there must be a cell tagged predict"]


@rule
def checks_are_used_once(lesson):
    """Lesson and checks have the same names; so have exercises and solutions."""
    used = [name for cell in lesson.code for name in cell.checks()]
    asked = [name for cell in lesson.tagged("exercise") for name in cell.checks()]
    if lesson.solutions is None:
        return ["there must be solutions"]
    solved = [name for cell in _solution_cells(lesson) for name in cell.checks()]
    found = []
    if sorted(used) != sorted(lesson.checks):
        found.append(f"the lesson uses {sorted(used)}, the checks are {sorted(lesson.checks)}")
    if any(not name.startswith(f"{lesson.number}.") for name in used):
        found.append(f"the names of checks must begin with {lesson.number}., got {used}")
    if sorted(asked) != sorted(solved):
        found.append(f"the exercises are {sorted(asked)}, the solutions {sorted(solved)}")
    return found


@rule
def solutions(lesson):
    """Title, imports, and for each exercise its text and a cell whose check says ✓; no more."""
    if lesson.solutions is None:
        return ["there must be solutions"]
    first, *cells = _solution_cells(lesson, code_only=False)
    found = []
    expected = f"# {lesson.number} · {heading(lesson.cells[0].source)}: solutions"
    if first.source.partition("\n")[0] != expected:
        found.append(f"the solutions must begin with {expected!r}")
    texts = [cell for cell in cells if cell.kind == "markdown"]
    named = [EXERCISE.match(cell.source) for cell in texts]
    titles = [match.groups()[:2] for match in named if match]
    if titles != [each[:2] for each in EXERCISE.findall(lesson.text)] or None in named:
        found.append(f"the solutions must be those of the exercises and no more, got {titles}")
    code = [cell for cell in cells if cell.kind == "code"]
    found += [
        f"{cell} of the solutions must be tagged solution and print one ✓"
        for cell in code[1:]
        if "solution" not in cell.tags or not re.fullmatch(r"[^✗]*✓[^✗✓]*", cell.printed)
    ]
    if not code or any(not _is_import(node) for node in code[0].tree.body):
        found.append("the first code cell of the solutions must be their import cell")
    return found


SOLUTIONS = (
    "Write each answer in place of the dots and run its cell: `check` says at once whether it is "
    "right, or hints at what went wrong. The [solutions](solutions/{name}) show every answer, so "
    "try the hints of the checks first."
)
BACK = (
    "This notebook shows every answer to the exercises of [lesson {number}](../{name}). Try them "
    "there first: the checks give hints."
)


@rule
def solutions_are_one_click_away(lesson):
    """The exercises begin with a link to the solutions and a warning; these lead back."""
    names, found = {"name": lesson.path.name, "number": lesson.number}, []
    line, back = SOLUTIONS.format(**names), BACK.format(**names)
    if not lesson.section("Exercises").lstrip().startswith(line + "\n"):
        found.append(f"the exercises must begin with {line!r}")
    if lesson.text.count("(solutions/") > 1:
        found.append("the solutions must be linked to once")
    if lesson.solutions and _solved(lesson)[0].source.partition("\n\n")[2] != back:
        found.append(f"below the title of the solutions must stand {back!r}")
    return found


@rule
def nothing_is_answered(lesson):
    """In the lesson each check says that its exercise has not been tried."""
    return [
        f"{cell} must show '{name}: not tried yet'"
        for cell in lesson.code
        for name in cell.checks()
        if f"{name}: {NOT_TRIED}" not in cell.printed
    ]


@rule
def nothing_depends_on_an_answer(lesson):
    """What an exercise or a prediction defines is used by no cell below."""
    found, answers = [], set()
    for cell in lesson.code:
        found += [f"{cell} uses {name}, an answer" for name in sorted(cell.used() & answers)]
        if {"exercise", "predict"} & set(cell.tags):
            answers |= cell.bound()
        else:
            answers -= cell.bound()
    return found


@rule
def no_answer_is_printed(lesson):
    """The outputs do not give away the answer to an exercise, where it has three digits or more."""
    found = []
    for cell in lesson.tagged("exercise"):
        for name in cell.checks():
            right = getattr(lesson.checks.get(name), "right", None)
            if right is None or callable(right) or isinstance(right, str):
                continue
            for shown in lesson.code:
                if _gives_away(np.ravel(np.asarray(right, dtype=float)), shown.shown):
                    found.append(f"{shown} shows the answer to {name}")
    return found


def _gives_away(right, text):
    """Whether all of these numbers stand in a text, to three digits or more."""
    rounded = [{decimal(f"{abs(value):.{n}g}") for n in (3, 4, 5, 6)} for value in right]
    telling = [forms for forms in rounded if all(len(digits(str(form))) >= 3 for form in forms)]
    known = {decimal(n) for n in re.findall(r"\d+(?:\.\d*)?(?:e[+-]?\d+)?", text)}
    return bool(telling) and all(forms & known for forms in telling)


# Looking into cells and outputs


def _plain(output):
    text = output.get("text", output.get("data", {}).get("text/plain", ""))
    return "".join(text)


def _html(output):
    return "".join(output.get("data", {}).get("text/html", ""))


def _alts(output):
    """Alternative texts of the pictures of an output, None for a picture without one."""
    found = []
    if "image/png" in output.get("data", {}):
        found.append(output.get("metadata", {}).get("image/png", {}).get("alt"))
    for tag in re.findall(r"<img\b[^>]*>", _html(output)):
        match = re.search(r'\balt="([^"]*)"', tag)
        found.append(html.unescape(match.group(1)) if match else None)
    return [alt if alt is not None else "" for alt in found]


def _stored_alt(output):
    """The alternative text that stands for a live figure: the folded words below its sentence."""
    match = re.search(r"</summary>(.*?)</details>", _html(output), re.DOTALL)
    return html.unescape(match.group(1)) if match else None


def _plainly(text):
    return " ".join(re.sub(r"[*_`]", "", text).lower().split()).rstrip(".")


def _titles(tree):
    """The strings that a cell hands over as a title: title="...", set_title("..."), ..."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = [
            keyword.value for keyword in node.keywords if (keyword.arg or "").endswith("title")
        ]
        if getattr(node.func, "attr", "") in ("set_title", "suptitle", "title"):
            named += node.args
        yield from (each.value for each in named if isinstance(each, ast.Constant))


def _aliases(tree):
    return [
        alias
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    ]


def _is_import(node):
    return isinstance(node, (ast.Import, ast.ImportFrom)) or "plt.style.use" in ast.unparse(node)


def _outside_functions(tree):
    """The nodes of a cell that are not inside a function, a class or a comprehension."""
    inside = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.DictComp, ast.SetComp)
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        if node is tree or not isinstance(node, (*inside, ast.GeneratorExp)):
            stack += ast.iter_child_nodes(node)


def _with_sections(lesson):
    """Each cell with the section that it stands in (for prose: that of its last line)."""
    section = ""
    for cell in lesson.cells:
        if cell.kind == "markdown":
            section = ([section] + re.findall(r"^## +(.+)$", cell.source, re.MULTILINE))[-1]
        yield cell, section


def _solved(lesson):
    """The prose of the solutions, if there are any."""
    cells = _solution_cells(lesson, code_only=False) if lesson.solutions else []
    return [cell for cell in cells if cell.kind == "markdown"]


def _solution_cells(lesson, code_only=True):
    cells = [Cell(index, cell) for index, cell in enumerate(lesson.solutions["cells"])]
    return [cell for cell in cells if cell.kind == "code"] if code_only else cells


def _text_of(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def _anchors(text):
    """The anchors of the headings of a text, as code hosts and as JupyterLab write them."""
    titles = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    hosts = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in titles}
    return hosts | {each.replace(" ", "-") for each in titles}
