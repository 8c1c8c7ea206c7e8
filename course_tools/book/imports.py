"""Who imports whom inside ``course_lib``, read from the source."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple


class Module(NamedTuple):
    """One file of the package.

    Attributes:
        name: dotted path, e.g. ``course_lib.recurrent.bptt``.
        lines: length of the file.
        imports: the modules of the package that it imports, dotted.
    """

    name: str
    lines: int
    imports: frozenset[str]

    @property
    def concept(self) -> str:
        """The folder it lives in, or its own name at the top level.

        >>> Module("course_lib.recurrent.bptt", 90, frozenset()).concept
        'recurrent'
        """
        return self.name.split(".")[1] if "." in self.name else ""


def _imported(tree: ast.AST, package: str) -> set[str]:
    """Dotted names from ``package`` that a file imports, inside functions or by a string too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)  # for importlib
    return {name for name in names if name.split(".")[0] == package}


def read_modules(package: Path) -> dict[str, Module]:
    """Read every module of a package.

    Args:
        package: the package's folder, e.g. ``Path("course_lib")``.

    Returns:
        Modules by dotted name; names that are not modules of the package are left out of
        ``imports``.

    Raises:
        ValueError: the folder holds no Python file.
    """
    sources = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        sources[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text()
    if not sources:
        raise ValueError(f"package: expected a folder with Python files, got {package}")
    return {
        name: Module(
            name,
            len(source.splitlines()),
            frozenset(_imported(ast.parse(source), package.name) & sources.keys() - {name}),
        )
        for name, source in sources.items()
    }


def concept_graph(modules: dict[str, Module]) -> dict[str, set[str]]:
    """Which concept imports which, without the concepts' imports of themselves."""
    graph: dict[str, set[str]] = {module.concept: set() for module in modules.values()}
    for module in modules.values():
        targets = {modules[name].concept for name in module.imports}
        graph[module.concept] |= targets - {module.concept, ""}
    graph.pop("", None)
    return graph


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """One cycle of a directed graph as a list that starts and ends alike; empty if none.

    >>> find_cycle({"a": {"b"}, "b": {"a"}}) in (["a", "b", "a"], ["b", "a", "b"])
    True
    >>> find_cycle({"a": {"b"}, "b": set()})
    []
    """
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
