"""What must not stand in a stored lesson, found without running it."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from nbformat import NotebookNode

from course_tools.book.compare import PICTURES, WIDGET_VIEW, Limits
from course_tools.book.pairs import to_markdown

EXEMPT_TAG = re.compile(r"nbval|pytest-validate|skip|raises-exception|no-execute|ignore-output")
EXEMPT_COMMENT = re.compile(r"#\s*(nbval[-_]\w[-\w]*|pytest_validate_\w+)", re.IGNORECASE)
HIDING_MAGIC = re.compile(r"^\s*%%(capture|script|bash|sh|javascript|html)\b", re.MULTILINE)
FRAMES = '<div class="frames"'
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


def is_sentence(text: Any) -> bool:
    """Whether a text alternative is a sentence: four words or more, and a period.

    >>> is_sentence("The norm falls on a straight line."), is_sentence("fig1.png")
    (True, False)
    """
    return isinstance(text, str) and text.strip().endswith(".") and len(text.split()) >= 4


def problems(notebook: NotebookNode, markdown: str | None) -> list[str]:
    """Everything that is wrong with a stored lesson, one sentence each.

    Args:
        notebook: the stored ``.ipynb``.
        markdown: the text of the ``.md`` beside it; None if there is none.
    """
    found = []
    if markdown is None:
        found.append("there is no .md beside the notebook, which is its source")
    elif to_markdown(notebook) != markdown:
        found.append("the .ipynb does not follow the .md: run course notebooks update")
    if "widgets" in notebook.metadata:
        found.append("widget state is stored in the metadata: run course notebooks update")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        found += [f"code cell [{number}]: {problem}" for problem in _cell(cell, number)]
    return found


def _cell(cell: NotebookNode, number: int) -> Iterator[str]:
    if not cell.source.strip():
        yield "is empty"
        return
    yield from _exemptions(cell)
    if cell.execution_count is None:
        yield "was never run"
    elif cell.execution_count != number:
        yield f"was run as number {cell.execution_count}, not from top to bottom"
    if cell.source.rstrip().endswith(";"):
        yield "ends in a semicolon: end a figure with plt.show()"
    try:
        Limits.of(cell.metadata)
    except ValueError as error:
        yield str(error)
    pictures = 0
    if any(FRAMES in output.get("data", {}).get("text/html", "") for output in cell.outputs):
        yield from _caption(cell)
    for output in cell.outputs:
        yield from _output(output)
        pictures += any(mime in PICTURES for mime in output.get("data", {}))
    if pictures:
        yield from _alternative(cell)
    if pictures > 1:
        yield f"shows {pictures} figures with one text alternative: give each its own cell"


def _exemptions(cell: NotebookNode) -> Iterator[str]:
    tags = cell.metadata.get("tags", [])
    if not isinstance(tags, list):
        yield f"has tags that are not a list: {tags!r}"
        tags = [tags]
    for tag in tags:
        if EXEMPT_TAG.match(str(tag).lower().replace("_", "-")):
            yield f"is exempted by the tag {tag}; no cell is exempt"
    for comment in EXEMPT_COMMENT.findall(cell.source):
        yield f"is exempted by the comment {comment}; no cell is exempt"
    for magic in HIDING_MAGIC.findall(cell.source):
        yield f"hides its outputs behind %%{magic}; no cell is exempt"


def _output(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "error":
        yield f"stores the error {output.ename}: {output.evalue}"
        return
    if output.output_type == "stream":
        if output.name == "stderr":
            yield f"writes on stderr: {output.text.strip().splitlines()[-1][:100]}"
        texts = [output.text]
    else:
        texts = [value for mime, value in output.data.items() if mime.startswith("text/")]
        yield from _markup(output.data)
    for text in texts:
        if address := ADDRESS.search(text):
            yield f"prints a memory address, {address[0]}"


def _markup(data: dict[str, Any]) -> Iterator[str]:
    if WIDGET_VIEW in data:
        if "text/html" not in data:
            yield "shows a bare widget, empty in the page: use course_lib.viz.slider_figure"
        else:
            yield "stores a widget's random name: run course notebooks update"
    if "text/html" in data:
        parser = _Pictures()
        parser.feed(data["text/html"])
        for alt in parser.alts:
            if not is_sentence(alt):
                yield f"has a picture in its HTML whose text alternative is no sentence: {alt!r}"


def _alternative(cell: NotebookNode) -> Iterator[str]:
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    if alt is None:
        yield "shows a figure without a text alternative (mystnb: image: alt)"
    elif not is_sentence(alt):
        yield f"has a text alternative that is no sentence ending in a period: {alt!r}"


def _caption(cell: NotebookNode) -> Iterator[str]:
    """An interactive figure is cited like any other."""
    given = cell.metadata.get("mystnb", {}).get("figure", {})
    for key in ("caption", "name"):
        if not str(given.get(key) or "").strip():
            yield f"shows an interactive figure without a {key} (mystnb: figure: {key})"


class _Pictures(HTMLParser):
    """The text alternative of each picture in a piece of HTML, frames included."""

    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str | None] = []
        self.in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note pictures, and where data begin."""
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))
        self.in_data = tag == "script" and ("type", "application/json") in attrs

    def handle_endtag(self, tag: str) -> None:
        """Note where data end."""
        self.in_data = False

    def handle_data(self, data: str) -> None:
        """Read the frames out of the data of an interactive figure."""
        if not self.in_data:
            return
        try:
            held = json.loads(data)
        except ValueError:
            return
        if isinstance(held, dict):
            self.alts += [frame.get("alt") for frame in held.get("frames", [])]
