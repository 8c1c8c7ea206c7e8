"""The shell's side of the exercises: ``course exercises`` and ``course check``."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import click

from course_tools.exercises.mutants import SpecError
from course_tools.exercises.source import ExerciseSet, available, project_root, load_by_name


def _load(root: Path, name: str) -> ExerciseSet:
    """Load one exercise set by name, or say in one sentence what is wrong."""
    try:
        return load_by_name(root, name)
    except SpecError as error:
        raise click.ClickException(str(error)) from error


def _root() -> Path:
    try:
        return project_root()
    except SpecError as error:
        raise click.ClickException(str(error)) from error


@click.group()
def exercises() -> None:
    """Make the students' side of the exercises out of solutions/.

    Example: course exercises build
    """


@exercises.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
def build(names: tuple[str, ...]) -> None:
    """Regenerate exercises/ from solutions/; what is in step stays as it is.

    Example: course exercises build recurrence
    """
    from course_tools.exercises.release import write_kit

    root = _root()
    for name in names or [path.name for path in available(root)]:
        written = write_kit(_load(root, name), root / "exercises", instructions=False)
        listed = ", ".join(str(path.relative_to(root)) for path in written)
        click.echo(f"{name}: {f'wrote {listed}' if written else 'in step'}")


@exercises.command(name="in-step")
@click.argument("files", nargs=-1, metavar="[FILE ...]", type=click.Path(path_type=Path))
def in_step(files: tuple[Path, ...]) -> None:
    """Say which files in exercises/ no longer follow from solutions/.

    Without FILE, all; with files of either folder, those of the same sets.

    Example: course exercises in-step solutions/recurrence/deltas.py
    """
    from course_tools.exercises.set_check import kit_problem

    names = {path.name.split(".")[0] for path in files} | {path.parent.name for path in files}
    sets = [path.name for path in available(_root()) if not files or path.name in names]
    problems = [problem for name in sets if (problem := kit_problem(_load(_root(), name)))]
    if problems:
        raise click.ClickException("\n".join(problems))


@exercises.command()
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the kit; made if it is not there.",
)
def release(name: str, out: Path) -> None:
    """Write a student's kit: notebook, public cases, instructions, and no answer.

    Example: course exercises release recurrence --out kit/
    """
    from course_tools.exercises.release import write_kit
    from course_tools.exercises.verify import leaked_lines

    exercise_set = _load(_root(), name)
    try:
        write_kit(exercise_set, out)
    except OSError as error:
        raise click.ClickException(f"{out}: cannot be written: {error.strerror}") from error
    files = [out / end for end in (f"{name}.ipynb", f"{name}.cases.json", "README.txt")]
    leaks = leaked_lines(exercise_set, "\n".join(path.read_text("utf-8") for path in files))
    if leaks:
        raise click.ClickException(f"the kit would give an answer away: {leaks[0]!r}")
    n_tasks, points = len(exercise_set.tasks), exercise_set.points
    click.echo(f"{out}: {n_tasks} tasks, {points:g} points, {len(files)} files, no answers")


@exercises.command()
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the notebooks; the roster goes beside it.",
)
@click.option("--students", type=click.IntRange(min=1), default=12, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the mixture of answers.")
def sample(name: str, out: Path, students: int, seed: int) -> None:
    """Make up a class that has handed in, to try the grading on.

    Example: course exercises sample recurrence --out submissions/
    """
    from course_tools.exercises.sample import write_class

    try:
        *notebooks, roster = write_class(_load(_root(), name), out, students, seed)
    except OSError as error:
        why = error.strerror or error
        raise click.ClickException(f"{out}: cannot be written: {why}") from error
    click.echo(f"{out}: {len(notebooks)} notebooks; the roster is {roster}")


@click.command()
@click.argument("notebook", required=False, type=click.Path(path_type=Path))
@click.option("--task", "only", help="Check one task only.")
@click.option(
    "--jobs", default=2, show_default=True, type=click.IntRange(1), help="Sets at a time."
)
@click.option("--full", is_flag=True, envvar="FULL", help="Verify again what was verified before.")
def check(notebook: Path | None, only: str | None, jobs: int, full: bool) -> None:
    """Check a filled-in notebook, or, without one, every exercise set in solutions/.

    A set that was verified on this machine before is not checked again while nothing that its
    check reads has changed.

    Example: course check recurrence.ipynb --task masked_mean
    """
    if notebook is None:
        _check_sets(jobs, full)
    else:
        _check_notebook(notebook, only)


def _check_notebook(notebook: Path, only: str | None) -> None:
    from course_tools.kit.check import checker
    from course_tools.kit.notebook import NotANotebook, read_code, run_cells

    try:
        sources = read_code(notebook)
        name = _which_set(notebook, sources)
        check_task = checker(name, notebook.resolve().parent)
    except (NotANotebook, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    # the notebook's own check cells would only say everything twice
    run = run_cells(
        ["" if re.match(r"\s*check\b", source) else source for source in sources],
        notebook.resolve().parent,
    )
    for line in run.failed:
        click.echo(f"! {line}")
    for task in [only] if only else check_task.tasks:
        click.echo(check_task(task, run.names))
    overview = check_task.all(run.names)
    if not only:
        click.echo(overview.sentence)


def _which_set(notebook: Path, sources: list[str]) -> str:
    """The exercise set named in the notebook's ``checker(...)``, else the notebook's own name."""
    found = re.search(r"checker\(\s*['\"](\w+)['\"]", "\n".join(sources))
    return found[1] if found else notebook.stem


def _check_sets(jobs: int, full: bool) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from course_tools.exercises import set_check

    root, found = _root(), []
    paths = available(root)
    due = [path for path in paths if full or not set_check.verified(root, path)]
    columns = ["{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns) as progress, ThreadPoolExecutor(jobs) as pool:
        bar = progress.add_task("exercise sets", total=len(due))
        for problems in pool.map(partial(set_check.check_set, root), due):
            found += problems
            progress.advance(bar)
    for problem in found:
        click.echo(f"✗ {problem}")
    if found:
        raise click.ClickException(f"{len(found)} problems in {len(due)} exercise sets")
    before = len(paths) - len(due)
    told = f"{before} as verified before, {len(due)} checked" if before else f"{len(due)} checked"
    click.echo(f"✓ exercise sets: {told}; all are fit to be given to students")
