"""``pytest --changed``: only the tests that depend on a file that was edited since the last commit.

A test file depends on what it imports, however far away, on every other file whose name stands
in one of these, and on what lies below its folder. Imported by ``conftest``.
"""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACES = ("course_lib", "course_tools", "tests", "solutions")


def pytest_addoption(parser):
    parser.addoption(
        "--changed", action="store_true", help="Only tests that depend on edited files"
    )


def pytest_ignore_collect(collection_path, config):
    if config.getoption("--changed", default=False) and collection_path.suffix == ".py":
        if not hasattr(config, "course_changed"):
            config.course_changed = affected(ROOT, edited(ROOT))
        if collection_path.resolve() not in config.course_changed:
            return True
    return None


def edited(root: Path) -> set[Path]:
    """Files that differ from the last commit, new ones among them."""
    done = subprocess.run(
        ["git", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {root / entry[3:] for entry in done.stdout.split("\0") if entry}


def affected(root: Path, edited: set[Path]) -> set[Path]:
    """Python files that depend on an edited file, and these themselves."""
    sources = {
        path: path.read_text("utf-8") for place in PLACES for path in (root / place).rglob("*.py")
    }
    by_module = {".".join(_parts(root, path)): path for path in sources}
    by_module |= {path.stem: path for path in sources if path.parent == root / "tests"}
    needs = {path: _imports(source, by_module) for path, source in sources.items()}
    other = {path.name for path in edited if path.suffix != ".py"}
    found = {path for path in sources if path in edited or any(n in sources[path] for n in other)}
    while more := {path for path, needed in needs.items() if needed & found} - found:
        found |= more
    folders = {path.parent for path in found if path.name == "conftest.py"}
    folders |= {path.parents[1] for path in edited if path.is_relative_to(root / "tests")}
    folders.discard(root / "tests")
    folders.discard(root)
    return found | {p for p in sources if any(p.is_relative_to(folder) for folder in folders)}


def _parts(root: Path, path: Path) -> tuple[str, ...]:
    parts = path.relative_to(root).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _imports(source: str, by_module: dict[str, Path]) -> set[Path]:
    """The files that a file imports, inside functions or by a string too."""
    names: set[str] = set()
    try:
        tree = ast.parse(source)
    except SyntaxError:  # an attack with a shell's lines in it
        return set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return {by_module[name] for name in names & by_module.keys()}
