"""A check is not repeated while nothing that it read has changed, and is as soon as it has."""

import os
import time

import pytest
from click.testing import CliRunner
from lessons import as_lesson, code

from course_tools.book import verified
from course_tools.book.commands import notebooks
from course_tools.book.pairs import to_markdown
from course_tools.book.verified import EVERYTHING, Records, surroundings


@pytest.fixture
def project(tmp_path):
    """A project with a library, a page and a data set, all of them older than any check."""
    for name in ("lib/far.py", "lib/near.py", "book/data/a.csv", "book/page.md", "tests/t.py"):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "project"


@pytest.fixture
def records(project, tmp_path):
    return Records(project, tmp_path / "cache")


def keep(records, *names, what="page", own=("book/page.md",)):
    read = [name if name == EVERYTHING else str(records.root / name) for name in names]
    records.keep(what, read, [records.root / name for name in own], time.time() + 1)


def test_nothing_is_verified_before_the_first_time(records):
    assert not records.hold("page")


@pytest.mark.parametrize("name", ["lib/far.py", "book/data/a.csv", "book/page.md"])
def test_a_change_in_anything_read_is_noticed_and_its_return_too(records, name):
    keep(records, "lib/far.py", "book/data/a.csv")
    assert records.hold("page")
    path = records.root / name
    before = path.read_text()
    path.write_text(f"{before} ")
    assert not records.hold("page")
    path.write_text(before)
    assert records.hold("page")
    path.unlink()
    assert not records.hold("page")


def test_a_change_in_what_was_not_read_costs_nothing(records):
    keep(records, "lib/far.py")
    (records.root / "lib/near.py").write_text("other")
    (records.root / "lib/new.py").write_text("new")
    assert records.hold("page")
    assert not records.hold("another page")


@pytest.mark.parametrize("name", ["lib/near.py", "lib/new.py", "lib/templates/a.html"])
def test_what_starts_processes_depends_on_all_code(records, name):
    keep(records, EVERYTHING)
    assert records.hold("page")
    for elsewhere in (
        "tests/t.py",
        "book/other.md",
        "lib/__pycache__/near.pyc",
        ".git/index",
        "README.md",
        "lib.egg-info/SOURCES.txt",
    ):
        (records.root / elsewhere).parent.mkdir(exist_ok=True)
        (records.root / elsewhere).write_text("other")
    assert records.hold("page")
    (records.root / name).parent.mkdir(exist_ok=True)
    (records.root / name).write_text("other")
    assert not records.hold("page")


def test_nothing_is_kept_when_an_input_changed_meanwhile(records):
    since = time.time() - 10
    records.keep("page", [str(records.root / "lib/far.py")], [], since)
    assert not records.hold("page")


def test_files_of_packages_and_of_other_folders_do_not_count_but_modules_there_do(
    records, tmp_path, monkeypatch
):
    monkeypatch.setattr(verified, "TEMPORARY", "/nowhere")
    outside = {name: tmp_path / name for name in ("module.py", "settings.ini")}
    for path in outside.values():
        path.write_text("1")
    records.keep("page", [str(path) for path in outside.values()], [], time.time() + 1)
    outside["settings.ini"].write_text("2")
    assert records.hold("page")
    outside["module.py"].write_text("2")
    assert not records.hold("page")


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "ATEN_CPU_CAPABILITY", "OPENBLAS_CORETYPE"])
def test_other_surroundings_know_nothing_of_these(records, monkeypatch, name):
    surroundings.cache_clear()
    keep(records, "lib/far.py")
    assert records.hold("page")
    monkeypatch.setenv(name, "4")
    surroundings.cache_clear()
    assert not records.hold("page")
    monkeypatch.undo()
    surroundings.cache_clear()
    assert records.hold("page")


def test_surroundings_name_packages_python_and_processor():
    told = surroundings()
    assert "numpy==" in told
    assert "torch==" in told
    assert "3." in told
    assert not os.path.exists("/proc/cpuinfo") or "flags" in told or "Features" in told


def test_a_damaged_record_counts_as_none(records):
    keep(records, "lib/far.py")
    (record,) = records.folder.iterdir()
    record.write_text("{")
    assert not records.hold("page")


@pytest.mark.slow
def test_a_lesson_runs_again_when_a_module_two_imports_away_changed(tmp_path, monkeypatch):
    folder = tmp_path / "book" / "demo"
    folder.mkdir(parents=True)
    (folder / "near.py").write_text("def value():\n    import far\n    return far.VALUE")
    (folder / "far.py").write_text("VALUE = 3")
    lessons = {"uses": "import near\nprint(near.value())", "alone": "print(4)"}
    for name, source in lessons.items():
        (folder / f"{name}.md").write_text(to_markdown(as_lesson(code(source))))
    monkeypatch.chdir(tmp_path)

    def run(*words, **environment):
        done = CliRunner().invoke(notebooks, list(words), env=environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output

    run("update")
    assert run("check").endswith("2 lessons checked: every output is what is stored.\n")
    assert "\n2 lessons as verified before, 0 checked" in run("check")
    (folder / "far.py").write_text("VALUE = 5")
    output = run("check")
    assert "FAILED  demo/uses" in output
    assert "expected '3', got '5'" in output
    assert "1 of 2 lessons failed: demo/uses\n" in output
    (folder / "far.py").write_text("VALUE = 3  # as before")
    assert "1 lesson as verified before, 1 checked" in run("check")
    assert "2 lessons checked" in run("check", FULL="1")
