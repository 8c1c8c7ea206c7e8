"""The histogram of the class overview: an inline SVG that takes its colours from the page.

Drawn by hand rather than by matplotlib: it follows the page from light to dark, its text keeps a
readable size on a phone, and it is two kilobytes long.
"""

import math

from markupsafe import Markup

from course_tools.reports.class_statistics import Bin
from course_tools.reports.sanitizing import counted, number

# Drawn at 440 units, shown between 320 and 510 pixels wide.
WIDTH, HEIGHT = 440, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 432, 10, 198


def histogram(bins: tuple[Bin, ...]) -> Markup:
    """Columns over a labelled axis, with a sentence for those who do not see them.

    >>> svg = histogram((Bin(0.0, 1.0, 2), Bin(1.0, 2.0, 5, last=True)))
    >>> svg.count('class="column"')
    2
    """
    step = count_step(max(bin.count for bin in bins))
    top = step * max(1, math.ceil(max(bin.count for bin in bins) / step))
    wide = (RIGHT - LEFT) / len(bins)

    def up(count: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * count / top, 1)

    parts = []
    for count in range(0, top + 1, step):
        parts.append(_svg_line(LEFT, up(count), RIGHT, up(count), "grid" if count else "axis"))
        parts.append(_svg_text(LEFT - 8, up(count) + 5, str(count), "end"))
    for i, bin in enumerate(bins):
        parts.append(
            f'<rect class="column" x="{LEFT + i * wide + 1:.1f}" y="{up(bin.count)}"'
            f' width="{wide - 2:.1f}" height="{round(BOTTOM - up(bin.count), 1)}"/>'
        )
    every = math.ceil(len(bins) / 8)  # labels must not touch
    for i, edge in enumerate([*(bin.low for bin in bins), bins[-1].high]):
        if i % every == 0 and (i == len(bins) or i + every <= len(bins) or every == 1):
            parts.append(_svg_text(LEFT + i * wide, BOTTOM + 20, number(edge), "middle"))
    parts.append(_svg_text((LEFT + RIGHT) / 2, HEIGHT - 8, "score (points)", "middle"))
    parts.append(
        f'<text transform="translate(14 {(TOP + BOTTOM) / 2}) rotate(-90)"'
        ' text-anchor="middle">students</text>'
    )
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{in_words(bins)}">'
        + "".join(parts)
        + "</svg>"
    )


def in_words(bins: tuple[Bin, ...]) -> str:
    """What the histogram shows, as a sentence of numbers only."""
    most = max(bins, key=lambda bin: bin.count)
    return (
        f"Histogram of {counted(sum(bin.count for bin in bins), 'score')} between"
        f" {number(bins[0].low)} and {number(bins[-1].high)} points"
        f" in {counted(len(bins), 'column')};"
        f" the highest holds {counted(most.count, 'student')},"
        f" from {number(most.low)} to {number(most.high)} points."
    )


def count_step(most: int) -> int:
    """A round distance between grid lines that leaves at most five of them.

    >>> [count_step(most) for most in (0, 3, 7, 12, 340)]
    [1, 1, 2, 5, 100]
    """
    power = 10 ** max(0, math.floor(math.log10(max(most, 1) / 5)))
    return next(f * power for f in (1, 2, 5, 10, 20) if most / (f * power) <= 5)


def _svg_line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _svg_text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
