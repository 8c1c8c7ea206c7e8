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
ICONS = """
angle-left angle-right arrow-up bars chevron-down circle-half-stroke code download expand file
file-lines file-pdf lightbulb list magnifying-glass moon pencil-alt play rocket sun
""".split()
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

    >>> icon('{bars:[448,512,["navicon"],"f0c9","M0 96"],"arrow-up":[9,8,[],"f062","M1 2"]}', "bars")
    (448, 512, 'M0 96')
    """
    entry = rf'"?(?<![\w-]){re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]'
    found = list(re.finditer(entry, script))
    aliases = re.findall(rf'"?([\w-]+)"?:\[\d+,\d+,\[[^\]]*"{re.escape(name)}"[^\]]*\],"\w+","', script)
    if not found and aliases:
        return icon(script, aliases[-1])
    if not found:
        return None
    width, height, outline = found[-1].groups()
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
    text = stylesheet(script.read_text("utf-8"), ICONS)
    target = Path(app.outdir) / "_static" / "icons.css"
    if not target.is_file() or target.read_text("utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def drop_script(app: Sphinx, failure: Exception | None) -> None:
    """Delete the script that no page loads any more."""
    if failure is None and app.builder.format == "html":
        for path in Path(app.outdir, "_static", "scripts").glob("fontawesome.js*"):
            path.unlink()
        for path in Path(app.outdir, "_static", "scripts").glob("*.map"):
            path.unlink()


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.connect("builder-inited", write_icons)
    app.connect("build-finished", drop_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
