"""Live figures answer at once, and the table that says so has a row for each of them."""

import re
import time
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from scripts import load_script

from bo_tutorial.course import live as widgets

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 100  # ms; above it one feels that one waits

tool = load_script("redraw_times")


def rows(page):
    """{name: (module, median, largest)} of the table between the markers."""
    table = page.split(tool.BEGIN)[1].split(tool.END)[0]
    row = r"^\| `(\w+)` \| `(\w+)` \| \d+ \| \d+ \| (\d+) \| (\d+) \|$"
    return {
        name: (module, int(median), int(largest))
        for name, module, median, largest in re.findall(row, table, flags=re.MULTILINE)
    }


def test_each_live_figure_has_a_row_and_redraws_in_time():
    measured = rows(tool.PAGE.read_text(encoding="utf-8"))
    modules = {
        name: function.__module__.split(".")[-2:][0] for name, function in tool.figures().items()
    }
    told = {name: module for name, (module, *_) in measured.items()}
    assert told == modules, "run `python tools/redraw_times.py`"
    slow = {name: row for name, row in measured.items() if not row[1] <= row[2] < LIMIT}
    assert slow == {}


def waiting_figure(milliseconds):
    fig = Figure()
    ax = fig.subplots()
    (line,) = ax.plot([0, 1], [0, 1])

    def update(slope):
        end = time.process_time() + milliseconds / 1000
        while time.process_time() < end:
            pass
        line.set_data([0, 1], [0, slope])
        return f"A straight line that rises from zero to {slope:g}."

    return widgets.LiveFigure(
        "drag the slope", fig, update, slope=widgets.Slider("slope", 0.5, 0, 1, 0.1)
    )


def test_a_redraw_is_timed_from_the_change_to_the_picture():
    times = tool.redraws(waiting_figure(30), rounds=2)
    assert len(times) == 4  # to the left end, the middle, the right end, and back
    assert all(30 <= spent < 30 + LIMIT * 10 for spent in times)


@pytest.mark.parametrize("missing", [0, 1])
def test_the_report_is_the_page_s_table(missing, monkeypatch, tmp_path, capsys):
    names = ["waiting_one", "waiting_two"]
    made = {name: lambda: waiting_figure(1) for name in names[missing:]}
    monkeypatch.setattr(tool, "figures", lambda: made)
    monkeypatch.setattr(tool, "PAGE", tmp_path / "page.md")
    tool.PAGE.write_text(f"Before\n{tool.BEGIN}old\n{tool.END}\nAfter\n", encoding="utf-8")
    tool.main([])
    page = tool.PAGE.read_text(encoding="utf-8")
    assert page.startswith("Before\n") and page.endswith("\nAfter\n") and "old" not in page
    assert sorted(rows(page)) == names[missing:]
    assert "one core" in capsys.readouterr().out
    tool.main(["--print"])
    assert tool.PAGE.read_text(encoding="utf-8") == page
