"""Tiny lessons for the tests of the book's tools."""

import base64
import io

import numpy as np
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)
from PIL import Image

HEADER = {
    "jupytext": {
        "formats": "ipynb,md:myst",
        "notebook_metadata_filter": "-jupytext.text_representation.jupytext_version",
        "text_representation": {
            "extension": ".md",
            "format_name": "myst",
            "format_version": 0.13,
        },
    },
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
}


def code(source, text=None, stderr=None, data=None, error=None, **metadata):
    """A code cell with one output of the given kind."""
    outputs = []
    if text is not None:
        outputs.append(new_output("stream", name="stdout", text=text))
    if stderr is not None:
        outputs.append(new_output("stream", name="stderr", text=stderr))
    if data is not None:
        outputs.append(new_output("display_data", data=data))
    if error is not None:
        outputs.append(
            new_output("error", ename="ZeroDivisionError", evalue=error, traceback=[error])
        )
    return new_code_cell(source, outputs=outputs, metadata=metadata, execution_count=0)


def as_lesson(*cells, number=True):
    """A notebook of these cells, run from top to bottom."""
    for position, cell in enumerate(cells, start=1):
        if number and cell.get("execution_count") == 0:
            cell.execution_count = position
    title = new_markdown_cell("# A lesson")
    return new_notebook(cells=[title, *cells], metadata=HEADER)


def picture():
    """The data of a white figure."""
    out = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), 255, dtype=np.uint8)).save(out, format="png")
    return {"image/png": base64.b64encode(out.getvalue()).decode(), "text/plain": "<Figure>"}
