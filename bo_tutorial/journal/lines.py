"""One line of a journal: what stands in it, and whether it can be trusted.

The docstring of `journal.py` says what the entries mean. Reading executes nothing.
"""

import codecs
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bo_tutorial.journal import codes
from bo_tutorial.journal.appending import JournalError
from bo_tutorial.strategy import as_value

LINE_END = re.compile(rb"\r\n|\r|\n")  # a journal of ours has \n, one that an editor saved may not


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a journal; the module's docstring says what the entries mean.

    `config` holds values as JSON has them; `Journal.config` makes the configuration of it. `extra`
    and `seed` are as they were handed over, as far as JSON has them.
    """

    trial: int
    config: dict
    value: float | None
    failure: str | None
    extra: dict | None = None  # older journals have none
    started: str
    ended: str
    seed: object
    space: str
    versions: dict
    hyperparameters: dict | None = None


def parse(
    content: bytes, path: Path, check: Callable[[Entry, int], None]
) -> tuple[list[Entry], bytes]:
    """Return what stands in a journal, from its content.

    What an editor leaves is no damage: a mark at the beginning (BOM), other ends of the lines, and
    blank lines at the end.

    Returns:
        The entries by trial number, and the last line if it was cut short, else b"".

    Raises:
        JournalError: a line is damaged, or `check(entry, number)` refuses it.
    """
    *lines, last = LINE_END.split(content.removeprefix(codecs.BOM_UTF8))
    if not last.strip():
        last = b""
        while lines and not lines[-1].strip():
            lines.pop()
    entries = [_entry(line, number, path) for number, line in enumerate(lines, start=1)]
    if last:
        try:
            entries.append(_entry(last, len(lines) + 1, path))
            last = b""
        except JournalError:
            if _is_json(last):  # a whole line that does not belong here
                raise
    first: dict[int, int] = {}
    for number, entry in enumerate(entries, start=1):
        if entry.trial in first:
            why = f"trial {entry.trial} stands in line {first[entry.trial]} already"
            raise damaged(path, number, why)
        first[entry.trial] = number
        check(entry, number)
    return sorted(entries, key=lambda entry: entry.trial), last


def _entry(line, number, path):
    """The entry of one line.

    Raises:
        JournalError: it is not one.
    """
    try:
        entry = Entry(**json.loads(line.decode()))
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged(path, number, f"it is not a trial ({error})") from None
    wrong = _wrong_type(entry)
    if wrong:
        raise damaged(path, number, wrong)
    try:
        return replace(entry, extra=codes.decode(entry.extra), seed=codes.decode(entry.seed))
    except (ValueError, TypeError, OverflowError) as error:
        why = f"extra or seed has an unknown code ({error})"
        raise damaged(path, number, why) from None


def damaged(path: Path, number: int, why: str) -> JournalError:
    """Return the error for a line that cannot be trusted."""
    return JournalError(
        f"journal {path} is damaged in line {number}: {why}; mend or remove that line"
    )


def _wrong_type(entry):
    """What is wrong with the entries of a line, in words; None if nothing is."""
    whole = isinstance(entry.trial, int) and not isinstance(entry.trial, bool)
    if not whole or entry.trial < 0:
        return f"trial must be a whole number, 0 or more, got {entry.trial!r}"
    if not isinstance(entry.config, dict):
        return f"config must be an object, got {entry.config!r:.80}"
    if (entry.value is None) == (entry.failure is None):
        return "one of value and failure must be null, and not both"
    if entry.value is not None:
        try:
            if isinstance(entry.value, bool) or math.isnan(as_value("value", entry.value)):
                raise TypeError
        except (TypeError, OverflowError):
            return f"value must be a finite number or null, got {entry.value!r:.80}"
    if entry.failure is not None and not isinstance(entry.failure, str):
        return f"failure must be a text or null, got {entry.failure!r:.80}"
    for name in ("extra", "hyperparameters"):
        value = getattr(entry, name)
        if not isinstance(value, (dict, type(None))):
            return f"{name} must be an object or null, got {value!r:.80}"
    return None


def _is_json(line):
    try:
        json.loads(line.decode())
    except (ValueError, RecursionError):
        return False
    return True


def moment(text: str) -> datetime:
    """Return when something happened, as a line of a journal says it: a `datetime` in UTC."""
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
