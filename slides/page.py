"""A deck as HTML for reveal.js: slides, and the notes that go with each."""

import html
import re
from pathlib import Path
from string import Template

from deck import ON_THE_BOARD
from prose import is_long, sentences, to_html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

HERE = Path(__file__).resolve().parent
PYTHON, FORMAT = PythonLexer(), HtmlFormatter(cssclass="code", wrapcode=True)
KICKERS = {"question": "Predict", "answer": "Answer", "live": "Live figure"}


def page(lesson, slides, pictures, decks):
    """Return the HTML of a lesson's deck.

    Args:
        slides: as `deck.slides` returns them. pictures: {place of a slide: address of its picture}.
        decks: {file name of a lesson's notebook: file name of its deck}.
    """

    def link(target):
        file, _, _ = target.partition("#")
        return decks.get(file) if not target.startswith("http") else target

    total = sum(slide.seconds for slide in slides)
    parts, heading = [], None
    for number, slide in enumerate(slides):
        if slide.heading != heading:  # a section of the lesson is a column of slides
            parts.append("</section>\n<section>" if parts else "<section>")
            heading = slide.heading
        shown = _slide(lesson, slide, pictures.get(number), link)
        notes = _notes(lesson, slide, total, link)
        parts.append(
            f'<section class="{slide.kind}-slide" data-timing="{slide.seconds}">\n{shown}\n'
            f'<aside class="notes">\n{notes}\n</aside>\n</section>'
        )
    template = Template((HERE / "deck.html").read_text(encoding="utf-8"))
    title = html.escape(f"{lesson.number} · {lesson.title}")
    return template.substitute(title=title, slides="\n".join([*parts, "</section>"]))


def _slide(lesson, slide, picture, link):
    """What the audience sees."""
    if slide.kind == "title":
        return _first(lesson, slide, link)
    kicker = KICKERS.get(slide.kind, "")
    kicker = f'<p class="kicker">{kicker}</p>' if kicker else ""
    heading = f"{kicker}<h2>{html.escape(slide.heading)}</h2>"
    if slide.picture:
        width, height = slide.picture.size
        part = f" The {slide.picture.part} part of the figure." if slide.picture.part else ""
        alt = html.escape(slide.picture.alt + part, quote=True)
        whole = '<p class="whole">its parts follow</p>' if not slide.picture.can_be_read else ""
        return (
            f'{heading}{whole}<img src="{picture}" width="{width}" height="{height}" alt="{alt}">'
        )
    body = [
        f'<div class="{"dense" if is_long(block) else "plain"}">{to_html(text, link)}</div>'
        for block, text in slide.shows
    ]
    if slide.code:
        body.append(highlight(slide.code, PYTHON, FORMAT))
    if slide.printed:
        body.append(f'<pre class="printed"><code>{html.escape(slide.printed)}</code></pre>')
    size = _code_size(slide.code + "\n" + slide.printed)
    return f'{heading}\n<div style="--code: {size}px">\n' + "\n".join(body) + "\n</div>"


def _code_size(text):
    """The largest size in which code fits, pixels."""
    lines = text.strip().splitlines()
    widest = max(map(len, lines), default=1)
    return int(min(28 if len(lines) < 15 else 20, 1160 / (0.602 * widest)))


def _first(lesson, slide, link):
    lecture, reading, exercises = lesson.minutes
    at_home = f"{reading} minutes to read, {exercises} minutes of exercises"
    time = f"{lecture} minutes" if lecture else f"Not part of the lecture: {at_home}"
    return (
        f'<p class="kicker">Bayesian optimization, lesson {lesson.number} · {time}</p>'
        f"<h1>{html.escape(lesson.title)}</h1>"
        f'<div class="lead">{to_html(lesson.question, link)}</div>'
        f'<p class="promise">You will learn</p>{to_html(slide.shows[0][1], link)}'
    )


def clock(seconds):
    return f"{seconds // 60}:{seconds % 60:02}"


def _notes(lesson, slide, total, link):
    """What the speaker sees: minutes, question, wrong answers, and all that the lesson says."""
    start, end = slide.starts_at, slide.starts_at + slide.seconds
    time = f"{clock(slide.seconds)}, from {clock(start)} to {clock(end)} of {clock(total)}"
    if not total:
        _, reading, exercises = lesson.minutes
        time = f"not in the lecture: {reading} minutes to read, {exercises} of exercises"
    elif not slide.seconds:
        time = "none of the lecture's: it may stay while you take questions"
    parts = [("Time", time)]
    if slide.asked:
        parts.append(("Ask", slide.asked.removeprefix("**Predict.** ")))
    if slide.kind == "question":
        parts.append(("Answer", slide.answer))
        parts.append(("Wrong answers to expect", _wrong(slide)))
    if slide.to_do:
        parts.append(("Do", f"In JupyterLab: {slide.to_do}"))
    if slide.content and slide.kind != "title":
        spoken = [each for block, _ in slide.content for each in sentences(block.source)]
        parts.append(("On the board", " ".join(filter(ON_THE_BOARD.search, spoken))))
        parts.append(("Say", slide.said))
    text = [to_html(_named(name, words), link) for name, words in parts if words]
    if slide.picture and not slide.picture.part:
        alt = html.escape(slide.picture.alt)
        text.append(f"<p><strong>The figure in words.</strong> {alt}</p>")
    if slide.prints:
        printed = html.escape(slide.prints)
        text.append(f"<p><strong>The cell prints.</strong></p>\n<pre>{printed}</pre>")
    text.append(f"<p>({lesson.path.name}, cell {slide.cell + 1})</p>")
    return "\n".join(text)


def _named(name, text):
    """A text with its name in front, Markdown."""
    begins_a_block = text.startswith(("- ", "1. ", "|", "$$"))
    return f"**{name}.**" + ("\n\n" if begins_a_block else " ") + text


def _wrong(slide):
    """The wrong answers to a question, and what is behind each, Markdown."""
    if slide.wrong:
        wrong = [
            f"- ({letter}) {choice.rstrip(';,')} {behind and f'*{behind}*'}"
            for letter, choice, behind in slide.wrong
        ]
        return "\n".join(wrong)
    offered = re.findall(r": ((?:[^.:?]|\.\d)*\bor\b(?:[^.:?]|\.\d)*)\?", slide.asked)
    if offered:
        return f"All but one of: {'; '.join(offered)}. Hear a reason for each before you go on."
    return "The lesson offers none. Hear three guesses with their reasons before you go on."


def index(lessons):
    """Return the HTML of the page that lists the decks: [(file name, `Lesson`, slides)]."""
    rows = [
        f'<li><a href="{name}">{lesson.number} · {html.escape(lesson.title)}</a>: '
        f"{lesson.minutes[0]} minutes, {len(slides)} slides</li>"
        for name, lesson, slides in lessons
    ]
    template = Template((HERE / "index.html").read_text(encoding="utf-8"))
    return template.substitute(decks="\n".join(rows))
