"""Every entry of the Rosetta table holds in the library that is installed."""

import functools

import pytest
from lesson_rules import ROOT

from bo_tutorial.course.lesson_13 import numerics as rosetta

LIBRARIES = rosetta.table()["libraries"]
FACTS = rosetta.table()["facts"]
NAMES = [fact["fact"] for fact in FACTS]
printed = functools.cache(rosetta.probe)


@pytest.mark.slow
@pytest.mark.parametrize("fact", FACTS, ids=NAMES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_library_does_what_the_table_says(library, fact):
    if not rosetta.is_installed(library):
        pytest.skip(f"{library} is not installed")
    assert printed(library)[fact["fact"]] == fact["answers"][library]["prints"]


@pytest.mark.parametrize("library", [name for name in LIBRARIES if name != "bo_tutorial"])
def test_the_version_in_the_table_is_the_one_that_is_installed(library):
    if not rosetta.is_installed(library):
        pytest.skip(f"{library} is not installed")
    assert LIBRARIES[library]["version"] == rosetta.installed_version(library)


def test_each_fact_has_a_sentence_and_a_probe_for_each_library():
    assert len(set(NAMES)) == len(NAMES)
    for fact in FACTS:
        assert list(fact["answers"]) == list(LIBRARIES)
        for answer in fact["answers"].values():
            assert answer["says"] and "|" not in answer["says"]
            compile("\n".join(answer["probe"]), fact["fact"], "exec")
            assert any(answer["prints"])


def test_the_page_is_made_of_the_table():
    assert (ROOT / "docs" / "rosetta.md").read_text(encoding="utf-8") == rosetta.page()
