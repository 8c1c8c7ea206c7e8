"""Running a lesson, and storing those outputs that really changed."""

import difflib
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_tools.book.compare import WIDGET_VIEW, Limits, differences
from course_tools.book.lint import problems
from course_tools.book.pairs import (
    LessonError,
    from_markdown,
    is_lesson,
    pair,
    to_json,
    to_markdown,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")

PROBE = """\
def _peak():
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
    except OSError:
        import resource, sys
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
import json, time
from course_tools.book import trace
print(json.dumps([_peak(), time.process_time(), trace.read()]))
"""

STARTUP = """\
from course_tools.book import trace as _trace
_trace.start()
del _trace
"""


@dataclass(frozen=True)
class Run:
    """What one execution of a lesson cost, and what of the machine's files it read."""

    seconds: float
    megabytes: float
    read: tuple[str, ...] = ()


@contextmanager
def environment() -> Generator[dict[str, str]]:
    """Variables under which a lesson gives the same outputs on every machine.

    One thread unless the user asks for more; no settings from the user's own IPython, but
    a note of what is read. What chooses the CPU path (``ATEN_CPU_CAPABILITY``) passes through.
    """
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder, "profile_default", "startup")
        startup.mkdir(parents=True)
        (startup / "trace.py").write_text(STARTUP)
        yield {
            "OMP_NUM_THREADS": "1",
            **os.environ,
            "PYTHONHASHSEED": "0",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "IPYTHONDIR": folder,
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }


def warm_up() -> None:
    """Build matplotlib's font cache now; building it prints a notice on stderr."""
    import matplotlib.font_manager  # noqa: F401


def execute(notebook: NotebookNode, folder: Path) -> Run:
    """Run every cell in a fresh kernel, in ``folder``, and store the outputs in place.

    Raises:
        LessonError: a cell raises, or the kernel dies.
    """
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

    warm_up()
    manager = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=600,
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    number = 0
    with (
        environment() as variables,
        client.setup_kernel(env=variables, stderr=subprocess.DEVNULL, cleanup_kc=True),
    ):
        started = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            number += 1
            try:
                client.execute_cell(cell, index, execution_count=number)
            except CellExecutionError as error:
                lines = [line for line in ANSI.sub("", error.traceback).splitlines() if line]
                shown = "\n".join(f"    {line}" for line in lines[-12:])
                raise LessonError(f"cell [{number}] raised {error.ename}:\n{shown}") from None
            except CellTimeoutError:
                raise LessonError(f"cell [{number}] ran longer than {client.timeout} s") from None
            except DeadKernelError:
                raise LessonError(f"cell [{number}] killed its kernel") from None
        run = measured(time.perf_counter() - started, _ask(client))
    for cell in notebook.cells:
        tidy(cell)
    return run


def measured(wall: float, answer: str) -> Run:
    """What a run cost, from the time it took and the kernel's answer to ``PROBE``.

    On a busy machine a run waits for its turn: the kernel's time on the processor counts
    if it is shorter.

    >>> measured(40.0, "[310.5, 22.0, []]")
    Run(seconds=22.0, megabytes=310.5, read=())
    """
    megabytes, processor, read = json.loads(answer)
    return Run(min(wall, processor), megabytes, tuple(read))


def _ask(client: Any) -> str:
    """The kernel's answer to ``PROBE``."""
    cells = client.nb.cells
    probe = nbformat.v4.new_code_cell(PROBE)
    cells.append(probe)
    try:
        client.execute_cell(probe, len(cells) - 1, store_history=False)
    finally:
        cells.pop()
    return probe.outputs[0].text


def tidy(cell: NotebookNode) -> None:
    """Remove from a cell what is random: names of widget models, times of execution.

    A bare widget keeps its name, so that the lint can see and refuse it.
    """
    cell.metadata.pop("execution", None)
    for output in cell.get("outputs", []):
        if "text/html" in output.get("data", {}):
            output.data.pop(WIDGET_VIEW, None)
        if output.output_type == "execute_result":
            output.execution_count = cell.execution_count


def keep_outputs(old: NotebookNode, new: NotebookNode) -> int:
    """Put the stored outputs back wherever the new ones say the same.

    Cells are matched by their source, and where that changed, by position between
    matched cells.

    Returns:
        How many cells have outputs that really changed.
    """
    before = [cell for cell in old.cells if cell.cell_type == "code"]
    after = [cell for cell in new.cells if cell.cell_type == "code"]
    matcher = difflib.SequenceMatcher(
        None, [cell.source for cell in before], [cell.source for cell in after], autojunk=False
    )
    partner: dict[int, NotebookNode] = {}
    for _, a, a_end, b, b_end in matcher.get_opcodes():
        partner.update(zip(range(b, b_end), before[a:a_end], strict=False))
    changed = 0
    for position, cell in enumerate(after):
        stored = partner.get(position)
        if stored is None or not _same(stored, cell):
            changed += 1
            continue
        cell.outputs = stored.outputs
        tidy(cell)
    return changed


def _same(stored: NotebookNode, fresh: NotebookNode) -> bool:
    return not differences(stored.outputs, fresh.outputs, Limits.of(fresh.metadata))


@dataclass(frozen=True)
class Update:
    """What an update did to a lesson.

    Args:
        run: what the execution cost.
        changed: how many cells have new outputs.
        rewritten: whether the ``.md`` was put into canonical form.
        problems: what the lint still says.
    """

    run: Run
    changed: int
    rewritten: bool
    problems: list[str]


def update(path: Path) -> Update:
    """Execute a lesson and store the outputs that changed.

    Args:
        path: the lesson's ``.md`` or ``.ipynb``; the ``.md`` is the source.

    Raises:
        LessonError: there is no ``.md``, a cell fails, or the ``.md`` was edited meanwhile.
    """
    markdown, stored = pair(path)
    if not markdown.exists():
        raise LessonError(f"{markdown} does not exist: the .md is the source of a lesson")
    text = markdown.read_text(encoding="utf-8")
    notebook = from_markdown(text)
    canonical = to_markdown(notebook)
    try:
        for cell in notebook.cells:
            Limits.of(cell.metadata)
    except ValueError as error:
        raise LessonError(str(error)) from None
    run = execute(notebook, markdown.parent)
    old = nbformat.read(stored, as_version=4) if stored.exists() else nbformat.v4.new_notebook()
    changed = keep_outputs(old, notebook)
    if markdown.read_text(encoding="utf-8") != text:
        raise LessonError(f"{markdown} was edited while it ran: run the update again")
    if canonical != text:
        markdown.write_text(canonical, encoding="utf-8")
    content = to_json(notebook)
    if not stored.exists() or stored.read_text(encoding="utf-8") != content:
        stored.write_text(content, encoding="utf-8")
    return Update(run, changed, canonical != text, problems(notebook, canonical))


def lessons_under(root: Path) -> list[Path]:
    """Every lesson in ``root/book``: notebooks, and ``.md`` files that belong to a pair.

    Raises:
        LessonError: there is no ``book`` folder.
    """
    book = root / "book"
    if not book.is_dir():
        raise LessonError(f"{book} does not exist: run this from the project's folder")
    found = set(book.rglob("*.ipynb"))
    found |= {path.with_suffix(".ipynb") for path in book.rglob("*.md") if is_lesson(path)}
    depth = len(book.parts)
    return sorted(path for path in found if not any(part[0] in "._" for part in path.parts[depth:]))
