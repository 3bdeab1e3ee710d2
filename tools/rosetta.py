"""Write docs/rosetta.md, or try every probe: `python tools/rosetta.py [LIBRARY ...]`.

Without an argument it writes the page. With names of libraries, as in the table, it runs their
probes and says what has changed; `all` stands for those that are installed.
"""

import sys
from pathlib import Path

from bo_tutorial.course.lesson_13.numerics import (
    installed_version,
    is_installed,
    page,
    probe,
    table,
)

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rosetta.md"


def main(names):
    if not names:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
        return 0
    if names == ["all"]:
        names = [name for name in table()["libraries"] if is_installed(name)]
    changed = 0
    for name in names:
        printed = probe(name)
        print(f"{name} {installed_version(name) or ''}")
        for fact in table()["facts"]:
            expected, got = fact["answers"][name]["prints"], printed[fact["fact"]]
            if got != expected:
                changed += 1
                print(f"  {fact['fact']}: {expected} is expected, {got} was printed")
    return min(changed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
