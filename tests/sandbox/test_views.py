import ast
import importlib.util
from pathlib import Path

import pytest

from course_lib.book.imports import TOOLS as ALL_TOOLS
from course_lib.sandbox.paths import PACKAGE
from course_lib.sandbox.views import CORE, TOOLS, Views

HEADS = "course_lib.recurrent.heads"


@pytest.fixture
def package(tmp_path) -> Path:
    """A small course_lib."""
    root = tmp_path / "course_lib"
    for tool, names in CORE.items():
        for name in names:
            (root / tool).mkdir(parents=True, exist_ok=True)
            (root / tool / f"{name}.py").write_text("")
    (root / "recurrent" / "data").mkdir(parents=True)
    for name in ("__init__", "heads", "srn"):
        (root / "recurrent" / f"{name}.py").write_text(f"NAME = {name!r}")
    (root / "recurrent" / "data" / "words.txt").write_text("words")
    (root / "recurrent" / "__pycache__").mkdir()
    (root / "recurrent" / "__pycache__" / "heads.cpython-311.pyc").write_bytes(b"answer")
    (root / "gradebook").mkdir()
    (root / "gradebook" / "secret.py").write_text("")
    (root / "cli.py").write_text("")
    (root / "__init__.py").write_text("")
    return root


def files(folder: Path) -> set[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in paths if path.suffix != ".pyc"}


def test_a_view_is_the_library_without_what_is_closed(package):
    whole = {"__init__.py", "recurrent/__init__.py", "recurrent/heads.py", "recurrent/srn.py"}
    whole |= {"recurrent/data/words.txt"}
    with Views(package) as views:
        assert files(views.without(frozenset()) / "course_lib") == whole
        view = views.without(frozenset([HEADS]))
        assert files(view / "course_lib") == whole - {"recurrent/heads.py"}
        assert not [path for path in view.rglob("*") if "heads" in path.name]
        assert views.without(frozenset([HEADS])) == view
        inside = files(views.core / "course_lib")
    assert inside == {"__init__.py"} | {f"{t}/{n}.py" for t, names in CORE.items() for n in names}


def test_modules_in_a_view_are_compiled(package):
    with Views(package) as views:
        for path in views.without(frozenset()).rglob("*.py"):
            compiled = Path(importlib.util.cache_from_source(str(path)))
            assert compiled.read_bytes()[4:8] == b"\1\0\0\0"  # by hash, not to be checked


def test_a_module_that_is_not_there_is_refused(package):
    with Views(package) as views, pytest.raises(ValueError, match=r"got 'course_lib\.cli', 'x'"):
        views.without(frozenset([HEADS, "x", "course_lib.cli"]))


def test_the_folder_is_private_and_goes(package):
    with Views(package) as views:
        folder = views.shown.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        (views.scratch / "1" / "left").mkdir(parents=True)
        views.clear_scratch()
        assert list(views.scratch.iterdir()) == []
    assert not folder.exists()


def test_the_tools_are_those_of_the_house():
    assert TOOLS == ALL_TOOLS


def test_the_core_needs_nothing_but_itself():
    known = {f"course_lib.{tool}.{name}" for tool, names in CORE.items() for name in names}
    wanted = set()
    for module in known:
        path = PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")
        for node in ast.parse(path.read_text()).body:  # observers import more, where answers are
            if isinstance(node, ast.ImportFrom) and node.module.startswith("course_lib"):
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                wanted |= {node.module} if node.module.count(".") == 2 else names
    assert wanted <= known
