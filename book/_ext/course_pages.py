"""Pieces that the book's own pages are made of: the map of the course, words by language."""

from collections.abc import Callable
from html import escape
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

LANGUAGES = {"zh": "Chinese", "bg": "Bulgarian"}


class course_map(nodes.General, nodes.Element):
    """Stands in the document until all pages are read."""


class CourseMap(SphinxDirective):
    """The chapters of the course; the body says of each slug its title and its subject."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Leave a mark: which chapters exist is known when all pages are read."""
        return [course_map(parts=yaml.safe_load("\n".join(self.content)))]


class DrawMap(SphinxPostTransform):
    """Turns the map into lists: a chapter that exists is a link, another is plain text."""

    default_priority = 5

    def run(self, **kwargs: object) -> None:
        """Replace each mark."""
        for mark in list(self.document.findall(course_map)):
            drawn: list[nodes.Node] = []
            for part, chapters in mark["parts"].items():
                heading = nodes.paragraph("", part, classes=["course-map-part"])
                items = [self.chapter(slug, *about) for slug, about in chapters.items()]
                drawn += [heading, nodes.bullet_list("", *items, classes=["course-map"])]
            mark.replace_self(drawn)

    def chapter(self, slug: str, title: str, subject: str) -> nodes.list_item:
        """One chapter: a link with the number of its lessons, or "in preparation"."""
        docname = f"book/{slug}/index"
        there = docname in self.env.found_docs
        name = nodes.inline("", title, classes=["course-map-title"])
        state = "in preparation"
        if there:
            uri = self.app.builder.get_relative_uri(self.env.docname, docname)
            name = nodes.reference(
                "", title, refuri=uri, internal=True, classes=["course-map-title"]
            )
            state = lessons(self.env.toctree_includes.get(docname, []))
        about = nodes.paragraph("", "", name, nodes.Text(f" {subject} "))
        about += nodes.inline("", state, classes=["course-map-state"])
        return nodes.list_item("", about, classes=["there" if there else "to-come"])


def lessons(pages: list[str]) -> str:
    """How many lessons a chapter has, and whether there are exercises, in words for the map.

    >>> lessons(["book/gating/lstm", "book/gating/gru", "exercises/gating"])
    '2 lessons and exercises'
    """
    count = sum(page.startswith("book/") for page in pages)
    exercises = " and exercises" if count < len(pages) else ""
    return f"{count} lesson{'s' * (count != 1)}{exercises}"


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
    app = inliner.document.settings.env.app
    citation = yaml.safe_load(Path(app.srcdir, "CITATION.cff").read_text("utf-8"))
    options = app.config.html_theme_options
    address = report_address(options.get("repository_url", ""), citation)
    if address is None:
        return [nodes.Text(f"{text} to whoever gave you this book")], []
    return [nodes.reference("", text, refuri=address)], []


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
    app.add_directive("course-map", CourseMap)
    app.add_post_transform(DrawMap)
    app.connect("env-get-outdated", map_follows_chapters)
    app.connect("doctree-read", give_level)
    app.add_role("report", report)
    for code in LANGUAGES:
        app.add_role(code, in_language(code))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
