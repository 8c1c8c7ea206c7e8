"""Under which hash a result is kept: that of everything that could make it come out differently.

A key covers the student (whose inputs are their own), the cells, the task's spec, the seed, the
limits and the environment. What is graded once is found again under its key: after a kill, on
another machine, and after a spec has changed and changed back.
"""

import ast
import hashlib
import json
import platform
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import course_lib
from course_lib.sandbox.requests import Limits

if TYPE_CHECKING:
    from course_lib.grading.source import ExerciseSet

# Beneath course_lib: how a gradebook is kept and shown cannot change a result. All else counts.
CANNOT_MATTER = {"book", "viz", "submissions", "gradebook", "reports", "judging", "cli.py"}
MATTERS_ALL_THE_SAME = {"judging/judge.py", "gradebook/records.py"}
PACKAGES = ("numpy", "torch")


def hash_of(*parts: Any) -> str:
    """The sha256 of plain data, in hexadecimal; unambiguous, and any text will do.

    >>> hash_of("ab", "c") == hash_of("a", "bc")
    False
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def hash_of_cells(cells: Sequence[str]) -> str:
    """The hash of the exact text of a submission's code cells."""
    return hash_of("cells", list(cells))


def work_keys(
    student: str,
    cells: Sequence[str],
    fingerprints: Mapping[str, str],
    environment: str,
    seed: int,
    limits: Limits,
) -> dict[str, str]:
    """The key of each task's result for one submission.

    Args:
        student: the student's id.
        cells: the submission's code cells.
        fingerprints: of the tasks' specs, from ``task_fingerprints``.
        environment: from ``environment_fingerprint``.
        seed: the instructor's.
        limits: what the student's code may use.
    """
    allowed = {name: float(value) for name, value in asdict(limits).items()}  # 20 is 20.0
    common = (student, hash_of_cells(cells), environment, str(seed), allowed)
    return {task: hash_of("work", *common, task, spec) for task, spec in fingerprints.items()}


def environment_fingerprint() -> str:
    """What grades, in one line: Python, numpy, torch, and a hash of the code of this package."""
    python = ".".join(platform.python_version_tuple()[:2])
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {python}, {packages}, course_lib {_hash_of_code(_root())[:16]}"


def _root() -> Path:
    return Path(course_lib.__path__[0])


def _hash_of_code(root: Path) -> str:
    """The hash of the package's files that take part in a grading, names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] not in CANNOT_MATTER or name in MATTERS_ALL_THE_SAME:
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def task_fingerprints(exercise_set: "ExerciseSet") -> dict[str, str]:
    """The hash of each task's spec and of all that it is made of.

    A task is made of the statement that builds it, its solution, whatever changes the task
    afterwards (``@task.inputs``, ``task.example(...)``), and in turn every statement of the file
    that defines or changes a name used by these. Prose, comments, docstrings, formatting and the
    other tasks do not count, so that a change to one spec is a change to one task.
    """
    texts = [cell.text for cell in exercise_set.cells if cell.kind in ("task", "code", "spec")]
    statements = _statements(texts)
    return {
        task.name: hash_of("spec", [s.text for s in _made_of(task.name, statements)])
        for task in exercise_set.tasks
    }


@dataclass(frozen=True)
class Statement:
    """One statement at the top of the file.

    Args:
        text: the statement without comments and docstrings.
        binds: the names it gives a value.
        changes: names of things that it may change.
        uses: the names it looks up, at once or when its functions are called.
        strings: the string constants in it.
    """

    text: str
    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]
    strings: frozenset[Any]


def _made_of(task: str, statements: list[Statement]) -> list[Statement]:
    """What a task is made of, in the order of the file."""
    builders = [s for s in statements if task in s.strings and s.binds]
    if not builders:  # its name is put together at run time: any statement may be the one
        return statements
    # What binds and changes nothing of the file sets something for all, as np.seterr does.
    todo = [s for s in statements if not s.binds | s.changes]
    names = {task}.union(*(s.binds for s in builders))
    made_of: set[int] = set()
    while names or todo:
        made_of |= {id(s) for s in todo}
        names = names.union(*(s.uses for s in todo))
        todo = [s for s in statements if id(s) not in made_of and (s.binds | s.changes) & names]
        names = set()
    return [s for s in statements if id(s) in made_of]


def _statements(cells: Iterable[str]) -> list[Statement]:
    nodes = [node for cell in cells for node in ast.parse(cell).body]
    parts = [part for node in nodes for part in _parts(_without_docstrings(node))]
    kept = [part for part in parts if not (_is_constant(part) or isinstance(part, ast.Assert))]
    texts = [ast.unparse(node) for node in kept]
    symbols = [_symbols(text) for text in texts]
    imports = (ast.Import, ast.ImportFrom)
    pairs = zip(kept, symbols, strict=True)
    own = {name for node, (binds, _) in pairs if not isinstance(node, imports) for name in binds}
    return [_read(*parts, own) for parts in zip(kept, texts, symbols, strict=True)]


def _parts(node: ast.stmt) -> list[ast.stmt]:
    """An import of several names counts as several imports."""
    if isinstance(node, ast.Import):
        return [ast.Import([alias]) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
    return [node]


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _without_docstrings(tree: ast.stmt) -> ast.stmt:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            rest = node.body[1:] if _is_constant(node.body[0]) else node.body
            node.body = rest or [ast.Pass()]
    return tree


def _read(
    node: ast.stmt, text: str, symbols: tuple[set[str], set[str]], own: set[str]
) -> Statement:
    binds, uses = symbols
    strings = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
    changes = set(_changed(node)) & own - binds
    return Statement(text, *map(frozenset, (binds, changes, uses, strings)))


def _symbols(text: str) -> tuple[set[str], set[str]]:
    """The names that a statement binds, and the global names that it looks up."""
    table = symtable.symtable(text, "solutions", "exec")
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    uses = {s.get_name() for s in symbols if s.is_referenced()}
    inner = table.get_children()
    while inner:
        scope = inner.pop()
        uses |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
        inner += scope.get_children()
    return binds, uses


def _changed(node: ast.AST) -> Iterator[str]:
    """Names of things that a statement may change without binding the name anew.

    That is ``a`` in ``a.add(b)``, ``@a.register``, ``a[0] = 1`` and ``a.b = 1``, and ``b`` in
    ``f(b)``; also inside ``if``, ``for``, ``with`` and ``try``, but not inside functions, which
    are followed where they are called.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from (_base(decorator) for decorator in node.decorator_list)
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
        targets = [node.target] if hasattr(node, "target") else node.targets
        yield from (_base(part) for target in targets for part in _unpacked(target))
    elif isinstance(node, ast.Expr):
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                yield from (_base(call.func), *(_base(value) for value in call.args))
    else:
        for inner in ast.iter_child_nodes(node):
            if not isinstance(inner, ast.expr):
                yield from _changed(inner)


def _unpacked(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [part for element in target.elts for part in _unpacked(element)]
    return [target]


def _base(node: ast.expr) -> str:
    """The name at the root of ``a.b[0].c()``; empty if there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
