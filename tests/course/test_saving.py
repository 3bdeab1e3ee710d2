"""What a save leaves of live figures: the sentence, where there is one, and no dead widget."""

import copy
import logging
from html.parser import HTMLParser

import nbformat
import pytest
from traitlets.config import Config

from bo_tutorial.course.saving import (
    WIDGET_STATE,
    WIDGET_VIEW,
    WITH_ALTERNATIVE_TEXTS,
    _load_jupyter_server_extension,
    without_dead_widgets,
)


def model(*outputs, **metadata):
    cell = {"cell_type": "code", "id": "code", "source": "x", "metadata": {}, "execution_count": 1}
    cell |= {"outputs": list(outputs)}
    text = {"cell_type": "markdown", "id": "text", "source": "words", "metadata": {}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [text, cell]}
    return {"type": "notebook", "format": "json", "content": content}


def widget(**others):
    view = {"model_id": "17", "version_major": 2, "version_minor": 0}
    data = {WIDGET_VIEW: view, "text/plain": "Live figure: drag ℓ"} | others
    return {"output_type": "display_data", "data": data, "metadata": {WIDGET_VIEW: {}}}


def saved(before):
    after = copy.deepcopy(before)
    without_dead_widgets(model=after, path="05.ipynb", contents_manager=None)
    return after


def test_a_view_gives_way_to_what_else_can_be_shown():
    stream = {"output_type": "stream", "name": "stdout", "text": "1"}
    after = saved(model(stream, widget(**{"text/html": "<p>run this cell</p>"})))
    figure = {"text/plain": "Live figure: drag ℓ", "text/html": "<p>run this cell</p>"}
    expected = {"output_type": "display_data", "data": figure, "metadata": {}}
    assert after == model(stream, expected)


def test_a_widget_with_nothing_but_plain_text_beside_it_is_left_alone():
    assert saved(model(widget())) == model(widget())


def test_a_widget_whose_state_is_stored_can_be_shown_and_stays():
    html = {"text/html": "<p>run this cell</p>"}
    stored = {"widgets": {WIDGET_STATE: {"state": {"17": {"model_name": "VBoxModel"}}}}}
    assert saved(model(widget(**html), **stored)) == model(widget(**html), **stored)
    other = {"widgets": {WIDGET_STATE: {"state": {"18": {"model_name": "VBoxModel"}}}}}
    views = [
        output["data"]
        for output in saved(model(widget(**html), **other))["content"]["cells"][1]["outputs"]
    ]
    assert all(WIDGET_VIEW not in data for data in views)


@pytest.mark.parametrize(
    "other",
    [
        {"type": "file", "format": "text", "content": f"{WIDGET_VIEW}"},
        {"type": "directory"},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"nbformat": 3, "worksheets": []}},
        model({"output_type": "error", "ename": "E", "evalue": "", "traceback": []}),
    ],
)
def test_whatever_else_is_saved_is_saved_as_it_is(other):
    assert saved(other) == other


def test_jupyter_server_finds_the_hook_and_calls_it(tmp_path):
    from jupyter_server.extension.manager import ExtensionPackage
    from jupyter_server.services.contents.filemanager import FileContentsManager

    class Server:
        contents_manager = FileContentsManager(root_dir=str(tmp_path), log=logging.getLogger())
        config = Config()

    package = ExtensionPackage(name="bo_tutorial.course.saving", enabled=True)
    assert package.validate()
    for point in package.extension_points.values():
        point.module._load_jupyter_server_extension(Server)
    before = model(widget(**{"text/html": "<p>run this cell</p>"}))
    Server.contents_manager.save(before, "lesson.ipynb")
    text = (tmp_path / "lesson.ipynb").read_text(encoding="utf-8")
    assert "run this cell" in text and WIDGET_VIEW not in text
    assert Server.config.HTMLExporter.preprocessors == [WITH_ALTERNATIVE_TEXTS]

    Server.config = Config({"HTMLExporter": {"preprocessors": ["of.the.User"]}})
    _load_jupyter_server_extension(Server)
    assert Server.config.HTMLExporter.preprocessors == ["of.the.User"]


def exported(notebook, **config):
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(config=Config({"HTMLExporter": config}), log=logging.getLogger("x"))
    return exporter.from_notebook_node(nbformat.from_dict(notebook))[0]


def test_an_export_to_html_has_the_sentence_in_place_of_a_live_figure():
    notebook = saved(model(widget(**{"text/html": "<p>Run this cell to make it live.</p>"})))
    assert "<p>Run this cell to make it live.</p>" in exported(notebook["content"])


def test_a_picture_keeps_its_alternative_text_in_an_export():
    data = {"image/png": "iVBORw0KGgo=\n", "text/plain": "Figure: a"}
    alt = 'A line "f" rises < 1 & falls.'
    picture = {"output_type": "display_data", "data": data, "metadata": {"image/png": {"alt": alt}}}
    silent = picture | {"metadata": {}}
    notebook = model(picture, silent)["content"]
    alts = []

    class Images(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag == "img" and "iVBORw0KGgo=" in dict(attributes)["src"]:
                alts.append(dict(attributes)["alt"])

    Images().feed(exported(notebook, preprocessors=[WITH_ALTERNATIVE_TEXTS]))
    assert alts == [alt, "No description has been provided for this image"]
