"""The ``course`` command: everything that runs the course."""

from importlib import import_module
from pathlib import Path

import click

COMMANDS = {
    "notebooks": ("course_tools.book.commands", "notebooks"),
    "equation-index": ("course_tools.book.commands", "equation_index"),
    "exercises": ("course_tools.exercises.commands", "exercises"),
    "check": ("course_tools.exercises.commands", "check"),
    "grade": ("course_tools.grading.commands", "grade"),
    "regrade": ("course_tools.grading.commands", "regrade"),
    "show": ("course_tools.grading.commands", "show"),
    "override": ("course_tools.grading.commands", "override"),
    "export": ("course_tools.grading.export_command", "export"),
    "gradescope-zip": ("course_tools.grading.commands", "gradescope_zip"),
}


class LazyGroup(click.Group):
    """Loads a command's module only when that command is used: ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of ``COMMANDS``, then the commands of this file."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds the command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, attribute = COMMANDS[cmd_name]
        return getattr(import_module(module), attribute)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="course-lib")
def main() -> None:
    """Run the course: notebooks, equations, exercises, grading.

    Example: course notebooks check
    """


@main.command(name="new-chapter")
@click.argument("slug")
def new_chapter(slug: str) -> None:
    """Lay out an empty chapter that passes every check.

    Example: course new-chapter gating
    """
    from course_tools.book import notebooks as lessons
    from course_tools.book.new_chapter import lay_out
    from course_tools.book.pairs import LessonError
    from course_tools.exercises.release import write_kit
    from course_tools.exercises.source import load

    root = Path.cwd()
    try:
        written = lay_out(root, slug)
        lessons.update(root / "book" / slug / "first-lesson.md")
    except (ValueError, OSError, LessonError) as error:
        raise click.ClickException(str(error)) from None
    written += write_kit(
        load(root / "solutions" / slug.replace("-", "_")), root / "exercises", False
    )
    for path in written:
        click.echo(str(path.relative_to(root)))
    click.echo("Now replace the lines that say 'To write', and run")
    click.echo(f"course notebooks update book/{slug}/first-lesson.md")
