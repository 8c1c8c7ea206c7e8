"""The syllabus map: what it points to must be there."""

import pytest

from course_tools.book.syllabus_map import (
    Row,
    anchors,
    has_symbol,
    has_test,
    read_syllabus_map,
    slug,
    syllabus_problems,
)

GOOD = Row(
    "RNN-25",
    "book/recurrence/bptt.md#eq-bptt",
    "course_lib.recurrent.bptt.backward",
    "tests/recurrent/test_bptt.py::test_matches_autograd",
)


@pytest.fixture
def project(tmp_path):
    """A lesson, a module and a test for one row."""
    for path, text in {
        "book/recurrence/bptt.md": "# BPTT\n\n$$ a $$ (eq-bptt)\n",
        "course_lib/recurrent/__init__.py": "",
        "course_lib/recurrent/bptt.py": (
            "LIMIT = 3\n\n\ndef backward(): ...\n\n\nclass Cell:\n    size: int = 0\n\n"
            "    def step(self): ...\n"
        ),
        "tests/recurrent/test_bptt.py": (
            "def test_matches_autograd(): ...\n\n\nclass TestMore:\n    def test_it(self): ...\n"
        ),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_a_good_row_has_no_problem(project):
    assert syllabus_problems(project, [GOOD]) == []
    assert syllabus_problems(project, [GOOD._replace(symbol="-", test="-")]) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": "RNN25"}, "does not look like"),
        ({"lesson": "book/recurrence/gone.md#eq-bptt"}, "no page"),
        ({"lesson": "book/recurrence/bptt.md#eq-gone"}, "no anchor eq-gone"),
        ({"lesson": "book/recurrence/bptt.md"}, "without an anchor"),
        ({"lesson": ""}, "no page"),
        ({"symbol": "course_lib.recurrent.bptt.forward"}, "no course_lib.recurrent.bptt.forward"),
        ({"symbol": ""}, "write - for none"),
        ({"test": "tests/recurrent/test_bptt.py::test_gone"}, "test_gone"),
        ({"test": "tests/recurrent/test_bptt.py"}, "there is no tests/recurrent/test_bptt.py"),
        ({"test": ""}, "write - for none"),
    ],
)
def test_what_is_not_there_is_named(project, change, complaint):
    problems = syllabus_problems(project, [GOOD._replace(**change)])
    assert len(problems) == 1
    assert complaint in problems[0]


def test_an_id_may_be_taught_twice_but_not_by_the_same_row(project):
    assert syllabus_problems(project, [GOOD, GOOD._replace(symbol="-", test="-")]) == []
    assert syllabus_problems(project, [GOOD, GOOD]) == [
        "RNN-25: the same row stands in the table twice"
    ]


@pytest.mark.parametrize(
    ("symbol", "there"),
    [
        ("course_lib.recurrent", True),
        ("course_lib.recurrent.bptt", True),
        ("course_lib.recurrent.bptt.LIMIT", True),
        ("course_lib.recurrent.bptt.Cell.step", True),
        ("course_lib.recurrent.bptt.Cell.size", True),
        ("course_lib.recurrent.bptt.Cell.leap", False),
        ("course_lib.recurrent.gone", False),
        ("course_lib.recurrent.bptt.backward.inner", False),
    ],
)
def test_symbols(project, symbol, there):
    assert has_symbol(project, symbol) is there


@pytest.mark.parametrize(
    ("node", "there"),
    [
        ("tests/recurrent/test_bptt.py::test_matches_autograd", True),
        ("tests/recurrent/test_bptt.py::test_matches_autograd[3-tanh]", True),
        ("tests/recurrent/test_bptt.py::TestMore::test_it", True),
        ("tests/recurrent/test_bptt.py::TestMore", False),
        ("tests/recurrent/test_gone.py::test_it", False),
    ],
)
def test_tests(project, node, there):
    assert has_test(project, node) is there


def test_anchors_of_every_kind():
    page = (
        "# The cliff\n\n(sec-wall)=\n## What goes wrong, and how\n\n"
        "$$ a $$ (eq-a)\n\n```{prf:theorem} T\n:label: thm-t\n```\n\n"
        "```{code-cell} ipython3\n---\nmystnb:\n  figure:\n    caption: c\n    name: fig-c\n---\n"
        "# not a heading\n```\n"
    )
    assert anchors(page) == {
        "the-cliff", "sec-wall", "what-goes-wrong-and-how", "eq-a", "thm-t", "fig-c",
    }  # fmt: skip


def test_slug_agrees_with_the_builder_of_the_page():
    from myst_parser.config.main import MdParserConfig
    from myst_parser.mdit_to_docutils.base import default_slugify

    assert MdParserConfig().heading_slug_func is None
    for heading in ("The cliff", "What goes wrong, and how?", "$W$ and `rho`: 2 norms", "A–B c"):
        assert slug(heading) == default_slugify(heading)


def test_the_header_is_fixed(tmp_path):
    table = tmp_path / "coverage.csv"
    table.write_text("id,lesson,symbol,test\nRNN-01, book/a.md#b ,-,-\n")
    assert read_syllabus_map(table) == [Row("RNN-01", "book/a.md#b", "-", "-")]
    table.write_text("id,page,symbol,test\n")
    with pytest.raises(ValueError, match="expected the columns"):
        read_syllabus_map(table)
    table.write_text("id,lesson,symbol,test\nRNN-01,book/a.md#b,-\n")
    with pytest.raises(ValueError, match="expected 4 columns"):
        read_syllabus_map(table)
