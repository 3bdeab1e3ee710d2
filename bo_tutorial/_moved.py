"""Where modules went when the classroom got a house of its own.

Older copies of the lessons import them by the names they had. For one release those still work, and
the first one of them says once where it is now.
"""

import importlib
import sys
import types
import warnings
from importlib.machinery import ModuleSpec

MOVED = {
    "bo_tutorial.lab": "bo_tutorial.course.lab",
    "bo_tutorial.checks": "bo_tutorial.course.checking",
    "bo_tutorial.checks.core": "bo_tutorial.course.checking",
    "bo_tutorial.widgets": "bo_tutorial.course.live",
    "bo_tutorial.widgets.base": "bo_tutorial.course.live",
}
# lesson: what had its numerics, its figures and its live figures; None where there were none
_ROOMS = {
    "00": ("game", "game"),
    "01": (None, "problem"),
    "02": ("blind_spots", "grids"),
    "03": ("draws", "draws"),
    "04": (None, "gaussian"),
    "05": ("likelihood", "evidence"),
    "06": (None, "worth"),
    "07": (None, "loop"),
    "08": (None, "verdicts"),
    "09": ("comparison", "comparison"),
    "10": ("tuning", "tuning"),
}
for _number, (_numerics, _drawn) in _ROOMS.items():
    _room = f"bo_tutorial.course.lesson_{_number}"
    MOVED[f"bo_tutorial.checks.lesson_{_number}"] = f"{_room}.checks"
    MOVED[f"bo_tutorial.plotting.{_drawn}"] = f"{_room}.figures"
    MOVED[f"bo_tutorial.widgets.{_drawn}"] = f"{_room}.live"
    if _numerics:
        MOVED[f"bo_tutorial.{_numerics}"] = f"{_room}.numerics"
_had_modules = {name for name in MOVED if any(each.startswith(f"{name}.") for each in MOVED)}
_warned: list[str] = []


class _Finder:
    """Import a moved module by its old name: it is the same module."""

    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name in MOVED else None

    def create_module(self, spec):
        if not _warned:
            _warned.append(spec.name)
            warnings.warn(
                f"{spec.name} is {MOVED[spec.name]} now; the old names of the lessons' modules "
                "work in this release only. `make lab ARGS='--reset 07'` brings a lesson up to "
                "date, and keeps yours beside it",
                FutureWarning,
                stacklevel=2,
            )
        module = importlib.import_module(MOVED[spec.name])
        if spec.name in _had_modules:  # it was a package
            package = types.ModuleType(spec.name)
            package.__path__ = []
            package.__getattr__ = lambda name: getattr(module, name)
            return package
        self.spec = module.__spec__
        return module

    def exec_module(self, module):
        if not hasattr(module, "__path__"):
            module.__spec__ = self.spec  # the import system wrote the old name there


def install() -> None:
    """Let the import system know the old names."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
