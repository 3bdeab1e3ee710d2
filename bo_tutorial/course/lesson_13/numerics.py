"""The Rosetta table: what each library does, and the line that shows it.

`data/rosetta.json` has one entry for a fact and a library: a sentence, a probe, and what the probe
prints. `probe` runs those of one library; `docs/rosetta.md` is `page()`, made by
`python tools/rosetta.py`.
"""

import contextlib
import functools
import importlib.util
import io
import json
import subprocess
import sys
from importlib import metadata, resources

LARGEST_OUTPUT = 300  # characters that a failed probe may tell


@functools.cache
def table() -> dict:
    """Return the table: {"libraries": {key: ...}, "facts": [...]}, as in the file."""
    data = resources.files("bo_tutorial.course.lesson_13") / "data" / "rosetta.json"
    return json.loads(data.read_text(encoding="utf-8"))


def is_installed(library: str) -> bool:
    """Say whether a library, by its key in the table, can be imported."""
    return importlib.util.find_spec(library) is not None


def installed_version(library: str) -> str | None:
    """Return the version of a library that is installed; None for this course."""
    distribution = table()["libraries"][library]["distribution"]
    return distribution and metadata.version(distribution)


def probe(library: str) -> dict[str, list[str]]:
    """Run a library's probes, in a process of their own.

    Returns:
        {fact: the lines that it printed}; one line with the error if it raised one.
    """
    command = [sys.executable, "-m", __name__, library]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the probes of {library} ended with {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def page() -> str:
    """Return the table as a page in Markdown: one section a fact, one row a library."""
    libraries = table()["libraries"]
    parts = [HEAD]
    for fact in table()["facts"]:
        rows = [
            f"## {fact['title']}",
            "",
            fact["question"],
            "",
            "| library | what it does |",
            "|---|---|",
        ]
        for key, answer in fact["answers"].items():
            version = libraries[key]["version"]
            name = f"{libraries[key]['name']} {version}" if version else libraries[key]["name"]
            rows.append(f"| {name} | {answer['says']} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


HEAD = """\
# Rosetta table

The same words mean different things in different libraries. Each row says what a library does in
the version beside its name. A one-line probe shows it, and a test runs every probe against the
library that is installed (`make test-tools`); the probes are in
`bo_tutorial/course/lesson_13/data/rosetta.json`."""


def _run(library):
    printed = {}
    for fact in table()["facts"]:
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                exec("\n".join(fact["answers"][library]["probe"]), {})
            printed[fact["fact"]] = out.getvalue().strip().split("\n")
        except Exception as error:
            printed[fact["fact"]] = [f"{type(error).__name__}: {error}"[:LARGEST_OUTPUT]]
    return printed


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1])))
