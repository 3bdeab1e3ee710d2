"""The wheel holds the whole course, the source archive what git holds; both are installed here."""

import json
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
FOLDERS = (".ci", ".github", "benchmarks", "bo_tutorial", "docs", "findings", "notebooks", "tests")
FOLDERS = (*FOLDERS, "site", "slides", "tools")
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
    """Run pip, which must not find the course where the tests run from."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return run(*command, env={"PYTHONPATH": ""})


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
    for path in sorted(ROOT.iterdir()):
        if path.name in FOLDERS:
            shutil.copytree(path, source / path.name, ignore=NOT_SOURCES)
        elif path.is_file() and path.name != ".git":
            shutil.copy(path, source)
    return source


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    return built(source, tmp_path_factory.mktemp("wheel"))


def built(source, folder):
    said = pip("wheel", "--verbose", "--no-deps", *isolation(), "--wheel-dir", folder, source)
    assert "absent from the `packages`" not in said  # a folder that is neither package nor data
    assert "Deprecat" not in said
    (wheel,) = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def archive(source, tmp_path_factory):
    """The source archive, unpacked; its file is beside it."""
    folder = tmp_path_factory.mktemp("archive")
    build = (
        "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
        if isolation()
        else "import sys; sys.exit('setuptools is too old: install the extra test')"
    )
    run(sys.executable, "-c", build, folder, cwd=source)
    (packed,) = folder.iterdir()
    shutil.unpack_archive(packed, folder)
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def test_the_wheel_holds_every_file_of_the_package_and_every_notebook(wheel, source):
    version = PROJECT["project"]["version"]
    prefix = f"bo_tutorial-{version}.data/data/share/bo_tutorial/"
    held = {name.removeprefix(prefix) for name in zipfile.ZipFile(wheel).namelist()}
    held = {name for name in held if ".dist-info/" not in name}
    expected = {"README.md"} | {
        path.relative_to(source).as_posix()
        for folder in ("bo_tutorial", "docs", "notebooks")
        for path in (source / folder).rglob("*")
        if path.is_file()
    }
    assert len(held) > 2 * len(LESSONS) > 0
    assert held == expected


def test_the_source_archive_holds_what_git_holds_and_builds_the_same_wheel(
    archive, wheel, tmp_path
):
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no clone: the archive cannot be compared with what git holds")
    held = {path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file()}
    made = {"PKG-INFO", "setup.cfg"} | {name for name in held if ".egg-info/" in name}
    assert held - made == {name for name in listed.stdout.split("\n") if (ROOT / name).is_file()}
    names = [zipfile.ZipFile(each).namelist() for each in (wheel, built(archive, tmp_path))]
    assert sorted(names[0]) == sorted(names[1])


def test_a_part_of_the_tests_passes_in_the_source_archive(archive):
    env = {"PYTHONPATH": str(archive)}
    some = [
        "tests/method/test_kernels.py",
        "tests/repo/test_readme.py",
        "tests/repo/test_habits.py",
    ]
    assert " passed" in run(sys.executable, "-m", "pytest", "-q", *some, cwd=archive, env=env)


def test_in_an_empty_environment_the_wheel_brings_what_it_needs(wheel, tmp_path):
    """With NumPy and the others from the package index, as a reader gets them."""
    inner = tmp_path / "env"
    run(sys.executable, "-m", "venv", "--without-pip", inner)
    scripts = inner / ("Scripts" if os.name == "nt" else "bin")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python"]
    command += [scripts / "python", "install", "--quiet", "--no-compile", "--retries", "1"]
    command += ["-c", ROOT / "constraints.txt", wheel]
    env = {"PYTHONPATH": "", "MPLBACKEND": ""}
    done = subprocess.run(
        [*map(str, command)], env=os.environ | env, capture_output=True, text=True
    )
    if "No matching distribution" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    empty = tmp_path / "empty folder"
    empty.mkdir()
    code = (
        "import bo_tutorial as bo\n"
        "space = bo.Space(x=bo.Float(-1, 1))\n"
        "print(bo.maximize(lambda c: -c['x'] ** 2, space, 12, progress=False).best_value > -1e-3)"
    )
    assert run(scripts / "python", "-W", "error", "-c", code, cwd=empty, env=env) == "True\n"
    said = run(scripts / "bo-tutorial", "version", cwd=empty, env=env)
    assert f"bo_tutorial {PROJECT['project']['version']}\n" in said
    assert "jupyterlab not installed" in said
    run(scripts / "bo-tutorial", "lab", "--copy-only", cwd=empty, env=env)
    assert {*LESSONS, "README.md"} <= {path.name for path in (empty / "my-lessons").iterdir()}
    for command in (["worked-example"], ["lab"]):  # what an extra brings is named
        lacking = subprocess.run(
            [scripts / "bo-tutorial", *command],
            cwd=empty,
            env=os.environ | env,
            capture_output=True,
            text=True,
        )
        assert lacking.returncode == 1
        assert "'bo_tutorial[course]'" in lacking.stderr and "Traceback" not in lacking.stderr


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
        copy, original = (
            json.loads((folder / name).read_bytes())["cells"]
            for folder in (elsewhere / "mine", ROOT / "notebooks")
        )
        assert [c["source"] for c in copy if c["cell_type"] == "code"] == [
            c["source"] for c in original if c["cell_type"] == "code"
        ]
    assert (elsewhere / "mine" / "docs" / "glossary.md").is_file()
