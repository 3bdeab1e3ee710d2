"""How much of an endless test is done: `make test` does a little of it, `make soak` a lot."""

import os
import sys

SOAK = os.environ.get("SOAK") == "1"
IN_WASM = sys.platform in ("emscripten", "wasi")  # where Python is five to ten times slower
KILLS = 50 if SOAK else 5
EXAMPLES = 1000 if SOAK else 10 if IN_WASM else 50  # of each property
