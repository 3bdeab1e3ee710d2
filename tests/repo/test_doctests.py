"""The examples in docstrings are run."""

import doctest
import importlib
import pkgutil

import pytest

import bo_tutorial

NAMES = [
    module.name
    for module in pkgutil.walk_packages(bo_tutorial.__path__, "bo_tutorial.")
    if not module.name.endswith("__main__")
]


NEEDS = {"bo_tutorial.optuna_sampler": "optuna"}


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_right(name):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    tests = finder.find(importlib.import_module("bo_tutorial.space"))
    assert any(test.examples for test in tests)
