"""How much of an endless test is done: `make test` does a little of it, `make soak` a lot."""

import os

SOAK = os.environ.get("SOAK") == "1"
KILLS = 50 if SOAK else 5
EXAMPLES = 1000 if SOAK else 50  # of each property
