"""Ways to run a lesson, on its page: in this browser, on Binder, in Colab, on one's own machine."""

import html
import re
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.util.osutil import relative_uri

LESSON = re.compile(r"notebooks/\d\d_\w+")


def setup(app):
    """Connect the hook of this module; `lite_address` is where JupyterLite is published."""
    app.add_config_value("lite_address", "lite/", "html")
    app.connect("doctree-resolved", show_ways)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def show_ways(app, doctree, docname):
    """Put the ways to run a lesson below the title of its page."""
    if not LESSON.fullmatch(docname):
        return
    title = next(doctree.findall(nodes.title))
    repository = app.config.html_theme_options["repository_url"]
    lite = app.config.lite_address
    if not urlsplit(lite).scheme:
        lite = relative_uri(app.builder.get_target_uri(docname), lite)
    home = app.builder.get_relative_uri(docname, "index") + "#two-commands-or-none"
    text = ways(docname.rpartition("/")[2] + ".ipynb", repository, lite, home)
    title.parent.insert(title.parent.index(title) + 1, nodes.raw("", text, format="html"))


def ways(name, repository, lite, home):
    """Return the ways to run a lesson, as HTML; each is a link in words, and asks nothing before.

    Args:
        name: of the notebook. repository: the course's address. lite: JupyterLite's, which ends
            with a slash. home: where the page says how to install the course.
    """
    others = [
        f"<li>{_link(binder(name, repository), 'Run it on Binder')}: a computer elsewhere, free of "
        "charge. It takes minutes to start, and it forgets your changes when you leave: download "
        "the notebook first.</li>"
    ]
    if colab(name, repository):
        install = html.escape(f"%pip install git+{repository}")
        others.append(
            f"<li>{_link(colab(name, repository), 'Run it in Colab')}: needs a Google account. Add "
            f"a cell on top with this line, and run it first: <code>{install}</code></li>"
        )
    others.append(
        f"<li>{_link(home, 'Install the course')}: two commands, and all of it works.</li>"
    )
    return (
        '<div class="ways" role="group" aria-label="Ways to run this lesson">'
        f"<p>{_link(f'{lite}lab/index.html?path={quote(name)}', 'Run it in this browser', 'way')} "
        "Nothing to install. The first start takes a while: it loads Python and NumPy. What you "
        "change stays in this browser.</p>"
        f"<details><summary>Other ways to run it</summary><ul>{''.join(others)}</ul></details>"
        "</div>"
    )


def binder(name, repository):
    """Return the address that makes Binder build environment.yml and open a lesson."""
    place = urlsplit(repository)
    path = quote(f"lab/tree/notebooks/{name}", safe="")
    if place.hostname == "github.com":
        return f"https://mybinder.org/v2/gh{place.path}/main?urlpath={path}"
    return f"https://mybinder.org/v2/git/{quote(repository, safe='')}/main?urlpath={path}"


def colab(name, repository):
    """Return the address that opens a lesson in Colab; None if Colab does not read that host."""
    place = urlsplit(repository)
    if place.hostname != "github.com":
        return None
    return f"https://colab.research.google.com/github{place.path}/blob/main/notebooks/{name}"


def _link(address, words, kind="reference external"):
    return f'<a class="{kind}" href="{html.escape(address)}">{words}</a>'
