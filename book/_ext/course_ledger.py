"""Says under each numbered equation what computes it and what checks it, and lists them all.

Under an equation: "Implemented by X, checked by Y against Z". Under a lesson's title: how long
it runs. On the ledger page: the directives ``ledger-equations``, ``ledger-topics``,
``ledger-results`` and ``ledger-errata``. The facts come from ``course_lib.book.ledger`` and the
tables in ``book/``; a page is written again when its facts change.
"""

import csv
import re
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from math import ceil
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from course_lib.book.coverage import Row, read_coverage
from course_lib.book.ledger import Equation, read_ledger

LEDGER_PAGE = "book/ledger"
MOST_TESTS = 2  # named under an equation; the ledger page names them all


def rows_by_id(path: Path, key: str) -> dict[str, dict[str, str]]:
    """A table with a header as rows by one of its columns; empty while there is no table."""
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def read_facts(app: Sphinx) -> None:
    """Read the ledger and the tables anew for each build."""
    root, env = Path(app.srcdir), app.env
    env.course_ledger = read_ledger(root)
    env.course_coverage = read_coverage(root / "book/coverage.csv")
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
    equations = env.course_ledger.equations.values()
    if docname == LEDGER_PAGE:
        told = [list(equations), env.course_coverage, env.course_topics, env.course_errata]
    elif docname.startswith("book/api/"):
        told = [(e.label, env.course_page(e.page)) for e in equations]
    else:
        told = [e for e in equations if e.page.removesuffix(".md") == docname]
        told.append(env.course_runtimes.get(docname.removeprefix("book/")))
    return sha256(repr(told).encode()).hexdigest()


def pages_to_renew(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Pages whose facts are not those of the last build."""
    before = getattr(env, "course_facts", {})
    env.course_facts = {docname: facts_of(env, docname) for docname in env.found_docs}
    return [name for name, digest in env.course_facts.items() if before.get(name) != digest]


class ledger_table(nodes.General, nodes.Element):
    """Stands in the document until all pages are read."""


class LedgerTable(SphinxDirective):
    """One of the three tables of the ledger page, named by the directive."""

    def run(self) -> list[nodes.Node]:
        """Leave a mark where the table goes."""
        # The formula, which is replaced with the mark, tells the builder to load MathJax.
        return [ledger_table("", nodes.math("", "x"), kind=self.name)]


class WriteFacts(SphinxPostTransform):
    """Adds the facts before references are resolved, so that they may hold references."""

    default_priority = 5

    def run(self, **kwargs: object) -> None:
        """Add lines under equations and the title, and expand the tables."""
        equations = self.env.course_ledger.equations
        for block in list(self.document.findall(nodes.math_block)):
            equation = equations.get(block.get("label"))
            if equation and (equation.symbols or equation.checks):
                block.parent.insert(block.parent.index(block) + 1, self.line_under(equation))
        runtime = self.env.course_runtimes.get(self.env.docname.removeprefix("book/"))
        title = next(iter(self.document.findall(nodes.title)), None)
        if runtime and title is not None:
            title.parent.insert(title.parent.index(title) + 1, runtime_line(runtime))
        writers: dict[str, Callable[[], Iterable[nodes.Node]]] = {
            "ledger-equations": self.equations,
            "ledger-topics": self.topics,
            "ledger-results": partial(self.topics, results=True),
            "ledger-errata": self.errata,
        }
        for mark in list(self.document.findall(ledger_table)):
            mark.replace_self(list(writers[mark["kind"]]()))

    # --- under an equation -------------------------------------------------------------------

    def line_under(self, equation: Equation) -> nodes.paragraph:
        """Implemented by X, checked by Y against Z."""
        line = nodes.paragraph(classes=["ledger-line"])
        if equation.symbols:
            line += nodes.Text("Implemented by ")
            line += commas([self.symbol(symbol) for symbol in equation.symbols])
        if equation.checks:
            line += nodes.Text(" · " if equation.symbols else "")
            line += self.ledger_link(equation, "Checked" if not equation.symbols else "checked")
            line += nodes.Text(" by ")
            shown = equation.checks[:MOST_TESTS]
            rest = len(equation.checks) - len(shown)
            named = [
                joined(self.test(check.test, short=True), nodes.Text(f" against {check.against}"))
                for check in shown
            ]
            if rest:
                named.append(nodes.inline("", f"{rest} more test" + "s" * (rest > 1)))
            line += commas(named)
        return line

    def ledger_link(self, equation: Equation, word: str) -> nodes.Node:
        """A word that leads to the equation's row on the ledger page."""
        if LEDGER_PAGE not in self.env.found_docs:
            return nodes.Text(word)
        return self.link(LEDGER_PAGE, f"ledger-{equation.label}", word)

    # --- tables of the ledger page -----------------------------------------------------------

    def equations(self) -> Iterable[nodes.Node]:
        """Every labelled equation of the book, lesson by lesson in the order of study."""
        pages: dict[str, list[Equation]] = {}
        for equation in self.env.course_ledger.equations.values():
            if docname := self.env.course_page(equation.page):
                pages.setdefault(docname, []).append(equation)
        order = {name: i for i, name in enumerate(reading_order(self.env))}
        body = []
        for docname in sorted(pages, key=lambda name: order.get(name, len(order))):
            for equation in pages[docname]:
                first = nodes.paragraph(
                    "", "", self.number(equation.label), nodes.Text(" "), self.page(docname)
                )
                first["ids"] = [f"ledger-{equation.label}"]
                body.append(
                    [
                        [first],
                        [paragraph(self.symbol(s)) for s in equation.symbols],
                        [
                            paragraph(self.test(c.test), nodes.Text(f", against {c.against}"))
                            for c in equation.checks
                        ],
                    ]
                )
        if not body:
            return [paragraph(nodes.Text("No equation is labelled yet."))]
        return [table(("Equation", "Implemented by", "Checked by"), (24, 28, 48), body)]

    def topics(self, results: bool = False) -> Iterable[nodes.Node]:
        """Topics, or results (ids HR): where each is taught, computed and tested."""
        known = self.env.course_topics
        body = [
            [
                [paragraph(nodes.Text(row.id))],
                [paragraph(nodes.Text(known.get(row.id, {}).get("title", "")))],
                [paragraph(self.place(row))],
                [paragraph(self.symbol(row.symbol) if row.symbol != "-" else nodes.Text("–"))],
                [paragraph(self.test(row.test) if row.test != "-" else nodes.Text("–"))],
            ]
            for row in sorted(self.env.course_coverage, key=lambda row: row.id)
            if row.id not in self.env.course_errata and row.id.startswith("HR") == results
        ]
        heads = ("Id", "Result" if results else "Topic", "Taught in", "Computed by", "Tested by")
        return [table(heads, (8, 28, 18, 20, 26), body)] if body else []

    def errata(self) -> Iterable[nodes.Node]:
        """Where a lecture is wrong, loose, or in conflict with another."""
        taught = {row.id: row for row in self.env.course_coverage}
        body = [
            [
                [paragraph(nodes.Text(id))],
                [paragraph(*math_text(row["says"]))],
                [paragraph(*math_text(row["holds"]))],
                [paragraph(self.place(taught[id]))],
                [
                    paragraph(
                        self.test(taught[id].test) if taught[id].test != "-" else nodes.Text("–")
                    )
                ],
            ]
            for id, row in self.env.course_errata.items()
            if id in taught
        ]
        heads = ("Id", "In the lectures", "What holds", "Taught in", "Tested by")
        return [table(heads, (8, 28, 30, 14, 20), body)] if body else []

    # --- pieces ------------------------------------------------------------------------------

    def symbol(self, dotted: str) -> nodes.Node:
        """A function or class by the last parts of its path, linked to the API reference."""
        name = ".".join(dotted.split(".")[2:]) or dotted
        shown = breakable(name, "xref", "py")
        if dotted not in self.env.get_domain("py").objects:
            return shown
        return addnodes.pending_xref(
            "", shown, refdomain="py", reftype="obj", reftarget=dotted, refexplicit=True,
            refdoc=self.env.docname, refwarn=True,
        )  # fmt: skip

    def test(self, node_id: str, short: bool = False) -> nodes.Node:
        """A test by its id; linked to its file once the book has a repository."""
        path, *names = node_id.split("::")
        shown = breakable(names[-1] if short and names else node_id)
        options = self.app.config.html_theme_options
        if not options.get("repository_url"):
            return shown
        branch = options.get("repository_branch") or "main"
        link = nodes.reference("", "", refuri=f"{options['repository_url']}/blob/{branch}/{path}")
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
        if anchor in self.env.course_ledger.equations:
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


def reading_order(env: BuildEnvironment) -> list[str]:
    """Documents in the order of the table of contents."""
    order, left = [], [env.config.root_doc]
    while left:
        docname = left.pop(0)
        order.append(docname)
        left = [*env.toctree_includes.get(docname, []), *left]
    return order


def runtime_line(row: dict[str, str]) -> nodes.paragraph:
    """What running the lesson costs, rounded up.

    >>> runtime_line({"seconds": "3.2", "megabytes": "301"}).astext()
    'Runs in 4 s and 310 MB of memory on one core.'
    """
    seconds = max(1, ceil(float(row["seconds"])))
    megabytes = 10 * ceil(float(row["megabytes"]) / 10)
    text = f"Runs in {seconds} s and {megabytes} MB of memory on one core."
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


def paragraph(*children: nodes.Node) -> nodes.paragraph:
    """A paragraph of inline nodes."""
    return nodes.paragraph("", "", *children)


def math_text(text: str) -> list[nodes.Node]:
    """Text with formulas between dollar signs.

    >>> [type(node).__name__ for node in math_text("a norm $|W|$ below 1")]
    ['Text', 'math', 'Text']
    """
    pieces = text.split("$")
    return [
        nodes.math(piece, piece) if i % 2 else nodes.Text(piece)
        for i, piece in enumerate(pieces)
        if piece
    ]


def table(heads: tuple[str, ...], widths: tuple[int, ...], body: list) -> nodes.table:
    """A table with one head row; each cell is a list of paragraphs."""
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", row([[paragraph(nodes.Text(head))] for head in heads]))
    group += nodes.tbody("", *(row(cells) for cells in body))
    return nodes.table("", group, classes=["ledger-table", "stacked"])


def row(cells: list[list[nodes.Node]]) -> nodes.row:
    """One row of a table."""
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.add_node(ledger_table)
    for kind in ("ledger-equations", "ledger-topics", "ledger-results", "ledger-errata"):
        app.add_directive(kind, LedgerTable)
    app.add_post_transform(WriteFacts)
    app.connect("builder-inited", read_facts)
    app.connect("env-get-outdated", pages_to_renew)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
