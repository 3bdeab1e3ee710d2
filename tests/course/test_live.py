"""Live figures: each control moved to its ends and its middle, and what they share."""

import html
import math
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from bo_tutorial.course import live as widgets
from bo_tutorial.course import rooms
from bo_tutorial.course.saving import WIDGET_VIEW

rooms("live")  # importing them registers their figures
FIGURES = dict(widgets.FIGURES)


@pytest.fixture(autouse=True)
def course_style():
    with plt.style.context("bo_tutorial.style"):
        yield
    assert plt.get_fignums() == []  # a live figure is made without pyplot


def alt_of(live):
    return re.match(r'<img alt="([^"]*)"', live.picture).group(1)


@pytest.mark.parametrize("name", FIGURES)
def test_every_control_moves_the_figure_from_end_to_end(name):
    live = FIGURES[name]()
    assert 1 <= len(live.controls) <= 3
    assert len(repr(live).splitlines()) == 1
    assert live.fig.axes and all(ax.get_xlabel() or ax.get_ylabel() for ax in live.fig.axes)
    for control in live.controls.values():
        before, pictures = control.value, []
        for value in control.sweep:
            control.value = value
            pictures.append(live.picture)
            assert len(alt_of(live).split()) >= 5
        assert len(set(pictures)) >= 2, "the control changes nothing"
        control.value = before


# What JupyterLab has for an output, in CSS pixels, measured in Chromium: docs/live_figures.md.
SCREENS = {"1280 x 800": (844, 640), "1024 x 640": (588, 519)}  # width, height to fit into
ROWS = {widgets.Slider: 33, widgets.Collect: 32, widgets.Toggle: 28, widgets.Pick: 28}
LETTER, LINE, AROUND_THE_PICTURE, MARGINS = 6.4, 28, 10, 12


def height(live, width):
    """The height of a live figure as it stands, in CSS pixels, as a browser computes it."""
    across, down = live.fig.get_size_inches() * live.fig.dpi
    rows = sum(ROWS.get(type(each)) or each.height for each in live.controls.values())
    rows += LINE * math.ceil(LETTER * len(live.line) / width)
    return rows + down * min(1, width / across) + AROUND_THE_PICTURE + MARGINS


@pytest.mark.parametrize("name", FIGURES)
def test_nobody_scrolls_to_see_what_a_slider_does(name, monkeypatch):
    monkeypatch.setattr(widgets, "quick_png", lambda fig: b"")  # its size alone counts
    live = FIGURES[name]()
    for control in live.controls.values():
        before = control.value
        for value in control.sweep:
            control.value = value
            for screen, (width, room) in SCREENS.items():
                assert height(live, width) <= room, (screen, value)
        control.value = before


def test_the_page_of_live_figures_states_the_height_of_each_one():
    page = (Path(__file__).parents[2] / "docs" / "live_figures.md").read_text(encoding="utf-8")
    table = page.partition("<!-- begin heights -->")[2].partition("<!-- end heights -->")[0]
    rows = [re.findall(r"[^|\s]+", row) for row in table.splitlines() if row.startswith("| `")]
    assert [name.strip("`") for name, *_ in rows] == sorted(FIGURES)
    for name, *measured in rows:
        live = FIGURES[name.strip("`")]()
        for pixels, (width, room) in zip(measured, SCREENS.values(), strict=True):
            assert int(pixels) <= room
            assert abs(height(live, width) - int(pixels)) <= LINE + 4, (name, pixels)


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_settings_give_the_same_picture(name):
    one, other = FIGURES[name](), FIGURES[name]()
    assert one.picture == other.picture
    control = next(iter(one.controls.values()))
    before = control.value
    for value in control.sweep:
        control.value = value
    control.value = before
    # Nothing of a former setting stays behind.
    moved = next(iter(other.controls.values()))
    moved.value = moved.sweep[0]
    moved.value = before
    assert one.picture == other.picture


@pytest.mark.parametrize("name", FIGURES)
def test_a_log_slider_can_stand_where_it_starts(name):
    """In a browser it stops on whole steps from its low end; elsewhere it jumps at first touch."""
    for control in FIGURES[name]().controls.values():
        if getattr(control, "log", False):
            steps = math.log10(control.value / control.low) / control.handle.step
            assert abs(steps - round(steps)) < 1e-3


def line_figure(**controls):
    fig = Figure()
    ax = fig.subplots()
    ax.plot([0, 1], [0, 1], gid="line")
    ax.set(xlabel="x", ylabel="y")

    def update(slope, flipped=False):
        widgets.move_line(ax, slope * (-1 if flipped else 1))
        return f"A straight line of slope {slope:g} through zero."

    return widgets.LiveFigure("drag the slope", fig, update, **controls)


@pytest.fixture(autouse=True)
def mover(monkeypatch):
    def move_line(ax, slope):
        ax.lines[0].set_data([0, 1], [0, slope])

    monkeypatch.setattr(widgets, "move_line", move_line, raising=False)


def test_text_box_and_slider_are_one_control():
    live = line_figure(slope=widgets.Slider("slope", 0.5, 0, 1, 0.1))
    control = live.controls["slope"]
    first = live.picture
    control.text.value = 0.7
    assert control.handle.value == 0.7
    assert live.picture != first
    control.handle.value = 0.5
    assert control.text.value == 0.5
    assert live.picture == first
    control.text.value = 7  # clipped at the edge of its range, on both sides
    assert control.handle.value == control.text.value == 1
    assert control.text.description == "slope"
    assert repr(live) == "Live figure: drag the slope"
    assert live._repr_mimebundle_()["text/plain"] == repr(live)


def test_where_no_widget_can_be_shown_stands_a_sentence_that_says_what_to_do():
    live = line_figure(slope=widgets.Slider("slope", 0.5, 0, 1, 0.1))
    data = live._repr_mimebundle_()
    assert WIDGET_VIEW in data
    words = re.sub(r"<[^>]+>", " ", data["text/html"])
    assert "drag the slope. Run this cell" in words
    assert "A straight line of slope 0.5 through zero." in words
    assert "<img" not in data["text/html"]  # pictures differ from processor to processor


def test_words_with_signs_of_html_stand_as_they_are():
    def update(on):
        return 'Accuracy "f" < 1 & > 0 over the whole axis.'

    fig = Figure()
    fig.subplots()
    live = widgets.LiveFigure("drag x < 1 & see", fig, update, on=widgets.Toggle("on"))
    stored = live._repr_mimebundle_()["text/html"]
    assert "drag x < 1 & see. Run" in html.unescape(re.sub(r"<[^>]+>", "", stored))
    assert 'Accuracy "f" < 1 & > 0 over' in html.unescape(re.sub(r"<[^>]+>", "", stored))


def test_a_log_slider_keeps_the_number_that_was_typed():
    control = widgets.Slider("ℓ", 0.1, 0.01, 10, 0.05, log=True)
    control.text.value = 0.1234
    assert control.value == pytest.approx(0.1234)
    assert control.sweep == pytest.approx([0.01, 0.1**0.5, 10])


def test_whole_numbers_toggles_and_picks():
    control = widgets.Slider("n", 3, 1, 9, 1, whole=True)
    control.value = 5
    assert control.text.value == 5 and control.sweep == [1, 5, 9]
    axis = widgets.Pick("axis", ["log", "raw"])
    assert axis.value == "log" and axis.box.icons == ("check", "")
    axis.value = "raw"
    assert axis.value == "raw" and axis.box.icons == ("", "check")
    assert widgets.Pick("sd", [1, 2], value=2).box.icons == ("", "check")
    live = line_figure(
        slope=widgets.Slider("slope", 0.5, 0, 1, 0.1), flipped=widgets.Toggle("flip", False)
    )
    first = live.picture
    live.controls["flipped"].value = True
    assert live.picture != first


def test_one_to_three_controls():
    controls = {f"c{i}": widgets.Toggle(str(i)) for i in range(4)}
    with pytest.raises(ValueError, match="one to three"):
        widgets.LiveFigure("nothing", Figure(), lambda: "", **controls)
    with pytest.raises(ValueError, match="one to three"):
        widgets.LiveFigure("nothing", Figure(), lambda: "")


def test_a_picture_needs_words():
    fig = Figure()
    fig.subplots()
    with pytest.raises(ValueError, match="alt must say"):
        widgets.LiveFigure("x", fig, lambda on: "short", on=widgets.Toggle("on"))
