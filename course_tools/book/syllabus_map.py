"""The syllabus map: where each topic is taught, what computes it, which test holds it.

``book/coverage.csv`` has the columns ``id,lesson,symbol,test``; an id that is taught in several
places has several rows. This module reads the table and finds the rows that point to something
that is not there.
"""

import ast
import csv
import re
from pathlib import Path
from typing import NamedTuple

from course_tools.book.equation_index import prose_lines

COLUMNS = ("id", "lesson", "symbol", "test")
ID = re.compile(r"[A-Z0-9]{1,3}-\d{2,3}")

_TARGET = re.compile(r"^\s*\(([\w-]+)\)=\s*$")
_OPTION = re.compile(r"^\s*:(?:label|name):\s*(\S+)\s*$")
_AFTER_DOLLARS = re.compile(r"\$\$\s*\(([^()\s]+)\)\s*$")
_CELL_NAME = re.compile(r"^\s+name:\s*[\"']?([\w-]+)[\"']?\s*$", re.M)
_HEADING = re.compile(r"^#+\s+(.*?)\s*#*$")


class Row(NamedTuple):
    """One line of the table; ``-`` stands where nothing can be computed."""

    id: str
    lesson: str
    symbol: str
    test: str


def read_syllabus_map(path: Path) -> list[Row]:
    """The rows of the table ``book/coverage.csv``, in its order.

    Raises:
        ValueError: the header is not the one above, or a row has a column too few or too many.
    """
    with path.open(newline="", encoding="utf-8") as file:
        header, *lines = [line for line in csv.reader(file) if line]
    if tuple(header) != COLUMNS:
        raise ValueError(f"{path.name}: expected the columns {','.join(COLUMNS)}, got {header}")
    for line in lines:
        if len(line) != len(COLUMNS):
            raise ValueError(f"{path.name}: expected {len(COLUMNS)} columns, got {line}")
    return [Row(*(value.strip() for value in line)) for line in lines]


def syllabus_problems(root: Path, rows: list[Row]) -> list[str]:
    """What the table promises and the project does not hold."""
    problems = []
    for i, row in enumerate(rows):
        if not ID.fullmatch(row.id):
            problems.append(f"{row.id}: does not look like RNN-25")
        if row in rows[:i]:
            problems.append(f"{row.id}: the same row stands in the table twice")
        page, _, anchor = row.lesson.partition("#")
        if not page.endswith(".md") or not (root / page).is_file():
            problems.append(f"{row.id}: there is no page {page or '(empty)'}")
        elif not anchor:
            problems.append(f"{row.id}: {page} is named without an anchor")
        elif anchor not in anchors((root / page).read_text(encoding="utf-8")):
            problems.append(f"{row.id}: {page} has no anchor {anchor}")
        if row.symbol != "-" and not has_symbol(root, row.symbol):
            problems.append(f"{row.id}: there is no {row.symbol or 'symbol (write - for none)'}")
        if row.test != "-" and not has_test(root, row.test):
            problems.append(f"{row.id}: there is no {row.test or 'test (write - for none)'}")
    return problems


def anchors(text: str) -> set[str]:
    r"""All that a link into a MyST page can point to: targets, labels, figures, headings.

    >>> sorted(anchors("# The cliff\n\n(sec-wall)=\n$$ y = x $$ (eq-same)"))
    ['eq-same', 'sec-wall', 'the-cliff']
    """
    found = set(_CELL_NAME.findall(text))
    for _, line in prose_lines(text):
        for pattern in (_TARGET, _OPTION, _AFTER_DOLLARS):
            if match := pattern.search(line):
                found.add(match[1])
        if match := _HEADING.match(line):
            found.add(slug(match[1]))
    return found


def slug(heading: str) -> str:
    """The anchor that MyST gives a heading.

    >>> slug("What goes wrong, and how to see it")
    'what-goes-wrong-and-how-to-see-it'
    """
    kept = re.sub(r"[^\w\s-]", "", heading.lower())
    return re.sub(r"\s", "-", kept.strip())


def has_symbol(root: Path, dotted: str) -> bool:
    """Whether a dotted path names a module, a class, a function, a method or a constant here.

    Nothing is imported, and a method must stand in the class that is named, not in its base.
    """
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        base = root.joinpath(*parts[:cut])
        path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
        if path.is_file():
            return _defines(ast.parse(path.read_text(encoding="utf-8")), parts[cut:])
    return False


def has_test(root: Path, node: str) -> bool:
    """Whether a pytest node id names a test that stands in the file."""
    path, *names = re.sub(r"\[.*\]$", "", node).split("::")
    if not path.endswith(".py") or not (root / path).is_file() or not names:
        return False
    if not names[-1].startswith("test"):
        return False
    return _defines(ast.parse((root / path).read_text(encoding="utf-8")), names)


def _defines(tree: ast.Module | ast.ClassDef, names: list[str]) -> bool:
    """Whether a module or class defines a name, and that one the next."""
    if not names:
        return True
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == names[0]:
            return len(names) == 1
        if isinstance(node, ast.ClassDef) and node.name == names[0]:
            return _defines(node, names[1:])
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(t, ast.Name) and t.id == names[0] for t in targets):
            return len(names) == 1
    return False
