"""Print the decks in build/slides to PDF, a page for each slide, with the system's Chromium."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build" / "slides"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--virtual-time-budget=60000",  # until the formulas are set, in the page's own time
)
PATIENCE = 300  # seconds for a deck


def main():
    """Print every deck; return 0, or 1 if there is no browser or a deck was not printed."""
    browser = find_browser()
    if browser is None:
        print(
            "Printing needs Chromium; install it, or name a browser: CHROMIUM=path", file=sys.stderr
        )
        return 1
    for deck in sorted(BUILD.glob("[0-9]*.html")):
        pages = print_deck(browser, deck, deck.with_suffix(".pdf"))
        print(f"{deck.with_suffix('.pdf')}: {pages} pages", flush=True)
    return 0


def find_browser():
    """Return the path of a Chromium, or None; the variable CHROMIUM names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def print_deck(browser, deck, pdf):
    """Print one deck; return the number of its pages.

    Raises:
        RuntimeError: the browser wrote no file.
    """
    # Where Chromium's sandbox cannot be had, in a container as root, it does not start with it.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *OPTIONS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}"]
        done = subprocess.run(
            [*command, f"{deck.as_uri()}?print-pdf"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    if done.returncode or not pdf.exists():
        raise RuntimeError(f"{browser} did not print {deck}:\n{done.stderr}")
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


if __name__ == "__main__":
    sys.exit(main())
