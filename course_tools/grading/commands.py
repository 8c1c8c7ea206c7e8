"""The commands that grade a class: grade, regrade, show, override, gradescope-zip."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from course_tools.grading.command_line import (
    class_grades,
    gradebook_argument,
    handle_user_errors,
    isolation_option,
    jobs_option,
    load_exercises,
    scheduler_option,
    settings_option,
)
from course_tools.sandbox.levels import choose

if TYPE_CHECKING:
    from course_tools.exercises.source import ExerciseSet
    from course_tools.gradebook.book import Gradebook
    from course_tools.gradebook.settings import Settings
    from course_tools.grading.engine import RunReport
    from course_tools.grading.judge import JudgeConfig
    from course_tools.grading.pools import Pool


@click.command()
@click.argument("exercise")
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--gradebook", required=True, help="A file, made if it is not there, or a URL.")
@click.option("--seed", type=int, help="Of the hidden inputs; by default that of the last run.")
@click.option("--roster", type=click.Path(path_type=Path), help="CSV: id, name, email, group, ...")
@jobs_option
@isolation_option
@scheduler_option
@settings_option
@handle_user_errors
def grade(
    exercise: str,
    submissions: Path,
    gradebook: str,
    seed: int | None,
    roster: Path | None,
    jobs: int | None,
    isolation: str | None,
    scheduler: str | None,
    settings: Path | None,
) -> None:
    """Grade what a class handed in: a folder, an LMS download, or a zip of these.

    Run it again after an interruption, or when more came in: what is known is not done again.

    Example: course grade recurrence submissions/ --gradebook class.db --seed 20261120 --jobs 2
    """
    from course_tools.gradebook.book import Gradebook
    from course_tools.gradebook.settings import settings_json
    from course_tools.grading import engine
    from course_tools.submissions.collect import collect
    from course_tools.submissions.roster import read_roster

    people = read_roster(roster) if roster else None
    handed_in = collect(submissions, exercise, people)
    exercises, rules = load_exercises(exercise, settings)
    with Gradebook.open(gradebook, exercise) as book:
        config = _config(exercises, rules, isolation)
        if people is not None:
            book.enrol(people)
        with _pool(config, jobs, scheduler) as pool, _progress("grading") as advance:
            report = engine.grade(
                handed_in,
                book,
                exercises,
                config,
                pool,
                _seed(book, seed),
                settings=settings_json(rules),
                on_progress=advance,
            )
        _print_summary(book, exercises, rules, report)


@click.command()
@gradebook_argument
@jobs_option
@isolation_option
@scheduler_option
@settings_option
@handle_user_errors
def regrade(
    gradebook: str,
    jobs: int | None,
    isolation: str | None,
    scheduler: str | None,
    settings: Path | None,
) -> None:
    """Grade again what a changed spec touches, from the cells that the gradebook keeps.

    Example: course regrade class.db
    """
    from course_tools.gradebook.book import Gradebook
    from course_tools.gradebook.settings import settings_json
    from course_tools.grading import engine

    with Gradebook.open(gradebook, create=False) as book:
        exercises, rules = load_exercises(book.exercise, settings)
        config = _config(exercises, rules, isolation)
        with _pool(config, jobs, scheduler) as pool, _progress("regrading") as advance:
            report = engine.regrade(
                book,
                exercises,
                config,
                pool,
                _seed(book, None),
                settings=settings_json(rules),
                on_progress=advance,
            )
        _print_summary(book, exercises, rules, report)


@click.command()
@gradebook_argument
@click.argument("student", required=False)
@settings_option
@handle_user_errors
def show(gradebook: str, student: str | None, settings: Path | None) -> None:
    """Print a student's grade, task by task; without a student, the class.

    Example: course show class.db student-17
    """
    from course_tools.gradebook.book import Gradebook
    from course_tools.reports import summary

    with Gradebook.open(gradebook, create=False) as book:
        exercises, rules = load_exercises(book.exercise, settings)
        grades = class_grades(book, exercises, rules)
    if student is None:
        summary.say(summary.summary(grades, exercises))
        return
    for grade in grades:
        if grade.person.id == student:
            summary.say(summary.show(grade, exercises))
            return
    raise click.ClickException(
        f"student: expected one in {gradebook}, got {student!r}{_suggestion(student, grades)}"
    )


@click.command()
@gradebook_argument
@click.argument("student")
@click.argument("task")
@click.argument("points", type=float, required=False)
@click.option("--comment", default="", help="Why; the student reads it.")
@click.option("--by", default="", help="Who says so.")
@click.option("--withdraw", is_flag=True, help="Take a manual score back.")
@handle_user_errors
def override(
    gradebook: str,
    student: str,
    task: str,
    points: float | None,
    comment: str,
    by: str,
    withdraw: bool,
) -> None:
    """Give a task other points than the grading did; it survives every regrading.

    Example: course override class.db student-17 deltas 2 --comment "right up to a sign"
    """
    from course_tools.gradebook.book import Gradebook

    if withdraw == (points is not None):
        came = "both" if withdraw else "neither"
        raise click.ClickException(f"points: expected either the points or --withdraw, got {came}")
    with Gradebook.open(gradebook, create=False) as book:
        if points is None:
            book.withdraw_override(student, task, by, comment)
            click.echo(f"{student}, {task}: the grading counts again")
        else:
            book.override(student, task, points, comment, by)
            noun = "point" if points == 1 else "points"
            click.echo(f"{student}, {task}: {points:g} {noun} from now on")


@click.command(name="gradescope-zip")
@click.argument("exercise")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@click.option("--seed", type=int, help="Of the hidden inputs; drawn if not given.")
@isolation_option
@handle_user_errors
def gradescope_zip(
    exercise: str, out: Path | None, seed: int | None, isolation: str | None
) -> None:
    """Write an autograder for Gradescope: the same engine, one submission at a time.

    Example: course gradescope-zip recurrence --out recurrence-autograder.zip
    """
    from course_tools.exercises.source import project_root
    from course_tools.grading.autograder_zip import build_zip

    out = out or Path(f"{exercise}-autograder.zip")
    written = build_zip(exercise, project_root(), out, seed=seed, isolation=isolation)
    click.echo(f"{written}: it holds the solutions and the seed: for Gradescope alone")


def _config(exercises: "ExerciseSet", rules: "Settings", isolation: str | None) -> "JudgeConfig":
    from course_tools.grading.judge import config_for

    return config_for(exercises, rules, choose(isolation))


def _pool(config: "JudgeConfig", jobs: int | None, scheduler: str | None) -> "Pool":
    import os

    from course_tools.grading.engine import open_pool

    return open_pool(config, jobs or len(os.sched_getaffinity(0)), scheduler or "")


def _seed(book: "Gradebook", seed: int | None) -> int:
    """The seed asked for, else that of the last run, else a new one."""
    if seed is not None:
        return seed
    import secrets

    runs = book.runs()
    return int(runs[-1].seed) if runs else secrets.randbits(48)


@contextmanager
def _progress(what: str) -> Generator[Callable[["RunReport"], None]]:
    """A bar with ETA and counts on stderr, gone when the work is done."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    console = Console(stderr=True, force_jupyter=False)
    shown = console.is_terminal  # elsewhere all that would be left of it is an empty line
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        bar = progress.add_task(what, total=None, counts="")

        def advance(report: "RunReport") -> None:
            listed = ", ".join(f"{how} {n}" for how, n in report.counts.most_common(5))
            progress.update(bar, total=report.total, completed=report.done, counts=listed)

        yield advance


def _print_summary(
    book: "Gradebook", exercises: "ExerciseSet", rules: "Settings", report: "RunReport"
) -> None:
    """Print the summary; on stderr, what belongs to this run and not to the class."""
    from course_tools.reports import sanitizing, summary
    from course_tools.sandbox.levels import describe

    known = report.counts["before"]
    run = next(run for run in book.runs() if run.id == report.run)  # not a later one of another
    click.echo(
        f"{sanitizing.counted(report.done, 'submission')} in {report.seconds:.1f} s, "
        f"{known} of them known before; seed {run.seed}",
        err=True,
    )
    click.echo(describe(run.isolation, rules.limits), err=True)
    summary.say(summary.summary(class_grades(book, exercises, rules), exercises))


def _suggestion(student: str, grades: list) -> str:
    import difflib

    near = difflib.get_close_matches(student, [one.person.id for one in grades])
    return f"; did you mean {' or '.join(near)}?" if near else ""
