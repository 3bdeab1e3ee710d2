"""Copy the lessons into the learner's own folder and open JupyterLab there.

A lesson is copied once and belongs to the learner from then on. What a later version of the course
may replace is decided by the cells' sources alone: running a lesson changes its outputs, and that
is no work to lose; writing in a cell, adding one or taking one away is.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from bo_tutorial._files import write_atomically

ROOT = Path(__file__).resolve().parent.parent.parent
IS_CLONE = (ROOT / "pyproject.toml").is_file() and (ROOT / "notebooks").is_dir()
# The learner's, ignored by git; without a clone it is where the command is given.
FOLDER = (ROOT if IS_CLONE else Path.cwd()) / "my-lessons"
LESSON_NAME = re.compile(r"\d\d_\w+\.ipynb")
# Kernels inherit these. The course's matrices are small: more threads only wait for each other.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
MANIFEST = ".bo_tutorial.json"  # in the learner's folder: what was copied, by file name


def find_lessons(root=None):
    """List the course's lessons in order.

    Args:
        root: folder that holds ``notebooks/``, the clone of the course. Default: the clone that
            this package stands in, or what was installed with it.

    Returns:
        Paths of ``notebooks/NN_*.ipynb`` sorted by name; the solutions are not among them.

    Raises:
        FileNotFoundError: no lesson is there.
    """
    notebooks = Path(ROOT if root is None else root) / "notebooks"
    if root is None and not IS_CLONE:
        notebooks = _installed_notebooks() or notebooks
    if not notebooks.is_dir():
        raise FileNotFoundError(
            f"there are no lessons in {notebooks}: they come with a clone of the course or with "
            "its wheel; in the clone's folder run `make lab`, or "
            "`pip install -e '.[course]'` and then `python -m bo_tutorial lab`"
        )
    lessons = sorted(path for path in notebooks.iterdir() if LESSON_NAME.fullmatch(path.name))
    if not lessons:
        raise FileNotFoundError(f"no lesson named like 01_a_title.ipynb is in {notebooks}")
    return lessons


def _installed_notebooks():
    """The folder that the wheel brought the lessons to; None if it did not."""
    try:
        files = importlib.metadata.files("bo_tutorial") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    lessons = [file for file in files if LESSON_NAME.fullmatch(file.name)]
    folders = {Path(file.locate()).resolve().parent for file in lessons}
    # `pip install --target` moves the files after it has noted where they are.
    folders = [*sorted(folders), ROOT / "share" / "bo_tutorial" / "notebooks"]
    return next((each for each in folders if each.name == "notebooks" and each.is_dir()), None)


def find_lesson(number, lessons):
    """Return the lesson of that number.

    Args:
        number: str, with or without its leading zero ("7" or "07").
        lessons: paths from `find_lessons`.

    Raises:
        ValueError: no lesson has that number.
    """
    for lesson in lessons:
        if lesson.name[:2] == number.zfill(2):
            return lesson
    known = ", ".join(lesson.stem for lesson in lessons)
    raise ValueError(f"lesson must be the number of one of {known}; got {number!r}")


def fingerprint(notebook):
    """Return a hash of what is written in a notebook's cells, whatever their outputs.

    Cells left blank don't count: JupyterLab adds one below when the last cell is run.

    Args:
        notebook: the file's bytes.

    Returns:
        A hexadecimal str, or None if the bytes are not a notebook.
    """
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in _cells(notebook)]
    except (ValueError, KeyError, TypeError):
        return None
    return _digest(json.dumps([cell for cell in cells if cell[1].strip()]).encode())


def copy_lessons(lessons, folder):
    """Bring the learner's folder up to date and never overwrite what the learner wrote.

    Args:
        lessons: paths from `find_lessons`.
        folder: the learner's folder, made if it is missing.

    Returns:
        One line (str) for each thing the learner should know.

    Raises:
        ValueError: the folder is the course's own.
    """
    folder = _check_folder(folder, lessons)
    manifest = _read_manifest(folder)
    messages = []
    for lesson in lessons:
        course, copy, copied = lesson.read_bytes(), folder / lesson.name, manifest.get(lesson.name)
        entry = _entry(course)
        if not copy.exists():
            write_atomically(copy, course)
            manifest[lesson.name] = entry
            messages.append(f"Copied {lesson.name}")
            continue
        mine = fingerprint(copy.read_bytes())
        if mine is not None and mine == entry["sources"]:
            # The same text; a new run of the course's file still replaces an old copy.
            if copied is not None and copied["file"] != entry["file"]:
                write_atomically(copy, course)
            manifest[lesson.name] = entry
        elif mine is not None and copied is not None and mine == copied["sources"]:
            write_atomically(copy, course)
            manifest[lesson.name] = entry
            messages.append(f"Updated {lesson.name} (you had not changed it)")
        elif copied is None or copied["sources"] != entry["sources"]:
            what = "the course's version differs" if copied is None else "a newer version exists"
            hint = _reset_hint(lesson, folder)
            messages.append(f"Kept your {lesson.name}; {what}: get it with {hint}")
    _write_manifest(folder, manifest)
    return messages


def reset_lesson(lesson, folder):
    """Put the course's version of one lesson back, moving the learner's work aside.

    Args:
        lesson: path from `find_lesson`.
        folder: the learner's folder, made if it is missing.

    Returns:
        One line (str) for each thing done.

    Raises:
        ValueError: the folder is the course's own.
    """
    folder = _check_folder(folder, [lesson])
    manifest = _read_manifest(folder)
    course, copy = lesson.read_bytes(), folder / lesson.name
    entry = _entry(course)
    messages = []
    if copy.exists():
        mine = fingerprint(copy.read_bytes())
        known = {entry["sources"], manifest.get(lesson.name, entry)["sources"]}
        if mine is None or mine not in known:
            aside = _move_aside(copy)
            messages.append(f"Moved your {lesson.name} to {aside.name}")
    write_atomically(copy, course)
    manifest[lesson.name] = entry
    _write_manifest(folder, manifest)
    messages.append(f"Put {lesson.name} back as the course has it")
    return messages


def lab_arguments(folder, lesson, browser=True, port=None):
    """List the arguments that make JupyterLab open one lesson.

    Questions about news and updates are off for this server alone (`lab_settings/overrides.json`);
    the user's settings stay as they are.

    Args:
        folder: the learner's folder, in which JupyterLab opens.
        lesson: name of the notebook to open, in that folder.
        browser: whether JupyterLab opens a browser.
        port: TCP port, or None for JupyterLab's own choice.
    """
    # Served from the clone where the folder lies in it: a lesson links to the README and to docs/.
    folder = Path(folder).resolve()
    served = ROOT if IS_CLONE and folder.is_relative_to(ROOT) else folder
    opened = (folder / lesson).relative_to(served).as_posix()
    arguments = [
        f"--ServerApp.root_dir={served}",
        f"--LabApp.default_url=/lab/tree/{opened}",
        f"--LabApp.app_settings_dir={Path(__file__).parent / 'lab_settings'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    if not browser:
        arguments.append("--no-browser")
    if port is not None:
        arguments.append(f"--port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # in a container the only user often is root
    return arguments


def short_path(path):
    """Return a path (str) as seen from the working directory, where that is shorter."""
    path = str(path)
    try:
        return min(os.path.relpath(path), path, key=len)
    except ValueError:  # another drive on Windows
        return path


def add_command(commands):
    """Add ``lab`` to an argparse sub-command group."""
    parser = commands.add_parser(
        "lab",
        help="copy the lessons into your own folder and open JupyterLab there",
        description="Copy the lessons into a folder of your own and open JupyterLab there. What "
        "you write in a lesson is never overwritten.",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="where your copies live (default: my-lessons in the course's folder)",
    )
    parser.add_argument(
        "--reset",
        metavar="NN",
        help="put lesson NN back as the course has it; your version is moved aside",
    )
    parser.add_argument("--copy-only", action="store_true", help="copy, but open nothing")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead")
    parser.add_argument("--port", type=_port, help="TCP port of JupyterLab")
    parser.set_defaults(run=_run)


def _run(arguments):
    try:
        lessons = find_lessons()
        first = lessons[0]
        messages = []
        if arguments.reset is not None:
            first = find_lesson(arguments.reset, lessons)
            messages += reset_lesson(first, arguments.folder)
        messages += copy_lessons(lessons, arguments.folder)
    except (ValueError, OSError) as error:
        print(f"bo_tutorial lab: {error}", file=sys.stderr)
        return 1
    print(*messages, f"Your lessons are in {short_path(arguments.folder)}", sep="\n", flush=True)
    if arguments.copy_only:
        return 0
    try:
        from jupyterlab.labapp import LabApp  # part of the extra "course", not of the package
    except ImportError:
        print(
            "bo_tutorial lab: JupyterLab is not installed; "
            "run `pip install -e '.[course]'` in the course's folder",
            file=sys.stderr,
        )
        return 1
    for name in THREADS:
        os.environ.setdefault(name, "1")
    LabApp.launch_instance(
        lab_arguments(arguments.folder, first.name, not arguments.no_browser, arguments.port)
    )
    return 0


def _cells(notebook):
    return json.loads(notebook)["cells"]


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def _entry(course):
    return {"file": _digest(course), "sources": fingerprint(course)}


def _check_folder(folder, lessons):
    folder, notebooks = Path(folder), lessons[0].parent.resolve()
    if notebooks in [folder.resolve(), *folder.resolve().parents]:
        raise ValueError(
            f"folder must be a folder of your own, outside the course's {notebooks}; got {folder}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read_manifest(folder):
    """Return what was copied; a manifest that can't be read counts as none, which is safe."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return {
            name: {"file": entry["file"], "sources": entry["sources"]}
            for name, entry in manifest.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_manifest(folder, manifest):
    content = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    write_atomically(folder / MANIFEST, content.encode())


def _move_aside(copy):
    number = 1
    while True:
        aside = copy.with_name(f"{copy.stem}.mine-{number}.ipynb")
        try:
            aside.touch(exist_ok=False)  # reserve the name: whatever stands there stays
        except FileExistsError:
            number += 1
            continue
        os.replace(copy, aside)
        return aside


def _reset_hint(lesson, folder):
    """Return the command that resets a lesson, to be pasted as it stands."""
    command = [short_path(sys.executable), "-m", "bo_tutorial", "lab", "--reset", lesson.name[:2]]
    if folder.resolve() != FOLDER.resolve():
        command += ["--folder", short_path(folder)]
    return shlex.join(command) if os.name == "posix" else subprocess.list2cmdline(command)


def _port(text):
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"port must be an integer from 1 to 65535, got {text!r}")
    return port
