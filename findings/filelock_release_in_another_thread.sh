#!/usr/bin/env bash
# filelock: release() in another thread does nothing, and says nothing
#
# Expected: a lock object that is acquired in the main thread can be released in the callback of a
#   future (which runs in a worker's thread), or release() raises, as threading.RLock does.
# Instead: the hold is kept per thread by default. release(), and release(force=True), in another
#   thread find nothing to release and return. is_locked is False there and True in the main
#   thread. The file stays locked as long as the process lives: the next run that shares the
#   journal waits for ever (timeout=-1 is the default).
# Version: filelock 4.3.1.
# Seen:
#   in the callback: is_locked False; release() and release(force=True) returned
#   in the main thread: is_locked True; another process gets the lock: False
#   the same with thread_local=False: is_locked False; another process gets the lock: True
# Source: filelock/_core/_lock.py, line 90 (thread_local=True); filelock/_core/_release.py, lines
#   94 to 98 (no descriptor in this thread: return).
# Remedy: thread_local=False for a lock that outlives the thread that took it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet filelock==4.3.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import filelock

print("filelock", filelock.__version__)
OTHER = """
import filelock
try:
    filelock.FileLock("journal.lock").acquire(timeout=0.5)
    print(True)
except filelock.Timeout:
    print(False)
"""


def other_process_gets_it():
    run = subprocess.run([sys.executable, "-c", OTHER], capture_output=True, text=True, check=True)
    return run.stdout.strip() == "True"


def released_by_callback(lock):
    inside = []

    def finished(future):
        inside.append(lock.is_locked)
        lock.release()
        lock.release(force=True)

    lock.acquire()
    callback_is_set = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        # A future that is done already would call back in this thread.
        pool.submit(callback_is_set.wait).add_done_callback(finished)
        callback_is_set.set()
    return inside[0], lock.is_locked, other_process_gets_it()


default = filelock.FileLock("journal.lock")
inside, held, free = released_by_callback(default)
print(f"in the callback: is_locked {inside}; release() and release(force=True) returned")
print(f"in the main thread: is_locked {held}; another process gets the lock: {free}")
assert (inside, held, free) == (False, True, False), "the behavior has changed"
default.release()
_, held, free = released_by_callback(filelock.FileLock("journal.lock", thread_local=False))
print(f"the same with thread_local=False: is_locked {held}; another process gets the lock: {free}")
assert (held, free) == (False, True)
PY
