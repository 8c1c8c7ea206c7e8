"""The pages of the equation index: what is taught, computed and checked, chapter by chapter.

On a chapter's page stand tables of its equations, corrections, results and topics; on the opening
page, links to them.
"""

from collections.abc import Callable, Iterable

from course_contents import INDEX
from course_equation_index import TABLES, FactWriter, commas, rows_of
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from course_tools.book.equation_index import Equation
from course_tools.book.syllabus_map import Row


class index_table(nodes.General, nodes.Element):
    """Stands in the document until all pages are read."""


class ChapterTables(SphinxDirective):
    """The tables of one chapter, each under a heading of its own."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a mark where each table goes."""
        sections = []
        for kind, title in TABLES.items():
            if rows_of(self.env, kind, self.arguments[0]):
                # The formula, which is replaced with the mark, tells the builder to load MathJax.
                mark = index_table("", nodes.math("", "x"), kind=kind, chapter=self.arguments[0])
                section = nodes.section("", nodes.title("", title), mark, ids=[kind])
                sections.append(section)
        return sections


class ChapterLinks(SphinxDirective):
    """Leads from the opening page of the equation index to one kind of table in each chapter."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a mark where the links go."""
        return [index_table(kind=self.arguments[0], chapter="")]


class WriteTables(FactWriter):
    """Expands the marks: only now is known what the other pages hold."""

    def run(self, **kwargs: object) -> None:
        """Replace each mark."""
        writers: dict[str, Callable[[list], Iterable[nodes.Node]]] = {
            "equations": self.equations,
            "corrections": self.corrections,
            "results": self.topics,
            "topics": self.topics,
        }
        for mark in list(self.document.findall(index_table)):
            kind, chapter = mark["kind"], mark["chapter"]
            if chapter:
                mark.replace_self(list(writers[kind](rows_of(self.env, kind, chapter))))
            else:
                mark.replace_self(self.links(kind))

    def links(self, kind: str) -> nodes.paragraph:
        """The chapters that have a table of one kind, each with the number of its rows."""
        links = []
        for page, chapter in index_pages(self.env).items():
            if rows := rows_of(self.env, kind, chapter):
                title = self.env.titles[f"book/{chapter}/index"].astext()
                links.append(self.link(page, kind, f"{title} ({len(rows)})"))
        return paragraph(commas(links))

    def equations(self, equations: list[Equation]) -> Iterable[nodes.Node]:
        """A table for each lesson, in the order of study."""
        pages: dict[str, list[Equation]] = {}
        for equation in equations:
            pages.setdefault(self.env.course_page(equation.page), []).append(equation)
        for docname in reading_order(self.env):
            if docname in pages:
                yield nodes.rubric("", "", self.page(docname), level=3)
                body = [self.equation_row(equation) for equation in pages[docname]]
                yield table(("Equation", "Implemented by", "Checked by"), (12, 30, 58), body)

    def equation_row(self, equation: Equation) -> list[list[nodes.Node]]:
        """One equation: its number, which has the row's anchor, what computes and checks it."""
        first = paragraph(self.number(equation.label))
        first["ids"] = [f"index-{equation.label}"]
        return [
            [first],
            [paragraph(self.symbol(symbol)) for symbol in equation.symbols],
            [
                paragraph(self.test(check.test), nodes.Text(f", against {check.against}"))
                for check in equation.checks
            ],
        ]

    def topics(self, rows: list[Row]) -> Iterable[nodes.Node]:
        """Topics or results: where each is taught, computed and tested."""
        known = self.env.course_topics
        body = [
            [
                [paragraph(nodes.Text(row.id))],
                [paragraph(nodes.Text(known.get(row.id, {}).get("title", "")))],
                [paragraph(self.place(row))],
                [paragraph(self.symbol(row.symbol) if row.symbol != "-" else nodes.Text("–"))],
                [paragraph(self.test(row.test) if row.test != "-" else nodes.Text("–"))],
            ]
            for row in rows
        ]
        heads = ("Id", "What", "Taught in", "Computed by", "Tested by")
        yield table(heads, (8, 28, 18, 20, 26), body)

    def corrections(self, rows: list[Row]) -> Iterable[nodes.Node]:
        """Where a lecture is wrong, loose, or in conflict with another."""
        body = [
            [
                [paragraph(nodes.Text(row.id))],
                [paragraph(*math_text(self.env.course_errata[row.id]["says"]))],
                [paragraph(*math_text(self.env.course_errata[row.id]["holds"]))],
                [paragraph(self.place(row))],
                [paragraph(self.test(row.test) if row.test != "-" else nodes.Text("–"))],
            ]
            for row in rows
        ]
        heads = ("Id", "In the lectures", "What holds", "Taught in", "Tested by")
        yield table(heads, (8, 28, 30, 14, 20), body)


def reading_order(env: BuildEnvironment) -> list[str]:
    """Documents in the order of the table of contents."""
    order, left = [], [env.config.root_doc]
    while left:
        docname = left.pop(0)
        order.append(docname)
        left = [*env.toctree_includes.get(docname, []), *left]
    return order


def index_pages(env: BuildEnvironment) -> dict[str, str]:
    """The pages of the equation index in the order of study, each with its chapter's slug."""
    pages = [name for name in reading_order(env) if name.startswith(f"{INDEX}/")]
    return {name: name.removeprefix(f"{INDEX}/") for name in pages}


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
    return nodes.table("", group, classes=["index-table", "stacked"])


def row(cells: list[list[nodes.Node]]) -> nodes.row:
    """One row of a table."""
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to the build."""
    app.add_node(index_table)
    app.add_directive("equation-index-chapter", ChapterTables)
    app.add_directive("equation-index-links", ChapterLinks)
    app.add_post_transform(WriteTables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
