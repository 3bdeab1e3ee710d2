"""The method's tests and every lesson in CPython compiled to WebAssembly: `make test-wasm`.

Not part of `make test`: it needs the extra `wasm`. A lesson that is opened in the browser runs in
such a Python: one process, no threads, integers of 32 bits, no warning from a division by zero.
"""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from guests import ROOT, lay_packages, run_guest
from same_outputs import differences, split_notices

AT_ONCE = 2
DEADLINE = 1200  # seconds for one guest; on an idle machine none needs a quarter of it

LESSONS = sorted(ROOT.glob("notebooks/[0-9]*.ipynb"))
SOLUTIONS = sorted(ROOT.glob("notebooks/solutions/[0-9]*.ipynb"))
# The method, and what says whether an answer is right; the rest of the course's tests draw, copy
# and start JupyterLab.
TESTS = [*sorted(ROOT.glob("tests/method/test_*.py")), ROOT / "tests/course/test_checking.py"]


def name(path):
    folder = {LESSONS[0].parent: "lesson-", SOLUTIONS[0].parent: "solutions-"}
    return f"{folder[path.parent]}{path.stem[:2]}" if path.parent in folder else path.stem


@pytest.fixture(scope="session")
def guests(request):
    """Start a guest for every test that was selected, two at a time: {path: a Future}."""
    packages, stop = lay_packages(), threading.Event()
    ours = [item for item in request.session.items if "guests" in item.fixturenames]
    selected = [item.callspec.params["path"] for item in ours]

    def start(path):
        command = "lesson" if path.suffix == ".ipynb" else "tests"
        there = f"/course/{path.relative_to(ROOT).as_posix()}"
        begin = time.monotonic()
        done = run_guest(packages, command, there, deadline=DEADLINE, cancel=stop)
        return done, f"{time.monotonic() - begin:.0f} s"

    # The first start compiles; two at once would both do so.
    assert run_guest(packages, "nothing", deadline=DEADLINE).exit_code == 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {path: pool.submit(start, path) for path in selected}
        stop.set()
        pool.shutdown(cancel_futures=True)


@pytest.fixture
def done(path, guests, capsys):
    """How the guest of a test ended; tells on the terminal how long it took."""
    ended, seconds = guests[path].result()
    with capsys.disabled():
        print(f" {name(path)}: {seconds}", flush=True)
    return ended


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=name)
def test_a_lesson_prints_what_is_stored(path, done):
    """All of its cells run, and each prints what it printed where the lesson was made."""
    whole = done.stdout.decode().rpartition("\n")[0]  # a guest may be stopped in mid-line
    ran = {line["id"]: line for line in map(json.loads, whole.splitlines())}
    failures = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        where = f"{path.name}, cell {cell['id']}"
        if cell["id"] not in ran:
            failures.append(f"{where} did not end: {done.trapped or done.stderr.decode()}")
            break
        line = ran[cell["id"]]
        if line["error"]:
            failures.append(f"{where} raised\n{line['error']}")
            break
        failures += [f"{where}: {each}" for each in differences(cell["outputs"], line["outputs"])]
        for notice in split_notices(line["outputs"])[0]:
            print(f"{where} says: {notice.rstrip()}")
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_what_is_tested_elsewhere_passes(path, done):
    """All of it, but for what asks for threads or processes: `in_wasm.py` has the rule."""
    print(done.stdout.decode())
    print(done.stderr.decode())
    assert (done.exit_code, done.trapped) == (0, None)
