"""Print the decks in build/slides to PDF, a page for each slide, with the system's Chromium."""

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

BUILD = Path(__file__).resolve().parent.parent / "build" / "slides"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120_000  # milliseconds for the formulas of a deck, on a slow and busy machine
# Every page that it opens is our own, and as root, in a container, there is no sandbox to be had.
ARGUMENTS = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def main():
    """Print every deck; return 0, or 1 if there is no browser."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        print("There is no Chromium to print with: install it, or CHROMIUM=path", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for deck in sorted(BUILD.glob("[0-9]*.html")):
            pdf = deck.with_suffix(".pdf")
            print(f"{pdf}: {print_deck(browser, deck, pdf)} pages", flush=True)
        browser.close()
    return 0


def print_deck(browser, deck, pdf):
    """Print one deck; return the number of its pages.

    Args:
        browser: playwright's. deck, pdf: paths of the HTML file and of what is written.
    """
    page = browser.new_page()
    page.goto(f"{deck.as_uri()}?print-pdf")
    page.wait_for_function(
        "window.Reveal?.isReady() && document.querySelector('.pdf-page')", timeout=PATIENCE
    )
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


if __name__ == "__main__":
    sys.exit(main())
