"""Each trial on disk before the next question is asked: a journal that a run can go on from.

One trial is one line of JSON, always with the same entries, so that `pandas.read_json(path,
lines=True)` reads the file:

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

import codecs
import contextlib
import hashlib
import importlib.metadata
import json
import logging
import math
import os
import platform
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bo_tutorial import codes
from bo_tutorial.search import as_value
from bo_tutorial.space import Categorical, Float

log = logging.getLogger("bo_tutorial")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{9,}")
LINE_END = re.compile(rb"\r\n|\r|\n")  # a journal of ours has \n, one that an editor saved may not
BY_NAME = "name the choices by texts, and look up the object in the objective"


class JournalError(ValueError):
    """A journal is damaged, in use, changed under a run, or that of another space or seed."""


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


class Journal:
    """Append trials to a file, durably, and read what stands in it.

    While it is open, no other run can open it, under whatever name: not through a symbolic link,
    and not through a hard link either where the system has locks on the file itself (Linux, macOS).
    The locks end with their process, however that ends. Where there are none, on some network file
    systems, and on Windows for a hard link, a second run is found out at the next `append`, which
    looks at the file's identity and length first. Use it in a `with` statement.

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

    def __init__(self, path, space, seed):
        self.path, self.space, self.seed = _path(path), space, _plain_seed(seed)
        self._choices = _Choices(space)
        self.fingerprint, self._old_fingerprint = fingerprint(space), _old_fingerprint(space)
        # Absolute, since an objective may change the folder; and behind all symbolic links.
        self._named = Path(os.path.abspath(self.path))
        self._real = Path(os.path.realpath(self.path))
        self._real.parent.mkdir(parents=True, exist_ok=True)
        self._torn = 0  # how many bytes of a line that failed may still stand at the end
        with contextlib.ExitStack() as stack:
            self._lock = self._acquire()
            stack.callback(self._lock.release)
            is_new = not self._real.exists()
            # Without a buffer: what could not be written must not be tried again on closing.
            self._file = stack.enter_context(open(self._real, "ab", buffering=0))
            self._lock_file()
            self.entries = self._read()
            self._size = os.fstat(self._file.fileno()).st_size
            if is_new:
                _sync_folder(self._real.parent)
            stack.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        return f"Journal({str(self.path)!r}, {len(self.entries)} trials)"

    def close(self):
        """Close the file and let other runs have it; done by the end of a `with` statement."""
        try:
            if not self._file.closed:
                _unlock(self._file)
                self._file.close()
        finally:
            self._lock.release()

    def append(self, trial, config, value, failure, started, ended, extra=None):
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
        if failure or not math.isfinite(value):
            value, failure = None, failure or f"the value was {value}"
        extra = codes.as_plain(dict(extra)) if extra else None
        entry = Entry(
            trial=int(trial),
            config={name: self._choices.encode(name, config[name]) for name in config},
            value=value,
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

    def config(self, entry):
        """Return the configuration of an entry, with the choices as the space has them."""
        is_old = entry.space != self.fingerprint
        return self._choices.config(entry.config, is_old)

    def _acquire(self):
        """The lock of the file's real name, held.

        Raises:
            JournalError: another run holds it.
        """
        from filelock import FileLock, Timeout  # only who keeps a journal needs it

        lock = FileLock(f"{self._real}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise self._in_use() from None
        except NotImplementedError:
            log.warning(
                "journal %s: this file system has no locks, so see to it that one run at a time "
                "writes there",
                self.path,
            )
        return lock

    def _lock_file(self):
        """Lock the file itself, which may have another name through a hard link.

        Raises:
            JournalError: another run holds it.
        """
        try:
            import fcntl

            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._in_use() from None
        except (ImportError, AttributeError, OSError):
            pass  # Windows, or a file system without locks: `append` finds out

    def _in_use(self):
        return JournalError(
            f"journal {self.path} is in use by another run; end that one, or name another file"
        )

    def _write(self, line, trial):
        """Add one line to the file, whole or not at all."""
        if self._torn:
            self._cut_back()
        self._refuse_changed(trial)
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except BaseException as error:  # an interrupt too: half a line must not stay
            self._torn = len(line)
            self._cut_back()
            error.add_note(f"trial {trial} is not in the journal {self.path}")
            raise
        self._size += len(line)

    def _cut_back(self):
        """Take what is left of a failed line off the end of the file, if the disk lets us."""
        with contextlib.suppress(OSError):
            beyond = os.fstat(self._file.fileno()).st_size - self._size
            if 0 <= beyond <= self._torn:  # and not what somebody else has written
                self._file.truncate(self._size)
                self._torn = 0

    def _refuse_changed(self, trial):
        """Refuse to write where this run's lines are no longer all that stands.

        Raises:
            JournalError: the file is another one, or has another length.
        """
        held = os.fstat(self._file.fileno())
        try:
            named = os.stat(self._named)
        except FileNotFoundError:
            what = "was deleted or moved away"
        else:
            if held.st_ino and named.st_ino and not os.path.samestat(held, named):
                what = "was replaced by another file"
            elif held.st_size < self._size:
                what = f"was emptied or cut short, from {self._size} to {held.st_size} bytes,"
            elif held.st_size > self._size:
                what = f"was written to by another program, {held.st_size - self._size} bytes,"
            else:
                return
        raise JournalError(
            f"journal {self.path} {what} while this run had it open, so trial {trial} is not "
            "written there; leave the file alone during a run, and one run at a time"
        )

    def _read(self):
        """All entries by trial number, after setting aside a last line that was cut short."""
        content = self._real.read_bytes()
        entries, torn = _parse(content, self.path, self._checked)
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
        return entries

    def _checked(self, entry, number):
        """Refuse an entry that is not of this space and seed.

        Raises:
            JournalError: it is not.
        """
        if entry.space not in (self.fingerprint, self._old_fingerprint):
            raise JournalError(
                f"journal {self.path} was written for another space, with {list(entry.config)}, "
                f"than {self.space!r:.300}; line {number} has the fingerprint {entry.space}, this "
                f"space {self.fingerprint}{self._difference(entry)}. To take its trials along, "
                f"name another file, and first tell them to the strategy: for trial in "
                f"bo.read_journal({str(self.path)!r}): strategy.tell(trial.config, trial.value)"
            )
        if entry.space != self.fingerprint and not self._choices.old_is_faithful:
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
            raise _damaged(self.path, number, str(error)) from None

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


def read_journal(path, space=None):
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
    path = _path(path)
    choices = None if space is None else _Choices(space)
    old = None if space is None else _old_fingerprint(space)
    trials = {}

    def check(entry, number):
        try:
            if choices is None:
                config = {name: codes.decode(code) for name, code in entry.config.items()}
            else:
                config = choices.config(entry.config, entry.space == old)
            started, ended = moment(entry.started), moment(entry.ended)
        except (TypeError, ValueError, OverflowError) as error:
            raise _damaged(path, number, str(error)) from None
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

    _parse(path.read_bytes(), path, check)
    return [trials[number] for number in sorted(trials)]


def fingerprint(space):
    """Return sixteen hexadecimal digits that two spaces share if they mean the same.

    Names, their order, kinds, bounds, scales, steps, choices and conditions all count; how they
    are spelled does not: 0 or 0.0, `log=1` or `log=True`, "a" or ["a"] in `when=`, whose order
    does not matter either. Among the choices, 1 and 1.0 mean two different things.

    Raises:
        ValueError: a choice cannot be written so that another process reads the same.
    """
    choices, described = _Choices(space), []
    for name, conditions in space.conditions.items():
        kind = space[name]
        if isinstance(kind, Categorical):
            limits = [choices.encode(name, choice) for choice in kind.choices]
        else:
            limits = [kind.low, kind.high, kind.log, getattr(kind, "step", 1)]
        when = {
            parent: [choices.encode(parent, value) for value in values]
            for parent, values in conditions.items()
        }
        described.append([name, type(kind).__name__, limits, when])
    return _digest(json.dumps(described, sort_keys=True))


def _old_fingerprint(space):
    """The fingerprint of version 0.1, which depends on the spelling; None for what it had not."""
    described = []
    for name in space.names:
        kind = space[name]
        *limits, when = kind._written
        if isinstance(kind, Categorical):
            limits = [_old_code(choice) for choice in kind.choices]
        elif getattr(kind, "step", 1) != 1:
            return None
        when = {parent: repr(value) for parent, value in (when or {}).items()}
        described.append([name, type(kind).__name__, limits, when])
    return _digest(json.dumps(described, default=float))


def _old_code(choice):
    """How version 0.1 wrote a choice: by its repr, if JSON had no word for it."""
    plain = choice is None or isinstance(choice, (bool, int, str))
    plain = plain or (isinstance(choice, float) and math.isfinite(choice))
    return choice if plain and not isinstance(choice, np.generic) else repr(choice)


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Choices:
    """How the values of a space are written, and which one was meant by what is written.

    Raises:
        ValueError: two choices are written alike, or one is written in another way by another
            process.
    """

    def __init__(self, space):
        self.space, self.old_is_faithful = space, True
        self._known, self._old, self._codes = {}, {}, {}
        for name in space.names:
            if isinstance(space[name], Categorical):
                self._add(name, space[name].choices)

    def encode(self, name, value):
        """What JSON writes for the value of a hyperparameter."""
        value = self.space[name].python(value)
        if name not in self._codes:
            return codes.encode(value)
        # As it was when the journal was opened: an objective may have changed the object since.
        return self._codes[name][id(value)]

    def config(self, written, is_old):
        """The configuration of which a line says `written`; what is not known stays as it is."""
        return {name: self._decode(name, code, is_old) for name, code in written.items()}

    def _decode(self, name, code, is_old):
        if name in self._known:
            known = self._old[name] if is_old else self._known[name]
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
        self._old[name] = {json.dumps(_old_code(choice)): choice for choice in choices}
        self.old_is_faithful &= len(self._old[name]) == len(choices)


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


def _parse(content, path, check):
    """Take the content of a journal apart.

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
    first = {}
    for number, entry in enumerate(entries, start=1):
        if entry.trial in first:
            why = f"trial {entry.trial} stands in line {first[entry.trial]} already"
            raise _damaged(path, number, why)
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
        raise _damaged(path, number, f"it is not a trial ({error})") from None
    wrong = _wrong_type(entry)
    if wrong:
        raise _damaged(path, number, wrong)
    try:
        return replace(entry, extra=codes.decode(entry.extra), seed=codes.decode(entry.seed))
    except (ValueError, TypeError, OverflowError) as error:
        why = f"extra or seed has an unknown code ({error})"
        raise _damaged(path, number, why) from None


def _damaged(path, number, why):
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


def _utc(seconds):
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def moment(text):
    """Return when something happened, as a line of a journal says it: a `datetime` in UTC."""
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _unlock(file):
    """Give back the lock on a file, also for workers that were forked while it was held."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.flock(file, fcntl.LOCK_UN)


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


def _path(path):
    """The path of a journal, `~` for the home folder.

    Raises:
        TypeError, ValueError: it is none, or that of something else than a file.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"journal must be the path of a file, got {path!r:.80}")
    path = Path(path)
    if str(path).startswith("~"):
        path = path.expanduser()
    if "\0" in str(path) or (path.exists() and not path.is_file()):
        raise ValueError(f"journal must be the path of a file, got {str(path)!r:.200}")
    return path


def _sync_folder(folder):
    """Make the name of a new file durable too; some systems have no way to say that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
