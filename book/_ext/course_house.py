"""The directive ``{house}``: the drawing of the packages as it stands when the book is built."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course_tools.book.import_graph import svg
from course_tools.book.imports import read_modules


class House(SphinxDirective):
    """Put the drawing where the directive stands."""

    def run(self) -> list[nodes.Node]:
        """Read the package and draw it; a change in any module draws it again."""
        packages = [Path(self.env.srcdir) / name for name in ("course_lib", "course_tools")]
        modules = {}
        for package in packages:
            modules |= read_modules(package)
            for path in package.rglob("*.py"):
                self.env.note_dependency(str(path))
        frame = '<div class="course-house-frame" tabindex="0" role="region" aria-label="The house">'
        return [nodes.raw("", f"{frame}{svg(modules)}</div>", format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("house", House)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
