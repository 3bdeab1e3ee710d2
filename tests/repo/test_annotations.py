"""Every public function and method of the method says what it takes and what it returns."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "bo_tutorial"
NOT_THE_METHOD = ("course", "plotting")
EXCEPTIONS = {}  # "module.py: Class.function" -> why it cannot be annotated


def public(tree):
    """Yield (name, function) of a module: public ones, `__init__` and `__call__`.

    A private class counts where a public one inherits from it, whose methods they then are.
    """
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bases = {ast.unparse(base) for node in classes if node.name[0] != "_" for base in node.bases}
    for owner in [tree, *(each for each in classes if each.name[0] != "_" or each.name in bases)]:
        for node in owner.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if node.name[0] != "_" or node.name in ("__init__", "__call__"):
                    yield ".".join([*([owner.name] if owner is not tree else []), node.name]), node


def missing(source):
    """List each public function that is not annotated, with what it leaves open."""
    found = {}
    for name, function in public(ast.parse(source)):
        a = function.args
        given = [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg]
        static = any(ast.unparse(each) == "staticmethod" for each in function.decorator_list)
        itself = given[0] if "." in name and not static else None  # self or cls
        left = [each.arg for each in given if each and each is not itself and not each.annotation]
        left += ["return"] if function.returns is None else []
        if left:
            found[name] = left
    return found


def sources():
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if inside.parts[0] not in NOT_THE_METHOD:
            yield inside.as_posix(), path.read_text(encoding="utf-8")


def test_every_public_function_of_the_method_is_annotated():
    modules = dict(sources())
    assert {"gp.py", "_files.py", "network/training.py"} <= set(modules)
    found = {}
    for module, text in modules.items():
        found |= {f"{module}: {name}": left for name, left in missing(text).items()}
    assert {name: left for name, left in found.items() if name not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) <= set(found), "these are annotated: take them off the list"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(a, b: int) -> int: ...", {"f": ["a"]}),
        ("def f(a: int, *more, k, **other): ...", {"f": ["k", "more", "other", "return"]}),
        ("class A:\n    def __init__(self, a): ...", {"A.__init__": ["a", "return"]}),
        ("class A:\n    @property\n    def p(self): ...", {"A.p": ["return"]}),
        ("class A:\n    @staticmethod\n    def f(a) -> int: ...", {"A.f": ["a"]}),
        ("class A:\n    @classmethod\n    def f(cls, a) -> int: ...", {"A.f": ["a"]}),
        ("class _A:\n    def f(self): ...\nclass B(_A): ...", {"_A.f": ["return"]}),
        ("async def f() -> int: ...\nasync def g(): ...", {"g": ["return"]}),
    ],
)
def test_what_is_left_open_is_named(source, found):
    assert missing(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "def _f(a): ...",
        "class _A:\n    def f(self, a): ...",
        "class A:\n    def _f(self, a): ...\n    def __repr__(self): ...",
        "def f(a: int) -> int:\n    def inner(b): ...",
    ],
)
def test_what_is_private_may_leave_it_open(source):
    assert missing(source) == {}
