"""Pages that nobody writes: one for each module of the library, one for each chapter's equations.

``_toc.yml`` names ``book/api/<concept>`` and ``book/equation-index``. Before Sphinx reads it, a
completed copy is made beside the build's other state, with the modules below their concept, in the
order of the package's docstring, and the chapters below the equation index. The sources of these
pages are written into folders that git overlooks.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from importlib import import_module
from pathlib import Path

import yaml
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from course_tools.book.equation_index import prose_lines

INDEX = "book/equation-index"
CHAPTER = re.compile(r"book/([\w-]+)/index")
PACKAGE = re.compile(r"^\.\. api-package:: (\S+)$", re.M)
MODULE_LINE = re.compile(r"^- ``(\w+)``:", re.M)  # in a package's docstring
MODULE = """\
{title}
{underline}

.. code-block:: python

   from {package} import {name}

.. automodule:: {package}.{name}
   :members:
"""
CHAPTER_PAGE = """\
Verified equations: {title}
===================={underline}

What these tables hold and what their columns say is told on
:doc:`the opening page </book/equation-index>`.

.. equation-index-chapter:: {slug}
"""


def entries(contents: dict) -> Iterator[dict]:
    """The files that a table of contents names, from the first to the last.

    >>> part = {"chapters": [{"file": "a", "sections": [{"file": "b"}]}]}
    >>> [entry["file"] for entry in entries({"root": "r", "parts": [part]})]
    ['a', 'b']
    """
    for key in ("parts", "chapters", "sections"):
        for entry in contents.get(key, []):
            if "file" in entry:
                yield entry
            yield from entries(entry)


def modules_of(package: str) -> list[str]:
    """The modules of a package, in the order in which its docstring lists them."""
    return MODULE_LINE.findall(import_module(package).__doc__ or "")


def chapters_of(contents: dict) -> list[str]:
    """The slugs of the chapters, in the order of study.

    >>> chapters_of({"chapters": [{"file": "book/gating/index"}, {"file": "book/api/index"}]})
    ['gating']
    """
    found = [CHAPTER.fullmatch(entry["file"]) for entry in entries(contents)]
    return [match[1] for match in found if match and match[1] != "api"]


def complete_contents(app: Sphinx, config: Config) -> None:
    """Write the sources of the generated pages, and a table of contents that names them too."""
    root = Path(app.srcdir)
    contents = yaml.safe_load((root / config.external_toc_path).read_text("utf-8"))
    chapters = chapters_of(contents)
    sources, modules = {}, {}
    for entry in list(entries(contents)):
        docname = entry["file"]
        below = {}  # pages by the name that the table of contents shows
        page = root / f"{docname}.rst"
        if docname == INDEX:
            for slug in chapters:
                title = title_of(root / f"book/{slug}/index.md")
                below[title] = f"{INDEX}/{slug}"
                sources[below[title]] = CHAPTER_PAGE.format(
                    title=title, underline="=" * len(title), slug=slug
                )
        elif page.is_file() and (package := PACKAGE.search(page.read_text("utf-8"))):
            entry.setdefault("title", package[1].partition(".")[2])  # it stands below the reference
            for name in modules_of(package[1]):
                below[name] = f"{docname}/{name}"
                modules[below[name]] = f"{package[1]}.{name}"
                title = modules[below[name]].partition(".")[2]  # all of it would break on a phone
                sources[below[name]] = MODULE.format(
                    title=title, underline="=" * len(title), package=package[1], name=name
                )
        if below:
            entry["sections"] = [{"file": f, "title": title} for title, f in below.items()]
    write_sources(root, sources)
    completed = Path(app.doctreedir) / "toc.yml"
    completed.parent.mkdir(parents=True, exist_ok=True)
    completed.write_text(yaml.safe_dump(contents, sort_keys=False), "utf-8")
    config.external_toc_path = str(completed)
    config.course_modules = modules


def title_of(page: Path) -> str:
    """The title of a MyST page."""
    lines = prose_lines(page.read_text("utf-8"))
    return next(line.removeprefix("# ").strip() for _, line in lines if line.startswith("# "))


def write_sources(root: Path, sources: dict[str, str]) -> None:
    """Write what changed, so that the rest is not read again, and delete what is gone."""
    old = [*root.glob("book/api/*/*.rst"), *root.glob(f"{INDEX}/*.rst")]
    for path in old:
        if path.relative_to(root).with_suffix("").as_posix() not in sources:
            path.unlink()
    for docname, text in sources.items():
        path = root / f"{docname}.rst"
        path.parent.mkdir(exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


TOGGLE = (
    '<summary><span class="toctree-toggle" role="presentation">'
    '<i class="fa-solid fa-chevron-down"></i></span></summary>'
)


def navigation(env: BuildEnvironment, page: str, link: Callable[[str], str]) -> str:
    """The table of contents beside a page: two levels, and deeper only where the page stands.

    Sphinx builds this from the headings of all pages, for each page anew, and the theme takes the
    result apart and puts it together again; with hundreds of modules that is most of a build. Here
    it is made from their names and titles.

    Args:
        env: what is known of all pages.
        page: the page's name; a listing or the search stands nowhere.
        link: from the name of another page to its address.
    """
    above = {below: name for name, all in env.toctree_includes.items() for below in all}
    path = [page]
    while path[-1] in above:
        path.append(above[path[-1]])

    def pages(name: str, level: int) -> str:
        if name not in env.toctree_includes:
            return ""
        return "".join(tree(node, level) for node in env.tocs[name].findall(addnodes.toctree))

    def tree(toctree: addnodes.toctree, level: int) -> str:
        items = "".join(item(title, name, level) for title, name in toctree["entries"])
        listed = f'<ul class="nav bd-sidenav">{items}</ul>' if level == 1 else f"<ul>{items}</ul>"
        if not toctree["caption"]:
            return listed
        caption = f'<span class="caption-text">{escape(toctree["caption"], quote=False)}</span>'
        return f'<p aria-level="2" class="caption" role="heading">{caption}</p>{listed}'

    def item(title: str | None, name: str, level: int) -> str:
        number = "".join(f"{one}." for one in env.toc_secnumbers.get(name, {}).get("") or ())
        text = escape(f"{number} {title or env.titles[name].astext()}".strip(), quote=False)
        current = " current active" if name in path else ""
        here = "current " if name == page else ""
        below = pages(name, level + 1) if level < 2 or current else ""
        if below:
            opened = ' open="open"' if current else ""
            below = f"<details{opened}>{TOGGLE}{below}</details>"
        return (
            f'<li class="toctree-l{level}{current}{" has-children" if below else ""}">'
            f'<a class="{here}reference internal" href="{"#" if here else link(name)}">{text}</a>'
            f"{below}</li>"
        )

    return pages(env.config.root_doc, 1)


def show_navigation(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Hand our template of the sidebar this table of contents."""

    def link(name: str) -> str:
        return app.builder.get_relative_uri(page, name)

    context["course_navigation"] = lambda: navigation(app.env, page, link)


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.add_config_value("course_modules", {}, "")
    app.connect("config-inited", complete_contents, priority=850)  # external-toc reads at 900
    app.connect("html-page-context", show_navigation, priority=400)  # the theme reads it at 500
    app.config.templates_path.insert(0, str(Path(__file__).with_name("templates")))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
