"""Build the site: lay the pages where Sphinx reads them, draw the first page, run Sphinx.

Everything is found by looking: a new lesson, page or module needs no line here. Pages keep the
places that they have in the repository, so a link between two files is a link between two pages.
"""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from first_page import draw_steps

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "site"
SOURCE, STATIC, HTML = BUILD / "source", BUILD / "static", BUILD / "html"
LITE = ROOT / "build" / "lite"  # of site/lite.py
COPIED = (  # patterns of what becomes a page or stands in one
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE*",
    "CITATION.cff",
    "docs/*.md",
    "docs/*.png",
    "docs/figures/*.png",
    "notebooks/*.ipynb",
    "notebooks/solutions/*.ipynb",
    "benchmarks/README.md",
    "benchmarks/report.md",
    "benchmarks/surrogates.md",
    "benchmarks/figures/*.png",
)


def main():
    """Build the site into build/site/html; return Sphinx's exit status."""
    shutil.rmtree(BUILD, ignore_errors=True)
    lay(SOURCE)
    draw_steps(STATIC / "steps", BUILD / "steps.html")
    (STATIC / "mathjax").mkdir()
    shutil.copy(find_mathjax(), STATIC / "mathjax")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-W", "--keep-going", "--quiet"]
    folders = ["-c", ROOT / "site", "-d", BUILD / "doctrees", "-D", f"lite_address={find_lite()}"]
    status = subprocess.run([*command, *folders, SOURCE, HTML], cwd=ROOT).returncode
    if status == 0:
        if (LITE / "index.html").is_file():
            shutil.copytree(LITE, HTML / "lite")
        print(f"The site's first page is {HTML / 'index.html'}")
    return status


def lay(source):
    """Copy every page and picture into the folder `source`, and write what has no file yet."""
    for pattern in COPIED:
        for path in sorted(ROOT.glob(pattern)):
            target = source / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    readme = source / "README.md"  # the site has a first page of that title
    text = re.sub("^# .*", "# Install and use", readme.read_text(encoding="utf-8"), count=1)
    readme.write_text(text, encoding="utf-8")
    repository = project()["urls"]["Repository"]
    for path in sorted((ROOT / "site").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        text = text.replace("{{repository}}", repository).replace("{{lite}}", find_lite())
        (source / path.name).write_text(text, encoding="utf-8")
    (source / "api").mkdir()
    for module in public_modules():
        title = f"# {module.partition('.')[2]}\n\n"
        page = f"{title}```{{eval-rst}}\n.. automodule:: {module}\n```\n"
        (source / "api" / f"{module}.md").write_text(page, encoding="utf-8")


def project():
    """Return what pyproject.toml says of the project, its addresses among it."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def public_modules():
    """Names of the modules of the method and of what it is tried on, in alphabetical order."""
    names = set()
    for path in (ROOT / "bo_tutorial").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        rooms = "course" in parts  # they are read in the lessons, not called
        if len(parts) > 1 and not rooms and not any(part.startswith("_") for part in parts):
            names.add(".".join(parts))
    return sorted(names)


def find_lite():
    """Return where JupyterLite is: beside the pages if it was built, else where it is published."""
    published = project()["urls"]["Documentation"].rstrip("/")
    return "lite/" if (LITE / "index.html").is_file() else f"{published}/lite/"


def find_mathjax():
    """Return the path of MathJax 3 in one file with its fonts, from the package that carries it."""
    for file in importlib.metadata.files("django-static-mathjax"):
        if file.as_posix().endswith("es5/tex-svg.js"):
            return file.locate()
    raise FileNotFoundError("django-static-mathjax has no es5/tex-svg.js")


if __name__ == "__main__":
    sys.exit(main())
