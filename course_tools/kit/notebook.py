"""Read a student's notebook, and run it without a kernel on the student's own machine.

Reading trusts nothing; a grader reads the same way. Running is another matter: there is no
isolation here, so never point ``run_cells`` at somebody else's notebook. Cells run in order in one
set of names; a cell that fails is remembered and the next one runs, so that one bad cell costs no
more than itself. Functions are found by name afterwards.
"""

import contextlib
import io
import json
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_tools.kit.attempt import TimeIsUp, last_useful_line, time_limit
from course_tools.kit.cells import fresh_names, run_cell

MAX_BYTES = 20 * 2**20
MAX_PARTS, MAX_REMARKS = 10**6, 5


class NotANotebook(ValueError):
    """A file that cannot be read as a notebook; one sentence."""


@dataclass
class Run:
    """What a notebook left behind: its names, and one line per cell that failed."""

    names: dict[str, Any]
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Notebook:
    """What was read: the code cells in order, and a remark where reading needed a decision."""

    cells: tuple[str, ...]
    remark: str = ""


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
        return list(cells_of(path.read_bytes()).cells)
    except NotANotebook as error:
        raise NotANotebook(f"{path}: {error}") from error


def cells_of(data: bytes) -> Notebook:
    """The code cells of a notebook's bytes, whoever wrote them.

    A code cell without text counts as an empty one, so that the numbers of the others stay.

    Raises:
        NotANotebook: not JSON, nested too deeply, or not a notebook.
    """
    remarks = []
    if data.count(b"[") + data.count(b"{") > MAX_PARTS:  # each costs far more than its byte
        raise NotANotebook(f"more than {MAX_PARTS} lists and objects; clear its outputs")
    text = _text(data, remarks)
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise NotANotebook("not a Jupyter notebook: nested too deeply") from error
    except ValueError as error:
        raise NotANotebook("not a Jupyter notebook: not JSON") from error
    sources = []
    for number, cell in enumerate(_cells(content, remarks), start=1):
        if not isinstance(cell, dict):
            remarks.append(f"cell {number} is not a cell and was left out")
        elif cell.get("cell_type") == "code":
            sources.append(_source(cell.get("source"), number, remarks))
    return Notebook(tuple(sources), "; ".join(remarks[:MAX_REMARKS]))


def _text(data: bytes, remarks: list[str]) -> str:
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        remarks.append("its text is not UTF-8 and was read as Latin-1")
        return data.decode("latin-1")


def _cells(content: Any, remarks: list[str]) -> list:
    """The list of cells, as version 4 has it."""
    if not isinstance(content, dict):
        raise NotANotebook("not a Jupyter notebook: its JSON is not an object")
    version = content.get("nbformat", 4)
    if version in (1, 2, 3):
        content = _upgraded(content)
        remarks.append(f"it was converted from notebook format {version}")
    elif version != 4:
        remarks.append("it says a notebook format other than 4 and was read as 4")
    if not isinstance(content.get("cells"), list):
        raise NotANotebook("not a Jupyter notebook: it has no list of cells")
    return content["cells"]


def _upgraded(content: dict) -> dict:
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(content), 4)
    except Exception as error:  # whatever nbformat makes of a file that is not one
        raise NotANotebook("a Jupyter notebook of an old format that cannot be read") from error


def _source(source: Any, number: int, remarks: list[str]) -> str:
    parts = source if isinstance(source, list) else [source]
    if not all(isinstance(part, str) for part in parts):
        remarks.append(f"the source of cell {number} is not text and was left out")
        return ""
    # half a surrogate pair is valid JSON and cannot be stored or sent
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def run_cells(sources: list[str], folder: Path, seconds: float = 60.0) -> Run:
    """Execute code cells in order, their output thrown away; see ``cells``."""
    run = Run(fresh_names())
    with contextlib.chdir(folder), _quiet():
        for number, source in enumerate(sources, start=1):
            try:
                with time_limit(seconds):
                    run_cell(source, number, run.names)
            except TimeIsUp:
                run.failed.append(f"code cell {number}: still running after {seconds:g} seconds")
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                run.failed.append(f"code cell {number}: {last_useful_line(error)}")
    return run


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
