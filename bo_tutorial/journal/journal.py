"""Each trial on disk before the next question is asked: a journal that a run can go on from.

One trial is one line of JSON, always with the same entries. `read_journal` reads it back to the
last digit, and so does `pandas.read_json(path, lines=True, precise_float=True)`; without the last
argument, pandas changes the last digits of three numbers in four.

    trial      its number, 0, 1, 2, ... in the order of asking
    config     what was evaluated
    value      what came of it, units of f; null if the evaluation failed
    failure    why it failed; null if it did not
    extra      further numbers of the evaluation, {name: value}; null if there are none
    started, ended    when the evaluation began and ended, UTC
    seed       of the strategy
    space      a fingerprint of the search space
    versions   of Python, NumPy and this package

The first line has one entry more, `hyperparameters`: the space in words, so that a later run can
say what is different about its own. Values that JSON has no word for, such as a tuple among the
choices, are written as `codes.py` says.

A journal is data: reading one executes nothing, whatever is written in it.
"""

import json
import logging
import math
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bo_tutorial.journal import codes, version_0_1
from bo_tutorial.journal.appending import AppendedFile, JournalError, as_path
from bo_tutorial.journal.lines import Entry, damaged, moment, parse
from bo_tutorial.journal.space_in_json import SpaceInJson, fingerprint
from bo_tutorial.space import Space

__all__ = ["Journal", "JournalError", "JournalTrial", "fingerprint", "moment", "read_journal"]

log = logging.getLogger("bo_tutorial")


@dataclass(frozen=True)
class JournalTrial:
    """One trial as `read_journal` returns it.

    Attributes:
        number: 0, 1, 2, ... in the order of asking. config: what was evaluated.
        value: what came of it, in units of f; NaN if the evaluation failed.
        failure: why it failed, None if it did not.
        extra: further numbers of the evaluation, {name: value}.
        started, ended: when, as `datetime` in UTC.
        seed: of the strategy. space: the fingerprint of the search space. versions: of Python,
            NumPy and this package, a dict.
    """

    number: int
    config: dict
    value: float
    failure: str | None
    extra: dict = field(default_factory=dict)
    started: datetime | None = None
    ended: datetime | None = None
    seed: object = None
    space: str = ""
    versions: dict = field(default_factory=dict)


class Journal(AppendedFile):
    """Append trials to a file, durably, and read what stands in it.

    While it is open, no other run can open it: `AppendedFile` says how. Use it in a `with`
    statement.

    Args:
        path: the file; it and its folder are made if they are missing.
        space: the `Space` of the run. seed: of the run's strategy, or None where it has none.

    Attributes:
        path: the file, as it was named. space, seed: those of the run.
        fingerprint: that of the space. entries: what stands in the file, a list by trial number.

    Raises:
        JournalError: another run has it open, or a line is damaged or of another space or
            seed. A last line that was cut short is no error: it is moved to `<path>.torn`, and a
            message says so.
        TypeError, ValueError: `path` is no path of a file; a choice of the space or the seed
            cannot be written so that another process reads the same.
    """

    def __init__(self, path: str | os.PathLike, space: Space, seed: object) -> None:
        self.space, self.seed = space, _plain_seed(seed)
        self._in_json = SpaceInJson(space)
        self.fingerprint = fingerprint(space)
        self._fingerprint_in_0_1 = version_0_1.fingerprint(space)
        super().__init__(path)
        try:
            self.entries = self._read()
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r}, {len(self.entries)} trials)"

    def append(
        self,
        trial: int,
        config: dict,
        value: float,
        failure: str,
        started: float,
        ended: float,
        extra: dict | None = None,
    ) -> None:
        """Write one trial; when this returns, it is on the disk.

        Args:
            trial: its number. config: of the space. value: a number, NaN if it failed. failure:
                why, "" if it did not. started, ended: seconds since 1970, as `time.time` gives.
            extra: further numbers of the evaluation, a dict. What JSON has no word for is written
                by its repr: an evaluation is not lost for it.

        Raises:
            JournalError: the file was deleted, replaced, cut short or written to by somebody else
                since this run wrote to it last; nothing is written then.
            OSError: the disk is full, for example. The file then ends where it ended before, and
                the journal can be closed or written to again.
        """
        value = float(value)
        if not failure and not math.isfinite(value):
            failure = f"the value was {value}"
        extra = codes.as_plain(dict(extra)) if extra else None
        entry = Entry(
            trial=int(trial),
            config={name: self._in_json.encode(name, config[name]) for name in config},
            value=None if failure else value,
            failure=failure or None,
            extra=extra,
            started=_utc(started),
            ended=_utc(ended),
            seed=self.seed,
            space=self.fingerprint,
            versions=_versions(),
            hyperparameters=None if self._size else _in_words(self.space),
        )
        written = asdict(entry)
        written["extra"], written["seed"] = codes.encode(extra), codes.encode(self.seed)
        if entry.hyperparameters is None:
            del written["hyperparameters"]
        self._write(json.dumps(written, allow_nan=False).encode() + b"\n", entry.trial)
        self.entries.append(entry)

    def config(self, entry: Entry) -> dict:
        """Return the configuration of an entry, with the choices as the space has them."""
        return self._in_json.decode(entry.config, entry.space != self.fingerprint)

    def _read(self):
        """All entries by trial number, after setting aside a last line that was cut short."""
        content = self._real.read_bytes()
        entries, torn = parse(content, self.path, self._checked)
        whole = content[: len(content) - len(torn)] if torn else content.rstrip()
        if torn:
            self._set_aside(torn)
            self._file.truncate(len(whole))
        elif not entries:  # an editor has saved nothing, with a mark or an empty line
            self._file.truncate(0)
        elif content[len(whole) :] not in (b"\n", b"\r\n"):  # no end of the line, or more of them
            self._file.truncate(len(whole))
            self._file.write(b"\n")
        os.fsync(self._file.fileno())
        self._size = os.fstat(self._file.fileno()).st_size
        return entries

    def _checked(self, entry, number):
        """Refuse an entry that is not of this space and seed.

        Raises:
            JournalError: it is not.
        """
        if entry.space not in (self.fingerprint, self._fingerprint_in_0_1):
            raise JournalError(
                f"journal {self.path} was written for another space, with {list(entry.config)}, "
                f"than {self.space!r:.300}; line {number} has the fingerprint {entry.space}, this "
                f"space {self.fingerprint}{self._difference(entry)}. To take its trials along, "
                f"name another file, and first tell them to the strategy: for trial in "
                f"bo.read_journal({str(self.path)!r}): strategy.tell(trial.config, trial.value)"
            )
        if entry.space != self.fingerprint and self._in_json.known_in_0_1 is None:
            raise JournalError(
                f"journal {self.path} is from an earlier version, which wrote some choices of "
                f"{self.space!r:.300} alike; name another file"
            )
        if entry.seed != self.seed:
            raise JournalError(
                f"journal {self.path} was written with seed {entry.seed}, this run has "
                f"{self.seed}; give the same seed, or name another file"
            )
        try:
            self.space.validate(self.config(entry))
        except (TypeError, ValueError, OverflowError) as error:
            raise damaged(self.path, number, str(error)) from None

    def _difference(self, entry):
        """What is different about the space of an entry, in words, if it can be told."""
        was, now = entry.hyperparameters, _in_words(self.space)
        if was is None:
            return ""
        found = [
            f"{name} was {was.get(name, 'missing')} and is {now.get(name, 'missing')}"
            for name in [*was, *(name for name in now if name not in was)]
            if was.get(name) != now.get(name)
        ]
        if not found and list(was) != list(now):
            found = [f"the order was {list(was)} and is {list(now)}"]
        return "".join(f"; {each:.300}" for each in found[:5])

    def _set_aside(self, line):
        torn = Path(f"{self._real}.torn")
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


def read_journal(path: str | os.PathLike, space: Space | None = None) -> list[JournalTrial]:
    """Return the trials of a journal, in the order of their numbers.

    Reading only: the file is not locked or changed, and may be that of a run under way. A last
    line that is still being written is left out.

    Args:
        path: the file.
        space: the `Space` of the run. It is needed only for choices that are objects, which a
            journal holds by their repr, and for tuples in a journal of version 0.1.

    Returns:
        A list of `JournalTrial`.

    Raises:
        TypeError, ValueError: `path` is no path of a file. FileNotFoundError: there is none.
        JournalError: a line is damaged; the message says which.
    """
    path = as_path(path)
    in_json = None if space is None else SpaceInJson(space)
    in_0_1 = None if space is None else version_0_1.fingerprint(space)
    trials = {}

    def check(entry, number):
        try:
            if in_json is None:
                config = {name: codes.decode(code) for name, code in entry.config.items()}
            else:
                config = in_json.decode(entry.config, entry.space == in_0_1)
            started, ended = moment(entry.started), moment(entry.ended)
        except (TypeError, ValueError, OverflowError) as error:
            raise damaged(path, number, str(error)) from None
        trials[entry.trial] = JournalTrial(
            number=entry.trial,
            config=config,
            value=math.nan if entry.value is None else float(entry.value),
            failure=entry.failure,
            extra=entry.extra or {},
            started=started,
            ended=ended,
            seed=entry.seed,
            space=entry.space,
            versions=entry.versions,
        )

    parse(path.read_bytes(), path, check)
    return [trials[number] for number in sorted(trials)]


def _in_words(space):
    return {name: repr(space[name]) for name in space.names}


def _plain_seed(seed):
    """A seed as JSON has it.

    Raises:
        TypeError: JSON has no word for it.
    """
    if isinstance(seed, np.generic):
        seed = seed.item()
    if repr(codes.decode(codes.encode(seed))) != repr(seed):
        raise TypeError(
            f"the strategy's seed must be a whole number, or None, for a journal to hold it, got "
            f"{seed!r:.80} ({type(seed).__name__})"
        )
    return seed


def _utc(seconds):
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def _versions():
    from importlib import metadata  # takes as long to load as the rest of this module

    try:
        ours = metadata.version("bo_tutorial")
    except metadata.PackageNotFoundError:  # run from a folder, not installed
        ours = "unknown"
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "bo_tutorial": ours,
    }
