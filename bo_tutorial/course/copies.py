"""The learner's own folder: the lessons as a learner meets them, and what is never overwritten.

A lesson is copied once and belongs to the learner from then on. What a later version of the course
may replace is decided by the cells' sources alone: running a lesson changes its outputs, and that
is no work to lose; writing in a cell, adding one or taking one away is. The solutions, the README
and the pages that lessons link to come along, so that every link leads to a copy.
"""

import hashlib
import importlib.metadata
import json
import os
import posixpath
import re
import shlex
import subprocess
import sys
from pathlib import Path

from bo_tutorial._files import write_atomically
from bo_tutorial.course.saving import LIVE

ROOT = Path(__file__).resolve().parent.parent.parent
IS_CLONE = (ROOT / "pyproject.toml").is_file() and (ROOT / "notebooks").is_dir()
# The learner's, ignored by git; without a clone it is where the command is given.
FOLDER = (ROOT if IS_CLONE else Path.cwd()) / "my-lessons"
LESSON_NAME = re.compile(r"\d\d_\w+\.ipynb")
MANIFEST = ".bo_tutorial.json"  # in the learner's folder: what was copied, by file name
PUBLISHED = "published.json"  # beside the lessons: what the course's authors made of each
PREDICTION = "**Predict.**"
QUIZ = "docs/quiz.md"  # its answers are withheld with the solutions
LINK = re.compile(r"\[([^][]*)\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)")  # to a file of the course
NO_ADDRESS = "OWNER"  # stands in the address until there is one


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


# What was published, and what is a change


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


def described(name, content):
    """Return what tells versions of a file apart: {"file": a hash, "sources": a hash or None}.

    Args:
        name: of the file; a notebook's `sources` are its cells', another file's the file itself.
        content: its bytes. Line endings don't count, nor how a notebook's JSON is laid out.
    """
    if not name.endswith(".ipynb"):
        digest = _digest(content.replace(b"\r\n", b"\n"))
        return {"file": digest, "sources": digest}
    try:
        whole = json.dumps(json.loads(content), sort_keys=True).encode()
    except ValueError:
        whole = content
    return {"file": _digest(whole), "sources": fingerprint(content)}


def publish(notebooks):
    """Return the text of `published.json`: every lesson and solution as it stands, by name.

    Args:
        notebooks: the folder of the lessons.
    """
    paths = sorted(Path(notebooks).rglob("[0-9][0-9]_*.ipynb"))
    names = [path.relative_to(notebooks).as_posix() for path in paths]
    names = [name for name in names if ".ipynb_checkpoints" not in name]
    entries = {name: described(name, (Path(notebooks) / name).read_bytes()) for name in names}
    return json.dumps(entries, indent=1, sort_keys=True) + "\n"


def _as_published(path, notebooks, published):
    """What was published under a path, and what somebody wrote there instead, if so.

    Returns:
        Two bytes or None: the published notebook, None if it cannot be had; and the file if
        its cells have other sources.
    """
    name, content = path.relative_to(notebooks).as_posix(), path.read_bytes()
    wanted = published.get(name)
    found = described(name, content)
    if wanted is None or found == wanted:
        return content, None
    if found["sources"] == wanted["sources"]:  # it was only run: in whose environment?
        return _without_outputs(content), None
    kept = _from_git(path)
    return kept if kept is not None and described(name, kept) == wanted else None, content


def _from_git(path):
    """The file as the clone's last commit has it; None if there is none."""
    command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return None if done.returncode else done.stdout


def protect(lessons):
    """Make the originals read-only, as far as the system lets us: what is edited is the copies."""
    for path in [*lessons, *(lessons[0].parent / "solutions").glob("*.ipynb")]:
        try:
            path.chmod(path.stat().st_mode & ~0o222)
        except OSError:
            pass


# A lesson as a learner meets it


def learners_version(content, at, root, solutions=True):
    """Return a published notebook as a learner meets it.

    From the first prediction on it has no outputs, since they would answer what the learner is
    about to predict; a live figure says that its cell has to be run. Links lead to the copies.

    Args:
        content: bytes of a notebook. at: its path (str) in the course, whose folder is `root`.
        solutions: whether the solutions are copied too; if not, the sentences that link to them go.
    """
    notebook = json.loads(content)
    predicted = False
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            predicted = predicted or PREDICTION in source
            if not solutions:
                sentences = re.split(r"(?<=\.) ", source)
                source = " ".join(each for each in sentences if "](solutions/" not in each)
            cell["source"] = linked(source, at, root, solutions).splitlines(keepends=True)
        elif cell["cell_type"] == "code" and predicted:
            cell["outputs"] = [each for each in cell["outputs"] if _is_live(each)]
            cell["execution_count"] = None
    return _written(notebook)


def linked(text, at, root, solutions=True):
    """Return Markdown whose links to files of the course lead to the copies of these.

    What is not copied is read where the course is published; while that is not known, what was a
    link there is words alone.

    Args:
        text: Markdown. at: path (str) of the file that it stands in, in the course, whose folder
            is `root`. solutions: whether these, and the answers of the quiz, are copied too.
    """
    here = posixpath.dirname(at)

    def moved(match):
        words, target, fragment = match.groups(default="")
        target = posixpath.normpath(posixpath.join(here, target))
        if not _is_copied(target) or (target == QUIZ and not solutions):
            address = repository()
            return f"[{words}]({address}/blob/main/{target}{fragment})" if address else words
        fragment = _place_in_jupyterlab(Path(root) / target, fragment)
        start = posixpath.dirname(_copied_as(at)) or "."
        return f"[{words}]({posixpath.relpath(_copied_as(target), start)}{fragment})"

    return LINK.sub(moved, text)


def repository():
    """Return the address of the course's repository; None while it is not known.

    The one setting is `project.urls` in pyproject.toml; `python -m tools address` changes it.
    """
    try:
        urls = importlib.metadata.metadata("bo_tutorial").get_all("Project-URL") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    named = dict(each.split(", ", 1) for each in urls)
    address = named.get("Repository", NO_ADDRESS)
    return None if NO_ADDRESS in address else address.rstrip("/")


def _place_in_jupyterlab(path, fragment):
    """What JupyterLab calls the heading that code hosts call `fragment`: #Your-own-problem."""
    text = path.read_text(encoding="utf-8") if fragment and path.is_file() else ""
    if path.suffix == ".ipynb" and text:
        cells = [cell for cell in _cells(text) if cell["cell_type"] == "markdown"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE):
        slug = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        if slug == fragment[1:]:
            return "#" + heading.replace(" ", "-")
    return fragment


def _is_copied(path):
    return path == "README.md" or path.startswith(("docs/", "notebooks/"))


def _copied_as(path):
    """Where in the learner's folder a file of the course has its copy."""
    return path.removeprefix("notebooks/")


def _without_outputs(content):
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return _written(notebook)


def _is_live(output):
    return "".join(output.get("data", {}).get("text/plain", "")).startswith(LIVE)


def _written(notebook):
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return f"{text}\n".encode()


def _cells(notebook):
    return json.loads(notebook)["cells"]


def _digest(content):
    return hashlib.sha256(content).hexdigest()


# The learner's folder


def copy_lessons(lessons, folder, solutions=None):
    """Bring the learner's folder up to date and never overwrite what the learner wrote.

    Args:
        lessons: paths from `find_lessons`.
        folder: the learner's folder, made if it is missing.
        solutions: whether the solutions are copied as well; None: as last time, at first yes.

    Returns:
        One line (str) for each thing the learner should know.

    Raises:
        ValueError: the folder is the course's own.
        OSError: the folder cannot be written to.
    """
    folder = _check_folder(folder, lessons)
    manifest = _read_manifest(folder)
    if solutions is not None:
        manifest["solutions"] = solutions
    messages = []
    for at, content in _course_files(lessons, folder, manifest, messages):
        if content is not None:
            message = _bring_up_to_date(_copied_as(at), content, folder, manifest["files"])
            messages += [message] if message else []
    _write_manifest(folder, manifest)
    return messages


def _bring_up_to_date(name, content, folder, copied):
    """Write one file unless the learner has changed it; return what is to be said, or None."""
    copy, entry = folder / name, described(name, content)
    is_lesson = LESSON_NAME.fullmatch(name)
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True, parents=True)
        write_atomically(copy, content)
        copied[name] = entry
        return f"Copied {name}" if is_lesson else None
    before = copied.get(name)
    mine = described(name, copy.read_bytes())["sources"]
    if mine is not None and mine == entry["sources"]:
        # The same text; a new run of the course's file still replaces an old copy.
        if before is not None and before["file"] != entry["file"]:
            write_atomically(copy, content)
        copied[name] = entry
    elif mine is not None and before is not None and mine == before["sources"]:
        write_atomically(copy, content)
        copied[name] = entry
        return f"Updated {name} (you had not changed it)" if is_lesson else None
    elif before is None or before["sources"] != entry["sources"]:
        what = "the course's version differs" if before is None else "a newer version exists"
        how = _reset_hint(name, folder) if is_lesson else "give yours another name, and start again"
        return f"Kept your {name}; {what}: {'get it with ' if is_lesson else 'to get it, '}{how}"
    return None


def reset_lesson(lesson, folder):
    """Put the course's version of one lesson back, moving the learner's work aside.

    Args:
        lesson: path from `find_lesson`.
        folder: the learner's folder, made if it is missing.

    Returns:
        One line (str) for each thing done.

    Raises:
        ValueError: the folder is the course's own, or the original was changed and is not to be
            had as it was published.
        OSError: the folder cannot be written to.
    """
    folder = _check_folder(folder, [lesson])
    manifest = _read_manifest(folder)
    messages = []
    content = _published_copy(lesson, folder, manifest, messages)
    if content is None:
        _write_manifest(folder, manifest)  # what was written in the original is kept once
        raise ValueError(messages[-1])
    copy, entry = folder / lesson.name, described(lesson.name, content)
    if copy.exists():
        mine = fingerprint(copy.read_bytes())
        known = {entry["sources"], manifest["files"].get(lesson.name, entry)["sources"]}
        if mine is None or mine not in known:
            aside = _move_aside(copy)
            messages.append(f"Moved your {lesson.name} to {aside.name}")
    write_atomically(copy, content)
    manifest["files"][lesson.name] = entry
    _write_manifest(folder, manifest)
    messages.append(f"Put {lesson.name} back as the course has it")
    return messages


def last_written(lessons, folder):
    """Return the name of the lesson that the learner saved last; the first one before that."""
    copied = _read_manifest(folder)["files"]
    written = [
        (path.stat().st_mtime, path.name)
        for path in (Path(folder) / lesson.name for lesson in lessons)
        if path.is_file() and described(path.name, path.read_bytes()) != copied.get(path.name)
    ]
    return max(written)[1] if written else lessons[0].name


def _course_files(lessons, folder, manifest, messages):
    """Yield what is copied: paths (str) in the course, and bytes or None if not to be had."""
    notebooks = lessons[0].parent
    for lesson in lessons:
        yield f"notebooks/{lesson.name}", _published_copy(lesson, folder, manifest, messages)
    if manifest["solutions"]:
        for path in sorted((notebooks / "solutions").glob("*.ipynb")):
            at = f"notebooks/solutions/{path.name}"
            yield at, _published_copy(path, folder, manifest, messages)
    root = notebooks.parent
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.*"))]:
        at, solutions = path.relative_to(root).as_posix(), manifest["solutions"]
        if path.suffix in (".md", ".png") and path.is_file() and (solutions or at != QUIZ):
            content = path.read_bytes()
            if path.suffix == ".md":
                content = linked(content.decode(), at, root, solutions).encode()
            yield at, content


def _published_copy(path, folder, manifest, messages):
    """The learner's version of a notebook, from what was published, whatever became of the file.

    If somebody has written in the original, a copy of that goes to the learner's folder, once.
    """
    notebooks = path.parent.parent if path.parent.name == "solutions" else path.parent
    published = _read_json(notebooks / PUBLISHED)
    content, written = _as_published(path, notebooks, published)
    at = f"notebooks/{path.relative_to(notebooks).as_posix()}"
    if written is not None:
        digest = _digest(written)
        if digest not in manifest["found"]:
            aside = _reserved_beside(folder / path.name)
            write_atomically(aside, written)
            manifest["found"].append(digest)
            said = f"The original {at} was changed here: as it stands it was copied to "
            said += f"{aside.name}, in your folder"
            if content is not None:
                said += f"; your lesson is {path.name}, as it was published"
            messages.append(said)
        if content is None:
            messages.append(
                f"Did not copy {at}: it is not as it was published, and its last commit is not to "
                f"be had. `git checkout -- {at}` puts it back"
            )
    if content is None:
        return None
    try:
        return learners_version(content, at, notebooks.parent, manifest["solutions"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{at} must be a notebook, got a file that is none ({error!r})") from error


def _check_folder(folder, lessons):
    folder, notebooks = Path(folder), lessons[0].parent.resolve()
    if notebooks in [folder.resolve(), *folder.resolve().parents]:
        raise ValueError(
            f"folder must be a folder of your own, outside the course's {notebooks}; got {folder}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read_manifest(folder):
    """Return what was copied; a manifest that can't be read counts as none, which is safe.

    Its parts: "files", by name as `described`; "found", hashes of originals that somebody wrote in;
    "solutions", whether they are copied.
    """
    empty = {"files": {}, "found": [], "solutions": True}
    try:
        manifest = json.loads((Path(folder) / MANIFEST).read_bytes())
        manifest = manifest if "files" in manifest else {"files": manifest}  # before the solutions
        files = {
            name: {"file": entry["file"], "sources": entry["sources"]}
            for name, entry in manifest["files"].items()
        }
        return empty | manifest | {"files": files}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return empty


def _read_json(path):
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}


def _write_manifest(folder, manifest):
    content = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    write_atomically(folder / MANIFEST, content.encode())


def _move_aside(copy):
    aside = _reserved_beside(copy)
    os.replace(copy, aside)
    return aside


def _reserved_beside(copy):
    """A name for a learner's version of a file; whatever stands there stays."""
    number = 1
    while True:
        aside = copy.with_name(f"{copy.stem}.mine-{number}.ipynb")
        try:
            aside.touch(exist_ok=False)
            return aside
        except FileExistsError:
            number += 1


def _reset_hint(name, folder):
    """Return the command that resets a lesson, to be pasted as it stands."""
    command = [short_path(sys.executable), "-m", "bo_tutorial", "lab", "--reset", name[:2]]
    if folder.resolve() != FOLDER.resolve():
        command += ["--folder", short_path(folder)]
    return shlex.join(command) if os.name == "posix" else subprocess.list2cmdline(command)


def short_path(path):
    """Return a path (str) as seen from the working directory, where that is shorter."""
    path = str(path)
    try:
        return min(os.path.relpath(path), path, key=len)
    except ValueError:  # another drive on Windows
        return path
