"""The course's optimizer against the libraries people use, in one harness.

Everything runs in one thread, and the libraries read these variables when NumPy or torch is first
imported: each program of this folder calls `set_one_thread` before. An import changes nothing.
"""

import os


def set_one_thread():
    """Set one thread for the libraries that this process has yet to load, and for its children."""
    for name in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):
        os.environ[f"{name}_THREADS"] = "1"
