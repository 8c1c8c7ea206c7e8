"""Under which key a result is kept: the hash of everything that could make it come out differently.

A key covers the student (whose inputs are their own), the cells, the task's spec, the seed, the
limits, the grader, and of the library what the spec and the cells import. What is graded once is
found again under its key: after a kill, on another machine, and after a spec has changed and
changed back. Comments and docstrings count nowhere.
"""

import ast
import hashlib
import importlib.util
import json
import platform
import re
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, TypeVar

import grimp

from course_tools.sandbox.requests import Limits

if TYPE_CHECKING:
    from course_tools.exercises.source import ExerciseSet

Tree = TypeVar("Tree", bound=ast.AST)

LIBRARY, TOOLS = "course_lib", "course_tools"
# What judges, and what runs student code; they reach all of the grader that can change a result.
GRADER = (f"{TOOLS}.grading.judge", f"{TOOLS}.sandbox.zygote", f"{TOOLS}.sandbox.child")
PACKAGES = ("numpy", "torch")
NAMED = re.compile(rf"\b{LIBRARY}(?:\.\w+)*")
DOCUMENTED = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
BY_ANY_NAME = re.compile(r"\b(?:importlib|__import__|import_module|exec|eval)\b")


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
    grader: str,
    seed: int,
    limits: Limits,
) -> dict[str, str]:
    """The key of each task's result for one submission.

    Args:
        student: the student's id.
        cells: the submission's code cells.
        fingerprints: of the tasks' specs, from ``task_fingerprints``.
        grader: from ``grader_fingerprint``.
        seed: the instructor's.
        limits: what the student's code may use.
    """
    allowed = {name: float(value) for name, value in asdict(limits).items()}  # 20 is 20.0
    code = library_fingerprint(cells)
    common = (student, hash_of_cells(cells), code, grader, str(seed), allowed)
    return {task: hash_of("work", *common, task, spec) for task, spec in fingerprints.items()}


def environment_fingerprint() -> str:
    """What a worker must have in common with the others, in one line."""
    folders = [Path(importlib.util.find_spec(name).origin).parent for name in (LIBRARY, TOOLS)]
    return f"{_interpreter()}, course {_hash_of_files(folders)[:16]}"


def grader_fingerprint() -> str:
    """What grades, in one line: Python, numpy, torch, and a hash of the grader's code."""
    return f"{_interpreter()}, grader {hash_of_code(GRADER)[:16]}"


def _interpreter() -> str:
    python = ".".join(platform.python_version_tuple()[:2])
    return ", ".join([f"Python {python}", *(f"{name} {version(name)}" for name in PACKAGES)])


def _hash_of_files(folders: Iterable[Path]) -> str:
    """The hash of the Python files below some folders, names and bytes."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder.parent).as_posix()
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def library_fingerprint(texts: Iterable[str]) -> str:
    """The hash of what some code could run of the library: all that it names, and what that needs.

    Args:
        texts: code that may not even parse. If it can import by a name that it puts together, all
            of the library counts.
    """
    named = frozenset(name for text in texts for name in NAMED.findall(text))
    if named and any(BY_ANY_NAME.search(text) for text in texts):
        named |= {LIBRARY}
    return _hash_of_named(named)


@cache
def _hash_of_named(named: frozenset[str]) -> str:
    modules = _graph().modules
    found = set()
    for name in named:
        while name not in modules:  # a function of a module
            name = name.rpartition(".")[0]
        inside = {module for module in modules if module.startswith(f"{name}.")}
        found |= {name} | inside  # of a room any module may be meant
    return hash_of_code(found)


def hash_of_code(modules: Iterable[str]) -> str:
    """The hash of modules and of all that they import, comments and docstrings left out."""
    graph = _graph()
    reached = set(modules).union(*(graph.find_upstream_modules(name) for name in modules))
    return hash_of("code", [(name, _hash_of_module(name)) for name in sorted(reached)])


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(LIBRARY, TOOLS, cache_dir=None)


@cache
def _hash_of_module(name: str) -> str:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name}: expected a module with a file")
    return hash_of_source(Path(spec.origin).read_text("utf-8"))


def hash_of_source(text: str) -> str:
    """The hash of what a module does: its compiled code, without docstrings and line numbers.

    >>> hash_of_source("x = 1") == hash_of_source("x = 1  # why")
    True
    """
    tree = _without_docstrings(ast.parse(text))
    return hash_of("source", _parts_of_code(compile(tree, "", "exec")))


def _constant(value: Any) -> Any:
    if isinstance(value, CodeType):
        return _parts_of_code(value)
    if isinstance(value, frozenset):  # whose order differs from one process to another
        return ["set", *sorted(map(repr, value))]
    return [_constant(part) for part in value] if isinstance(value, tuple) else repr(value)


def _parts_of_code(code: CodeType) -> list[Any]:
    inner = [_constant(value) for value in code.co_consts]
    names = [*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars]
    return [code.co_code.hex(), code.co_exceptiontable.hex(), code.co_flags, names, inner]


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
        task.name: hash_of("spec", made_of, library_fingerprint(made_of))
        for task in exercise_set.tasks
        for made_of in [[s.text for s in _made_of(task.name, statements)]]
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


def _without_docstrings(tree: Tree) -> Tree:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and node.body and _is_constant(node.body[0]):
            only = [ast.copy_location(ast.Pass(), node.body[0])]
            node.body = node.body[1:] or (node.body if isinstance(node, ast.Module) else only)
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
