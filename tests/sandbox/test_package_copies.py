import importlib.util
from pathlib import Path

import pytest

from course_tools.sandbox.package_copies import PackageCopies, core_modules

HEADS = "course_lib.sequences.heads"


@pytest.fixture
def package(tmp_path) -> Path:
    """A small course_lib."""
    root = tmp_path / "course_lib"
    (root / "sequences" / "data").mkdir(parents=True)
    for name in ("__init__", "heads", "scan"):
        (root / "sequences" / f"{name}.py").write_text(f"NAME = {name!r}")
    (root / "sequences" / "data" / "words.txt").write_text("words")
    (root / "sequences" / "__pycache__").mkdir()
    (root / "sequences" / "__pycache__" / "heads.cpython-311.pyc").write_bytes(b"answer")
    (root / "__init__.py").write_text("")
    return root


def files(folder: Path) -> set[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in paths if path.suffix != ".pyc"}


def test_a_copy_is_the_library_without_what_is_blocked(package):
    whole = {"__init__.py", "sequences/__init__.py", "sequences/heads.py", "sequences/scan.py"}
    whole |= {"sequences/data/words.txt"}
    with PackageCopies(package) as copies:
        assert files(copies.without(frozenset()) / "course_lib") == whole
        copy = copies.without(frozenset([HEADS]))
        assert files(copy / "course_lib") == whole - {"sequences/heads.py"}
        assert not [path for path in copy.rglob("*") if "heads" in path.name]
        assert copies.without(frozenset([HEADS])) == copy
        assert not (copy / "course_tools").exists()


def test_modules_in_a_copy_are_compiled(package):
    with PackageCopies(package) as copies:
        for path in copies.without(frozenset()).rglob("*.py"):
            compiled = Path(importlib.util.cache_from_source(str(path)))
            assert compiled.read_bytes()[4:8] == b"\1\0\0\0"  # by hash, not to be checked


def test_a_module_that_is_not_there_is_refused(package):
    message = r"got 'course_tools\.cli', 'x'"
    with PackageCopies(package) as copies, pytest.raises(ValueError, match=message):
        copies.without(frozenset([HEADS, "x", "course_tools.cli"]))


def test_the_folder_is_private_and_goes(package):
    with PackageCopies(package) as copies:
        folder = copies.shown.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        (copies.scratch / "1" / "left").mkdir(parents=True)
        copies.clear_scratch()
        assert list(copies.scratch.iterdir()) == []
    assert not folder.exists()


def test_the_core_is_what_the_zygote_runs_and_knows_no_exercise(package):
    modules = core_modules()
    assert {"course_tools.sandbox.child", "course_tools.answers.values"} <= set(modules)
    rooms = {module.split(".")[1] for module in modules if "." in module}
    assert rooms == {"answers", "kit", "sandbox"}
    assert not {"course_tools.kit.check", "course_tools.sandbox.session"} & set(modules)
    with PackageCopies(package) as copies:
        inside = files(copies.core / "course_tools")
        assert [path.name for path in copies.core.iterdir()] == ["course_tools"]
    assert len(inside) == len(modules)
