"""The API reference, made from the docstrings: no list of modules is kept by hand.

``.. api-package:: course_lib.recurrent`` writes the package's own introduction, in which the names
of its modules lead to their pages; ``course_contents`` makes those. Equation labels in a docstring
become links to the lesson that derives the equation.
"""

import re
from html import escape, unescape
from importlib import import_module
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path

from course_contents import MODULE_LINE
from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import CONFIG_OK, BuildEnvironment
from sphinx.ext import viewcode
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from course_tools.book.equation_index import LABEL

SHAPED = re.compile(
    r"~?(?:jaxtyping\.)?(Float|Int|Bool|Shaped|Num|Real|Complex|Integer|Inexact|UInt)\w*"
    r"\[(?:~?[\w.]+), '([^']*)'\]"
)


class ApiPackage(SphinxDirective):
    """What a package is about, and its modules in reading order."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Show the package's docstring, and read it again when it changes."""
        package = import_module(self.arguments[0])
        self.env.note_dependency(package.__file__)
        text = MODULE_LINE.sub(rf"- :py:mod:`~{package.__name__}.\1`:", cleandoc(package.__doc__))
        source = StringList(text.splitlines(), source=f"docstring of {package.__name__}")
        shown = nodes.Element()
        self.state.nested_parse(source, self.content_offset, shown)
        return shown.children


def shapes_in_signature(
    app: Sphinx, what: str, name: str, obj: object, options: object, signature: str, returns: str
) -> tuple[str | None, str | None]:
    """Write ``Float['batch time d_in']`` for jaxtyping's arrays: the shape is what is read."""
    return tuple(text and SHAPED.sub(r"\1['\2']", text) for text in (signature, returns))


def keep_colons(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Hide the words under a constant from napoleon, which reads "a: b" as a type and a text."""
    if what in ("data", "attribute", "property"):
        app.env.temp_data["course_words"] = lines.copy()
        lines.clear()


def link_equations(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Turn the labels of equations that a page numbers into links to them."""
    known = app.env.course_equations.equations
    lines += app.env.temp_data.pop("course_words", [])
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[i] = LABEL.sub(
                lambda label: (
                    f"equation :eq:`{label[0]}`"
                    if label[0] in known and app.env.course_page(known[label[0]].page)
                    else f"``{label[0]}``"
                ),
                line,
            )


def skip_fields(
    app: Sphinx, what: str, name: str, obj: object, skip: bool, options: object
) -> bool | None:
    """Leave out the fields of a NamedTuple: its docstring describes them."""
    return True if type(obj).__name__ == "_tuplegetter" else None


def types_from_elsewhere(
    app: Sphinx, env: object, node: addnodes.pending_xref, contnode: nodes.Node
) -> nodes.Node | None:
    """Show types of other packages in a signature as text; names of this one must resolve."""
    if node.get("refdomain") != "py" or node.get("reftarget", "").startswith("course_lib"):
        return None
    parent = node.parent
    while parent is not None and not isinstance(parent, addnodes.desc_signature):
        parent = parent.parent
    return contnode if parent is not None else None


PARAMETERS = re.compile(r'(<span class="sig-paren">\(</span>)\s*<dl>\n(.*?)</dl>\s*', re.S)


class ShortNames(SphinxPostTransform):
    """Shows a function of this package as ``bptt.backward()`` where a page gives its full path."""

    default_priority = 4

    def run(self, **kwargs: object) -> None:
        """Shorten the text; the link keeps the path."""
        for reference in self.document.findall(addnodes.pending_xref):
            target = reference.get("reftarget", "")
            parts = target.split(".")
            if reference.get("refdomain") == "py" and parts[0] == "course_lib" and len(parts) > 3:
                for text in list(reference.findall(nodes.Text)):
                    if text.removesuffix("()") == target:
                        call = text.removeprefix(target)
                        text.parent.replace(text, nodes.Text(".".join(parts[2:]) + call))


def breakable(name: str) -> str:
    """A dotted name as HTML that may go on in the next line after a dot or an underscore.

    >>> breakable("recurrent.srn_torch")
    'recurrent.<wbr>srn_<wbr>torch'
    """
    return re.sub(r"([._/])", r"\1<wbr>", escape(name))


def break_title(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Let the title of a page about code go on in the next line, on a phone."""
    if page.startswith("book/api/") and "body" in context:
        before, tag, after = context["body"].partition("<h1>")
        title, link, rest = after.partition("<a ")
        if "<" not in title:
            context["body"] = before + tag + breakable(unescape(title)) + link + rest


def plain_parameters(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Lay out long signatures with spans: a list of definitions without terms is no list."""
    if "sig-paren" in context.get("body", ""):
        context["body"] = PARAMETERS.sub(
            lambda found: (
                found[1]
                + found[2].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")
            ),
            context["body"],
        )


def file_of_module(app: Sphinx, name: str) -> str | None:
    """Where a module lies, without importing it: torch alone takes seconds at each rebuild."""
    found = find_spec(name)
    return found.origin if found else None


def remove_old_listings(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Delete source listings of modules that are gone, and all when the settings changed."""
    listings = Path(app.outdir) / "_modules"
    for page in listings.glob("**/*.html"):
        module = Path(app.srcdir, page.relative_to(listings)).with_suffix(".py")
        if env.config_status != CONFIG_OK or not (module.is_file() or page.parent == listings):
            page.unlink()
    return []


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    viewcode.get_module_filename = file_of_module
    app.add_directive("api-package", ApiPackage)
    app.connect("autodoc-process-signature", shapes_in_signature)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("autodoc-process-docstring", link_equations, priority=600)  # napoleon is 500
    app.connect("autodoc-skip-member", skip_fields)
    app.add_post_transform(ShortNames)
    app.connect("env-get-outdated", remove_old_listings)
    app.connect("html-page-context", plain_parameters)
    app.connect("html-page-context", break_title)
    app.connect("missing-reference", types_from_elsewhere)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
