"""What must not be stored in a lesson; no kernel is started."""

import matplotlib.pyplot as plt
import pytest
from lessons import as_lesson, code, picture

from course_lib.viz.slider_figure import SliderFigure
from course_tools.book.lint import problems
from course_tools.book.pairs import from_markdown, to_markdown

ALT = {"mystnb": {"image": {"alt": "A line rises from left to right."}}}


def lint(*cells, **metadata):
    notebook = as_lesson(*cells)
    notebook.metadata.update(metadata)
    return problems(notebook, to_markdown(notebook))


def test_a_good_lesson_passes():
    assert lint(code("print(1)", text="1\n"), code("plt.show()", data=picture(), **ALT)) == []


def test_widgets_state():
    found = lint(code("1", text="1"), widgets={"state": {}})
    assert any("widget state" in line for line in found)


@pytest.mark.parametrize(
    "tag",
    [
        "nbval-ignore-output",
        "NBVAL_IGNORE_OUTPUT",
        "nbval-skip",
        "NBVAL_SKIP",
        "nbval-check-output",
        "raises-exception",
        "skip",
        "skip-execution",
        "skip_ci",
        "PYTEST_VALIDATE_IGNORE_OUTPUT",
    ],
)
def test_exempted_by_tag(tag):
    assert lint(code("1", tags=[tag])) == [
        f"code cell [1]: is exempted by the tag {tag}; no cell is exempt"
    ]


def test_other_tags_are_free():
    assert lint(code("1", tags=["hide-input", "remove-cell"])) == []


@pytest.mark.parametrize(
    "comment",
    ["# NBVAL_IGNORE_OUTPUT", "#NBVAL_SKIP", "x = 1  # nbval-skip", "# NBVAL_RAISES_EXCEPTION"],
)
def test_exempted_by_comment(comment):
    (found,) = lint(code(f"{comment}\nprint(1)"))
    assert "is exempted by the comment" in found


@pytest.mark.parametrize("magic", ["%%capture", "%%capture out", "%%script true"])
def test_exempted_by_magic(magic):
    (found,) = lint(code(f"{magic}\nprint(1)"))
    assert "hides its outputs" in found


def test_huge_limit():
    (found,) = lint(code("1", nbval={"rtol": 1e9}))
    assert found == "code cell [1]: nbval rtol: expected a number from 0 to 0.05, got 1000000000.0"


def test_never_run():
    cell = code("1")
    cell.execution_count = None
    assert lint(cell) == ["code cell [1]: was never run"]


def test_run_out_of_order():
    cells = [code("1"), code("2")]
    cells[0].execution_count = 7
    notebook = as_lesson(*cells, number=False)
    assert "was run as number 7" in problems(notebook, to_markdown(notebook))[0]


def test_error():
    (found,) = lint(code("1/0", error="division by zero"))
    assert found == "code cell [1]: stores the error ZeroDivisionError: division by zero"


def test_warning_on_stderr():
    (found,) = lint(code("warn()", stderr="a.py:1: UserWarning: careful\n"))
    assert found == "code cell [1]: writes on stderr: a.py:1: UserWarning: careful"


@pytest.mark.parametrize("where", ["text", "plain", "html"])
def test_memory_address(where):
    text = "<object at 0x7f3b5c2d1e80>"
    given = {
        "text": {"text": text},
        "plain": {"data": {"text/plain": text}},
        "html": {"data": {"text/html": text, "text/plain": "a"}},
    }[where]
    (found,) = lint(code("object()", **given))
    assert found == "code cell [1]: prints a memory address, 0x7f3b5c2d1e80"


def test_short_hexadecimal_numbers_are_free():
    assert lint(code("hex(255)", text="0xff")) == []


def test_figure_without_alternative():
    (found,) = lint(code("plt.show()", data=picture()))
    assert "without a text alternative" in found


@pytest.mark.parametrize("alt", ["fig1.png", "A rising line", "", "Loss.", 7])
def test_alternative_that_is_no_sentence(alt):
    (found,) = lint(code("plt.show()", data=picture(), mystnb={"image": {"alt": alt}}))
    assert "no sentence" in found


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='x'>",
        "<img src='x' alt='plot'>",
        '<script type="application/json">{"frames":[{"alt":"","src":"x"}]}</script>',
    ],
)
def test_picture_in_html(markup):
    (found,) = lint(code("show()", data={"text/html": markup, "text/plain": "a"}))
    assert "has a picture in its HTML" in found


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ["caption", "name"]),
        ({"name": "fig-line"}, ["caption"]),
        ({"caption": "A line.", "name": " "}, ["name"]),
        ({"caption": "A line.", "name": "fig-line"}, []),
    ],
)
def test_interactive_figure_without_caption_or_name(given, missing):
    def draw(slope):
        figure, axes = plt.subplots()
        axes.plot([0, slope])
        return figure

    shown = SliderFigure(draw, "A line of slope {slope} rises.".format, slope=[1, 2])
    data = {"text/html": shown.to_html(), "text/plain": repr(shown)}
    found = lint(code("show()", data=data, mystnb={"figure": given}))
    assert found == [
        f"code cell [1]: shows an interactive figure without a {key} (mystnb: figure: {key})"
        for key in missing
    ]


def test_two_figures_share_no_alternative():
    cell = code("plt.show()", data=picture(), **ALT)
    cell.outputs.append(cell.outputs[0])
    (found,) = lint(cell)
    assert "shows 2 figures" in found


def test_bare_widget():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "Slider"}
    (found,) = lint(code("slider", data=view))
    assert "bare widget" in found
    (found,) = lint(code("slider", data={**view, "text/html": "<p>Slider</p>"}))
    assert "random name" in found


def test_semicolon():
    (found,) = lint(code("plt.plot([1]);"))
    assert "semicolon" in found


def test_empty_cell():
    assert lint(code("  ")) == ["code cell [1]: is empty"]


def test_edited_markdown():
    notebook = as_lesson(code("print(1)", text="1\n"))
    text = to_markdown(notebook)
    assert problems(notebook, text) == []
    for edited in (text.replace("A lesson", "The lesson"), text.replace("print(1)", "print(2)")):
        assert problems(notebook, edited) == [
            "the .ipynb does not follow the .md: run course notebooks update"
        ]


def test_edited_cell_metadata():
    notebook = as_lesson(code("plt.show()", data=picture(), **ALT))
    text = to_markdown(notebook)
    assert problems(notebook, text.replace("rises", "falls"))


def test_no_markdown():
    (found,) = problems(as_lesson(code("1")), None)
    assert "there is no .md" in found


def test_the_markdown_form_is_stable():
    cells = [code("print(1)"), code("print(1)"), code("plt.show()", **ALT, nbval={"rtol": 0.01})]
    text = to_markdown(from_markdown(to_markdown(as_lesson(*cells))))
    first, second = from_markdown(text), from_markdown(text)
    assert first == second
    assert to_markdown(first) == text
    assert len({cell.id for cell in first.cells}) == len(first.cells)
