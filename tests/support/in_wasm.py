"""Run inside CPython in WebAssembly: the code cells of a notebook, or tests; see tests/wasm.py.

    python in_wasm.py lesson NOTEBOOK     one line of JSON a cell: what it printed and displayed
    python in_wasm.py tests ARGUMENT...   pytest
    python in_wasm.py nothing             only start and end

What is there: Python, the packages of the guest, this course. What is not: threads, processes,
sockets, locks on files, a second file descriptor for a file.
"""

import json
import os
import sys
import traceback
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
sys.path.append(str(COURSE))
os.environ["MPLBACKEND"] = "agg"
os.chdir(os.environ["TMPDIR"])  # the one place where a guest may write; there is no /


def lesson(path):
    """Run a notebook's code cells from top to bottom, as a kernel does, until one raises."""
    import warnings

    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    shell, outputs = _shell()
    warnings.simplefilter("error")  # as `make test` has it
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        outputs.clear()
        sys.stdout, sys.stderr = _Stream(outputs, "stdout"), _Stream(outputs, "stderr")
        try:
            done = shell.run_cell("".join(cell["source"]))
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        error = done.error_before_exec or done.error_in_exec
        trace = "".join(traceback.format_exception(error)) if error else ""
        line = {"id": cell["id"], "outputs": outputs, "error": trace}
        print(json.dumps(line), flush=True)
        if error:
            return 1
    return 0


class _Stream:
    """A stdout or stderr that keeps what is written as a notebook does, in the order of writing."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, outputs, name):
        self.outputs, self.name = outputs, name

    def write(self, text):
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") != self.name:
            last = {"output_type": "stream", "name": self.name, "text": ""}
            self.outputs.append(last)
        last["text"] += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


def _shell():
    """A shell of IPython, and the list to which it adds what a cell displays."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    outputs = []

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, **further):
            outputs.append({"output_type": "display_data", "data": _texts(data)})

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, data, metadata=None):
            outputs.append({"output_type": "execute_result", "data": _texts(data)})

        def finish_displayhook(self):
            pass

    class Shell(InteractiveShell):
        display_pub_class = Type(Publisher)
        displayhook_class = Type(Hook)

        def showtraceback(self, *arguments, **named):
            pass  # the driver shows it

    settings = Config()
    settings.HistoryManager.enabled = False  # it would start a thread
    return Shell.instance(config=settings), outputs


def _texts(data):
    return {kind: text for kind, text in data.items() if kind.startswith("text/")}


# What Python says here of what is not there, and what that is.
ABSENT = {
    "can't start new thread": "threads",
    "does not support processes": "processes",
    "has no attribute 'WNOHANG'": "processes",
    "lacks multiprocessing.synchronize": "processes",
}


def tests(*arguments):
    """Run pytest without what it cannot do here: a second descriptor, a lock, a thread.

    A test that asks for one of `ABSENT` itself is skipped, one of which the package says that it
    needs more than WebAssembly has, and one that is marked `native`. If the package itself asks for
    what is absent, the test fails.
    """
    os.devnull = os.path.abspath("null")  # there is no /dev
    import pytest

    without = ("no:cacheprovider", "no:faulthandler", "no:threadexception")
    plugins = [part for name in without for part in ("-p", name)]
    folders = (
        f"--config-file={COURSE}/pyproject.toml",
        f"--rootdir={COURSE}/tests",
        "--basetemp=tmp_path",
    )
    settings = (*folders, "--capture=sys", "--tb=short", "-rs")

    class Skipping:
        def pytest_runtest_setup(self, item):
            for mark in item.iter_markers("native"):
                pytest.skip(*mark.args)

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(self, item, call):
            report = yield
            reason = call.excinfo and _why_not_here(call.excinfo)
            if reason and report.outcome == "failed":
                path, line, _ = item.location
                report.outcome, report.longrepr = "skipped", (path, line, f"Skipped: {reason}")
            return report

    return pytest.main([*settings, *plugins, *arguments], plugins=[Skipping()])


def _why_not_here(raised):
    """Why a test cannot pass here, "" if it should."""
    said = str(raised.value)
    paths = [Path(step.path) for step in raised.traceback]
    ours = [path for path in paths if path.is_relative_to(COURSE)]  # and not pytest's or NumPy's
    if ours and ours[-1].is_relative_to(COURSE / "bo_tutorial"):
        return said if "WebAssembly" in said else ""
    return next((f"it needs {what}" for words, what in ABSENT.items() if words in said), "")


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    sys.exit({"lesson": lesson, "tests": tests, "nothing": int}[command](*rest))
