"""Who evaluates: this thread, other threads, processes or a cluster.

An executor is anything with `submit` that returns futures of `concurrent.futures`. What can go
wrong on the way to a worker is found out here, before an evaluation is spent.
"""

import math
import pickle
import sys
import time
import traceback
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass

from bo_tutorial import _validate
from bo_tutorial.result import Failure
from bo_tutorial.strategy import as_value

# What sends a function itself and not only its name.
_SENDS_CODE = "loky (get_reusable_executor) or Dask (client.get_executor(pure=False))"


@dataclass(frozen=True)
class Evaluation:
    """What one call of the objective gave.

    Attributes:
        value: a number, NaN if it failed. failure: why, a `Failure`; "" if it did not.
        extra: what was returned beside the value.
        started, ended: seconds since 1970.
        misuse: what is wrong with what the objective returned, "" if nothing is.
    """

    value: float
    failure: Failure | str
    extra: dict
    started: float
    ended: float
    misuse: str = ""


class Here(Executor):
    """Evaluate in this thread, one at a time: the loop without an executor."""

    def submit(self, function, *arguments):
        """Call the function now; an interrupt, or `sys.exit` in it, goes on to the caller."""
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


def evaluate(objective, config, catch, number, travels=False):
    """Return the `Evaluation` of one configuration.

    Runs in the worker. What was returned is read here, and an exception travels back as text, since
    neither can always be sent; what else cannot be sent becomes text where it `travels`. The number
    makes each call another one for a cluster that remembers results.
    """
    started = time.time()
    try:
        returned = objective(dict(config))
    except Exception as error:
        if not catch:
            raise
        return Evaluation(math.nan, described(error), {}, started, time.time())
    ended = time.time()
    extra = {}
    if isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], dict):
        returned, extra = returned
        if travels:
            extra = {name: x if _can_travel(x) else repr(x) for name, x in extra.items()}
    try:
        value = as_value("the return value of objective", returned)
    except TypeError as error:
        return Evaluation(math.nan, Failure(words(error)), extra, started, ended, str(error))
    failure = Failure(f"objective returned {returned!r:.200}") if math.isnan(value) else ""
    return Evaluation(value, failure, extra, started, ended)


def words(error):
    """Return an exception in one line, whatever its text does."""
    try:
        text = str(error)
    except Exception:
        text = "(its text raises)"
    return f"{type(error).__name__}: {text}"


def described(error):
    """Return an exception as a `Failure`: its line, and its traceback from the objective on."""
    trace = traceback.TracebackException(
        type(error), error, error.__traceback__ and error.__traceback__.tb_next, limit=-8
    )
    return Failure(f"{words(error)}\n\n{''.join(trace.format())}")


def kind(failure):
    """Return what two failures share that come from one mistake; None if no exception was raised.

    The type of the exception and the place where it was raised: its text often holds a number.
    """
    trace = getattr(failure, "traceback", "")
    places = [line for line in trace.splitlines() if line.startswith('  File "')]
    return (failure.partition(":")[0], places[-1]) if places else None


def n_parallel(executor, n, objective):
    """Return how many evaluations to have under way, and try the way to the workers.

    Args:
        executor: an executor, or None for this thread. n: what the user said, or None.
        objective: what the workers are to call.

    Raises:
        TypeError, ValueError: no executor, a number that is not 1 or more, an objective that does
            not reach another process.
    """
    if n is not None:
        n = _validate.whole_number("n_parallel", n, 1)
    if executor is None:
        if n not in (None, 1):
            raise ValueError(f"n_parallel must be 1 without an executor, got {n}")
        return 1
    _refuse_no_executor(executor)
    if n is None:
        n = getattr(executor, "_max_workers", None)  # threads, processes, loky
        client = getattr(executor, "_client", None)
        if client is not None:  # Dask: the threads of the cluster as it is now
            n = sum(client.nthreads().values())
        if not isinstance(n, int) or n < 1:
            raise ValueError("n_parallel must be given: the executor does not say how many workers")
    if isinstance(executor, ProcessPoolExecutor) or _is_mpi(executor):
        _try_the_way(executor, objective)
    return n


def _refuse_no_executor(executor):
    said = "executor must be a concurrent.futures.Executor, such as ThreadPoolExecutor(4) or Dask's"
    said = f"{said} client.get_executor(pure=False)"
    if isinstance(executor, type):
        raise TypeError(
            f"{said}, got the class {executor.__name__}: write {executor.__name__}(4), in a `with`"
        )
    if callable(getattr(executor, "get_executor", None)):
        raise TypeError(f"{said}, got the client itself: {executor!r:.80}")
    if not callable(getattr(executor, "submit", None)):
        raise TypeError(f"{said}, got {executor!r:.80}")


def _is_mpi(executor):
    return type(executor).__module__.partition(".")[0] == "mpi4py"


def _try_the_way(executor, objective):
    """Let a worker read the objective as it would be sent, without calling it.

    Such a pool sends the name of a function, and a worker that cannot find it dies and takes the
    pool with it. So the name is packed here, and unpacked in the worker where an error can be
    caught.

    Raises:
        TypeError: it cannot be packed, or the worker cannot find it.
    """
    try:
        packed = pickle.dumps(objective)
    except Exception as error:
        raise _unreachable(objective, words(error)) from error
    try:
        failure = executor.submit(_unpack, packed).result()
    except BrokenExecutor as error:
        hint = ""
        if hasattr(sys.modules["__main__"], "__file__"):
            hint = '; does the script start its pool under `if __name__ == "__main__":`?'
        raise TypeError(
            f"executor must have workers that start; one died before anything was evaluated "
            f"({words(error)}){hint}"
        ) from error
    if failure:
        raise _unreachable(objective, failure)


def _unpack(packed):
    """In the worker: why the objective cannot be read, "" if it can."""
    try:
        pickle.loads(packed)
    except Exception as error:
        return words(error)
    return ""


def _unreachable(objective, why):
    where = ""
    if getattr(objective, "__module__", None) == "__main__":
        where = ", not in a notebook or at a prompt"
    return TypeError(
        f"objective must be a function that another process can import, defined at the top of a "
        f"module{where}, and no lambda, got {objective!r:.80} ({why}); move it into a .py file and "
        f"import it, or take {_SENDS_CODE}, which send the function itself, or threads"
    )


def _can_travel(value):
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True
