"""What makes building the book quick, and changes no page.

- Pages are written by a second process while the first prepares the next ones.
- Python looks for garbage seldom: a build makes millions of small objects, and most of them stay.
- Figures and equations are numbered from an outline of each page, which is kept with what is known
  of all pages. Sphinx would load every page for it, whenever one of them changes.
- A name that nothing in the library ends with is not looked for: Sphinx compares each type that a
  signature names with all names of the library.
- The stem of a word, which the search index holds, is found once and not once a page.
- sphinx-exercise keeps a copy of each exercise, and with it the page that it stands on. It keeps
  the copy alone.
"""

import gc
from collections.abc import Callable
from functools import cache

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.search.en import SearchEnglish

PROCESSES = 2
NEW_OBJECTS = 1_000_000  # before Python looks for garbage among them; its own number is 700


def outline(env: BuildEnvironment, node: nodes.Element) -> list[nodes.Element]:
    """Copies of what is numbered below a node, with its title, and of what leads to other pages."""
    found = []
    for child in node.children:
        if isinstance(child, nodes.Element):
            below = outline(env, child)
            if below or isinstance(child, addnodes.toctree) or is_numbered(env, child):
                bare = type(child)("", **child.attributes)
                bare += [type(one)("", one.astext()) for one in child.children if is_title(one)]
                bare += below
                found.append(bare)
    return found


def is_numbered(env: BuildEnvironment, node: nodes.Element) -> bool:
    """Whether nodes of this kind have numbers."""
    return any(domain.get_enumerable_node_type(node) for domain in env.domains.values())


def is_title(node: nodes.Node) -> bool:
    """Whether Sphinx finds the title of what is numbered here; without one there is no number."""
    return isinstance(node, nodes.title | nodes.caption)


def keep_outline(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the outline of a page that was read."""
    app.env.course_outlines[app.env.docname] = nodes.Element("", *outline(app.env, doctree))


def forget_outline(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that changed or is gone."""
    if not hasattr(env, "course_outlines"):
        env.course_outlines = {}
    env.course_outlines.pop(docname, None)


def from_outlines(assign: Callable) -> Callable:
    """Sphinx's way of numbering figures, which asks for each page and is given its outline."""

    def assigned(collector: TocTreeCollector, env: BuildEnvironment) -> list[str]:
        env.get_doctree = env.course_outlines.__getitem__
        try:
            return assign(collector, env)
        finally:
            del env.get_doctree

    return assigned


def release_page(app: Sphinx, doctree: nodes.document) -> None:
    """Cut what sphinx-exercise remembers off the page that was read."""
    for entry in getattr(app.env, "sphinx_exercise_registry", {}).values():
        if entry["docname"] == app.env.docname:
            entry["node"] = entry["node"].deepcopy()
            for node in entry["node"].findall():
                node.document = None


def write_side_by_side(app: Sphinx, env: BuildEnvironment) -> None:
    """Let Sphinx write pages with another process, now that they are read.

    It could read them so too, but ``sphinx.ext.viewcode`` then loses who documents what.
    """
    app.parallel = max(app.parallel, PROCESSES)


def skip_unknown_names(app: Sphinx, builder: Builder) -> None:
    """Let the Python domain look only for names that something in the library ends with."""
    domain = app.env.get_domain("py")
    known = {name.rpartition(".")[2] for name in domain.objects}
    find = domain.find_obj

    def find_known(
        env: BuildEnvironment, module: str, parent: str, name: str, *rest: object
    ) -> list[tuple]:
        last = name.removesuffix("()").rpartition(".")[2]
        return find(env, module, parent, name, *rest) if last in known else []

    domain.find_obj = find_known


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to the build."""
    gc.set_threshold(NEW_OBJECTS, 5, 5)
    SearchEnglish.stem = cache(SearchEnglish.stem)
    TocTreeCollector.assign_figure_numbers = from_outlines(TocTreeCollector.assign_figure_numbers)
    app.connect("env-purge-doc", forget_outline)
    app.connect("doctree-read", keep_outline, priority=900)
    app.connect("doctree-read", release_page, priority=900)
    app.connect("write-started", skip_unknown_names)
    app.connect("env-updated", write_side_by_side)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
