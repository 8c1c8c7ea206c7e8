"""The ``course`` command: everything that runs the course."""

from importlib import import_module
from pathlib import Path

import click

COMMANDS = {
    "notebooks": ("course_lib.book.commands", "notebooks"),
    "ledger": ("course_lib.book.commands", "ledger"),
    "exercises": ("course_lib.grading.commands", "exercises"),
    "check": ("course_lib.grading.commands", "check"),
    "grade": ("course_lib.judging.commands", "grade"),
    "regrade": ("course_lib.judging.commands", "regrade"),
    "show": ("course_lib.judging.commands", "show"),
    "override": ("course_lib.judging.commands", "override"),
    "export": ("course_lib.judging.commands", "export"),
    "gradescope-zip": ("course_lib.judging.commands", "gradescope_zip"),
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
    """Run the course: notebooks, ledger, exercises, grading.

    Example: course notebooks check
    """


@main.command(name="new-chapter")
@click.argument("slug")
def new_chapter(slug: str) -> None:
    """Lay out an empty chapter that passes every check.

    Example: course new-chapter gating
    """
    from course_lib.book import notebooks as lessons
    from course_lib.book.new_chapter import lay_out
    from course_lib.book.pairs import LessonError
    from course_lib.grading.release import write_kit
    from course_lib.grading.source import load

    root = Path.cwd()
    try:
        written = lay_out(root, slug)
        lessons.update(root / "book" / slug / "first-lesson.md")
    except (ValueError, OSError, LessonError) as error:
        raise click.ClickException(str(error)) from None
    written += write_kit(
        load(root / "solutions" / f"{slug.replace('-', '_')}.py"), root / "exercises", False
    )
    for path in written:
        click.echo(str(path.relative_to(root)))
    click.echo("Now look for the lines that begin with 'To write'.")
