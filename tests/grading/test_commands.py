"""The instructor's commands, from a folder of notebooks to grades, and every mistake on the way."""

import csv
import json
import shutil

import pytest
from click.testing import CliRunner
from small_set import SMALL, add_settings

from course_tools.cli import main
from course_tools.exercises.source import write_set
from course_tools.gradebook.book import Gradebook

pytestmark = pytest.mark.slow

RIGHT = "def scale(x, factor):\n    return x * factor\n"
ADDS = "def scale(x, factor):\n    return x + factor\n"


def notebook(*cells):
    content = [
        {
            "cell_type": "code",
            "source": cell,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for cell in cells
    ]
    return json.dumps({"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def course(course_folder, monkeypatch):
    """The ``course`` command in a course with one small exercise set: (exit status, out, err)."""
    monkeypatch.chdir(course_folder)

    def run(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def lay_out(course_folder):
    for name in ("solutions", "exercises", "submissions"):
        (course_folder / name).mkdir()
    write_set(course_folder / "solutions" / "small", SMALL)
    add_settings(course_folder, "preload: [numpy]\n")
    return course_folder


def hand_in(folder):
    (folder / "ada.ipynb").write_text(notebook(RIGHT))
    (folder / "alan.ipynb").write_text(notebook(ADDS))
    return folder


@pytest.fixture
def course_folder(tmp_path):
    return lay_out(tmp_path)


@pytest.fixture
def handed_in(course_folder):
    return hand_in(course_folder / "submissions")


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """The course's folder after a grading with seed 7, which takes seconds."""
    course_folder = lay_out(tmp_path_factory.mktemp("graded"))
    hand_in(course_folder / "submissions")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course_folder)
        result = CliRunner().invoke(main, [*GRADE, "--seed", "7"])
    return course_folder, result


@pytest.fixture
def graded(course_folder, graded_once):
    """A copy of the folder in which the class was graded."""
    return shutil.copytree(graded_once[0], course_folder, dirs_exist_ok=True)


OLD = {"cell_type": "code", "input": RIGHT, "language": "python", "outputs": [], "metadata": {}}
GRADE = ("grade", "small", "submissions", "--gradebook", "class.db", "--jobs", "1")


def sentence_of(result):
    """The one sentence of a refusal."""
    code, out, err = result
    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    return err.removeprefix("Error: ").strip()


def test_from_a_folder_to_grades_and_back_again(course, course_folder, graded, graded_once):
    _, first = graded_once
    out, err = first.stdout, first.stderr
    assert first.exit_code == 0
    assert "2 students, 2 graded: 1 with all points, 0 with some, 1 with none" in out
    assert "scale, adds, 1 student" in out
    assert "2 submissions in" in err
    assert "seed 7" in err
    assert "\nisolation " in err
    assert "1024 MB of memory" in err
    with Gradebook.open("class.db", create=False) as book:
        assert json.loads(book.runs()[0].settings)["preload"] == ["numpy"]

    code, _, err = course(*GRADE)
    assert code == 0
    assert "2 of them known before" in err
    assert "seed 7" in err  # that of the last run

    code, out, _ = course("show", "class.db", "alan")
    assert code == 0
    assert "You add the factor" in out

    code, out, _ = course("override", "class.db", "alan", "scale", "1.5", "--comment", "nearly")
    assert (code, out) == (0, "alan, scale: 1.5 points from now on\n")

    code, out, _ = course("export", "class.db", "--format", "csv", "--out", "grades.csv")
    assert code == 0
    with (course_folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        scores = {row["id"]: row["score"] for row in csv.DictReader(file)}
    assert scores == {"ada": "2", "alan": "1.5"}

    code, out, _ = course("override", "class.db", "alan", "scale", "--withdraw")
    assert (code, out) == (0, "alan, scale: the grading counts again\n")


def test_regrading_touches_what_a_changed_spec_touches(course, course_folder, graded):
    assert "2 of them known before" in course("regrade", "class.db", "--jobs", "1")[2]
    path = course_folder / "solutions" / "small" / "scale.py"
    path.write_text(path.read_text().replace("points=2", "points=3"))
    _, out, err = course("regrade", "class.db", "--jobs", "1")
    assert "0 of them known before" in err
    assert "of 3 points" in out
    path.write_text(
        path.read_text().replace("# %%\nimport numpy", "# %%\n# a remark\nimport numpy")
    )
    assert "2 of them known before" in course("regrade", "class.db", "--jobs", "1")[2]


def test_every_file_is_a_row_whatever_it_is(course, course_folder, handed_in):
    (handed_in / "broken.ipynb").write_text("{not json")
    (handed_in / "empty.ipynb").write_text("")
    (handed_in / "old.ipynb").write_text(
        json.dumps({"worksheets": [{"cells": [OLD]}], "metadata": {}, "nbformat": 3})
    )
    (handed_in / "huge.ipynb").write_text(notebook("x = '" + "y" * (80 * 2**20) + "'"))
    (handed_in / "ada").mkdir()
    (handed_in / "ada" / "again.ipynb").write_text(notebook(ADDS))
    (course_folder / "roster.csv").write_text("id,name\nada,Ada L\nalan,Alan T\nmissing,Miss Ing\n")
    code, out, _ = course(*GRADE, "--seed", 7, "--roster", "roster.csv")
    assert code == 0
    told = " ".join(out.split())
    for sentence in (
        "nothing was handed in",
        "not in the roster",
        "too large",
        "two files for ada",
    ):
        assert sentence in told, told
    with Gradebook.open(course_folder / "class.db") as book:
        rows = {person.id: len(book.attempts(person.id)) for person in book.students()}
    assert rows == {"ada": 2, "alan": 1, "broken": 1, "empty": 1, "huge": 1, "missing": 1, "old": 1}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("grade", "small", "nowhere", "--gradebook", "class.db"), "nowhere"),
        (("grade", "small", "submissions", "--gradebook", "class.db"), "submissions"),
        (("grade", "tall", "solutions", "--gradebook", "class.db"), "there are: small"),
        (("show", "no/class.db"), "no gradebook"),
        (("show", "solutions/small/scale.py"), "not a gradebook"),
        (("show", "class.db"), "no gradebook"),
        (("regrade", "class.db"), "no gradebook"),
        (("export", "class.db", "--format", "csv"), "no gradebook"),
        (("gradescope-zip", "tall"), "exercise: expected one in"),
        (
            ("override", "class.db", "ada", "scale"),
            "expected either the points or --withdraw, got neither",
        ),
    ],
)
def test_a_mistake_is_one_sentence(course, course_folder, arguments, told):
    assert told in sentence_of(course(*arguments))


@pytest.mark.parametrize("form", ["csv", "gradescope", "html"])
def test_a_file_where_a_folder_should_be_is_one_sentence(course, course_folder, graded, form):
    (course_folder / "taken").write_text("")
    said = sentence_of(course("export", "class.db", "--format", form, "--out", "taken/grades"))
    assert said.startswith("taken/grades")
    assert ": cannot be written: " in said
    assert "Errno" not in said
    assert "partial" not in said


def test_a_gradebook_of_another_exercise_is_refused(course, course_folder, graded):
    write_set(course_folder / "solutions" / "other", SMALL)
    told = sentence_of(course("grade", "other", "submissions", "--gradebook", "class.db"))
    assert "'small'" in told
    assert "'other'" in told


def test_a_bad_setting_is_named_with_its_line(course, course_folder, handed_in):
    add_settings(course_folder, "digits: 1\nlate:\n  fraction: ten percent\n")
    told = sentence_of(course(*GRADE))
    assert told == (
        "set.yml, line 8: late.fraction: expected a number from 0 to 1, got 'ten percent'"
    )


def test_a_bad_roster_is_named_with_its_line(course, course_folder, handed_in):
    (course_folder / "roster.csv").write_text("id,name\nada,Ada\nada,Ada again\n")
    assert "line 3" in sentence_of(course(*GRADE, "--roster", "roster.csv"))


def test_a_student_who_is_not_there_has_a_neighbour(course, course_folder, graded):
    assert "did you mean alan?" in sentence_of(course("show", "class.db", "allan"))
    told = sentence_of(course("show", "class.db", "alda"))
    assert "did you mean ada or alan?" in told
    assert "task: expected one of scale, got 'scael'" in sentence_of(
        course("override", "class.db", "ada", "scael", "1")
    )
    assert "points: expected 0 to 2 for scale, got 9" in sentence_of(
        course("override", "class.db", "ada", "scale", "9")
    )


def test_a_scheduler_that_is_not_there_is_one_sentence(
    course, course_folder, handed_in, monkeypatch
):
    monkeypatch.setattr("course_tools.grading.cluster.CONNECT_TIMEOUT", 0.2)
    told = sentence_of(course(*GRADE, "--scheduler", "tcp://127.0.0.1:9"))
    assert "no dask scheduler answers there" in told


def test_a_made_up_class_can_be_graded(course, course_folder):
    code, out, _ = course("exercises", "sample", "small", "--out", "made-up", "--students", "3")
    assert (code, out) == (0, "made-up: 3 notebooks; the roster is made-up-roster.csv\n")
    sentence = sentence_of(course("exercises", "sample", "small", "--out", "made-up"))
    assert sentence.startswith("made-up: cannot be written: it is not empty; name a new")
    code, out, _ = course("grade", "small", "made-up", "--gradebook", "class.db", "--jobs", "1",
                          "--roster", "made-up-roster.csv")  # fmt: skip
    assert code == 0
    assert "3 students, 3 graded" in out


def test_the_bar_knows_how_much_there_is_to_do(course, course_folder, graded, monkeypatch):
    told = []
    monkeypatch.setattr(
        "rich.progress.Progress.update",
        lambda self, bar, **fields: told.append((fields["completed"], fields["total"])),
    )
    (graded / "submissions" / "notes.txt").write_text("see my other file")
    course(*GRADE)
    assert sorted(told) == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_an_interrupted_run_says_that_it_can_go_on_and_what_is_missing(
    course, course_folder, handed_in, monkeypatch
):
    def stop(pool, works):
        next(iter(works))  # the first submissions are written, and none is judged
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("course_tools.grading.pools.LocalPool.run", stop)
        assert "the same command goes on" in sentence_of(course(*GRADE))
    _, out, _ = course("show", "class.db")
    assert "not graded yet, wholly or in part: 2; `course regrade` goes on" in " ".join(out.split())
    _, out, _ = course("export", "class.db", "--format", "csv", "--out", "grades.csv")
    assert "not all tasks are graded yet: 2 students: ada, alan." in out
    with (course_folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["status"] for row in csv.DictReader(file)} == {"not all tasks graded yet"}
    course("regrade", "class.db", "--jobs", "1")
    _, out, _ = course("export", "class.db", "--format", "csv", "--out", "grades.csv")
    assert out == "grades.csv: 2 students\n"


def test_a_run_tells_its_own_seed_though_another_one_follows_at_once(
    course, course_folder, graded, monkeypatch
):
    finish = Gradebook.finish

    def finish_and_let_another_begin(book, number, counts):
        finish(book, number, counts)
        begun = book.begin(seed=99, isolation="none", environment="")
        finish(book, begun)

    monkeypatch.setattr(Gradebook, "finish", finish_and_let_another_begin)
    assert "seed 7\n" in course(*GRADE, "--seed", 7)[2]
