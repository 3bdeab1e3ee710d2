"""An export to HTML in which a figure keeps its alternative text.

`show` stores it in the figure's metadata. The template of nbconvert 7 does not look there, and
writes "No description has been provided for this image".

    jupyter nbconvert --to html lesson.ipynb \\
        --HTMLExporter.preprocessors=bo_tutorial.course.exporting.WithAlternativeTexts

In a JupyterLab that loads `bo_tutorial.course.saving`, its menu exports so by itself.
"""

import base64

from nbconvert.preprocessors import Preprocessor

from bo_tutorial.plotting.base import image_html


class WithAlternativeTexts(Preprocessor):
    """Turn each picture that has an alternative text into HTML that has it too."""

    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt and "image/png" in data and "text/html" not in data:
                data["text/html"] = image_html(base64.b64decode(data["image/png"]), alt)
        return cell, resources
