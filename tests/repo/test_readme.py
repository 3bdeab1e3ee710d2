"""The README's code runs as it stands, and its links lead somewhere."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from lesson_rules import read_course, stated_minutes

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def own_problem():
    """The code of the section "Your own problem" of the README, a block of its own."""
    section = README.partition("\n## Your own problem\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    return block


def test_the_code_runs_from_top_to_bottom(capsys, monkeypatch, tmp_path):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    blocks = [block for block in BLOCKS if block != own_problem()]
    assert len(blocks) >= 3
    assert len(blocks[0].strip().splitlines()) <= 10
    names = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    result = names["result"]
    assert len(result.values) == 12
    assert str(result.best_config) in capsys.readouterr().out
    # Guessing scores 0.1; one in four random configurations of the network exceeds 0.9.
    assert 0.9 < result.best_value <= 1.0
    assert np.isfinite(names["strategy"].trials[0].value)
    assert len((tmp_path / "runs" / "lr.jsonl").read_text().splitlines()) == 6


def test_your_own_problem_runs_and_is_that_of_lesson_07(capsys):
    pytest.importorskip("sklearn")
    path = ROOT / "notebooks" / "07_close_the_loop.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    (start,) = [i for i, source in enumerate(sources) if "\n## Your own problem\n" in source]
    code = [
        source
        for cell, source in zip(cells[start:], sources[start:], strict=True)
        if cell["cell_type"] == "code"
    ]
    assert own_problem() == code[0] + "\n\n\n" + code[1] + "\n"
    names = {}
    exec(compile(own_problem(), "README.md", "exec"), names)
    assert len(names["result"].values) == 25
    assert set(names["tuned"]) == {"C", "gamma"}
    assert names["scores"]["tuned"][0] > names["scores"]["default settings"][0] + 0.3
    assert "on the test data" in capsys.readouterr().out


def test_the_links_lead_to_files_that_exist():
    links = re.findall(r"\]\((?!https:)([^)#]+)(?:#[^)]*)?\)", README)
    assert len(links) > 5
    missing = [link for link in links if not (ROOT / link).exists()]
    assert missing == []


def test_each_lesson_has_a_row_in_the_table():
    lessons = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
    listed = re.findall(r"^\| \[\d\d · [^]]+\]\(notebooks/([^)]+)\)", README, flags=re.MULTILINE)
    assert listed == lessons


def test_the_table_states_the_minutes_of_the_lessons():
    rows = re.findall(r"\| \[(\d\d) · .*?\| (\d+) / (\d+) \|", README)
    stated = {lesson.number: stated_minutes(lesson)[:2] for lesson in read_course()}
    assert {number: (int(lecture), int(read)) for number, lecture, read in rows} == stated
