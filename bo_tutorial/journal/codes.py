"""How a Python value is written in JSON and read back as what it was, type and all.

What JSON has is written as it is: null, true, texts, integers, finite numbers, lists. What it has
not, or not every reader of it, is an object with one entry, the code of its type:

    {"tuple": [1, 2]}    {"float": "nan"}    {"int": "1180591620717411303424"}    {"np.str_": "a"}
    {"frozenset": [...]}    {"dict": {...}}, an ordinary object that looks like one of these

Everything else is written by its repr, {"repr": "<Color.RED: 1>"}: reading that gives back the
text, for whoever knows which object it stands for. Reading executes nothing.
"""

import hashlib
import json
import math
from typing import Any

import numpy as np

from bo_tutorial._validate import shown

DEPTH = 50  # of lists in lists; what is nested more deeply is written by its repr
NUMPY = {
    f"np.{kind.__name__}": kind
    for kind in (np.bool_, np.str_, np.float16, np.float32, np.float64)
    + (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
}


def encode(value: object, depth: int = DEPTH) -> Any:
    """Return what JSON writes for a value, from which `decode` makes it again."""
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:  # pandas reads 64 bits
        return value if -(2**63) <= value < 2**63 else {"int": str(value)}
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if f"np.{type(value).__name__}" in NUMPY and isinstance(value, np.generic):
        # A float32 is a float64 too, with more digits: both are read back exactly.
        return {f"np.{type(value).__name__}": encode(value.item())}
    if depth > 0:
        if type(value) is list:
            return [encode(part, depth - 1) for part in value]
        if type(value) is tuple:
            return {"tuple": [encode(part, depth - 1) for part in value]}
        if type(value) is frozenset:  # sorted: its order is another one in each process
            parts = [encode(part, depth - 1) for part in value]
            return {"frozenset": sorted(parts, key=json.dumps)}
        if type(value) is dict and all(type(key) is str for key in value):
            inside = {key: encode(part, depth - 1) for key, part in value.items()}
            return {"dict": inside} if _is_code(inside) else inside
    return {"repr": shown(value)}


def decode(code: Any) -> Any:
    """Return the value that `encode` wrote; for an object that JSON has no code for, its repr.

    Raises:
        ValueError, TypeError, OverflowError: a code that `encode` never writes.
    """
    if isinstance(code, list):
        return [decode(part) for part in code]
    if not isinstance(code, dict):
        return code
    if not _is_code(code):
        return {key: decode(part) for key, part in code.items()}
    ((kind, inside),) = code.items()
    if kind in NUMPY:
        return NUMPY[kind](decode(inside))
    if kind == "dict":
        return {key: decode(part) for key, part in dict(inside).items()}
    if kind in ("tuple", "frozenset"):
        parts = [decode(part) for part in inside]
        return tuple(parts) if kind == "tuple" else frozenset(parts)
    return {"float": float, "int": int, "repr": str}[kind](inside)


def as_plain(value: Any, depth: int = DEPTH) -> Any:
    """Return a value made of what JSON has, as near to it as can be.

    Numpy's scalars become numbers; tuples and arrays become lists, the keys of a dict texts; and
    what stays unknown becomes its repr. Never raises: it is for what cost hours to compute.
    """
    try:
        if getattr(value, "ndim", None) == 0:  # a scalar of NumPy, PyTorch or JAX
            value = value.item()
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if value is None or type(value) in (bool, str, float):
            return value
        if isinstance(value, int):  # not one with so many digits that Python refuses to write it
            return int(json.loads(json.dumps(int(value))))
        if isinstance(value, (float, str)):
            return float(value) if isinstance(value, float) else str(value)
        if depth > 0 and isinstance(value, (list, tuple)):
            return [as_plain(part, depth - 1) for part in value]
        if depth > 0 and isinstance(value, dict):
            plain = {str(key): as_plain(part, depth - 1) for key, part in value.items()}
            if len(plain) == len(value):
                return plain
    except Exception:
        pass  # its repr, then
    return shown(value)


def digest(text: str) -> str:
    """Return sixteen hexadecimal digits, which two different texts do not share."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_code(code):
    known = {"repr", "float", "int", "tuple", "frozenset", "dict", *NUMPY}
    return len(code) == 1 and next(iter(code)) in known
