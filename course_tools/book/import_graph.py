"""A drawing of the package as it stands: concepts, their modules, and who imports whom."""

from html import escape

from course_tools.book.imports import Module, concept_graph

LINE, HEAD, PAD = 18, 30, 12
BOX, GAP, RISE = 204, 20, 46


def levels(graph: dict[str, set[str]]) -> list[list[str]]:
    """Group concepts so that each imports only from groups before its own.

    Args:
        graph: concept to the concepts that it imports; without a cycle.

    Returns:
        Groups from the one that imports nothing upwards, each in alphabetical order.

    >>> levels({"b": {"a"}, "a": set(), "c": {"a", "b"}})
    [['a'], ['b'], ['c']]
    """
    depth: dict[str, int] = {}

    def measure(concept: str) -> int:
        if concept not in depth:
            depth[concept] = 1 + max((measure(below) for below in graph[concept]), default=-1)
        return depth[concept]

    for concept in graph:
        measure(concept)
    return [sorted(c for c in graph if depth[c] == d) for d in range(max(depth.values()) + 1)]


def describe(modules: dict[str, Module]) -> str:
    """The drawing in one sentence, for those who do not see it.

    >>> describe({"p.a.x": Module("p.a.x", 9, frozenset())})
    'a (1 module) imports nothing.'
    """
    graph = concept_graph(modules)
    clauses = []
    for concept in (c for level in levels(graph) for c in level):
        count = len(_contents(modules, concept))
        imports = ", ".join(sorted(graph[concept])) or "nothing"
        clauses.append(f"{concept} ({count} module{'s'[: count != 1]}) imports {imports}")
    return "; ".join(clauses) + "."


def _contents(modules: dict[str, Module], concept: str) -> list[Module]:
    """The modules of a concept; a concept that is a single file holds itself."""
    inside = [m for m in modules.values() if m.concept == concept and m.name.count(".") == 2]
    return inside or [m for m in modules.values() if m.concept == concept]


def svg(modules: dict[str, Module]) -> str:
    """Draw the package as nested boxes with an arrow for every import between concepts.

    Args:
        modules: as ``read_modules`` returns them.

    Returns:
        An ``<svg>`` element in the page's own text colour.
    """
    graph = concept_graph(modules)
    rows = levels(graph)[::-1]
    width = max(len(row) for row in rows) * (BOX + GAP) - GAP
    place: dict[str, tuple[float, float, float]] = {}
    y = 0.0
    for row in rows:
        left = (width - len(row) * (BOX + GAP) + GAP) / 2
        heights = [HEAD + LINE * len(_contents(modules, c)) + PAD for c in row]
        for k, (concept, height) in enumerate(zip(row, heights, strict=True)):
            place[concept] = (left + k * (BOX + GAP), y, height)
        y += max(heights) + RISE
    arrows = [
        _arrow(place[concept], place[below])
        for concept in graph
        for below in sorted(graph[concept])
    ]
    boxes = [_box(concept, place[concept], _contents(modules, concept)) for concept in graph]
    return (
        f'<svg class="course-house" role="img" aria-label="{escape(describe(modules))}" '
        f'viewBox="-2 -2 {width + 4:.0f} {y - RISE + 4:.0f}" width="{width + 4:.0f}" '
        'fill="none" stroke="currentColor" font-size="13" font-family="inherit">'
        '<defs><marker id="house-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor" '
        f'stroke="none"/></marker></defs>{"".join(arrows)}{"".join(boxes)}</svg>'
    )


def _arrow(start: tuple[float, float, float], end: tuple[float, float, float]) -> str:
    """From the bottom of the importing box to the top of the imported one."""
    x0, y0 = start[0] + BOX / 2, start[1] + start[2]
    x1, y1 = end[0] + BOX / 2, end[1]
    bend = RISE * 0.6
    path = f"M{x0:.0f} {y0:.0f}C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}"
    return f'<path d="{path}" stroke-opacity="0.55" marker-end="url(#house-tip)"/>'


def _box(concept: str, place: tuple[float, float, float], inside: list[Module]) -> str:
    """One concept with a line of text per module."""
    x, y, height = place
    left, right = x + PAD, x + BOX - PAD
    text = [_text(left, y + 20, concept, 'font-weight="bold"')]
    for k, module in enumerate(inside):
        line = y + HEAD + LINE * (k + 1) - 5
        text.append(_text(left, line, module.name.rpartition(".")[2]))
        text.append(_text(right, line, str(module.lines), 'text-anchor="end"'))
    shape = f'x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{height:.0f}" rx="6"'
    return f"<rect {shape}/>{''.join(text)}"


def _text(x: float, y: float, words: str, extra: str = "") -> str:
    """Words in the page's text colour."""
    place = f'x="{x:.0f}" y="{y:.0f}" fill="currentColor" stroke="none"'
    return f"<text {place} {extra}>{escape(words)}</text>"
