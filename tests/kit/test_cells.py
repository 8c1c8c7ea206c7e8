import pytest

from course_tools.kit.cells import fresh_names, run_cell


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%timeit -n 1"])
def test_the_body_of_a_cell_magic_about_code_runs(magic):
    names = fresh_names()
    run_cell(f"{magic}\n%matplotlib inline\ndef f(x):\n    return x + 1", 1, names)
    assert names["f"](1) == 2


def test_the_body_of_another_language_does_not_run():
    run_cell("%%bash\nrm -r everything", 1, fresh_names())


def test_display_and_shell_lines_do_nothing(capsys):
    run_cell("display(1)\n!echo noise\nlines = !ls\nget_ipython().system('ls')", 1, fresh_names())
    assert capsys.readouterr().out == ""


def test_an_error_names_its_cell():
    with pytest.raises(ZeroDivisionError) as caught:
        run_cell("x = 1\nx / 0", 7, fresh_names())
    assert caught.traceback[-1].path == "<code cell 7>"
    assert str(caught.traceback[-1].statement) == "x / 0"


@pytest.mark.parametrize("cell", ["In [1]: x = 1", ">>> x = 1", "  x = 1", "\n\nx = 1", "x = 1"])
def test_a_cell_with_a_prompt_or_an_indent_runs_as_ipython_would(cell):
    names = fresh_names()
    run_cell(cell, 1, names)
    assert names["x"] == 1
