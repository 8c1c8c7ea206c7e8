"""Pieces that the book's own pages are made of: the map of the course, words by language."""

import json
from collections.abc import Callable
from html import escape
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from course_tools.book.reading_time import reading_time

LANGUAGES = {"zh": "Chinese", "bg": "Bulgarian"}


class course_map(nodes.General, nodes.Element):
    """Stands in the document until all pages are read."""


class report_link(nodes.Inline, nodes.TextElement):
    """Words that are to lead to where a mistake is reported."""


class CourseMap(SphinxDirective):
    """The chapters of the course; the body says of each slug its title and its subject."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Leave a mark: which chapters exist is known when all pages are read."""
        return [course_map(parts=yaml.safe_load("\n".join(self.content)))]


class LessonFigure(SphinxDirective):
    """An interactive figure of a lesson, on another page: ``lesson-figure:: page name``.

    What is shown is the stored output of the lesson's cell, which is tested there. The body is
    the text below the figure.
    """

    required_arguments = 2
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The stored output, in a figure of its own."""
        page, name = self.arguments
        path = Path(self.env.srcdir, f"{page}.ipynb")
        self.env.note_dependency(str(path))
        cells = json.loads(path.read_text("utf-8"))["cells"]
        stored = figure_output(cells, name)
        if stored is None:
            raise self.error(f"{path.name} has no interactive figure {name!r} in its outputs")
        drawn = nodes.container("", nodes.raw("", stored, format="html"), classes=["lesson-figure"])
        return [drawn, *self.parse_content_to_nodes()]


def figure_output(cells: list[dict], name: str) -> str | None:
    """The HTML that the cell of a named figure has stored.

    >>> output = {"data": {"text/html": ["<p>", "</p>"]}}
    >>> cell = {"metadata": {"mystnb": {"figure": {"name": "fig-a"}}}, "outputs": [output]}
    >>> figure_output([cell], "fig-a")
    '<p></p>'
    """
    for cell in cells:
        if cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") == name:
            for output in cell.get("outputs", []):
                if "text/html" in output.get("data", {}):
                    return "".join(output["data"]["text/html"])
    return None


class DrawMap(SphinxPostTransform):
    """Turns the map into cards of the finished chapters and one line on those to come."""

    default_priority = 5

    def run(self, **kwargs: object) -> None:
        """Replace each mark."""
        for mark in list(self.document.findall(course_map)):
            cards, to_come = [], []
            for chapters in mark["parts"].values():
                for slug, (title, subject) in chapters.items():
                    pages = self.env.toctree_includes.get(f"book/{slug}/index")
                    if pages is None:
                        to_come.append(title)
                        continue
                    times = [self.minutes(page) for page in pages if page.startswith("book/")]
                    optional = sum("(optional)" in title for title in self.titles(slug))
                    about = in_words(len(times), optional, len(times) < len(pages), sum(times))
                    cards.append(self.card(slug, title, subject, about))
            drawn = [nodes.bullet_list("", *cards, classes=["course-map"])]
            if to_come:
                text = f"In preparation: {', '.join(to_come)}."
                drawn.append(nodes.paragraph("", text, classes=["to-come"]))
            mark.replace_self(drawn)

    def minutes(self, page: str) -> float:
        """How long a lesson takes to read."""
        return reading_time(nbformat.read(self.env.doc2path(page), as_version=4)).minutes

    def titles(self, slug: str) -> list[str]:
        """The titles under which the table of contents lists a chapter's pages."""
        opening = self.env.tocs[f"book/{slug}/index"]
        entries = [entry for tree in opening.findall(addnodes.toctree) for entry in tree["entries"]]
        return [title or self.env.titles[page].astext() for title, page in entries]

    def card(self, slug: str, title: str, subject: str, about: str) -> nodes.list_item:
        """One finished chapter: a link, its subject, and how much there is to read."""
        uri = self.app.builder.get_relative_uri(self.env.docname, f"book/{slug}/index")
        name = nodes.reference("", title, refuri=uri, internal=True, classes=["course-map-title"])
        text = nodes.paragraph("", "", name, nodes.Text(f" {subject} "))
        text += nodes.inline("", about, classes=["course-map-state"])
        return nodes.list_item("", text)


def in_words(lessons: int, optional: int, exercises: bool, minutes: float) -> str:
    """How much there is in a chapter, for the map.

    >>> in_words(14, 4, True, 470)
    '14 lessons, 4 of them optional, and exercises; about 8 hours to read'
    >>> in_words(1, 0, False, 30)
    '1 lesson; about half an hour to read'
    """
    text = f"{lessons} lesson{'s' * (lessons != 1)}"
    text += f", {optional} of them optional," * bool(optional) + " and exercises" * exercises
    hours = round(minutes / 60)
    length = f"{hours} hour{'s' * (hours != 1)}" if minutes >= 45 else "half an hour"
    return f"{text.rstrip(',')}; about {length} to read"


def report_address(repository: str, citation: dict) -> str | None:
    """Where a reader tells of a mistake: the repository's issues, else the authors' address.

    >>> report_address("https://github.com/someone/course", {})
    'https://github.com/someone/course/issues'
    >>> report_address("", {"contact": [{"email": "a@b.org"}]})
    'mailto:a@b.org'
    """
    if repository:
        return repository.rstrip("/") + "/issues"
    people = [*citation.get("contact", []), *citation.get("authors", [])]
    return next((f"mailto:{person['email']}" for person in people if "email" in person), None)


def report(
    name: str, rawtext: str, text: str, lineno: int, inliner: Inliner, *rest: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """A role for words that lead to where a mistake is reported, once there is such a place."""
    return [report_link("", text)], []


class LinkReports(SphinxPostTransform):
    """Gives the words their address, which may change while the page does not."""

    default_priority = 5

    def run(self, **kwargs: object) -> None:
        """Replace each mark."""
        citation = Path(self.app.srcdir, "CITATION.cff")
        for mark in list(self.document.findall(report_link)):
            address = report_address(
                self.app.config.html_theme_options.get("repository_url", ""),
                yaml.safe_load(citation.read_text("utf-8")),
            )
            text = mark.astext()
            mark.replace_self(
                nodes.reference("", text, refuri=address)
                if address
                else nodes.Text(f"{text} to whoever gave you this book")
            )


def map_follows_chapters(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Draw the map again whenever a page comes or goes."""
    return [env.config.root_doc] if added or removed else []


def in_language(code: str) -> Callable:
    """A role for words of another language, so that a screen reader pronounces them rightly."""

    def role(
        name: str, rawtext: str, text: str, lineno: int, inliner: Inliner, *rest: object
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        words = f'<span lang="{code}">{escape(text)}</span>'
        return [nodes.raw("", words, format="html")], []

    return role


def give_level(app: Sphinx, doctree: nodes.document) -> None:
    """Make a rubric with ``:heading-level:`` a heading; MyST's writer calls it ``level``."""
    for rubric in doctree.findall(nodes.rubric):
        if "heading-level" in rubric:
            rubric["level"] = rubric["heading-level"]


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.add_node(course_map)
    app.add_node(report_link)
    app.add_post_transform(LinkReports)
    app.add_directive("course-map", CourseMap)
    app.add_directive("lesson-figure", LessonFigure)
    app.add_post_transform(DrawMap)
    app.connect("env-get-outdated", map_follows_chapters)
    app.connect("doctree-read", give_level)
    app.add_role("report", report)
    for code in LANGUAGES:
        app.add_role(code, in_language(code))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
