import pytest

from course_tools.book.imports import concept_graph, find_cycle, read_modules


def test_the_reader_sees_imports_and_cycles(tmp_path):
    package = tmp_path / "pack"
    (package / "one").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "one" / "__init__.py").touch()
    (package / "one" / "a.py").write_text("from pack.one import b\nimport numpy\n")
    (package / "one" / "b.py").write_text("def f():\n    import pack.one.a\n")
    modules = read_modules(package)
    assert modules["pack.one.a"].imports == {"pack.one", "pack.one.b"}
    cycle = find_cycle({name: set(m.imports) for name, m in modules.items()})
    assert set(cycle) == {"pack.one.a", "pack.one.b"}
    with pytest.raises(ValueError, match="expected a folder with Python files"):
        read_modules(tmp_path / "nothing")


def test_concepts_inherit_their_modules_imports(tmp_path):
    for name, source in {
        "a/x.py": "from pack.b.y import f",
        "b/y.py": "",
        "b/z.py": "import pack.b.y",
        "c/w.py": "LAZY = 'pack.b.z'",
    }.items():
        path = tmp_path / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    assert concept_graph(read_modules(tmp_path / "pack")) == {"a": {"b"}, "b": set(), "c": {"b"}}
