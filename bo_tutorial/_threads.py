"""Compute with one BLAS thread: the same sums in the same order, whatever the machine is set to.

A matrix product that two threads share is summed in another order, its last digit differs, and a
search that is chaotic in its last digit becomes another search. At the sizes of this course one
thread is faster too.
"""

import contextlib
import functools
import sys
import threading

_lock = threading.Lock()
_n_inside = 0
_limiter = None


@contextlib.contextmanager
def one_blas_thread():
    """Hold BLAS at one thread inside the block; what was set before holds again after it.

    The setting belongs to the process. Where several threads are inside, the first one sets it and
    the last one out restores it, so none of them computes with more. It also decorates functions.
    """
    global _n_inside, _limiter
    with _lock:
        if _n_inside == 0:
            _limiter = _set_one_thread()
        _n_inside += 1
    try:
        yield
    finally:
        with _lock:
            _n_inside -= 1
            if _n_inside == 0 and _limiter is not None:
                _limiter.restore_original_limits()


def _set_one_thread():
    controller = _blas()
    return None if controller is None else controller.limit(limits=1)


@functools.cache
def _blas():
    """The BLAS libraries of this process; None in WebAssembly, which has no threads."""
    if sys.platform in ("emscripten", "wasi"):
        return None
    # NumPy and SciPy may each bring their own BLAS. To look for them takes milliseconds, so it is
    # done once, when both are loaded.
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
