"""The drawing: what is in it, and that nothing lies on anything else."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from course_tools.book.import_drawing import GAP, WIDTH, arrange, html, lines_of, place, route, svg
from course_tools.book.import_graph import Floor, Room, describe, direct_imports, read_floors

FLOORS = read_floors(Path(__file__).parents[2])
# Five rooms on a level, so two rows; and an import that skips rows.
WIDE = Floor(
    "wide",
    "Many.",
    (
        *(Room(name, "1 module", (), frozenset("z")) for name in "abcde"),
        Room("z", "1 module", ()),
        Room("top", "1 module", (), frozenset("ae")),
    ),
)
each_floor = pytest.mark.parametrize("floor", [*FLOORS, WIDE], ids=lambda floor: floor.name)


def drawn(floor):
    return ElementTree.fromstring(svg(floor))


@each_floor
def test_every_room_and_every_arrow_is_drawn(floor):
    tree = drawn(floor)
    texts = [node.text for node in tree.iter("text")]
    for room in floor.rooms:
        assert room.name in texts
        for words in lines_of(room, floor.listed):
            assert set(filter(None, words)) <= set(texts)
    arrows = [node for node in tree if node.tag == "path"]
    assert len(arrows) == sum(map(len, direct_imports(floor.rooms).values()))
    assert tree.get("aria-label") == describe(floor)
    markers = {node.get("id") for node in tree.iter("marker")}
    assert {node.get("marker-end") for node in arrows} <= {f"url(#{one})" for one in markers}


@each_floor
def test_boxes_do_not_overlap_and_lie_inside_the_picture(floor):
    tree = drawn(floor)
    _, _, width, height = (float(v) for v in tree.get("viewBox").split())
    boxes = [[float(r.get(k)) for k in ("x", "y", "width", "height")] for r in tree.iter("rect")]
    assert len(boxes) == len(floor.rooms)
    for k, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for x2, y2, w2, h2 in boxes[:k]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


@each_floor
def test_arrows_go_down_and_through_no_box(floor):
    rows = arrange(floor.rooms)
    boxes = place(rows, {room.name: lines_of(room, floor.listed) for room in floor.rooms})
    for (name, target), path in route(direct_imports(floor.rooms), boxes).items():
        assert boxes[name].row < boxes[target].row
        numbers = [float(number) for number in re.findall(r"-?\d+", path)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        assert [y for _, y in points] == sorted(y for _, y in points)
        for line in re.finditer(r"(-?\d+) (\d+)L(-?\d+) (\d+)", path):
            x, top, same, bottom = map(float, line.groups())
            assert x == same
            for box in boxes.values():
                beside = x <= box.x or box.x + WIDTH <= x
                assert beside or box.y + box.height <= top or bottom <= box.y


def test_rooms_of_one_level_share_rows_of_at_most_three():
    rows = arrange(WIDE.rooms)
    assert [len(row) for row in rows] == [1, 3, 2, 1]
    assert rows[0] == ["top"]
    boxes = place(rows, {room.name: lines_of(room, False) for room in WIDE.rooms})
    assert boxes[rows[1][1]].x - boxes[rows[1][0]].x == WIDTH + GAP


def test_a_floor_with_sizes_alone_tells_the_modules_to_a_pointer():
    floor = Floor("p", "All.", (Room("a", "1 module", (("x", "9"),)),))
    assert [node.text for node in drawn(floor).iter("text")] == ["a", "1 module"]
    assert [node.text for node in drawn(floor).iter("title")] == ["x 9"]


def test_bands_stand_in_their_order_each_with_its_caption_and_an_arrow_between():
    page = html(FLOORS)
    tree = ElementTree.fromstring(page)
    kinds = [node.get("class") for node in tree]
    assert kinds == ["import-floor", "import-arrow"] * 2 + ["import-floor"]
    bands = tree.findall("section")
    for band, floor in zip(bands, FLOORS, strict=True):
        assert "".join(band.find("p").itertext()) == f"{floor.name}: {floor.caption}"
    assert len(set(re.findall(r'marker id="([^"]+)"', page))) == 3


def test_names_are_escaped():
    floor = Floor("<q>", "<b>.", (Room("<a>", "1 module", (("<x>", "9"),)),), listed=True)
    assert not re.search("<[qabx]>", html([floor]))
