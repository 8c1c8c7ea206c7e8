"""The directive ``{import-graph}``: the drawing of the three floors when the book is built."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course_tools.book.import_drawing import html
from course_tools.book.import_graph import read_floors

SOURCES = ("course_lib/**/*.py", "course_tools/**/*.py", "solutions/**/*.py", "benchmarks/*.py")


class ImportGraph(SphinxDirective):
    """Put the drawing where the directive stands."""

    def run(self) -> list[nodes.Node]:
        """Read the imports and draw them; a change in any file that is drawn draws them again."""
        root = Path(self.env.srcdir)
        for pattern in SOURCES:
            for path in root.glob(pattern):
                self.env.note_dependency(str(path))
        self.env.note_dependency(str(root / "_toc.yml"))  # for new chapters and lessons
        return [nodes.raw("", html(read_floors(root)), format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("import-graph", ImportGraph)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
