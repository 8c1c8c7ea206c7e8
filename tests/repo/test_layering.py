"""The layout of the two packages; who may import whom stands in the contracts of import-linter."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("course_lib", "course_tools")
MODULES = sorted(path for name in PACKAGES for path in ROOT.glob(f"{name}/**/*.py"))
ROOMS = sorted(path for name in PACKAGES for path in ROOT.glob(f"{name}/*/__init__.py"))


def test_no_module_past_400_lines():
    lines = {str(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > 400} == {}


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.parent.name)
def test_a_room_lists_its_modules_and_imports_nothing(room):
    tree = ast.parse(room.read_text())
    names = [n.module for n in tree.body if isinstance(n, ast.ImportFrom)]
    assert not set(names) - {"typing"}
    assert not any(isinstance(node, ast.Import | ast.Assign) for node in tree.body)
    listed = set(re.findall(r"^- ``(\w+)``:", ast.get_docstring(tree), re.M))
    assert listed == {path.stem for path in room.parent.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_lists_its_rooms(name):
    text = (ROOT / name / "__init__.py").read_text()
    listed = re.findall(r"``(\w+)``", "\n".join(re.findall(r"^- (.*?):", text, re.M)))
    rooms = {path.parent.name for path in ROOMS if path.parents[1].name == name}
    assert set(listed) - {"cli"} == rooms
    assert len(listed) == len(set(listed))


def test_import_path_is_file_path_at_two_levels():
    deep = [path for path in MODULES if len(path.relative_to(ROOT).parts) > 3]
    flat = [path for path in MODULES if len(path.relative_to(ROOT).parts) == 2]
    assert deep == []
    assert {path.stem for path in flat} == {"__init__", "cli"}


def test_every_module_has_its_test_file():
    modules = [path for path in MODULES if path.parent.parent != ROOT and path.stem != "__init__"]
    tests = [ROOT / "tests" / path.parent.name / f"test_{path.stem}.py" for path in modules]
    assert [str(test.relative_to(ROOT)) for test in tests if not test.is_file()] == []


def test_no_room_has_the_name_of_another():
    names = [path.parent.name for path in ROOMS]
    assert len(names) == len(set(names))  # their tests share one folder of folders
