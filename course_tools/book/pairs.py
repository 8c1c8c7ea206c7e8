"""A lesson's pair: the ``.md`` that people edit, the ``.ipynb`` that holds the outputs."""

import hashlib
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from course_tools.book.reading_time import ReadingTime, reading_time

MARKDOWN = "md:myst"
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}


class LessonError(Exception):
    """Something an author can mend, in a sentence."""


def pair(path: Path) -> tuple[Path, Path]:
    """The ``.md`` and the ``.ipynb`` of a lesson, given either.

    >>> [file.name for file in pair(Path("book/recurrence/bptt.ipynb"))]
    ['bptt.md', 'bptt.ipynb']
    """
    if path.suffix not in {".md", ".ipynb"}:
        raise LessonError(f"{path}: expected a lesson's .md or .ipynb")
    return path.with_suffix(".md"), path.with_suffix(".ipynb")


def lesson_name(path: Path) -> str:
    """The lesson as the book calls it: its path under ``book/``, without a suffix.

    >>> lesson_name(Path("/home/me/course/book/recurrence/bptt.ipynb"))
    'recurrence/bptt'
    """
    parts = path.absolute().with_suffix("").parts
    if "book" in parts[:-1]:
        last = len(parts) - 1 - parts[::-1].index("book")
        return "/".join(parts[last + 1 :])
    return parts[-1]


def from_markdown(text: str) -> NotebookNode:
    """The notebook that a lesson's ``.md`` stands for, without outputs.

    Cell ids follow from the text alone, so that making the notebook again changes nothing.
    """
    notebook = jupytext.reads(text, fmt=MARKDOWN)
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    notebook.metadata["language_info"] = dict(LANGUAGE)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    # The stored form sorts the keys of metadata; the .md that it stands for must, too.
    return nbformat.reads(to_json(notebook), as_version=4)


def to_markdown(notebook: NotebookNode) -> str:
    """The ``.md`` that a notebook stands for."""
    return jupytext.writes(notebook, fmt=MARKDOWN)


def to_json(notebook: NotebookNode) -> str:
    """The notebook as it is stored: one canonical form."""
    return nbformat.writes(notebook) + "\n"


def out_of_step(path: Path) -> str:
    """What is wrong with a lesson's pair, in one sentence; empty if the two say the same."""
    markdown, stored = pair(path)
    renew = f"run course notebooks update {markdown}"
    for file, other in ((markdown, stored), (stored, markdown)):
        if not file.exists():
            return f"{file} does not exist beside {other.name}: {renew}"
    notebook, text = nbformat.read(stored, as_version=4), markdown.read_text(encoding="utf-8")
    sources = [cell.source for cell in from_markdown(text).cells]
    if to_markdown(notebook) != text or sources != [cell.source for cell in notebook.cells]:
        return f"{stored} is out of step with {markdown.name}: {renew}"
    return ""


def is_lesson(path: Path) -> bool:
    """Whether a page is one of a pair, and not a page of text alone."""
    notebook = path.with_suffix(".ipynb")
    return notebook.exists() or "formats: ipynb,md:myst" in path.read_text(encoding="utf-8")[:1000]


def reading_time_of(path: Path) -> ReadingTime | None:
    """How much there is to read in a lesson, by its ``.md``; None if there is none."""
    markdown, _ = pair(path)
    if not markdown.is_file():
        return None
    return reading_time(from_markdown(markdown.read_text(encoding="utf-8")))
