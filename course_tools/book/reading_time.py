"""How long a lesson takes to read, and the limits.

Three things are counted: the words of the running text, the lines of code that stand open, and
the displayed equations. Not counted is what a reader may pass over: folded code, margin boxes,
exercises with their solutions, the box at the head of the lesson, and the list of references.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from nbformat import NotebookNode

MOST_MINUTES = 45
MOST_WORDS = 2500
WORDS_A_MINUTE = 200
CODE_LINES_A_MINUTE = 12
MINUTES_AN_EQUATION = 0.7
STEP = 5  # minutes: what the head box says is rounded to this

HEAD = "lesson-head"  # the class of the box at the head of a lesson
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
PASSED_OVER = {"margin", "exercise", "solution", "bibliography", "raw"}
LISTINGS = {"code", "code-block"}
TITLED_BY_NO_WORDS = {"figure", "image", "literalinclude", "math"}  # a file, a label


class ReadingTime(NamedTuple):
    """What there is to read in a lesson.

    Attributes:
        words: of the running text, captions and boxes; a formula in a line is one word.
        code_lines: lines of open code that are not empty.
        equations: displayed equations.
    """

    words: int = 0
    code_lines: int = 0
    equations: int = 0

    @property
    def minutes(self) -> float:
        """How long reading takes.

        >>> ReadingTime(words=2000, code_lines=120, equations=10).minutes
        27.0
        """
        return (
            self.words / WORDS_A_MINUTE
            + self.code_lines / CODE_LINES_A_MINUTE
            + self.equations * MINUTES_AN_EQUATION
        )

    @property
    def rounded(self) -> int:
        """The minutes that a reader is told, a multiple of five.

        >>> ReadingTime(words=6700).rounded, ReadingTime(words=100).rounded
        (35, 5)
        """
        return max(STEP, STEP * round(self.minutes / STEP))


def too_long(time: ReadingTime) -> str | None:
    """Why a lesson is too long to be read at one sitting; None if it is not.

    >>> too_long(ReadingTime(words=2600))
    'has 2600 words, at most 2500 are allowed'
    """
    reasons = []
    if round(time.minutes) > MOST_MINUTES:
        reasons.append(f"takes {time.minutes:.0f} minutes to read, at most {MOST_MINUTES}")
    if time.words > MOST_WORDS:
        reasons.append(f"has {time.words} words, at most {MOST_WORDS}")
    return f"{', and '.join(reasons)} are allowed" if reasons else None


def table(times: Mapping[str, ReadingTime]) -> str:
    """How long each lesson takes to read, one a line.

    >>> print(table({"gating/lstm": ReadingTime(2200, 150, 12)}))
    to read        minutes  words  code lines  equations
      gating/lstm       32   2200         150         12
    """
    width = max(map(len, times), default=0)
    lines = [f"{'to read':{width + 2}}  minutes  words  code lines  equations"]
    for name, (words, code_lines, equations) in times.items():
        minutes = f"{times[name].minutes:7.0f}"
        lines.append(f"  {name:{width}}  {minutes}{words:7}{code_lines:12}{equations:11}")
    return "\n".join(lines)


def reading_time(notebook: NotebookNode) -> ReadingTime:
    """How much there is to read in a lesson.

    Args:
        notebook: the lesson, executed or not.
    """
    total: Counter[str] = Counter()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            total += count(cell.source)
        elif cell.cell_type == "code":
            figure = cell.metadata.get("mystnb", {}).get("figure", {})
            total += count(figure.get("caption", ""))
            if not FOLDED & set(cell.metadata.get("tags", [])):
                total += count_code(cell.source)
    return ReadingTime(**total)


def count(text: str) -> Counter[str]:
    """The words, lines of code and equations of MyST text, that of its boxes included.

    >>> dict(count("Twice $x$ is {py:func}`double`."))
    {'words': 4}
    """
    total: Counter[str] = Counter()
    for token in parser().parse(text):
        if token.type == "inline":
            total["words"] += words_in(token.children or [])
        elif token.type in ("math_block", "math_block_label", "amsmath"):
            total["equations"] += 1
        elif token.type in ("fence", "colon_fence"):
            total += count_fence(token)
        elif token.type == "code_block":
            total += count_code(token.content)
    return total


def count_code(source: str) -> Counter[str]:
    """The lines of code that are not empty."""
    return Counter(code_lines=sum(bool(line.strip()) for line in source.splitlines()))


def count_fence(token: Token) -> Counter[str]:
    """What is read in a directive, or in a listing."""
    name, _, title = token.info.strip().partition(" ")
    if not name.startswith("{"):
        return count_code(token.content)
    name = name.strip("{}")
    options, body = split_options(token.content)
    if name in PASSED_OVER or HEAD in options.get("class", "").split():
        return Counter()
    if name in LISTINGS:
        return count_code(body)
    if name == "math":
        return Counter(equations=1)
    return count("" if name in TITLED_BY_NO_WORDS else title) + count(body)


def split_options(content: str) -> tuple[dict[str, str], str]:
    r"""The options of a directive, and its body.

    >>> split_options(":class: dropdown\n\nIt is zero.")
    ({'class': 'dropdown'}, 'It is zero.')
    """
    lines = content.splitlines()
    options = {}
    while lines and lines[0].startswith(":") and not lines[0].startswith(":::"):
        name, _, value = lines.pop(0)[1:].partition(":")
        options[name] = value.strip()
    return options, "\n".join(lines).strip()


def words_in(tokens: Iterable[Token]) -> int:
    """The words of a paragraph; a formula or a reference is one."""
    pieces = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif token.type == "myst_role":
            words, bracket, _ = token.content.partition("<")
            pieces.append(words if bracket else " x ")
        elif token.type in ("math_inline", "math_inline_double"):
            pieces.append(" x ")
    return sum(any(map(str.isalpha, piece)) for piece in "".join(pieces).split())


@cache
def parser() -> MarkdownIt:
    """MyST, as far as it decides what is a word, a formula, or a directive."""
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.attrs import attrs_plugin
    from mdit_py_plugins.colon_fence import colon_fence_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.myst_blocks import myst_block_plugin
    from mdit_py_plugins.myst_role import myst_role_plugin

    plugins = (
        myst_block_plugin, myst_role_plugin, amsmath_plugin, attrs_plugin, colon_fence_plugin,
        deflist_plugin, footnote_plugin,
    )  # fmt: skip
    markdown = MarkdownIt("commonmark").enable("table")
    for plugin in plugins:
        markdown.use(plugin)
    return markdown.use(dollarmath_plugin, double_inline=True)
