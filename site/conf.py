"""Sphinx's settings for the site; `site/build.py` lays the pages that it reads."""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
sys.path.insert(0, str(HERE))  # our extensions
sys.path.insert(0, str(HERE.parent))  # the package that stands beside this folder, for autodoc

project = "Bayesian optimization, step by step"
author = PROJECT["authors"][0]["name"]
copyright = author  # the year of a build would make each year's pages differ
version = release = PROJECT["version"]
language = "en"
html_last_updated_fmt = None

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "extensions.notebooks",
    "extensions.terms",
    "extensions.docstrings",
    "extensions.ways",
]

# The notebooks are committed with their outputs: what a reader sees is what the tests compared.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # no notebook stores a widget
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
# A name has one page, that of the module which defines it.
autodoc_default_options = {"members": True, "ignore-module-all": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say types, shapes and units
autodoc_mock_imports = ["optuna"]  # an extra that the site does without
napoleon_numpy_docstring = False
napoleon_custom_sections = [("It may have", "params_style")]  # protocols.py
napoleon_use_param = False  # "mu, sigma: shape (n,)" is one line for two arguments
napoleon_use_rtype = False
default_role = "code"
nitpick_ignore_regex = [
    ("py:exc", r".* .*"),  # a sentence under "Raises", not a name
    ("py:class", r"(numpy|collections)\..*"),  # of an annotation; they have no page here
]

html_theme = "sphinx_book_theme"
html_title = project
html_baseurl = PROJECT["urls"]["Documentation"].rstrip("/") + "/"
lite_address = html_baseurl + "lite/"  # build.py lays JupyterLite beside the pages
html_static_path = ["static", "../build/site/static"]  # ours, and what build.py makes
html_favicon = "static/favicon.svg"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_theme_options = {
    "navbar_persistent": [],  # the search stands in the sidebar
    "repository_url": PROJECT["urls"]["Repository"],
    "use_repository_button": True,
    "use_issues_button": True,
    "use_download_button": True,
    "show_toc_level": 2,
    "home_page_in_toc": True,
}
# MathJax 3 beside the pages, and after the text: nothing is asked of another host.
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}
mathjax_options = {"defer": "defer"}
