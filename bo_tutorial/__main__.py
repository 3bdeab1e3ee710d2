"""The course's commands: ``python -m bo_tutorial lab`` opens the lessons in JupyterLab."""

import argparse
import sys

from bo_tutorial.course import lab


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status; without a command, print the help.

    Args:
        argv: the arguments, a list of str; None reads them from the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bo_tutorial", description="Commands of the course on Bayesian optimization."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    lab.add_command(commands)
    arguments = parser.parse_args(argv)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return 0
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
