"""The table of promises names tests that exist."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "guarantees.md"
ROWS = re.findall(r"^\| (.+?) \| `([^`]+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def functions(file):
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_promise_is_held_by_a_test_that_exists():
    assert len(ROWS) >= 20
    for promise, test in ROWS:
        file, _, name = test.partition("::")
        assert name in functions(file), promise


def test_what_was_measured_stands_in_the_page():
    page = PAGE.read_text(encoding="utf-8")
    for section in ("speed", "regret"):
        block = page.partition(f"<!-- begin {section} -->")[2].partition(f"<!-- end {section} -->")
        assert block[0].count("\n|") >= 5
