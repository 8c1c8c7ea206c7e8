"""The class, and one student, as text: what ``course grade`` ends with and ``course show`` prints.

Built from rich's parts, so that a terminal gets colours and its own width; anywhere else the same
words come out plain and 80 columns wide, the same ones every time.
"""

import io
import sys

from rich.bar import Bar
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import CAUSES, GradeSummary, TaskLine
from course_tools.reports.class_statistics import (
    EXACT,
    Bin,
    ClassStatistics,
    Mistake,
    TaskStatistics,
    class_statistics,
    gradable,
)
from course_tools.reports.prompts import task_prompts
from course_tools.reports.sanitizing import (
    counted,
    feedback_lines,
    moment,
    number,
    outcome,
    sanitize,
    sanitize_lines,
)
from course_tools.submissions.models import PROBLEMS

PLAIN_WIDTH = 80
LONGEST_BAR = 40
MOST_CONCERNS = 15


def summary(grades: list[GradeSummary], exercises: ExerciseSet) -> RenderableType:
    """The class: scores, tasks, mistakes, causes, and what needs the instructor's eye."""
    statistics = class_statistics(grades, exercises)
    parts: list[RenderableType] = [Text(statistics.title, "bold"), *_count_lines(statistics)]
    if statistics.graded:
        parts += [
            Text(),
            _score_table(statistics),
            Text(),
            _histogram_table(statistics.bins),
            Text(),
        ]
        parts += [_task_table(statistics.tasks), Text(), *_highlights(statistics)]
    if statistics.causes:
        parts += [
            Text(),
            Text("What kept tasks from being right", "bold"),
            _cause_table(statistics.causes),
        ]
    if statistics.concerns:
        parts += [Text(), Text("Needs your eye", "bold"), _concern_table(statistics)]
    return Group(*parts)


def show(grade: GradeSummary, exercises: ExerciseSet | None = None) -> RenderableType:
    """One student: each task with cause, points, mistake, the detail, and the override.

    For the instructor: ``detail`` may quote hidden values and what the student's code said.
    """
    person = grade.person
    name = sanitize(person.id, 80)
    if person.name:
        name = f"{sanitize(person.name, 80)} ({name})"
    prompts = task_prompts(exercises) if exercises else {}
    parts: list[RenderableType] = [Text(name, "bold"), _fact_table(grade)]
    for line in grade.tasks if gradable(grade) else ():
        heading = prompts[line.task].heading if line.task in prompts else ""
        parts += [Text(), *_task_lines(line, heading)]
    if grade.cell_failures:
        parts += [Text(), Text("Cells that stopped", "bold")]
        parts += _indented(sanitize_lines("\n".join(grade.cell_failures), most=40))
    return Group(*parts)


def plain(part: RenderableType, width: int = PLAIN_WIDTH) -> str:
    """Text without colours and without spaces at the end of a line.

    >>> plain(Text("mean", "bold"))
    'mean'
    """
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=False,
        force_jupyter=False,
        legacy_windows=False,
    )
    console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def say(part: RenderableType) -> None:
    """Print: with colours and at its width on a terminal, else plain."""
    console = Console(force_jupyter=False)
    if console.is_terminal:
        console.print(part)
    else:
        encoding = sys.stdout.encoding or "utf-8"
        print(plain(part).encode(encoding, "replace").decode(encoding))


def _count_lines(statistics: ClassStatistics) -> list[Text]:
    first = f"{counted(statistics.students, 'student')}, {statistics.graded} graded"
    if statistics.graded:
        first += (
            f": {statistics.full} with all points, {statistics.partial} with some,"
            f" {statistics.none} with none"
        )
    lines = [first]
    if statistics.problems:
        listed = (f"{PROBLEMS[key]} ({count})" for key, count in statistics.problems.items())
        lines.append(f"not graded: {'; '.join(listed)}")
    if statistics.late:
        lines.append(f"late: {statistics.late} lost points to the late rule")
    if statistics.time_unknown:
        lines.append(
            f"time of handing in not known: {statistics.time_unknown};"
            " nothing is taken off for lateness there"
        )
    if statistics.waiting:
        lines.append(
            f"not graded yet, wholly or in part: {statistics.waiting};"
            " `course regrade` goes on with it"
        )
    return [Text(line) for line in lines]


def _score_table(statistics: ClassStatistics) -> Table:
    names = ("lowest", "10 %", "25 %", "median", "75 %", "90 %", "highest")
    submissions = counted(statistics.graded, "submission")
    table = _plain_table(title=f"Scores of {submissions}, of {number(statistics.maximum)} points")
    for name in ("mean", *names):
        table.add_column(name, justify="right")
    table.add_row(number(statistics.mean), *map(number, statistics.quantiles))
    return table


def _histogram_table(bins: tuple[Bin, ...]) -> Table:
    most = max(bin.count for bin in bins)  # its bar is as long as there is room
    table = _plain_table()
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("students", justify="right")
    table.add_column(ratio=1, max_width=LONGEST_BAR)
    for bin in bins:
        score = f"{number(bin.low)} {'to' if bin.last else 'to under'} {number(bin.high)}"
        table.add_row(score, f"{bin.count}", Bar(most, 0, bin.count, color="blue"))
    return table


def _task_table(tasks: tuple[TaskStatistics, ...]) -> Table:
    table = _plain_table("Tasks")
    table.add_column("task", no_wrap=True)
    table.add_column("mean points", justify="right", no_wrap=True)
    table.add_column("all points", justify="right", no_wrap=True)
    table.add_column("most frequent mistake", ratio=1)
    for task in tasks:
        mistake = task.mistakes[0] if task.mistakes else None
        table.add_row(
            task.name,
            f"{number(task.mean)} of {number(task.maximum)}",
            f"{task.solved} of {task.graded}",
            Text(f"{sanitize(mistake.name, 60)} ({mistake.count})" if mistake else ""),
        )
    return table


def _highlights(statistics: ClassStatistics) -> list[Text]:
    lines = []
    hard: TaskStatistics | None = statistics.hardest
    if hard:
        lines.append(
            f"Hardest task: {hard.name} ({hard.heading}), mean {number(hard.mean)} of"
            f" {number(hard.maximum)} points."
        )
    mistake: Mistake | None = statistics.commonest
    if mistake:
        lines.append(
            f"Most frequent mistake: {mistake.task}, {sanitize(mistake.name, 60)},"
            f" {counted(mistake.count, 'student')}. {mistake.sentence}".rstrip()
        )
    return [Text(line) for line in lines]


def _cause_table(causes: dict[str, int]) -> Table:
    table = _plain_table()
    table.show_header = False
    table.add_column(justify="right")
    table.add_column()
    for key, count in sorted(causes.items(), key=lambda pair: -pair[1]):
        table.add_row(str(count), CAUSES[key])
    return table


def _concern_table(statistics: ClassStatistics) -> Table:
    table = _plain_table()
    table.show_header = False
    table.add_column(max_width=24, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for concern in statistics.concerns[:MOST_CONCERNS]:
        table.add_row(Text(sanitize(concern.person.id, 40)), Text(concern.sentence))
    if len(statistics.concerns) > MOST_CONCERNS:
        table.add_row("", f"and {len(statistics.concerns) - MOST_CONCERNS} more")
    return table


def _fact_table(grade: GradeSummary) -> Table:
    table = _plain_table()
    table.show_header = False
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")

    def add(label: str, words: str) -> None:
        if words:
            table.add_row(label, Text(words))  # not as rich's markup

    add("score", f"{number(grade.score)} of {number(grade.maximum)}")
    if grade.penalty > EXACT:
        add("late", f"{number(grade.late_hours)} h, {number(grade.penalty)} points off")
    add("problem", PROBLEMS.get(grade.problem, grade.problem))
    add("remark", sanitize(grade.sentence))
    add("file", sanitize(grade.file, 120))
    add("handed in", moment(grade.handed_in))
    if grade.time_unknown:
        said = "it is not known when it was handed in; nothing is taken off for lateness"
        add("time", said)
    add("attempts", str(grade.attempts) if grade.attempts > 1 else "")
    add("email", sanitize(grade.person.email, 80))
    add("group", sanitize(grade.person.group, 80))
    return table


def _task_lines(line: TaskLine, heading: str) -> list[RenderableType]:
    first = Text(f"{line.task}  {number(line.points)} of {number(line.maximum)}", "bold")
    result = line.result
    lines = [outcome(result)]
    if result.mistake:
        lines.append(f"mistake: {sanitize(result.mistake, 80)}")
    lines += feedback_lines(result)
    lines += [f"detail: {text}" for text in sanitize_lines(result.detail, 500)]
    if line.overridden:
        comment = " ".join(sanitize_lines(line.comment, 1000))
        lines.append(f"points set by hand{': ' + comment if comment else ''}")
    second = [Text(heading, "italic")] if heading else []
    return [first, *second, *_indented(lines)]


def _indented(lines: list[str]) -> list[RenderableType]:
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]


def _plain_table(title: str = "") -> Table:
    return Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        header_style="dim",
    )
