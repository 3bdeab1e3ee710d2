"""Build the decks: one for each lesson, from its notebook, with all that they need beside them.

Every lesson is found by looking. What is built opens from the disk, without a server.
"""

import importlib.metadata
import shutil
import sys
from pathlib import Path

from deck import Lesson, slides
from page import index, page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "slides"


def main():
    """Build every deck into build/slides."""
    shutil.rmtree(BUILD, ignore_errors=True)
    (BUILD / "figures").mkdir(parents=True)
    lay_reveal(BUILD / "reveal")
    (BUILD / "mathjax").mkdir()
    shutil.copy(find("django-static-mathjax", "es5/tex-svg.js"), BUILD / "mathjax")
    for name in ("deck.css", "deck.js"):
        shutil.copy(HERE / name, BUILD)
    lessons = [Lesson(path) for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
    decks = {lesson.path.name: f"{lesson.path.stem}.html" for lesson in lessons}
    built = []
    for lesson in lessons:
        shown = slides(lesson)
        text = page(lesson, shown, save_pictures(lesson, shown), decks)
        name = decks[lesson.path.name]
        (BUILD / name).write_text(text, encoding="utf-8")
        built.append((name, lesson, shown))
    (BUILD / "index.html").write_text(index(built), encoding="utf-8")
    print(f"The list of the decks is {BUILD / 'index.html'}")
    return 0


def save_pictures(lesson, shown):
    """Save the pictures of a deck; return the address of each by the place of its slide."""
    addresses = {}
    for number, slide in enumerate(shown):
        if slide.picture:
            addresses[number] = f"figures/{lesson.number}_{number:02}.png"
            slide.picture.save(BUILD / addresses[number])
    return addresses


def lay_reveal(folder):
    """Copy reveal.js 5 with its theme and its speaker notes, from the package that carries it."""
    core = find("sphinx-revealjs", "revealjs/dist/reveal.js").parent
    for name in ("reset.css", "reveal.css", "reveal.js", "theme/white.css", "theme/fonts"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (core / name).is_dir() else shutil.copy)(core / name, target)
    notes = core.parent / "plugin" / "notes"
    shutil.copy(notes / "notes.js", folder)
    shutil.copy(core.parent / "LICENSE", folder)


def find(package, end):
    """Return the path of the file of an installed package whose name ends so.

    Raises:
        FileNotFoundError: it has no such file.
    """
    for file in importlib.metadata.files(package):
        if file.as_posix().endswith(end):
            return Path(file.locate())
    raise FileNotFoundError(f"{package} has no {end}")


if __name__ == "__main__":
    sys.exit(main())
