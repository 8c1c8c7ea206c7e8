"""The drawing of the import graph: a band for each floor, a box for each room, arrows between.

The bands are HTML, so that their captions fit any screen; the boxes of a floor are one SVG, which
scrolls by itself where it is too wide.
"""

import re
from collections import Counter
from html import escape
from math import ceil
from statistics import fmean
from typing import NamedTuple

from course_tools.book.import_graph import Floor, Room, describe, direct_imports, levels

LINE, HEAD, PAD = 17, 28, 9  # pixels: of a line of text, of a box's title, of its border
WIDTH, GAP, RISE, MARGIN = 190, 20, 40, 16
LANES = (0, -5, 5)  # where the arrows that share a gap run, from its middle
MOST_IN_A_ROW = 3  # so that a row fits the text column of a desktop


class Box(NamedTuple):
    """Where a room is drawn; ``row`` counts from the top."""

    x: float
    y: float
    height: float
    row: int


def html(floors: list[Floor]) -> str:
    """All floors, from the top to the bottom, with an arrow from each to the next."""
    bands = [
        f'<section class="import-floor"><p><strong>{escape(floor.name)}</strong>: '
        f"{escape(floor.caption)}</p>"
        f'<div class="import-rooms" tabindex="0" role="region" '
        f'aria-label="Rooms of {escape(floor.name)}">{svg(floor)}</div></section>'
        for floor in floors
    ]
    between = '<p class="import-arrow">imports <span aria-hidden="true">&#8595;</span></p>'
    return f'<div class="import-graph">{between.join(bands)}</div>'


def svg(floor: Floor) -> str:
    """The rooms of one floor in the page's colours.

    Each row imports only from rows below. An arrow that follows from others is left out.
    """
    rows = arrange(floor.rooms)
    lines = {room.name: lines_of(room, floor.listed) for room in floor.rooms}
    boxes = place(rows, lines)
    drawn = [_box(room, boxes[room.name], lines[room.name]) for room in floor.rooms]
    width = 2 * MARGIN + max(map(len, rows)) * (WIDTH + GAP) - GAP
    height = max(box.y + box.height for box in boxes.values()) + 2
    arrows = route(direct_imports(floor.rooms), boxes)
    tip = "tip-" + re.sub(r"\W+", "-", floor.name)
    paths = "".join(f'<path d="{path}" marker-end="url(#{tip})"/>' for path in arrows.values())
    return (
        f'<svg role="img" aria-label="{escape(describe(floor))}" '
        f'viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" '
        'fill="none" stroke="currentColor" font-size="12" font-family="inherit">'
        f'<defs><marker id="{tip}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor" '
        f'stroke="none"/></marker></defs>{paths}'
        f"{''.join(drawn)}</svg>"
    )


def arrange(rooms: tuple[Room, ...]) -> list[list[str]]:
    """The names of the rooms row by row from the top, each row below those that import it.

    >>> arrange((Room("a", "", ()), Room("b", "", (), frozenset("a"))))
    [['b'], ['a']]
    """
    kept = direct_imports(rooms)
    rows: list[list[str]] = []
    column: dict[str, float] = {}  # of a room, from the middle
    for group in levels(rooms)[::-1]:
        above = {name: [column[other] for other in column if name in kept[other]] for name in group}
        ordered = sorted(group, key=lambda name, above=above: fmean(above[name] or [0.0]))
        count = ceil(len(group) / MOST_IN_A_ROW)
        for k in range(count):
            rows.append(ordered[k::count])
            middle = (len(rows[-1]) - 1) / 2
            column |= {name: place - middle for place, name in enumerate(rows[-1])}
    return rows


def lines_of(room: Room, listed: bool) -> tuple[tuple[str, str], ...]:
    """What stands in a box under its title: words at the left and at the right of each line."""
    return room.contents if listed else ((room.size, ""),)


def place(rows: list[list[str]], lines: dict[str, tuple]) -> dict[str, Box]:
    """Put each row in the middle, below the one before it; a box is as high as its lines."""
    boxes: dict[str, Box] = {}
    whole = 2 * MARGIN + max(map(len, rows)) * (WIDTH + GAP) - GAP
    y = 2.0
    for number, row in enumerate(rows):
        left = (whole - len(row) * (WIDTH + GAP) + GAP) / 2
        heights = [HEAD + LINE * len(lines[name]) + PAD for name in row]
        for k, (name, height) in enumerate(zip(row, heights, strict=True)):
            boxes[name] = Box(left + k * (WIDTH + GAP), y, height, number)
        y += max(heights) + RISE
    return boxes


def route(imports: dict[str, set[str]], boxes: dict[str, Box]) -> dict[tuple[str, str], str]:
    """A path for each import, through the gaps between the boxes of the rows that it crosses."""
    used: Counter[tuple[int, float]] = Counter()  # how many arrows run through a gap
    by_place = sorted(imports, key=lambda name: boxes[name])  # from left to right
    ends = {name: [other for other in by_place if name in imports[other]] for name in boxes}
    paths = {}
    for name in by_place:
        targets = [other for other in by_place if other in imports[name]]
        for k, target in enumerate(targets):
            start, end = boxes[name], boxes[target]
            x0 = start.x + WIDTH * (k + 1) / (len(targets) + 1)
            x1 = end.x + WIDTH * (ends[target].index(name) + 1) / (len(ends[target]) + 1)
            points = [(x0, start.y + start.height)]
            for row in range(start.row + 1, end.row):
                inside = [box for box in boxes.values() if box.row == row]
                top, bottom = inside[0].y, inside[0].y + max(box.height for box in inside)
                wanted = x0 + (x1 - x0) * (row - start.row) / (end.row - start.row)
                gaps = {box.x - GAP / 2 for box in inside} | {max(inside).x + WIDTH + GAP / 2}
                gap = min(gaps, key=lambda x: abs(x - wanted))
                lane = LANES[used[row, gap] % len(LANES)]
                used[row, gap] += 1
                points += [(gap + lane, top), (gap + lane, bottom)]
            paths[name, target] = _path([*points, (x1, end.y)])
    return paths


def _path(points: list[tuple[float, float]]) -> str:
    """Curves that leave and arrive upright, from row to row, and straight lines along boxes."""
    (x, y), *rest = points
    path = f"M{x:.0f} {y:.0f}"
    for k, (x1, y1) in enumerate(rest):
        if k % 2:
            path += f"L{x1:.0f} {y1:.0f}"
        else:
            bend = 0.5 * (y1 - y)
            path += f"C{x:.0f} {y + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}"
        x, y = x1, y1
    return path


def _box(room: Room, box: Box, lines: tuple[tuple[str, str], ...]) -> str:
    """One room; what it holds is shown to whoever points at it."""
    left, right = box.x + PAD, box.x + WIDTH - PAD
    text = [_text(left, box.y + 18, room.name, 'font-weight="bold"')]
    for k, (name, note) in enumerate(lines):
        line = box.y + HEAD + LINE * (k + 1) - 5
        text.append(_text(left, line, name))
        if note:
            text.append(_text(right, line, note, 'text-anchor="end"'))
    shape = f'x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{box.height:.0f}" rx="6"'
    held = escape("\n".join(map(" ".join, room.contents)))
    return f"<g><title>{held}</title><rect {shape}/>{''.join(text)}</g>"


def _text(x: float, y: float, words: str, extra: str = "") -> str:
    """Words in the page's text colour."""
    at = f'x="{x:.0f}" y="{y:.0f}" fill="currentColor" stroke="none"'
    return f"<text {at} {extra}>{escape(words)}</text>"
