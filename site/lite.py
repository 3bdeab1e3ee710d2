"""Build JupyterLite in build/lite: the lessons in a browser, with nothing installed.

Python runs in the page, as WebAssembly: Pyodide. Beside the page stand the lessons as `lab` copies
them, the package as a wheel, and the wheels of pure Python that Pyodide lacks. Pyodide and what it
has itself, NumPy among it, come from its own host when a lesson is opened.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from bo_tutorial.course.copies import MANIFEST, copy_lessons, find_lessons

ROOT = Path(__file__).resolve().parent.parent
SOURCE, LITE = ROOT / "build" / "lite-source", ROOT / "build" / "lite"
TITLE = "Bayesian optimization, step by step"
LACKING = ("comm", "filelock", "ipywidgets")  # in Pyodide; pure Python, so a wheel is enough
INSTEAD = {"jupyterlab"}  # what the page itself is
# What the package is built of. The lessons stand beside it: in it, each start would load them all.
BUILT = ("pyproject.toml", "README.md", "LICENSE*", "notebooks/published.json", "bo_tutorial/**/*")
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager")
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# Pyodide reads the address of a wheel from its worker: extensions/@jupyterlite/.../static/.
WHEELS = "../../../../pypi"
OLDEST = 315_619_200  # 2 January 1980: zip archives know no time before


def main():
    """Build into build/lite; return 0, or 1 if something is missing or a tool warns."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.rmtree(LITE, ignore_errors=True)
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(time_of_commit())}
    messages = lay_lessons(SOURCE / "files")
    if messages:
        print(*messages, sep="\n", file=sys.stderr)
        return 1
    lay_wheels(SOURCE / "pypi", environment)
    shutil.copy(ROOT / "bo_tutorial" / "course" / "lab_settings" / "overrides.json", SOURCE)
    write_settings(SOURCE)
    for command in ("build", "check"):
        if not run("-m", "jupyterlite_core", command, cwd=SOURCE, env=environment):
            return 1
    sort_listings(LITE / "api" / "contents")
    print(f"The lessons are in {LITE}; serve that folder, `python3 -m http.server -d {LITE}`")
    return 0


def time_of_commit():
    """Return the time that all files get, in seconds: two builds of one commit are the same."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):  # no Git, or no clone
        return OLDEST


def lay_lessons(folder):
    """Copy lessons, solutions and pages as `lab` does; return what hinders, a list of sentences."""
    messages = copy_lessons(find_lessons(ROOT), folder)
    (folder / MANIFEST).unlink()
    return [each for each in messages if not each.startswith("Copied ")]


def lay_wheels(folder, environment):
    """Put into `folder` the wheel of the package, built from this tree, and those of `LACKING`.

    Raises:
        SystemExit: pip could not build or get one; it has said why.
    """
    tree = SOURCE / "package"
    for pattern in BUILT:
        for path in ROOT.glob(pattern):
            if path.is_file() and path.suffix != ".pyc":
                target = tree / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    pip = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check")  # errors alone
    here = ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, tree)
    if subprocess.run([*pip, *here], env=environment).returncode:
        sys.exit("Could not build the wheel of the package: see above.")
    pure = ("download", "--no-deps", "--only-binary", ":all:", "--dest", folder)
    pins = ("-c", ROOT / "constraints.txt")
    if subprocess.run([*pip, *pure, *pins, *LACKING], env=environment).returncode:
        sys.exit(
            f"Could not get the wheels of {', '.join(LACKING)}: see above. It needs a network."
        )


def packages(folder):
    """Return what the kernel loads at its start: Pyodide's own by name, ours by address.

    A lesson is the same file everywhere, so it cannot install anything. Pyodide loads what a cell
    imports only if it has the package itself, and does not look into what a wheel requires.

    Args:
        folder: the folder with the wheels.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [*project["dependencies"], *project["optional-dependencies"]["course"]]
    names = {re.match(r"[\w.-]+", each).group() for each in required}
    wheels = sorted(path.name for path in folder.glob("*.whl"))
    return [*sorted(names - INSTEAD - {*LACKING}), *(f"{WHEELS}/{name}" for name in wheels)]


def write_settings(folder):
    """Write what JupyterLite reads: the settings of the page, and those of its own build."""
    kernel = {"loadPyodideOptions": {"packages": packages(folder / "pypi")}}
    page = {"appName": TITLE, "litePluginSettings": {KERNEL: kernel}}
    extensions = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    build = {
        "output_dir": str(LITE),
        "apps": ["lab"],
        "contents": ["files"],
        # Named, so that nothing else that is installed here gets into the page.
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(extensions / name) for name in EXTENSIONS],
        "no_libarchive": True,  # a package that it asks for; it does as well without
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    for name, content in {
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "jupyter_lite_config.json": {"LiteBuildConfig": build},
    }.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def run(*arguments, **settings):
    """Run Python and return whether it went well, without a warning; if not, print all it said."""
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **settings,
    )
    well = done.returncode == 0 and not re.search("Warning:|WARNING|ERROR|Traceback", done.stdout)
    if not well:
        print(done.stdout, file=sys.stderr)
    return well


def sort_listings(folder):
    """Sort the lists of files by name: the system gives them in an order of its own."""
    for path in folder.rglob("all.json"):
        listing = json.loads(path.read_text(encoding="utf-8"))
        listing["content"].sort(key=lambda entry: (entry["type"] != "directory", entry["name"]))
        path.write_text(json.dumps(listing, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
