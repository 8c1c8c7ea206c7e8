"""The scripts beside the lessons that do longer experiments, and the tables that they wrote."""

import csv
import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_tools.book.experiment import Table

BOOK = Path(__file__).parents[1] / "book"


class Script:
    """A script of ``book/<chapter>/data/``, loaded as a module."""

    def __init__(self, name):
        self.path = BOOK / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"{self.path.stem}_script", self.path)
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)

    def __getattr__(self, name):
        return getattr(self.module, name)

    def run(self, *arguments):
        """The outcome of the command; text as it came."""
        return CliRunner().invoke(self.module.main, [str(argument) for argument in arguments])

    def rows(self, table=None):
        """Rows of a table, one dictionary each; by default of the one that ships."""
        path = table or self.path.with_suffix(".csv")
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def check_that_it_resumes(script, folder, *arguments):
    """Interrupt a run after its first piece; the next one does the rest, and a third nothing.

    Returns the whole table's rows.
    """
    whole, pieces = folder / "whole.csv", folder / "pieces.csv"
    calls, add = [], Table.add

    def counted(self, rows):
        calls.append(add(self, rows))

    def interrupted(self, rows):
        add(self, rows)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "add", counted)
        assert script.run("--table", whole, *arguments).exit_code == 0
        at_once = len(calls)
        assert at_once > 1
        patch.setattr(Table, "add", interrupted)
        assert script.run("--table", pieces, *arguments).exit_code == 1
        assert 0 < len(script.rows(pieces)) < len(script.rows(whole))
        patch.setattr(Table, "add", counted)
        for more in (at_once - 1, 0):
            calls.clear()
            assert script.run("--table", pieces, *arguments).exit_code == 0
            assert len(calls) == more
            assert pieces.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["pieces.csv", "whole.csv"]
    assert "Example: python " + script.path.name in script.run("--help").output
    return script.rows(whole)
