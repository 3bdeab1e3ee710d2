"""The command `lab`: bring the learner's folder up to date and open JupyterLab there."""

import argparse
import os
import sys
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from bo_tutorial.course.copies import (
    FOLDER,
    IS_CLONE,
    copy_lessons,
    find_lesson,
    find_lessons,
    last_written,
    protect,
    reset_lesson,
    short_path,
)

# Kernels inherit these. The course's matrices are small: more threads only wait for each other.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def lab_arguments(folder, lesson, browser=True, port=None):
    """List the arguments that make JupyterLab open one lesson.

    It serves the learner's folder and nothing else, so that no click leads to an original.
    Questions about news and updates are off for this server alone (`lab_settings/overrides.json`);
    the user's settings stay as they are.

    Args:
        folder: the learner's folder, in which JupyterLab opens.
        lesson: name of the notebook to open, in that folder.
        browser: whether JupyterLab opens a browser.
        port: TCP port, or None for JupyterLab's own choice.
    """
    arguments = [
        f"--ServerApp.root_dir={Path(folder).resolve()}",
        f"--LabApp.default_url=/lab/tree/{lesson}",
        f"--LabApp.app_settings_dir={Path(__file__).parent / 'lab_settings'}",
        # What is saved of a live figure: `saving`. JupyterLab is named too, or ours replaces it.
        "--ServerApp.jpserver_extensions=jupyterlab=True",
        "--ServerApp.jpserver_extensions=bo_tutorial.course.saving=True",
        "--LanguageServerManager.autodetect=False",  # a search for editors' tools, nothing of ours
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    if not browser:
        arguments.append("--no-browser")
    if port is not None:
        arguments.append(f"--port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # in a container the only user often is root
    return arguments


def running_server(folder):
    """Return the Jupyter server that serves this folder already; None if there is none.

    Args:
        folder: the learner's folder.

    Returns:
        What the server says of itself, a dict with its `url`, `token` and `pid`, among others.
    """
    from jupyter_server.serverapp import list_running_servers

    folder = os.path.realpath(folder)
    for server in list_running_servers():
        if os.path.realpath(server["root_dir"]) == folder and _answers(server["url"]):
            return server
    return None


def _answers(url):
    without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        without_proxy.open(f"{url}api", timeout=5).close()
    except urllib.error.HTTPError as error:  # it answers, and would like a password
        error.close()
    except OSError:
        return False
    return True


def add_command(commands):
    """Add ``lab`` to an argparse sub-command group."""
    parser = commands.add_parser(
        "lab",
        help="copy the lessons into your own folder and open JupyterLab there",
        description="Copy the lessons into a folder of your own and open JupyterLab there. What "
        "you write in a lesson is never overwritten.",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="where your copies live (default: my-lessons in the course's folder)",
    )
    parser.add_argument(
        "--reset",
        metavar="NN",
        help="put lesson NN back as the course has it; your version is moved aside",
    )
    parser.add_argument(
        "--solutions",
        action=argparse.BooleanOptionalAction,
        help="whether the solutions are copied as well, from now on (at first they are)",
    )
    parser.add_argument("--copy-only", action="store_true", help="copy, but open nothing")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead")
    parser.add_argument("--port", type=_port, help="TCP port of JupyterLab")
    parser.set_defaults(run=_run)


def _run(arguments):
    folder = arguments.folder
    try:
        lessons = find_lessons()
        opened = None
        messages = []
        if arguments.reset is not None:
            opened = find_lesson(arguments.reset, lessons)
            messages += reset_lesson(opened, folder)
        messages += copy_lessons(lessons, folder, arguments.solutions)
        opened = opened.name if opened else last_written(lessons, folder)
    except PermissionError as error:
        message = f"{error}. Name a folder that you may write to: --folder PATH"
        print(f"bo_tutorial lab: {message}", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"bo_tutorial lab: {error}", file=sys.stderr)
        return 1
    if IS_CLONE:
        protect(lessons)
    print(*messages, f"Your lessons are in {short_path(folder)}", sep="\n", flush=True)
    if arguments.copy_only:
        return 0
    try:
        from jupyterlab.labapp import LabApp  # part of the extra "course", not of the package
    except ImportError:
        print(
            'bo_tutorial lab: JupyterLab is not installed; it is in the extra "course": '
            "`make lab` in a clone of the course, `pip install 'bo_tutorial[course]'` without one",
            file=sys.stderr,
        )
        return 1
    server = running_server(folder)
    if server is not None:
        token = f"?token={server['token']}" if server["token"] else ""
        address = f"{server['url']}lab/tree/{opened}{token}"
        print(
            f"JupyterLab is running there already (process {server['pid']}; Ctrl+C in its terminal "
            f"ends it), at\n    {address}"
        )
        if not arguments.no_browser:
            webbrowser.open(address)
        return 0
    print("Starting JupyterLab; Ctrl+C here ends it", flush=True)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    LabApp.launch_instance(lab_arguments(folder, opened, not arguments.no_browser, arguments.port))
    return 0


def _port(text):
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"port must be an integer from 1 to 65535, got {text!r}")
    return port
