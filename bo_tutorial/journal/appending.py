"""A file to which one run at a time adds lines, each of them on the disk before the run goes on."""

import contextlib
import logging
import os
from pathlib import Path
from typing import Self

from bo_tutorial import _validate

log = logging.getLogger("bo_tutorial")
NO_LOCKS = "journal %s: %s has no locks, so see to it that one run at a time writes there"
_held: set[Path] = set()  # by runs of this process, where the system has no locks


class JournalError(ValueError):
    """A journal is damaged, in use, changed under a run, or that of another space or seed."""


class AppendedFile:
    """Lock a file and add whole lines to it, durably.

    While it is open, no other run can open it, under whatever name: not through a symbolic link,
    and not through a hard link either where the system has locks on the file itself (Linux, macOS).
    The locks end with their process, however that ends. Where there are none, on some network file
    systems, and on Windows for a hard link, a second run is found out by its first line, since the
    file's identity and length are looked at before each.

    Args:
        path: the file; it and its folder are made if they are missing.

    Raises:
        TypeError, ValueError: `path` is no path of a file. JournalError: another run has it open.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = as_path(path)
        # Absolute, since an objective may change the folder; and behind all symbolic links.
        self._named = Path(os.path.abspath(self.path))
        self._real = Path(os.path.realpath(self.path))
        self._real.parent.mkdir(parents=True, exist_ok=True)
        self._torn = 0  # how many bytes of a line that failed may still stand at the end
        with contextlib.ExitStack() as stack:
            self._release = self._acquire()
            stack.callback(self._release)
            is_new = not self._real.exists()
            # Without a buffer: what could not be written must not be tried again on closing.
            self._file = stack.enter_context(open(self._real, "ab", buffering=0))
            self._lock_file()
            self._size = os.fstat(self._file.fileno()).st_size
            if is_new:
                _sync_folder(self._real.parent)
            stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let other runs have it; done by the end of a `with` statement."""
        try:
            if not self._file.closed:
                _unlock(self._file)
                self._file.close()
        finally:
            self._release()

    def _acquire(self):
        """Take the lock of the file's real name; return the function that gives it back.

        Raises:
            JournalError: another run holds it.
        """
        if _validate.IN_WEBASSEMBLY:
            log.warning(NO_LOCKS, self.path, "WebAssembly")
            return self._acquire_here()
        from filelock import FileLock, Timeout  # only who keeps a journal needs it

        # For the process: what one thread has opened, another one may close.
        lock = FileLock(f"{self._real}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise self._in_use() from None
        except NotImplementedError:
            log.warning(NO_LOCKS, self.path, "this file system")
        return lock.release

    def _acquire_here(self):
        """As `_acquire`, against the other runs of this process, the only one there is.

        Raises:
            JournalError: one of them holds it.
        """
        if self._real in _held:
            raise self._in_use()
        _held.add(self._real)
        held = contextlib.ExitStack()
        held.callback(_held.discard, self._real)
        return held.close

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


def _unlock(file):
    """Give back the lock on a file, also for workers that were forked while it was held."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.flock(file, fcntl.LOCK_UN)


def as_path(path: str | os.PathLike) -> Path:
    """Return the path of a journal, `~` standing for the home folder.

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
