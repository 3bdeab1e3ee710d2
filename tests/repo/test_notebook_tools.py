"""The normal form of a lesson, and the tool that runs lessons in place."""

import base64
import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from scripts import load_script

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "notebooks.py"
LESSONS = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("notebooks/solutions/*.ipynb")])

tools = load_script("notebooks")

code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def notebook(*cells):
    made = nbformat.v4.new_notebook()
    made.cells = list(cells)  # unlike an argument, not checked: a test may break a rule
    return made


def save(path, *cells):
    nbformat.write(notebook(*cells), path)
    return path


def executed(source="1 + 1", count=1, **more):
    return code(source, execution_count=count, **more)


def normal(*cells):
    """Return the cells of a notebook in normal form, after checking that it is stable."""
    text = tools.normal_form(notebook(*cells))
    assert tools.normal_form(nbformat.reads(text, as_version=4)) == text
    return json.loads(text)["cells"]


@pytest.mark.skipif(not LESSONS, reason="there are no lessons yet")
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_every_lesson_is_executed_tested_and_in_normal_form(path):
    assert tools.problems(path) == []


def test_normal_form_is_pure():
    before = notebook(markdown("# Title"), executed(count=7))
    kept = copy.deepcopy(before)
    tools.normal_form(before)
    assert before == kept


def test_bytes_are_stable_whoever_wrote_the_file():
    first = tools.normal_form(notebook(markdown("# Title"), executed("a = 'σ'")))
    other = notebook(markdown("# Title"), executed("a = 'σ'", count=12))
    other.metadata.kernelspec = {"name": "my-env", "display_name": "Mine", "language": "python"}
    other.metadata.language_info = {"name": "python", "version": "3.13.0"}
    other.metadata.jupytext = {"default_lexer": "ipython3"}
    other.cells[1].metadata.update(
        execution={"iopub.execute_input": "2026-01-01T00:00:00Z"}, collapsed=False, scrolled=True
    )
    assert tools.normal_form(other) == first
    assert first.endswith("}\n") and not first.endswith("\n\n")
    assert first.startswith('{\n "cells"')
    assert "σ" in first and "version" not in json.loads(first)["metadata"]["language_info"]
    assert json.loads(first)["metadata"]["kernelspec"]["name"] == "python3"


def test_tags_and_other_metadata_of_the_author_stay():
    (cell,) = normal(executed(metadata={"tags": ["verify"], "minutes": 3}))
    assert cell["metadata"] == {"tags": ["verify"], "minutes": 3}


def test_counts_run_in_order_and_pass_over_blank_cells():
    result = nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=40)
    cells = normal(
        executed(count=9), code("  "), markdown("text"), executed(count=3, outputs=[result])
    )
    assert [cell.get("execution_count") for cell in cells] == [1, None, None, 2]
    assert cells[3]["outputs"][0]["execution_count"] == 2


def test_ids_follow_from_content_not_from_place_or_tool():
    def ids(*cells):
        return [cell["id"] for cell in normal(*cells)]

    one, two = ids(executed("one"), executed("two"))
    assert ids(executed("two"), executed("new"), executed("one"))[::2] == [two, one]
    assert ids(executed("one", id="0123abcd")) == [one]  # nbformat's and jupytext's random ids
    assert ids(executed("one", id="3f1c2b6e-8a57-4b0e-9a10-5d1f3a7c9e42")) == [one]  # JupyterLab's
    assert ids(executed("one"), executed("one")) == [one, f"{one}-2"]


def test_ids_that_the_author_chose_stay_unless_two_are_the_same():
    cells = [executed(source) for source in "abcd"]
    for cell, name in zip(cells, ["verify", "verify", "", "two words"], strict=True):
        cell["id"] = name
    verify, second, none, spaces = (cell["id"] for cell in normal(*cells))
    assert verify == "verify"
    assert len({verify, second, none, spaces}) == 4
    assert all(tools.VALID_ID.fullmatch(name) for name in (second, none, spaces))


def test_streams_are_joined_stdout_first():
    def stream(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    figure = nbformat.v4.new_output("display_data", {"text/plain": "Figure: a"})
    outputs = [stream("stdout", "a\n"), stream("stderr", "x\n"), stream("stdout", "b\n")]
    outputs += [figure, stream("stderr", "y\n"), stream("stdout", "c\n")]
    (cell,) = normal(executed(outputs=outputs))
    assert [(o.get("name"), "".join(o.get("text", []))) for o in cell["outputs"]] == [
        ("stdout", "a\nb\n"),
        ("stderr", "x\n"),
        (None, ""),
        ("stdout", "c\n"),
        ("stderr", "y\n"),
    ]


def test_a_traceback_names_no_folder_of_the_machine():
    lines = [
        "File /tmp/ipykernel_4711/123456.py:1",
        f"File \x1b[32m{ROOT / 'bo_tutorial' / 'gp.py'}:12\x1b[0m, in fit",
        "File \x1b[32m/opt/python3.11/site-packages/numpy/linalg.py:8\x1b[0m, in solve",
        "File ~/env/lib/site-packages/numpy/linalg.py:8, in solve",
        "ratio = 3 /4/ 2",
    ]
    error = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=lines)
    (cell,) = normal(executed(outputs=[error]))
    assert cell["outputs"][0]["traceback"] == [
        "File lesson.py:1",
        f"File \x1b[32m{Path('bo_tutorial', 'gp.py')}:12\x1b[0m, in fit",
        "File \x1b[32msite-packages/numpy/linalg.py:8\x1b[0m, in solve",
        "File site-packages/numpy/linalg.py:8, in solve",
        "ratio = 3 /4/ 2",
    ]


def test_a_widget_leaves_what_else_its_output_shows():
    """Its view and its state are gone with the kernel, and their ids are random."""
    view = {tools.WIDGET_VIEW: {"model_id": "ff" * 16, "version_major": 2}}
    words = {"text/html": "<p>Run this cell.</p>", "text/plain": "Live figure: drag"}
    own = {"text/html": {"isolated": True}}

    def stored(data, metadata, **more):
        output = nbformat.v4.new_output("display_data", data, metadata=metadata)
        made = notebook(executed(outputs=[output]))
        made.metadata.update(more)
        return tools.normal_form(made)

    state = {"application/vnd.jupyter.widget-state+json": {"state": {"ff" * 16: {}}}}
    shown = stored(view | words, own | {tools.WIDGET_VIEW: {}}, widgets=state)
    assert shown == stored(words, own)
    assert "Run this cell" in shown and "isolated" in shown and "widget" not in shown


def stream_of(text):
    return [nbformat.v4.new_output("stream", name="stdout", text=text)]


@pytest.mark.parametrize(
    "cell, problem",
    [
        (code("1 + 1"), "cell 0 was not executed"),
        (code(" \n"), "cell 0 is a blank code cell"),
        (executed(metadata={"tags": ["nbval-skip"]}), "cell 0 is marked as not to be tested"),
        (executed(metadata={"tags": ["skip-execution"]}), "cell 0 is marked as not to be tested"),
        (executed("a = 1\n# NBVAL_IGNORE_OUTPUT"), "cell 0 is marked as not to be tested"),
        (executed(outputs=stream_of("<f at 0x7f135dbaf2d0>")), "cell 0 shows 'at 0x7f135dbaf2d0'"),
        (executed(outputs=stream_of("in /tmp/abc/x.csv")), "cell 0 shows '/tmp/abc/x.csv'"),
        (
            executed(outputs=[nbformat.v4.new_output("error", ename="KeyError", evalue="1")]),
            "cell 0 raised KeyError without the tag raises-exception",
        ),
        (executed(count=2), "is not in normal form; run `make notebooks`"),
    ],
)
def test_check_names_what_would_not_be_compared(tmp_path, cell, problem):
    path = tmp_path / "lesson.ipynb"
    path.write_text(nbformat.writes(notebook(cell)) + "\n", encoding="utf-8")
    found = tools.problems(path)
    assert len(found) == 1 and found[0].startswith(problem)


def test_check_accepts_a_normal_lesson_and_an_announced_exception(tmp_path):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="v", traceback=["v"])
    tagged = executed(metadata={"tags": ["raises-exception"]}, outputs=[error])
    link = executed(outputs=stream_of("see example.org/home/x, at 0x10"))
    path = tmp_path / "lesson.ipynb"
    path.write_bytes(tools.normal_form(notebook(markdown("text"), tagged, link)).encode())
    assert tools.problems(path) == []


@pytest.mark.parametrize("content", [b"{ half", b"[]", b"{}", b'{"nbformat": 3}'])
def test_what_is_no_notebook_is_named(tmp_path, content):
    path = tmp_path / "lesson.ipynb"
    path.write_bytes(content)
    (problem,) = tools.problems(path)
    assert str(path) in problem and "must" in problem


def test_lessons_are_found_by_number(tmp_path):
    for name in ("07_a.ipynb", "08_b.ipynb", "solutions/08_b.ipynb"):
        path = tmp_path / "notebooks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert len(tools.find(root=tmp_path)) == 3
    assert [path.parent.name for path in tools.find("8", tmp_path)] == ["notebooks", "solutions"]
    with pytest.raises(ValueError, match=r"lesson must be one of those in .* \(07, 08\), got '09'"):
        tools.find("09", tmp_path)


# Real runs, each a process of its own: a kernel's packages answer for their own warnings there.


def run(*arguments, cwd):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONWARNINGS", "MPLBACKEND")
    }
    return subprocess.run(
        [sys.executable, str(TOOL), "run", *map(str, arguments)],
        cwd=cwd,
        env=environment | {"MPLBACKEND": "Agg", "IPYTHONDIR": str(cwd / "ipython")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def test_a_lesson_runs_in_place_and_running_it_again_changes_no_byte(tmp_path):
    path = save(
        tmp_path / "lesson.ipynb",
        markdown("# A figure, a widget and an error"),
        code("import ipywidgets\nimport matplotlib.pyplot as plt\nprint('ready', flush=True)"),
        code("fig, ax = plt.subplots()\n_ = ax.plot([0, 1], label='a line')"),
        code("ipywidgets.IntSlider(description='ℓ')"),
        code("raise ValueError('as it should')", metadata={"tags": ["raises-exception"]}),
        code("from pathlib import Path\nPath.cwd().joinpath('lesson.ipynb').exists()"),
    )
    first = run(path, cwd=tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.rstrip().endswith("rewritten")
    content = path.read_bytes()
    assert tools.problems(path) == []

    cells = nbformat.reads(content.decode(), as_version=4).cells
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3, 4, 5]
    assert cells[1].outputs[0].text == "ready\n"
    (figure,) = cells[2].outputs
    assert base64.b64decode(figure.data["image/png"]).startswith(b"\x89PNG")
    assert list(cells[3].outputs[0].data) == ["text/plain"]  # the slider is gone with its kernel
    assert cells[4].outputs[0].evalue == "as it should"
    assert cells[5].outputs[0].data["text/plain"] == "True"  # it runs in its own folder

    modified = path.stat().st_mtime_ns
    second = run(path, cwd=tmp_path)
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.rstrip().endswith("unchanged")
    assert path.read_bytes() == content and path.stat().st_mtime_ns == modified


def test_a_lesson_that_raises_stays_as_it_was_and_the_others_still_run(tmp_path):
    broken = save(tmp_path / "broken.ipynb", code("print('before')"), code("1 / 0"))
    well = save(tmp_path / "well.ipynb", code("print('well')"))
    content = broken.read_bytes()
    outcome = run(broken, well, cwd=tmp_path)
    assert outcome.returncode == 1
    assert "FAILED, file left as it was" in outcome.stdout
    assert "ZeroDivisionError" in outcome.stdout
    assert broken.read_bytes() == content
    assert nbformat.read(well, as_version=4).cells[0].outputs[0].text == "well\n"
    assert sorted(file.name for file in tmp_path.glob("*.ipynb")) == ["broken.ipynb", "well.ipynb"]
    assert not list(tmp_path.glob(".*.tmp"))


def test_an_unknown_lesson_is_a_usage_error(capsys):
    assert tools.main(["run", "--lesson", "99"]) == 2
    assert "got '99'" in capsys.readouterr().err


def test_check_reports_and_fails(tmp_path, capsys):
    path = save(tmp_path / "lesson.ipynb", code("1 + 1"))
    assert tools.main(["check", str(path)]) == 1
    assert "cell 0 was not executed" in capsys.readouterr().out
    path.write_bytes(tools.normal_form(notebook(executed())).encode())
    assert tools.main(["check", str(path)]) == 0
