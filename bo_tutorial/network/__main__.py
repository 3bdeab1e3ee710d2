"""The command: ``python -m bo_tutorial.network table`` trains the grid of the shipped table."""

import argparse
import os
import sys
from pathlib import Path

from bo_tutorial.network.table import TABLE, write_table
from bo_tutorial.network.training import SPACE


def main(arguments: list[str] | None = None) -> None:
    """Run the command line: `python -m bo_tutorial.network table`."""
    parser = argparse.ArgumentParser(prog="python -m bo_tutorial.network", description=main.__doc__)
    commands = parser.add_subparsers(required=True)
    table = commands.add_parser("table", help="train the grid; goes on where it was stopped")
    table.add_argument("--processes", type=int, default=1, help="trainings at once (default 1)")
    table.add_argument("--points", type=int, default=5, help="values per axis (default 5)")
    table.add_argument("--output", type=Path, default=TABLE, help=f"CSV file (default {TABLE})")
    chosen = parser.parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = "1"  # for the processes started here: one core each
    try:
        write_table(chosen.output, SPACE.grid(chosen.points), chosen.processes)
    except (OSError, TypeError, ValueError) as error:
        sys.exit(f"{parser.prog} table: {error}")


if __name__ == "__main__":
    main()
