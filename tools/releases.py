"""Look up the last release of each library of the Rosetta table: `python tools/releases.py`.

Asks PyPI for each of them once and writes `releases.json` of lesson 13, with the date of the look.
By hand: no test and no lesson asks the network.
"""

import datetime
import json
import urllib.request

from tools_data import write

from bo_tutorial.course.lesson_13 import numerics as tools


def last_release(distribution):
    """Return version and date of the newest release, pre-releases left out, as PyPI has them."""
    url = f"https://pypi.org/pypi/{distribution}/json"
    with urllib.request.urlopen(url, timeout=30) as answer:
        found = json.load(answer)
    first = min(each["upload_time"] for each in found["urls"])
    return found["info"]["version"], first[:10]


def main():
    libraries = []
    for entry in tools.table()["libraries"].values():
        if entry["distribution"]:
            version, date = last_release(entry["distribution"])
            libraries.append({"library": entry["name"], "version": version, "released": date})
            print(entry["name"], version, date)
    today = datetime.date.today().isoformat()
    write("releases.json", {"looked_at": today, "libraries": libraries})


if __name__ == "__main__":
    main()
