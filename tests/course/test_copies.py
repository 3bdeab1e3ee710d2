"""The learner's folder: work is never lost, an update never missed, an answer never shown first."""

import json
import os
import re
import subprocess

import pytest
from made_up_course import NAME, notebook, stream

from bo_tutorial import _files
from bo_tutorial.course import copies


def copy(course, folder):
    return copies.copy_lessons(copies.find_lessons(course.parent), folder)


def reset(course, folder, number="07"):
    lessons = copies.find_lessons(course.parent)
    return copies.reset_lesson(copies.find_lesson(number, lessons), folder)


def names(folder):
    """The learner's lessons and whatever else is not the course's."""
    course = (copies.MANIFEST, "README.md", "docs", "solutions")
    return sorted(path.name for path in folder.iterdir() if path.name not in course)


def same(path, other):
    """Whether two notebooks are equal, however their JSON is laid out."""
    one, two = (json.loads(each.read_bytes()) for each in (path, other))
    for cell in [*one["cells"], *two["cells"]]:
        cell["source"] = "".join(cell["source"])
    return one == two


def test_lessons_are_in_order_without_solutions_and_notes(course):
    assert [path.name for path in copies.find_lessons(course.parent)] == [
        NAME,
        "08_reproduce.ipynb",
    ]


def test_first_copy_is_the_course(course, folder):
    assert copy(course, folder) == [f"Copied {NAME}", "Copied 08_reproduce.ipynb"]
    assert names(folder) == [NAME, "08_reproduce.ipynb"]
    assert same(folder / NAME, course / NAME)


def test_second_copy_changes_nothing_and_says_nothing(course, folder):
    copy(course, folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*") if path.is_file()}
    del before[folder / copies.MANIFEST]
    assert copy(course, folder) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


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
    assert same(folder / NAME, course / NAME)


def test_an_update_of_outputs_alone_reaches_a_lesson_that_was_not_changed(course, folder):
    copy(course, folder)
    newer = notebook("seven = 7", "print(seven)", outputs=[stream("7")])
    (course / NAME).write_bytes(newer)
    assert copy(course, folder) == []
    assert same(folder / NAME, course / NAME)


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
        assert copies.short_path(folder) in message
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
    (folder / copies.MANIFEST).unlink()
    if manifest is not None:
        (folder / copies.MANIFEST).write_bytes(manifest)
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
        assert same(folder / NAME, course / NAME)
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
    assert same(folder / NAME, course / NAME)
    assert copy(course, folder) == []


def test_reset_keeps_nothing_of_a_lesson_that_was_only_run(course, folder):
    copy(course, folder)
    (folder / NAME).write_bytes(notebook("seven = 7", "print(seven)", outputs=[stream("ran")]))
    assert reset(course, folder) == [f"Put {NAME} back as the course has it"]
    assert same(folder / NAME, course / NAME)
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
        copies.find_lesson(number, copies.find_lessons(course.parent))
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
        copies.find_lessons(tmp_path)
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(FileNotFoundError, match="no lesson named like"):
        copies.find_lessons(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "lesson.ipynb"
    path.write_bytes(b"old")

    def full_disk(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="no space left"):
        _files.write_atomically(path, b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(path.name, b"old")]


# What a learner meets

PREDICT = "**Predict.** Which is larger?"


def live(words="Live figure: drag it"):
    data = {"text/html": f"<p>{words}: run this cell</p>", "text/plain": words}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def mixed(*cells):
    """Return the bytes of a notebook: a text is Markdown, a pair is code and its outputs."""
    content = json.loads(notebook())
    for cell in cells:
        made = (
            json.loads(notebook(cell, kind="markdown"))
            if isinstance(cell, str)
            else json.loads(notebook(cell[0], outputs=cell[1]))
        )
        content["cells"] += made["cells"]
    return json.dumps(content).encode()


def cells_of(path):
    return json.loads(path.read_bytes())["cells"]


def test_from_the_first_prediction_on_a_copy_has_no_outputs_but_that_a_cell_is_live(course, folder):
    outputs = [stream("an answer")]
    lesson = (
        ("a = 1", outputs),
        "Some prose",
        PREDICT,
        ("b = 2", outputs),
        ("c", [live(), *outputs]),
    )
    (course / NAME).write_bytes(mixed(*lesson))
    copy(course, folder)
    code = [cell for cell in cells_of(folder / NAME) if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in code] == [outputs, [], [live()]]
    assert [cell["execution_count"] for cell in code] == [1, None, None]
    kept = [cell["outputs"] for cell in cells_of(course / NAME) if cell["cell_type"] == "code"]
    assert kept == [outputs, outputs, [live(), *outputs]]  # the original keeps its own


def test_no_lesson_of_the_course_shows_an_answer_before_the_question(folder):
    lessons = copies.find_lessons()
    copies.copy_lessons(lessons, folder)
    for lesson in lessons:
        cells = cells_of(folder / lesson.name)
        first = next(i for i, c in enumerate(cells) if "**Predict.**" in "".join(c["source"]))
        assert 0 < first < len(cells) / 2
        for cell in cells[first:]:
            for output in cell.get("outputs", []):
                assert "".join(output["data"]["text/plain"]).startswith("Live figure: ")
                assert "image/png" not in output["data"]


@pytest.mark.parametrize(
    ("at", "link", "copied"),
    [
        ("notebooks/07_x.ipynb", "../README.md#lessons", "README.md#lessons"),
        ("notebooks/07_x.ipynb", "../docs/glossary.md", "docs/glossary.md"),
        ("notebooks/07_x.ipynb", "08_y.ipynb#a", "08_y.ipynb#a"),
        ("notebooks/07_x.ipynb", "solutions/07_x.ipynb", "solutions/07_x.ipynb"),
        ("notebooks/solutions/07_x.ipynb", "../07_x.ipynb", "../07_x.ipynb"),
        ("notebooks/solutions/07_x.ipynb", "../../docs/a.md", "../docs/a.md"),
        ("README.md", "notebooks/07_x.ipynb", "07_x.ipynb"),
        ("README.md", "docs/figures/a.png", "docs/figures/a.png"),
        ("docs/a.md", "../notebooks/07_x.ipynb", "../07_x.ipynb"),
        ("docs/a.md", "figures/b.png", "figures/b.png"),
        ("README.md", "#lessons", "#lessons"),
        ("README.md", "https://doi.org/10.1/x", "https://doi.org/10.1/x"),
    ],
)
def test_a_link_leads_to_the_copy(at, link, copied, tmp_path):
    assert copies.linked(f"see [it]({link}).", at, tmp_path) == f"see [it]({copied})."


def test_a_link_to_a_section_names_it_as_jupyterlab_does(tmp_path):
    (tmp_path / "README.md").write_text("# The course\n\n## What you need?\n", encoding="utf-8")
    text = copies.linked("[it](../README.md#what-you-need)", "notebooks/07_x.ipynb", tmp_path)
    assert text == "[it](README.md#What-you-need?)"


@pytest.mark.parametrize("address", [None, "https://example.org/x"])
def test_a_link_to_what_is_not_copied_leads_to_the_address_or_is_none(address, monkeypatch):
    monkeypatch.setattr(copies, "repository", lambda: address)
    there = "[the report](https://example.org/x/blob/main/benchmarks/report.md#a)"
    text = copies.linked("see [the report](benchmarks/report.md#a).", "README.md", "")
    assert text == f"see {there if address else 'the report'}."


def test_every_link_of_the_learners_folder_leads_somewhere(folder):
    copies.copy_lessons(copies.find_lessons(), folder)
    found = set()
    for path in [*folder.rglob("*.ipynb"), *folder.rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            sources = ["".join(c["source"]) for c in cells_of(path) if c["cell_type"] == "markdown"]
            text = "\n".join(sources)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if not re.match("[a-z]+:|#", link):
                target = (path.parent / link.partition("#")[0]).resolve()
                assert target.is_file() and target.is_relative_to(folder.resolve()), (path, link)
                found.add(target.suffix)
    assert found == {".ipynb", ".md", ".png"}


def test_solutions_and_pages_come_along_and_a_lecturer_can_leave_solutions_out(course, folder):
    link = f"## Exercises\n\nBefore. The [solutions](solutions/{NAME}) show them. After."
    (course / NAME).write_bytes(mixed(link))
    copy(course, folder)
    assert (folder / "solutions" / NAME).is_file()
    assert (folder / "README.md").read_text(encoding="utf-8") == f"[07]({NAME})"
    assert (folder / "docs" / "glossary.md").read_text(encoding="utf-8") == "words"

    without = folder.parent / "without"
    lessons = copies.find_lessons(course.parent)
    copies.copy_lessons(lessons, without, solutions=False)
    for _ in range(2):  # and it stays so
        assert not (without / "solutions").exists()
        (cell,) = cells_of(without / NAME)
        assert "".join(cell["source"]) == "## Exercises\n\nBefore. After."
        assert copies.copy_lessons(lessons, without) == []
    copies.copy_lessons(lessons, without, solutions=True)
    assert (without / "solutions" / NAME).is_file()
    assert same(without / NAME, course / NAME)


def test_the_answers_of_the_quiz_are_withheld_with_the_solutions(course, folder):
    docs = course.parent / "docs"
    (docs / "quiz.md").write_text("(b) is right", encoding="utf-8")
    (docs / "teaching.md").write_text("See [Quiz](quiz.md#one), [07](glossary.md).", "utf-8")
    lessons = copies.find_lessons(course.parent)
    for _ in range(2):  # and it stays so
        copies.copy_lessons(lessons, folder, None if folder.exists() else False)
        assert not (folder / "docs" / "quiz.md").exists()
        said = (folder / "docs" / "teaching.md").read_text(encoding="utf-8")
        assert "](quiz.md" not in said and "[07](glossary.md)" in said
    copies.copy_lessons(lessons, folder, solutions=True)
    assert (folder / "docs" / "quiz.md").read_text(encoding="utf-8") == "(b) is right"
    assert "](quiz.md#one)" in (folder / "docs" / "teaching.md").read_text(encoding="utf-8")


def test_a_page_that_the_learner_changed_is_kept(course, folder):
    copy(course, folder)
    page, course_page = folder / "docs" / "glossary.md", course.parent / "docs" / "glossary.md"
    course_page.write_text("newer words", encoding="utf-8")
    assert copy(course, folder) == []
    assert page.read_text(encoding="utf-8") == "newer words"
    page.write_text("my words", encoding="utf-8")
    course_page.write_text("newest words", encoding="utf-8")
    (message,) = copy(course, folder)
    assert message.startswith("Kept your docs/glossary.md; a newer version exists")
    assert page.read_text(encoding="utf-8") == "my words"


def test_without_solutions_no_lesson_of_the_course_speaks_of_them(folder):
    lessons = copies.find_lessons()
    copies.copy_lessons(lessons, folder, solutions=False)
    for lesson in lessons:
        text = "\n".join("".join(c["source"]) for c in cells_of(folder / lesson.name))
        assert "solutions" not in text
        assert "Write each answer in place of the dots" in text


# Originals that are not as they were published


@pytest.fixture
def published(course):
    (course / copies.PUBLISHED).write_text(copies.publish(course), encoding="utf-8")
    return course


def git(course, *command):
    settings = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.hooksPath="]
    settings += ["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]
    subprocess.run(
        ["git", "-C", course.parent, *settings, *command], check=True, stdout=subprocess.DEVNULL
    )


def test_an_original_with_answers_is_copied_as_published_and_the_answers_are_kept(
    published, folder
):
    git(published, "init")
    git(published, "add", "-A")
    git(published, "commit", "-m", "course")
    clean = (published / NAME).read_bytes()
    mine = notebook("seven = 7", "print(seven)", "my_answer = 1")
    (published / NAME).write_bytes(mine)
    messages = copy(published, folder)
    aside = folder / "07_close_the_loop.mine-1.ipynb"
    (said,) = [each for each in messages if not each.startswith("Copied ")]
    assert said.startswith(f"The original notebooks/{NAME} was changed here")
    assert f"copied to {aside.name}, in your folder; your lesson is {NAME}" in said
    assert aside.read_bytes() == mine and (published / NAME).read_bytes() == mine
    assert json.loads((folder / NAME).read_bytes()) == json.loads(clean)
    assert copy(published, folder) == []  # said and done once
    (folder / NAME).write_bytes(notebook("my copy"))  # both are edited, and then reset
    assert reset(published, folder)[-1] == f"Put {NAME} back as the course has it"
    assert json.loads((folder / NAME).read_bytes()) == json.loads(clean)
    assert (folder / "07_close_the_loop.mine-2.ipynb").read_bytes() == notebook("my copy")
    assert aside.read_bytes() == mine


def test_an_original_with_answers_that_git_does_not_know_is_not_copied(published, folder):
    copy(published, folder)
    before = (folder / NAME).read_bytes()
    mine = notebook("my_answer = 1")
    (published / NAME).write_bytes(mine)
    saved, refused = copy(published, folder)
    assert "copied to 07_close_the_loop.mine-1.ipynb, in your folder" in saved
    assert refused.startswith(f"Did not copy notebooks/{NAME}: it is not as it was published")
    assert f"git checkout -- notebooks/{NAME}" in refused
    assert (folder / NAME).read_bytes() == before
    assert (folder / "07_close_the_loop.mine-1.ipynb").read_bytes() == mine
    with pytest.raises(ValueError, match="it is not as it was published"):
        reset(published, folder)
    assert (folder / NAME).read_bytes() == before


def test_an_original_that_is_no_notebook_is_named(course, folder):
    (course / NAME).write_bytes(b"{ half a file")
    with pytest.raises(ValueError, match=f"notebooks/{NAME} must be a notebook, got"):
        copy(course, folder)


def test_an_original_that_was_run_gives_a_copy_without_those_outputs(published, folder):
    ran = notebook("seven = 7", "print(seven)", outputs=[stream("in another environment")])
    (published / NAME).write_bytes(ran)
    assert copy(published, folder) == [f"Copied {NAME}", "Copied 08_reproduce.ipynb"]
    assert [cell["outputs"] for cell in cells_of(folder / NAME)] == [[], []]


def test_line_endings_and_layout_are_no_change(published, folder):
    text = json.dumps(json.loads((published / NAME).read_bytes()), indent=3)
    (published / NAME).write_bytes(text.replace("\n", "\r\n").encode())
    assert copy(published, folder) == [f"Copied {NAME}", "Copied 08_reproduce.ipynb"]
    assert [cell["execution_count"] for cell in cells_of(folder / NAME)] == [1, 1]


def test_what_is_published_is_what_stands_in_the_course():
    notebooks = copies.find_lessons()[0].parent
    text = (notebooks / copies.PUBLISHED).read_text(encoding="utf-8")
    assert text == copies.publish(notebooks), "python tools/notebooks.py publish"


def test_originals_are_read_only_afterwards(course):
    (course / NAME).chmod(0o644)
    copies.protect(copies.find_lessons(course.parent))
    for path in (course / NAME, course / "solutions" / NAME):
        assert not path.stat().st_mode & 0o222
    (course / NAME).chmod(0o644)  # so that the folder can be removed on every system


def test_a_folder_that_copied_lessons_before_the_solutions_is_understood(course, folder):
    copy(course, folder)
    manifest = json.loads((folder / copies.MANIFEST).read_bytes())["files"]
    old = {name: manifest[name] for name in (NAME, "08_reproduce.ipynb")}
    (folder / copies.MANIFEST).write_text(json.dumps(old), encoding="utf-8")
    (course / NAME).write_bytes(notebook("newer"))
    assert copy(course, folder) == [f"Updated {NAME} (you had not changed it)"]


def test_coming_back_opens_the_lesson_that_was_saved_last(course, folder):
    lessons = copies.find_lessons(course.parent)
    assert copies.last_written(lessons, folder) == NAME
    copy(course, folder)
    assert copies.last_written(lessons, folder) == NAME
    for seconds, name in enumerate(("08_reproduce.ipynb", NAME, "08_reproduce.ipynb"), start=1):
        (folder / name).write_bytes(notebook(f"written = {seconds}"))
        os.utime(folder / name, (seconds * 2**31, seconds * 2**31))
        assert copies.last_written(lessons, folder) == name
