"""The book's commands: ``course notebooks``, ``course ledger``, ``course new-chapter``."""

from pathlib import Path

import click

FILES = click.argument(
    "files", nargs=-1, metavar="[FILE ...]", type=click.Path(exists=True, path_type=Path)
)


# --- course notebooks -----------------------------------------------------------------------


@click.group()
def notebooks() -> None:
    """Compare the lessons' stored outputs with a re-run, or renew them.

    Example: course notebooks check book/recurrence/bptt.ipynb
    """


@notebooks.command()
@FILES
def update(files: tuple[Path, ...]) -> None:
    """Execute lessons and store the outputs that changed; the .md is the source.

    Example: course notebooks update book/recurrence/bptt.md
    """
    from course_lib.book import notebooks as lessons

    for path in files:
        try:
            run, changed = lessons.update(path)
        except lessons.LessonError as error:
            raise click.ClickException(f"{path}: {error}") from None
        click.echo(
            f"{lessons.lesson_name(path)}: {changed} cells with new outputs, "
            f"{run.seconds:.1f} s, {run.megabytes:.0f} MB"
        )


# --- course ledger, course new-chapter ------------------------------------------------------
