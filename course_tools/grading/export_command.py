"""The command that exports grades; apart, since it loads every format."""

from pathlib import Path

import click

from course_tools.grading.command_line import (
    class_grades,
    gradebook_argument,
    handle_user_errors,
    load_exercises,
    settings_option,
)
from course_tools.reports import formats


@click.command(epilog=f"\b\nFormats:\n{formats.list_formats()}")
@gradebook_argument
@click.option("--format", "form", type=click.Choice(list(formats.FORMATS)), required=True)
@click.option("--out", type=click.Path(path_type=Path), help="File or folder to write.")
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="The file that the school's system gave out, to be filled in.",
)
@settings_option
@handle_user_errors
def export(
    gradebook: str, form: str, out: Path | None, template: Path | None, settings: Path | None
) -> None:
    """Write the grades for the school's system, or as pages to read (html).

    Example: course export class.db --format html --out feedback/
    """
    from course_tools.gradebook.book import Gradebook

    with Gradebook.open(gradebook, create=False) as book:
        exercises, rules = load_exercises(book.exercise, settings)
        grades = class_grades(book, exercises, rules)
    for sentence in formats.export(form, grades, exercises, rules, out, template):
        click.echo(sentence)
