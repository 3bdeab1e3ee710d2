"""Run the lessons in place and hold them to one normal form.

    python tools/notebooks.py run                  every notebook, two at a time
    python tools/notebooks.py run --lesson 08      one lesson and its solutions
    python tools/notebooks.py run FILE...          these files
    python tools/notebooks.py check                is each file executed and in normal form?
    python tools/notebooks.py publish              note what the lessons are, for `lab`

The normal form depends on the cells and their outputs alone, not on who ran them, when, or with
which tool they were written: an unchanged lesson, run again, is the same file byte for byte.
"""

import argparse
import asyncio
import copy
import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from bo_tutorial._files import write_atomically
from bo_tutorial.course.copies import PUBLISHED, publish, short_path
from bo_tutorial.course.saving import WIDGET_VIEW

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
CELL_TIMEOUT = 120  # seconds, the limit that `make test` sets too

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {  # what ipykernel reports, without the version
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
CELL_TRACES = ("execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "vscode")

VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MACHINE_ID = re.compile(r"[0-9a-f]{8}(-\d+|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?")
CELL_FILE = re.compile(r"\S*?[/\\]ipykernel_\d+[/\\]\d+\.py")
FOLDERS = re.compile(r"(^|\s|\x1b\[[\d;]*m)(?:~|[A-Z]:)?[/\\][^\s\x1b]*[/\\](?=site-packages[/\\])")
MACHINE_PATH = re.compile(r"(?<![\w.])(?:/tmp/|/var/folders/|/home/|/Users/|[A-Z]:\\)\S*")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
NOT_TESTED = re.compile(r"^\s*#\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)", re.MULTILINE)
NOT_TESTED_TAG = re.compile(r"nbval-.*|skip-execution")


def read(path):
    """Read a notebook of format 4; whether it is valid is checked when it is in normal form.

    Raises:
        ValueError: the file is not JSON, or a notebook of another format.
    """
    try:
        content = json.loads(Path(path).read_bytes())
        version = content["nbformat"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} must be a notebook: {error!r}") from error
    if version != 4:
        raise ValueError(
            f"{path} must have notebook format 4, got {version}; save it in JupyterLab"
        )
    return nbformat.from_dict(content)


def normal_form(notebook):
    """Return the text of a notebook in normal form.

    Execution counts run from 1 to the number of code cells; ids are the author's own names or
    follow from the cell's content; a widget, which ends with its kernel, leaves what else its
    output has to show; streams are joined; no trace is left of a version, a time or a temporary
    file.

    Args:
        notebook: nbformat's NotebookNode; it stays as it is.

    Returns:
        JSON text (str) with a newline at its end.

    Raises:
        nbformat.ValidationError: the result would not be a valid notebook.
    """
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata.kernelspec = dict(KERNELSPEC)
    notebook.metadata.language_info = copy.deepcopy(LANGUAGE_INFO)
    notebook.metadata.pop("jupytext", None)
    notebook.metadata.pop("widgets", None)
    _name_cells(notebook.cells)
    count = 0
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
        for trace in CELL_TRACES:
            cell.metadata.pop(trace, None)
        if cell.cell_type == "code":
            cell.outputs = _join_streams(cell.outputs)
            cell.execution_count = None
            if cell.source.strip():
                cell.execution_count = count = count + 1
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET_VIEW, None)
                output.get("metadata", {}).pop(WIDGET_VIEW, None)
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count
                elif output.output_type == "error":
                    output.traceback = [_strip_paths(line) for line in output.traceback]
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def problems(path):
    """List (str) what keeps a notebook from being compared, whole, by `make test`.

    Args:
        path: notebook file, as it stands on disk.
    """
    try:
        notebook = read(path)
    except ValueError as error:
        return [str(error)]
    found = []
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code":
            continue
        where = f"cell {number}"
        # A cell without a count is skipped by nbval, and a blank one never gets a count.
        if not "".join(cell.source).strip():
            found.append(f"{where} is a blank code cell; write a comment in it or remove it")
        elif cell.execution_count is None:
            found.append(f"{where} was not executed")
        if any(NOT_TESTED_TAG.fullmatch(tag) for tag in tags) or NOT_TESTED.search(
            "".join(cell.source)
        ):
            found.append(f"{where} is marked as not to be tested")
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags:
                found.append(f"{where} raised {output.ename} without the tag raises-exception")
            for text in _compared_text(output):
                found += [
                    f"{where} shows {match.group()!r}, another one on each run or machine"
                    for match in (ADDRESS.search(text), MACHINE_PATH.search(text))
                    if match
                ]
    if not found and Path(path).read_bytes() != normal_form(notebook).encode():
        found.append("is not in normal form; run `make notebooks`")
    return found


async def run(path, at_once=None, timeout=CELL_TIMEOUT):
    """Execute one notebook and write it back in normal form, if that changes a byte.

    Args:
        path: notebook file. If a cell raises, it stays as it is.
        at_once: asyncio.Semaphore shared by the notebooks that run together, or None.
        timeout: limit for one cell, seconds.

    Returns:
        Whether the file changed.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell raised and is not tagged raises-exception.
    """
    notebook = read(path)
    _name_cells(notebook.cells)
    notebook.nbformat_minor = 5
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=KERNELSPEC["name"],
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it warns that it listens on localhost
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
    )
    async with at_once or asyncio.Semaphore():
        await client.async_execute()
    text = normal_form(notebook).encode()
    if text == Path(path).read_bytes():
        return False
    write_atomically(path, text)
    return True


def find(lesson=None, root=ROOT):
    """List the notebooks of the course, or those of one lesson.

    Args:
        lesson: number of a lesson ("8" or "08"), or None for all.
        root: folder that holds ``notebooks/``.

    Raises:
        ValueError: no notebook has that number.
    """
    folder = Path(short_path(root)) / "notebooks"
    paths = sorted([*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")])
    if lesson is None:
        return paths
    chosen = [path for path in paths if path.name[:2] == lesson.zfill(2)]
    if not chosen:
        known = ", ".join(sorted({path.name[:2] for path in paths})) or "none yet"
        raise ValueError(f"lesson must be one of those in {folder} ({known}), got {lesson!r}")
    return chosen


def main(argv=None):
    """Run one command and return its exit status: 0 well, 1 a notebook failed, 2 bad arguments."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("command", choices=["run", "check", "publish"])
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE", help="default: every lesson")
    parser.add_argument("--lesson", metavar="NN", help="one lesson and its solutions")
    arguments = parser.parse_args(argv)
    try:
        paths = arguments.paths or find(arguments.lesson)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if not paths:
        print("There are no notebooks yet.")
        return 0
    # An inherited backend would draw the figures elsewhere than in the notebook.
    os.environ.pop("MPLBACKEND", None)
    failed = False
    if arguments.command == "check":
        failed = _check_all(paths)
    elif arguments.command == "run":
        failed = asyncio.run(_run_all(paths))
    if arguments.command != "check" and not failed and not arguments.paths:
        # `lab` copies what was published, not what somebody wrote in the originals since.
        text = publish(ROOT / "notebooks")
        write_atomically(ROOT / "notebooks" / PUBLISHED, text.encode())
    return int(failed)


async def _run_all(paths):
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(path):
        start = time.perf_counter()
        try:
            outcome = "rewritten" if await run(path, at_once) else "unchanged"
            failed = False
        except Exception as error:  # one broken lesson does not keep the others from running
            outcome, failed = f"FAILED, file left as it was\n{error}", True
        print(f"{path}: {time.perf_counter() - start:.0f} s, {outcome}", flush=True)
        return failed

    return any(await asyncio.gather(*map(one, paths)))


def _check_all(paths):
    failed = False
    for path in paths:
        for problem in problems(path):
            print(f"{path}: {problem}")
            failed = True
    return failed


def _name_cells(cells):
    """Keep an id that its author chose; derive the others from the content of the cell.

    Ids that follow from the content need no memory: whichever tool rewrites a notebook, a cell
    keeps its id wherever it moves, and a diff shows the cells that changed and no others.
    """
    taken = set()
    for cell in cells:
        name = cell.get("id", "")
        if not VALID_ID.fullmatch(name) or MACHINE_ID.fullmatch(name) or name in taken:
            content = f"{cell.cell_type}\n{''.join(cell.source)}"
            stem = hashlib.sha256(content.encode()).hexdigest()[:8]
            name, copies = stem, 1
            while name in taken:
                copies += 1
                name = f"{stem}-{copies}"
        taken.add(name)
        cell.id = name


def _join_streams(outputs):
    """Join neighboring streams, stdout first: how they were cut and mixed is a matter of timing."""
    joined, streams = [], {}
    for output in outputs:
        if output.output_type == "stream" and output.name in streams:
            streams[output.name].text += "".join(output.text)
            continue
        if output.output_type != "stream":
            streams = {}
            joined.append(output)
            continue
        output.text = "".join(output.text)
        streams[output.name] = output
        if output.name == "stdout" and "stderr" in streams:
            joined.insert(len(joined) - 1, output)
        else:
            joined.append(output)
    return joined


def _strip_paths(line):
    """Return a line of a traceback without the folders of the machine that it was made on."""
    line = CELL_FILE.sub("lesson.py", line).replace(f"{ROOT}{os.sep}", "")
    home = os.path.expanduser("~")
    if str(ROOT).startswith(home):  # IPython abbreviates it
        line = line.replace(f"~{str(ROOT)[len(home) :]}{os.sep}", "")
    return FOLDERS.sub(r"\1", line)


def _compared_text(output):
    """Yield the texts of an output that `make test` compares."""
    if output.output_type == "stream":
        yield "".join(output.text)
    for kind in ("text/plain", "text/html", "text/markdown"):
        if kind in output.get("data", {}):
            yield "".join(output.data[kind])
    if output.output_type == "error":
        yield output.evalue


if __name__ == "__main__":
    sys.exit(main())
