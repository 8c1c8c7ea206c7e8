"""What a writer is given, and that a file is written whole or not at all."""

import errno
from pathlib import Path

import pytest

from course_tools.gradebook.settings import Settings
from course_tools.reports.exports import Assignment, Export, ExportError, save


@pytest.mark.parametrize(("title", "shown"), [("Other", "Other"), ("", None)])
def test_the_settings_may_give_the_assignment_another_title(title, shown, recurrence):
    settings = Settings(title=title, lms={"canvas": "R (12)"})
    assignment = Export([], recurrence, settings, Path("out.csv")).assignment
    title = shown or recurrence.title
    assert assignment == Assignment("recurrence", title, None, {"canvas": "R (12)"})


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    path = save(b"before", tmp_path / "deep" / "a.csv")

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match=r"a.csv: cannot be written: No space left on device$"):
        save(b"after", path)
    assert [file.read_bytes() for file in path.parent.iterdir()] == [b"before"]
