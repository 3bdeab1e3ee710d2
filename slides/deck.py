"""A lesson as a deck: which slides its lecture has, what each shows, and what its notes say.

The notebook is the only source. A slide shows the beginning of each paragraph; its notes hold all
of it, because that is what the minutes of a cell have been counted for.
"""

import ast
import base64
import json
import re
from dataclasses import dataclass, field
from functools import cached_property

from pictures import POINTS, Picture
from prose import Block, blocks, height, shown, words

from bo_tutorial.course import rooms

ROOM, MOST_WORDS = 540, 80  # pixels and words of what a slide shows below its heading
QUESTION_WORDS = 105  # a question stands with what it asks about
LINES, COLUMNS = 20, 106  # of code and what it prints, on one slide
# A cell's time is divided among its slides by the words that are spoken, and for looking, reading
# code and voting by as many more.
FOR_A_FIGURE, FOR_A_PART, FOR_CODE, FOR_A_VOTE = 60, 15, 40, 40
CLOSING = ("Exercises", "Pitfalls in practice", "Summary", "References")
SHARED = {"legend": "shared_legend", "x": "sharex", "y": "sharey"}  # by the panels of a figure
ON_THE_BOARD = re.compile(r"\b(by hand|on paper)\b|(^|\*\* )Draw ")


@dataclass
class Slide:
    """What one slide shows and what its notes say.

    Args:
        kind: "title", "outline", "text", "question", "answer", "code", "figure", "live" or "end".
        heading: the question of its section.
        content: [(Block, its Markdown as shown)], in order; what is for the notes only shows "".
        picture: a `Picture`. code, printed: as shown. prints: what a figure's cell prints, for the
        notes. to_do: with a live figure. asked, answer: Markdown for the notes.
        wrong: [(letter, choice, what is behind it)]. cell: its index in the notebook.
        extra: words' worth of time beside the spoken ones. seconds, starts_at: its place in time.
    """

    kind: str
    heading: str
    content: list = field(default_factory=list)
    picture: Picture | None = None
    code: str = ""
    printed: str = ""
    prints: str = ""
    to_do: str = ""
    asked: str = ""
    answer: str = ""
    wrong: list = field(default_factory=list)
    cell: int = 0
    extra: int = 0
    seconds: int = 0
    starts_at: int = 0

    @property
    def share(self):
        """Of the time of its cell, as words."""
        return 1 + self.extra + words(self.said)

    @property
    def said(self):
        """All that the lesson says here, Markdown."""
        return "\n\n".join(block.source for block, _ in self.content)

    @property
    def shows(self):
        return [(block, text) for block, text in self.content if text]

    def has_room_for(self, content, most=MOST_WORDS):
        """Whether what is shown and more fits below the heading."""
        both = [*self.content, *content]
        spoken = sum(words(text) for block, text in both if block.kind != "table")
        return spoken <= most and sum(height(*each) for each in both if each[1]) <= ROOM


class Lesson:
    """A lesson's notebook, read for its lecture."""

    def __init__(self, path):
        self.path, self.number = path, path.name[:2]
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])
        first, self.opening = self.cells[0]["source"], self.cells[1]["source"]
        self.title = first.partition("\n")[0].partition(" · ")[2]
        self.question = first.partition("\n")[2].strip()

    @property
    def promises(self):
        """The bullets of **You will learn**, Markdown."""
        learn = self.opening.partition("**You need**")[0]
        return "\n".join(re.findall(r"^- .+", learn, flags=re.MULTILINE))

    @cached_property
    def minutes(self):
        """Minutes of lecture, of reading and of exercises, as the lesson states them."""
        (line,) = re.findall(r"^\*\*Time\*\* (.+)$", self.opening, flags=re.MULTILINE)
        times = {verb: int(n) for n, verb in re.findall(r"(\d+) minutes (as|to|of)", line)}
        return times["as"], times["to"], times.get("of", 0)

    @property
    def lecture(self):
        """[(index, cell)] of the cells that the lecture shows."""
        return [(i, cell) for i, cell in enumerate(self.cells) if "lecture" in tags(cell)]

    def headings(self, until=None):
        """The titles of its sections, without the closing ones, as far as the cell `until`."""
        prose = [cell["source"] for cell in self.cells[:until] if cell["cell_type"] == "markdown"]
        found = re.findall(r"^## (.+)$", "\n".join(prose), flags=re.MULTILINE)
        return [each for each in found if each not in CLOSING]

    def summary(self):
        """The list under "Summary", a `Block`."""
        (cell,) = [each for each in self.cells if _is_summary(each)]
        text = cell["source"].partition("## Summary")[2].partition("\n## ")[0]
        return next(each for each in blocks(text) if each.is_list)

    def twin(self, index):
        """The picture above a live figure, in its section, that shows the same."""
        return next(found[-1] for cell in self.cells[index::-1] if (found := pictures(cell)))

    def misconceptions(self, index):
        """{letter: what is behind it} of the prediction that is checked in the cell below."""
        below = self.cells[index + 1]
        if "predict" not in tags(below):
            return {}
        name = re.search(r'check\("([^"]+)"', below["source"])[1]
        wrong = rooms("checks")[self.number].CHECKS[name].wrong
        return {each.answer: f"{each.name}. {each.hint}" for each in wrong}

    def is_left_out(self, index):
        """Whether this is a cell of code that the lecture does not show."""
        cell = self.cells[index] if index < len(self.cells) else {"cell_type": ""}
        return cell["cell_type"] == "code" and not {"lecture", "predict"} & set(tags(cell))


def tags(cell):
    return cell["metadata"].get("tags", [])


def _is_summary(cell):
    return cell["cell_type"] == "markdown" and "## Summary" in cell["source"]


def pictures(cell):
    """The pictures among a cell's outputs, each with the words that are stored beside it."""
    return [
        Picture.read(
            base64.b64decode(out["data"]["image/png"]),
            out["metadata"]["image/png"]["alt"],
            cell["metadata"].get("smallest_text", POINTS),
        )
        for out in cell.get("outputs", [])
        if "image/png" in out.get("data", {})
    ]


def slides(lesson):
    """Return the slides of a lesson, in order, with their times."""
    found = [_title(lesson)]
    for index, cell in lesson.lecture:
        if index == 0:
            new = found
        elif cell["cell_type"] == "code":
            new = _of_code(lesson, index)
        else:
            new = _of_prose(lesson, index)
        _divide(60 * cell["metadata"]["lecture_minutes"], new)
        found = found if new is found else found + new
        for each in new:
            each.cell = index
    if not lesson.lecture:
        found.append(_outline(lesson))
    if not any(_is_summary(cell) for _, cell in lesson.lecture):
        found.append(_end(lesson))
    _look_ahead(found)
    for before, each in zip(found, found[1:], strict=False):
        each.starts_at = before.starts_at + before.seconds
    return found


def _divide(seconds, new):
    """Divide the time of a cell among its slides; the sum is the cell's to the second."""
    total, so_far, given = sum(each.share for each in new), 0, 0
    for each in new:
        so_far += each.share
        each.seconds = round(seconds * so_far / total) - given
        given += each.seconds


def _title(lesson):
    promises = Block("bullet_list", lesson.promises)
    return Slide("title", lesson.title, [(promises, lesson.promises)], asked=lesson.question)


def _outline(lesson):
    text = "\n".join(f"- {each}" for each in lesson.headings())
    return Slide("outline", "What does this lesson answer?", [(Block("bullet_list", text), text)])


def _end(lesson):
    summary = lesson.summary()
    return Slide("end", "Summary", [(summary, shown(summary))])


def _of_code(lesson, index):
    """The slides of a code cell: its code, unless it only draws, then the picture and its parts."""
    cell, heading = lesson.cells[index], lesson.headings(index)[-1]
    source, found = cell["source"], pictures(cell)
    streams = [out for out in cell["outputs"] if out["output_type"] == "stream"]
    prints = "".join("".join(each["text"]) for each in streams).rstrip()
    to_do = _live(cell)
    if to_do:
        twin = lesson.twin(index)
        return [Slide("live", heading, picture=twin, to_do=to_do, extra=FOR_A_FIGURE)]
    new = []
    code = _before_drawing(source) if found else source
    code = re.sub(r"\n{3,}", "\n\n", code)
    if not found or re.search(r"^def ", code, flags=re.MULTILINE):
        new = [Slide("code", heading, code=code, extra=FOR_CODE)]
    if not found and prints:
        if _lines(code) + _lines(prints) > LINES:
            new.append(Slide("code", heading, extra=FOR_CODE))
        new[-1].printed = prints
    shares = [name for name, mark in SHARED.items() if mark in source]
    for picture in found:
        new.append(Slide("figure", heading, picture=picture, prints=prints, extra=FOR_A_FIGURE))
        new += [
            Slide("figure", heading, picture=part, extra=FOR_A_PART)
            for part in picture.parts(shares)
        ]
    return new


def _live(cell):
    """What to do with a cell's live figure; empty if it has none."""
    texts = ["".join(out.get("data", {}).get("text/plain", "")) for out in cell["outputs"]]
    return next((each.partition(": ")[2] for each in texts if each.startswith("Live figure: ")), "")


def _before_drawing(source):
    """The code of a cell up to the statement that begins to draw."""
    for node in ast.parse(source).body:
        if any(getattr(each, "id", "") == "plt" for each in ast.walk(node)):
            return "\n".join(source.splitlines()[: node.lineno - 1]).rstrip()
    return source


def _lines(text):
    return sum(1 + len(line) // COLUMNS for line in text.splitlines())


def _of_prose(lesson, index):
    """The slides of a cell of prose, one section after the other."""
    heading = [lesson.title, *lesson.headings(index)][-1]
    found, sections, for_notes = [], [[]], []
    for block in blocks(lesson.cells[index]["source"]):
        if block.kind == "heading":
            sections.append([])
        sections[-1].append(block)
    for number, section in enumerate(sections):
        if section and section[0].kind == "heading":
            heading = section.pop(0).source.lstrip("# ")
        if section and heading not in CLOSING or heading == "Summary":
            leaves_out = number == len(sections) - 1 and lesson.is_left_out(index + 1)
            new = _of_section(section, heading, lesson.misconceptions(index), leaves_out)
            if not new[0].shows:  # an aside, to be said before what follows
                for_notes += new[0].content
                continue
            new[0].content[:0], for_notes = for_notes, []
            new[0].asked = new[0].asked or (heading if number else "")
            found += new
    if for_notes or not found:
        raise ValueError(f"{lesson.path.name}: cell {index} has nothing to show in a lecture")
    return found


def _of_section(section, heading, misconceptions, leaves_out):
    """Lay the blocks of a section on slides.

    Args:
        section: its `Block`s. leaves_out: whether the last introduces what the lecture leaves out.
    """
    found, asking = [], False
    units = _units(section)
    for unit in units:
        first, before = unit[0], found[-1] if found else None
        is_intro = leaves_out and unit is units[-1] and len(units) > 1
        is_for_notes = first.is_aside or is_intro or (asking and not first.revealed)
        if is_for_notes and not first.asks:
            content = [(block, "") for block in unit]
        else:
            content = [(block, shown(block, first.asks or block.revealed)) for block in unit]
        if first.asks:
            found.append(Slide("question", heading, content, asked=first.source, extra=FOR_A_VOTE))
            found[-1].wrong = _choices(unit, misconceptions)
            _take_back(found)
            asking = True
        elif before and _belongs(before, content):
            before.content += content
        else:
            kind = "answer" if first.revealed else "end" if heading == "Summary" else "text"
            found.append(Slide(kind, heading, content))
            asking = asking and not first.revealed
    return found


def _belongs(slide, content):
    """Whether the content goes on the slide: it fits, and no question is answered beside itself."""
    block, text = content[0]
    if not text:
        return True
    begins = block.is_title or (block.revealed and slide.kind != "answer")
    return slide.kind != "question" and not begins and slide.has_room_for(content)


def _units(section):
    """Group the blocks that must stay on one slide."""
    units = []
    for block in section:
        before = units[-1][-1] if units else None
        belongs = before and (
            before.leads_on or block.goes_on or (block.is_list and units[-1][0].asks)
        )
        if belongs and before.revealed == block.revealed:
            units[-1].append(block)
        else:
            units.append([block])
    return units


def _take_back(found):
    """Move what the last slide, a question, asks about onto it, as much as fits."""
    question, before = found[-1], found[-2] if len(found) > 1 else None
    while before and before.kind == "text" and before.content:
        n = 1
        while len(before.content) > n and (
            before.content[-n][0].goes_on or before.content[-n - 1][0].leads_on
        ):
            n += 1
        if not question.has_room_for(before.content[-n:], QUESTION_WORDS):
            return
        question.content[:0] = before.content[-n:]
        del before.content[-n:]
    if before and not before.content:
        del found[-2]


def _choices(unit, misconceptions):
    """[(letter, choice, the idea behind it)] of a question; empty if it has no letters."""
    text = "\n".join(block.source for block in unit)
    found = re.findall(r"^- \((\w)\) (.+)$", text, flags=re.MULTILINE)
    found = found or re.findall(r"\((\w)\) ([^,;?:(]+)", text)
    return [(letter, words, misconceptions.get(letter, "")) for letter, words in found]


def _look_ahead(found):
    """Tell each question its answer, and each picture what there is to see."""
    for number, slide in enumerate(found):
        later = found[number + 1 :]
        if slide.kind == "question":
            answers = [each for each in later if each.kind == "answer"]
            revealed = [b.source for b, _ in answers[0].shows if b.revealed]
            slide.answer = "\n\n".join(revealed)
            right = re.match(r"\((\w)\)", slide.answer)
            slide.wrong = [each for each in slide.wrong if not right or each[0] != right[1]]
        elif slide.picture:
            open_question = next(
                (e for e in found[number::-1] if e.kind in ("question", "answer")), None
            )
            asks = open_question is not None and open_question.kind == "question"
            slide.asked = "Which answer does the figure give?" if asks else "What do you see?"
