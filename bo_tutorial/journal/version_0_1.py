"""Journals of version 0.1, so that they can still be read and gone on with.

That version wrote a choice that JSON has no word for by its repr alone, and its fingerprint of a
space changed with the spelling: 0 or 0.0, `log=0`, "a" or ["a"] in `when=`. Each hyperparameter
therefore keeps how it was written, in `_written`. Nothing else depends on that version.
"""

import json
import math

import numpy as np

from bo_tutorial.journal.codes import digest
from bo_tutorial.space import Categorical, Space


def fingerprint(space: Space) -> str | None:
    """Return the fingerprint that version 0.1 had for a space; None for what it did not have."""
    described = []
    for name in space.names:
        kind = space[name]
        *limits, when = kind._written
        if isinstance(kind, Categorical):
            limits = [_code(choice) for choice in kind.choices]
        elif getattr(kind, "step", 1) != 1:
            return None
        when = {parent: repr(value) for parent, value in (when or {}).items()}
        described.append([name, type(kind).__name__, limits, when])
    return digest(json.dumps(described, default=float))


def known_choices(space: Space) -> dict[str, dict] | None:
    """Return {name: {JSON text: choice}} as version 0.1 wrote them; None if two are alike."""
    known = {}
    for name in space.names:
        kind = space[name]
        if isinstance(kind, Categorical):
            known[name] = {json.dumps(_code(choice)): choice for choice in kind.choices}
            if len(known[name]) < len(kind.choices):
                return None
    return known


def _code(choice):
    plain = choice is None or isinstance(choice, (bool, int, str))
    plain = plain or (isinstance(choice, float) and math.isfinite(choice))
    return choice if plain and not isinstance(choice, np.generic) else repr(choice)
