"""Says under each numbered equation what computes it and what checks it.

Under an equation: "checked against autograd · code: backward". At the foot of a lesson: how long
it runs. The facts come from ``course_tools.book.equation_index`` and the tables in ``book/``; a
page is written again when its facts change. ``course_equation_index_tables`` lists them all.
"""

import csv
import re
from hashlib import sha256
from importlib.util import find_spec
from math import ceil
from pathlib import Path

from course_contents import INDEX
from course_test_listings import listing_of
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from course_tools.book.equation_index import LABEL, Equation, read_equation_index
from course_tools.book.syllabus_map import Row, read_syllabus_map

TABLES = {
    "equations": "Equations",
    "corrections": "Where the lectures are corrected",
    "results": "Reproduced results",
    "topics": "Topics",
}


def rows_by_id(path: Path, key: str) -> dict[str, dict[str, str]]:
    """A table with a header as rows by one of its columns; empty while there is no table."""
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def read_facts(app: Sphinx) -> None:
    """Read the tables anew for each build, and of pages, code and tests what changed."""
    root, env = Path(app.srcdir), app.env
    if not hasattr(env, "course_equation_files"):
        env.course_equation_files = {}
    env.course_equations = read_equation_index(root, env.course_equation_files)
    env.course_syllabus = read_syllabus_map(root / "book/coverage.csv")
    env.course_runtimes = rows_by_id(root / "book/runtimes.csv", "lesson")
    env.course_topics = rows_by_id(root / "book/topics.csv", "id")
    env.course_errata = rows_by_id(root / "book/errata.csv", "id")
    env.course_page = PageNames(env)


class PageNames:
    """From a page's path, such as ``book/recurrence/bptt.md``, to its name in this build."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env

    def __call__(self, path: str) -> str:
        """The document's name, or an empty string when the book does not hold the page."""
        name = path.removesuffix(".md")
        return name if path and name in self.env.found_docs else ""


def facts_of(env: BuildEnvironment, docname: str) -> str:
    """A digest of all that this extension writes into one page."""
    equations = env.course_equations.equations
    if docname == INDEX:
        pages = sorted(name for name in env.found_docs if name.startswith(f"{INDEX}/"))
        told = [len(rows_of(env, kind, Path(page).name)) for page in pages for kind in TABLES]
    elif docname.startswith(f"{INDEX}/"):
        told = [rows_of(env, kind, Path(docname).name) for kind in TABLES]
        told += [env.course_topics, env.course_errata]
    elif docname in env.config.course_modules:
        source = Path(find_spec(env.config.course_modules[docname]).origin).read_text("utf-8")
        labels = [label for label in LABEL.findall(source) if label in equations]
        told = [(label, env.course_page(equations[label].page)) for label in labels]
    else:
        told = [e for e in equations.values() if e.page.removesuffix(".md") == docname]
        told.append(env.course_runtimes.get(docname.removeprefix("book/")))
    return sha256(repr(told).encode()).hexdigest()


def rows_of(env: BuildEnvironment, kind: str, chapter: str) -> list[Equation] | list[Row]:
    """What one table of one chapter lists: equations, or rows of the syllabus map."""
    folder = f"book/{chapter}/"
    if kind == "equations":
        equations = env.course_equations.equations.values()
        return [equation for equation in equations if equation.page.startswith(folder)]
    rows = [row for row in env.course_syllabus if row.lesson.startswith(folder)]
    if kind == "corrections":
        taught = {row.id: row for row in rows}
        return [taught[id] for id in env.course_errata if id in taught]
    return sorted(
        row
        for row in rows
        if row.id not in env.course_errata and row.id.startswith("HR") == (kind == "results")
    )


def pages_to_renew(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Pages whose facts are not those of the last build."""
    before = getattr(env, "course_facts", {})
    env.course_facts = {docname: facts_of(env, docname) for docname in env.found_docs}
    return [name for name, digest in env.course_facts.items() if before.get(name) != digest]


class FactWriter(SphinxPostTransform):
    """Adds facts before references are resolved, so that they may hold references."""

    default_priority = 5

    def symbol(self, dotted: str, short: bool = False) -> nodes.Node:
        """A function or class by its path in its concept, linked to the API reference.

        Args:
            dotted: the whole path.
            short: show the last part of it alone.
        """
        name = ".".join(dotted.split(".")[-1 if short else 2 :]) or dotted
        shown = breakable(name, "xref", "py")
        if dotted not in self.env.get_domain("py").objects:
            return shown
        return addnodes.pending_xref(
            "", shown, refdomain="py", reftype="obj", reftarget=dotted, refexplicit=True,
            refdoc=self.env.docname, refwarn=True,
        )  # fmt: skip

    def test(self, node_id: str) -> nodes.Node:
        """A test by its name, linked to its source."""
        path, *names = node_id.split("::")
        shown = breakable(names[-1] if names else node_id)
        if not (names and Path(self.app.srcdir, path).is_file()):
            return shown
        link = self.link(listing_of(path), ".".join(names), "")
        link["reftitle"] = node_id
        link += shown
        return link

    def number(self, label: str) -> nodes.Node:
        """The number of an equation, linked to it."""
        shown = nodes.literal("", label, classes=["xref", "eq"])
        return addnodes.pending_xref(
            "", shown, refdomain="math", reftype="eq", reftarget=label, refexplicit=False,
            refdoc=self.env.docname, refwarn=True,
        )  # fmt: skip

    def page(self, docname: str) -> nodes.Node:
        """A page by its title."""
        return self.link(docname, "", self.env.titles[docname].astext())

    def place(self, row: Row) -> nodes.Node:
        """Where a topic is taught: the equation's number if it is one, and the page's title."""
        path, _, anchor = row.lesson.partition("#")
        docname = self.env.course_page(path)
        if not docname:
            return nodes.Text("–")
        title = self.env.titles[docname].astext()
        if anchor in self.env.course_equations.equations:
            return joined(self.number(anchor), nodes.Text(" "), self.page(docname))
        labels = self.env.get_domain("std").anonlabels
        slugs = self.env.metadata[docname].get("myst_slugs", {})
        if anchor in labels and labels[anchor][0] == docname:
            anchor = labels[anchor][1]
        elif anchor in slugs:
            anchor = slugs[anchor][1]
        return self.link(docname, anchor, title)

    def link(self, docname: str, anchor: str, text: str) -> nodes.reference:
        """A link to a place of another page of the book."""
        uri = self.app.builder.get_relative_uri(self.env.docname, docname)
        return nodes.reference(
            "", text, refuri=uri + (f"#{anchor}" if anchor else ""), internal=True
        )


class WriteLines(FactWriter):
    """Says under an equation what stands behind it, and at a lesson's foot what running costs."""

    def run(self, **kwargs: object) -> None:
        """Add the lines."""
        equations = self.env.course_equations.equations
        for block in list(self.document.findall(nodes.math_block)):
            equation = equations.get(block.get("label"))
            if equation and (equation.symbols or equation.checks):
                block.parent.insert(block.parent.index(block) + 1, self.line_under(equation))
        runtime = self.env.course_runtimes.get(self.env.docname.removeprefix("book/"))
        page = next(iter(self.document.findall(nodes.section)), None)
        if runtime and page is not None:
            page += runtime_line(runtime)

    def line_under(self, equation: Equation) -> nodes.paragraph:
        """Checked against X · code: Y; the index names the tests and gives whole paths."""
        line = nodes.paragraph(classes=["equation-line"])
        if equation.checks:
            oracles = dict.fromkeys(check.against for check in equation.checks)
            line += self.index_link(equation, "checked")
            line += nodes.Text(f" against {', '.join(oracles)}")
        if equation.symbols:
            line += nodes.Text(" · code: " if equation.checks else "code: ")
            line += commas([self.symbol(symbol, short=True) for symbol in equation.symbols])
        return line

    def index_link(self, equation: Equation, word: str) -> nodes.Node:
        """A word that leads to the equation's row in the equation index."""
        page = f"{INDEX}/{equation.page.split('/')[1]}"
        if page not in self.env.found_docs:
            return nodes.Text(word)
        return self.link(page, f"index-{equation.label}", word)


def runtime_line(row: dict[str, str]) -> nodes.paragraph:
    """What running the lesson costs, rounded up.

    >>> runtime_line({"seconds": "3.2", "megabytes": "301"}).astext()
    'This lesson runs in 4 s and 310 MB of memory on one core.'
    """
    seconds = max(1, ceil(float(row["seconds"])))
    megabytes = 10 * ceil(float(row["megabytes"]) / 10)
    text = f"This lesson runs in {seconds} s and {megabytes} MB of memory on one core."
    return nodes.paragraph("", text, classes=["runtime"])


def breakable(text: str, *classes: str) -> nodes.literal:
    """A long name as code that may break after an underscore, a slash, a dot or a colon."""
    shown = nodes.literal(classes=list(classes))
    for piece in re.findall(r"[^_/.:]*[_/.:]*", text):
        shown += [nodes.Text(piece), nodes.raw("", "<wbr>", format="html")]
    return shown


def joined(*children: nodes.Node) -> nodes.inline:
    """Several inline nodes as one."""
    return nodes.inline("", "", *children)


def commas(items: list[nodes.Node]) -> nodes.inline:
    """Inline nodes with commas between them."""
    result = nodes.inline()
    for i, item in enumerate(items):
        result += [nodes.Text(", "), item] if i else item
    return result


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.add_post_transform(WriteLines)
    app.connect("builder-inited", read_facts)
    app.connect("env-get-outdated", pages_to_renew)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
