"""The way to the workers is tried before an evaluation is spent; what comes back can be read."""

import math
import operator
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from multiprocessing import get_context

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial import workers
from bo_tutorial.result import Failure

pytestmark = pytest.mark.slow

LINE = bo.Space(x=bo.Float(0.0, 1.0))
# An objective of this file, where nothing can import it.
ELSEWHERE = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import bo_tutorial as bo

LINE = bo.Space(x=bo.Float(0.0, 1.0))
METHOD = sys.argv[1]


def objective(config):
    print("evaluated", flush=True)
    return config["x"]


if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=get_context(METHOD)) as executor:
        try:
            print(bo.maximize(objective, LINE, 3, executor=executor, progress=False))
        except TypeError as error:
            print("TypeError:", error)
        print("the pool lives:", executor.submit(abs, -3).result())
"""


def run(objective, executor, n=4, **keywords):
    keywords = {"strategy": bo.RandomSearch(LINE, seed=1), "progress": False} | keywords
    return bo.maximize(objective, LINE, n, executor=executor, **keywords)


def at_a_prompt(method):
    """Run ELSEWHERE as typed at a prompt: `__main__` without a file, as in a notebook."""
    return subprocess.run(
        [sys.executable, "-c", ELSEWHERE, method], capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has one way to start a process")
def test_a_function_of_a_notebook_is_refused_where_workers_import(method):
    done = at_a_prompt(method)
    assert "TypeError: objective must be a function that another process can import" in done.stdout
    assert "not in a notebook or at a prompt" in done.stdout
    assert all(remedy in done.stdout for remedy in ("a .py file", "loky", "Dask", "threads"))
    assert "evaluated" not in done.stdout
    assert "the pool lives: 3" in done.stdout  # no worker died of it
    assert not done.stderr


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="forking is Linux's way")
def test_a_function_of_a_notebook_works_where_workers_are_forked():
    done = at_a_prompt("fork")
    assert "Result(3 evaluations" in done.stdout and done.stdout.count("evaluated\n") == 3


def test_a_function_of_a_script_works(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(ELSEWHERE)
    done = subprocess.run(
        [sys.executable, script, "spawn"], capture_output=True, text=True, timeout=120
    )
    assert "Result(3 evaluations" in done.stdout, done.stderr


def test_a_script_without_a_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    head, _, body = ELSEWHERE.partition('if __name__ == "__main__":\n')
    script.write_text(head + textwrap.dedent(body))
    done = subprocess.run(
        [sys.executable, script, "spawn"], capture_output=True, text=True, timeout=120
    )
    assert 'start its pool under `if __name__ == "__main__":`' in done.stdout + done.stderr
    assert "evaluated\n" not in done.stdout


class Closure:
    """An objective with something inside that cannot be sent."""

    def __init__(self):
        self.lock = threading.Lock()

    def __call__(self, config):
        raise AssertionError


@pytest.mark.parametrize("objective", [lambda config: 0.0, Closure()], ids=["lambda", "object"])
def test_what_cannot_be_packed_is_refused(objective):
    with ProcessPoolExecutor(1) as executor:
        with pytest.raises(TypeError, match="objective must be a function that another process"):
            run(objective, executor)


class FromMpi(ThreadPoolExecutor):
    """What mpi4py's executor does: it packs the function by its name, when it is sent."""

    def submit(self, function, *arguments):
        sent.append(arguments)
        pickle.dumps((function, arguments))
        return super().submit(function, *arguments)


FromMpi.__module__ = "mpi4py.futures.pool"
sent = []


def test_a_lambda_is_refused_once_by_every_pool_that_packs_by_name():
    sent.clear()
    with FromMpi(2) as executor, pytest.raises(TypeError, match="and no lambda"):
        run(lambda config: 0.0, executor, n=12)
    assert sent == []


class Client:
    """What a Dask client looks like: it can submit, and its futures are others."""

    def submit(self, *arguments):
        raise AssertionError("nothing is sent")

    def get_executor(self):
        raise AssertionError


@pytest.mark.parametrize(
    "executor, says",
    [
        (Client(), r"client.get_executor\(pure=False\), got the client itself"),
        (ThreadPoolExecutor, r"got the class ThreadPoolExecutor: write ThreadPoolExecutor\(4\)"),
        (4, "executor must be a concurrent.futures.Executor"),
        ("threads", "executor must be a concurrent.futures.Executor"),
    ],
)
def test_what_is_no_executor_is_named(executor, says):
    with pytest.raises(TypeError, match=says):
        run(lambda config: 0.0, executor)


def test_further_numbers_that_cannot_be_sent_cost_no_evaluation():
    lock = threading.Lock()

    def objective(config):
        return config["x"], {"lock": lock, "seconds": 2.5}

    done = workers.evaluate(objective, {"x": 0.25}, True, 0, travels=True)
    assert done.value == 0.25
    assert done.extra == {"lock": repr(lock), "seconds": 2.5}
    assert pickle.loads(pickle.dumps(done)) == done
    assert workers.evaluate(objective, {"x": 0.25}, True, 0).extra["lock"] is lock


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def test_an_exception_whose_text_raises_is_a_failed_trial():
    def objective(config):
        raise Unspeakable

    failure = workers.evaluate(objective, {"x": 0.25}, True, 0).failure
    assert failure.startswith("Unspeakable: ") and "in objective" in failure.traceback


def test_failures_of_one_mistake_are_of_one_kind():
    def first(config):
        raise ValueError(f"at {config['x']}")

    def second(config):
        raise ValueError(f"at {config['x']}")

    def failure(objective, x):
        return workers.evaluate(objective, {"x": x}, True, 0).failure

    assert workers.kind(failure(first, 0.1)) == workers.kind(failure(first, 0.2)) is not None
    assert workers.kind(failure(first, 0.1)) != workers.kind(failure(second, 0.1))
    assert workers.kind(failure(lambda config: math.nan, 0.1)) is None
    assert workers.kind("") is None


class Breaking(Executor):
    """A pool that breaks while something is handed in: that future never ends."""

    _max_workers = 1
    _broken = False

    def submit(self, function, *arguments):
        future = Future()
        if self._broken is False and len(done) < 3:
            done.append(arguments)
            future.set_result(function(*arguments))
        else:
            self._broken = "a child process terminated abruptly"
        return future


done = []


class Process:
    """A worker that a pool started while it broke, and forgot."""

    ended = 0

    def terminate(self):
        Process.ended += 1
        if Process.ended == 1:
            raise ProcessLookupError("it has ended already")


def test_no_process_of_a_pool_that_broke_is_left(monkeypatch):
    done.clear()
    monkeypatch.setattr(bo.loop, "LOOK_AFTER", 0.01)
    pool = Breaking()
    pool._processes = {1: Process(), 2: Process()}
    with pytest.raises(bo.WorkersLost):
        run(lambda config: config["x"], pool, n=9)
    assert Process.ended == 2


def test_a_future_that_is_lost_with_its_pool_is_not_waited_for(monkeypatch):
    done.clear()
    monkeypatch.setattr(bo.loop, "LOOK_AFTER", 0.01)
    strategy = bo.RandomSearch(LINE, seed=1)
    with pytest.raises(bo.WorkersLost) as lost:
        run(lambda config: config["x"], Breaking(), n=9, strategy=strategy)
    assert len(lost.value.result.values) == 3 and strategy.pending == []


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="forking is Linux's way")
def test_sys_exit_in_a_process_is_an_interrupt(method):
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as executor:
        with pytest.raises(SystemExit):  # nothing was evaluated before
            run(sys.exit, executor, n=3)


class TwoWords(Exception):
    """Can be packed, and not unpacked again: the most common exception of one's own."""

    def __init__(self, what, where):
        super().__init__(f"{what} at {where}")


class Stop(BaseException):
    """The same among those that are no `Exception`."""

    def __init__(self, what, where):
        super().__init__(f"{what} at {where}")


def raises_two_words(config):
    raise TwoWords("diverged", config["x"])


def raises_stop(config):
    raise Stop("diverged", config["x"])


def raises_group(config):
    raise ExceptionGroup("several", [TwoWords("diverged", config["x"])])


def returns_two_words(config):
    return config["x"], {"error": TwoWords("diverged", 1), "seconds": 2.5, TwoWords: 1}


def returns_a_key_that_cannot_be_sent(config):
    return config["x"], {(lambda: 0): 1, "seconds": 2.5}


def test_an_exception_that_cannot_be_sent_does_not_break_the_pool():
    # Fresh processes: Dask, once imported, teaches pickle to send any exception.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        for objective in (raises_two_words, raises_stop, raises_group):
            with pytest.raises(RuntimeError, match="objective raised ") as caught:
                run(objective, executor, on_error="raise")
            assert "in raises_" in str(caught.value)  # its traceback came along
            assert not isinstance(caught.value, bo.WorkersLost)
            assert executor.submit(abs, -3).result() == 3


@pytest.mark.parametrize("objective", [returns_two_words, returns_a_key_that_cannot_be_sent])
def test_further_numbers_that_cannot_be_unpacked_cost_no_evaluation(objective):
    with ProcessPoolExecutor(2) as executor:
        result = run(objective, executor, n=4)
    assert len(result.values) == 4 and not result.failures
    assert all(extra["seconds"] == 2.5 for extra in result.extras.values())


def test_further_numbers_whose_repr_raises_cost_no_evaluation():
    class Silent(Closure):
        def __repr__(self):
            raise RuntimeError

    done = workers.evaluate(lambda c: (c["x"], {"a": Silent()}), {"x": 0.25}, True, 0, travels=True)
    assert done.value == 0.25 and "without a repr" in done.extra["a"]


def test_what_an_objective_changes_later_is_as_it_was_returned():
    losses, lock = [], threading.Lock()
    extra = {"lock": lock}

    def objective(config):
        losses.append(config["x"])
        extra.update(losses=losses, seconds=len(losses))
        return config["x"], extra

    result = bo.maximize(objective, LINE, 4, strategy=bo.RandomSearch(LINE), progress=False)
    assert [each["seconds"] for each in result.extras.values()] == [1, 2, 3, 4]
    assert [len(each["losses"]) for each in result.extras.values()] == [1, 2, 3, 4]
    assert result.extras[0]["lock"] is lock


def test_failures_of_one_mistake_are_of_one_kind_wherever_they_were_raised():
    def group(config):
        raise ExceptionGroup("several", [ValueError(config["x"]), KeyError("b")])

    built_in = operator.itemgetter("learning_rate")
    for objective in (group, built_in, np.sin, abs):
        failures = [workers.evaluate(objective, {"x": x}, True, 0).failure for x in (0.1, 0.2)]
        kinds = {workers.kind(failure) for failure in failures}
        assert len(kinds) == 1 and None not in kinds
        assert all("\n" not in failure for failure in failures)  # a line, and its traceback apart
        assert str(Failure(str(failures[0]))) == str(failures[0])
        with pytest.raises(bo.ObjectiveFailed):
            bo.maximize(objective, LINE, 9, strategy=bo.RandomSearch(LINE), progress=False)


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_pool_that_was_shut_down_is_named(make):
    executor = make(2)
    executor.shutdown()
    strategy = bo.RandomSearch(LINE)
    with pytest.raises(ValueError, match="executor must be open, got .* which was shut down"):
        run(math.cos, executor, strategy=strategy)
    assert strategy.trials == []


def test_a_pool_that_is_closed_under_a_run_records_no_failure():
    """What was cancelled was never evaluated."""

    def objective(config):
        calls.append(config)
        if len(calls) == 3:
            executor.shutdown(wait=False, cancel_futures=True)
        return config["x"]

    calls, strategy = [], bo.RandomSearch(LINE, seed=1)
    executor = ThreadPoolExecutor(1)
    with pytest.raises(bo.WorkersLost, match="the executor was closed") as lost:
        run(objective, executor, n=20, n_parallel=4, strategy=strategy)
    assert 2 <= len(lost.value.result.values) == len(strategy.told)
    assert not lost.value.result.failures and not strategy.pending


class Submits:
    """What returns jobs of its own, as submitit or Ray do."""

    def submit(self, function, *arguments):
        return object()


def test_an_executor_with_futures_of_its_own_is_named():
    strategy = bo.RandomSearch(LINE)
    with pytest.raises(TypeError, match="executor must return futures of concurrent.futures"):
        run(math.cos, Submits(), n_parallel=2, strategy=strategy)
    assert strategy.trials == []


def test_choices_that_cannot_be_sent_are_refused_before_anything_is_spent():
    space = bo.Space(f=bo.Categorical([lambda: 1, lambda: 2]), x=bo.Float(0, 1))
    with ProcessPoolExecutor(1) as executor:
        with pytest.raises(TypeError, match="choices of f must be such that another process"):
            bo.maximize(raises_two_words, space, 9, executor=executor, progress=False)


def test_an_interrupt_in_one_worker_keeps_what_others_have_finished():
    everybody = threading.Barrier(3)

    def objective(config):
        everybody.wait(60)
        if config == first:
            raise KeyboardInterrupt
        return config["x"]

    first = bo.RandomSearch(LINE, seed=1).ask()
    strategy = bo.RandomSearch(LINE, seed=1)

    class Together(ThreadPoolExecutor):
        """All are finished when the loop looks."""

        def submit(self, function, *arguments):
            futures.append(super().submit(function, *arguments))
            if len(futures) == 3:
                wait(futures)
            return futures[-1]

    futures = []
    with Together(3) as executor:
        result = run(objective, executor, n=9, strategy=strategy)
    assert len(result.values) == 2 and not strategy.pending


def test_a_pool_that_breaks_inside_of_an_objective_is_not_ours():
    def objective(config):
        raise BrokenExecutor("mine")

    with pytest.raises(BrokenExecutor, match="mine"):
        bo.maximize(objective, LINE, 3, on_error="raise", progress=False)


def test_a_configuration_that_is_under_way_twice_is_recorded_twice(tmp_path):
    """Two trials had one number in the journal, which then passed for damaged."""
    two = bo.Space(n=bo.Int(1, 2))
    values = np.random.default_rng(0).random(30).tolist()

    def objective(config):
        value = values.pop()
        time.sleep(value * 0.02)  # answers come in another order than questions
        return value

    strategy = bo.RandomSearch(two, seed=1)
    path = tmp_path / "runs.jsonl"
    with ThreadPoolExecutor(4) as executor:
        keywords = {"strategy": strategy, "executor": executor, "journal": path}
        result = bo.maximize(objective, two, 30, progress=False, **keywords)
    trials = bo.read_journal(path)
    assert [trial.number for trial in trials] == list(range(30))
    assert [trial.value for trial in trials] == result.values.tolist()
    assert [trial.value for trial in strategy.told] == result.values.tolist()
    assert strategy.pending == []


@pytest.mark.parametrize("interrupt", [SystemExit(0), SystemExit("enough"), KeyboardInterrupt()])
def test_an_interrupt_travels_as_an_answer(interrupt):
    """A Dask worker in which it was raised ended, and the run waited for ever."""

    def objective(config):
        raise interrupt

    done = workers.evaluate(objective, {"x": 0.5}, True, 0, travels=True)
    assert done.interrupt is interrupt
    with pytest.raises(type(interrupt)):
        workers.evaluate(objective, {"x": 0.5}, True, 0)


@pytest.mark.parametrize(
    "make", [workers.Here, lambda: ThreadPoolExecutor(1)], ids=["here", "threads"]
)
def test_an_executor_hands_on_arguments_by_name(make):
    with make() as executor:
        assert executor.submit(int, "11", base=2).result() == 3
        assert executor.submit(dict, function=1).result() == {"function": 1}
