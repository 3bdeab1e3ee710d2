"""docs/architecture.md has every module that exists, with its lesson, and no name that doesn't."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bo_tutorial"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# Their modules stand on the page one by one; any other package is one line, such as `network/`.
OPENED = ("plotting", "course")
LAST = 15  # the last lesson, of which some are still to come
LINES = re.findall(r"^\| `([\w/]+(?:\.py|/))` \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE)


def modules():
    """The modules of the package as the page writes them: `gp.py`, `network/`, `course/lab.py`."""
    found = set()
    for folder, before in ((PACKAGE, ""), *((PACKAGE / name, f"{name}/") for name in OPENED)):
        for path in folder.glob("*.py"):
            found.add(before + path.name)
        for path in folder.glob("*/__init__.py"):
            name = path.parent.name
            if not name.startswith("lesson_") and name not in OPENED:
                found.add(f"{before}{name}/")
    rooms = PACKAGE.glob("course/lesson_*/*.py")
    found |= {f"course/lesson_NN/{path.name}" for path in rooms}
    return {name for name in found if not name.endswith("__init__.py")}


def test_the_page_has_every_module_once_and_no_other():
    named = [name for name, _ in LINES]
    assert len(named) == len(set(named))
    assert set(named) - modules() == set(), "these do not exist: take them off the page"
    assert modules() - set(named) == set(), "each of these needs a line in a table of the page"


def test_each_module_has_its_lessons():
    """Numbers in increasing order, "all", or "its own" in a room."""
    for name, lessons in LINES:
        if lessons in ("all", "its own"):
            assert (lessons == "its own") == ("lesson_NN" in name), name
            continue
        numbers = lessons.split(" ")
        assert numbers == sorted(set(numbers)), name
        assert all(re.fullmatch(r"\d\d", each) and int(each) <= LAST for each in numbers), name


def names(page):
    """The names on a page that have a dot and are none of a file: `strategy.Strategy.ask`."""
    spans = re.findall(r"`([A-Za-z_]\w*(?:\.\w+)+)(?:\([^`]*\))?`", page)
    return [each for each in spans if not each.endswith((".py", ".md"))]


def resolve(name):
    module, *attributes = name.split(".")
    found = importlib.import_module(f"bo_tutorial.{module}")
    for attribute in attributes:
        found = getattr(found, attribute)
    return found


@pytest.mark.parametrize("name", sorted(set(names(PAGE))))
def test_each_name_on_the_page_exists(name):
    assert resolve(name) is not None


def test_the_page_has_names_and_a_wrong_one_is_noticed():
    assert len(set(names(PAGE))) > 10
    with pytest.raises((AttributeError, ImportError)):
        resolve("strategy.Strategy.asks")
    with pytest.raises((AttributeError, ImportError)):
        resolve("strategies.Strategy")


def test_each_module_in_the_drawing_has_a_line_too():
    drawing = PAGE.partition("## The drawing")[2].partition("```\n")[0]
    drawn = set(re.findall(r"\w+\.py\b", drawing))
    assert len(drawn) > 10 and drawn <= {name for name, _ in LINES}
