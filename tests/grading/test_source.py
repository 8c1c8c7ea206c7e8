import pytest

from course_lib.grading.source import (
    SpecError,
    available,
    load,
    parse,
    strip_solution,
)
from course_lib.grading.source import house as find_house

WRONG = '@scale_task.wrong("adds", "You add the factor; multiply by it.")\n'


def test_the_cells_have_their_kinds(small):
    kinds = [cell.kind for cell in parse(small.path)]
    assert kinds == ["prose", "code", "prose", "task", "spec"]
    assert (small.name, small.title, small.points) == ("small", "Exercises: small", 2)
    assert small.task("scale").arguments == ["x", "factor"]


def test_indentation_of_the_stub_is_that_of_the_region():
    text = "def f():\n    if True:\n        ### BEGIN SOLUTION\n        1\n        ### END SOLUTION"
    assert strip_solution(text).splitlines()[-1] == "        ...  # your answer here"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    ### END SOLUTION\n", "", "without its partner"),
        ("    ### BEGIN SOLUTION\n", "", "without its partner"),
        ("# # Exercises: small", "# Exercises", "no '# Title'"),
        ('"scale",\n', '"other",\n', "one task cell and one spec"),
        (
            '@scale_task.wrong("adds", "You add the factor; multiply by it.")\n',
            "",
            "needs 2 known wrong answers, has 1",
        ),
        ('@scale_task.right("loop")\n', "", "needs 3 right answers besides the solution, has 2"),
        ("@scale_task.inputs\n", "", "no @task.inputs"),
        ("seconds=5.0", 'call="by post"', "unknown call"),
        (
            "def scale(x, factor):",
            "def second():\n    pass\n\n\ndef scale(x, factor):",
            "one function",
        ),
    ],
)
def test_an_incomplete_source_is_refused_by_name(house, old, new, message):
    path = house / "solutions" / "small.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SpecError, match=message):
        load(path)


def test_the_house_is_found_from_below(house, monkeypatch):
    monkeypatch.chdir(house / "exercises")
    assert find_house() == house
    assert [path.name for path in available(house)] == ["small.py"]


def test_outside_a_course_the_error_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match="a folder above it holds"):
        find_house()
