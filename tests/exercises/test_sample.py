"""A made-up class is a mixture of answers that the specs know."""

import json

import pytest

from course_tools.answers.values import encode
from course_tools.exercises.release import build_notebook
from course_tools.exercises.sample import _answers, fill_in, sample_class, write_class

pytestmark = pytest.mark.slow


def run(cells):
    names = {}
    for text in cells:
        exec(compile(text, "<cell>", "exec"), names)
    return names


def test_every_answer_stands_alone_and_behaves_as_its_original(recurrence):
    imports = [cell.text for cell in recurrence.cells if cell.kind == "code"]
    for task in recurrence.tasks:
        right, wrong = _answers(task)
        mutants = [answer for answer in task.wrongs if answer.text]
        assert mutants, task.name
        assert len(wrong) == len(mutants) + 2
        for text, original in [
            (right[0], task.reference),
            *zip(wrong, [answer.function for answer in mutants], strict=False),
        ]:
            assert "SOLUTION" not in text
            mine = run([*imports, text])[task.name]
            for inputs in task.public_inputs():
                assert outcome(task, mine, inputs) == outcome(task, original, inputs)


def outcome(task, function, inputs):
    try:
        return encode(task.outcome(function, inputs))
    except Exception as error:
        return type(error)


def test_a_seed_gives_the_same_class_twice(small):
    assert sample_class(small, 9, 7) == sample_class(small, 9, 7)
    assert sample_class(small, 9, 7) != sample_class(small, 9, 8)


def test_filling_in_changes_only_the_task_cells(recurrence):
    empty = build_notebook(recurrence)
    filled = json.loads(fill_in(empty, {"masked_mean": "def masked_mean(hs, mask):\n    pass\n"}))
    pairs = zip(json.loads(empty)["cells"], filled["cells"], strict=True)
    assert [new["id"] for old, new in pairs if old != new] == ["masked-mean"]


def test_a_class_is_a_folder_and_a_roster(small, tmp_path):
    *notebooks, roster = write_class(small, tmp_path / "class", 3, 1)
    assert [path.name for path in notebooks] == [f"student-0{i}.ipynb" for i in (1, 2, 3)]
    assert roster.read_text().count("\n") == 4
    with pytest.raises(FileExistsError, match="is not empty"):
        write_class(small, tmp_path / "class", 3, 1)
