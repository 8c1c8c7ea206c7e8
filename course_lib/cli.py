"""The ``course`` command: everything that runs the course."""

from importlib import import_module

import click

COMMANDS = {
    "notebooks": ("course_lib.book.commands", "notebooks"),
    "ledger": ("course_lib.book.commands", "ledger"),
    "new-chapter": ("course_lib.book.commands", "new_chapter"),
    "exercises": ("course_lib.grading.commands", "exercises"),
    "check": ("course_lib.grading.commands", "check"),
}


class LazyGroup(click.Group):
    """Loads a command's module only when that command is used: ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds the command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        return getattr(import_module(module), attribute)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="course-lib")
def main() -> None:
    """Run the course: notebooks, ledger, exercises.

    Example: course notebooks check
    """
