"""Rows of tags under the tokens of a sentence, with the wrong ones marked."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_lib.viz.style import COLOURS

_FILLS = ("#d9ecf7", "#fbe3d1", "#d5efe6", "#f6e4ef", "#fcefd3", "#e0f1fb")


def draw_tag_strip(ax: Axes, tokens: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Axes:
    """Draw a table: tokens on top, below them one row of tags for each reader.

    The first row is the truth. A tag of another row that differs from it is framed
    and set bold, so that colour is not needed to find it.

    Args:
        ax: where to draw; its axes are switched off.
        tokens: the heads of the columns.
        rows: the name of each row and its tags.

    Returns:
        ``ax``.

    Raises:
        ValueError: no rows, or a row that has not one tag per token.
    """
    if not rows:
        raise ValueError("rows: expected at least one, got none")
    for name, tags in rows.items():
        if len(tags) != len(tokens):
            raise ValueError(
                f"rows: expected {len(tokens)} tags in {name!r}, one per token, got {len(tags)}"
            )
    truth = next(iter(rows.values()))
    kinds = sorted({tag for tags in rows.values() for tag in tags})
    for i, token in enumerate(tokens):
        ax.text(i, 0.0, token, ha="center", va="center", fontsize=11)
    for r, (name, tags) in enumerate(rows.items(), start=1):
        ax.text(-0.7, -r, name, ha="right", va="center", fontsize=11)
        for i, tag in enumerate(tags):
            wrong = tag != truth[i]
            fill = _FILLS[kinds.index(tag) % len(_FILLS)]
            edge, width = (COLOURS[6], 2.2) if wrong else ("white", 1.0)
            box = Rectangle((i - 0.45, -r - 0.4), 0.9, 0.8, fc=fill, ec=edge, lw=width, zorder=2)
            ax.add_patch(box)
            weight = "bold" if wrong else "normal"
            ax.text(i, -r, tag, ha="center", va="center", weight=weight, zorder=3, fontsize=11)
    ax.set(xlim=(-0.6, len(tokens) - 0.4), ylim=(-len(rows) - 0.6, 0.6))
    ax.axis("off")
    return ax
