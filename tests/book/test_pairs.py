from pathlib import Path

import nbformat
import pytest
from lessons import as_lesson, code

from course_lib.book.pairs import (
    LessonError,
    from_markdown,
    lesson_name,
    pair,
    to_json,
    to_markdown,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", sorted((ROOT / "book").rglob("*.ipynb")), ids=lesson_name)
def test_every_lesson_is_in_step_with_its_notebook(page):
    markdown, notebook = pair(page)
    stored = nbformat.read(notebook, as_version=4)
    text = markdown.read_text("utf-8")
    assert to_markdown(stored) == text
    assert [cell.source for cell in from_markdown(text).cells] == [c.source for c in stored.cells]


def test_making_a_notebook_again_changes_no_byte():
    text = to_markdown(as_lesson(code("a"), code("b"), code("a")))
    once = from_markdown(to_markdown(from_markdown(text)))
    assert to_json(from_markdown(to_markdown(once))) == to_json(once)
    assert len({cell.id for cell in once.cells}) == len(once.cells)


def test_editing_one_cell_keeps_the_ids_of_the_others():
    before = from_markdown(to_markdown(as_lesson(code("a"), code("b"))))
    after = from_markdown(to_markdown(as_lesson(code("a"), code("c"))))
    assert before.cells[-2].id == after.cells[-2].id
    assert before.cells[-1].id != after.cells[-1].id


def test_either_file_names_the_pair_and_others_are_refused():
    assert pair(Path("x/lesson.md")) == pair(Path("x/lesson.ipynb"))
    with pytest.raises(LessonError, match=r"lesson\.py: expected a lesson's \.md or \.ipynb"):
        pair(Path("x/lesson.py"))


def test_a_lesson_outside_a_book_is_named_by_its_file():
    assert lesson_name(Path("/tmp/lesson.md")) == "lesson"
