"""A recurrent network drawn by what it reads and where it answers."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_lib.foundations.validate import check_at_least
from course_lib.viz.style import COLOURS

_FILL = {"input": "#d9ecf7", "state": "#f2f2f2", "output": "#fbe3d1"}
_EDGE = {"input": COLOURS[0], "state": COLOURS[6], "output": COLOURS[1]}
_HALF = 0.32
_ROWS = {"input": 0.0, "state": 1.0, "output": 2.0}


def draw_pattern(
    ax: Axes,
    inputs: Sequence[str],
    outputs: Sequence[str],
    states: Sequence[str] | None = None,
    recurrent: bool = True,
    fed_back: Sequence[int] = (),
) -> Axes:
    """Draw one box per input, state and output, and the arrows between them.

    Args:
        ax: where to draw; its axes are switched off.
        inputs: what each step reads, bottom row; "" leaves the box out.
        outputs: what each step answers, top row; "" leaves the box out.
        states: what stands in the middle row; None leaves the boxes blank.
        recurrent: whether each state is read by the next.
        fed_back: steps whose output the next step reads, shown by a dashed arrow.

    Returns:
        ``ax``.

    Raises:
        ValueError: no steps, or rows of unequal length.
    """
    steps = len(inputs)
    check_at_least("number of steps", steps, 1)
    states = [""] * steps if states is None else states
    for name, row in (("outputs", outputs), ("states", states)):
        if len(row) != steps:
            raise ValueError(f"{name}: expected {steps} entries, one per input, got {len(row)}")
    for t in range(steps):
        _box(ax, t, "state", states[t])
        if inputs[t]:
            _box(ax, t, "input", inputs[t])
            _arrow(ax, (t, _HALF), (t, 1 - _HALF))
        if outputs[t]:
            _box(ax, t, "output", outputs[t])
            _arrow(ax, (t, 1 + _HALF), (t, 2 - _HALF))
        if recurrent and t:
            _arrow(ax, (t - 1 + _HALF, 1), (t - _HALF, 1))
        if t in fed_back and t + 1 < steps:
            _arrow(ax, (t + _HALF, 1.85), (t + 1 - 0.22, 1 + _HALF), dashed=True)
    ax.set(xlim=(-0.5, steps - 0.5), ylim=(-0.45, 2.45), aspect="equal")
    ax.axis("off")
    return ax


def _box(ax: Axes, t: int, row: str, text: str) -> None:
    y = _ROWS[row]
    corner, size = (t - _HALF, y - _HALF), 2 * _HALF
    style = {"boxstyle": "round,pad=0,rounding_size=0.1", "linewidth": 1.4}
    ax.add_patch(FancyBboxPatch(corner, size, size, fc=_FILL[row], ec=_EDGE[row], **style))
    ax.text(t, y, text, ha="center", va="center", fontsize=11)


def _arrow(
    ax: Axes, tail: tuple[float, float], head: tuple[float, float], dashed: bool = False
) -> None:
    look = {"arrowstyle": "-|>", "color": COLOURS[6], "lw": 1.3, "shrinkA": 1, "shrinkB": 1}
    if dashed:
        look |= {"ls": "--", "color": COLOURS[1]}
    ax.annotate("", xy=head, xytext=tail, arrowprops=look)
