"""Each trial on disk before the next question is asked: a journal that a run can go on from.

One trial is one line of JSON, always with the same entries, so that `pandas.read_json(path,
lines=True)` reads the file:

    trial      its number, 0, 1, 2, ... in the order of asking
    config     what was evaluated
    value      what came of it, units of f; null if the evaluation failed
    failure    why it failed; null if it did not
    started, ended    when the evaluation began and ended, UTC
    seed       of the strategy
    space      a fingerprint of the search space
    versions   of Python, NumPy and this package

A journal is data: reading one executes nothing, whatever is written in it.
"""

import hashlib
import importlib.metadata
import json
import logging
import math
import os
import platform
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bo_tutorial.search import as_value
from bo_tutorial.space import Categorical

log = logging.getLogger("bo_tutorial")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class JournalError(ValueError):
    """A journal is damaged, in use by another run, or that of another space or seed."""


@dataclass(frozen=True)
class Entry:
    """One line of a journal; the module's docstring says what the entries mean.

    `config` holds values that JSON has: what a `Categorical` chooses may be written as text.
    """

    trial: int
    config: dict
    value: float | None
    failure: str | None
    started: str
    ended: str
    seed: int | None
    space: str
    versions: dict


class Journal:
    """Append trials to a file, durably, and read what stands in it.

    While it is open, no other run can open it; the lock ends with its process, however that ends.
    Use it in a `with` statement.

    Args:
        path: the file; it and its folder are made if they are missing.
        space: the `Space` of the run. seed: of the run's strategy, or None where it has none.

    Raises:
        JournalError: another run has it open, or a line is damaged or of another space or
            seed. A last line that was cut short is no error: it is moved to `<path>.torn`, and a
            message says so.
        ValueError: a choice of the space would be written in another way by another process.
    """

    def __init__(self, path, space, seed):
        from filelock import FileLock, Timeout  # only who keeps a journal needs it

        self.path, self.space, self.seed = Path(path), space, seed
        self._codes = {name: _codes(space, name) for name in space.names}
        self.fingerprint = fingerprint(space)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{self.path}.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise JournalError(
                f"journal {self.path} is in use by another run; end that one, or name another file"
            ) from None
        try:
            self.entries = self._read()
            is_new = not self.path.exists()
            self._file = open(self.path, "ab")
            if is_new:
                _sync_folder(self.path.parent)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._file.close()
        self._lock.release()

    def append(self, trial, config, value, failure, started, ended, extra=None):
        """Write one trial; when this returns, it is on the disk.

        Args:
            trial: its number. config: of the space. value: a number, NaN if it failed. failure:
                why, "" if it did not. started, ended: seconds since 1970, as `time.time` gives.
        """
        entry = Entry(
            trial=trial,
            config={name: self._encode(name, config[name]) for name in config},
            value=None if math.isnan(value) else value,
            failure=failure or None,
            started=_utc(started),
            ended=_utc(ended),
            seed=self.seed,
            space=self.fingerprint,
            versions=_versions(),
        )
        # One call for the whole line: what a crash can leave is the beginning of a line.
        self._file.write(json.dumps(asdict(entry), allow_nan=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.entries.append(entry)

    def config(self, entry):
        """Return the configuration of an entry, with the choices as the space has them."""
        return {name: self._decode(name, value) for name, value in entry.config.items()}

    def _encode(self, name, value):
        """How the value of one hyperparameter is written."""
        return next((code for v, code in self._codes[name] if _same(v, value)), value)

    def _decode(self, name, code):
        """The value of one hyperparameter; what the space does not have stays as it is."""
        return next((v for v, known in self._codes[name] if _same(known, code)), code)

    def _read(self):
        """All entries by trial number, after setting aside a last line that was cut short."""
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        *lines, last = content.split(b"\n")
        entries = [self._entry(line, number) for number, line in enumerate(lines, start=1)]
        if last:
            try:  # only the end of the line is missing
                entries.append(self._entry(last, len(lines) + 1))
                repaired = content + b"\n"
            except JournalError as error:
                if _is_json(last):  # a whole line that does not belong here
                    raise
                self._set_aside(last, error)
                repaired = content[: len(content) - len(last)]
            self._replace(repaired)
        first = {}
        for number, entry in enumerate(entries, start=1):
            if entry.trial in first:
                raise self._damaged(
                    number, f"trial {entry.trial} stands in line {first[entry.trial]} already"
                )
            first[entry.trial] = number
        return sorted(entries, key=lambda entry: entry.trial)

    def _entry(self, line, number):
        """The entry of one line.

        Raises:
            JournalError: it is not one, or not of this space and seed.
        """
        try:
            entry = Entry(**json.loads(line.decode()))
        except (ValueError, TypeError, RecursionError) as error:
            raise self._damaged(number, f"it is not a trial ({error})") from None
        wrong = _wrong_type(entry)
        if wrong:
            raise self._damaged(number, wrong)
        if entry.space != self.fingerprint:
            raise JournalError(
                f"journal {self.path} was written for another space, with {list(entry.config)}, "
                f"than {self.space!r:.300}; line {number} has the fingerprint {entry.space}, this "
                f"space {self.fingerprint}"
            )
        if entry.seed != self.seed:
            raise JournalError(
                f"journal {self.path} was written with seed {entry.seed}, this run has "
                f"{self.seed}; give the same seed, or name another file"
            )
        try:
            self.space.validate(self.config(entry))
        except (TypeError, ValueError) as error:
            raise self._damaged(number, str(error)) from None
        return entry

    def _damaged(self, number, why):
        return JournalError(
            f"journal {self.path} is damaged in line {number}: {why}; mend or remove that line"
        )

    def _set_aside(self, line, error):
        torn = Path(f"{self.path}.torn")
        with open(torn, "ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        log.warning(
            "journal %s: the last line was cut short, as by a power cut; it is kept in %s, and its "
            "trial is evaluated again",
            self.path,
            torn,
        )

    def _replace(self, content):
        """Put other content in the file's place, whole or not at all."""
        temporary = Path(f"{self.path}.new")
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path)
        _sync_folder(self.path.parent)


def fingerprint(space):
    """Return sixteen hexadecimal digits that two spaces share if they mean the same.

    Names, their order, kinds, bounds, scales, choices and conditions all count.
    """
    described = []
    for name in space.names:
        kind = space[name]
        limits = [code for _, code in _codes(space, name)] or [kind.low, kind.high, kind.log]
        when = {parent: repr(value) for parent, value in (kind.when or {}).items()}
        described.append([name, type(kind).__name__, limits, when])
    return hashlib.sha256(json.dumps(described, default=float).encode()).hexdigest()[:16]


def _codes(space, name):
    """Pairs (choice, how it is written) of a categorical hyperparameter; none for numbers.

    Raises:
        ValueError: the text of a choice holds an address, another one in each process.
    """
    if not isinstance(space[name], Categorical):
        return []
    codes = []
    for choice in space[name].choices:
        plain = choice is None or isinstance(choice, (bool, int, str))
        plain = plain or (isinstance(choice, float) and math.isfinite(choice))
        code = choice if plain and not isinstance(choice, np.generic) else repr(choice)
        if isinstance(code, str) and ADDRESS.search(code):
            raise ValueError(
                f"{name} must have choices that are written alike in every process, such as "
                f"names, for a journal to hold them, got {code}"
            )
        codes.append((choice, code))
    return codes


def _same(one, other):
    """Equal and of one type: True is not 1."""
    return type(one) is type(other) and one == other


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
        except TypeError:
            return f"value must be a finite number or null, got {entry.value!r:.80}"
    if entry.failure is not None and not isinstance(entry.failure, str):
        return f"failure must be a text or null, got {entry.failure!r:.80}"
    return None


def _is_json(line):
    try:
        json.loads(line.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _utc(seconds):
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def _versions():
    try:
        ours = importlib.metadata.version("bo_tutorial")
    except importlib.metadata.PackageNotFoundError:  # run from a folder, not installed
        ours = "unknown"
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "bo_tutorial": ours,
    }


def _sync_folder(folder):
    """Make the name of a new file durable too; some systems have no way to say that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
