"""Who evaluates: this thread, other threads, processes or a cluster.

An executor is anything with `submit` that returns futures of `concurrent.futures`. What can go
wrong on the way to a worker is found out here, before an evaluation is spent.
"""

import contextlib
import copy
import math
import pickle
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

from bo_tutorial import _validate
from bo_tutorial.result import TITLE, Failure
from bo_tutorial.space import Space
from bo_tutorial.strategy import as_value

NO_WORKERS = "WebAssembly, as in a browser, where Python has no threads and no other processes"

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
        interrupt: what ended the worker's call instead of an answer, `SystemExit` for example.
    """

    value: float
    failure: Failure | str
    extra: dict
    started: float
    ended: float
    misuse: str = ""
    interrupt: BaseException | None = None


class Here(Executor):
    """Evaluate in this thread, one at a time: the loop without an executor."""

    def submit(self, function: Callable, /, *arguments: object, **named: object) -> Future:
        """Call the function now; an interrupt, or `sys.exit` in it, goes on to the caller."""
        future: Future = Future()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def evaluate(
    objective: Callable, config: dict, catch: bool, number: int, travels: bool = False
) -> Evaluation:
    """Return the `Evaluation` of one configuration.

    Runs in the worker. What was returned is read here, and an exception travels back as text, since
    neither can always be sent; what else cannot be sent becomes text where it `travels`. The number
    makes each call another one for a cluster that remembers results.
    """
    started = time.time()
    try:
        returned = objective(dict(config))
    except BaseException as error:
        if catch and isinstance(error, Exception):
            return Evaluation(math.nan, described(error), {}, started, time.time())
        if travels and not _can_travel(error):  # it would break the pool on its way
            raise RuntimeError(f"objective raised {described(error)}") from None
        if travels and isinstance(error, KeyboardInterrupt | SystemExit):
            # Not as an exception: a worker of Dask would end, and the run would wait for ever.
            return Evaluation(math.nan, "", {}, started, time.time(), interrupt=error)
        raise
    ended = time.time()
    extra: dict = {}
    if isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], dict):
        returned, extra = returned
        extra = {_kept(name, travels): _kept(x, travels) for name, x in extra.items()}
    try:
        value = as_value("the return value of objective", returned)
    except TypeError as error:
        return Evaluation(math.nan, Failure(words(error)), extra, started, ended, str(error))
    failure = ""
    if math.isnan(value):
        failure = Failure(f"objective returned {_validate.shown(returned, 200)}")
    return Evaluation(value, failure, extra, started, ended)


def _kept(value, travels):
    """What an objective returned, so that nothing which it does later changes it."""
    if travels:
        return value if _can_travel(value) else _validate.shown(value, 1000)
    try:
        return copy.deepcopy(value)
    except Exception:  # a lock, an open file
        return value


def words(error: BaseException) -> str:
    """Return an exception in one line, whatever its text does."""
    try:
        text = str(error)
    except Exception:
        text = "(its text raises)"
    return f"{type(error).__name__}: {text}"


def described(error: BaseException) -> Failure:
    """Return an exception as a `Failure`: its line, and its traceback from the objective on."""
    here = error.__traceback__  # and all there is where built-in code, or the call itself, raised
    raised = traceback.TracebackException(
        type(error), error, here and (here.tb_next or here), limit=-8
    )
    trace = "".join(raised.format())
    if not trace.startswith(TITLE):  # a group of exceptions, or a cause without a traceback
        trace = f"{TITLE}\n{trace}"
    return Failure(f"{words(error)}\n\n{trace}")


def kind(failure: Failure | str) -> tuple | None:
    """Return what two failures share that come from one mistake; None if no exception was raised.

    The type of the exception and the place where it was raised: its text often holds a number.
    """
    trace = getattr(failure, "traceback", "")
    lines = [line.lstrip(" |") for line in trace.splitlines()]  # a group has bars at the margin
    places = [line for line in lines if line.startswith('File "')]
    return (failure.partition(":")[0], places[-1]) if places else None


def n_parallel(executor: Executor | None, n: int | None, objective: Callable, space: Space) -> int:
    """Return how many evaluations to have under way, and try the way to the workers.

    Args:
        executor: an executor, or None for this thread. n: what the user said, or None.
        objective: what the workers are to call. space: where its configurations come from.

    Raises:
        TypeError, ValueError: no executor or a closed one, a number that is not 1 or more, an
            objective or choices that do not reach another process.
    """
    if n is not None:
        n = _validate.whole_number("n_parallel", n, 1)
    if executor is None:
        if n not in (None, 1):
            raise ValueError(f"n_parallel must be 1 without an executor, got {n}")
        return 1
    _refuse_no_executor(executor)
    if _validate.IN_WEBASSEMBLY and isinstance(executor, ThreadPoolExecutor):
        raise ValueError(
            f"executor must be left out in {NO_WORKERS}, got {executor!r:.80}: evaluations run "
            "one after the other"
        )
    if n is None:
        n = getattr(executor, "_max_workers", None)  # threads, processes, loky
        client = getattr(executor, "_client", None)
        if client is not None:  # Dask: the threads of the cluster as it is now
            n = sum(client.nthreads().values())
        if not isinstance(n, int) or n < 1:
            raise ValueError("n_parallel must be given: the executor does not say how many workers")
    if _is_pool_of_processes(executor) or _is_mpi(executor):
        _try_the_way(executor, objective, space)
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
    if is_closed(executor):
        raise ValueError(
            f"executor must be open, got {executor!r:.80}, which was shut down: call maximize "
            "inside its `with` block"
        )


def end_processes(executor: Executor) -> None:
    """End the worker processes of a pool that broke.

    It ends them itself, but for one that it started while it broke; whoever closes the pool would
    then wait for that one without an end (seen with CPython 3.11).
    """
    processes = getattr(executor, "_processes", None) or {}
    for process in list(processes.values()):
        with contextlib.suppress(Exception):  # it has ended already
            process.terminate()


def is_closed(executor: Executor) -> bool:
    """Say whether an executor takes no more work, as far as it says so."""
    says = [getattr(executor, name, False) for name in ("_shutdown", "_shutdown_thread")]
    says.append(getattr(getattr(executor, "_flags", None), "shutdown", False))  # loky
    return any(each is True for each in says)


def _is_pool_of_processes(executor):
    if _validate.IN_WEBASSEMBLY:  # where some Pythons cannot even import it
        return False
    from concurrent.futures import ProcessPoolExecutor

    return isinstance(executor, ProcessPoolExecutor)


def _is_mpi(executor):
    return type(executor).__module__.partition(".")[0] == "mpi4py"


def _try_the_way(executor, objective, space):
    """Let a worker read the objective and the choices as they would be sent, without a call.

    Such a pool sends the name of a function, and a worker that cannot find it dies and takes the
    pool with it. So the name is packed here, and unpacked in the worker where an error can be
    caught.

    Raises:
        TypeError: one of them cannot be packed, or the worker cannot find it.
    """
    failure = _try_to_send(executor, objective)
    if failure:
        raise _unreachable(objective, failure)
    for name in space.names:
        choices = getattr(space[name], "choices", None)
        failure = choices and _try_to_send(executor, choices)
        if failure:
            raise TypeError(
                f"choices of {name} must be such that another process can read them, got "
                f"{choices!r:.80} ({failure}); name them by texts, and look up the object in the "
                f"objective, or take {_SENDS_CODE}, or threads"
            )


def _try_to_send(executor, what):
    """Why `what` does not reach a worker, "" if it does.

    Raises:
        TypeError: there are no workers.
    """
    try:
        packed = pickle.dumps(what)
    except Exception as error:
        return words(error)
    try:
        return executor.submit(_unpack, packed).result()
    except BrokenExecutor as error:
        hint = ""
        if hasattr(sys.modules["__main__"], "__file__"):
            hint = '; does the script start its pool under `if __name__ == "__main__":`?'
        raise TypeError(
            f"executor must have workers that start; one died before anything was evaluated "
            f"({words(error)}){hint}"
        ) from error


def _unpack(packed):
    """In the worker: why what was sent cannot be read, "" if it can."""
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
    """Say whether `value` can be packed, and unpacked again: an exception often cannot."""
    try:
        pickle.loads(pickle.dumps(value))
    except Exception:
        return False
    return True
