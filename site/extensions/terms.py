"""A term of the glossary is a link where a lesson uses it first; the link says what it means."""

import re

from docutils import nodes
from docutils.nodes import make_id

GLOSSARY = "docs/glossary"
ENTRY = re.compile(r"^\*\*(?P<term>[^*]+)\.\*\* (?P<meaning>.+?)(?=\n\n|\Z)", re.M | re.S)
# Terms that are everyday words too: a link where the lesson says, in bold, that it means the term.
EVERYDAY = {
    "condition",
    "draws that match",
    "improvement",
    "later accuracy",
    "noise",
    "penalty",
    "point",
    "predict",
    "trace",
}
# Here a link has no place: headings, links, code, formulas.
CLOSED = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.raw)


def setup(app):
    """Connect the hooks of this module."""
    app.connect("source-read", mark_entries)
    app.connect("doctree-resolved", link_first_uses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def anchor(term):
    """Return the id that an entry of the glossary has on its page."""
    return f"term-{make_id(term)}"


def entries(page):
    """Return {term: meaning} of the glossary's text."""
    return {each["term"]: " ".join(each["meaning"].split()) for each in ENTRY.finditer(page)}


def names(term):
    """Return the words that a lesson may use for a term: its name, and what is in parentheses.

    >>> names("Expected improvement (EI)")
    ['expected improvement', 'EI']
    >>> names("Axis, raw or log")
    ['raw axis', 'log axis']
    """
    name, _, other = term.partition(" (")
    head, comma, kinds = name.partition(", ")
    if comma:
        return [f"{kind} {head.lower()}" for kind in kinds.split(" or ")]
    return [lowered(each) for each in (name, other.rstrip(")")) if each]


def lowered(name):
    """Lower the first letter of a name, unless its word is an abbreviation or a person's name."""
    first = name.split()[0]
    kept = first[1:].lower() != first[1:] or first.rstrip("'s") in PEOPLE
    return name if kept else name[0].lower() + name[1:]


PEOPLE = {"Bayesian", "Cholesky", "Gaussian", "Latin", "Matérn-5/2", "Sobol", "Thompson"}


def pattern(words):
    """Match any of the words, the longest first, also capitalized and in the plural."""
    either = [
        f"[{each[0].upper()}{each[0]}]{re.escape(each[1:])}" if each[0].islower() else each
        for each in sorted(words, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w-])(?P<use>{'|'.join(either)})(?:e?s)?(?![\w-])")


def mark_entries(app, docname, source):
    """Give each entry of the glossary's page its id."""
    if docname == GLOSSARY:
        source[0] = ENTRY.sub(lambda each: f"({anchor(each['term'])})=\n{each[0]}", source[0])


def link_first_uses(app, doctree, docname):
    """Link each term where this lesson uses it first."""
    if not re.match(r"notebooks/\d", docname):
        return
    page = app.env.doc2path(GLOSSARY)
    with open(page, encoding="utf-8") as file:
        meanings = entries(file.read())
    terms = {name: term for term in meanings for name in names(term)}
    uses, seen = pattern(terms), set()
    address = app.builder.get_relative_uri(docname, GLOSSARY)
    for text in list(doctree.findall(nodes.Text)):
        if not _may_hold_links(text):
            continue
        new, end = [], 0
        for use in uses.finditer(text):
            name = use["use"] if use["use"] in terms else use["use"][0].lower() + use["use"][1:]
            term = terms[name]
            meant = use["use"] == name and isinstance(text.parent, nodes.strong)
            if term in seen or (name in EVERYDAY and not meant):
                continue
            seen.add(term)
            link = nodes.reference(
                "", use[0], refuri=f"{address}#{anchor(term)}", internal=True, classes=["term"]
            )
            link["reftitle"] = re.sub(r"[$`*\\]|\]\([^)]*\)|\[", "", meanings[term])
            new += [nodes.Text(text[end : use.start()]), link]
            end = use.end()
        if new:
            text.parent.replace(text, [*new, nodes.Text(text[end:])])


def _may_hold_links(text):
    node = text.parent
    while node is not None:
        if isinstance(node, CLOSED):
            return False
        node = node.parent
    return True
