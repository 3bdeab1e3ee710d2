"""Train many configurations, one after the other or in several processes at once."""

import os
import threading
from collections.abc import Generator
from multiprocessing import get_context, parent_process

from bo_tutorial.network import training


def train_all(configs: list[dict], processes: int) -> Generator[float, None, None]:
    """Yield the validation accuracy of each configuration with seed 0, in order.

    Args:
        processes: how many trainings to run at once, an integer of 1 or more.
    """
    if processes == 1:
        yield from map(training.validation_accuracy, configs)
        return
    from concurrent.futures import ProcessPoolExecutor  # not everywhere in WebAssembly

    with ProcessPoolExecutor(processes, get_context("spawn"), _end_with_parent) as pool:
        try:
            yield from pool.map(training.validation_accuracy, configs)
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with_parent():
    """End this process when the one that started it is killed, instead of waiting for ever."""

    def wait():
        parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
