"""Look up the last release of each library of the Rosetta table.

    python tools/releases.py REGISTRY    # the address of a registry with PyPI's JSON interface

Asks it for each library once and writes `releases.json` of lesson 13, with the date of the look.
By hand: no test and no lesson asks the network.
"""

import datetime
import json
import sys
import urllib.request
from pathlib import Path

from bo_tutorial.course.lesson_13 import numerics as tools


def last_release(registry, distribution):
    """Return version and date of the newest release, pre-releases left out."""
    url = f"{registry.rstrip('/')}/pypi/{distribution}/json"
    with urllib.request.urlopen(url, timeout=30) as answer:
        found = json.load(answer)
    first = min(each["upload_time"] for each in found["urls"])
    return found["info"]["version"], first[:10]


def main(registry):
    libraries = []
    for entry in tools.table()["libraries"].values():
        if entry["distribution"]:
            version, date = last_release(registry, entry["distribution"])
            libraries.append({"library": entry["name"], "version": version, "released": date})
            print(entry["name"], version, date)
    today = datetime.date.today().isoformat()
    text = json.dumps({"looked_at": today, "libraries": libraries}, ensure_ascii=False, indent=1)
    (Path(tools.__file__).parent / "data" / "releases.json").write_text(
        text + "\n", encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
