from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from lessons import as_lesson, code

from course_tools.book.commands import notebooks
from course_tools.book.notebooks import lessons_under
from course_tools.book.pairs import (
    LessonError,
    from_markdown,
    lesson_name,
    out_of_step,
    pair,
    to_json,
    to_markdown,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", lessons_under(ROOT), ids=lesson_name)
def test_every_lesson_is_in_step_with_its_notebook(page):
    assert out_of_step(page) == ""


@pytest.fixture
def lesson(tmp_path):
    """A pair that says the same, by its .md."""
    text = to_markdown(from_markdown(to_markdown(as_lesson(code("a"), code("b")))))
    (tmp_path / "lesson.md").write_text(text)
    (tmp_path / "lesson.ipynb").write_text(to_json(from_markdown(text)))
    return tmp_path / "lesson.md"


def test_a_pair_in_step_and_one_of_which_one_was_edited(lesson):
    assert out_of_step(lesson) == ""
    for file in (lesson, lesson.with_suffix(".ipynb")):
        kept = file.read_text()
        file.write_text(kept.replace("# A lesson", "# Another lesson"))
        assert "lesson.ipynb is out of step with lesson.md: run course" in out_of_step(lesson)
        file.unlink()
        assert f"{file} does not exist beside" in out_of_step(lesson)
        file.write_text(kept)


def test_the_command_passes_over_pages_of_text_alone(lesson):
    page = lesson.with_name("index.md")
    page.write_text("# A chapter")
    run = partial(CliRunner().invoke, notebooks)
    assert run(["in-step", str(lesson), str(page)]).exit_code == 0
    lesson.write_text(lesson.read_text() + "More.\n")
    told = run(["in-step", str(lesson), str(page)])
    assert (told.exit_code, "out of step" in told.output) == (1, True)


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
