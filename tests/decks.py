"""Every slide of every deck in Chromium, as an audience meets it: `make test-slides`.

Not part of `make test`: it needs the decks in build/slides, and Chromium. The decks are opened from
the disk, with the network cut.
"""

import contextlib
import io
import re
import sys
from pathlib import Path

import axe_playwright_python
import matplotlib.pyplot as plt
import pytest
from browser import chromium
from lesson_rules import without_code
from matplotlib.text import Text

from bo_tutorial.plotting import base

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "slides"))

import deck  # noqa: E402
import pdf  # noqa: E402
import pictures  # noqa: E402
import prose  # noqa: E402

DECKS = ROOT / "build" / "slides"
LESSONS = sorted(path.stem for path in ROOT.glob("notebooks/[0-9]*.ipynb"))
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
SLIDE = {"width": 1280, "height": 720}

# What of a slide lies beyond its edges, and the smallest size of its letters. Formulas have MathML
# for screen readers beside them, which nobody sees.
MEASURE = """() => {
    const slide = Reveal.getCurrentSlide(), beyond = [], sizes = [];
    for (const each of slide.querySelectorAll("*")) {
        if (each.closest("aside, mjx-assistive-mml")) continue;
        const box = each.getBoundingClientRect();
        if (!box.width || !box.height) continue;
        if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight
            || each.matches("pre") && each.scrollWidth > each.clientWidth)
            beyond.push(each.tagName + " " + each.textContent.slice(0, 40));
        const letters = [...each.childNodes].some(it => it.nodeType === 3 && it.data.trim());
        if (letters) sizes.push(parseFloat(getComputedStyle(each).fontSize));
    }
    return {
        beyond: beyond,
        smallest: Math.min(...sizes, 99),
        scale: Reveal.getScale(),
        kind: slide.className.match(/(\\w+)-slide/)[1],
        headings: slide.querySelectorAll("h1, h2").length,
        pictures: [...slide.querySelectorAll("img")].map(it => ({
            alt: it.alt, loaded: it.complete && it.naturalWidth > 0,
            scale: it.getBoundingClientRect().width / it.naturalWidth})),
        failedFormulas: slide.querySelectorAll("mjx-merror, .math-error").length,
        rawFormulas: slide.innerText.includes("\\\\("),
        place: Reveal.getSlidePastCount(),
    };
}"""


@pytest.fixture(scope="module")
def browser():
    assert (DECKS / "index.html").exists(), "there are no decks: run `make slides` first"
    with chromium() as browser:
        yield browser


class Shown:
    """A deck on the screen, with what it asks for and what goes wrong."""

    def __init__(self, browser, lesson, view=""):
        self.page = browser.new_page(viewport=SLIDE)
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.errors.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda it: it.type == "error" and self.errors.append(it.text))
        self.page.goto((DECKS / f"{lesson}.html").as_uri() + view)
        self.page.wait_for_function("window.Reveal && Reveal.isReady()")
        self.number = self.page.evaluate("Reveal.getTotalSlides()")

    def slides(self):
        """Walk to the last slide with the right arrow alone; yield what is measured on each."""
        for _ in range(self.number):
            yield self.page.evaluate(MEASURE)
            self.page.keyboard.press("ArrowRight")

    def violations(self):
        """(rule, selector) of all that axe-core finds in what is in view."""
        if not self.page.evaluate("'axe' in window"):
            self.page.add_script_tag(path=AXE)
        # The drawing of a formula is MathJax's, with MathML beside it for screen readers.
        context, options = "{exclude: ['mjx-container']}", "{resultTypes: ['violations']}"
        found = self.page.evaluate(f"axe.run({context}, {options})")["violations"]
        return [(each["id"], str(node["target"][0])) for each in found for node in each["nodes"]]


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_slide_fits_and_can_be_read_and_the_arrow_keys_reach_it(browser, lesson):
    shown = Shown(browser, lesson)
    places, faults = [], []
    for number, slide in enumerate(shown.slides(), start=1):
        places.append(slide["place"])
        text = slide["smallest"] >= SLIDE["height"] * pictures.SMALLEST
        words = all(len(each["alt"].split()) >= 10 for each in slide["pictures"])
        loaded = all(each["loaded"] for each in slide["pictures"])
        formulas = not slide["failedFormulas"] and not slide["rawFormulas"]
        whole = not slide["beyond"] and slide["scale"] == 1
        if not (text and words and loaded and formulas and whole and slide["headings"] == 1):
            faults.append((number, slide))
    assert faults == []
    assert places == list(range(shown.number))
    assert shown.page.evaluate("Reveal.isLastSlide()")
    for _ in range(shown.number):
        shown.page.keyboard.press("ArrowLeft")
    assert shown.page.evaluate("Reveal.isFirstSlide()")
    assert {url.partition(":")[0] for url in shown.requests} <= {"file", "data", "blob"}
    assert shown.errors == []
    shown.page.close()


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_slide_is_accessible(browser, lesson):
    shown = Shown(browser, lesson)
    assert shown.violations() == []
    shown.page.close()
    paper = Shown(browser, lesson, "?print-pdf")  # there all slides are in view at once
    paper.page.wait_for_selector(".pdf-page")
    assert paper.page.locator(".pdf-page section:visible h2").count() >= shown.number - 1
    assert paper.violations() == []
    paper.page.close()


def test_a_slide_that_is_too_long_or_too_wide_is_noticed(browser):
    shown = Shown(browser, LESSONS[4])
    shown.page.keyboard.press("ArrowRight")
    assert shown.page.evaluate(MEASURE)["beyond"] == []
    add = "html => Reveal.getCurrentSlide().insertAdjacentHTML('beforeend', html)"
    shown.page.evaluate(add, "<p id=long>Another line.</p>" * 12)
    assert shown.page.evaluate(MEASURE)["beyond"] != []
    shown.page.evaluate("document.querySelectorAll('#long').forEach(each => each.remove())")
    assert shown.page.evaluate(MEASURE)["beyond"] == []
    shown.page.evaluate(add, f"<pre>{'wide ' * 60}</pre>")
    assert shown.page.evaluate(MEASURE)["beyond"] != []
    shown.page.close()


def test_the_list_of_decks_leads_to_each_and_is_accessible(browser):
    page = browser.new_page(viewport=SLIDE)
    page.goto((DECKS / "index.html").as_uri())
    links = page.evaluate("[...document.links].map(each => each.getAttribute('href'))")
    assert links == [f"{lesson}.html" for lesson in LESSONS]
    page.add_script_tag(path=AXE)
    assert page.evaluate("axe.run()")["violations"] == []
    page.close()


def test_the_speaker_sees_the_notes_in_a_window_of_their_own(browser):
    shown = Shown(browser, LESSONS[6])
    shown.page.keyboard.press("ArrowRight")
    with shown.page.expect_popup() as opened:
        shown.page.keyboard.press("s")
    said = opened.value.locator(".speaker-controls-notes .value")
    said.get_by_text("Say.", exact=True).wait_for()
    assert "so the plainest rule" in said.inner_text().lower()
    shown.page.context.close()


@pytest.mark.parametrize("lesson", [LESSONS[0], LESSONS[13]])
def test_a_deck_is_printed_with_a_page_for_each_slide(browser, lesson, tmp_path):
    pages = pdf.print_deck(browser, DECKS / f"{lesson}.html", tmp_path / "deck.pdf")
    shown = Shown(browser, lesson)
    assert pages == shown.number
    shown.page.close()


# What the slides are made of, without a browser


@pytest.fixture(scope="module")
def decks():
    """{lesson: (`deck.Lesson`, its slides)}."""
    lessons = {name: deck.Lesson(ROOT / "notebooks" / f"{name}.ipynb") for name in LESSONS}
    return {name: (lesson, deck.slides(lesson)) for name, lesson in lessons.items()}


def test_the_minutes_of_a_deck_are_those_that_the_readme_states(decks):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| \[(\d\d) · .+?\| (\d+) / \d+ \|", readme, flags=re.MULTILINE))
    for name, (_, slides) in decks.items():
        assert sum(each.seconds for each in slides) == 60 * int(stated[name[:2]]), name
        assert [each.starts_at for each in slides] == [
            sum(each.seconds for each in slides[:n]) for n in range(len(slides))
        ]
        html = (DECKS / f"{name}.html").read_text(encoding="utf-8")
        timings = [int(each) for each in re.findall(r'data-timing="(\d+)"', html)]
        assert timings == [each.seconds for each in slides]
        assert html.count('<aside class="notes">') == len(timings)


def _said(text):
    return re.sub(r"\W+", " ", without_code(text)).split()


def test_the_notes_say_all_that_the_lecture_says(decks):
    for name, (lesson, slides) in decks.items():
        for index, cell in lesson.lecture:
            if cell["cell_type"] != "markdown" or index == 0:
                continue
            source = re.sub(r"^## .+$", "", cell["source"], flags=re.MULTILINE)
            source = re.split(r"^## Exercises", cell["source"], flags=re.MULTILINE)[0]
            source = re.sub(r"^## .+$|<details><summary>Reveal</summary>", "", source, flags=re.M)
            here = "\n\n".join(each.said for each in slides if each.cell == index)
            assert _said(here) == _said(source), (name, index)


def test_a_question_comes_before_its_answer_and_its_notes_have_both(decks):
    for name, (_, slides) in decks.items():
        kinds = [each.kind for each in slides if each.kind in ("question", "answer")]
        assert re.fullmatch(r"(question (answer )+)*", " ".join([*kinds, ""])), name
        for number, each in enumerate(slides):
            if each.kind != "question":
                continue
            (asked,) = [text for block, text in each.shows if block.asks]
            assert _said(asked) == _said(each.asked)
            answer = next(later for later in slides[number:] if later.kind == "answer")
            assert each.answer and _said(each.answer)[0] in _said(answer.said)
            between = slides[number + 1 : slides.index(answer)]
            assert all(later.kind in ("code", "figure", "live", "text") for later in between)
            letters = [letter for letter, _, _ in each.wrong]
            right = re.match(r"\((\w)\)", each.answer)
            assert not right or (len(letters) >= 3 and right[1] not in letters), (name, letters)


def test_wrong_answers_come_with_the_misconception_that_the_lesson_knows(decks):
    _, slides = decks[LESSONS[4]]
    question = next(each for each in slides if each.kind == "question")
    assert [letter for letter, _, _ in question.wrong] == ["a", "b", "d"]
    hints = {
        wrong.answer: wrong.hint
        for wrong in deck.rooms("checks")["04"].CHECKS["04.predict_width"].wrong
    }
    assert [behind.partition(". ")[2] for _, _, behind in question.wrong] == [
        hints[letter] for letter in "abd"
    ]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_smallest_text_of_a_figure_is_a_fiftieth_of_the_slide(lesson, decks, monkeypatch):
    """Measured in the figure itself, drawn once more, and in the picture as it is shown."""
    lesson, slides = decks[lesson]
    found, draw = [], base.png

    def measure(fig):
        fig.canvas.draw()
        texts = [
            each for each in fig.findobj(Text) if each.get_visible() and each.get_text().strip()
        ]
        found.append(min(each.get_fontsize() for each in texts))
        return draw(fig)

    monkeypatch.setattr(base, "png", measure)
    monkeypatch.chdir(ROOT / "notebooks")
    last = max((index for index, _ in lesson.lecture), default=-1)
    space = {"__name__": "__main__"}
    for index, cell in enumerate(lesson.cells[: last + 1]):
        if cell["cell_type"] != "code":
            continue
        found.clear()
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cell["source"], f"{lesson.path.name}, cell {index}", "exec"), space)
        shown = [each.picture for each in slides if each.cell == index and each.kind == "figure"]
        if not shown:
            continue
        (points,) = found
        assert points >= shown[0].points, f"cell {index}: smallest_text must be {points}"
        parts = shown[1:] or shown
        for each in parts:
            width = each.pixels.shape[1]
            pixels = points * 100 / 72 * each.size[0] / width
            assert pixels >= SLIDE["height"] / 50 - 0.1
    plt.close("all")


def test_a_picture_is_cut_between_its_panels_and_loses_nothing():
    picture = pictures.np.ones((800, 1200, 3))
    for top in (40, 420):
        for left in (60, 640):
            picture[top : top + 300, left : left + 500] = 0  # a panel
            picture[top + 308 : top + 322, left : left + 500] = 0.5  # its ticks
            picture[top - 20 : top - 8, left + 200 : left + 300] = 0.5  # its title
    picture[780:790, 500:700] = 0.2  # a legend
    whole = pictures.Picture(picture, "four panels")
    assert not whole.can_be_read
    ink, legend = round((1 - picture).sum()), round((1 - picture[780:790]).sum())
    for shares, twice in (((), 0), (["legend"], legend)):
        upper, lower = parts = whole.parts(shares)
        assert (upper.part, lower.part) == ("upper", "lower")
        assert all(each.can_be_read for each in parts)
        assert sum(round((1 - each.pixels).sum()) for each in parts) == ink + twice


def test_parts_keep_the_axes_that_their_panels_share():
    picture = pictures.np.ones((500, 1800, 3))
    picture[100:400, 40:50] = 0.5  # labels of the y axis, those of all panels
    for left in (70, 650, 1230):
        picture[40:440, left : left + 500] = 0
    labels = round((1 - picture[100:400, 40:50]).sum())
    left, right = pictures.Picture(picture, "three panels").parts(["y"])
    assert round((1 - left.pixels).sum()) == labels + 3 * 400 * 500
    assert round((1 - right.pixels).sum()) == labels + 2 * 3 * 400 * 500


def test_a_picture_that_cannot_be_cut_is_told():
    with pytest.raises(ValueError, match="no place to cut this picture: one dense panel"):
        pictures.Picture(pictures.np.zeros((1400, 1400, 3)), "one dense panel").parts()


@pytest.mark.parametrize(
    "text, parts",
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("A share of 0.5 is half. It is.", ["A share of 0.5 is half.", "It is."]),
        ("Take $x. Y$ as it is. Then go.", ["Take $x. Y$ as it is.", "Then go."]),
        ("So (as before. Or after) it is. Yes.", ["So (as before. Or after) it is.", "Yes."]),
        ("**What to see.** It falls. $f$ rises.", ["**What to see.**", "It falls.", "$f$ rises."]),
        ('He says "No." Then he goes.', ['He says "No."', "Then he goes."]),
        ("(c) is right. (Not by much.)", ["(c) is right.", "(Not by much.)"]),
        ("Some, e.g. Gauss, did. Others not.", ["Some, e.g. Gauss, did.", "Others not."]),
    ],
)
def test_a_paragraph_is_split_at_the_ends_of_sentences(text, parts):
    assert prose.sentences(text) == parts


def test_a_sign_after_a_formula_does_not_begin_a_line():
    assert '<span class="tied"><span class="math inline">\\(f^*\\)</span>.</span>' in prose.to_html(
        "It is $f^*$."
    )


def test_what_stands_in_parentheses_is_for_the_notes_and_the_letter_of_an_answer_is_not():
    aside, answer = "(One (or two) of them.)", "(d), at 0.9. The band is wide. (It need not be.)"
    assert prose.Block("paragraph", aside).is_aside
    assert not prose.Block("paragraph", answer).is_aside
    shown = prose.shown(prose.Block("paragraph", answer, revealed=True), whole=True)
    assert shown.split("  \n") == ["(d), at 0.9. The band is wide."]


def test_a_slide_shows_the_beginning_of_a_paragraph_up_to_the_last_term_that_it_defines():
    ten = "These are ten words, and none of them matters here."
    text = " ".join([ten, ten, ten, ten])
    assert prose.beginning(text) == [ten] * 3
    defined = f"{text} This is a **kernel**. {ten}"
    assert prose.beginning(defined) == [ten] * 4 + ["This is a **kernel**."]
