"""Real text that is the same on every machine: the docstrings of installed packages.

The pinned packages ship hundreds of thousands of words of technical English. They are read
out of the source files, so nothing is imported and nothing is downloaded. A wheel tagged
``py3-none-any`` holds the same files on every machine; choose such a package where results
must be the same everywhere.
"""

import ast
import warnings
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_lib.foundations.validate import check_positive, check_whole

ALPHABET = "\n" + "".join(map(chr, range(32, 127)))
"""The 96 characters that a cleaned text may hold: the newline and printable ASCII."""


class Docstring(NamedTuple):
    """What the documentation in the source says about one module, class or function.

    Attributes:
        package: the package that it comes from.
        name: the dotted name of what is described.
        text: the first paragraph on one line.
    """

    package: str
    name: str
    text: str


class Split(NamedTuple):
    """Documents for training, for choosing, and for one measurement at the end.

    Attributes:
        train: fits the parameters.
        validation: chooses between models, sizes and stopping times.
        test: is scored once, when everything is chosen.
    """

    train: list[str]
    validation: list[str]
    test: list[str]


def docstrings(package: str, shortest: int = 20) -> list[Docstring]:
    """Read the first paragraph of every docstring of an installed package.

    Files are read in the order of their paths; folders and files of tests are left out.
    White space is collapsed to single blanks. A paragraph is dropped if it occurred before,
    so that no document of a later split was seen in training word for word, and if it holds
    characters outside ``ALPHABET``.

    Args:
        package: the name under which it is imported.
        shortest: drop paragraphs with fewer characters.

    Raises:
        ValueError: the package is not installed, is a single file, or has no docstring.

    >>> texts = {found.name: found.text for found in docstrings("networkx")}
    >>> texts["networkx.exception.NetworkXException"]
    'Base class for exceptions in NetworkX.'
    """
    check_whole("shortest", shortest, 1)
    root = _folder(package)
    found, seen = [], set()
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).parts):
        parts = path.relative_to(root).with_suffix("").parts
        if any(part in ("test", "tests", "conftest") or part.startswith("test_") for part in parts):
            continue
        module = ".".join((package, *(part for part in parts if part != "__init__")))
        for name, text in _described(path, module):
            if len(text) >= shortest and text not in seen and set(text) <= set(ALPHABET):
                seen.add(text)
                found.append(Docstring(package, name, text))
    if not found:
        raise ValueError(f"package: expected one with docstrings, got {package!r} without any")
    return found


def split_documents(
    rng: np.random.Generator,
    documents: Sequence[str],
    validation: float = 0.1,
    test: float = 0.1,
) -> Split:
    """Shuffle documents and deal them out; no document is cut in two.

    Args:
        rng: shuffles.
        documents: texts.
        validation: share of the documents for validation, rounded to a whole number.
        test: share of the documents for the test.

    Raises:
        ValueError: a share is not positive, or a part would be empty.

    >>> parts = split_documents(np.random.default_rng(0), list("abcdefghij"))
    >>> [len(part) for part in parts]
    [8, 1, 1]
    """
    check_positive("validation", validation)
    check_positive("test", test)
    held, last = (round(share * len(documents)) for share in (validation, test))
    if min(held, last, len(documents) - held - last) < 1:
        raise ValueError(
            f"documents: expected enough for three parts, got {len(documents)} "
            f"for shares {validation} and {test}"
        )
    shuffled = [documents[i] for i in rng.permutation(len(documents))]
    return Split(shuffled[held + last :], shuffled[:held], shuffled[held : held + last])


def as_stream(documents: Sequence[str]) -> str:
    r"""One text: a newline before the first document and after each.

    >>> as_stream(["one", "two"])
    '\none\ntwo\n'
    """
    return "\n" + "".join(document + "\n" for document in documents)


def _folder(package: str) -> Path:
    """Where the sources of a package lie; nothing is imported to find it."""
    if not package.isidentifier():
        raise ValueError(f"package: expected the name of a package, got {package!r}")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(
            f"package: expected an installed package of several files, got {package!r}"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _described(path: Path, module: str) -> Iterator[tuple[str, str]]:
    """Name and first paragraph of everything in a file that has a docstring, top to bottom."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # escapes such as "\d" in old sources
        warnings.simplefilter("ignore", DeprecationWarning)
        tree = ast.parse(path.read_text(encoding="utf-8"))

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, documented) and (text := ast.get_docstring(node)):
            yield name, " ".join(text.strip().split("\n\n")[0].split())
        # A definition is a statement; expressions need not be looked through.
        for part in ("body", "cases", "handlers", "orelse", "finalbody"):
            inside = getattr(node, part, ())
            for child in inside if isinstance(inside, list) else ():  # a lambda's body is no list
                inner = getattr(child, "name", None) if isinstance(child, documented) else None
                yield from walk(child, f"{name}.{inner}" if inner else name)

    yield from walk(tree, module)
