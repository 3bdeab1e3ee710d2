"""The wheel holds the whole course, and `lab` finds the lessons where it is installed from it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow  # half a minute where the machine is busy

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
NOT_SOURCES = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.pyc")


def run(*command, cwd=None, env=None):
    """Run a command and return what it prints; if it fails, so does the test, with all it said."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=os.environ | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def pip(*arguments):
    return run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)


def isolation():
    """How pip builds: with the setuptools of the extra `test`; where it is too old, with its own.

    The first needs no network.
    """
    (needed,) = map(Requirement, PROJECT["build-system"]["requires"])
    try:
        there = metadata.version(needed.name) in needed.specifier
    except metadata.PackageNotFoundError:
        there = False
    return ["--no-build-isolation", "--check-build-dependencies"] if there else []


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what the wheel is built from: a build leaves files behind."""
    source = tmp_path_factory.mktemp("source")
    for name in ("bo_tutorial", "notebooks"):
        shutil.copytree(ROOT / name, source / name, ignore=NOT_SOURCES)
    for name in ("pyproject.toml", "README.md", *PROJECT["project"]["license-files"]):
        shutil.copy(ROOT / name, source)
    return source


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", *isolation(), "--wheel-dir", folder, source)
    (wheel,) = folder.iterdir()
    return wheel


def test_the_wheel_holds_every_file_of_the_package_and_every_notebook(wheel, source):
    version = PROJECT["project"]["version"]
    prefix = f"bo_tutorial-{version}.data/data/share/bo_tutorial/"
    held = {name.removeprefix(prefix) for name in zipfile.ZipFile(wheel).namelist()}
    held = {name for name in held if ".dist-info/" not in name}
    expected = {
        path.relative_to(source).as_posix()
        for folder in ("bo_tutorial", "notebooks")
        for path in (source / folder).rglob("*")
        if path.is_file()
    }
    assert len(held) > 2 * len(LESSONS) > 0
    assert held == expected


def test_in_a_fresh_environment_lab_copies_the_lessons(wheel, tmp_path):
    inner = tmp_path / "env"
    run(sys.executable, "-m", "venv", "--without-pip", inner)
    python = inner / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip("--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    # NumPy and the others come from here; what is installed there comes first.
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    purelib = Path(run(python, "-c", ask).strip())
    (purelib / "outer.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    copied(python, tmp_path, {"PYTHONPATH": ""}, purelib)


def test_in_a_folder_of_its_own_lab_copies_the_lessons(wheel, tmp_path):
    """`pip install --target`, as for a plain folder on the path."""
    folder = tmp_path / "folder"
    pip("install", "--quiet", "--no-deps", "--no-index", "--target", folder, wheel)
    copied(sys.executable, tmp_path, {"PYTHONPATH": str(folder)}, folder)


def copied(python, tmp_path, env, installed):
    """Check that `lab` of the package in the folder `installed` copies the course's lessons."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (installed / "notebooks").mkdir()  # another package's, not those of a clone
    where = "import bo_tutorial.network as n; n.grid_table(); print(n.__file__)"
    module = Path(run(python, "-c", where, cwd=elsewhere, env=env).strip())
    assert module.resolve().is_relative_to(installed.resolve())
    command = ["-m", "bo_tutorial", "lab", "--copy-only", "--folder", "mine"]
    said = run(python, *command, cwd=elsewhere, env=env)
    lines = [f"Copied {name}" for name in LESSONS]
    assert said.splitlines() == [*lines, "Your lessons are in mine"]
    for name in LESSONS:
        copy = elsewhere / "mine" / name
        assert copy.read_bytes() == (ROOT / "notebooks" / name).read_bytes()
