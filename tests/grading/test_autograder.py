"""``run_autograder`` in its folders: whatever is handed in, results.json is valid.

It is run for real where the scripts or what the zip holds matter, and in this process elsewhere.
"""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from gradescope_schema import SCHEMA
from laid_out import lay_out, notebook, run, submit
from quick_judge import QuickConfig, QuickJudge
from small_set import SMALL, add_settings

from course_tools.exercises.source import load, write_set
from course_tools.grading import autograder, engine
from course_tools.grading.autograder import read_submission, submitter
from course_tools.grading.autograder_zip import build_zip
from course_tools.grading.pools import LocalPool
from course_tools.sandbox import levels

pytestmark = pytest.mark.slow

RIGHT = notebook(
    "from course_lib.foundations.softmax import softmax",
    "def scale(x, factor):\n    return x * factor",
)
WRONG = notebook("def scale(x, factor):\n    return x + factor")
ADA = {
    "id": 71,
    "created_at": "2026-11-20T10:00:00.000000-07:00",
    "users": [{"id": 1, "email": "ada@uni.edu", "name": "Ada"}],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The platform's folder, with the autograder of a small exercise set."""
    root, folder = (tmp_path_factory.mktemp(name) for name in ("course", "gradescope"))
    (root / "solutions").mkdir()
    write_set(root / "solutions" / "small", SMALL)
    add_settings(root, "preload: [numpy]\n")
    shutil.copy(Path(__file__).parents[2] / "requirements.txt", root)
    return lay_out(build_zip("small", root, folder / "a.zip", seed=7), folder)


def results_of(home, **environment):
    done = run([home / "run_autograder"], home, **environment)
    assert done.returncode == 0, done.stdout
    return read_results(home)


def results_here(home):
    """The same from a grading by the course's own code, in this process."""
    (home / "results").mkdir()
    autograder.main(home)
    return read_results(home)


def read_results(home):
    results = json.loads((home / "results" / "results.json").read_text())
    jsonschema.validate(results, SCHEMA)
    return results


def test_a_right_answer_gets_its_points_and_nobody_but_root_reads_the_rest(home):
    """Of several notebooks the one named for the exercise counts."""
    submit(home, {"notes.ipynb": WRONG, "deep/small.ipynb": RIGHT, "a.ipynb": "{"}, ADA)
    results = results_of(home)
    assert results["score"] == 2.0
    assert [(t["name"], t["score"], t["max_score"]) for t in results["tests"]] == [("scale", 2, 2)]
    assert "Isolation: " in results["output"]
    assert "Cells that stopped" not in results["output"]  # the library can be imported
    assert "deep/small.ipynb counts" in results["output"]
    modes = {name: (home / name).stat().st_mode & 0o777 for name in ("source", "results")}
    assert modes == {"source": 0o700, "results": 0o700}
    for name in ("source/seed", "submission_metadata.json"):
        assert (home / name).stat().st_mode & 0o077 == 0


def test_a_wrong_answer_is_explained_without_hidden_input_or_solution(home):
    submit(home, {"small.ipynb": WRONG}, ADA)
    results = results_here(home)
    assert results["score"] == 0.0
    shown = json.dumps(results)
    assert "You add the factor; multiply by it." in shown
    assert "answer_of_scale" not in shown
    assert "x * factor" not in shown
    task = load(home / "source" / "solutions" / "small").tasks[0]
    hidden = [number for x, factor in task.draw("ada@uni.edu", 7) for number in (*x, factor)]
    assert len(hidden) >= 18
    assert not any(f"{number:.4f}"[:6] in shown for number in hidden)


@pytest.mark.parametrize(
    ("files", "words", "results"),
    [
        ({}, "othing was handed in", results_here),
        (
            {"essay.txt": "hello"},
            "there is no notebook among the files: essay.txt",
            results_of,
        ),
        (
            {"small.ipynb": b"\xff\xfe\x00"},
            "he file cannot be read as a notebook",
            results_here,
        ),
    ],
)
def test_a_submission_without_a_notebook_gets_no_points_and_a_reason(home, files, words, results):
    submit(home, files, ADA)
    results = results(home)
    assert words in results["output"]
    assert "handed-in" not in results["output"]
    assert [test["score"] for test in results["tests"]] == [results["score"]] == [0.0]


@pytest.mark.parametrize("metadata", [None, [], {"users": "x"}, {"users": [], "created_at": 5}])
def test_odd_metadata_costs_nothing(tmp_path, metadata):
    submit(tmp_path, {"small.ipynb": RIGHT}, metadata)
    assert submitter(tmp_path / "submission_metadata.json")[0].id == "student"
    assert submitter(tmp_path / "gone.json")[0].id == "student"


def test_who_and_when_come_from_the_platform_and_a_group_is_one_student(tmp_path):
    submit(tmp_path, {"small.ipynb": RIGHT}, ADA)
    submission = read_submission(tmp_path, "small")
    assert (submission.person.id, submission.person.name) == ("ada@uni.edu", "Ada")
    assert submission.handed_in == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    users = [{"id": 2, "email": "bob@uni.edu"}, *ADA["users"], {"id": 9}]
    submit(tmp_path, {"small.ipynb": RIGHT}, {**ADA, "users": users})
    assert read_submission(tmp_path, "small").person.id == "9+ada@uni.edu+bob@uni.edu"


def broken(home, tmp_path, file, text):
    """The same layout, in which one module of ours does something else."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy, symlinks=True)
    path = copy / "source" / "course_tools" / file
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    submit(copy, {"small.ipynb": RIGHT}, ADA)
    return copy


def for_the_instructor(results):
    assert "score" not in results
    assert "The fault is not yours" in results["output"]
    (note,) = results["tests"]
    assert note["visibility"] == "hidden"
    return note["output"]


def test_when_the_grader_fails_nobody_gets_zero_and_the_instructor_reads_why(home, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("17")

    monkeypatch.setattr(engine, "grade", fail)
    submit(home, {"small.ipynb": RIGHT}, ADA)
    said = for_the_instructor(results_here(home))
    assert "ZeroDivisionError" in said
    assert "17" not in said


def test_when_the_judge_dies_nobody_gets_zero(home, monkeypatch, traces):
    quick = QuickConfig(traces)
    monkeypatch.setattr(
        autograder, "LocalPool", lambda config, width: LocalPool(quick, width, QuickJudge)
    )
    submit(home, {"small.ipynb": notebook("die")}, ADA)
    assert "No task could be judged" in for_the_instructor(results_here(home))


def test_when_the_grader_does_not_start_the_script_says_so(home, tmp_path):
    results = results_of(broken(home, tmp_path, "gradebook/scores.py", "\nsyntax error\n"))
    assert "did not start" in for_the_instructor(results)


def test_a_grader_that_hangs_is_ended_and_leaves_a_valid_file(home, tmp_path):
    hanging = broken(home, tmp_path, "grading/engine.py", "\nimport time; time.sleep(60)\n")
    results = results_of(hanging, AUTOGRADER_SECONDS="1")
    assert "did not end within the time" in for_the_instructor(results)


def test_where_no_isolation_is_to_be_had_only_a_zip_that_says_so_grades(home, monkeypatch):
    monkeypatch.setattr(levels, "reason", lambda level: "not allowed here" * (level != "none"))
    submit(home, {"small.ipynb": RIGHT}, ADA)
    said = for_the_instructor(results_here(home))
    assert "not allowed here" in said
    assert "--isolation none" in said
    submit(home, {"small.ipynb": RIGHT}, ADA)
    choice = home / "source" / "autograder.json"
    before = choice.read_text()
    choice.write_text(json.dumps({"exercise": "small", "isolation": "none"}))
    try:
        results = results_here(home)
    finally:
        choice.write_text(before)
    assert results["score"] == 2.0
    assert "Isolation: none." in results["output"]
