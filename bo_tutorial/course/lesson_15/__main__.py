"""The commands of the capstone: a new set for a class, and the leaderboard of its files."""

import argparse
import sys
from pathlib import Path

from bo_tutorial import _files
from bo_tutorial.course.lesson_15 import numerics, record


def main(argv=None):
    """Run ``bo-tutorial capstone`` and return its exit status; without an action, print the help.

    Args:
        argv: the arguments behind the command, a list of str; None: of the command line.
    """
    parser = argparse.ArgumentParser(
        prog="bo-tutorial capstone",
        description="Lesson 15: a set of hidden functions for a class, and its leaderboard.",
    )
    actions = parser.add_subparsers(title="what to do", metavar="ACTION")
    new = actions.add_parser(
        "new",
        help="make a set of three hidden functions from a secret",
        description="Make three hidden functions from a secret, and let random search and BO play "
        "each of them 200 times: some minutes. Stopped, the same command goes on.",
    )
    new.add_argument("--secret", required=True, help="a text of 8 characters or more")
    new.add_argument("--out", type=Path, default=Path("capstone_set.csv"), help="file of the set")
    new.set_defaults(run=_new)
    merge = actions.add_parser(
        "merge",
        help="merge the files of a class into a leaderboard",
        description="Compute every answer again and rank the players. The first start of each task "
        "counts.",
    )
    merge.add_argument("files", nargs="+", type=Path, help=f"the players' {record.FILE_NAME}")
    merge.add_argument("--set", type=Path, help="file of the set (default: that of the course)")
    merge.add_argument("--out", type=Path, help="write the leaderboard into this file as well")
    merge.set_defaults(run=_merge)
    arguments = parser.parse_args(sys.argv[1:] if argv is None else argv)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return 0
    return arguments.run(arguments)


def _new(arguments):
    try:
        key = numerics.new_set(arguments.secret, arguments.out, _files.progress_bar())
    except (OSError, TypeError, ValueError) as error:
        return _failed(error)
    print(f"{arguments.out} has {numerics.set_name(key)}. Give it to your class:")
    print(f"three_games('NAME', set_file={arguments.out.name!r})")
    return 0


def _merge(arguments):
    try:
        rows, refused = record.merge(arguments.files, arguments.set)
        text = record.leaderboard(rows)
        if arguments.out is not None:
            _files.write_atomically(arguments.out, text.encode())
    except (OSError, TypeError, ValueError) as error:
        return _failed(error)
    print(text, end="")
    for why in refused.values():
        print(f"left out: {why}", file=sys.stderr)
    return 0 if rows else 1


def _failed(error):
    print(f"bo-tutorial capstone: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
