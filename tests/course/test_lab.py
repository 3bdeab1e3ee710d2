"""`python -m bo_tutorial lab`: the learner's work is never lost, and an update is never missed."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from bo_tutorial.__main__ import main
from bo_tutorial.course import lab

NAME = "07_close_the_loop.ipynb"


def notebook(*sources, outputs=(), kind="code"):
    """Return the bytes of a notebook with one cell for each source."""
    cells = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": {}}
        | ({"outputs": list(outputs), "execution_count": 1} if kind == "code" else {})
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": [text]}


@pytest.fixture
def course(tmp_path):
    """A course with two lessons, a solution and a note, as a clone would hold it."""
    notebooks = tmp_path / "course" / "notebooks"
    (notebooks / "solutions").mkdir(parents=True)
    (notebooks / "08_reproduce.ipynb").write_bytes(notebook("eight = 8"))
    (notebooks / NAME).write_bytes(notebook("seven = 7", "print(seven)"))
    (notebooks / "solutions" / NAME).write_bytes(notebook("solved"))
    (notebooks / "notes.md").write_text("notes", encoding="utf-8")
    return notebooks


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "my lessons"


def copy(course, folder):
    return lab.copy_lessons(lab.find_lessons(course.parent), folder)


def reset(course, folder, number="07"):
    lessons = lab.find_lessons(course.parent)
    return lab.reset_lesson(lab.find_lesson(number, lessons), folder)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != lab.MANIFEST)


def test_lessons_are_in_order_without_solutions_and_notes(course):
    assert [path.name for path in lab.find_lessons(course.parent)] == [NAME, "08_reproduce.ipynb"]


def test_first_copy_is_the_course_byte_for_byte(course, folder):
    assert copy(course, folder) == [f"Copied {NAME}", "Copied 08_reproduce.ipynb"]
    assert names(folder) == [NAME, "08_reproduce.ipynb"]
    assert (folder / NAME).read_bytes() == (course / NAME).read_bytes()


def test_second_copy_changes_nothing_and_says_nothing(course, folder):
    copy(course, folder)
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.ipynb")}
    assert copy(course, folder) == []
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.ipynb")} == before


def test_a_lesson_that_was_only_run_is_kept_as_it_ran(course, folder):
    copy(course, folder)
    ran = notebook("seven = 7", "print(seven)", outputs=[stream("7, in my run")])
    (folder / NAME).write_bytes(ran)
    assert copy(course, folder) == []
    assert (folder / NAME).read_bytes() == ran


def test_an_update_replaces_a_lesson_that_was_only_run(course, folder):
    copy(course, folder)
    (folder / NAME).write_bytes(
        notebook("seven = 7", "print(seven)", "", outputs=[stream("7, in my run")])
    )
    newer = notebook("seven = 7", "print(seven + 0)")
    (course / NAME).write_bytes(newer)
    assert copy(course, folder) == [f"Updated {NAME} (you had not changed it)"]
    assert (folder / NAME).read_bytes() == newer


def test_an_update_of_outputs_alone_reaches_a_lesson_that_was_not_changed(course, folder):
    copy(course, folder)
    newer = notebook("seven = 7", "print(seven)", outputs=[stream("7")])
    (course / NAME).write_bytes(newer)
    assert copy(course, folder) == []
    assert (folder / NAME).read_bytes() == newer


@pytest.mark.parametrize(
    "mine",
    [
        notebook("seven = 7.5", "print(seven)"),
        notebook("seven = 7", "print(seven)", "my_own = 1"),
        notebook("print(seven)"),
        notebook("print(seven)", "seven = 7"),
        notebook("seven = 7", "print(seven)", kind="markdown"),
        b"{ half a file",
        b"\xff\xfe",
        b"[]",
        b'{"cells": [1]}',
    ],
    ids=[
        "edited",
        "added",
        "removed",
        "moved",
        "retyped",
        "cut off",
        "not text",
        "a list",
        "no cells",
    ],
)
def test_changed_lesson_is_kept_and_a_newer_version_announced_in_one_line(course, folder, mine):
    copy(course, folder)
    (folder / NAME).write_bytes(mine)
    assert copy(course, folder) == []  # nothing new in the course: nothing to say

    (course / NAME).write_bytes(notebook("seven = 6 + 1"))
    for _ in range(2):  # said each time, until the learner takes it
        (message,) = copy(course, folder)
        assert "\n" not in message
        assert message.startswith(f"Kept your {NAME}; a newer version exists: get it with ")
        assert "-m bo_tutorial lab --reset 07" in message
        assert lab.short_path(folder) in message
        assert (folder / NAME).read_bytes() == mine


def test_a_lesson_edited_into_the_newer_version_is_no_change(course, folder):
    copy(course, folder)
    newer = notebook("seven = 6 + 1")
    (course / NAME).write_bytes(newer)
    (folder / NAME).write_bytes(notebook("seven = 6 + 1", outputs=[stream("mine")]))
    assert copy(course, folder) == []
    (course / NAME).write_bytes(notebook("seven = 5 + 2"))
    assert copy(course, folder) == [f"Updated {NAME} (you had not changed it)"]


def test_a_newer_course_whose_outputs_alone_differ_is_not_announced(course, folder):
    copy(course, folder)
    (folder / NAME).write_bytes(notebook("mine"))
    (course / NAME).write_bytes(notebook("seven = 7", "print(seven)", outputs=[stream("7")]))
    assert copy(course, folder) == []


@pytest.mark.parametrize("manifest", [None, b"", b"[]", b'{"07_close_the_loop.ipynb": 1}'])
def test_without_a_manifest_nothing_that_differs_is_replaced(course, folder, manifest):
    copy(course, folder)
    mine = notebook("seven = 7.5")
    (folder / NAME).write_bytes(mine)
    (folder / lab.MANIFEST).unlink()
    if manifest is not None:
        (folder / lab.MANIFEST).write_bytes(manifest)
    (message,) = copy(course, folder)
    assert message.startswith(f"Kept your {NAME}; the course's version differs")
    assert (folder / NAME).read_bytes() == mine


def test_a_lesson_the_learner_removed_is_copied_again(course, folder):
    copy(course, folder)
    (folder / NAME).unlink()
    assert copy(course, folder) == [f"Copied {NAME}"]


def test_files_of_the_learner_stay(course, folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "99_my_own.ipynb").write_bytes(notebook("mine"))
    copy(course, folder)
    (course / NAME).write_bytes(notebook("newer"))
    copy(course, folder)
    reset(course, folder)
    assert names(folder) == [NAME, "08_reproduce.ipynb", "99_my_own.ipynb", "notes.txt"]
    assert (folder / "99_my_own.ipynb").read_bytes() == notebook("mine")


def test_reset_moves_each_version_of_the_learner_aside(course, folder):
    copy(course, folder)
    for number in (1, 2, 3):
        (folder / NAME).write_bytes(notebook(f"try = {number}"))
        assert reset(course, folder, "7") == [
            f"Moved your {NAME} to 07_close_the_loop.mine-{number}.ipynb",
            f"Put {NAME} back as the course has it",
        ]
        assert (folder / NAME).read_bytes() == (course / NAME).read_bytes()
    for number in (1, 2, 3):
        aside = folder / f"07_close_the_loop.mine-{number}.ipynb"
        assert aside.read_bytes() == notebook(f"try = {number}")


def test_reset_takes_the_newer_version_and_ends_its_announcement(course, folder):
    copy(course, folder)
    (folder / NAME).write_bytes(notebook("mine"))
    newer = notebook("newer")
    (course / NAME).write_bytes(newer)
    assert len(copy(course, folder)) == 1
    reset(course, folder)
    assert (folder / NAME).read_bytes() == newer
    assert copy(course, folder) == []


def test_reset_keeps_nothing_of_a_lesson_that_was_only_run(course, folder):
    copy(course, folder)
    (folder / NAME).write_bytes(notebook("seven = 7", "print(seven)", outputs=[stream("ran")]))
    assert reset(course, folder) == [f"Put {NAME} back as the course has it"]
    assert (folder / NAME).read_bytes() == (course / NAME).read_bytes()
    assert names(folder) == [NAME, "08_reproduce.ipynb"]


def test_reset_moves_an_unreadable_copy_aside(course, folder):
    copy(course, folder)
    (folder / NAME).write_bytes(b"{ half a file")
    reset(course, folder)
    assert (folder / "07_close_the_loop.mine-1.ipynb").read_bytes() == b"{ half a file"


def test_reset_before_the_first_copy(course, folder):
    assert reset(course, folder) == [f"Put {NAME} back as the course has it"]


@pytest.mark.parametrize("number", ["09", "", "7.0", "x", "077"])
def test_an_unknown_lesson_is_named_beside_the_known_ones(course, number):
    with pytest.raises(ValueError, match="lesson must be the number of one of") as error:
        lab.find_lesson(number, lab.find_lessons(course.parent))
    assert repr(number) in str(error.value)
    assert "07_close_the_loop, 08_reproduce" in str(error.value)


def test_the_course_s_own_folder_is_refused(course):
    for folder in (course, course / "mine"):
        with pytest.raises(ValueError, match="folder must be a folder of your own"):
            copy(course, folder)
        with pytest.raises(ValueError, match="folder must be a folder of your own"):
            reset(course, folder)


def test_without_a_clone_the_message_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="in the clone's folder run `make lab`"):
        lab.find_lessons(tmp_path)
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(FileNotFoundError, match="no lesson named like"):
        lab.find_lessons(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "lesson.ipynb"
    path.write_bytes(b"old")

    def full_disk(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="no space left"):
        lab.write_atomically(path, b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(path.name, b"old")]


def test_jupyterlab_is_told_what_to_open(folder, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    arguments = lab.lab_arguments(folder, NAME)
    assert f"--ServerApp.root_dir={folder.resolve()}" in arguments
    assert f"--LabApp.default_url=/lab/tree/{NAME}" in arguments
    at_home = lab.lab_arguments(lab.FOLDER, NAME)  # from here a lesson reaches the README and docs/
    assert f"--ServerApp.root_dir={lab.ROOT}" in at_home
    assert f"--LabApp.default_url=/lab/tree/my-lessons/{NAME}" in at_home
    assert not {"--no-browser", "--allow-root"} & set(arguments)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    arguments = lab.lab_arguments(folder, NAME, browser=False, port=9999)
    assert {"--no-browser", "--port=9999", "--allow-root"} <= set(arguments)


@pytest.fixture
def installed(course, monkeypatch):
    """Let the command take its lessons from the fixture's course."""
    find_lessons = lab.find_lessons
    monkeypatch.setattr(lab, "find_lessons", lambda: find_lessons(course.parent))


def test_no_command_prints_the_help(capsys):
    assert main([]) == 0
    assert "lab" in capsys.readouterr().out


def test_copy_only(installed, folder, capsys):
    assert main(["lab", "--copy-only", "--folder", str(folder)]) == 0
    assert names(folder) == [NAME, "08_reproduce.ipynb"]
    assert f"Copied {NAME}" in capsys.readouterr().out


def test_reset_on_the_command_line(installed, folder, capsys):
    main(["lab", "--copy-only", "--folder", str(folder)])
    (folder / NAME).write_bytes(notebook("mine"))
    assert main(["lab", "--copy-only", "--folder", str(folder), "--reset", "07"]) == 0
    assert "07_close_the_loop.mine-1.ipynb" in capsys.readouterr().out


def test_errors_are_one_line_and_a_status(installed, folder, capsys, tmp_path):
    assert main(["lab", "--copy-only", "--folder", str(folder), "--reset", "42"]) == 1
    assert capsys.readouterr().err.startswith("bo_tutorial lab: lesson must be the number of one")
    assert not folder.exists()
    (tmp_path / "a file").touch()
    assert main(["lab", "--copy-only", "--folder", str(tmp_path / "a file")]) == 1
    assert "a file" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x"])
def test_a_bad_port_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        main(["lab", f"--port={port}"])
    assert f"port must be an integer from 1 to 65535, got '{port}'" in capsys.readouterr().err


def test_the_server_opens_the_lesson(course, folder, tmp_path):
    """Start the real thing, as `make lab` does, and ask it for the page and the lesson."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    settings |= {"IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTER_TOKEN": "secret"}
    command = (
        "import sys; from pathlib import Path; from bo_tutorial.course import lab;"
        "from bo_tutorial.__main__ import main;"
        "lessons = lab.find_lessons(Path(sys.argv.pop(1)));"
        "lab.find_lessons = lambda: lessons; sys.exit(main())"
    )
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", command, str(course.parent), "lab", "--folder", str(folder)]
            + ["--no-browser", f"--port={port}"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | settings,
            cwd=tmp_path,
        )
        try:
            page, lesson, notification = (
                get(f"http://127.0.0.1:{port}/{path}?token=secret", server, log)
                for path in (
                    f"lab/tree/{NAME}",
                    f"api/contents/{NAME}",
                    "lab/api/settings/@jupyterlab/apputils-extension:notification",
                )
            )
        finally:
            server.terminate()
            server.wait(30)
    assert '"news": {"disabled": true}' in page
    defaults = json.loads(notification)["schema"]["properties"]
    assert defaults["fetchNews"]["default"] == "false"  # the question is not even asked
    assert json.loads(lesson)["content"]["cells"][0]["source"] == "seven = 7"
    assert f"/lab/tree/{NAME}?token=" in log.read_text(encoding="utf-8")


def get(url, server, log, patience=60):
    """Return what a server answers, waiting until it stands."""
    for _ in range(10 * patience):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(url, timeout=patience) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            error.close()
            raise
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("chosen", [None, "3"])
def test_kernels_compute_in_one_thread_unless_the_learner_says_otherwise(
    chosen, tmp_path, monkeypatch
):
    labapp = pytest.importorskip("jupyterlab.labapp")
    environment = {k: v for k, v in os.environ.items() if k not in lab.THREADS}
    if chosen:
        environment["OMP_NUM_THREADS"] = chosen
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(labapp.LabApp, "launch_instance", lambda arguments: None)
    assert main(["lab", "--folder", str(tmp_path / "mine"), "--no-browser"]) == 0
    assert environment["OMP_NUM_THREADS"] == (chosen or "1")
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
