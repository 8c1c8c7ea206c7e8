"""A pytest plugin on nbval that re-runs lessons and compares every output.

``pytest -p course_tools.book.plugin --lessons book/`` reports each cell as a test. For
each notebook there are two tests more: what the lint says about what is stored, and
whether the lesson keeps to its memory. nbval runs the cells; what is replaced
is its comparison, and its way of exempting cells, which has no effect here.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from course_tools.book.compare import Limits, differences
from course_tools.book.lint import problems
from course_tools.book.notebooks import ANSI, PROBE, Run, environment, measured, warm_up
from course_tools.book.pairs import lesson_name, pair
from course_tools.book.runtimes import table_for, too_large
from course_tools.book.verified import Records

CELL_TIMEOUT = 600.0
CHECKERS = ("compare", "lint", "notebooks", "pairs", "plugin", "trace")  # decide what is right
STARTS = 3
"""How often a kernel is started: one that starts beside others may find its port taken, and die."""


@dataclass(frozen=True)
class Verdict:
    """What a check found in one lesson.

    Args:
        path: the notebook.
        findings: what is wrong, each in a few lines; empty if nothing.
        cells: how many code cells were run.
        run: what that cost; None if nothing could be run.
    """

    path: Path
    findings: list[str]
    cells: int = 0
    run: Run | None = None


def check_lesson(path: Path) -> Verdict:
    """Run this plugin over one notebook, in a process of its own, and keep what it verified."""
    since = time.time()
    verdict = _checked(path)
    if verdict.run and not verdict.findings and (records := _records(path)):
        own = [*pair(path), *(Path(__file__).with_name(f"{name}.py") for name in CHECKERS)]
        records.keep(lesson_name(path), verdict.run.read, own, since)
    return verdict


def verified(path: Path) -> bool:
    """Whether a notebook was verified before, on this machine and with the same inputs."""
    records = _records(path)
    return records is not None and records.hold(lesson_name(path))


def _records(path: Path) -> Records | None:
    """The records of the project that a lesson belongs to."""
    table = table_for(path)
    return Records(table.parents[1]) if table else None


def _checked(path: Path) -> Verdict:
    if not path.exists():
        return Verdict(path, [f"{_shown(path)} does not exist: run course notebooks update"])
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        plugins = ["-p", "nbval.plugin", "-p", "course_tools.book.plugin", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *plugins, "--lessons", "--noconftest", "-q"]
        command += [f"--lessons-report={report}", "-c", os.devnull, "--rootdir", folder, str(path)]
        # What else is installed for pytest takes a second to load, and has no say in a lesson.
        alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(command, env=alone, capture_output=True, text=True)
        last_words = (done.stdout + done.stderr)[-1000:]
        if not report.exists():
            return Verdict(path, [f"{_shown(path)}: pytest gave up:\n{last_words}"])
        held = json.loads(report.read_text(encoding="utf-8"))
    if done.returncode and not held["findings"]:
        held["findings"] = [f"{_shown(path)}: pytest ended with {done.returncode}:\n{last_words}"]
    seconds, megabytes, read = held["run"] or (0.0, 0.0, ())
    run = Run(seconds, megabytes, tuple(read)) if held["run"] else None
    return Verdict(path, held["findings"], held["cells"], run)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("lessons", "Stored outputs of lessons")
    group.addoption("--lessons", action="store_true", help="Re-run lessons, compare every output")
    group.addoption("--lessons-report", metavar="FILE", help="Write the findings as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the surroundings in which every kernel starts."""
    if not config.option.lessons:
        return
    config.option.nbval_current_env = True
    config.option.nbval_cell_timeout = CELL_TIMEOUT
    stack = ExitStack()
    os.environ.update(stack.enter_context(environment()))
    config.add_cleanup(stack.close)
    warm_up()
    if config.option.lessons_report and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Report(Path(config.option.lessons_report)))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take every notebook as a lesson."""
    if parent.config.option.lessons and file_path.suffix == ".ipynb":
        return LessonFile.from_parent(parent, path=file_path)
    return None


class LessonFile(IPyNbFile):
    """One lesson, run from top to bottom in one kernel."""

    kernel: RunningKernel

    def setup(self) -> None:
        """Start the kernel, and keep an eye on it."""
        for tries_left in reversed(range(STARTS)):
            try:
                super().setup()
                break
            except RuntimeError:
                if not tries_left:
                    raise
        self.kernel.await_reply = partial(_await_reply, self.kernel, self.kernel.await_reply)

    def collect(self) -> Iterator[pytest.Item]:
        """The lint, every code cell, the budget."""
        self.nb = nbformat.read(self.path, as_version=4)
        self.seconds = 0.0
        yield Lint.from_parent(self, name="lint", lesson=self)
        code = [cell for cell in self.nb.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, start=1):
            # nbval's markers would stand here; no cell is exempt.
            options = defaultdict(bool, check=True)
            given = {"cell_num": number, "cell": cell, "options": options}
            yield LessonCell.from_parent(self, name=f"cell {number}", lesson=self, **given)
        yield Budget.from_parent(self, name="budget", lesson=self)


def _await_reply(
    kernel: RunningKernel,
    await_reply: Callable[..., None],
    msg_id: str,
    timeout: float = CELL_TIMEOUT,
) -> None:
    """Wait for a reply as nbval does, but not for that of a kernel that died."""
    end = time.monotonic() + timeout
    while True:
        try:
            return await_reply(msg_id, timeout=1.0)
        except Empty:
            if not kernel.is_alive():
                raise Finding("the kernel died") from None
            if time.monotonic() > end:
                raise


class Finding(Exception):
    """What is wrong, for people; shown without a traceback."""


class _LessonItem(pytest.Item):
    def __init__(self, *, lesson: LessonFile, **given: Any) -> None:
        super().__init__(**given)
        self.lesson = lesson

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: Any = None) -> Any:
        if not isinstance(excinfo.value, Finding):
            return super().repr_failure(excinfo, style)
        lines = str(excinfo.value).splitlines()
        return "\n".join(f"{_shown(self.path)}, {line}" for line in lines)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{_shown(self.path)}::{self.name}"


class LessonCell(_LessonItem, IPyNbCell):
    """One code cell, whose outputs are compared one by one."""

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare in the course's way; nbval calls this with fresh and stored outputs."""
        limits = Limits.of(self.cell.metadata)
        self.comparison_traceback = differences(ref, test, limits)
        return not self.comparison_traceback

    def runtest(self) -> None:
        """Run the cell and note its time."""
        started = time.perf_counter()
        try:
            super().runtest()
        finally:
            self.lesson.seconds += time.perf_counter() - started

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: Any = None) -> str:
        """File, cell, and what differs, in a few lines."""
        error = excinfo.value
        lines = [f"{_shown(self.path)}, code cell [{self.cell_num}]: {error}"]
        if isinstance(error, NbCellError) and error.inner_traceback:
            details = ANSI.sub("", error.inner_traceback).strip().splitlines()
            if getattr(self, "comparison_traceback", None):
                details = _first(details)
            else:
                details = details[-8:]
            lines += [f"    {line}" for line in details]
        return "\n".join(lines)


class Lint(_LessonItem):
    """What is stored, before anything runs."""

    def runtest(self) -> None:
        """Fail with every problem that the lint finds."""
        markdown, _ = pair(self.path)
        text = markdown.read_text(encoding="utf-8") if markdown.exists() else None
        if found := problems(self.lesson.nb, text):
            raise Finding("\n".join(found))


class Budget(_LessonItem):
    """What the run cost, after everything ran."""

    def runtest(self) -> None:
        """Measure, hand the figures on, fail if the lesson takes too much memory."""
        run = measured(self.lesson.seconds, self._ask())
        self.user_properties.append(("run", [run.seconds, run.megabytes, run.read]))
        if reason := too_large(run):
            raise Finding(f"the lesson {reason}")

    def _ask(self) -> str:
        kernel = self.lesson.kernel
        if not kernel.is_alive():
            raise Finding("the kernel died before its memory could be measured")
        request = kernel.execute_cell_input(PROBE, allow_stdin=False)
        while True:
            message = kernel.get_message("iopub", timeout=30)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                return message["content"]["text"]


class _Report:
    """Findings and costs as JSON, for ``course notebooks check``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[str] = []
        self.run: object = None
        self.cells = 0

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.findings.append(report.longreprtext)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.run = dict(report.user_properties).get("run", self.run)
        self.cells += report.when == "call" and "::cell " in report.nodeid
        if report.outcome != "passed":
            self.findings.append(report.longreprtext or f"{report.nodeid} {report.outcome}")

    def pytest_sessionfinish(self) -> None:
        held = {"findings": self.findings, "run": self.run, "cells": self.cells}
        self.path.write_text(json.dumps(held), encoding="utf-8")


def _shown(path: Path) -> str:
    """The file as seen from where the command runs."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _first(lines: list[str], limit: int = 6) -> list[str]:
    if len(lines) <= limit:
        return lines
    return [*lines[: limit - 1], f"... and {len(lines) - limit + 1} lines more"]
