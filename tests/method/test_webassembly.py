"""Where there are no threads, no other processes and no locks on files, a sentence says so.

Run in WebAssembly itself by `make test-wasm`; elsewhere the package is told that it is there.
"""

import hashlib
import logging
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest
import tqdm
import tqdm.auto

import bo_tutorial as bo
from bo_tutorial import _files, _validate
from bo_tutorial.course.lesson_13 import numerics as tools
from bo_tutorial.course.lesson_14 import numerics as parallel
from bo_tutorial.course.lesson_15.__main__ import main as capstone
from bo_tutorial.journal import Journal
from bo_tutorial.network import SPACE
from bo_tutorial.network.__main__ import main
from bo_tutorial.network.table import write_table

LINE = bo.Space(x=bo.Float(0.0, 1.0))
BARS = {"tqdm": tqdm.tqdm, "tqdm.auto": tqdm.auto.tqdm}


@pytest.fixture(autouse=True)
def in_webassembly(monkeypatch):
    """Let no thread start, and tell the package where it is."""

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_validate, "IN_WEBASSEMBLY", True)
    monkeypatch.setattr(threading.Thread, "start", start)
    for bar in BARS.values():
        monkeypatch.setattr(bar, "monitor_interval", 10)  # as tqdm has it
        monkeypatch.setattr(bar, "monitor", None)


def search(n=3, **keywords):
    strategy = bo.RandomSearch(LINE, seed=0)
    keywords = {"progress": False} | keywords
    return bo.maximize(lambda config: config["x"], LINE, n, strategy=strategy, **keywords)


def test_an_executor_of_threads_is_refused_before_an_evaluation():
    """One of processes cannot even be made there."""
    with ThreadPoolExecutor(2) as executor:
        with pytest.raises(ValueError, match="executor must be left out in WebAssembly"):
            search(executor=executor)


def test_an_executor_that_starts_nothing_is_not():
    class AtOnce(Executor):
        def submit(self, function, /, *arguments, **named):
            future = Future()
            future.set_result(function(*arguments, **named))
            return future

    assert len(search(4, executor=AtOnce(), n_parallel=2).values) == 4


def test_a_future_that_nothing_can_end_is_not_waited_for():
    class Later(Executor):
        def submit(self, function, /, *arguments, **named):
            return Future()

    with pytest.raises(ValueError, match="executor must evaluate at once in WebAssembly"):
        search(4, executor=Later(), n_parallel=2)


@pytest.mark.parametrize("module", BARS)
def test_a_progress_bar_does_not_warn_that_it_has_no_thread(module, capsys):
    with _files.progress_bar(module)(total=2) as bar:
        bar.update()
    assert "1/2" in capsys.readouterr().err


def test_the_loop_shows_its_progress_without_a_warning(capsys):
    search(progress=True)
    assert "3/3" in capsys.readouterr().err


def test_a_journal_is_kept_without_locks_and_says_so(tmp_path, caplog):
    path = tmp_path / "a.jsonl"
    with caplog.at_level(logging.WARNING, "bo_tutorial"):
        search(journal=path)
    (said,) = caplog.messages
    assert f"journal {path}: WebAssembly has no locks" in said
    assert search(5, journal=path).sources == ["journal"] * 3 + ["evaluated"] * 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_second_run_of_this_process_is_refused_until_the_first_one_ends(tmp_path):
    path = tmp_path / "a.jsonl"
    first = Journal(path, LINE, 0)
    with pytest.raises(bo.JournalError, match="in use by another run"):
        Journal(tmp_path / "." / "a.jsonl", LINE, 0)
    first.close()
    with Journal(path, LINE, 0):
        first.close()  # once more: it gives back nothing that is not its own
        with pytest.raises(bo.JournalError, match="in use by another run"):
            search(journal=path)
    search(journal=path)


def test_a_table_is_made_by_one_process(tmp_path):
    with pytest.raises(ValueError, match="processes must be 1 in WebAssembly.*, got 2"):
        write_table(tmp_path / "table.csv", SPACE.grid(2)[:2], processes=2)
    assert list(tmp_path.iterdir()) == []


def test_lesson_14_goes_on_without_dask(capsys):
    assert parallel.has_dask() is False
    assert capsys.readouterr().out.startswith("This cell needs Dask, which starts processes")


def test_lesson_14_interrupts_a_run_where_there_is_no_process_to_kill(tmp_path, capsys):
    path, note = tmp_path / "killed.jsonl", tmp_path / "killed here"
    assert parallel.in_a_process(parallel.search, path, 5, note, 4) is True
    assert "WebAssembly, as in a browser, has one process" in capsys.readouterr().out
    assert len(bo.read_journal(path)) == 3
    assert parallel.search(path, 5).sources.count("evaluated") == 2
    assert parallel.in_a_process(len, "it ends by itself") is False


def test_the_command_for_the_table_says_so_in_one_sentence(tmp_path):
    output = str(tmp_path / "table.csv")
    with pytest.raises(SystemExit, match="table: processes must be 1 in WebAssembly") as end:
        main(["table", "--points", "2", "--processes", "2", "--output", output])
    assert "\n" not in str(end.value)


def test_the_probes_of_lesson_13_need_a_process():
    with pytest.raises(RuntimeError, match="WebAssembly has none"):
        tools.probe("bo_tutorial")


def test_a_python_that_cannot_make_a_key_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.delattr(hashlib, "pbkdf2_hmac", raising=False)
    out = tmp_path / "set.csv"
    assert capstone(["new", "--secret", "a good secret", "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("bo-tutorial capstone: a new set needs hashlib.pbkdf2_hmac")
    assert said.count("\n") == 1 and not out.exists()
