"""The house: which rooms may open into which, and how large a room may be."""

import ast
import re
from pathlib import Path

import pytest

from course_lib.book.imports import TOOLS, concept_graph, find_cycle, read_modules

ROOT = Path(__file__).parents[2]
MODULES = read_modules(ROOT / "course_lib")

# A concept may import those named on its line, and nothing else.
MAY_IMPORT = {
    "foundations": set(),
    "datasets": {"foundations"},
    "viz": {"foundations", "rmt"},
    "recurrent": {"foundations", "datasets"},
    "rmt": {"foundations", "datasets"},
    "generalization": {"foundations", "datasets", "rmt"},
    # the tools
    "book": {"foundations", "viz"},
    "grading": {"foundations", "book", "recurrent"},
    "sandbox": {"grading"},
    "gradebook": {"grading", "sandbox"},
    "submissions": {"grading", "gradebook"},
    "reports": {"grading", "gradebook"},
    "judging": {"grading", "sandbox", "gradebook", "submissions", "reports"},
    "cli": {"book", "grading", "judging"},
}


def test_each_concept_imports_only_what_its_line_allows():
    graph = concept_graph(MODULES)
    assert graph.keys() == MAY_IMPORT.keys()
    beyond = {name: imports - MAY_IMPORT[name] for name, imports in graph.items()}
    assert {name: imports for name, imports in beyond.items() if imports} == {}


def test_the_list_itself_has_no_cycle_and_no_tool_in_the_library():
    assert find_cycle(MAY_IMPORT) == []
    library = MAY_IMPORT.keys() - TOOLS
    assert all(MAY_IMPORT[name] <= library for name in library)


def test_no_cycle_between_modules():
    assert find_cycle({name: set(module.imports) for name, module in MODULES.items()}) == []


def test_no_module_past_400_lines():
    assert {m.name: m.lines for m in MODULES.values() if m.lines > 400} == {}


@pytest.mark.slow
def test_torch_only_where_the_name_says_so():
    """numpy where the backward pass is the lesson; torch in files whose name ends in _torch."""
    guilty = []
    for path in (ROOT / "course_lib").rglob("*.py"):
        roots = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                roots |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots.add((node.module or "").split(".")[0])
        tools = path.parent.name in TOOLS
        if "torch" in roots and not tools and not path.stem.endswith("_torch"):
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []


PACKAGES = sorted((ROOT / "course_lib").glob("*/__init__.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.parent.name)
def test_package_lists_its_modules_and_imports_nothing(package):
    tree = ast.parse(package.read_text())
    assert [type(node) for node in tree.body] == [ast.Expr], "a docstring and nothing else"
    listed = set(re.findall(r"^- ``(\w+)``:", ast.get_docstring(tree), re.M))
    assert listed == {p.stem for p in package.parent.glob("*.py")} - {"__init__"}


def test_import_path_is_file_path_at_two_levels():
    deep = [n for n in MODULES if n.count(".") > 2 or (n.count(".") == 1 and not (
        (ROOT / n.replace(".", "/")).is_dir() or n == "course_lib.cli"))]  # fmt: skip
    assert deep == []


def test_every_module_has_its_test_file():
    missing = []
    for path in sorted((ROOT / "course_lib").glob("*/*.py")):
        if path.stem != "__init__":
            test = ROOT / "tests" / path.parent.name / f"test_{path.stem}.py"
            if not test.is_file():
                missing.append(str(test.relative_to(ROOT)))
    assert missing == []
