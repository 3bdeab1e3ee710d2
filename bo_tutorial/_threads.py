"""Compute with one BLAS thread: the same sums in the same order, whatever the machine is set to.

A matrix product that two threads share is summed in another order, its last digit differs, and a
search that is chaotic in its last digit becomes another search. At the sizes of this course one
thread is faster too.
"""

import contextlib
import functools
import os
import threading

import numpy as np

from bo_tutorial import _validate

_lock = threading.Lock()
_set_before: dict = {}  # what the process had set, while any thread is inside
_n_inside = 0
_here = threading.local()  # how deep this thread is inside, and what it had set for itself


class Computing(contextlib.ContextDecorator):
    """Hold BLAS at one thread inside the block; what was set before holds again after it.

    What is too small for a float is 0 there, without a warning or an error: e^-1000, the covariance
    of two points that are far apart.

    Most libraries have one setting for the process: the first thread inside changes it, and the
    last one out restores it, so none of them computes with more. Where each thread has a setting
    of its own (OpenBLAS on OpenMP), each changes its own. Also a decorator of functions.
    """

    def __enter__(self) -> None:
        global _n_inside
        _here.depth = getattr(_here, "depth", 0) + 1
        if _here.depth > 1:
            return
        shared, own = _libraries()
        with _lock:
            if _n_inside == 0:
                _set_before.update(_set(shared, dict.fromkeys(shared, 1)))
            _n_inside += 1
        _here.set_before = _set(own, dict.fromkeys(own, 1))
        _here.small_is_zero = np.errstate(under="ignore")
        _here.small_is_zero.__enter__()

    def __exit__(self, *exception: object) -> None:
        global _n_inside
        _here.depth -= 1
        if _here.depth:
            return
        _here.small_is_zero.__exit__(*exception)
        shared, own = _libraries()
        _set(own, _here.set_before)
        with _lock:
            _n_inside -= 1
            if _n_inside == 0:
                _set(shared, _set_before)


computing = Computing()


def _begin_anew():
    """In a forked process: whoever held the lock or was inside is not here."""
    global _lock, _n_inside
    _lock, _n_inside = threading.Lock(), 0
    _here.depth = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def _set(libraries, numbers):
    """Set the number of threads of each library; return what it was."""
    before = {}
    for library in libraries:
        # threadpoolctl 3.8 ignores, without a word, whoever is not the thread that set it first.
        release = getattr(library, "clear_controlling_thread", None)
        before[library] = library.num_threads
        if before[library] != numbers[library]:
            if release:
                release(force=True)
            library.set_num_threads(numbers[library])
            if release:
                release()
    return before


@functools.cache
def _libraries():
    """The BLAS libraries of this process: with one setting for all threads, and with one for each.

    None in WebAssembly, which has no threads.
    """
    if _validate.IN_WEBASSEMBLY:
        return (), ()
    # NumPy and SciPy may each bring their own BLAS. To look for them takes milliseconds, so it is
    # done once, when both are loaded.
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="blas").lib_controllers
    own = [each for each in found if getattr(each, "threading_layer", "") == "openmp"]
    return tuple(each for each in found if each not in own), tuple(own)
