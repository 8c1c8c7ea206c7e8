"""The prompt of each task, read from the prose of the exercise set.

A task's prose stands before its cell: a heading, an explanation, and a paragraph that begins with
**Write**. The paragraph becomes HTML; formulas become MathML, which browsers draw by themselves.
"""

import re
from dataclasses import dataclass
from functools import cache

from course_tools.exercises.source import ExerciseSet

HEADING = re.compile(r"^#+ +(.+?)\s*$", re.M)
WRITE = "**Write**"


@dataclass(frozen=True)
class Prompt:
    """What a student is asked to do: the task's heading, and what to write, as markdown."""

    heading: str
    paragraph: str = ""

    @property
    def html(self) -> str:
        """The paragraph as HTML without scripts or styles."""
        return to_html(self.paragraph)

    @property
    def heading_html(self) -> str:
        """The heading as HTML."""
        return to_html(self.heading)


def task_prompts(exercises: ExerciseSet) -> dict[str, Prompt]:
    """The prompts in the order of the set; a task without prose has its name for a heading."""
    found, prose = {}, ""
    for cell in exercises.cells:
        if cell.kind == "prose":
            prose += cell.text + "\n\n"
        elif cell.kind == "task":
            headings = HEADING.findall(prose)
            paragraphs = [part.strip() for part in re.split(r"\n\s*\n", prose)]
            found[cell.name] = Prompt(
                headings[-1] if headings else cell.name,
                next((text for text in reversed(paragraphs) if text.startswith(WRITE)), ""),
            )
            prose = ""
    return found


@cache
def to_html(paragraph: str) -> str:
    r"""One paragraph of markdown as HTML; tags in it are shown, not obeyed.

    >>> to_html("**Write** `f(x)`, <b>not</b> more.")
    '<strong>Write</strong> <code>f(x)</code>, &lt;b&gt;not&lt;/b&gt; more.'
    >>> "<mo>&#x02264;</mo>" in to_html(r"for $1 \le j$")
    True
    """
    return _markdown().renderInline(paragraph)


@cache
def _markdown():
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    return MarkdownIt("commonmark", {"html": False}).use(
        dollarmath_plugin, renderer=lambda formula, options: convert(formula)
    )
