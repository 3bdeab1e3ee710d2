"""The ten answers of docs/how-to.md run as they stand, each in a folder of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
START, *SECTIONS = re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)


def blocks(text):
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def run(number, folder):
    """Run the code of an answer, block after block; return all that it printed."""
    (objective,) = blocks(START)
    (folder / "my_objective.py").write_text(objective, encoding="utf-8")
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "MPLBACKEND": "Agg",
        "TQDM_DISABLE": "1",
    }
    printed = ""
    for i, block in enumerate(blocks(SECTIONS[number - 1])):
        script = folder / f"answer_{i}.py"
        script.write_text(block, encoding="utf-8")
        command = [sys.executable, "-W", "error", script.name]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        printed += done.stdout
    return printed


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_there_are_ten_questions_and_each_answer_is_short():
    assert len(SECTIONS) == 10
    for section in SECTIONS:
        question = section.splitlines()[0]
        assert question.endswith("?")
        assert blocks(section), question
        for block in blocks(section):
            code = [line for line in block.splitlines() if line.strip()]
            assert len(code) <= 12, question


def test_the_links_lead_to_files_that_exist():
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_minimize(tmp_path):
    printed = run(1, tmp_path)
    assert 0.05 <= float(printed.split()[2]) < 0.08  # 0.05 is the least there is


def test_stop_on_time_on_a_plateau_or_by_a_rule(tmp_path):
    plateau, good_enough = (int(line.split()[-1]) for line in run(2, tmp_path).splitlines())
    assert 20 < plateau < 100 and good_enough < 100


def test_keep_further_numbers(tmp_path):
    assert 0 <= float(run(3, tmp_path).split()[3]) < 10
    assert sum("seconds" in line for line in lines(tmp_path / "timed.jsonl")) == 12


def test_a_table_of_the_trials(tmp_path):
    pytest.importorskip("pandas")
    printed = run(4, tmp_path)
    assert printed.splitlines()[0].split() == ["learning_rate", "n_layers", "value"]
    assert printed.count("{'learning_rate'") == 12 and len(printed.splitlines()) == 1 + 12 + 12


def test_see_what_the_model_has_learned(tmp_path):
    pytest.importorskip("matplotlib")
    run(5, tmp_path)
    for name in ("history.png", "slices.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_use_what_is_known(tmp_path):
    assert "tried first: {'learning_rate': 0.003, 'n_layers': 3}" in run(6, tmp_path)


def test_more_trials_and_a_wider_space(tmp_path):
    run(7, tmp_path)
    assert len(lines(tmp_path / "runs.jsonl")) == 25
    assert len(lines(tmp_path / "wider.jsonl")) >= 15


def test_several_at_once(tmp_path):
    run(8, tmp_path)


def test_parts_of_ones_own(tmp_path):
    run(9, tmp_path)


def test_failures_and_a_run_that_was_stopped(tmp_path):
    printed = run(10, tmp_path)
    assert 0 < int(printed.split()[0]) < 20
    assert len(lines(tmp_path / "runs.jsonl")) == 20
