#!/usr/bin/env bash
# nbconvert: an image with an alternative text becomes "No description has been provided"
#
# Expected: metadata of an output that stand under its MIME type are for the image; nbconvert takes
#   "width" and "height" from there, so "alt" becomes the alt attribute of <img>.
# Instead: width arrives, alt does not. The HTML says that no description has been provided, which a
#   screen reader then reads aloud for every figure.
# Version: nbconvert 7.17.2, nbformat 5.11.1.
# Seen:
#   <img alt="No description has been provided for this image" class="" src="..." width="300"/>
# Source: nbconvert/exporters/html.py, line 291, which fills in what the template left out; the
#   template's block data_png writes width and height only.
# Remedy: a preprocessor that writes the <img> itself; here, bo_tutorial.course.exporting.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet nbconvert==7.17.2 nbformat==5.11.1
cd "$dir"
"$dir/venv/bin/python" - <<'PY'
import re

import nbconvert
from nbformat import v4

print("nbconvert", nbconvert.__version__)
pixel = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
metadata = {"image/png": {"alt": "a line that rises", "width": 300}}
output = v4.new_output("display_data", data={"image/png": pixel}, metadata=metadata)
notebook = v4.new_notebook(cells=[v4.new_code_cell("draw()", outputs=[output])])
html, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
(image,) = re.findall(r"<img[^>]*>", html)
print(re.sub(r'src="[^"]*"', 'src="..."', image))
assert 'width="300"' in image
assert "a line that rises" not in html, "the behavior has changed"
assert 'alt="No description has been provided for this image"' in image
PY
