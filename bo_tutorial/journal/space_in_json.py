"""How the configurations of a space are written in JSON, and which was meant by what is written.

Two choices that are written alike would be taken for each other when a journal is read, and one
that another process writes in another way would be unknown there. Both are refused, before a trial
is spent on them.
"""

import json
import re
from typing import Any

from bo_tutorial.journal import codes, version_0_1
from bo_tutorial.journal.codes import digest
from bo_tutorial.space import Categorical, Float, Space

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{9,}")
BY_NAME = "name the choices by texts, and look up the object in the objective"


def fingerprint(space: Space) -> str:
    """Return sixteen hexadecimal digits that two spaces share if they mean the same.

    Names, their order, kinds, bounds, scales, steps, choices and conditions all count; how they
    are spelled does not: 0 or 0.0, `log=1` or `log=True`, "a" or ["a"] in `when=`, whose order
    does not matter either. Among the choices, 1 and 1.0 mean two different things.

    Raises:
        ValueError: a choice cannot be written so that another process reads the same.
    """
    written, described = SpaceInJson(space), []
    for name, conditions in space.conditions.items():
        kind = space[name]
        if isinstance(kind, Categorical):
            limits = [written.encode(name, choice) for choice in kind.choices]
        else:
            limits = [kind.low, kind.high, kind.log, getattr(kind, "step", 1)]
        when = {
            parent: [written.encode(parent, value) for value in values]
            for parent, values in conditions.items()
        }
        described.append([name, type(kind).__name__, limits, when])
    return digest(json.dumps(described, sort_keys=True))


class SpaceInJson:
    """Write the configurations of a space, and read them.

    Raises:
        ValueError: two choices are written alike, or another process writes one in another way.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self._known: dict[str, dict] = {}
        self._codes: dict[str, dict] = {}
        for name in space.names:
            kind = space[name]
            if isinstance(kind, Categorical):
                self._add(name, kind.choices)
        self.known_in_0_1 = version_0_1.known_choices(space)

    def encode(self, name: str, value: Any) -> Any:
        """Return what JSON writes for the value of a hyperparameter."""
        value = self.space[name].python(value)
        if name not in self._codes:
            return codes.encode(value)
        # As it was at the beginning: an objective may have changed the object since.
        return self._codes[name][id(value)]

    def decode(self, config: dict, version_0_1: bool = False) -> dict:
        """Return the configuration of which a line says `config`; what is unknown stays as it is.

        Raises:
            ValueError, TypeError, OverflowError: a code that nobody writes.
        """
        known = (self.known_in_0_1 or {}) if version_0_1 else self._known
        return {name: self._value(name, code, known.get(name)) for name, code in config.items()}

    def _value(self, name, code, known):
        if known is not None:
            text = json.dumps(code)
            return known[text] if text in known else codes.decode(code)
        is_number = isinstance(code, (int, float)) and not isinstance(code, bool)
        if name in self.space and isinstance(self.space[name], Float) and is_number:
            return float(code)
        return code

    def _add(self, name, choices):
        self._known[name], self._codes[name] = known, written = {}, {}
        for choice in choices:
            text = _text(name, choice)
            if text in known:
                raise ValueError(
                    f"{name} must have choices that are written differently for a journal to hold "
                    f"them, got {choice!r:.80} twice; {BY_NAME}"
                )
            known[text], written[id(choice)] = choice, json.loads(text)


def _text(name, choice):
    """The JSON text of a choice.

    Raises:
        ValueError: another process would write another one.
    """
    try:
        text = json.dumps(codes.encode(choice), allow_nan=False)
        # Does it consist of an object written by its repr, or hold one?
        by_repr = repr(codes.decode(json.loads(text))) != repr(choice)
    except Exception as error:  # too many digits, or a class whose repr fails
        raise ValueError(
            f"{name} must have choices that a journal can hold, got one that it cannot "
            f"({error}); {BY_NAME}"
        ) from None
    if by_repr and (ADDRESS.search(text) or text != json.dumps(codes.encode(choice))):
        raise ValueError(
            f"{name} must have choices that are written alike in every process, such as "
            f"names, for a journal to hold them, got {text:.200}; {BY_NAME}"
        )
    return text
