"""Lets a page load only what it shows: icons as a stylesheet, and the search on its own page.

The theme brings Font Awesome as a script of 1.5 MB and the search index on every page. The
templates beside this module leave both out (``layout.html``, ``static/webpack-macros.html``); the
icons come from here.
"""

import re
from pathlib import Path
from urllib.parse import quote

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# Those that the themes put on a page, or would with an address of the repository.
ICONS = [
    "angle-left",
    "angle-right",
    "arrow-up",
    "bars",
    "chevron-down",
    "circle-half-stroke",
    "code",
    "download",
    "expand",
    "file",
    "file-lines",
    "file-pdf",
    "lightbulb",
    "list",
    "magnifying-glass",
    "moon",
    "pencil-alt",
    "play",
    "rocket",
    "sun",
]
SCRIPT = "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
RULE = """\
.fa-solid, .fas {
  display: inline-block; width: 1em; height: 1em; vertical-align: -0.125em;
  background: currentColor; mask: var(--icon) center / contain no-repeat;
}
.fa-solid::before, .fas::before { content: none !important; }
"""


def icon(script: str, name: str) -> tuple[int, int, str] | None:
    """Width, height and outline of a solid icon, read out of Font Awesome's script.

    The outlined set stands before the solid one, so the last match is the solid icon.

    >>> icon('{bars:[448,512,["navicon"],"f0c9","M0 96"]}', "bars")
    (448, 512, 'M0 96')
    >>> icon('{bars:[448,512,["navicon"],"f0c9","M0 96"]}', "navicon")
    (448, 512, 'M0 96')
    """
    rest = r'\],"\w+","([^"]+)"\]'
    own_name = rf'(?<![\w-])"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*{rest}'
    other_name = rf':\[(\d+),(\d+),\[[^\]]*"{re.escape(name)}"[^\]]*{rest}'
    found = re.findall(own_name, script) or re.findall(other_name, script)
    if not found:
        return None
    width, height, outline = found[-1]
    return int(width), int(height), outline


def stylesheet(script: str, names: list[str]) -> str:
    """The icons of these names as pictures in a stylesheet, in the colour of the text.

    Raises:
        ExtensionError: the script has no icon of such a name.
    """
    rules = [RULE]
    for name in names:
        found = icon(script, name)
        if found is None:
            raise ExtensionError(f"icons: expected a name of Font Awesome, got {name!r}")
        width, height, outline = found
        picture = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<path d="{outline}"/></svg>'
        )
        address = f'url("data:image/svg+xml,{quote(picture, safe=" =:/")}")'
        rules.append(f".fa-{name} {{ --icon: {address.replace(chr(39), '%27')}; }}\n")
    return "".join(rules)


def write_icons(app: Sphinx) -> None:
    """Put the stylesheet of the icons beside the pages."""
    if app.builder.format != "html":
        return
    script = Path(pydata_sphinx_theme.__file__).parent / SCRIPT
    target = Path(app.outdir) / "_static" / "icons.css"
    made_from = f"/* {pydata_sphinx_theme.__version__}: {' '.join(ICONS)} */\n"
    if not target.is_file() or not target.read_text("utf-8").startswith(made_from):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made_from + stylesheet(script.read_text("utf-8"), ICONS), "utf-8")


def drop_scripts(app: Sphinx, failure: Exception | None) -> None:
    """Delete the script that no page loads any more, and maps that no reader needs."""
    if failure is None and app.builder.format == "html":
        scripts = Path(app.outdir, "_static", "scripts")
        for path in {*scripts.glob("fontawesome.js*"), *scripts.glob("*.map")}:
            path.unlink()


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.connect("builder-inited", write_icons)
    app.connect("build-finished", drop_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
