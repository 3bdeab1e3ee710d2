"""Workers side by side: nothing lost, nothing asked twice, and no hang when one of them dies."""

import os
import signal
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import bo_tutorial as bo
from bo_tutorial.loop import WorkersLost
from bo_tutorial.problems import branin

pytestmark = pytest.mark.slow

STRATEGIES = {
    "BO": lambda: bo.BayesianOptimization(branin.space, n_initial=5, seed=1),
    "TPE": lambda: bo.TreeParzen(branin.space, n_initial=5, seed=1),
    "random": lambda: bo.RandomSearch(branin.space, seed=1),
}


def sleepy(config):
    time.sleep(0.02 + 0.02 * (int(1e6 * config["x1"]) % 3))  # they come back in another order
    return branin(config)


def deadly(config):
    """End this worker process once, when a file says so."""
    order = Path(os.environ["BO_TEST_ORDER"])
    try:
        order.rename(f"{order}.done")  # one worker only
    except FileNotFoundError:
        return sleepy(config)
    os.kill(os.getpid(), signal.SIGKILL)


def diverging(config):
    if config["x1"] > 0:
        raise ArithmeticError(f"diverged at {config['x1']:.3f}")
    return branin(config)


def run(executor, n=20, objective=sleepy, make=STRATEGIES["random"], **keywords):
    return bo.maximize(
        objective, branin.space, n, strategy=make(), executor=executor, progress=False, **keywords
    )


def assert_all_different(result):
    points = np.array([branin.space.to_unit(config) for config in result.configs])
    distances = np.abs(points[:, None] - points).max(axis=-1)
    assert (distances + np.eye(len(points))).min() > 1e-8


@pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))
def test_four_threads_never_get_the_same_point(make):
    with ThreadPoolExecutor(4) as executor:
        result = run(executor, n=24, make=make)
    assert len(result.values) == 24
    assert_all_different(result)
    assert result.values == pytest.approx([branin(config) for config in result.configs])


def test_a_random_run_is_the_same_run_in_parallel():
    with ThreadPoolExecutor(4) as executor:
        assert run(executor).configs == run(None).configs


def test_questions_that_are_under_way_are_taken_into_account():
    """Four questions before any answer are far apart; a model that forgets them would repeat."""
    strategy = STRATEGIES["BO"]()
    for config in bo.SobolSearch(branin.space, seed=3).ask(12):
        strategy.tell(config, branin(config))
    asked = strategy.ask(4)
    found = np.array([branin.space.to_unit(config) for config in asked])
    distances = np.linalg.norm(found[:, None] - found, axis=-1) + np.eye(4)
    assert distances.min() > 0.01


def test_a_worker_that_finishes_gets_a_new_question_at_once():
    """One evaluation lasts as long as all others together: they do not wait for it."""
    release, seen = threading.Event(), []

    def objective(config):
        seen.append(config)
        if len(seen) == 1:
            assert release.wait(30)
        elif len(seen) == 10:
            release.set()
        return branin(config)

    with ThreadPoolExecutor(2) as executor:
        assert len(run(executor, n=10, objective=objective).values) == 10


def test_processes_and_a_journal(tmp_path):
    path = tmp_path / "runs.jsonl"
    for n in (7, 20):
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
            result = run(executor, n=n, journal=path)
    assert result.configs == run(None).configs
    assert len(path.read_text().splitlines()) == 20


def test_failures_in_workers_are_recorded():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        result = run(executor, objective=diverging)
        with pytest.raises(ArithmeticError, match="diverged at"):
            run(executor, objective=diverging, on_error="raise")
    assert 0 < len(result.failures) < 20
    assert all("ArithmeticError: diverged at" in failure for failure in result.failures.values())


# A pool that gets work while it breaks may trip over its own list of processes (CPython 3.11).
breaking = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@breaking
@pytest.mark.parametrize("make", STRATEGIES.values(), ids=list(STRATEGIES))
def test_a_pool_that_breaks_stops_the_run_and_the_same_call_resumes(make, tmp_path, monkeypatch):
    path, order = tmp_path / "runs.jsonl", tmp_path / "order"
    monkeypatch.setenv("BO_TEST_ORDER", str(order))

    def pool():
        return ProcessPoolExecutor(2, mp_context=get_context("spawn"))

    with pool() as executor:
        run(executor, n=6, objective=deadly, make=make, journal=path)
    order.touch()
    with pool() as executor, pytest.raises(WorkersLost, match="same call with a new exec") as lost:
        run(executor, objective=deadly, make=make, journal=path)
    stood = len(lost.value.result.values)
    assert 6 <= stood < 20 and len(path.read_text().splitlines()) == stood
    with pool() as executor:
        result = run(executor, objective=deadly, make=make, journal=path)
    assert len(result.values) == 20 == len(path.read_text().splitlines())
    assert_all_different(result)


@breaking
def test_without_a_journal_the_error_carries_what_was_evaluated(tmp_path, monkeypatch):
    order = tmp_path / "order"
    monkeypatch.setenv("BO_TEST_ORDER", str(order))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        run(executor, n=1, objective=deadly)
        order.touch()
        strategy = STRATEGIES["random"]()
        with pytest.raises(WorkersLost, match="give `journal=` a path") as lost:
            run(executor, n=5, objective=deadly, make=lambda: strategy)
    assert len(lost.value.result.values) == 0
    assert strategy.pending == []  # what was lost is asked again


def test_a_pool_that_is_broken_already_loses_no_question():
    class Broken(ThreadPoolExecutor):
        def submit(self, *arguments):
            raise BrokenProcessPool("a child process terminated abruptly")

    strategy = STRATEGIES["random"]()
    with Broken(2) as executor, pytest.raises(WorkersLost, match="0 evaluations are lost"):
        run(executor, make=lambda: strategy)
    assert strategy.pending == []


def test_an_interrupt_returns_what_stands_and_records_no_more(tmp_path):
    class Impatient(ThreadPoolExecutor):
        count = 0

        def submit(self, *arguments):
            Impatient.count += 1
            if Impatient.count == 12:
                raise KeyboardInterrupt
            return super().submit(*arguments)

    path = tmp_path / "runs.jsonl"
    strategy = STRATEGIES["random"]()
    with Impatient(4) as executor:
        result = run(executor, make=lambda: strategy, journal=path)
    stood = len(path.read_text().splitlines())
    assert len(result.values) == stood < 12
    assert strategy.pending == []
    with ThreadPoolExecutor(4) as executor:
        result = run(executor, journal=path)
    assert len(result.values) == 20
    assert_all_different(result)


@pytest.mark.parametrize(
    "keywords, error, says",
    [
        ({"executor": 4}, TypeError, "executor must be a concurrent.futures.Executor"),
        ({"executor": Executor()}, ValueError, "n_parallel must be given"),
        ({"n_parallel": 0}, ValueError, "n_parallel must be at least 1"),
        ({"n_parallel": 2}, ValueError, "n_parallel must be 1 without an executor"),
    ],
)
def test_bad_arguments(keywords, error, says):
    with pytest.raises(error, match=says):
        bo.maximize(branin, branin.space, 3, progress=False, **keywords)


def test_a_lambda_for_processes_is_refused_before_anything_is_spent():
    with ProcessPoolExecutor(1) as executor:
        with pytest.raises(TypeError, match="objective must be a function that another process"):
            run(executor, objective=lambda config: 0.0)


# Dask: a real cluster on this machine, with its workers in processes


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("BO_TEST_ORDER", str(tmp_path / "order"))  # before its workers start
    import dask

    settings = {"distributed.admin.tick.interval": "1 h", "temporary-directory": str(tmp_path)}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_dask_runs_the_same_line_and_survives_the_death_of_a_worker(cluster, tmp_path, monkeypatch):
    path, order = tmp_path / "runs.jsonl", tmp_path / "order"
    monkeypatch.setenv("BO_TEST_ORDER", str(order))
    cluster.run(os.environ.__setitem__, "BO_TEST_ORDER", str(order))
    with cluster.get_executor(pure=False) as executor:
        threads = run(executor, n=8)
        assert threads.configs == run(None, n=8).configs
        order.touch()
        result = run(executor, objective=deadly, journal=path, make=STRATEGIES["BO"])
    assert Path(f"{order}.done").exists()  # a worker was killed in mid-trial
    assert len(result.values) == 20 == len(path.read_text().splitlines())
    assert not result.failures  # Dask ran that trial again, and it is recorded once
    assert_all_different(result)
