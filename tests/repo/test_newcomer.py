"""What a newcomer types: every command on a page is there, with the options that the page gives.

The commands are read from the pages. They are compared with what the Makefile, the parsers and the
files say; the tests of the README and the workflows run those of the quick start.
"""

import ast
import re
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from scripts import load_script

from bo_tutorial.__main__ import main
from bo_tutorial.worked_example.numerics import Assumptions

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"]
PAGES += sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))
PAGES += sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("site/*.md"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
SHELL = re.compile(r"^ *```(?:sh|bash|console|)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
STARTS = re.compile(r"(\S*/)?(make|python[\d.]*|py|pip|conda|git|bo-tutorial|uv|pre-commit)\s")
tools = load_script("__main__")
PLACE = re.compile(r"(?:tools|tests|benchmarks|docs|notebooks|bo_tutorial|findings|site)/[\w./-]+")


def commands(page):
    """Return the commands in the text of a page: lines of shell blocks, and spans of code."""
    blocks = [each for each in SHELL.findall(page) if "─" not in each]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    spans = SPAN.findall(re.sub(r"^ *```.*?^ *```", "", page, flags=re.MULTILINE | re.DOTALL))
    joined = [" ".join(line.partition(" #")[0].split()) for line in [*lines, *spans]]
    return [each.replace("\\", "/") for each in joined if STARTS.match(each.replace("\\", "/"))]


def options(path):
    """Return the options that the script at `path` adds to its parser, read from its source."""
    return {each for each in _first_words(path, "add_argument") if each.startswith("-")}


def _first_words(path, method):
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == method
    ]
    given = [call.args[0] for call in calls if call.args]
    return {each.value for each in given if isinstance(each, ast.Constant)}


LAB = options(ROOT / "bo_tutorial" / "course" / "lab.py") | {"--no-solutions", "--help"}
# Some of its options are made in a loop, of a dataclass.
WORKED_EXAMPLE = options(ROOT / "bo_tutorial" / "worked_example" / "__main__.py")
WORKED_EXAMPLE |= {f"--{field.name.replace('_', '-')}" for field in fields(Assumptions)}
CAPSTONE = options(ROOT / "bo_tutorial" / "course" / "lesson_15" / "__main__.py")
NETWORK = options(ROOT / "bo_tutorial" / "network" / "__main__.py")
OF_THE_COURSE = LAB | WORKED_EXAMPLE | NETWORK | CAPSTONE
BENCHMARKS = set().union(*(options(path) for path in ROOT.glob("benchmarks/*.py")))


def faults(command):
    """Return what is wrong with a command of a page, a list of sentences; empty if it stands."""
    words = [word for word in shlex.split(command) if word != "..."]
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words.pop(0)
    name, rest = words[0].rpartition("/")[2], words[1:]
    if name == "make":
        return _of_make(rest)
    if re.fullmatch(r"python[\d.]*|py", name):
        if rest[:1] == ["-m"]:
            return _of_module(rest[1], rest[2:])
        if rest and rest[0].endswith(".py"):
            return _of_script(rest[0], rest[1:])
    if name == "bo-tutorial":
        return _of_course(rest)
    if name == "pip" and rest[:1] == ["install"]:
        return _of_pip(rest[1:])
    return []


def _of_make(rest):
    if rest[:1] == ["-C"]:
        rest = rest[2:]
    targets = [word for word in rest if "=" not in word]
    wrong = [f"make has no target {each}" for each in targets if each not in TARGETS]
    for word in rest:
        variable, equals, value = word.partition("=")
        if equals and not re.search(rf"\b{variable}\b", MAKEFILE):
            wrong.append(f"the Makefile reads no {variable}")
        if variable == "ARGS":
            wrong += _of_course([*targets, *shlex.split(value)])
    return wrong


def _of_module(module, rest):
    if module == "tools":
        named = {each.__name__.replace("_", "-") for each in tools.COMMANDS}
        return [] if not rest or rest[0] in named else [f"tools has no command {rest[0]}"]
    if module == "bo_tutorial":
        return _of_course(rest)
    if module.partition(".")[0] in ("bo_tutorial", "benchmarks"):
        path = ROOT / module.replace(".", "/")
        file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
        if not file.is_file():
            return [f"there is no module {module}"]
        if module == "bo_tutorial.worked_example":
            return _of_options(module, WORKED_EXAMPLE, rest)
        subcommands = _first_words(file, "add_parser")
        if subcommands and not subcommands & set(rest[:1]):
            return [f"{module} has no command {' '.join(rest[:1])}"]
        return _of_options(module, options(file), rest)
    if module == "pytest":
        files = [word.partition("::")[0] for word in rest if "/" in word]
        return [f"there is no {each}" for each in files if not (ROOT / each).exists()]
    return []


def _of_script(script, rest):
    path = ROOT / script
    if not path.is_file():
        return [f"there is no {script}"]
    return _of_options(script, options(path), rest)


def _of_options(name, known, rest):
    given = [word.partition("=")[0] for word in rest if word.startswith("--")]
    return [f"{name} has no option {each}" for each in given if each not in {*known, "--help"}]


def _of_course(rest):
    if rest[:1] == ["worked-example"]:
        return _of_options("worked-example", WORKED_EXAMPLE, rest[1:])
    if rest[:1] == ["capstone"]:
        if rest[1:2] not in (["new"], ["merge"]):
            return [f"bo-tutorial capstone has no action {' '.join(rest[1:2])}"]
        return _of_options(f"capstone {rest[1]}", CAPSTONE, rest[2:])
    if not rest or rest[0].startswith("-"):
        return _of_options("bo-tutorial", {"--help"}, rest)
    known = {"lab": LAB, "version": set()}
    if rest[0] not in known:
        return [f"bo-tutorial has no command {rest[0]}"]
    return _of_options(f"bo-tutorial {rest[0]}", known[rest[0]], rest[1:])


def _of_pip(rest):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wrong = []
    for word in rest:
        ours = re.fullmatch(r"(?:bo_tutorial|\.)\[([\w,]+)\]", word)
        unknown = set(ours[1].split(",")) - set(project["optional-dependencies"]) if ours else ()
        wrong += [f"there is no extra {each}" for each in sorted(unknown)]
        if word.endswith(".txt") and not (ROOT / word).is_file():
            wrong.append(f"there is no {word}")
    return wrong


WITH_COMMANDS = [page for page in PAGES if commands((ROOT / page).read_text(encoding="utf-8"))]


def test_the_commands_are_found():
    """A page that says its commands in another way would be read as one without any."""
    assert {"README.md", "CONTRIBUTING.md", "benchmarks/README.md"} < set(WITH_COMMANDS)
    assert len(WITH_COMMANDS) >= 8
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"make lab", "make lab ARGS='--reset 08'", "py -m tools lab"} <= set(commands(page))


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_each_command_of_a_page_exists(page):
    found = commands((ROOT / page).read_text(encoding="utf-8"))
    assert {each: faults(each) for each in found if faults(each)} == {}


@pytest.mark.parametrize("page", PAGES)
def test_each_option_and_path_in_the_text_of_a_page_exists(page):
    spans = SPAN.findall((ROOT / page).read_text(encoding="utf-8"))
    known = BENCHMARKS if page.startswith("benchmarks/") else OF_THE_COURSE
    given = [word for each in spans if each.startswith("--") for word in each.split()]
    assert [word for word in given if word.startswith("--") and word not in known] == []
    places = [each for each in spans if PLACE.fullmatch(each) and "NN" not in each]
    assert [each for each in places if not (ROOT / each).exists()] == []


@pytest.mark.parametrize(
    "command, fault",
    [
        ("make tests", "make has no target tests"),
        ("make notebooks LESON=08", "the Makefile reads no LESON"),
        ("make lab ARGS='--rest 08'", "bo-tutorial lab has no option --rest"),
        ("python -m tools labs", "tools has no command labs"),
        (".venv/bin/bo-tutorial versions", "bo-tutorial has no command versions"),
        ("bo-tutorial worked-example --lenght 1", "worked-example has no option --lenght"),
        ("bo-tutorial capstone join a.jsonl", "bo-tutorial capstone has no action join"),
        ("bo-tutorial capstone merge --sets a.csv", "capstone merge has no option --sets"),
        (".venv/bin/python tools/many_game.py", "there is no tools/many_game.py"),
        ("python -m pytest tests/course/test_lesson.py", "there is no tests/course/test_lesson.py"),
        ("python -m benchmarks.runs --full", "there is no module benchmarks.runs"),
        ("python -m benchmarks.run --fast", "benchmarks.run has no option --fast"),
        ("python -m bo_tutorial.network tables", "bo_tutorial.network has no command tables"),
        ("pip install 'bo_tutorial[courses]'", "there is no extra courses"),
        ("pip install -r requirements.txt", "there is no requirements.txt"),
    ],
)
def test_a_command_that_does_not_exist_is_told(command, fault):
    assert faults(command) == [fault]


def test_the_commands_of_the_quick_start_run(tmp_path, capsys, monkeypatch):
    """All but the browser; `make` itself is what runs these tests."""
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "--copy-only", "--folder", "lessons"]) in (0, None)
    lessons = {path.name for path in ROOT.glob("notebooks/*.ipynb")}
    assert lessons and lessons <= {path.name for path in tmp_path.glob("lessons/*.ipynb")}
    assert main(["version"]) == 0
    assert "numpy" in capsys.readouterr().out
    assert main(["worked-example", "--length-scale", "0.25"]) == 0
    assert (tmp_path / "worked_example.png").stat().st_size > 10_000
