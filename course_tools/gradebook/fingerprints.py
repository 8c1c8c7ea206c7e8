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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, TypeVar

import grimp

from course_tools.answers.limits import Limits

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
    folders = [_source_of(name).parent for name in (LIBRARY, TOOLS)]
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
    return hash_of_source(_source_of(name).read_text("utf-8"))


def _source_of(name: str) -> Path:
    """The file of a module; of a package its ``__init__.py``."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name}: expected a module with a file, got none")
    return Path(spec.origin)


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
    """The hash of each task's file and of what it imports of the library.

    Prose, comments and docstrings are left out. A task's file holds all that it is made of, so
    that a change to one is a change to one task.
    """
    return {task.name: _fingerprint(exercise_set, task.name) for task in exercise_set.tasks}


def _fingerprint(exercise_set: "ExerciseSet", name: str) -> str:
    texts = [text for kind in ("task", "spec") for text in exercise_set.cells_of(name, kind)]
    made_of = [ast.unparse(_without_docstrings(ast.parse(text))) for text in texts]
    return hash_of("spec", made_of, library_fingerprint(made_of))


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _without_docstrings(tree: Tree) -> Tree:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and node.body and _is_constant(node.body[0]):
            only: list[ast.stmt] = [ast.copy_location(ast.Pass(), node.body[0])]
            node.body = node.body[1:] or (node.body if isinstance(node, ast.Module) else only)
    return tree
