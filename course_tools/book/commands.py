"""The book's commands: ``course notebooks`` and ``course equation-index``."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from course_tools.book.plugin import Verdict
    from course_tools.book.reading_time import ReadingTime

FILES = click.argument(
    "files", nargs=-1, metavar="[FILE ...]", type=click.Path(dir_okay=False, path_type=Path)
)
MOST_SHOWN = 6


# --- course notebooks -----------------------------------------------------------------------


@click.group()
def notebooks() -> None:
    """Compare the lessons' stored outputs with a re-run, or renew them.

    Example: course notebooks check book/recurrence/bptt.ipynb
    """


@notebooks.command()
@FILES
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="At a time.")
@click.option("--full", is_flag=True, envvar="FULL", help="Verify again what was verified before.")
def check(files: tuple[Path, ...], jobs: int, full: bool) -> None:
    """Run lessons again and compare every stored output.

    Without FILE, every lesson of the book. Numbers are compared by tolerance, pictures by
    pixels, all else exactly. A lesson that takes more than 1.5 GB fails; one that takes more
    than 25 s is named, for the machine may be slow. A lesson that was verified on this machine
    before is not run again while nothing that it read has changed. At the end stands how long
    each lesson takes to read; more than 45 minutes or 2,500 words fail.

    Example: course notebooks check book/recurrence/bptt.ipynb
    """
    from course_tools.book import notebooks as lessons
    from course_tools.book import pairs, plugin, reading_time

    paths = [pairs.pair(path)[1] for path in _lessons(files)]
    due = [path for path in paths if full or not plugin.verified(path)]
    failed = set()
    with _progress(due) as (say, advance), ThreadPoolExecutor(jobs) as pool:
        lessons.warm_up()
        for future in as_completed([pool.submit(plugin.check_lesson, path) for path in due]):
            verdict = future.result()
            say(_shown(verdict))
            advance(verdict.path)
            if verdict.findings:
                failed.add(pairs.lesson_name(verdict.path))
    times = {pairs.lesson_name(path): pairs.reading_time_of(path) for path in paths}
    click.echo(reading_time.table({name: time for name, time in times.items() if time}))
    for name, time in times.items():
        if reason := _too_long(name, time):
            click.echo(f"  to mend: {name} {reason}")
            failed.add(name)
    if failed:
        raise click.ClickException(
            f"{len(failed)} of {_lessons_in_words(len(paths))} failed: {', '.join(sorted(failed))}"
        )
    before = len(paths) - len(due)
    told = (
        f"{_lessons_in_words(before)} as verified before, {len(due)} checked"
        if before
        else (f"{_lessons_in_words(len(due))} checked")
    )
    click.echo(f"{told}: every output is what is stored.")


def _too_long(name: str, time: "ReadingTime | None") -> str | None:
    """Why a lesson takes too long to read; a page outside the chapters is read in pieces."""
    from course_tools.book.reading_time import too_long

    return too_long(time) if time and "/" in name else None


def _lessons_in_words(count: int) -> str:
    return "1 lesson" if count == 1 else f"{count} lessons"


def _shown(verdict: "Verdict") -> str:
    """What a check found in one lesson, cut to what fits a screen."""
    from course_tools.book.pairs import lesson_name
    from course_tools.book.runtimes import too_slow

    run, findings = verdict.run, verdict.findings
    cost = f"{run.seconds:.1f} s, {run.megabytes:.0f} MB" if run else "not run"
    word = "FAILED" if findings else "ok"
    head = f"{word:6}  {lesson_name(verdict.path)}  {verdict.cells} cells, {cost}"
    shown = findings[:MOST_SHOWN]
    if run and (reason := too_slow(run)):
        shown.insert(0, f"the lesson {reason}: it costs too much, or this machine is slow")
    if len(findings) > MOST_SHOWN:
        shown.append(f"... and {len(findings) - MOST_SHOWN} findings more")
    return "\n".join([head, *("  " + text.replace("\n", "\n  ") for text in shown)])


@notebooks.command(name="in-step")
@FILES
def in_step(files: tuple[Path, ...]) -> None:
    """Say which lessons' .md and .ipynb differ in their cells; nothing is run.

    Without FILE, every lesson of the book; pages without a notebook are passed over.

    Example: course notebooks in-step book/recurrence/bptt.md
    """
    from course_tools.book import pairs

    paths = _lessons(()) if not files else [path for path in files if pairs.is_lesson(path)]
    problems = [problem for path in paths if (problem := pairs.out_of_step(path))]
    if problems:
        raise click.ClickException("\n".join(problems))


@notebooks.command()
@FILES
def update(files: tuple[Path, ...]) -> None:
    """Execute lessons and store the outputs that changed beyond tolerance.

    Without FILE, every lesson of the book. The .md is the source; the .ipynb is made from
    it, and made anew where it does not exist.

    Example: course notebooks update book/recurrence/bptt.md
    """
    from course_tools.book import notebooks as lessons
    from course_tools.book import pairs, runtimes

    paths = _lessons(files)
    failed = 0
    with _progress(paths) as (say, advance):
        for path in paths:
            name = pairs.lesson_name(path)
            try:
                done = lessons.update(path)
            except pairs.LessonError as error:
                failed += 1
                say(f"FAILED  {name}: {error}")
                continue
            finally:
                advance(path)
            runtimes.record({path: done.run})
            notes = [f"  to mend: {problem}" for problem in done.problems]
            for reason in filter(None, (runtimes.too_slow(done.run), runtimes.too_large(done.run))):
                notes.append(f"  to mend: the lesson {reason}")
            if reason := _too_long(name, pairs.reading_time_of(path)):
                notes.append(f"  to mend: the lesson {reason}")
            if table := runtimes.table_for(path):
                chapter = name.rpartition("/")[0]
                optional = runtimes.optional_lessons(table.parent)
                notes += [
                    f"  to mend: {reason}"
                    for reason in runtimes.too_slow_together(runtimes.read(table), optional)
                    if reason.startswith(f"{chapter}:")
                ]
            failed += bool(notes)
            if done.rewritten:
                notes.insert(0, "  the .md was put into canonical form")
            cost = f"{done.run.seconds:.1f} s, {done.run.megabytes:.0f} MB"
            if time := pairs.reading_time_of(path):
                cost += f"; {time.minutes:.0f} minutes to read, {time.words} words"
            say("\n".join([f"{name}: cells with new outputs: {done.changed}; {cost}", *notes]))
    if failed:
        raise click.ClickException(f"{failed} of {_lessons_in_words(len(paths))} need mending")


def _lessons(files: Iterable[Path]) -> list[Path]:
    """The lessons that are asked for, or all of them."""
    from course_tools.book import notebooks as lessons
    from course_tools.book import pairs

    try:
        paths = list(files) or lessons.lessons_under(Path.cwd())
        for path in paths:
            if not any(file.exists() for file in pairs.pair(path)):
                raise pairs.LessonError(f"{path} does not exist")
    except pairs.LessonError as error:
        raise click.ClickException(str(error)) from None
    if not paths:
        raise click.ClickException("book/ holds no lesson yet")
    return paths


@contextmanager
def _progress(
    paths: list[Path],
) -> Generator[tuple[Callable[[str], None], Callable[[Path], None]]]:
    """A bar with the time left on a terminal, plain lines elsewhere.

    Yields:
        A function that prints a line, and one that marks a lesson as done.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from course_tools.book import pairs, runtimes

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        yield click.echo, lambda path: None
        return
    # Each lesson weighs what it cost last time.
    weights = {}
    for path in paths:
        table = runtimes.table_for(path)
        known = runtimes.read(table) if table else {}
        last = known.get(pairs.lesson_name(path))
        weights[path] = (last.seconds if last else 10.0) + 3.0
    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %")]
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("running lessons", total=sum(weights.values()))
        yield console.print, lambda path: bar.advance(task, weights[path])


# --- course equation-index ------------------------------------------------------------------


@click.command(name="equation-index")
@click.option("--label", help="Show one equation only, for example eq-bptt-state.")
def equation_index(label: str | None) -> None:
    """List the numbered equations with what computes and what checks each; name what is missing.

    Run it in the project's root. Exit status 1 while a label is missing on any side.

    Example: course equation-index --label eq-bptt-state
    """
    from course_tools.book.equation_index import read_equation_index

    root = Path.cwd()
    if not (root / "book").is_dir() or not (root / "tests").is_dir():
        raise click.ClickException(f"{root} is not the project's root: it has no book and tests")
    equations, problems = read_equation_index(root)
    if label is not None:
        if label not in equations:
            raise click.ClickException(f"no page, docstring or test has the label {label}")
        equations = {label: equations[label]}
        problems = [problem for problem in problems if f"{label} " in f"{problem} "]
    for equation in equations.values():
        click.echo(f"{equation.label}  {equation.page or '(on no page)'}")
        for symbol in equation.symbols:
            click.echo(f"    implemented by {symbol}")
        for check in equation.checks:
            click.echo(f"    checked by {check.test} against {check.against}")
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)
