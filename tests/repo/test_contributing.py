"""The commands for authors can be typed as they stand, in a clone whose `.venv` stands."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = "python|pip|pipx|pytest|ruff|mypy|jupyter|jupytext|pre-commit|uv"


def commands(page):
    """The commands of a page: the lines of its shell blocks and its spans of code, joined."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    return [" ".join(line.partition("#")[0].split()) for line in [*lines, *spans]]


PAGES = {page: commands(page) for page in ("CONTRIBUTING.md", "docs/how-a-lesson-is-built.md")}
COMMANDS = sorted({command for page in PAGES.values() for command in page})


@pytest.mark.parametrize("page", PAGES)
def test_no_command_needs_an_activated_environment(page):
    bare = [each for each in PAGES[page] if re.match(rf"({TOOLS})\s", each)]
    assert bare == []
    assert any(each.startswith(".venv/bin/python -m pytest ") for each in PAGES[page])


def test_what_the_commands_run_is_there():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    found = {"make": 0, "file": 0, "module": 0}
    for command in COMMANDS:
        if command.startswith("make "):
            words = [word for word in command.split()[1:] if "=" not in word]
            assert set(words) <= set(targets), command
            found["make"] += 1
        for path in re.findall(r"(?<![\w/.])(?:tools|tests|notebooks)/\S+\.(?:py|ipynb)", command):
            assert (ROOT / path).is_file(), command
            found["file"] += 1
        for module in re.findall(r"python -m ([\w.]+)", command):
            assert module == "venv" or importlib.util.find_spec(module), command
            found["module"] += 1
    assert all(n >= 3 for n in found.values()), found


def test_the_pins_are_made_of_extras_that_exist():
    (command,) = [each for each in COMMANDS if "uv pip compile" in each]
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = set(re.findall(r"--extra (\S+)", command))
    assert extras and extras <= set(pyproject["project"]["optional-dependencies"])
