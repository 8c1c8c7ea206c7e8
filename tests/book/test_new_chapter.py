import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools.book.new_chapter import FIRST_SETTING, lay_out, plan
from course_tools.exercises.source import load

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path):
    """The project's files as git knows them or would, without what is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    root = tmp_path / "course"
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    return root


def run(root, *command):
    variables = {"PATH": os.environ["PATH"], "HOME": str(root), "PYTHONPATH": str(root)}
    variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take seconds, and none is needed
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=variables)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


COURSE = [sys.executable, "-c", "from course_tools.cli import main; main()"]


@pytest.mark.slow
def test_an_empty_chapter_passes_every_check(copy):
    run(copy, *COURSE, "new-chapter", "gating-by-hand")
    run(copy, *COURSE, "notebooks", "check", "book/gating-by-hand/first-lesson.ipynb")
    run(copy, sys.executable, "-m", "ruff", "check", ".")
    run(copy, sys.executable, "-m", "ruff", "format", "--check", ".")
    plain = ("--noconftest", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib")
    run(copy, sys.executable, "-m", "pytest", "tests/repo", "tests/gating_by_hand", *plain)
    shown = run(copy, *COURSE, "equation-index", "--label", "eq-gating-by-hand-sample")
    assert "implemented by course_lib.gating_by_hand.sample.double" in shown
    assert "test_doubling_is_adding_a_number_to_itself against addition" in shown
    for path in (copy / "solutions").iterdir():
        if path.name != "gating_by_hand":
            shutil.rmtree(path)  # they have tests of their own
    run(copy, *COURSE, "check")


@pytest.mark.exhaustive(reason="a whole book is built for the sake of two pages")
def test_a_book_with_an_empty_chapter_is_built_without_a_warning(copy):
    run(copy, *COURSE, "new-chapter", "gating-by-hand")
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    run(copy, jupyter_book, "build", ".", "-W", "-n", "--keep-going", "-q")
    page = (copy / "_build/html/book/gating-by-hand/first-lesson.html").read_text()
    assert "Gating by hand: the first lesson" in page


def test_the_entries_land_where_they_belong(copy):
    before = (copy / "_toc.yml").read_text()
    lay_out(copy, "gating-by-hand")
    after = (copy / "_toc.yml").read_text()
    chapters = after[: after.index("caption: For instructors")]
    assert chapters.rstrip(" -\n").endswith(
        "- file: book/gating-by-hand/index\n        sections:\n"
        "          - file: book/gating-by-hand/first-lesson.ipynb"
    )
    assert "          - file: book/api/gating_by_hand\n          - file: book/api/datasets" in after
    kept = [line for line in after.splitlines() if "gating" not in line]
    assert len(kept) == len(before.splitlines()) + 1  # the new "sections:"


def test_a_chapter_that_is_not_planned_comes_on_the_map(copy):
    before = (copy / "book/index.md").read_text()
    lay_out(copy, "gating")  # is planned
    assert (copy / "book/index.md").read_text() == before
    lay_out(copy, "never-planned")
    after = (copy / "book/index.md").read_text().splitlines()
    added = after.index('  never-planned: [Never planned, "To write: what it is about."]')
    assert after[added + 1] == "```"
    assert len(after) == len(before.splitlines()) + 1


def test_a_concept_that_the_library_has_keeps_its_page_and_gets_the_sample(copy):
    before = {p: p.read_text() for p in (copy / "book/api").iterdir() if p.is_file()}
    lay_out(copy, "optimization")
    assert {p: p.read_text() for p in (copy / "book/api").iterdir() if p.is_file()} == before
    assert (copy / "_toc.yml").read_text().count("book/api/optimization") == 1
    text = (copy / "course_lib/optimization/__init__.py").read_text()
    listed = re.findall(r"^- ``(\w+)``:", ast.get_docstring(ast.parse(text)), re.M)
    modules = {p.stem for p in (copy / "course_lib/optimization").glob("*.py")} - {"__init__"}
    assert set(listed) == modules
    assert listed[-1] == "sample"


def test_nothing_is_written_when_the_chapter_exists(copy):
    lay_out(copy, "gating")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=r"book/gating/index\.md exists already"):
        lay_out(copy, "gating")
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_lost_mark_is_named_and_nothing_is_written(copy):
    (copy / "course_lib/__init__.py").write_text("")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=r"__init__\.py: no line starts with '- ``datasets``'"):
        lay_out(copy, "gating")
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("slug", ["", "Gating", "my chapter", "a/b", "../x", "3d", "a--b"])
def test_a_slug_that_cannot_be_a_folder_and_a_package_is_refused(slug):
    with pytest.raises(ValueError, match="slug: "):
        plan(slug)


def test_a_chapter_with_the_name_of_a_room_of_tools_is_refused(copy):
    with pytest.raises(ValueError, match="slug: 'grading' is a room of course_tools"):
        lay_out(copy, "grading")


def test_the_new_set_explains_every_setting(copy):
    lay_out(copy, "gating")
    text = (copy / "solutions/gating/set.yml").read_text()
    there = [file.read_text() for file in copy.glob("solutions/*/set.yml")]
    rest = text.partition(FIRST_SETTING)[2]
    assert rest
    assert rest in [one.partition(FIRST_SETTING)[2] for one in there if one != text]
    assert load(copy / "solutions/gating").points == 1
