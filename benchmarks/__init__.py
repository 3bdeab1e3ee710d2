"""The course's optimizer against the libraries people use, in one harness.

Everything runs in one thread, and the libraries read these variables when NumPy or torch is first
imported: so they are set here, where every program of this folder passes first.
"""

import os

for _name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
    os.environ[f"{_name}_NUM_THREADS"] = "1"
