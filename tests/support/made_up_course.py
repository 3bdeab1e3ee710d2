"""A course of two lessons, made up, for the tests of the learner's folder."""

import json

NAME = "07_close_the_loop.ipynb"


def notebook(*sources, outputs=(), kind="code"):
    """Return the bytes of a notebook with one cell for each source."""
    cells = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": {}}
        | ({"outputs": list(outputs), "execution_count": 1} if kind == "code" else {})
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def write_course(root):
    """Write two lessons, a solution, pages and a note under `root` as a clone would hold them."""
    notebooks = root / "notebooks"
    (notebooks / "solutions").mkdir(parents=True)
    (notebooks / "08_reproduce.ipynb").write_bytes(notebook("eight = 8"))
    (notebooks / NAME).write_bytes(notebook("seven = 7", "print(seven)"))
    (notebooks / "solutions" / NAME).write_bytes(notebook("solved"))
    (notebooks / "notes.md").write_text("notes", encoding="utf-8")
    (root / "README.md").write_text(f"[07](notebooks/{NAME})", encoding="utf-8")
    (root / "docs").mkdir()
    (root / "docs" / "glossary.md").write_text("words", encoding="utf-8")
    return notebooks
