"""Imports flow one way: the classroom rests on the method, which knows nothing of it.

foundations <- method <- problems, network, worked_example <- plotting <- course kit <- lessons
"""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOUNDATIONS = ("_validate", "_files", "_threads", "_words", "_moved", "frames")
TRIED_ON = ("problems", "network", "worked_example")
DRAWS = re.compile(r"bo_tutorial\.(plotting\b|course\.live$|course\.lesson_\d\d\.(figures|live)$)")

UPWARD = "no import goes upward; only a __main__ may look there"
LATER = "a lesson imports from its own room and, at the most, from an earlier number"
CIRCLE = "there is no circle of imports"
PLAIN = "only plotting, figures, live figures and a __main__ import what draws"

parse = functools.cache(ast.parse)


def height(module):
    """The layer of a module, and for one of a lesson the lesson's number within its layer."""
    _, name, room, *_ = [*module.split("."), "", ""]
    if module.endswith(".__main__"):
        return 6, 0
    if name == "course":
        return (5, int(room[-2:])) if room.startswith("lesson_") else (4, 0)
    layers = dict.fromkeys(FOUNDATIONS, 0) | dict.fromkeys(TRIED_ON, 2) | {"plotting": 3}
    return layers.get(name, 1), 0


def imported(module, source, modules):
    """The names that a module imports, at its top or within a function."""
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: write `from {'.' * node.level} import` in full"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else node.module


def breaches(sources):
    """List who breaks the rule, given the sources of all modules, a dict by name."""
    graph = {module: set(imported(module, text, sources)) for module, text in sources.items()}

    def reached(module, found):
        for each in graph.get(module, set()) - found:
            found.add(each)
            reached(each, found)
        return found

    def broken(module, name):
        package = name.partition(".")[0]
        if package in ("matplotlib", "mpl_toolkits", "ipywidgets", "IPython"):
            return None if DRAWS.match(module) or module.endswith(".__main__") else PLAIN
        if package != "bo_tutorial":
            return None
        if height(name)[0] > height(module)[0]:
            return UPWARD
        if height(name) > height(module):
            return LATER
        return CIRCLE if module in reached(name, {name}) else None

    pairs = [(module, name) for module in sorted(graph) for name in sorted(graph[module])]
    return [f"{m} imports {name}: {broken(m, name)}" for m, name in pairs if broken(m, name)]


def read_sources():
    """The sources of the package, by the name of the module."""
    sources = {}
    for path in (ROOT / "bo_tutorial").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        sources[name.removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    return sources


def test_imports_flow_one_way():
    sources = read_sources()
    assert {"bo_tutorial", "bo_tutorial.gp", "bo_tutorial.course.lesson_00.live"} <= set(sources)
    assert breaches(sources) == []


@pytest.mark.parametrize(
    ("module", "line", "name", "rule"),
    [
        ("_validate", "from bo_tutorial import kernels", "bo_tutorial.kernels", UPWARD),
        ("gp", "from bo_tutorial.network import SPACE", "bo_tutorial.network", UPWARD),
        ("gp", "import bo_tutorial.problems as problems", "bo_tutorial.problems", UPWARD),
        (
            "problems",
            "def draw():\n    from bo_tutorial import plotting",
            "bo_tutorial.plotting",
            UPWARD,
        ),
        (
            "network.table",
            "from bo_tutorial.network.__main__ import main",
            "bo_tutorial.network.__main__",
            UPWARD,
        ),
        (
            "worked_example.numerics",
            "import bo_tutorial.course.lesson_08.figures",
            "bo_tutorial.course.lesson_08.figures",
            UPWARD,
        ),
        ("plotting.base", "from bo_tutorial.course import live", "bo_tutorial.course.live", UPWARD),
        (
            "course.checking",
            "from bo_tutorial.course.lesson_00 import checks",
            "bo_tutorial.course.lesson_00.checks",
            UPWARD,
        ),
        (
            "course.lesson_03.live",
            "from bo_tutorial.course.lesson_04 import figures",
            "bo_tutorial.course.lesson_04.figures",
            LATER,
        ),
        ("kernels", "from bo_tutorial import gp", "bo_tutorial.gp", CIRCLE),  # gp imports kernels
        (
            "space",
            "def later():\n    from bo_tutorial.loop import maximize",
            "bo_tutorial.loop",
            CIRCLE,
        ),
        ("gp", "import bo_tutorial as bo", "bo_tutorial", CIRCLE),
        ("gp", "from bo_tutorial.gp import GaussianProcess", "bo_tutorial.gp", CIRCLE),
        (
            "problems",
            "from bo_tutorial.worked_example import BEST",
            "bo_tutorial.worked_example",
            CIRCLE,
        ),
        (
            "course.lesson_02.numerics",
            "from bo_tutorial.course.lesson_02 import figures",
            "bo_tutorial.course.lesson_02.figures",
            CIRCLE,
        ),
        ("gp", "import matplotlib.pyplot as plt", "matplotlib.pyplot", PLAIN),
        ("network.training", "def draw():\n    from matplotlib import pyplot", "matplotlib", PLAIN),
        ("course.lesson_05.numerics", "from ipywidgets import FloatSlider", "ipywidgets", PLAIN),
        ("course.lab", "from IPython.display import display", "IPython.display", PLAIN),
    ],
)
def test_who_breaks_the_rule_is_named_with_it(module, line, name, rule):
    sources = read_sources()
    sources[f"bo_tutorial.{module}"] += f"\n{line}\n"
    assert f"bo_tutorial.{module} imports {name}: {rule}" in breaches(sources)


def test_an_import_that_leaves_its_package_out_is_refused():
    sources = read_sources()
    sources["bo_tutorial.gp"] += "\nfrom . import plotting\n"
    with pytest.raises(AssertionError, match="bo_tutorial.gp: write `from . import` in full"):
        breaches(sources)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("network.__main__", "from bo_tutorial import plotting\nimport matplotlib"),
        ("course.lesson_09.live", "from bo_tutorial.course.lesson_03 import figures"),
        ("plotting.maps", "import matplotlib.pyplot as plt"),
        ("course.lesson_09.numerics", "import bo_tutorial as bo\nimport scipy.stats"),
    ],
)
def test_what_the_rule_allows_passes(module, line):
    sources = read_sources()
    sources[f"bo_tutorial.{module}"] += f"\n{line}\n"
    assert breaches(sources) == []
