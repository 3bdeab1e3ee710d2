"""The method's tests and every lesson in CPython compiled to WebAssembly: `make test-wasm`.

Not part of `make test`: it needs the extra `wasm`. A notebook that is opened in the browser runs in
such a Python: one process, no threads, 32-bit integers, no warning from a division by zero.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from guests import ROOT, code_cells, differences, lay_packages, run_guest

AT_ONCE = 2
DEADLINE = 1200  # seconds for one guest; on an idle machine none takes a quarter of it

LESSONS = sorted(ROOT.glob("notebooks/[0-9]*.ipynb"))
SOLUTIONS = sorted(ROOT.glob("notebooks/solutions/[0-9]*.ipynb"))
METHOD = sorted(ROOT.glob("tests/method/test_*.py"))


def there(path):
    return f"/course/{path.relative_to(ROOT).as_posix()}"


@pytest.fixture(scope="session")
def guests(request):
    """Start a guest for every test that was selected, two at a time: {path: its Future}."""
    packages, stop = lay_packages(), threading.Event()
    paths = [item.callspec.params["path"] for item in request.session.items if has_guest(item)]
    # The first start compiles: two guests would both do so.
    assert run_guest(packages, "nothing", deadline=DEADLINE).exit_code == 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {path: pool.submit(start, packages, path, stop) for path in paths}
        stop.set()
        pool.shutdown(cancel_futures=True)


def has_guest(item):
    return "guests" in getattr(item, "fixturenames", ())


def start(packages, path, stop):
    command = "lesson" if path.suffix == ".ipynb" else "tests"
    return run_guest(packages, command, there(path), deadline=DEADLINE, cancel=stop)


@pytest.mark.parametrize("path", METHOD, ids=lambda path: path.stem)
def test_method(path, guests):
    done = guests[path].result()
    print(done.stdout.decode())
    print(done.stderr.decode())
    assert (done.exit_code, done.trapped) == (0, None)


@pytest.mark.parametrize(
    "path", LESSONS + SOLUTIONS, ids=lambda path: path.parent.name[:-1] + path.stem[:2]
)
def test_lesson(path, guests):
    done = guests[path].result()
    ran = {line["id"]: line for line in map(json.loads, done.stdout.decode().splitlines())}
    failures = []
    for _, cell in code_cells(path):
        where = f"{path.stem}, cell {cell['id']}"
        if cell["id"] not in ran:
            why = done.trapped or done.stderr.decode() or "the cell before ended the run"
            failures.append(f"{where}: did not end ({why})")
            break
        line = ran[cell["id"]]
        if line["error"]:
            failures.append(f"{where} raised\n{line['error']}")
            break
        failures += [f"{where}: {each}" for each in differences(cell["outputs"], line["outputs"])]
    assert not failures, "\n".join(failures)
