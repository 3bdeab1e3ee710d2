"""What a save keeps of a live figure: the sentence that stands for it, not a widget that is gone.

A widget lives in the kernel. A saved notebook keeps a pointer to it, its view; opened the next day,
the pointer leads nowhere, and JupyterLab shows "Error displaying widget" in place of the sentence
that the same output carries. So a view is not stored where something else can be shown. The page
that is open keeps its widget: only what goes to the disk is changed.
"""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
LIVE = "Live figure: "  # how the plain text of a live figure begins
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

WITH_ALTERNATIVE_TEXTS = "bo_tutorial.course.exporting.WithAlternativeTexts"  # by name: see there


def without_dead_widgets(model, path="", contents_manager=None, **others):
    """Take the views out of a notebook that is about to be saved: a pre-save hook of Jupyter.

    A view stays if its output has nothing but plain text beside it (another package's widget), or
    if the notebook stores the widget's state, from which it can be shown without a kernel.

    Args:
        model: what Jupyter Server is about to save, a dict; its notebook is changed in place.
        path, contents_manager, others: what else Jupyter tells a hook; not needed here.
    """
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict):
        return
    stored = content.get("metadata", {}).get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for cell in content.get("cells", []):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            view = data.get(WIDGET_VIEW)
            if view is None or view.get("model_id") in stored:
                continue
            if set(data) - {WIDGET_VIEW, "text/plain"}:
                del data[WIDGET_VIEW]
                output.get("metadata", {}).pop(WIDGET_VIEW, None)


def _jupyter_server_extension_points():
    return [{"module": "bo_tutorial.course.saving"}]


def _load_jupyter_server_extension(server):
    """Register the hook beside one that the user may have, and let exports keep their words."""
    server.contents_manager.register_pre_save_hook(without_dead_widgets)
    if "preprocessors" not in server.config.HTMLExporter:
        server.config.HTMLExporter.preprocessors = [WITH_ALTERNATIVE_TEXTS]
