"""Which errors become one sentence, and which show."""

import click
import pytest

from course_tools.gradebook.settings import SettingsError
from course_tools.gradebook.storage import GradebookError
from course_tools.grading.command_line import handle_user_errors
from course_tools.grading.workers import PoolError
from course_tools.reports.exports import ExportError
from course_tools.submissions.archives import CollectError
from course_tools.submissions.roster import RosterError


def raising(error):
    @handle_user_errors
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    "kind",
    [CollectError, ExportError, GradebookError, PoolError, RosterError, SettingsError, OSError],
)
def test_what_an_instructor_can_cause_is_one_sentence(kind):
    with pytest.raises(click.ClickException) as caught:
        raising(kind("the disk is full"))()
    assert caught.value.message == "the disk is full"


def test_an_interrupted_command_says_how_to_go_on():
    with pytest.raises(click.ClickException, match="the same command goes on from there"):
        raising(KeyboardInterrupt())()


@pytest.mark.parametrize("error", [BrokenPipeError(), KeyError("a bug")])
def test_a_bug_shows_and_whoever_stops_reading_is_told_nothing(error):
    with pytest.raises(type(error)):
        raising(error)()
