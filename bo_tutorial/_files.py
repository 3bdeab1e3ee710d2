"""Files that stay whole when a run is killed: replaced at once, or completed line by line."""

import contextlib
import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from bo_tutorial import _validate


def write_atomically(path: str | Path, content: bytes) -> None:
    """Write bytes so that a crash leaves the old file or the new one, never a half.

    Args:
        path: file to write; its folder must exist.
        content: bytes.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def progress_bar(module: str = "tqdm") -> type:
    """Return tqdm's class; a thread watches its bars, but not where threads cannot start.

    Args:
        module: "tqdm", or "tqdm.auto", which also draws in notebooks.
    """
    bar = importlib.import_module(module).tqdm
    if _validate.IN_WEBASSEMBLY:
        bar.monitor_interval = 0  # tqdm would warn that it goes on without
    return bar


# Lines in any order, each of which says what it is about


def whole_lines(path: str | Path) -> list[str]:
    """Return the lines of a text file, a list of str; [] if it is not there.

    A last line that a killed run cut short is not one of them.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        return []
    return content[: content.rfind(b"\n") + 1].decode().split("\n")[:-1]


def append_line(path: str | Path, line: str) -> None:
    """Add a line to a text file; what a killed run left of its last one is taken away first."""
    with open(path, "ab+") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.seek(0)
                file.truncate(file.read().rfind(b"\n") + 1)
        file.write(f"{line}\n".encode())


# Lines in a known order: a table


def table_ends(path: str | Path, header: str, starts: list[str]) -> list[str]:
    """Return how the whole lines of a table go on after their known beginnings, a list of str.

    Args:
        path: the file. header: its first line.
        starts: how each further line begins, in order, a list of str.

    Raises:
        ValueError: the file holds something else than the first lines of this table.
    """
    return _read_table(Path(path).read_bytes(), header, starts)[0]


@contextlib.contextmanager
def table_to_complete(path: str | Path, header: str, starts: list[str]) -> Iterator[tuple]:
    """Open a table to add the lines that it lacks; what is there stays.

    A context manager. Arguments and errors as for `table_ends`; a file that is not there is begun,
    and a last line that was cut short is written anew. A file that is something else is left as it
    is.

    Yields:
        What `table_ends` returns, and a function that writes the next line: it is given how that
        line goes on after its beginning (str).
    """
    with open(path, "ab+") as file:
        file.seek(0)
        ends, n_bytes = _read_table(file.read(), header, starts)
        file.truncate(n_bytes)
        if n_bytes == 0:
            file.write(f"{header}\n".encode())
        missing = iter(starts[len(ends) :])

        def add(end):
            file.write(f"{next(missing)}{end}\n".encode())
            file.flush()  # a line is never lost once it is written

        yield ends, add


def complete_table(
    path: str | Path,
    header: str,
    keys: list[tuple],
    make: Callable[[tuple], str],
    unit: str = "run",
    verb: str = "play",
) -> None:
    """Write the lines that a table lacks, in the order of `keys`, with a progress bar.

    If none is missing, say so and make nothing. Errors as for `table_to_complete`.

    Args:
        path: the file. header: its first line. keys: the cells with which each further line begins.
        make: a function of a key that returns how its line goes on. unit, verb: words for the bar
            and the message, "720 runs: nothing is left to play".
    """
    starts = ["".join(f"{_cell(each)}," for each in key) for key in keys]
    with table_to_complete(path, header, starts) as (ends, add):
        todo = keys[len(ends) :]
        if not todo:
            name = Path(path).name
            print(f"{name} has all of its {len(keys)} {unit}s: nothing is left to {verb}.")
            return
        for key in progress_bar()(todo, initial=len(ends), total=len(keys), unit=unit):
            add(make(key))


def _cell(value):
    return f'"{value}"' if "," in str(value) else str(value)


def _read_table(content, header, starts):
    """The ends of the complete lines after the header, and how many bytes all of them fill.

    Every line, complete or cut short at the end of the file, must be the one that is expected
    there: whatever else the file may be, it is not ours to write into.
    """
    expected = [f"{header}\n", *starts]
    ends, n_bytes = [], 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        if number > len(expected):
            raise ValueError(f"the table must have {len(starts)} rows, got more: line {number}")
        start = expected[number - 1].encode()
        complete = line.endswith(b"\n")
        if line[: len(start)] != (start if complete else start[: len(line)]):
            raise ValueError(f"line {number} of the table must begin {start!r}, got {line!r}")
        if complete:
            n_bytes += len(line)
            if number > 1:
                ends.append(line[len(start) : -1].decode())
    return ends, n_bytes
