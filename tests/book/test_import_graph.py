"""Three floors, read from this project and from small ones."""

import re
import tomllib
from pathlib import Path

import grimp
import pytest

from course_tools.book.import_graph import (
    Floor,
    Room,
    describe,
    direct_imports,
    levels,
    read_floors,
)

ROOT = Path(__file__).parents[2]
FLOORS = read_floors(ROOT)
TOP, TOOLS, LIBRARY = FLOORS


def test_the_top_floor_holds_chapters_sets_and_scripts():
    assert [room.name for room in TOP.rooms] == ["book", "solutions", "benchmarks"]
    book, solutions, benchmarks = TOP.rooms
    lessons = len(list((ROOT / "book/recurrence").glob("*.ipynb")))
    assert dict(book.contents)["recurrence"] == f"{lessons} lessons"
    assert {name for name, _ in book.contents} == {
        path.parent.name for path in ROOT.glob("book/*/index.md") if path.parent.name != "api"
    }
    assert book.size == f"{len(book.contents)} chapters"
    assert {name.replace("_", "-") for name, _ in solutions.contents} <= set(dict(book.contents))
    assert int(dict(solutions.contents)["recurrence"].removesuffix(" tasks")) >= 8
    assert dict(benchmarks.contents).keys() == {p.stem for p in ROOT.glob("benchmarks/*.py")}


def test_an_exercise_set_is_a_folder_with_a_file_for_each_task(tmp_path):
    (tmp_path / "solutions" / "gating").mkdir(parents=True)
    for name in ("set.yml", "lstm.py", "gru.py"):
        (tmp_path / "solutions" / "gating" / name).touch()
    for package in ("course_tools", "course_lib"):
        (tmp_path / package).symlink_to(ROOT / package)
    _, solutions, _ = read_floors(tmp_path)[0].rooms
    assert solutions.contents == (("gating", "2 tasks"),)


@pytest.mark.parametrize("floor", [TOOLS, LIBRARY], ids=lambda floor: floor.name)
def test_each_package_has_its_rooms_with_their_modules(floor):
    rooms = {room.name: room for room in floor.rooms}
    folders = [path.parent for path in (ROOT / floor.name).glob("*/__init__.py")]
    assert {path.name for path in folders} == set(rooms) - {"cli"}
    for folder in folders:
        modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        assert dict(rooms[folder.name].contents).keys() == modules


def test_an_import_between_rooms_is_seen_wherever_it_stands():
    imports = {room.name: room.imports for room in LIBRARY.rooms}
    assert imports["foundations"] == frozenset()
    assert {"sequences", "foundations"} <= imports["recurrent"]
    assert "recurrent" not in imports["recurrent"]
    assert "exercises" in {room.name: room.imports for room in TOOLS.rooms}["cli"]  # in a function


def test_the_captions_say_what_the_contracts_hold():
    graph = grimp.build_graph("course_tools", "course_lib", cache_dir=None)
    across = {
        (a.split(".")[0], b)
        for a in graph.modules
        for b in graph.find_modules_directly_imported_by(a)
        if a.split(".")[0] != b.split(".")[0]
    }
    assert across == {("course_tools", "course_lib")}  # the package alone
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    page = (ROOT / "book/api/import-graph.md").read_text()
    assert len(settings["contracts"]) == len(re.findall(r"^\d\. ", page, re.M))
    for contract in settings["contracts"]:
        assert contract["name"] in page


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: floor.name)
def test_a_level_imports_only_from_levels_before_it(floor):
    imports = {room.name: room.imports for room in floor.rooms}
    seen = set()
    for level in levels(floor.rooms):
        assert all(imports[name] <= seen for name in level)
        seen |= set(level)
    assert seen == imports.keys()


@pytest.mark.parametrize("floor", [TOOLS, LIBRARY], ids=lambda floor: floor.name)
def test_what_is_left_out_follows_from_what_is_kept(floor):
    kept = direct_imports(floor.rooms)

    def reached(name):
        return kept[name].union(*map(reached, kept[name]))

    for room in floor.rooms:
        assert kept[room.name] <= room.imports <= reached(room.name)
        for one in kept[room.name]:
            assert not any(one in reached(other) for other in kept[room.name])


def test_the_description_names_every_room_and_import():
    for floor in (TOOLS, LIBRARY):
        text = describe(floor)
        for room in floor.rooms:
            clause = f"{room.name} ({room.size}) imports "
            assert clause + (", ".join(sorted(room.imports)) or "no other") in text
    for room in TOP.rooms:
        assert f"{room.name} ({room.size}: " in describe(TOP)
        assert all(" ".join(one) in describe(TOP) for one in room.contents)


def test_a_floor_that_is_listed_tells_what_its_rooms_hold():
    room = Room("a", "2 scripts", (("x", "9"), ("y", "8")))
    assert describe(Floor("p", "All.", (room,), True)) == "p. All. a (2 scripts: x 9, y 8)."
