"""What the commands share: arguments and options, the handler of user errors, what is loaded."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from course_tools.sandbox.levels import LEVELS, NoIsolation

if TYPE_CHECKING:
    from course_tools.exercises.source import ExerciseSet
    from course_tools.gradebook.book import Gradebook
    from course_tools.gradebook.models import GradeSummary
    from course_tools.gradebook.settings import Settings


gradebook_argument = click.argument("gradebook")
isolation_option = click.option(
    "--isolation",
    type=click.Choice(LEVELS),
    help="How student code is kept apart; by default the best that this machine has.",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Submissions at a time; by default one per core.",
)
scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A dask cluster instead of --jobs: tcp://host:8786, local, or local:2.",
)
settings_option = click.option(
    "--settings",
    type=click.Path(path_type=Path),
    help="Late rule, weights, limits; by default solutions/EXERCISE/set.yml.",
)


def handle_user_errors(function: Callable) -> Callable:
    """Turn what an instructor can cause into one sentence; anything else is a bug and shows."""

    @functools.wraps(function)
    def command(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except KeyboardInterrupt:
            raise click.ClickException(
                "stopped; what was graded is kept, and the same command goes on from there"
            ) from None
        except BrokenPipeError:  # whoever read the output has seen enough, as `head` has
            raise
        except Exception as error:
            if not isinstance(error, _user_errors()):
                raise
            raise click.ClickException(str(error)) from error

    return command


def _user_errors() -> tuple[type[Exception], ...]:
    """What an instructor can cause."""
    from course_tools.exercises.mutants import SpecError
    from course_tools.gradebook.settings import SettingsError
    from course_tools.gradebook.storage import GradebookError
    from course_tools.grading.workers import PoolError
    from course_tools.reports.exports import ExportError
    from course_tools.submissions.archives import CollectError
    from course_tools.submissions.roster import RosterError

    known = (CollectError, ExportError, RosterError, SettingsError, GradebookError, PoolError)
    return (*known, SpecError, NoIsolation, OSError)


def load_exercises(name: str, settings: Path | None) -> tuple["ExerciseSet", "Settings"]:
    """The exercise set, and its settings file where there is one."""
    from course_tools.exercises.source import load_by_name, project_root
    from course_tools.gradebook.settings import load_settings, settings_path

    exercises = load_by_name(project_root(), name)
    settings = settings or settings_path(exercises.path)
    return exercises, load_settings(settings, [task.name for task in exercises.tasks])


def class_grades(
    book: "Gradebook", exercises: "ExerciseSet", rules: "Settings"
) -> list["GradeSummary"]:
    """The grades of everybody in a gradebook, by the settings as they are now."""
    from course_tools.gradebook.scores import grade_summaries

    return grade_summaries(book, [(task.name, task.points) for task in exercises.tasks], rules)
