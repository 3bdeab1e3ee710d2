"""The README's code runs as it stands, and its links lead somewhere."""

import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_code_runs_from_top_to_bottom(capsys, monkeypatch, tmp_path):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
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


def test_the_links_lead_to_files_that_exist():
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", README)
    assert len(links) > 5
    missing = [link for link in links if not (ROOT / link).exists()]
    assert missing == []


def test_each_lesson_has_a_row_in_the_table():
    lessons = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
    listed = re.findall(r"^\| \[\d\d · [^]]+\]\(notebooks/([^)]+)\)", README, flags=re.MULTILINE)
    assert listed == lessons
