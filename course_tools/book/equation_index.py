"""The index of numbered equations: which page derives one, what computes it, what tests it.

An equation's label stands in four places: after the equation in its lesson, in the docstring
of the function that computes it, in a comment on the line that does, and in the marker of a
test that holds it against an independent oracle. This module reads the four and says what is
missing.
"""

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeVar

LABEL = re.compile(r"(?<![\w-])eq(?:-[a-z0-9]+)+(?![\w-])")
IMPLEMENTS = re.compile(r"\bImplements\b[^.]*\.")

_FENCE = re.compile(r"^\s*(`{3,}|:{3,}|~{3,})\s*(\{[\w:-]+\})?(.*)$")
_AFTER_DOLLARS = re.compile(r"\$\$\s*\(([^()\s]+)\)\s*$")
_LABEL_OPTION = re.compile(r"^\s*:label:\s*(\S+)\s*$")

Said = TypeVar("Said")
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Check(NamedTuple):
    """A test, by its pytest node id, and the oracle that it compares with."""

    test: str
    against: str


@dataclass
class Equation:
    """One labelled equation with all that stands behind it.

    Args:
        label: as in the page, for example ``eq-`` and a few words.
        page: path of the page that numbers it, from the project's root; empty if none does.
        symbols: dotted paths of the functions and classes that compute it.
        checks: the tests that hold it against an oracle.
    """

    label: str
    page: str = ""
    symbols: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)


class EquationIndex(NamedTuple):
    """All labelled equations by label, in reading order, and what is wrong with them."""

    equations: dict[str, Equation]
    problems: list[str]


def read_equation_index(root: Path, known: dict | None = None) -> EquationIndex:
    """Collect the labels of pages, docstrings, code and tests below the project's root.

    A label that is missing on any side is a problem, and so is a comment in a function whose
    docstring does not announce it, a test without ``against``, or a label used twice.

    Args:
        root: the project's root.
        known: what files said when they were last read; it is brought up to date. A file that
            did not change is not read again.
    """
    known = {} if known is None else known
    before = known.copy()
    known.clear()

    def read(path: Path, reader: Callable[[str, Path], Said]) -> Said:
        """What a file says: its equations, its symbols or its checks."""
        source, name = path.read_text(encoding="utf-8"), path.relative_to(root)
        key = (name.as_posix(), sha256(source.encode()).digest())
        known[key] = before[key] if key in before else reader(source, name)
        return known[key]

    problems: list[str] = []
    equations: dict[str, Equation] = {}

    for page in book_pages(root):
        name = page.relative_to(root).as_posix()
        for label, line in read(page, lambda source, _: page_equations(source)):
            if not LABEL.fullmatch(label):
                problems.append(f"{name}:{line}: label {label!r} does not look like eq-some-words")
            elif label in equations:
                problems.append(
                    f"{name}:{line}: {label} is already used in {equations[label].page}"
                )
            else:
                equations[label] = Equation(label, name)

    def entry(label: str) -> Equation:
        return equations.setdefault(label, Equation(label))

    announced: dict[str, str] = {}
    for path in library_modules(root):
        module = read(path, read_module)
        problems += module.problems
        for label, symbols in module.symbols.items():
            entry(label).symbols += symbols
        for label, symbol in module.announced.items():
            announced.setdefault(label, symbol)
    for path in sorted((root / "tests").rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        for label, test, against in read(path, lambda source, _: list(declared_checks(source))):
            if not against:
                problems.append(f"{name}::{test}: checks({label!r}) does not say against what")
            entry(label).checks.append(Check(f"{name}::{test}", against))

    for label in [*equations, *(a for a in announced if a not in equations)]:
        equation = entry(label)
        missing = []
        if not equation.page:
            missing.append("no page numbers it")
        if label not in announced and not equation.symbols:
            missing.append("no docstring says that it implements it")
        if not equation.symbols:
            missing.append("no line of code carries it in a comment")
        if not equation.checks:
            missing.append("no test checks it")
        if missing:
            where = (
                equation.page
                or announced.get(label)
                or ", ".join([*equation.symbols, *(check.test for check in equation.checks)])
            )
            problems.append(f"{label} ({where}): {'; '.join(missing)}")
    return EquationIndex(equations, problems)


def book_pages(root: Path) -> list[Path]:
    """The MyST pages of the book, in alphabetical order; extensions and hidden folders aside."""
    pages = sorted((root / "book").rglob("*.md"))
    return [
        page
        for page in pages
        if not any(part[0] in "._" for part in page.relative_to(root / "book").parts)
    ]


def library_modules(root: Path) -> list[Path]:
    """The modules of ``course_lib``, which the book teaches."""
    return sorted((root / "course_lib").rglob("*.py"))


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    r"""Numbered lines of a MyST page without its code; directives that hold prose stay.

    >>> list(prose_lines("a\n```python\nb\n```\nc"))
    [(1, 'a'), (5, 'c')]
    """
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if closing:
            if fence and fence[1].startswith(closing) and not fence[2] and not fence[3].strip():
                closing = ""
        elif fence and _holds_code(fence[2], fence[3]):
            closing = fence[1]
        else:
            yield number, line


def _holds_code(directive: str | None, rest: str) -> bool:
    """Whether what a fence opens is code: a bare language, or a code directive."""
    if directive:
        return directive in ("{code-cell}", "{code}", "{code-block}", "{eval-rst}")
    return bool(rest.strip())


def page_equations(text: str) -> list[tuple[str, int]]:
    """Labels of the numbered equations of a MyST page, with their lines.

    >>> page_equations("$$ y = x $$ (eq-same)")
    [('eq-same', 1)]
    """
    found = []
    in_math = False
    for number, line in prose_lines(text):
        fence = _FENCE.match(line)
        if fence:
            in_math = fence[2] == "{math}"
        if match := _AFTER_DOLLARS.search(line) or (in_math and _LABEL_OPTION.match(line)):
            found.append((match[1], number))
    return found


class Module(NamedTuple):
    """What one module says about equations."""

    symbols: dict[str, list[str]]
    announced: dict[str, str]
    problems: list[str]


def read_module(source: str, path: Path) -> Module:
    """Match the labels in comments with those that the docstrings around them announce.

    Args:
        source: the module's text.
        path: where it lies below the project's root.
    """
    if not LABEL.search(source):  # most modules; looking closer takes a while
        return Module({}, {}, [])
    dotted = ".".join(path.with_suffix("").parts)
    definitions = list(_definitions(ast.parse(source), dotted))
    name = path.as_posix()

    symbols: dict[str, list[str]] = defaultdict(list)
    problems: list[str] = []
    for line, comment in _comments(source):
        around = [
            (d, symbol)
            for d, symbol in definitions
            if d.end_lineno is not None and d.lineno <= line <= d.end_lineno
        ]
        for label in LABEL.findall(comment):
            telling = [
                symbol for d, symbol in around if label in LABEL.findall(ast.get_docstring(d) or "")
            ]
            if not telling:
                problems.append(f"{name}:{line}: {label} is not in the docstring of this function")
            elif telling[-1] not in symbols[label]:
                symbols[label].append(telling[-1])

    announced: dict[str, str] = {}
    for definition, symbol in definitions:
        for sentence in IMPLEMENTS.findall(ast.get_docstring(definition) or ""):
            for label in LABEL.findall(sentence):
                announced.setdefault(label, symbol)
                inside = any(f"{one}.".startswith(f"{symbol}.") for one in symbols.get(label, []))
                if not inside and label in symbols:
                    problems.append(f"{symbol}: no line of it carries {label} in a comment")
    return Module({label: found for label, found in symbols.items() if found}, announced, problems)


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[Definition, str]]:
    """Classes and functions below a node with their dotted paths, outer before inner."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            symbol = f"{prefix}.{child.name}"
            yield child, symbol
            yield from _definitions(child, symbol)


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments that open with a label, with their line numbers; others only speak about it."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and LABEL.match(token.string.lstrip("# ")):
            yield token.start[0], token.string


def declared_checks(source: str) -> Iterator[tuple[str, str, str]]:
    """Each (label, test, against) that the ``checks`` markers of a test module declare."""
    if "checks(" not in source:  # most modules
        return
    for definition, test in _definitions(ast.parse(source), ""):
        for decorator in definition.decorator_list:
            for call in ast.walk(decorator):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.checks":
                    against = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
                    for argument in call.args:
                        label = ast.literal_eval(argument)
                        yield label, test[1:].replace(".", "::"), against.get("against", "")
