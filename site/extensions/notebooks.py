"""Lessons as pages: pictures keep their words and wait their turn, solutions warn on top."""

import json
import re
import struct
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes

WARNING = """

```{warning}
This page shows every answer. Try the exercises in the lesson first: the checks there give hints.
```
"""
PICTURE = re.compile(r'<img (?P<before>[^>]*?)src="(?P<src>[^":]+\.png)"(?P<after>[^>]*)>')

EMPTY_HEADER = re.compile(r'<th class="([^"]*)"><p></p></th>')


def setup(app):
    """Connect the hooks of this module."""
    app.connect("source-read", warn_before_solutions)
    app.connect("doctree-read", give_words_to_pictures)
    app.connect("html-page-context", let_pictures_wait)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def warn_before_solutions(app, docname, source):
    """Put the warning below the title of a page of solutions."""
    if docname.startswith("notebooks/solutions/"):
        notebook = json.loads(source[0])
        first = notebook["cells"][0]
        title, _, rest = "".join(first["source"]).partition("\n")
        first["source"] = title + WARNING + rest
        source[0] = json.dumps(notebook)


def give_words_to_pictures(app, doctree):
    """Give each picture of a notebook the alternative text that `show` stored beside it.

    Raises:
        ValueError: the page has another number of pictures than the notebook.
    """
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    words = stored_words(json.loads(path.read_text(encoding="utf-8")))
    pictures = [each for each in doctree.findall(nodes.image) if "jupyter_execute" in each["uri"]]
    if len(words) != len(pictures):
        raise ValueError(
            f"{path.name} stores {len(words)} pictures, and its page has {len(pictures)}"
        )
    for picture, alt in zip(pictures, words, strict=True):
        picture["alt"] = alt


def stored_words(notebook):
    """Return the alternative text of each picture in the outputs of a notebook, in order."""
    return [
        output["metadata"].get("image/png", {}).get("alt", "")
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


def let_pictures_wait(app, pagename, templatename, context, doctree):
    """Load a picture when it comes into view, into room that is kept: the text stands at once.

    The empty corner of a table is no header, which a screen reader would announce.
    """
    if "body" not in context:
        return
    sources = {name: source for source, name in app.builder.images.items()}

    def wait(picture):
        source = sources.get(unquote(picture["src"].rpartition("/")[2]))
        if source is None or "loading=" in picture[0]:
            return picture[0]
        width, height = png_size(app.srcdir / source)
        attributes = f'{picture["before"]}src="{picture["src"]}"{picture["after"].rstrip("/ ")}'
        return f'<img {attributes} width="{width}" height="{height}" loading="lazy" />'

    context["body"] = EMPTY_HEADER.sub(r'<td class="\1"></td>', PICTURE.sub(wait, context["body"]))


def png_size(path):
    """Return the width and height of a PNG file, in pixels."""
    with open(path, "rb") as file:
        return struct.unpack(">II", file.read(24)[16:24])
