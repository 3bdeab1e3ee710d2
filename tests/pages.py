"""Every page of the built site in Chromium, as a reader meets it: `make test-site`.

Not part of `make test`: it needs the site in build/site/html, and Chromium. The network is cut:
no name leads off the machine, and a request to another host fails the test all the same.
"""

import functools
import http.server
import re
import sys
import threading
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import axe_playwright_python
import pytest
from browser import chromium
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "site" / "html"
FOUND = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
# The first are the theme's, the second JupyterLab's.
PAGES = [name for name in FOUND if not name.startswith(("_static/", "lite/"))]
LESSONS = sorted(path.stem for path in ROOT.glob("notebooks/[0-9]*.ipynb"))
WRITTEN = [name for name in PAGES if not name.startswith("_modules/")]
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
LARGEST = 2_500_000  # bytes of a lesson's page with its pictures
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 1000}

IN_THE_DARK = ("index.html", "docs/glossary.html", f"notebooks/{LESSONS[4]}.html")

MODELS = ("gp", "kernels", "sparse_gp", "random_forest")  # their classes look at what is given

# What the theme does, on every page: rule of axe-core -> start of the element's selector.
OF_THE_THEME = {
    "region": [".sidebar-primary-items__start"],  # the title above the sidebar is in no landmark
}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    """Serve the built site; return its address on this machine."""
    assert "index.html" in PAGES, "there is no site: run `make site` first"
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


class Page:
    """A page that writes down what it asks for and what goes wrong."""

    def __init__(self, browser, address, name, size, scheme="light"):
        self.page = browser.new_page(viewport=size, color_scheme=scheme)
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.errors.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address + name)
        if self.page.locator(".math").count():
            self.page.wait_for_function("window.MathJax?.startup?.promise")
            self.page.evaluate("MathJax.startup.promise")

    def _hear(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def hosts(self):
        return {urlsplit(url).hostname for url in self.requests if not url.startswith("data:")}


def violations(page):
    """Return (rule, selector) of all that axe-core finds and the theme does not answer for."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    # The drawing of a formula is MathJax's, with MathML beside it for screen readers.
    context, options = "{exclude: ['mjx-container']}", "{resultTypes: ['violations']}"
    found = page.evaluate(f"axe.run({context}, {options})")["violations"]
    pairs = [(each["id"], str(node["target"][0])) for each in found for node in each["nodes"]]
    return [
        (rule, target)
        for rule, target in pairs
        if not target.startswith(tuple(OF_THE_THEME.get(rule, ["\n"])))
    ]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_asks_no_other_host_fits_a_phone_and_is_accessible(browser, address, name):
    read = Page(browser, address, name, PHONE)
    page = read.page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESK)
    if name == "index.html" or name.startswith("notebooks/"):
        page.evaluate("for (const each of document.images) each.loading = 'eager'")
        page.wait_for_function("[...document.images].every(each => each.complete)")
        assert page.evaluate("[...document.images].filter(each => !each.naturalWidth).length") == 0
        assert page.locator("mjx-merror").count() == 0
    assert read.hosts() == {"127.0.0.1"}
    assert read.errors == []
    assert violations(page) == []  # last: axe-core makes requests of its own
    page.close()


@pytest.mark.parametrize(
    "name", ["index.html", "docs/glossary.html", f"notebooks/{LESSONS[4]}.html"]
)
def test_in_the_dark_theme_a_page_is_as_accessible(browser, address, name):
    read = Page(browser, address, name, DESK, scheme="dark")
    expect(read.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert violations(read.page) == []
    read.page.close()


def test_the_first_figure_is_stepped_with_the_keyboard_alone(browser, address):
    page = Page(browser, address, "index.html", DESK).page
    steps, bar = page.locator(".steps li"), page.locator(".steps-bar")
    last = steps.count()
    assert last >= 6
    for number in range(last):  # each has its picture, its words, and words for who can't see it
        assert len(steps.nth(number).locator("img").get_attribute("alt").split()) >= 10
        assert len(steps.nth(number).text_content().split()) >= 10
    for _ in range(60):
        page.keyboard.press("Tab")
        if bar.get_by_role("button", name="Next").evaluate("it => it === document.activeElement"):
            break
    for number in range(1, last + 1):
        expect(bar.get_by_role("status")).to_have_text(f"Step {number} of {last}")
        expect(page.locator(".steps li:visible")).to_have_count(1)
        expect(steps.nth(number - 1)).to_be_visible()
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")  # Enter at the last step has moved nothing
    expect(bar.get_by_role("status")).to_have_text(f"Step {last - 1} of {last}")
    page.close()


def test_the_first_figure_is_whole_on_paper(browser, address):
    page = Page(browser, address, "index.html", DESK).page
    page.emulate_media(media="print")
    steps = page.locator(".steps li")
    expect(page.locator(".steps li:visible")).to_have_count(steps.count())
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_lesson_is_light_with_its_pictures_and_what_is_folded(browser, address, scheme):
    read = Page(browser, address, f"notebooks/{LESSONS[4]}.html", DESK, scheme)
    page = read.page
    page.evaluate(
        """() => addEventListener("beforeprint", () => {
            const color = getComputedStyle(document.body).backgroundColor;
            const folded = [...document.querySelectorAll(".bd-article details:not([open])")];
            window.paper = {color, folded: folded.map(each => each.innerText.split("\\n")[0])};
        })"""
    )
    pdf = page.pdf(print_background=True)
    paper = page.evaluate("window.paper")
    assert paper["color"] == "rgb(255, 255, 255)"
    assert set(paper["folded"]) == {"Figure in words"}
    pictures = page.locator(".bd-article img[src*='_images/']").count()
    assert len(re.findall(rb"/Subtype\s*/Image", pdf)) >= pictures > 0
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)  # as before
    assert page.locator(".bd-article details[open]").count() == 0
    page.close()


def shrunk(before, after):
    """Whether a formula that fits a sheet of A4 is made smaller for it."""
    return before < 640 and after < 0.99 * before


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_runs_off_a_printed_page(browser, address, lesson):
    page = Page(browser, address, f"notebooks/{lesson}.html", DESK).page
    formulas = page.locator(".bd-article mjx-container[display='true'] > svg")
    widths = "each => each.map(it => it.getBoundingClientRect().width)"
    before = formulas.evaluate_all(widths)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    pairs = zip(before, formulas.evaluate_all(widths), strict=True)
    assert [pair for pair in pairs if shrunk(*pair)] == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 without its margins
    boxes = "pre, .output, .pst-scrollable-table-container, mjx-container[display='true']"
    cut = "each => each.filter(it => it.scrollWidth > it.clientWidth + 1).map(it => it.className)"
    assert page.locator(f".bd-article :is({boxes})").evaluate_all(cut) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.close()


def test_a_lesson_is_opened_in_the_browser_with_the_keyboard_alone(browser, address):
    """From its page to JupyterLab, which stands beside the pages."""
    page = Page(browser, address, f"notebooks/{LESSONS[4]}.html", DESK).page
    way = page.get_by_role("group", name="Ways to run this lesson").get_by_role("link").first
    for _ in range(80):
        page.keyboard.press("Tab")
        if way.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}lite/lab/index.html?path={LESSONS[4]}.ipynb")
    title = page.locator(".jp-Notebook h1", has_text="Let a Gaussian process remember")
    expect(title).to_be_visible(timeout=120_000)
    page.close()


def test_the_search_finds_a_word_of_a_lesson(browser, address):
    page = Page(browser, address, "search.html?q=incumbent", DESK).page
    expect(page.locator("#search-results a[href*='notebooks/0']").first).to_be_visible()
    page.close()


ADDRESSES = ("href", "src", "poster", "data", "action", "formaction", "cite")


class Links(HTMLParser):
    """The ids of a page, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.targets = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids |= {attrs[key] for key in ("id", "name") if attrs.get(key)}
        self.targets += [attrs[key] for key in ADDRESSES if attrs.get(key) is not None]
        candidates = [each.split() for each in (attrs.get("srcset") or "").split(",")]
        self.targets += [each[0] for each in candidates if each]


@pytest.fixture(scope="module")
def links():
    """Return {page: Links}."""
    return {name: Links((SITE / name).read_text(encoding="utf-8")) for name in PAGES}


def broken(links, folder):
    """Return (page, target) of each link that leads nowhere within the site in `folder`."""
    found = []
    for name, page in links.items():
        for target in page.targets:
            url, fragment = urldefrag(urljoin(f"http://site/{name}", target))
            parts = urlsplit(url)
            if parts.hostname != "site":
                continue
            path = unquote(parts.path).lstrip("/")
            if path.endswith("/") or not path:
                path += "index.html"
            ids = links[path].ids if path in links else set()
            if not (folder / path).is_file() or (
                fragment and path in links and fragment not in ids
            ):
                found.append((name, target))
    return found


def test_each_link_within_the_site_leads_somewhere(links):
    assert sum(len(page.targets) for page in links.values()) > 10_000
    assert broken(links, SITE) == []


@pytest.mark.parametrize(
    "link, leads",
    [
        ('<a href="there.html">', True),
        ('<a href="there.html#term">', True),
        ('<a href="there.html?from=here#term">', True),
        ('<a href="#here">', True),
        ('<img src="a%20picture.png">', True),
        ('<a href="https://elsewhere.org/gone">', True),
        ('<a href="gone.html">', False),
        ('<a href="there.html#trem">', False),
        ('<a href="#gone">', False),
        ('<img src="gone.png">', False),
        ('<img src="a%20picture.png" srcset="a%20picture.png 1x, gone.png 2x">', False),
        ('<video poster="gone.png">', False),
        ('<form action="gone.html">', False),
        ('<a href="folder/">', False),
    ],
)
def test_a_broken_link_is_found_and_no_other(tmp_path, link, leads):
    texts = {"page.html": f'<p id="here">{link}', "there.html": '<p id="term">'}
    for name in (*texts, "a picture.png"):
        (tmp_path / name).write_text(texts.get(name, ""), encoding="utf-8")
    pages = {name: Links(text) for name, text in texts.items()}
    assert (broken(pages, tmp_path) == []) == leads


def test_an_address_in_a_style_sheet_leads_somewhere():
    seen = 0
    for path in SITE.glob("_static/**/*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"url\(\s*[\"']?([^\"')]+)", text):
            if not target.startswith(("data:", "#")):
                file = path.parent / unquote(urlsplit(target).path)
                assert not urlsplit(target).scheme and file.is_file(), (path.name, target)
                seen += 1
    assert seen > 0


def test_addresses_elsewhere_are_listed_and_well_formed(links):
    """Not fetched: the list is for whoever looks at them, build/site/elsewhere.txt."""
    elsewhere = {}
    for name, page in links.items():
        for target in page.targets:
            if urlsplit(target).scheme not in ("", "data", "javascript"):
                elsewhere.setdefault(target, []).append(name)
    lines = [f"{target}  ({', '.join(names[:3])})\n" for target, names in sorted(elsewhere.items())]
    (SITE.parent / "elsewhere.txt").write_text("".join(lines), encoding="utf-8")
    assert len(elsewhere) > len(LESSONS)
    for target in elsewhere:
        parts = urlsplit(target)
        assert parts.scheme == "https" and "." in (parts.hostname or ""), target
        assert not re.search(r"[\s<>{}]", target), target


def test_each_lesson_has_its_page_and_leads_to_solutions_that_warn(links):
    for lesson in LESSONS:
        assert f"solutions/{lesson}.html" in {
            urldefrag(target)[0] for target in links[f"notebooks/{lesson}.html"].targets
        }
        solutions = (SITE / "notebooks" / "solutions" / f"{lesson}.html").read_text("utf-8")
        assert solutions.index("This page shows every answer") < solutions.index("<h1>") + 1000


def test_a_lesson_links_each_term_once_to_its_entry(links):
    for lesson in LESSONS:
        terms = [each for each in links[f"notebooks/{lesson}.html"].targets if "#term-" in each]
        assert len(terms) == len(set(terms)) >= 5, lesson
    assert "../docs/glossary.html#term-kernel" in links[f"notebooks/{LESSONS[4]}.html"].targets


def test_pictures_keep_their_words():
    for lesson in LESSONS:
        notebook = (ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8")
        page = (SITE / "notebooks" / f"{lesson}.html").read_text(encoding="utf-8")
        pictures = [each for each in re.findall(r"<img [^>]*>", page) if "_images/" in each]
        assert len(pictures) == notebook.count('"image/png": "') > 0
        for picture in pictures:
            assert len(re.search('alt="([^"]*)"', picture)[1].split()) >= 10
            assert 'loading="lazy"' in picture and 'width="' in picture


def test_a_lesson_weighs_little_and_its_text_waits_for_nothing(links):
    for lesson in LESSONS:
        name = f"notebooks/{lesson}.html"
        text = (SITE / name).read_text(encoding="utf-8")
        pictures = {each for each in links[name].targets if "_images/" in each}
        files = [SITE / name, *((SITE / name).parent / unquote(each) for each in pictures)]
        assert sum(path.stat().st_size for path in files) < LARGEST, lesson
        (mathjax,) = re.findall(r"<script [^>]*tex-svg[^>]*>", text)
        assert "defer" in mathjax or "async" in mathjax


def test_a_lesson_has_the_ways_to_run_it(links):
    """Addresses made of the one in pyproject.toml; Colab has none where it cannot read."""
    sys.path.insert(0, str(ROOT / "site"))
    from extensions.ways import binder, colab

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    place = project["urls"]["Repository"].removeprefix("https://github.com/")
    for lesson in LESSONS:
        targets = links[f"notebooks/{lesson}.html"].targets
        assert targets.count(f"../lite/lab/index.html?path={lesson}.ipynb") == 1
        path = f"lab%2Ftree%2Fnotebooks%2F{lesson}.ipynb"
        assert f"https://mybinder.org/v2/gh/{place}/main?urlpath={path}" in targets
        start = "https://colab.research.google.com/github"
        assert f"{start}/{place}/blob/main/notebooks/{lesson}.ipynb" in targets
        assert (SITE / "lite" / "files" / f"{lesson}.ipynb").is_file()
    assert colab("04.ipynb", "https://example.org/me/course") is None
    assert (
        binder("04.ipynb", "https://example.org/me/course")
        == "https://mybinder.org/v2/git/https%3A%2F%2Fexample.org%2Fme%2Fcourse/main"
        "?urlpath=lab%2Ftree%2Fnotebooks%2F04.ipynb"
    )


def test_where_jupyterlite_was_not_built_the_button_leads_to_the_published_one(
    tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(ROOT / "site")
    import build
    from extensions.ways import ways

    assert build.find_lite() == "lite/"
    monkeypatch.setattr(build, "LITE", tmp_path)
    published = build.project()["urls"]["Documentation"] + "/lite/"
    assert build.find_lite() == published
    assert f'href="{published}lab/index.html?path=04.ipynb"' in ways("04.ipynb", "", published, "")


def test_the_text_of_a_lesson_is_painted_before_any_picture_or_formula_arrives(browser, address):
    page = browser.new_page(viewport=DESK)
    page.route(re.compile("/_images/|/mathjax/"), lambda route: None)  # never answered
    page.goto(f"{address}notebooks/{LESSONS[4]}.html", wait_until="commit")
    expect(page.locator(".bd-article h1")).to_be_visible()
    expect(page.get_by_text("condition one normal number on another by hand")).to_be_visible()
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    pictures = page.locator(".bd-article img[src*='_images/']")
    assert pictures.count() > 0
    assert pictures.evaluate_all("each => each.filter(it => it.naturalWidth).length") == 0
    page.close()


def test_the_address_of_the_site_is_one_setting(links):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = project["urls"]["Documentation"]
    for name in ("index.html", f"notebooks/{LESSONS[0]}.html"):
        assert f"{base}/{name}" in links[name].targets


def test_the_package_has_a_page_for_each_public_name(links):
    import bo_tutorial as bo

    ids = set().union(*(page.ids for name, page in links.items() if name.startswith("api/")))
    documented = {each.rpartition(".")[2] for each in ids}
    assert set(bo.__all__) - documented == set()
    text = "".join(
        (SITE / "api" / f"bo_tutorial.{name}.html").read_text("utf-8") for name in MODELS
    )
    assert "given" not in re.findall(r'class="n"><span class="pre">(\w+)</span>', text)
    assert any(each.startswith("../_modules/") for each in links["api/bo_tutorial.gp.html"].targets)
