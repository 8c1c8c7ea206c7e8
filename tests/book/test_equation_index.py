"""The reader of equation labels, on a small project of its own."""

import pytest
from click.testing import CliRunner

from course_tools.book.commands import equation_index
from course_tools.book.equation_index import (
    LABEL,
    Check,
    declared_checks,
    page_equations,
    prose_lines,
    read_equation_index,
)

PAGE = """# Doubling

$$
y = 2 x
$$ (eq-double)

```{code-cell} ipython3
# eq-in-code is not an equation: $$ a $$ (eq-in-code)
```
"""
MODULE = '''"""Doubling."""


def double(x):
    """Twice a number.

    Implements eq-double.
    """
    return 2 * x  # eq-double
'''
TEST = """import pytest


@pytest.mark.parametrize("x", [1, 2])
@pytest.mark.checks("eq-double", against="a closed form")
def test_twice(x):
    assert double(x) == x + x
"""


@pytest.fixture
def project(tmp_path):
    """A page, a module and a test that agree about one equation."""
    for path, text in {
        "book/arithmetic/doubling.md": PAGE,
        "course_lib/arithmetic/doubling.py": MODULE,
        "tests/arithmetic/test_doubling.py": TEST,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_agreement_is_no_problem(project):
    equations, problems = read_equation_index(project)
    assert problems == []
    equation = equations["eq-double"]
    assert equation.page == "book/arithmetic/doubling.md"
    assert equation.symbols == ["course_lib.arithmetic.doubling.double"]
    assert equation.checks == [
        Check("tests/arithmetic/test_doubling.py::test_twice", "a closed form")
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "complaint"),
    [
        ("book/arithmetic/doubling.md", "$$ (eq-double)", "$$", "no page numbers it"),
        ("tests/arithmetic/test_doubling.py", '"eq-double", ', "", "no test checks it"),
        ("course_lib/arithmetic/doubling.py", "  # eq-double", "", "no line of code"),
        (
            "course_lib/arithmetic/doubling.py",
            "Implements eq-double.",
            "",
            "not in the docstring of this function",
        ),
        (
            "tests/arithmetic/test_doubling.py",
            ', against="a closed form"',
            "",
            "does not say against what",
        ),
        ("book/arithmetic/doubling.md", "(eq-double)", "(double)", "does not look like"),
    ],
    ids=["page", "test", "code", "docstring", "oracle", "name"],
)
def test_each_missing_side_is_named(project, path, old, new, complaint):
    edit(project / path, old, new)
    problems = read_equation_index(project).problems
    assert any(complaint in problem for problem in problems), problems


def test_a_label_used_twice_is_named(project):
    (project / "book/arithmetic/again.md").write_text("$$ y = x + x $$ (eq-double)\n")
    assert any("already used in" in problem for problem in read_equation_index(project).problems)


def test_a_docstring_that_promises_what_another_function_does(project):
    with (project / "course_lib/arithmetic/doubling.py").open("a") as module:
        module.write('\n\ndef twice(x):\n    """Implements eq-double."""\n    return x + x\n')
    assert read_equation_index(project).problems == [
        "course_lib.arithmetic.doubling.twice: no line of it carries eq-double in a comment"
    ]


def test_a_remark_about_an_equation_is_neither_promise_nor_implementation(project):
    with (project / "course_lib/arithmetic/doubling.py").open("a") as module:
        module.write(
            '\n\ndef half(x):\n    """Undoes eq-double."""\n    # the inverse of eq-double\n'
        )
        module.write("    return x / 2\n")
    assert read_equation_index(project).problems == []
    assert read_equation_index(project).equations["eq-double"].symbols == [
        "course_lib.arithmetic.doubling.double"
    ]


def test_only_files_that_changed_are_read_again(project, monkeypatch):
    known = {}
    first = read_equation_index(project, known)
    page = project / "book/arithmetic/doubling.md"
    edit(page, "eq-double)", "eq-twice)")
    read = []
    monkeypatch.setattr(
        "course_tools.book.equation_index.page_equations",
        lambda text: read.append(text) or [("eq-new", 1)],
    )
    monkeypatch.delattr(
        "course_tools.book.equation_index.ast"
    )  # a module or a test would be parsed
    again = read_equation_index(project, known)
    assert read == [page.read_text()]
    assert set(again.equations) == {"eq-new", "eq-double"}
    assert again.equations["eq-double"].checks == first.equations["eq-double"].checks
    assert len(known) == 3


def test_a_class_may_promise_for_its_methods(project):
    (project / "course_lib/arithmetic/doubling.py").write_text(
        'class Doubler:\n    """Implements eq-double."""\n\n    def run(self, x):\n'
        '        """Twice."""\n        return 2 * x  # eq-double\n'
    )
    index = read_equation_index(project)
    assert index.problems == []
    assert index.equations["eq-double"].symbols == ["course_lib.arithmetic.doubling.Doubler"]


def test_tools_and_extensions_are_not_read(project):
    path = "course_tools/book/tool.py"
    (project / path).parent.mkdir(parents=True)
    (project / path).write_text('"""Speaks of labels: Implements eq-nothing."""\n')
    (project / "book/_ext").mkdir()
    (project / "book/_ext/notes.md").write_text("$$ a $$ (eq-hidden)\n")
    assert set(read_equation_index(project).equations) == {"eq-double"}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("$$ a $$ (eq-a)", ["eq-a"]),
        ("$$\na\n$$ (eq-a-b)\n\n$$\nb\n$$ (eq-c)", ["eq-a-b", "eq-c"]),
        ("$$ a $$", []),
        ("```{math}\n:label: eq-a\nx\n```", ["eq-a"]),
        (":::{figure} x.png\n:label: eq-a\n:::", []),
        ("````{prf:theorem} T\n:label: thm-t\n\n$$ a $$ (eq-a)\n````", ["eq-a"]),
        ("```python\n$$ a $$ (eq-a)\n```", []),
        ("```{code-cell}\n$$ a $$ (eq-a)\n```\n$$ b $$ (eq-b)", ["eq-b"]),
    ],
)
def test_labels_of_a_page(text, labels):
    assert [label for label, _ in page_equations(text)] == labels


def test_a_longer_fence_is_not_closed_by_a_shorter_one():
    text = "````python\n```\n$$ a $$ (eq-a)\n````\nend"
    assert list(prose_lines(text)) == [(5, "end")]


@pytest.mark.parametrize(
    ("text", "found"),
    [("eq-a-b.", ["eq-a-b"]), ("seq-a", []), ("eq-", []), ("eq-A", []), ("(eq-a, eq-b)", 2)],
)
def test_what_a_label_looks_like(text, found):
    labels = LABEL.findall(text)
    assert len(labels) == found if isinstance(found, int) else labels == found


def test_checks_of_a_method_and_of_several_labels():
    source = (
        "class TestIt:\n"
        '    @pytest.mark.checks("eq-a", "eq-b", against="torch")\n'
        "    def test_it(self): ...\n"
    )
    assert list(declared_checks(source)) == [
        ("eq-a", "TestIt::test_it", "torch"),
        ("eq-b", "TestIt::test_it", "torch"),
    ]


def test_the_command_lists_and_fails_when_something_is_missing(project, monkeypatch):
    monkeypatch.chdir(project)
    done = CliRunner().invoke(equation_index)
    assert done.exit_code == 0
    assert "implemented by course_lib.arithmetic.doubling.double" in done.output
    assert "test_doubling.py::test_twice against a closed form" in done.output
    edit(project / "tests/arithmetic/test_doubling.py", '"eq-double", ', "")
    failed = CliRunner().invoke(equation_index)
    assert failed.exit_code == 1
    assert "no test checks it" in failed.output


def test_the_command_says_what_is_wrong_with_its_arguments(project, monkeypatch, tmp_path):
    monkeypatch.chdir(project)
    unknown = CliRunner().invoke(equation_index, ["--label", "eq-none"])
    assert unknown.exit_code == 1
    assert "eq-none" in unknown.output
    monkeypatch.chdir(project / "book")
    elsewhere = CliRunner().invoke(equation_index)
    assert elsewhere.exit_code == 1
    assert "not the project's root" in elsewhere.output
