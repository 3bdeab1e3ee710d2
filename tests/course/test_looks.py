"""One method has one look in every figure, and docs/notation.md says which."""

import ast
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from bo_tutorial import plotting
from bo_tutorial.course.lesson_00 import figures as game
from bo_tutorial.course.lesson_03 import figures as draws
from bo_tutorial.course.lesson_09 import figures as comparison
from bo_tutorial.course.lesson_09.numerics import CONTESTANTS
from bo_tutorial.course.lesson_10 import figures as tuning
from bo_tutorial.plotting.base import artist
from bo_tutorial.plotting.looks import LOOKS, look

ROOT = Path(__file__).resolve().parents[2]
MEET = {  # what stands in one figure
    "a game": game.PLAYERS,
    "draws": ("grid", "random", "Sobol"),
    "a comparison": tuple(CONTESTANTS),
    "tuning": ("grid", "random", "BO"),
}


@pytest.mark.parametrize("methods", MEET.values(), ids=MEET)
def test_methods_that_meet_differ_in_color_line_and_marker(methods):
    for part in ("color", "linestyle", "marker"):
        assert len({look(method)[part] for method in methods}) == len(methods), part


def test_only_the_two_names_of_one_method_share_a_look():
    assert LOOKS["BO"] == LOOKS["default"]
    assert len({each[1:] for each in LOOKS.values()}) == len(LOOKS) - 1  # without color


@pytest.mark.parametrize("label", ["random", "random search", "random, 50 draws", "random: median"])
def test_a_label_begins_with_its_method(label):
    assert look(label) == {"color": plotting.BLUE, "linestyle": "--", "marker": "o"}
    assert look(label, line=False)["linestyle"] == "none"


@pytest.mark.parametrize("label", ["", "randomly", "a grid", "bo", None, ", grid"])
def test_a_label_without_a_method_is_refused(label):
    with pytest.raises(ValueError, match="label must begin with one of .*'you', 'grid'.*got"):
        look(label)


# In the figures


@pytest.fixture
def seen(course_style):
    """How each figure draws its methods: {figure: {method: (color, line style, marker)}}."""
    runs = np.random.default_rng(0).uniform(size=(4, 6))
    n = np.arange(1, 7)

    def of(line):
        return to_hex(line.get_color()).upper(), line._unscaled_dash_pattern, line.get_marker()

    found = {}
    axes = plt.figure().subplot_mosaic(game.BOARD)
    game.board(axes)
    for panel in ("order", "best"):
        named = {name: artist(axes[panel], f"{name} {panel}") for name in game.PLAYERS}
        found[panel] = {name.split()[0]: of(line) for name, line in named.items()}
    ax = plt.subplots()[1]
    draws.by_count(n, dict.fromkeys(("grid", "random", "Sobol"), runs), ax, "gap")
    found["by_count"] = {name: of(artist(ax, name)) for name in ("grid", "random", "Sobol")}
    ax = plt.subplots()[1]
    comparison.race(dict.fromkeys(CONTESTANTS, runs), ax)
    found["race"] = {name: of(artist(ax, name)) for name in CONTESTANTS}
    ax = plt.subplots()[1]
    tuning.progress({name: (n, runs) for name in ("grid", "random", "BO")}, ax, hours=4)
    found["progress"] = {name: of(artist(ax, name)) for name in ("grid", "random", "BO")}
    ax = plt.subplots()[1]
    plotting.incumbents(dict.fromkeys(("random", "BO", "mine"), runs), ax)
    random, ours, mine = ax.lines
    assert mine.get_marker() == "D" and mine.get_color() != ours.get_color()
    found["incumbents"] = {"random": of(random), "BO": of(ours)}
    return found


def test_a_method_looks_the_same_in_all_figures(seen):
    looks = {}
    for drawn in seen.values():
        for method, of in drawn.items():
            looks.setdefault({"default": "BO"}.get(method, method), set()).add(of)
    assert set(looks) == set(LOOKS) - {"default"}
    assert {method: len(of) for method, of in looks.items()} == dict.fromkeys(looks, 1)


def tables_of_looks(path):
    """The lines of a module at which a dict gives methods a look of its own."""
    named = {"color", "marker", "linestyle"}
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Dict):
            continue
        keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        drawn = [
            each
            for value in node.values
            for each in ast.walk(value)
            if isinstance(each, ast.Constant)
            and each.value in named
            or isinstance(each, ast.Name)
            and each.id in ("BLUE", "PURPLE", "VERMILION", "GREEN")
        ]
        if len(keys & {*LOOKS, "random search"}) > 1 and drawn:
            found.append(node.lineno)
    return found


def test_no_other_module_has_a_table_of_looks(tmp_path):
    paths = [*ROOT.glob("bo_tutorial/**/*.py"), *ROOT.glob("tools/*.py")]
    assert len(paths) > 50
    others = {path.name: tables_of_looks(path) for path in paths if path.stem != "looks"}
    assert {name: lines for name, lines in others.items() if lines} == {}
    for line in ('{"grid": {"marker": "s"}, "BO": {"marker": "o"}}', '{"BO": BLUE, "TPE": GREEN}'):
        (tmp_path / "own.py").write_text(f"MINE = {line}\n")
        assert tables_of_looks(tmp_path / "own.py") == [1]


# In words

COLORS = {
    "black": "#000000",
    "blue": "#0072B2",
    "gray": "#777777",
    "green": "#009E73",
    "orange": "#E69F00",
    "purple": "#CC79A7",
    "vermilion": "#D55E00",
}
LINES = {
    "dashes": "--",
    "dashes with two dots": (0, (6, 1, 1, 1, 1, 1)),
    "dense dots": (0, (1, 1)),
    "dots": ":",
    "dots and dashes": "-.",
    "long and short dashes": (0, (8, 2, 3, 2)),
    "long dashes": (0, (8, 2)),
    "solid": "-",
}
MARKERS = {
    "cross": "X",
    "diamond": "D",
    "disc": "o",
    "plus": "P",
    "square": "s",
    "star": "*",
    "triangle, tip down": "v",
    "triangle, tip up": "^",
}


def test_the_notation_page_says_how_each_method_is_drawn():
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    section = re.search(r"^## How a method is drawn\n(.+?)^## ", page, re.M | re.S).group(1)
    rows = re.findall(r"^\| [^|]+ \| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", section, re.M)
    said = {name: (COLORS[c], LINES[line], MARKERS[mark]) for name, c, line, mark in rows}
    assert said == LOOKS
