"""The import graph: the project's three floors, their rooms, and which room imports which.

A floor stands on those below it: the course itself on ``course_tools``, and that on ``course_lib``.
``grimp`` reads the imports of the two packages; what the top floor holds is counted from its files.
"""

from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grimp import ImportGraph

CAPTIONS = {
    "course": "What readers, students and maintainers open. It imports the two packages below, "
    "and nothing imports it.",
    "course_tools": "What runs the course. Of the library it imports the package alone, to know "
    "its folder, and no module.",
    "course_lib": "What the book teaches. It imports nothing of the floors above.",
}


class Room(NamedTuple):
    """A box of the drawing: a folder with what it holds.

    Attributes:
        name: of the folder, or of the module that is a room by itself.
        size: how much it holds, in words.
        contents: what it holds, each with a number or a few words.
        imports: the other rooms of the same floor that its modules import.
    """

    name: str
    size: str
    contents: tuple[tuple[str, str], ...]
    imports: frozenset[str] = frozenset()


class Floor(NamedTuple):
    """A band of the drawing.

    Attributes:
        name: of the package, or of the folders.
        caption: what it is for and what it stands on, in words.
        rooms: its boxes.
        listed: whether the drawing lists what the rooms hold; else it gives their size alone.
    """

    name: str
    caption: str
    rooms: tuple[Room, ...]
    listed: bool = False


def read_floors(root: Path) -> list[Floor]:
    """The three floors of a project, from the top to the bottom.

    Args:
        root: the project's root, whose packages are those that Python imports.
    """
    import grimp

    packages = ("course_tools", "course_lib")
    graph = grimp.build_graph(*packages, cache_dir=None)
    above = Floor("book, solutions, benchmarks", CAPTIONS["course"], _course(root), listed=True)
    return [above, *(Floor(p, CAPTIONS[p], _rooms(root, p, graph)) for p in packages)]


def _rooms(root: Path, package: str, graph: "ImportGraph") -> tuple[Room, ...]:
    """The rooms of a package; a module beside them is one by itself."""
    rooms = []
    for path in sorted(graph.find_children(package)):
        name, modules = path.rpartition(".")[2], sorted(graph.find_children(path))
        imported = {
            other.split(".")[1]
            for module in (path, *modules)
            for other in graph.find_modules_directly_imported_by(module)
            if other.startswith(f"{package}.")
        }
        if not (root / package / name).is_dir():
            modules = [path]
        files = [root.joinpath(*module.split(".")).with_suffix(".py") for module in modules]
        contents = tuple((file.stem, _lines(file)) for file in files)
        lines = sum(int(number) for _, number in contents)
        size = f"{_count(modules, 'module')}, {_count(range(lines), 'line')}"
        rooms.append(Room(name, size, contents, frozenset(imported - {name})))
    return tuple(rooms)


def _lines(path: Path) -> str:
    """The length of a file in lines."""
    return str(len(path.read_text("utf-8").splitlines()))


def _course(root: Path) -> tuple[Room, ...]:
    """What stands on the packages: chapters, exercise sets, scripts."""
    chapters = [
        (page.parent.name, _count(page.parent.glob("*.ipynb"), "lesson"))
        for page in sorted((root / "book").glob("*/index.md"))
        if page.parent.name != "api"
    ]
    sets = [
        (file.parent.name, _count(file.parent.glob("*.py"), "task"))
        for file in sorted((root / "solutions").glob("*/set.yml"))
    ]
    scripts = [(path.stem, _lines(path)) for path in sorted((root / "benchmarks").glob("*.py"))]
    return (
        Room("book", _count(chapters, "chapter"), tuple(chapters)),
        Room("solutions", _count(sets, "exercise set"), tuple(sets)),
        Room("benchmarks", f"{_count(scripts, 'script')} with their lines", tuple(scripts)),
    )


def _count(things: Iterable, word: str) -> str:
    """A number of things in words.

    >>> _count(["a"], "module"), _count("ab", "module")
    ('1 module', '2 modules')
    """
    number = len(list(things))
    return f"{number} {word}{'s' * (number != 1)}"


def levels(rooms: Sequence[Room]) -> list[list[str]]:
    """Group rooms so that each imports only from groups before its own.

    Raises:
        graphlib.CycleError: rooms import each other, which a contract of import-linter forbids.

    >>> levels([Room("b", "", (), frozenset("a")), Room("a", "", ())])
    [['a'], ['b']]
    """
    sorter = TopologicalSorter({room.name: room.imports for room in rooms})
    sorter.prepare()
    groups = []
    while sorter.is_active():
        ready = sorter.get_ready()
        groups.append([room.name for room in rooms if room.name in ready])
        sorter.done(*ready)
    return groups


def direct_imports(rooms: Sequence[Room]) -> dict[str, set[str]]:
    """The imports that do not follow from others: the transitive reduction of the graph.

    >>> a, b = Room("a", "", ()), Room("b", "", (), frozenset("a"))
    >>> direct_imports([a, b, Room("c", "", (), frozenset("ab"))])["c"]
    {'b'}
    """
    imports = {room.name: set(room.imports) for room in rooms}
    reached: dict[str, set[str]] = {}
    for name in TopologicalSorter(imports).static_order():  # what is imported comes first
        reached[name] = imports[name].union(*(reached[below] for below in imports[name]))
    return {
        name: {one for one in below if not any(one in reached[other] for other in below)}
        for name, below in imports.items()
    }


def describe(floor: Floor) -> str:
    """A floor's part of the drawing in words, for those who do not see it.

    >>> describe(Floor("p", "All.", (Room("a", "1 module", (("x", "9"),)),)))
    'p. All. From the top: a (1 module) imports no other.'
    """
    by_name = {room.name: room for room in floor.rooms}
    if floor.listed:
        held = (
            f"{room.name} ({room.size}: " + ", ".join(map(" ".join, room.contents)) + ")"
            for room in floor.rooms
        )
        return f"{floor.name}. {floor.caption} {'; '.join(held)}."
    clauses = []
    for room in (by_name[name] for group in levels(floor.rooms)[::-1] for name in group):
        imports = ", ".join(sorted(room.imports)) or "no other"
        clauses.append(f"{room.name} ({room.size}) imports {imports}")
    return f"{floor.name}. {floor.caption} From the top: {'; '.join(clauses)}."
