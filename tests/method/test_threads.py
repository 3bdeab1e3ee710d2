"""The same questions whatever number of BLAS threads a machine is set to."""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

import bo_tutorial as bo
from bo_tutorial import _threads, network
from bo_tutorial._threads import computing
from bo_tutorial.problems import branin

pytestmark = pytest.mark.slow

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
SETTINGS = {"nothing set": None, "one": "1", "two": "2"}
# Enough points that BLAS shares its sums among threads.
ASK = """
import math
import numpy as np
import bo_tutorial as bo
from bo_tutorial.problems import hartmann6
from bo_tutorial.search import sobol_points

for n in (12, 60, 150):
    strategy = bo.BayesianOptimization(hartmann6.space, seed=3)
    for u in sobol_points(6, n, 1):
        config = hartmann6.space.from_unit(u)
        strategy.tell(config, hartmann6(config))
    print(strategy.ask(2), strategy.recommend())
    print(strategy.posterior().predict(np.full((3, 6), 0.4)))
gp = bo.GaussianProcess(bo.Matern52(np.full(6, 0.4)), n_starts=2)
X = sobol_points(6, 200, 2)
posterior = gp.fit(X, np.sin(5 * X).sum(axis=1))
print(repr(posterior.log_marginal_likelihood), posterior.kernel.length_scale.tolist())
print(posterior.sample(X[:5] + 0.01, 2, np.random.default_rng(0)).tolist())
"""


def printed(code, threads):
    environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    if threads is not None:
        environment |= dict.fromkeys(VARIABLES, threads)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_same_answers_with_nothing_set_with_one_thread_and_with_two():
    answers = {name: printed(ASK, threads) for name, threads in SETTINGS.items()}
    assert answers["one"] and len(set(answers.values())) == 1, answers


def n_threads():
    """The threads of every BLAS that can be set."""
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


two_threads = pytest.mark.skipif(
    not ThreadpoolController().select(user_api="blas").lib_controllers,
    reason="no BLAS here whose threads can be set",
)


@pytest.fixture
def two():
    with threadpool_limits(2, user_api="blas"):
        yield


class Looking:
    """A surrogate that looks at the number of threads while it is asked."""

    def fit(self, X, y):
        self.seen = n_threads()
        return self

    def predict(self, U):
        return np.zeros(len(U)), np.ones(len(U))


@two_threads
def test_a_question_has_one_thread_and_what_was_set_holds_again(two):
    before = n_threads()
    surrogate = Looking()
    strategy = bo.BayesianOptimization(branin.space, surrogate, n_initial=1)
    for config in bo.RandomSearch(branin.space).ask(3):
        strategy.tell(config, branin(config))
    strategy.ask()
    assert set(surrogate.seen) == {1} and n_threads() == before != surrogate.seen
    strategy.recommend()
    assert n_threads() == before


@two_threads
def test_what_was_set_holds_again_after_an_error(two):
    before = n_threads()
    with contextlib.suppress(ZeroDivisionError), computing:
        assert set(n_threads()) == {1}
        raise ZeroDivisionError
    assert n_threads() == before


@two_threads
def test_threads_that_overlap_all_have_one_until_the_last_is_out(two):
    before = n_threads()
    first_in, second_in, first_out = (threading.Event() for _ in range(3))
    seen = []

    def first():
        with computing:
            first_in.set()
            assert second_in.wait(10)
        first_out.set()

    def second():
        assert first_in.wait(10)
        with computing:
            second_in.set()
            assert first_out.wait(10)
            seen.append(n_threads())
        seen.append(n_threads())

    workers = [threading.Thread(target=each) for each in (first, second)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(20)
    assert set(seen[0]) == {1} and seen[1] == before == n_threads()


@two_threads
def test_a_thread_is_inside_whoever_has_set_the_number_before(two):
    """threadpoolctl 3.8 lets one thread set it, and ignores all others: here that is this one."""
    seen = []

    def inside():
        with computing:
            seen.append(n_threads())
        seen.append(n_threads())

    before = n_threads()
    worker = threading.Thread(target=inside)
    worker.start()
    worker.join(20)
    assert set(seen[0]) == {1} and seen[1] == before == n_threads()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forking is not Windows' way")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it has threads, as here
def test_a_process_that_is_forked_while_somebody_is_inside_can_go_inside():
    with computing, _threads._lock:  # the worst moment
        child = os.fork()
        if child == 0:
            with computing:
                os._exit(_threads._n_inside)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


class Own:
    """A library in which each thread has a number of threads of its own."""

    def __init__(self):
        self.local = threading.local()

    @property
    def num_threads(self):
        return getattr(self.local, "n", 4)

    def set_num_threads(self, n):
        self.local.n = n


def test_a_library_with_a_setting_for_each_thread_is_set_in_each(monkeypatch):
    library, seen, both = Own(), [], threading.Barrier(2)
    monkeypatch.setattr(_threads, "_libraries", lambda: ((), (library,)))

    def inside(_):
        with computing, computing:
            both.wait(10)
            seen.append(library.num_threads)
            both.wait(10)
        seen.append(library.num_threads)

    with ThreadPoolExecutor(2) as executor:
        list(executor.map(inside, range(2)))
    assert sorted(seen) == [1, 1, 4, 4]


@two_threads
def test_a_training_has_one_thread(two, monkeypatch):
    seen = []
    forward = network.forward
    monkeypatch.setattr(
        network.training,
        "forward",
        lambda *arguments: (seen.append(n_threads()), forward(*arguments))[1],
    )
    monkeypatch.setattr(network.training, "EPOCHS", 1)
    network.train(network.SPACE.grid(5)[0])
    assert seen and all(set(each) == {1} for each in seen)


def test_a_strategy_that_several_threads_ask_and_tell_loses_nothing():
    strategy = bo.BayesianOptimization(branin.space, n_initial=100, seed=0)

    def work(_):
        for _ in range(15):
            config = strategy.ask()
            strategy.tell(config, branin(config))

    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as executor:
            list(executor.map(work, range(8)))
    finally:
        sys.setswitchinterval(switch)
    assert len(strategy.told) == 120 and not strategy.pending
    assert [trial.number for trial in strategy.trials] == list(range(120))
    points = np.array([trial.point for trial in strategy.trials])
    assert len(np.unique(points, axis=0)) == 120


def test_a_strategy_can_still_be_copied_and_sent():
    strategy = bo.BayesianOptimization(branin.space, n_initial=2, seed=0)
    for config in strategy.ask(3):
        strategy.tell(config, branin(config))
    again = pickle.loads(pickle.dumps(strategy))
    assert again.ask() == strategy.ask()
