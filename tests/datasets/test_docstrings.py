"""Text read out of packages: a package made here, and one that is installed."""

import inspect
import sys
from operator import attrgetter

import networkx
import numpy as np
import pytest

from course_lib.datasets.docstrings import ALPHABET, as_stream, docstrings, split_documents

SOURCES = {
    "__init__.py": '"""The whole of the package."""\n',
    "a.py": '''r"""First module, \\d is kept.

    A second paragraph, which is left out.
    """

class Thing:
    """A thing
       on two   lines."""

    def method(self):
        """What the method does."""

    async def wait(self):
        """What waiting is good for."""

def inner():
    def deep():
        """Deep inside a function."""
''',
    "b.py": '''def again():
    """What the method does."""

def short():
    """Too short."""

def foreign():
    """Der Schluß ist nicht zu lesen."""

def escape():
    """An old escape \\d in a source."""
''',
    "sub/__init__.py": "",
    "sub/_c.py": '"""Module of a folder below."""\n',
    "tests/test_a.py": '"""A test is not read at all."""\n',
    "test_b.py": '"""Nor is a test beside the code."""\n',
    "conftest.py": '"""Nor what tests share with another."""\n',
}


@pytest.fixture
def made(tmp_path, monkeypatch):
    for name, source in SOURCES.items():
        path = tmp_path / "madepackage" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "madepackage"


def test_first_paragraphs_in_order_without_tests_and_repetitions(made):
    found = docstrings(made, shortest=15)
    assert [(d.name, d.text) for d in found] == [
        ("madepackage", "The whole of the package."),
        ("madepackage.a", r"First module, \d is kept."),
        ("madepackage.a.Thing", "A thing on two lines."),
        ("madepackage.a.Thing.method", "What the method does."),
        ("madepackage.a.Thing.wait", "What waiting is good for."),
        ("madepackage.a.inner.deep", "Deep inside a function."),
        ("madepackage.b.escape", r"An old escape \d in a source."),
        ("madepackage.sub._c", "Module of a folder below."),
    ]
    assert {d.package for d in found} == {made}
    assert made not in sys.modules  # read, not imported


def test_definitions_inside_other_statements_are_found(tmp_path, monkeypatch):
    lines = ['"""Definitions in every kind of block."""']
    for name, opening in (
        ("in_if", "if True:"),
        ("in_else", "if True: pass\nelse:"),
        ("in_try", "try:"),
        ("in_except", "except ValueError:"),
        ("in_finally", "finally:"),
        ("in_with", "with open('a') as file:"),
        ("in_match", "match 1:\n  case 2:"),
    ):
        lines.append(f'{opening}\n    def {name}():\n        """This is {name}."""')
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "__init__.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    names = [found.name.removeprefix("blocks.") for found in docstrings("blocks", shortest=5)]
    assert names[1:] == [
        "in_if",
        "in_else",
        "in_try",
        "in_except",
        "in_finally",
        "in_with",
        "in_match",
    ]


def test_the_shortest_is_counted_in_characters(made):
    assert "Too short." in [d.text for d in docstrings(made, shortest=10)]
    assert "Too short." not in [d.text for d in docstrings(made, shortest=11)]


def test_agrees_with_what_an_imported_package_says():
    texts = {d.name: d.text for d in docstrings("networkx")}
    for name in ("classes.graph.Graph.add_edge", "algorithms.clique.find_cliques"):
        described = attrgetter(name)(networkx)
        first = inspect.getdoc(inspect.unwrap(described)).split("\n\n")[0]
        assert " ".join(first.split()) in texts.values()
    assert len(texts) > 1000
    assert set("".join(texts.values())) <= set(ALPHABET)
    assert len(set(texts.values())) == len(texts)


def test_split_deals_out_every_document_once(rng):
    documents = [f"document {i}" for i in range(103)]
    parts = split_documents(rng, documents, validation=0.2, test=0.1)
    assert [len(part) for part in parts] == [72, 21, 10]
    assert sorted([*parts.train, *parts.validation, *parts.test]) == sorted(documents)
    assert parts.validation != documents[:21]
    assert parts.train != documents[31:]
    assert split_documents(np.random.default_rng(1), documents) == split_documents(
        np.random.default_rng(1), documents
    )


def test_stream_can_be_taken_apart_again():
    documents = ["one", "two words", "x"]
    assert as_stream(documents).split("\n")[1:-1] == documents
    assert as_stream([]) == "\n"


@pytest.mark.parametrize("name", ["nosuchpackage", "this", "not a name", "os.path"])
def test_what_cannot_be_read_is_named(name):
    with pytest.raises(ValueError, match="package: expected"):
        docstrings(name)


@pytest.mark.parametrize("name", ["not a name", "os.path", "", "1"])
def test_what_is_no_name_is_not_looked_for(name):
    with pytest.raises(ValueError, match="package: expected the name of a package, got"):
        docstrings(name)


def test_a_package_without_words_is_refused(tmp_path, monkeypatch):
    (tmp_path / "silentpackage").mkdir()
    (tmp_path / "silentpackage" / "__init__.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="expected one with docstrings, got 'silentpackage'"):
        docstrings("silentpackage")


def test_bad_numbers_are_named(made, rng):
    with pytest.raises(ValueError, match="shortest: expected a whole number, 1 or more, got 0"):
        docstrings(made, shortest=0)
    with pytest.raises(ValueError, match="validation: expected a positive number, got 0"):
        split_documents(rng, ["a"] * 10, validation=0.0)
    with pytest.raises(ValueError, match="test: expected a positive number, got -1"):
        split_documents(rng, ["a"] * 10, test=-1.0)
    for few in (0, 4, 10):
        with pytest.raises(ValueError, match=f"documents: expected enough for three .* got {few}"):
            split_documents(rng, ["a"] * few, validation=0.5, test=0.5)
