"""The course's commands: ``bo-tutorial lab`` opens the lessons in JupyterLab.

``python -m bo_tutorial`` is the same, where scripts of an environment are not on the path.
"""

import argparse
import importlib.metadata
import platform
import sys
from pathlib import Path

from bo_tutorial.course import lab


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status; without a command, print the help.

    Args:
        argv: the arguments, a list of str; None reads them from the command line.
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["worked-example"]:
        from bo_tutorial.worked_example.__main__ import main as worked_example

        return worked_example(argv[1:])
    if argv[:1] == ["capstone"]:
        from bo_tutorial.course.lesson_15.__main__ import main as capstone

        return capstone(argv[1:])
    parser = argparse.ArgumentParser(
        prog="bo-tutorial", description="Commands of the course on Bayesian optimization."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    lab.add_command(commands)
    # Their own options are read above.
    commands.add_parser("worked-example", help="print the numbers of lesson 08, draw its figure")
    commands.add_parser("capstone", help="lesson 15: a set of functions, a leaderboard for a class")
    version = commands.add_parser("version", help="print the versions, for a report of a problem")
    version.set_defaults(run=_print_versions)
    arguments = parser.parse_args(argv)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return 0
    return arguments.run(arguments)


def _print_versions(arguments):
    print(f"Python {platform.python_version()}, {platform.platform()}")
    for name in ("bo_tutorial", "numpy", "scipy", "scikit-learn", "matplotlib", "jupyterlab"):
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        print(f"{name} {version}")
    print(f"installed in {Path(__file__).parent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
