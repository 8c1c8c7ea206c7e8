"""Figures and formulas in a page: what a dark page inverts, and where lines do not break."""

import re
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from course_lib.viz.picture import is_marked_as_drawing

AFTER = re.compile(r"[.,;:!?)\]]+(?=\s|$)")


class KeepTogether(SphinxPostTransform):
    """Keeps the mark behind a formula on the formula's line."""

    default_priority = 800

    def run(self, **kwargs: object) -> None:
        """Put each formula and the mark that follows it into one element that does not break."""
        for formula in list(self.document.findall(nodes.math)):
            text = formula.next_node(descend=False, siblings=True)
            mark = AFTER.match(text) if isinstance(text, nodes.Text) else None
            if mark:
                text.parent.replace(text, nodes.Text(text[mark.end() :]))
                together = nodes.inline(classes=["together"])
                formula.replace_self(together)
                together += [formula, nodes.Text(mark[0])]


def name_drawings(app: Sphinx, doctree: nodes.document) -> None:
    """Give a picture that may be inverted on a dark page the class that says so."""
    for image in doctree.findall(nodes.image):
        path = Path(app.srcdir, image["uri"].lstrip("/"))
        if path.suffix == ".png" and path.is_file():
            with Image.open(path) as picture:
                if is_marked_as_drawing(picture):
                    image["classes"].append("drawing")


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.connect("doctree-read", name_drawings)
    app.add_post_transform(KeepTogether)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
