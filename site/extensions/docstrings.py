"""Our docstrings as pages: stars are stars, formulas keep their lines, a result is a sentence.

They are written to be read in an editor. Sphinx's napoleon, which reads their sections, takes what
stands before a colon in "Returns" or in the first line of a property for a type.
"""

import dataclasses
import inspect
import re


def setup(app):
    """Connect the hooks of this module: of docstrings one before napoleon's, one after it."""
    app.connect("autodoc-process-docstring", prepare, priority=400)
    app.connect("autodoc-process-docstring", restore_property, priority=600)
    app.connect("autodoc-process-signature", show_fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def prepare(app, what, name, obj, options, lines):
    """Rewrite the lines of a docstring in place, for napoleon to read."""
    lines[:] = with_results_in_words(with_formulas(with_plain_stars(lines)))


def restore_property(app, what, name, obj, options, lines):
    """Give a property the text that napoleon has taken apart."""
    if what == "property" and inspect.getdoc(obj):
        lines[:] = with_formulas(with_plain_stars(inspect.getdoc(obj).splitlines())) + [""]


def show_fields(app, what, name, obj, options, signature, return_annotation):
    """Give a dataclass the signature of its fields, where its `__new__` says `(*_, **given)`."""
    if what != "class" or not dataclasses.is_dataclass(obj) or obj.__new__ is object.__new__:
        return None
    _, *fields = inspect.signature(obj.__init__).parameters.values()
    bare = [each.replace(annotation=each.empty) for each in fields]
    return str(inspect.Signature(bare)).replace("<factory>", "..."), return_annotation


def with_plain_stars(lines):
    """Escape the stars of f*, the bars of |z| and the end of str_, outside of code."""
    return [line if line.lstrip().startswith((">>>", "...")) else _escaped(line) for line in lines]


def _escaped(line):
    parts = re.split(r"(`+[^`]*`+)", line)
    parts[::2] = [re.sub(r"([*|]|_(?!\w))", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def with_formulas(lines):
    """Turn a paragraph whose later lines are indented and begin with "=" into a block."""
    result = []
    for paragraph in _paragraphs(lines):
        first, *later = paragraph
        is_formula = later and all(re.match(r" +(=|<|>|\+)", each) for each in later)
        if is_formula and not first.startswith((" ", ">>>")):
            plain = [re.sub(r"\\([*|_])", r"\1", each) for each in paragraph]
            result += [".. code-block:: none", "", *("   " + each for each in plain)]
        else:
            result += paragraph
        result.append("")
    return result


def with_results_in_words(lines):
    """Turn the section "Returns" into a heading and its sentences."""
    result, inside = [], False
    for line in lines:
        if line.strip() in ("Returns:", "Yields:"):
            inside = True
            result += [f".. rubric:: {line.strip().rstrip(':')}", ""]
        elif inside and line.startswith("    "):
            result.append(line[4:])
        else:
            inside = inside and not line
            result.append(line)
    return result


def _paragraphs(lines):
    paragraph = []
    for line in [*lines, ""]:
        if line:
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
