"""What a page offers for download: a lesson as a notebook, exercises as a zip, any page as a print.

A browser that shows the book from a folder opens a notebook as text and downloads a zip, so that
each lesson is there as a zip too; ``book/_static/course.js`` exchanges the links.

``{exercise-zip}`recurrence``` in a page is a link to the notebook of that set and its public cases,
together in one file.
"""

import zipfile
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx

FOLDER = "exercises/"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def write_zips(app: Sphinx, failure: Exception | None) -> None:
    """Put a zip of each notebook beside its page; with an exercise set go its public cases."""
    if failure is not None or app.builder.format != "html":
        return
    for page in app.env.found_docs:
        source = Path(app.env.doc2path(page))
        if source.suffix == ".ipynb":
            files = [source]
            if page.startswith(FOLDER):
                files.append(source.with_suffix(".cases.json"))
            write_zip(Path(app.outdir, f"{page}.zip"), files)


def write_zip(target: Path, files: list[Path]) -> None:
    """Put files in the folder of the zip's name, unless the zip is newer than all of them."""
    if target.is_file() and target.stat().st_mtime > max(file.stat().st_mtime for file in files):
        return
    with zipfile.ZipFile(target, "w") as archive:
        for file in files:
            member = zipfile.ZipInfo(f"{target.stem}/{file.name}", EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, file.read_bytes())


def buttons(page: str, old: list[dict], pathto: object) -> list[dict]:
    """The entries of a page's download menu.

    A set of exercises cannot be worked on without its cases, and a page that is no notebook has
    no source that a reader would want.
    """
    kept = []
    for button in old:
        if button["label"] == "download-source-button":
            if page.startswith(FOLDER):
                kept.append(
                    button
                    | {
                        "url": pathto(f"{page}.zip", 1),
                        "text": "Exercises (.zip)",
                        "tooltip": "Download the notebook and its public cases",
                    }
                )
            elif button["text"] == ".ipynb":
                kept.append(button | {"text": "Notebook (.ipynb)"})
        elif button["label"] == "download-pdf-button":
            kept.append(button | {"text": "Print", "tooltip": "Print, or save as PDF"})
        else:
            kept.append(button)
    return kept


def name_buttons(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Change the theme's download menu on each page."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "download-buttons":
            group["buttons"] = buttons(page, group["buttons"], context["pathto"])


def exercise_zip(
    name: str, rawtext: str, text: str, lineno: int, inliner: Inliner, *rest: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """A link to the zip of an exercise set."""
    env = inliner.document.settings.env
    if f"{FOLDER}{text}" not in env.found_docs:
        problem = inliner.reporter.error(f"exercise-zip: no set called {text!r}", line=lineno)
        return [inliner.problematic(rawtext, rawtext, problem)], [problem]
    address = env.app.builder.get_relative_uri(env.docname, f"{FOLDER}{text}")
    address = address.removesuffix(".html") + ".zip"
    link = nodes.reference("", "the notebook and its public cases", refuri=address, internal=True)
    return [link], []


def setup(app: Sphinx) -> dict:
    """Connect to the build."""
    app.add_role("exercise-zip", exercise_zip)
    app.connect("html-page-context", name_buttons, priority=600)  # the theme makes them at 501
    app.connect("build-finished", write_zips)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
