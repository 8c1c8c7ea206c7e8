"""Running a lesson, and renewing its outputs without noise."""

import nbformat
import pytest
from lessons import as_lesson, code

from course_tools.book import notebooks
from course_tools.book.compare import WIDGET_VIEW
from course_tools.book.notebooks import Run, keep_outputs
from course_tools.book.pairs import LessonError, from_markdown, to_markdown


def write(path, *cells):
    path.write_text(to_markdown(from_markdown(to_markdown(as_lesson(*cells)))), encoding="utf-8")
    return path


@pytest.fixture
def without_kernel(monkeypatch):
    """Answers for an execution: cell source to outputs."""
    answers = {}

    def execute(notebook, folder):
        code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code_cells, start=1):
            cell.outputs = answers[cell.source].outputs
            cell.execution_count = number
        return Run(1.0, 100.0)

    monkeypatch.setattr(notebooks, "execute", execute)
    return answers


@pytest.mark.slow
def test_a_run_in_a_kernel(tmp_path):
    """What a kernel gives is stored in canonical form, without widgets or times."""
    source = "import ipywidgets\nfrom course_lib.viz.slider_figure import SliderFigure"
    path = write(
        tmp_path / "lesson.md",
        code(source),
        code("ipywidgets.IntSlider(3)"),
        code("1 + 1"),
        code(
            "import matplotlib.pyplot as plt\n"
            "def draw(n):\n    return plt.figure(figsize=(1, 1))\n"
            "SliderFigure(draw, 'An empty figure number {n}.'.format, n=[1, 2])",
            mystnb={"figure": {"caption": "Nothing.", "name": "fig-nothing"}},
        ),
    )
    done = notebooks.update(path)
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    assert done.changed == 4
    assert done.problems == [
        "code cell [2]: shows a bare widget, empty in the page: use course_lib.viz.slider_figure"
    ]
    assert 30 < done.run.megabytes < 500
    assert set(notebook.metadata) == {"jupytext", "kernelspec", "language_info"}
    assert "version" not in notebook.metadata.language_info
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3, 4]
    assert all(not cell.metadata for cell in notebook.cells[:-1])
    assert WIDGET_VIEW in notebook.cells[2].outputs[0].data
    assert set(notebook.cells[4].outputs[0].data) == {"text/html", "text/plain"}


@pytest.mark.slow
def test_a_cell_that_kills_its_kernel_stores_nothing(tmp_path):
    path = write(tmp_path / "lesson.md", code("import os\nos._exit(1)"))
    with pytest.raises(LessonError, match=r"cell .1. killed its kernel"):
        notebooks.update(path)
    assert not path.with_suffix(".ipynb").exists()


def test_nothing_changes_the_second_time(tmp_path, without_kernel):
    without_kernel["a"] = code("a", text="0.1234\n")
    without_kernel["b"] = code("b", text="two\n")
    path = write(tmp_path / "lesson.md", code("a"), code("b"))
    assert notebooks.update(path).changed == 2
    stored = path.with_suffix(".ipynb").read_bytes()
    without_kernel["a"] = code("a", text="0.1235\n")
    assert notebooks.update(path.with_suffix(".ipynb")).changed == 0
    assert path.with_suffix(".ipynb").read_bytes() == stored


def test_only_what_changed_is_rewritten(tmp_path, without_kernel):
    without_kernel["a"] = code("a", text="0.1234\n")
    without_kernel["b"] = code("b", text="two\n")
    path = write(tmp_path / "lesson.md", code("a"), code("b"))
    notebooks.update(path)
    without_kernel["a"] = code("a", text="0.1235\n")
    without_kernel["b"] = code("b", text="three\n")
    assert notebooks.update(path).changed == 1
    cells = nbformat.read(path.with_suffix(".ipynb"), as_version=4).cells
    assert [cell.outputs[0].text for cell in cells[1:]] == ["0.1234\n", "three\n"]


def test_outputs_follow_their_cell(tmp_path, without_kernel):
    """A refactored cell keeps its bytes, and so do cells below an insertion."""
    for name in "abc":
        without_kernel[name] = code(name, text="0.1234\n")
    path = write(tmp_path / "lesson.md", code("a"), code("b"))
    notebooks.update(path)
    without_kernel["b"] = code("b", text="0.1235\n")
    without_kernel["a + 0"] = code("a + 0", text="0.1233\n")
    write(path, code("a + 0"), code("c"), code("b"))
    assert notebooks.update(path).changed == 1
    cells = nbformat.read(path.with_suffix(".ipynb"), as_version=4).cells
    assert [cell.outputs[0].text for cell in cells[1:]] == ["0.1234\n"] * 3
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3]


def test_keep_outputs_counts_deleted_and_new_ones():
    old, new = as_lesson(code("a", text="1"), code("b")), as_lesson(code("a"), code("b", text="1"))
    assert keep_outputs(old, new) == 2


def test_the_markdown_is_put_into_canonical_form(tmp_path, without_kernel):
    without_kernel["a"] = code("a")
    path = write(tmp_path / "lesson.md", code("a"))
    canonical = path.read_text()
    path.write_text(canonical + "\n\n\n")
    assert notebooks.update(path).rewritten
    assert path.read_text() == canonical
    assert not notebooks.update(path).rewritten


def test_the_markdown_of_another_hand_is_not_overwritten(tmp_path, monkeypatch):
    path = write(tmp_path / "lesson.md", code("a"))

    def execute(notebook, folder):
        path.write_text("edited meanwhile")
        return Run(1.0, 1.0)

    monkeypatch.setattr(notebooks, "execute", execute)
    with pytest.raises(LessonError, match="was edited while it ran"):
        notebooks.update(path)
    assert path.read_text() == "edited meanwhile"


def test_a_huge_limit_is_refused_before_anything_runs(tmp_path):
    path = write(tmp_path / "lesson.md", code("a", nbval={"tile": 255}))
    with pytest.raises(LessonError, match="nbval tile: expected a number from 0 to 24"):
        notebooks.update(path)


def test_no_markdown(tmp_path):
    with pytest.raises(LessonError, match="md is the source"):
        notebooks.update(tmp_path / "lesson.ipynb")


def test_lessons_under(tmp_path):
    chapter = tmp_path / "book" / "chapter"
    (chapter / ".ipynb_checkpoints").mkdir(parents=True)
    write(chapter / "new.md", code("a"))
    (chapter / "index.md").write_text("# A page\n")
    (chapter / "old.ipynb").write_text("{}")
    (chapter / ".ipynb_checkpoints" / "old-checkpoint.ipynb").write_text("{}")
    assert [path.name for path in notebooks.lessons_under(tmp_path)] == ["new.ipynb", "old.ipynb"]
    with pytest.raises(LessonError, match="does not exist"):
        notebooks.lessons_under(chapter)


def test_environment(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "avx2")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("MPLBACKEND", "agg")
    with notebooks.environment() as variables:
        assert variables["OMP_NUM_THREADS"] == "2"
        assert variables["ATEN_CPU_CAPABILITY"] == "avx2"
        assert variables["PYTHONHASHSEED"] == "0"
        assert variables["MPLBACKEND"].endswith("backend_inline")
    monkeypatch.delenv("OMP_NUM_THREADS")
    with notebooks.environment() as variables:
        assert variables["OMP_NUM_THREADS"] == "1"
