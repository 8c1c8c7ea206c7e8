import json

import nbformat

from course_tools.exercises.release import (
    build_notebook,
    public_cases,
    same_cases,
    write_cases,
    write_kit,
)
from course_tools.exercises.verify import out_of_step


def test_the_notebook_is_valid_and_holds_stub_check_and_points(small):
    notebook = nbformat.reads(build_notebook(small), as_version=4)
    nbformat.validate(notebook)
    sources = [cell.source for cell in notebook.cells]
    assert "    ...  # your answer here" in sources[4]
    assert sources[5] == 'check("scale")'
    assert sources[-1] == "check.all()"
    assert any("## 1. Scale (2 points)" in source for source in sources)
    assert not any("spec" in source or "answer_of_scale" in source for source in sources)


def test_a_kit_that_is_in_step_is_left_alone(small, tmp_path):
    first = write_kit(small, tmp_path, instructions=False)
    assert [path.name for path in first] == ["small.ipynb", "small.cases.json"]
    assert write_kit(small, tmp_path, instructions=False) == []


def test_rounding_does_not_put_the_cases_out_of_step_but_a_change_does(small):
    stored = public_cases(small)
    mistake = stored["tasks"][0]["mistakes"][0]["prints"][0]
    mistake["along"][0] *= 1 + 1e-9
    notebook = build_notebook(small)
    assert out_of_step(small, notebook, write_cases(stored)) == ""
    mistake["along"][0] *= 1.01
    assert out_of_step(small, notebook, write_cases(stored)) == "small.cases.json"
    assert out_of_step(small, notebook + " ", write_cases(stored)) == "small.ipynb"


def test_another_expected_value_puts_the_cases_out_of_step(small):
    stored, fresh = public_cases(small), public_cases(small)
    assert same_cases(json.loads(write_cases(stored)), fresh)
    cases = stored["tasks"][0]["cases"]
    cases[1]["expected"], cases[2]["expected"] = cases[2]["expected"], cases[1]["expected"]
    assert not same_cases(stored, fresh)
