"""Tells the search page what bears which number: equations, figures and tables.

``book/_static/search.js`` uses the list; it also puts lessons before the API reference, reads Greek
letters and forgives a misspelling.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

KINDS = {"displaymath": "Equation", "figure": "Figure", "table": "Table"}


def numbered(env: BuildEnvironment) -> Iterator[list[str]]:
    """Kind, number, page, anchor and the page's title of everything that has a number."""
    for page, kinds in sorted(env.toc_fignumbers.items()):
        for kind, word in KINDS.items():
            for anchor, number in kinds.get(kind, {}).items():
                title = env.titles[page].astext()
                yield [word, ".".join(map(str, number)), page, anchor, title]


def write_data(app: Sphinx, failure: Exception | None) -> None:
    """Put the list beside the pages."""
    if failure is not None or app.builder.format != "html":
        return
    text = json.dumps({"numbered": list(numbered(app.env))}, ensure_ascii=False)
    Path(app.outdir, "_static", "search-data.js").write_text(
        f"var COURSE_SEARCH = {text};", "utf-8"
    )


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.connect("build-finished", write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
