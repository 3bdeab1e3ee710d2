"""Markdown of a lesson as blocks, sentences and HTML: what a slide shows of it, and how high."""

import html
import math
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

ENOUGH = (
    30  # words of a paragraph or an item; a slide shows its beginning, the notes have all of it
)
LINE, CHARACTERS = 48, 70  # pixels of a line of text, and characters that fit in one
SENTENCE_ENDS = re.compile(r"(?<=[.?!])(\*{0,2}[)”\"]?\*{0,2})\s+(?=[\"“(*`$\[\\]*[A-Z0-9$\\])")
ASIDE = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
# A short formula and the sign after it, which must not begin a line.
TIED = re.compile(r'<span class="math inline">[^<]{1,60}</span>[.,;:?!]')
REVEAL = "<details><summary>Reveal</summary>"


def _formula(content, options):
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return left + html.escape(content) + right


MARKDOWN = MarkdownIt("commonmark").enable("table")
MARKDOWN.use(dollarmath_plugin, renderer=_formula, allow_blank_lines=False)


@dataclass(frozen=True)
class Block:
    """A paragraph, list, table, formula or heading of a lesson.

    Args:
        kind: of its token: "paragraph", "bullet_list", "table", "math_block", "heading", ...
        source: its Markdown. revealed: whether it stands in a folded answer.
    """

    kind: str
    source: str
    revealed: bool = False

    @property
    def asks(self):
        return self.kind == "paragraph" and self.source.startswith("**Predict.**")

    @property
    def is_list(self):
        return self.kind in ("bullet_list", "ordered_list")

    @property
    def is_aside(self):
        """Whether all of it stands in parentheses."""
        return self.kind == "paragraph" and bool(ASIDE.fullmatch(self.source))

    @property
    def is_title(self):
        """Whether it is a line in bold and nothing else."""
        return bool(re.fullmatch(r"\*\*[^*]+\*\*", self.source))

    @property
    def leads_on(self):
        """Whether what follows belongs to it: a formula, a list, the text below a title."""
        return self.is_title or (self.kind == "paragraph" and self.source[-1] in ":,")

    @property
    def goes_on(self):
        """Whether it ends the sentence that a formula interrupts."""
        return self.kind == "paragraph" and self.source[0].islower()


def blocks(source):
    """Return the blocks of a Markdown cell, in order; the marks of folding are none."""
    lines = source.splitlines()
    found, revealed = [], False
    for token in MARKDOWN.parse(source):
        if token.level or token.map is None:
            continue
        text = "\n".join(lines[token.map[0] : token.map[1]]).strip()
        if token.type == "html_block":
            revealed = (revealed or REVEAL in text) and "</details>" not in text
        else:
            found.append(Block(token.type.removesuffix("_open"), text, revealed))
    return found


def sentences(text):
    """Split a paragraph of Markdown into its sentences.

    >>> sentences("On average, it is $1. 5$. **So what?** The next (e.g. this. One) follows.")
    ['On average, it is $1. 5$.', '**So what?**', 'The next (e.g. this. One) follows.']
    """
    text = " ".join(text.split())
    found, start = [], 0
    for match in SENTENCE_ENDS.finditer(text):
        end = match.end(1)
        if _whole(text[start:end]):
            found.append(text[start:end])
            start = match.end()
    return [*found, text[start:]]


def _whole(text):
    """Whether no formula, code, emphasis or parenthesis is open at the end of a text."""
    bare = re.sub(r"\$[^$]*\$|`[^`]*`", "", text)
    marks_are_open = text.count("$") % 2 or text.count("`") % 2 or bare.count("**") % 2
    parenthesis_is_open = bare.count("(") > bare.count(")")
    return not (marks_are_open or parenthesis_is_open or re.search(r"\b(e\.g|i\.e|vs)\.$", text))


def beginning(text):
    """Return the first sentences of a text: those of `ENOUGH` words, and all that define a term.

    A beginning refers to nothing that is left out, as sentences picked from the middle would.
    """
    parts = sentences(text)
    defining = [i for i, part in enumerate(parts) if i and "**" in part]
    least = max(defining, default=0) + 1
    n = next((n for n in range(1, len(parts)) if words(" ".join(parts[:n])) >= ENOUGH), len(parts))
    return parts[: max(n, least)]


def words(text):
    """How many words a speaker says in Markdown; a number is one, a sign alone is none."""
    text = re.sub(r"</?\w+[^>]*>|\]\([^)\s]*\)", " ", text)
    return sum(any(c.isalnum() for c in word) for word in text.split())


def shown(block, whole=False):
    """Return the Markdown of a block as a slide shows it: a line for each sentence, and not all."""
    if block.kind == "paragraph":
        all_of_it = whole or block.leads_on or block.goes_on
        parts = sentences(block.source) if all_of_it else beginning(block.source)
        parts = [part for part in parts if not ASIDE.fullmatch(part)] or parts
        if len(parts) > 1 and len(parts[0]) < 20:  # "(c)." or "**What to see.**"
            parts[:2] = [" ".join(parts[:2])]
        return "  \n".join(parts)
    if block.is_list and not whole:
        items = re.split(r"^(?=- |\d+\. )", block.source, flags=re.MULTILINE)[1:]
        return "\n".join(" ".join(beginning(each)) for each in items)
    if block.kind == "math_block" and is_long(
        block
    ):  # formulas side by side stand below each other
        rows = block.source.strip("$").replace(r"\qquad", r"\\[12pt]")
        return rf"$$\begin{{gathered}}{rows}\end{{gathered}}$$"
    return block.source


def is_long(block):
    """Whether a table has many rows, or a formula many signs: these are set smaller."""
    if block.kind == "table":
        return block.source.count("\n") > 8
    return block.kind == "math_block" and len(plain(block.source)) > 75


def height(block, text):
    """Estimate the pixels that a block takes; the tests measure it in a browser."""
    if block.kind == "math_block":
        return 100 + 60 * text.count(r"\\")
    if block.kind == "table":
        return _height_of_table(text)
    lines = [plain(line) for line in text.splitlines() if line.strip()]
    return 18 + sum(LINE * max(1, math.ceil(len(line) / CHARACTERS)) for line in lines)


def _height_of_table(text):
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.strip(" |:-")]
    lengths = [[len(plain(cell.strip())) for cell in row] for row in rows]
    columns = [min(60, max(column)) for column in zip(*lengths, strict=True)]
    shares = [max(8, column * min(1, 90 / sum(columns))) for column in columns]
    lines = [max(math.ceil(n / m) for n, m in zip(row, shares, strict=True)) for row in lengths]
    return 20 + sum(12 + 32 * each for each in lines)


def plain(text):
    """Markdown without its marks, formulas about as long as they are set."""
    text = re.sub(r"\\(?:math\w+|text|operatorname|frac|tfrac|left|right|[,;!])", "", text)
    text = re.sub(r"\\[a-zA-Z]+", "x", text)
    return re.sub(r"\]\([^)\s]*\)|[*`$\[{}^_]", "", text)


def to_html(text, link=lambda target: None):
    """Return Markdown as HTML; `link` says where a link of the lesson leads, None for nowhere."""

    def follow(match):
        target = link(match[2])
        return f"[{match[1]}]({target})" if target else match[1]

    text = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", follow, text)
    text = TIED.sub(r'<span class="tied">\g<0></span>', MARKDOWN.render(text))
    return text.replace("<th></th>", "<td></td>")
