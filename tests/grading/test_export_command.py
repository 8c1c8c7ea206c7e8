"""The help of ``course export`` follows the table of formats."""

from click.testing import CliRunner

from course_tools.cli import main
from course_tools.reports.formats import FORMATS


def test_the_help_names_every_format_and_what_it_writes():
    shown = CliRunner().invoke(main, ["export", "--help"]).output.splitlines()
    for name, writer in FORMATS.items():
        assert any(line.split() == [name, *writer.help.split()] for line in shown)


def test_an_unknown_format_is_refused_with_those_that_there_are():
    done = CliRunner().invoke(main, ["export", "class.db", "--format", "excel"])
    assert done.exit_code == 2
    assert all(name in done.output for name in FORMATS)
