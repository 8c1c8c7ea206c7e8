"""Run a student's notebook without a kernel, on the student's own machine.

Cells run in order in one set of names; a cell that fails is remembered and the next one runs, so
that one bad cell costs no more than itself. Functions are found by name afterwards. There is no
isolation here: never point this at somebody else's notebook.
"""

import contextlib
import io
import json
import linecache
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.grading.attempt import TimeIsUp, last_useful_line, time_limit

MAX_BYTES = 20 * 2**20


class NotANotebook(ValueError):
    """A file that cannot be read as a notebook; one sentence."""


@dataclass
class Run:
    """What a notebook left behind: its names, and one line per cell that failed."""

    names: dict[str, Any]
    failed: list[str] = field(default_factory=list)


def read_code(path: Path) -> list[str]:
    """The code cells of a notebook.

    Raises:
        NotANotebook: missing, too large, not JSON, or not a notebook.
    """
    if not path.is_file():
        raise NotANotebook(f"{path}: there is no such file")
    if path.stat().st_size > MAX_BYTES:
        raise NotANotebook(f"{path}: larger than {MAX_BYTES // 2**20} MB; clear its outputs")
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotANotebook(f"{path}: not a Jupyter notebook (version 4)") from error
    return ["".join(source) for source in sources]


def run_cells(sources: list[str], folder: Path, seconds: float = 60.0) -> Run:
    """Execute code cells in order, their output thrown away.

    Magics and shell lines are translated as IPython would, and do nothing.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    run = Run({"__name__": "__main__", "get_ipython": _NoShell})
    translate = TransformerManager().transform_cell
    with contextlib.chdir(folder), _quiet():
        for number, source in enumerate(sources, start=1):
            file = f"<code cell {number}>"
            try:
                text = translate(source)
                linecache.cache[file] = (len(text), None, text.splitlines(True), file)
                with time_limit(seconds):
                    exec(compile(text, file, "exec"), run.names)
            except TimeIsUp:
                run.failed.append(f"code cell {number}: still running after {seconds:g} seconds")
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                run.failed.append(f"code cell {number}: {last_useful_line(error)}")
    return run


class _NoShell:
    """Stands in for IPython's shell: magics do nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
