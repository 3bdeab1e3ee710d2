"""The course's commands on every system: `make lab` is `python -m tools lab`, and so on.

Nothing but Python is needed to start it. It makes the environment `.venv`, installs what the
command needs, and runs it there. PYTHON=python3.12 in front of `make` names the interpreter of a
new environment; on Windows that is whichever Python starts this file.
"""

import argparse
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)

# One thread each: the same sums in the same order everywhere, and two lessons don't fight for
# cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
ONE_THREAD = dict.fromkeys(THREADS, "1")

# Notebooks run with the course's own settings, not with those of whoever runs them.
HERE = VENV / "settings"
SETTINGS = {
    "MPLBACKEND": "",
    "MPLCONFIGDIR": str(HERE / "matplotlib"),
    "IPYTHONDIR": str(HERE / "ipython"),
    "JUPYTER_CONFIG_DIR": str(HERE / "config"),
    "JUPYTER_DATA_DIR": str(HERE / "data"),
    "JUPYTER_RUNTIME_DIR": str(HERE / "runtime"),
}
TESTING = {**ONE_THREAD, **SETTINGS}

# In a notebook every warning is an error. What another package has yet to mend is named here, one
# by one and nowhere else, as ignore:start of the message:category.
WARNINGS = (
    "error",
    # ipykernel 7, at its own shutdown handler: the kernel would not stop.
    "ignore:For consistency across implementations:PendingDeprecationWarning",
    # ipykernel 7 through tornado, on Python 3.12 and 3.13: the kernel would not start.
    "ignore:There is no current event loop:DeprecationWarning",
)
STRICT = {**TESTING, "PYTHONWARNINGS": ",".join(WARNINGS)}

ADDRESSED = ("pyproject.toml", "README.md", "CITATION.cff")  # files that say where the course is

LINTS = (
    ("-m", "ruff", "check"),
    ("-m", "ruff", "format", "--check"),
    ("-m", "mypy"),
    ("tools/notebooks.py", "check"),
)

# A failure of a drawn case ends with the line that repeats it: tests/conftest.py.
SOAKED = ("finite_spaces", "hard_numbers", "journal", "parallel", "space")


def lab(*arguments):
    """open the lessons in JupyterLab, in a folder of your own (ARGS='--reset 07', ...)"""
    return _run("-m", "bo_tutorial", "lab", *arguments)


def test(*arguments):
    """test the package, then run every notebook and compare its outputs"""
    print("Testing the package and running every notebook: about ten minutes on two cores.")
    status = _run("-m", "pytest", "tests", *arguments, settings=TESTING)
    if status:
        return status
    print("The package is well. Now every notebook, about three of the ten minutes.")
    compare = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout", "120")
    return _run("-m", "pytest", *compare, *_notebooks(), settings=STRICT)


def test_method(*arguments):
    """test the method alone, without what takes long: about a minute"""
    return _run("-m", "pytest", "tests/method", "-m", "not slow", *arguments, settings=TESTING)


def test_browser(*arguments):
    """drive lessons in a real JupyterLab, in Chromium"""
    return _run("-m", "pytest", "tests/browser.py", *arguments, settings=TESTING)


def test_tools(*arguments):
    """test what needs other libraries: the sampler in Optuna, the Rosetta table"""
    return _run("-m", "pytest", "tests/extras", *arguments, settings=TESTING)


def test_wasm(*arguments):
    """test the method and run every lesson in WebAssembly, as in a browser"""
    return _run("-m", "pytest", "tests/wasm.py", *arguments, settings=TESTING)


def site(*arguments):
    """build the course as web pages, in build/site/html"""
    return _run("site/build.py", *arguments, settings=TESTING | {"MPLBACKEND": "Agg"})


def lite(*arguments):
    """build JupyterLite, the lessons in a browser without an install, in build/lite"""
    return _run("site/lite.py", *arguments, settings=TESTING)


def test_site(*arguments):
    """build the site with JupyterLite and read every page of it, in Chromium"""
    read = ("-m", "pytest", "tests/pages.py", "tests/lite_pages.py")
    return lite() or site() or _run(*read, *arguments, settings=TESTING)


def slides(*arguments):
    """build one deck a lesson, with speaker notes, in build/slides"""
    return _run("slides/build.py", *arguments, settings=TESTING | {"MPLBACKEND": "Agg"})


def slides_pdf(*arguments):
    """build the decks and print each to PDF, with Chromium"""
    return slides() or _run("slides/pdf.py", *arguments)


def test_slides(*arguments):
    """build the decks and walk through every slide, in Chromium"""
    return slides() or _run("-m", "pytest", "tests/decks.py", *arguments, settings=TESTING)


def test_all(*arguments):
    """every test: package, notebooks, other libraries, WebAssembly, browser, site, slides"""
    for each in (test, test_wasm, test_browser, test_site, test_slides):
        # One by one: JupyterLite's kernel, once installed, is an error in JupyterLab's console.
        prepare(COMMANDS[each])
        if status := each(*arguments):
            return status
    return 0


def address(new):
    """say where the course is published, in README.md, pyproject.toml and CITATION.cff"""
    new = new.rstrip("/")
    if not re.fullmatch(r"https://[^\s/]+/\S+", new):
        sys.exit(f"address must be like https://a-host/owner/bo_tutorial, got {new!r}")
    urls = _project()["urls"]
    changes = {urls["Repository"]: new}
    if on_github := re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", new):
        changes[urls["Documentation"]] = "https://{}.github.io/{}".format(*on_github.groups())
    else:
        print(f"The site's address is still {urls['Documentation']}; pyproject.toml has it.")
    for name in ADDRESSED:
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        for old, address_now in changes.items():
            text = text.replace(old, address_now)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


def soak(*arguments):
    """the long form of the tests that could go on for ever, with new random cases"""
    files = [f"tests/method/test_{name}.py" for name in SOAKED]
    return _run("-m", "pytest", *files, *arguments, settings=ONE_THREAD | {"SOAK": "1"})


def notebooks(*arguments):
    """run every notebook in place, or one lesson (LESSON=08)"""
    return _run("tools/notebooks.py", "run", *arguments, settings=STRICT)


def edit(*arguments):
    """open the lessons' originals in JupyterLab, to change the course"""
    for path in _notebooks():
        os.chmod(path, 0o644)  # `lab` makes them read-only
    root = () if not hasattr(os, "geteuid") or os.geteuid() else ("--allow-root",)
    return _run("-m", "jupyterlab", *root, "notebooks", *arguments, settings=ONE_THREAD)


def lint(*arguments):
    """check the style of code and notebooks, and the types of the method"""
    return max(_run(*check, *arguments) for check in LINTS)


COMMANDS = {  # with the extras of pyproject.toml that each needs
    lab: "course",
    test: "course,test",
    test_method: "course,test",
    test_browser: "course,test,browser",
    test_tools: "course,test,tools,botorch",
    test_wasm: "course,test,wasm",
    site: "course,site",
    lite: "course,lite",
    slides: "course,slides",
    slides_pdf: "course,browser,slides",
    test_site: "course,test,browser,site,lite",
    test_slides: "course,test,browser,slides",
    test_all: "course,test,tools,botorch",
    soak: "course,test",
    notebooks: "course,test",
    edit: "course,test",
    lint: "course,test",
    address: "",
}


def main(argv=None):
    """Prepare the environment for one command, run it, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    named = {command.__name__.replace("_", "-"): command for command in COMMANDS}
    for name, command in named.items():
        commands.add_parser(name, help=command.__doc__, add_help=False)
    chosen, arguments = parser.parse_known_args(argv)
    if chosen.command is None:
        parser.print_help()
        return 0
    command = named[chosen.command]
    if COMMANDS[command]:
        prepare(COMMANDS[command])
    return command(*arguments)


def prepare(extras):
    """Make `.venv` and install the course into it, unless that has been done.

    Without a network a course that is installed starts all the same, with what it has.

    Args:
        extras: names of extras of pyproject.toml, joined by commas.

    Raises:
        SystemExit: Python is too old or incomplete, or the first install failed; in a sentence.
    """
    if not _works():
        _make_venv()
    wanted, stamp = _wanted(extras.split(",")), VENV / ".installed"
    installed = _read(stamp)
    if all(installed.get(part) == digest for part, digest in wanted.items()):
        return
    # A learner's environment stays small: Python compiles what is imported, and that is a part.
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    print(f"Installing the packages of constraints.txt for {extras} (a minute or two)", flush=True)
    done = subprocess.run(
        [PYTHON, *pip, "--retries", "2", "-c", "constraints.txt", "-e", f".[{extras}]"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode == 0:
        # The font cache is made here: made in a lesson, it may print a warning into its outputs.
        _run("-c", "import matplotlib.font_manager", settings=SETTINGS)
        stamp.write_text(json.dumps(installed | wanted), encoding="utf-8")
        return
    offline = "Retrying" in done.stderr  # what pip says of it further down misleads
    if not offline:
        print(done.stderr, file=sys.stderr)
    missing = _missing(wanted)
    if missing:
        why = "there is no network, and an install needs one" if offline else "see above"
        sys.exit(f"Could not install {', '.join(missing)}: {why}.")
    print(
        f"The packages could not be brought up to date{' without a network' if offline else ''}. "
        "Going on with those that are installed; the next start tries again.",
        flush=True,
    )


def _works():
    """Whether the environment has a Python that is new enough, and pip."""
    question = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return not subprocess.run([PYTHON, "-c", question], stderr=subprocess.DEVNULL).returncode
    except OSError:
        return False


def _make_venv():
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        sys.exit(
            f"The course needs Python 3.11 or newer; {sys.executable} is {version}. "
            "Name another: make PYTHON=python3.12 ..."
        )
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit(
            f"{sys.executable} comes without its module venv. Install it (Debian, Ubuntu: "
            "apt install python3-venv)."
        )
    print(f"Making {VENV.name} with Python {version}", flush=True)
    venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")


def _wanted(extras):
    """What is asked for, by part: {"" or an extra: digest of its requirements and the pins}."""
    project = _project()
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    parts = {"": [project["dependencies"], project.get("scripts", {}), pins, str(ROOT)]}
    parts |= {extra: [project["optional-dependencies"][extra], pins] for extra in extras}
    return {
        part: hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        for part, asked in parts.items()
    }


def _missing(parts):
    """Names of the packages of these parts that are not in the environment."""
    project = _project()
    extras = project["optional-dependencies"]
    lines = [line for part in parts for line in (extras[part] if part else project["dependencies"])]
    question = (
        "import importlib.metadata as m, json, re, sys\n"
        "names = [re.match(r'[A-Za-z0-9._-]+', each).group() for each in json.load(sys.stdin)]\n"
        "there = {re.sub(r'[-_.]+', '-', d.name).lower() for d in m.distributions()}\n"
        "print(*[n for n in [*names, 'bo-tutorial'] if n.lower() not in there])\n"
    )
    asked = subprocess.run(
        [PYTHON, "-c", question], input=json.dumps(lines), stdout=subprocess.PIPE, text=True
    )
    return asked.stdout.split()


def _project():
    import tomllib  # not in the Pythons that `_make_venv` turns away

    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _read(stamp):
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _notebooks():
    paths = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks/solutions").glob("*.ipynb")]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def _run(*arguments, settings=None):
    """Run the environment's Python in the course's folder; return its exit status."""
    # Ctrl+C reaches both: JupyterLab asks what is meant, and is not killed while it waits.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    command = [str(PYTHON), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | (settings or {})).returncode


if __name__ == "__main__":
    sys.exit(main())
