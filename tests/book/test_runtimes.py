"""What lessons cost, written down without noise."""

from pathlib import Path

import pytest

from course_tools.book.notebooks import Run, lessons_under
from course_tools.book.pairs import lesson_name
from course_tools.book.runtimes import (
    OPTIONAL,
    optional_lessons,
    read,
    record,
    too_large,
    too_slow,
    too_slow_together,
)


@pytest.fixture
def book(tmp_path):
    folder = tmp_path / "book" / "chapter"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text("# A lesson\n")
    return tmp_path / "book"


def test_a_table_for_the_page(book):
    record({book / "chapter/two.ipynb": Run(11.6, 310.2), book / "chapter/one.ipynb": Run(0.2, 99)})
    assert (book / "runtimes.csv").read_text() == (
        "lesson,seconds,megabytes\nchapter/one,1,99\nchapter/two,12,310\n"
    )
    assert read(book / "runtimes.csv")["chapter/two"] == Run(12, 310)


@pytest.mark.parametrize(
    ("run", "moved"),
    [
        (Run(12, 300), False),
        (Run(17, 300), False),
        (Run(8.5, 210), False),
        (Run(19, 300), True),
        (Run(7, 300), True),
        (Run(12, 460), True),
        (Run(12, 190), True),
    ],
)
def test_only_real_changes_are_written(book, run, moved):
    lesson = book / "chapter" / "one.ipynb"
    record({lesson: Run(12, 300)})
    before = (book / "runtimes.csv").read_text()
    record({lesson: run})
    assert ((book / "runtimes.csv").read_text() != before) == moved


def test_short_lessons_make_no_noise(book):
    lesson = book / "chapter" / "one.ipynb"
    record({lesson: Run(0.5, 100)})
    before = (book / "runtimes.csv").read_text()
    record({lesson: Run(1.9, 100)})
    assert (book / "runtimes.csv").read_text() == before


def test_lessons_that_are_gone_lose_their_row(book):
    record({book / "chapter/one.ipynb": Run(1, 1), book / "chapter/two.ipynb": Run(1, 1)})
    (book / "chapter/two.md").unlink()
    record({book / "chapter/one.ipynb": Run(1, 1)})
    assert list(read(book / "runtimes.csv")) == ["chapter/one"]


def test_notebooks_outside_a_book_are_not_recorded(tmp_path):
    record({tmp_path / "one.ipynb": Run(1, 1)})
    assert list(tmp_path.iterdir()) == []


def test_budget():
    assert too_slow(Run(25, 1600)) is None
    assert "26 s" in too_slow(Run(26, 100))
    assert too_large(Run(26, 1500)) is None
    assert "1600 MB" in too_large(Run(1, 1600))


@pytest.mark.parametrize("run", [Run(26, 100), Run(12, 1501)])
def test_a_run_over_the_budget_is_not_recorded(book, run):
    lesson = book / "chapter" / "one.ipynb"
    record({lesson: Run(12, 300)})
    record({lesson: run})
    assert read(book / "runtimes.csv") == {"chapter/one": Run(12, 300)}


def test_the_lessons_of_a_chapter_have_a_budget_together():
    halves = {"one/a": Run(45, 1), "one/b": Run(45, 1), "two/a": Run(25, 1), "page": Run(95, 1)}
    assert too_slow_together(halves) == []
    (reason,) = too_slow_together(halves | {"one/c": Run(1, 1)})
    assert reason.startswith("one: ")
    assert "91 s" in reason
    assert too_slow_together(halves | {"one/c": Run(1, 1)}, optional={"one/a"}) == []


def test_a_lesson_is_optional_if_its_head_says_so(book):
    (book / "chapter/one.md").write_text(f"# One\n\n{OPTIONAL} **Assumes:** two.\n")
    (book / "chapter/two.md").write_text("# Two\n\nNothing is optional here.\n")
    assert optional_lessons(book) == {"chapter/one"}


def test_what_the_book_says_that_its_lessons_cost_is_within_the_budget():
    """A lesson has no row while it is empty, as new-chapter lays it out, or over the budget."""
    book = Path(__file__).parents[2] / "book"
    recorded = read(book / "runtimes.csv")
    lessons = lessons_under(book.parent)
    written = [path for path in lessons if "*To write:" not in path.with_suffix(".md").read_text()]
    assert {lesson_name(path) for path in written} <= set(recorded)
    assert set(recorded) <= {lesson_name(path) for path in lessons}
    assert all(too_slow(run) is None and too_large(run) is None for run in recorded.values())
    assert too_slow_together(recorded, optional_lessons(book)) == []
