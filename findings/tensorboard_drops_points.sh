#!/usr/bin/env bash
# TensorBoard: a learning curve read back has lost most of its points, the best one among them
#
# Expected: EventAccumulator(folder).Scalars("loss"), the way to read logs in Python that most
#   scripts use, gives every point that was written.
# Instead: it keeps 10 000 scalars a tag, a random subset (a reservoir; the seed is fixed, so the
#   same ones are missing every time). Of a curve of 50 000 steps four fifths are gone; a minimum
#   that lasts one step is lost with 80 % probability, and min() is another number at another
#   step. The file holds everything. No word about it.
# Version: tensorboard 2.21.0, tensorboardX 2.6.5.
# Seen:
#   written: 50000 points, smallest 0.050 at step 31234
#   read:    10000 points, smallest 0.100 at step 49996
#   size_guidance={"scalars": 0}: 50000 points, smallest 0.050 at step 31234
# Source: tensorboard/backend/event_processing/event_accumulator.py, lines 191 to 197
#   (DEFAULT_SIZE_GUIDANCE) and event_processing/reservoir.py.
# Remedy: size_guidance={"scalars": 0}.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet tensorboard==2.21.0 tensorboardX==2.6.5 numpy==2.4.6
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
from importlib.metadata import version

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboardX import SummaryWriter

print("tensorboard", version("tensorboard"), "tensorboardX", version("tensorboardX"))
losses = [0.1 + 1 / (1 + step) for step in range(50_000)]
losses[31_234] = 0.05
with SummaryWriter("logs") as writer:
    for step, loss in enumerate(losses):
        writer.add_scalar("loss", loss, step)


def read(**how):
    events = EventAccumulator("logs", **how)
    events.Reload()
    points = events.Scalars("loss")
    best = min(points, key=lambda point: point.value)
    return len(points), round(best.value, 3), best.step


print(f"written: {len(losses)} points, smallest 0.050 at step 31234")
default, whole = read(), read(size_guidance={"scalars": 0})
print("read:    {} points, smallest {:.3f} at step {}".format(*default))
print('size_guidance={{"scalars": 0}}: {} points, smallest {:.3f} at step {}'.format(*whole))
assert default[0] == 10_000 and default[1] == 0.1, "the behavior has changed"
assert whole == (50_000, 0.05, 31_234)
PY
