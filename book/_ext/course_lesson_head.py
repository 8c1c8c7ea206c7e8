"""Says at the head of a lesson how long it takes to read.

A lesson opens with a box of class ``lesson-head``, which says what the lesson assumes and what may
be skipped. Its first words, "About 35 minutes.", are written here, by the same measure as that of
``course notebooks check``.
"""

from pathlib import Path

from docutils import nodes
from nbformat.v4 import reads
from sphinx.application import Sphinx

from course_tools.book.reading_time import HEAD, reading_time


def tell_reading_time(app: Sphinx, doctree: nodes.document) -> None:
    """Write the first words of the box, when its page is read."""
    path = Path(app.env.doc2path(app.env.docname))
    for box in doctree.findall(nodes.admonition):
        if HEAD in box["classes"] and path.suffix == ".ipynb":
            time = reading_time(reads(path.read_text("utf-8")))
            about = nodes.strong("", f"About {time.rounded} minutes.")
            words = next(box.findall(nodes.paragraph), None)
            if words is None:
                box += nodes.paragraph("", "", about)
            else:
                words.insert(0, [about, nodes.Text(" ")])


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to the build."""
    app.connect("doctree-read", tell_reading_time)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
