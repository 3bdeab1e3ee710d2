"""Lessons in a real JupyterLab, in a real browser, as a learner meets them: `make test-browser`.

Not part of `make test`: it needs Chromium, which no Python package brings. Nothing here waits for a
time to pass; each step waits for what it leads to, and fails after `PATIENCE`.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect, sync_playwright

from bo_tutorial.course.checking import Array, Number
from bo_tutorial.course.lab import find_lesson, find_lessons
from bo_tutorial.course.lesson_00 import numerics as game
from bo_tutorial.course.lesson_04.checks import CHECKS
from bo_tutorial.course.lesson_15 import numerics as capstone
from bo_tutorial.course.lesson_15 import record

PATIENCE, FOR_A_LESSON = 60_000, 240_000  # milliseconds, on a slow and busy machine
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # in a container there is none to be had; every page is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no name leads off the machine
]
SETTINGS = {  # every cell is part of the page, not only those in view
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
FAILED = (
    "[data-mime-type='application/vnd.jupyter.error'], "
    "[data-mime-type='application/vnd.jupyter.stderr']"
)
# How a run ended, null while it lasts. A cell that raises ends it; one that is neither executed nor
# waiting for 5 seconds (the prompt of one that waits is [*]) was forgotten.
ENDED = f"""() => {{
    const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputArea-prompt")];
    if (document.querySelector("{FAILED}")) return "failed";
    if (prompts.every(prompt => /\\[\\d+\\]/.test(prompt.textContent))) return "done";
    if (prompts.some(prompt => prompt.textContent.includes("*"))) window.waiting = Date.now();
    window.waiting ??= Date.now();
    return Date.now() - window.waiting > 5000 ? "forgotten" : null;
}}"""


@contextlib.contextmanager
def chromium():
    """The system's Chromium, or the one that CHROMIUM names, driven by playwright."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail("there is no Chromium: install it (Debian: apt install chromium), or CHROMIUM=")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser():
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Serve the lessons as `make lab` does, from a folder of their own; return (folder, port)."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "my lessons"
    for name, settings in SETTINGS.items():
        file = home / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(settings), encoding="utf-8")
    places = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    places |= {f"JUPYTERLAB_{kind.upper()}_DIR": str(home / kind) for kind in ("settings", "state")}
    places |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    environment = os.environ | places | {"IPYTHONDIR": str(home / "ipython"), "JUPYTER_TOKEN": "x"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bo_tutorial", "lab", "--folder", str(folder), "--no-browser"]
    log = home / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, f"--port={port}"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=home,
            start_new_session=True,  # to end its kernels with it
        )
        try:
            _wait_for(port, server, log)
            yield folder, port
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait_for(port, server, log):
    for _ in range(PATIENCE // 100):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=x", timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8"))


def ask(lab, path, method="GET"):
    request = urllib.request.Request(
        f"http://127.0.0.1:{lab[1]}/{path}", headers={"Authorization": "token x"}, method=method
    )
    with urllib.request.urlopen(request, timeout=PATIENCE / 1000) as answer:
        return answer.status, answer.read()


def status(lab, path):
    """The status with which the server answers a request."""
    try:
        return ask(lab, path)[0]
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def stop_kernels(lab):
    for session in json.loads(ask(lab, "api/sessions")[1]):
        ask(lab, f"api/sessions/{session['id']}", "DELETE")


class Notebook:
    """A lesson, open in JupyterLab in a page of its own."""

    def __init__(self, browser, lab, number):
        self.folder, port = lab
        self.file = find_lesson(number, find_lessons()).name
        self.cells = json.loads((self.folder / self.file).read_text(encoding="utf-8"))["cells"]
        self.page = browser.new_page(viewport={"width": 1200, "height": 1000})
        self.page.set_default_timeout(PATIENCE)
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"http://127.0.0.1:{port}/lab/tree/{self.file}?reset&token=x")
        self.prompts = self.page.locator(".jp-CodeCell .jp-InputArea-prompt")
        # The cells are attached one after the other: what is asked before the last one is lost.
        expect(self.prompts).to_have_count(sum(c["cell_type"] == "code" for c in self.cells))
        indicator = self.page.locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle")

    def _hear(self, message):
        # The connection to a kernel that JupyterLab replaced at its start is none of ours.
        if message.type == "error" and "Canceled future" not in message.text:
            self.errors.append(message.text)

    def choose(self, menu, item):
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text(menu, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()
        expect(self.page.locator(".lm-Menu")).to_have_count(0)

    def run_all(self):
        """Run every cell and wait for the last one; none may raise or warn."""
        for _ in range(3):
            self.choose("Edit", "Clear Outputs of All Cells")
            expect(self.prompts).to_have_text(["[ ]:"] * self.prompts.count())
            self.page.evaluate("delete window.waiting")
            self.choose("Run", "Run All Cells")
            # JupyterLab forgets what it was asked while it still connects: then ask again.
            if self.page.wait_for_function(ENDED, timeout=FOR_A_LESSON).json_value() != "forgotten":
                break
        assert self.page.locator(FAILED).all_inner_texts() == []
        expect(self.prompts).to_have_text([re.compile(r"\[\d+\]")] * self.prompts.count())

    def save(self):
        """Press Ctrl+S and wait for the file."""
        file = self.folder / self.file
        before = file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        for _ in range(PATIENCE // 100):
            if file.stat().st_mtime_ns != before:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{file} was not saved")

    def cell(self, text, first=False):
        """The number and the locator of the cell whose source contains a text."""
        found = [i for i, cell in enumerate(self.cells) if text in "".join(cell["source"])]
        assert found and (first or len(found) == 1), (text, found)
        return found[0], self.page.locator(".jp-Notebook .jp-Cell").nth(found[0])

    def answer(self, name, answer):
        """Type an answer where its exercise is blank, run the cell, return what it shows."""
        number, cell = self.cell(f'check("{name}"')
        source = "".join(self.cells[number]["source"])
        assert source.count("...") == 1
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source.replace("...", answer))
        self.page.keyboard.press("Control+Enter")
        return cell.locator(".jp-OutputArea")

    def close(self):
        """Nothing was asked of another machine, and nothing went wrong in the page."""
        addresses = [urlsplit(url) for url in self.requests]
        elsewhere = [url for url in addresses if url.scheme not in ("data", "blob")]
        assert {url.hostname for url in elsewhere} == {"127.0.0.1"}
        assert self.errors == []
        self.page.close()

    def press_tab_until(self, target, key="Tab", at_most=40):
        """Move the focus with the Tab key until it is on an element."""
        for _ in range(at_most):
            self.page.keyboard.press(key)
            if target.evaluate("element => element === document.activeElement"):
                return
        focused = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        raise AssertionError(f"{at_most} times {key} lead to {focused}")


def test_lesson_00_is_played_with_the_keyboard_alone(browser, lab):
    lesson = Notebook(browser, lab, "00")
    lesson.run_all()
    page, keys = lesson.page, lesson.page.keyboard
    button = page.get_by_role("button", name="Evaluate", exact=True)
    board = page.locator(".jp-OutputArea-output", has=button)
    number, picture = board.get_by_label("x (0 to 1, no unit)"), board.locator("img")
    number.locator("xpath=ancestor::div[contains(@class, 'jp-Cell')]").last.focus()
    lesson.press_tab_until(number)
    for left, x in zip(range(game.BUDGET - 1, -1, -1), (0.1, 0.3, 0.5, 0.7, 0.9), strict=True):
        keys.press("Control+A")
        keys.type(f"{x}")
        lesson.press_tab_until(button)
        keys.press("Space")
        if left:
            says = f"{left} evaluation{'' if left == 1 else 's'} left"
            expect(board.get_by_role("status").filter(has_text=says)).to_have_count(1)
            assert "The rest of f stays hidden" in picture.get_attribute("alt")
            lesson.press_tab_until(number, "Shift+Tab")
    expect(board.get_by_role("status").filter(has_text="The top of function")).to_have_count(1)
    expect(picture).to_have_attribute("alt", re.compile("^The whole of function .+ You evaluated"))
    # The file is written after the picture is drawn, and then the page says so.
    expect(board.get_by_role("status").filter(has_text="Your game is saved")).to_have_count(1)
    kept = (lab[0] / game.FILE_NAME).read_text(encoding="utf-8")
    assert all(f"{x}" in kept for x in (0.1, 0.3, 0.5, 0.7, 0.9))
    lesson.close()


STRATEGY = "Six points fill the axis first. Then I stay near the best answer."


def test_lesson_15_is_played_with_the_keyboard_alone(browser, lab):
    lesson = Notebook(browser, lab, "15")
    lesson.run_all()
    page, keys = lesson.page, lesson.page.keyboard
    start, evaluate, hint, hand_over = (
        page.get_by_role("button", name=name, exact=True)
        for name in ("Start", "Evaluate", "Hint", "Hand over")
    )
    board = page.locator(".jp-OutputArea-output", has=evaluate)
    strategy, point = board.get_by_label("strategy"), board.get_by_label("x1 (0 to 1, no unit)")
    number, picture = board.get_by_label("query to hand over"), board.locator("img")

    def says(text):
        expect(board.get_by_role("status").filter(has_text=text)).to_have_count(1)

    strategy.locator("xpath=ancestor::div[contains(@class, 'jp-Cell')]").last.focus()
    lesson.press_tab_until(point)
    keys.type("0.5")
    lesson.press_tab_until(evaluate)
    keys.press("Space")
    says("must be started first")  # no query before the strategy
    lesson.press_tab_until(strategy, "Shift+Tab")
    keys.type(STRATEGY)
    lesson.press_tab_until(start)
    keys.press("Space")
    says("13 queries left")
    asked = [round(0.03 + 0.07 * n, 2) for n in range(capstone.BUDGET)]
    for n, x in enumerate(asked, start=1):
        lesson.press_tab_until(point, "Tab" if n == 1 else "Shift+Tab")
        keys.press("Control+A")
        keys.type(f"{x}")
        lesson.press_tab_until(evaluate)
        keys.press("Space")
        says(f"Query {n}: ")
    lesson.press_tab_until(hint)
    keys.press("Space")
    says("No two of your queries lie at the same place")
    lesson.press_tab_until(number)
    keys.press("Control+A")
    keys.type("9")
    lesson.press_tab_until(hand_over)
    keys.press("Space")
    says("Query 9 is handed over. noise: ahead of")
    expect(picture).to_have_attribute("alt", re.compile("over, query 9 was handed over"))
    kept = record.Capstone("me", lab[0]).game("noise")
    assert (kept.strategy, [x for (x,) in kept.x], kept.handed) == (STRATEGY, asked, 8)
    assert kept.hints == ["repeat"]
    # The file is what the exercise reads; the board, run again, goes on with it.
    answer = lesson.answer("15.noise", "9")
    expect(answer).to_contain_text(re.compile("[✓✗] 15.noise"))
    lesson.close()


PLAYED = ("00", "15")  # whole, above
CONTROLS = "input[type=number], input[type=checkbox], select, button, .noUi-handle"
SHOWN = """board => [...board.querySelectorAll("img, [role=status]")]
    .map(part => part.getAttribute("src") ?? part.textContent).join()"""


def keys_that_move(control):
    """What a person presses to change a control; nothing on the option that is chosen."""
    if "mod-active" in (control.get_attribute("class") or ""):
        return []
    if control.evaluate("element => element.type") in ("button", "submit", "checkbox"):
        return ["Space"]
    if control.evaluate("e => e.type === 'number' && ['', 'any'].includes(e.step)"):
        low, value = float(control.get_attribute("min")), float(control.input_value())
        return ["Control+A", *f"{(low + value) / 2:.3g}", "Enter"]  # no arrow moves it
    highest = control.evaluate(
        "e => (e.value ?? e.ariaValueNow) == (e.max ?? e.ariaValueMax)"  # a handle is a <div>
    )
    return ["ArrowDown" if highest else "ArrowUp"]


@pytest.mark.parametrize(
    "number", [path.name[:2] for path in find_lessons() if path.name[:2] not in PLAYED]
)
def test_each_control_of_a_live_figure_is_reached_and_moved_by_keys(browser, lab, number):
    lesson = Notebook(browser, lab, number)
    lesson.run_all()
    boards = lesson.page.locator(".jp-OutputArea-output:has(.jupyter-widgets):has(img)")
    assert boards.count() > 0
    for board in boards.all():
        board.locator("xpath=ancestor::div[contains(@class, 'jp-Cell')]").last.focus()
        for control in board.locator(CONTROLS).all():
            if not control.is_visible() or control.is_disabled():
                continue
            lesson.press_tab_until(control)
            before, keys = board.evaluate(SHOWN), keys_that_move(control)
            if not keys:
                continue
            for key in keys:
                lesson.page.keyboard.press(key)
            lesson.page.wait_for_function(
                f"([board, before]) => ({SHOWN})(board) !== before",
                arg=[board.element_handle(), before],
            )
    lesson.close()
    stop_kernels(lab)


@pytest.fixture(scope="module")
def lesson_04(browser, lab):
    notebook = Notebook(browser, lab, "04")
    notebook.run_all()
    return notebook


def test_dragging_the_length_scale_moves_the_posterior(lesson_04):
    page = lesson_04.page
    figure = page.locator(".jp-OutputArea-output", has=page.get_by_label("ℓ (decades)")).first
    picture, text = figure.locator("img"), figure.get_by_label("ℓ (decades)")
    handle = figure.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    before = {name: picture.get_attribute(name) for name in ("src", "alt")}
    value = text.input_value()

    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=6)
    page.mouse.up()

    expect(text).not_to_have_value(value)
    expect(picture).not_to_have_attribute("src", before["src"])
    # The picture follows the slider; what counts is that it arrives.
    page.wait_for_function(
        """figure => {
            const picture = figure.querySelector("img"), text = figure.querySelector("input");
            const said = Number(picture.alt.match(/length scale of ([0-9.]+)/)[1]);
            return Math.abs(said / Number(text.value) - 1) < 0.06;  // said to two digits
        }""",
        arg=figure.element_handle(),
    )
    assert float(text.input_value()) < float(value)
    assert picture.get_attribute("alt") != before["alt"]

    text.fill(f"{float(value):.6g}")  # and without a mouse, back to where it was
    text.press("Enter")
    expect(picture).to_have_attribute("alt", before["alt"])


def test_a_wrong_answer_has_its_hint_and_a_right_one_its_tick(lesson_04):
    name, exercise = next(
        (name, each) for name, each in CHECKS.items() if isinstance(each, (Number, Array))
    )
    wrong = exercise.wrong[0]
    output = lesson_04.answer(name, str(np.asarray(wrong.answer).tolist()))
    expect(output).to_contain_text(f"✗ {name}: {wrong.name}")
    expect(output).to_contain_text(wrong.hint)
    output = lesson_04.answer(name, str(np.asarray(exercise.right).tolist()))
    expect(output).to_contain_text(f"✓ {name}")


def test_lesson_04_asks_nothing_of_another_machine(lesson_04):
    assert any(urlsplit(url).scheme == "ws" for url in lesson_04.requests)  # it did listen
    lesson_04.save()
    lesson_04.close()


def test_the_next_evening_answers_are_there_and_a_live_figure_says_how_to_wake_it(
    browser, lab, lesson_04
):
    """The page was closed; the kernel is stopped, as when the terminal is closed."""
    saved = (lab[0] / lesson_04.file).read_text(encoding="utf-8")
    assert "✓ 04." in saved and "widget-view" not in saved
    stop_kernels(lab)
    again = Notebook(browser, lab, "04")
    page = again.page
    expect(page.locator(".jp-OutputArea").filter(has_text="✓ 04.")).not_to_have_count(0)
    sentences = page.locator(".jp-RenderedHTMLCommon").filter(has_text="Live figure: ")
    expect(sentences).to_have_count(2)
    expect(sentences.first).to_contain_text("Run this cell")
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    again.close()


def test_a_copy_shows_no_answer_before_it_is_run(browser, lab):
    lesson = Notebook(browser, lab, "05")
    page = lesson.page
    question = lesson.cell("**Predict.**", first=True)[0]
    outputs = page.locator(f".jp-Cell:nth-child(n + {question + 1}) .jp-OutputArea-output")
    said = outputs.all_inner_texts()
    assert len(said) == 2 and all("Run this cell" in text for text in said), said
    lesson.close()


def test_links_lead_to_copies_and_to_the_section_that_is_meant(browser, lab):
    folder, port = lab
    assert status(lab, "api/contents/07_close_the_loop.ipynb") == 200
    for hidden in ("notebooks", "../notebooks", "bo_tutorial"):
        assert status(lab, f"api/contents/{hidden}") == 404  # no click leads to an original
    lesson = Notebook(browser, lab, "00")
    page = lesson.page
    page.locator(".jp-Notebook a[href*='README.md']").first.click()
    heading = page.locator(".jp-MarkdownViewer h2").filter(has_text="Lessons")
    expect(heading).to_be_in_viewport()
    page.locator(".jp-MarkdownViewer a").filter(has_text="02 ·").first.click()
    expect(page.locator(".jp-Notebook h1").filter(has_text="02 · Search a grid")).to_be_visible()
    assert urlsplit(page.url).path == "/lab/tree/02_search_a_grid.ipynb"
    lesson.close()


def test_a_solution_is_one_click_from_the_exercises(browser, lab):
    lesson = Notebook(browser, lab, "03")
    page = lesson.page
    page.locator(".jp-Notebook a[href*='solutions/03_']").first.click()
    opened = page.locator(".jp-NotebookPanel:visible .jp-Notebook").filter(has_text="✓ 03.")
    expect(opened).to_be_visible()
    assert urlsplit(page.url).path == "/lab/tree/solutions/03_search_at_random.ipynb"
    lesson.close()
