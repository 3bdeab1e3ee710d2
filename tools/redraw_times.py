"""Measure what a live figure costs to redraw, and write the table of docs/live_figures.md.

    python tools/redraw_times.py             # print the table and put it between its markers
    python tools/redraw_times.py --print     # print it and change nothing

Every control is moved from end to end, a few times over; a redraw is everything that the kernel
does between the change and the new picture. CPU time of the process, so that other work on the
machine counts little.
"""

import argparse
import importlib
import os
import pkgutil
import platform
import statistics
import sys
import time
from pathlib import Path

if __name__ == "__main__":  # before NumPy: times are of one core
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import matplotlib.pyplot as plt

from bo_tutorial import widgets

PAGE = Path(__file__).resolve().parent.parent / "docs" / "live_figures.md"
BEGIN, END = "<!-- begin redraws -->\n", "<!-- end redraws -->"
ROUNDS = 5
HEADER = ("live figure", "module", "controls", "redraws", "median (ms)", "largest (ms)")


def figures():
    """Return {name: function} of every live figure of the course."""
    for module in pkgutil.iter_modules(widgets.__path__):
        importlib.import_module(f"bo_tutorial.widgets.{module.name}")
    return widgets.FIGURES


def redraws(figure, rounds=ROUNDS):
    """Move every control of a `LiveFigure` over its values; return the CPU ms of each redraw.

    Each is made `rounds` times and the smallest time counts: what else runs on the machine only
    ever adds to it.
    """
    times = {}
    for _ in range(rounds):
        for name, control in figure.controls.items():
            before = control.value
            for step, value in enumerate([*control.sweep, before]):
                picture, start = figure.picture, time.process_time()
                control.value = value
                spent = 1000 * (time.process_time() - start)
                if figure.picture != picture:  # not if it already stood there
                    times.setdefault((name, step), []).append(spent)
    return [min(each) for each in times.values()]


def machine():
    """Return what the times were measured on: kind of processor and system, no names."""
    return f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def report():
    """Return the table as Markdown, with what it was measured on."""
    rows = [HEADER, ("---",) * len(HEADER)]
    with plt.style.context("bo_tutorial.style"):
        for name, function in sorted(figures().items()):
            figure = function()
            times = redraws(figure)
            module = function.__module__.rpartition(".")[2]
            numbers = (len(times), f"{statistics.median(times):.0f}", f"{max(times):.0f}")
            rows.append((f"`{name}`", f"`{module}`", len(figure.controls), *numbers))
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return f"Measured on {machine()}, one core.\n\n" + "\n".join(lines)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--print", action="store_true", help="do not change the page")
    arguments = parser.parse_args(argv)
    table = report()
    print(table)
    if not arguments.print:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{table}\n\n{END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
