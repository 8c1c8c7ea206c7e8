"""One code cell of a notebook, run without a kernel.

Magics and shell lines are translated as IPython would and do nothing; the body of a cell magic
such as ``%%time`` runs, and so does the statement after ``%time``.
"""

import linecache
import re
from collections.abc import Sequence
from types import CodeType
from typing import Any

# Cell magics whose body is code for this same interpreter.
TRANSPARENT = ("capture", "prun", "time", "timeit")


def fresh_names(names: dict[str, Any] | None = None) -> dict[str, Any]:
    """The names that a notebook finds when it starts.

    Args:
        names: where to put them, for instance a module's own; a new dictionary by default. The
            stand-in for IPython's shell defines in it what magics define.
    """
    names = {} if names is None else names
    shell = _Shell(names)
    names |= {"__name__": "__main__", "display": _nothing, "get_ipython": lambda: shell}
    return names


def translate(source: str) -> str:
    """Python for what IPython's notation means."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


def run_cell(source: str, number: int, names: dict[str, Any]) -> None:
    r"""Execute one cell; whatever it raises goes on to the caller.

    Args:
        source: the text of the cell.
        number: its place among the code cells, from 1; tracebacks name it.
        names: the notebook's names, which the cell reads and changes.

    >>> names = fresh_names()
    >>> run_cell("%matplotlib inline\nx = 6 * 7", 1, names)
    >>> names["x"]
    42
    """
    file = f"<code cell {number}>"
    code = _compiled(source, file)
    text = source if code else translate(source)
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(code or compile(text, file, "exec"), names)


def _compiled(source: str, file: str) -> CodeType | None:
    """A cell that is Python as it stands; None where IPython's notation may be in it.

    That is no Python, but for a prompt and what precedes the first line. To translate a cell takes
    three times as long as to compile it.
    """
    if source[:1].isspace() or "In [" in source:
        return None
    try:
        return compile(source, file, "exec")
    except (SyntaxError, ValueError):
        return None


def newer_cell_that_did_not_run(name: str, cells: Sequence[str]) -> str:
    r"""A sentence if the last cell that defines a function is no Python: an older one counts.

    Args:
        name: of the function.
        cells: the cells in the order in which they were run, as IPython keeps them in ``In``.

    >>> newer_cell_that_did_not_run("f", ["def f(): return 1", "def f(: return 2"])[:44]
    'The last cell that defines f has a SyntaxErr'
    """
    define = re.compile(rf"^\s*(?:async )?def {re.escape(name)}\b", re.M)
    newest = next((cell for cell in reversed(cells) if define.search(cell)), "")
    if not newest or _compiled(newest, ""):
        return ""
    try:
        compile(translate(newest), "", "exec")
    except SyntaxError as error:
        return (
            f"The last cell that defines {name} has a SyntaxError in its line {error.lineno} and "
            "did not run: this is about the version before it."
        )
    return ""


class _Shell:
    """Stands in for IPython's shell: magics do nothing."""

    def __init__(self, names: dict[str, Any]):
        self.user_ns = names

    def run_cell_magic(self, magic: str, line: str, body: str) -> None:
        if magic in TRANSPARENT:
            self._execute(body)

    def run_line_magic(self, magic: str, line: str, *arguments: Any) -> None:
        if magic == "time":
            self._execute(line)

    def _execute(self, text: str) -> None:
        exec(compile(translate(text), "<cell>", "exec"), self.user_ns)

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _nothing(*arguments: Any, **options: Any) -> None:
    """What IPython would have shown."""
