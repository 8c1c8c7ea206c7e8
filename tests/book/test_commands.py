"""``course notebooks`` as its user meets it."""

import pytest
from click.testing import CliRunner
from lessons import as_lesson, code

from course_tools.book.commands import notebooks
from course_tools.book.notebooks import Run
from course_tools.book.pairs import to_markdown
from course_tools.book.plugin import Verdict
from course_tools.cli import main


def run(*words):
    result = CliRunner().invoke(notebooks, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "book" / "demo").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_update_then_check_then_an_edit(project):
    path = project / "book" / "demo" / "lesson.md"
    path.write_text(to_markdown(as_lesson(code("print(f'{2 / 3:.4f}')"))))
    first = run("update")
    assert first.exit_code == 0, first.output
    assert "demo/lesson: cells with new outputs: 1" in first.output
    assert "; 0 minutes to read, 2 words" in first.output
    table = project / "book" / "runtimes.csv"
    assert table.read_text().startswith("lesson,seconds,megabytes\ndemo/lesson,")

    table.write_text("lesson,seconds,megabytes\ndemo/lesson,20,900\n")
    stored = path.with_suffix(".ipynb")
    stored.write_text(stored.read_text().replace("0.6667", "0.6067"))
    second = run("check", path)
    assert second.exit_code == 1
    assert "FAILED  demo/lesson" in second.output
    assert "book/demo/lesson.ipynb, code cell [1]" in second.output
    assert "expected '0.6067', got '0.6667'" in second.output
    assert "Error: 1 of 1 lesson failed: demo/lesson" in second.output
    assert table.read_text().endswith("demo/lesson,20,900\n"), "a check changes no file"


@pytest.mark.slow
def test_update_names_what_failed_stores_none_of_it_and_goes_on(project):
    for name, source in (("a", "def f():\n    return 1 / 0\nf()"), ("b", "2")):
        path = project / "book" / "demo" / f"{name}.md"
        path.write_text(to_markdown(as_lesson(code(source))))
    result = run("update")
    assert result.exit_code == 1
    assert "FAILED  demo/a: cell [1] raised ZeroDivisionError" in result.output
    assert "demo/b: cells with new outputs: 1" in result.output
    assert "Error: 1 of 2 lessons need mending" in result.output
    assert [path.name for path in (project / "book" / "demo").glob("*.ipynb")] == ["b.ipynb"]


def test_many_findings_are_cut(project, monkeypatch):
    path = project / "book" / "demo" / "lesson.ipynb"
    path.write_text("{}")
    verdict = Verdict(path, [f"finding {i}" for i in range(20)])
    monkeypatch.setattr("course_tools.book.plugin.check_lesson", lambda path: verdict)
    output = run("check").output
    assert "finding 5" in output
    assert "finding 6" not in output
    assert "... and 14 findings more" in output


def test_a_check_says_how_long_each_lesson_takes_to_read(project, monkeypatch):
    monkeypatch.setattr("course_tools.book.plugin.verified", lambda path: True)
    folder = project / "book" / "demo"
    (folder / "short.md").write_text(to_markdown(as_lesson(code("a = 1\nb = 2"))))
    (folder / "short.ipynb").write_text("{}")
    (folder / "without-a-source.ipynb").write_text("{}")
    result = run("check")
    assert result.exit_code == 0
    assert result.output.splitlines()[:-1] == [
        "to read       minutes  words  code lines  equations",
        "  demo/short        0      2           2          0",
    ]


def test_a_lesson_that_takes_too_long_to_read_fails_even_if_it_was_verified(project, monkeypatch):
    monkeypatch.setattr("course_tools.book.plugin.verified", lambda path: True)
    long = to_markdown(as_lesson(code("a = 1\n" * 600)))
    for name in ("demo/long", "demo/short", "outside-the-chapters"):
        path = project / "book" / f"{name}.md"
        path.write_text(long.replace("a = 1\n", "", 300) if "short" in name else long)
        path.with_suffix(".ipynb").write_text("{}")
    result = run("check")
    assert result.exit_code == 1
    assert "  to mend: demo/long takes 50 minutes to read, at most 45 are allowed" in result.output
    assert "Error: 1 of 3 lessons failed: demo/long" in result.output


@pytest.mark.slow
def test_an_update_stores_a_lesson_that_takes_too_long_to_read_and_fails(project):
    path = project / "book" / "demo" / "long.md"
    path.write_text(to_markdown(as_lesson(code("a = 1\n" * 600))))
    result = run("update")
    assert result.exit_code == 1
    assert "  to mend: the lesson takes 50 minutes to read" in result.output
    assert "Error: 1 of 1 lesson need mending" in result.output
    assert path.with_suffix(".ipynb").is_file()


def test_a_check_names_a_slow_lesson_and_passes(project, monkeypatch):
    """A limit in seconds would fail on a slow machine."""
    path = project / "book" / "demo" / "lesson.ipynb"
    path.write_text("{}")
    verdict = Verdict(path, [], 3, Run(75.0, 300.0))
    monkeypatch.setattr("course_tools.book.plugin.check_lesson", lambda path: verdict)
    result = run("check")
    assert result.exit_code == 0
    assert "ok      demo/lesson  3 cells, 75.0 s, 300 MB" in result.output
    assert "the lesson runs in 75 s, at most 25 s is allowed" in result.output


@pytest.mark.parametrize("command", ["check", "update"])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["none.ipynb"], "Error: none.ipynb does not exist"),
        (["notes.txt"], "Error: notes.txt: expected a lesson's .md or .ipynb"),
        ([], "Error: book/ holds no lesson yet"),
    ],
)
def test_errors_are_one_sentence(project, command, words, sentence):
    result = run(command, *words)
    assert result.exit_code == 1
    assert result.output.strip() == sentence


def test_outside_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("check")
    assert result.exit_code == 1
    assert "run this from the project's folder" in result.output


@pytest.mark.parametrize("words", [[], ["check"], ["update"]])
def test_help_has_an_example(words):
    result = CliRunner().invoke(main, ["notebooks", *words, "--help"])
    assert result.exit_code == 0
    assert "Example: course notebooks" in result.output
