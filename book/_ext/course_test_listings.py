"""Shows the source of the tests, so that what is said of them can be read where it is said.

The equation index names the tests behind each equation. Each name leads to the test in a listing of
its file, made as ``sphinx.ext.viewcode`` makes those of the library; it needs no repository and no
network.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from course_reference import breakable
from sphinx.application import Sphinx

LISTINGS = "_modules"  # where viewcode puts those of the library
END = "</div>"


def listing_of(file: str) -> str:
    """The name of the page that lists a file of tests.

    >>> listing_of("tests/recurrent/test_bptt.py")
    '_modules/tests/recurrent/test_bptt'
    """
    return f"{LISTINGS}/{file.removesuffix('.py')}"


def tests_in(source: str) -> Iterator[tuple[str, int, int]]:
    r"""Each test with its first and its last line, decorators included.

    >>> list(tests_in("@mark\ndef test_a():\n    pass"))
    [('test_a', 1, 3)]
    """
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for prefix, body in [("", tree.body), *((f"{one.name}.", one.body) for one in classes)]:
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                yield prefix + node.name, first, node.end_lineno or node.lineno


def list_tests(app: Sphinx) -> Iterator[tuple[str, dict[str, str], str]]:
    """A page for each file of tests that the book names, where the last one is too old."""
    if not hasattr(app.builder, "highlighter"):
        return
    equations = app.env.course_equations.equations.values()
    named = {check.test for equation in equations for check in equation.checks}
    named |= {row.test for row in app.env.course_syllabus}
    for file in sorted({test.partition("::")[0] for test in named if "::" in test}):
        page, path = listing_of(file), Path(app.srcdir, file)
        written = Path(app.builder.get_outfilename(page))
        if written.is_file() and written.stat().st_mtime >= path.stat().st_mtime:
            continue
        source = path.read_text("utf-8")
        lines = app.builder.highlighter.highlight_block(source, "python").splitlines()
        before, mark, first = lines[0].partition("<pre>")
        lines[0:1] = [before + mark, first]  # from now on line 1 is that of the source
        for name, start, end in tests_in(source):
            lines[start] = f'<div class="viewcode-block" id="{name}">{lines[start]}'
            lines[end] += END
        listing = "\n".join(lines).replace(f"{END}\n", END)  # the block ends its line itself
        body = f"<h1>{breakable(file)}</h1>{listing}"
        yield page, {"title": file, "body": body}, "page.html"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to the build."""
    app.connect("html-collect-pages", list_tests)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
