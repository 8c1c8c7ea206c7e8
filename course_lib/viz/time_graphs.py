"""Drawings of networks in time: what an output can see, and a loop unrolled."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from course_lib.foundations.validate import check_at_least
from course_lib.viz.style import COLOURS

_FAINT = "#b8b8b8"


def draw_delay_layers(ax: Axes, layers: int, K: int, time: int) -> Axes:
    """A stack of time-delay layers; what the last output can see is coloured.

    Args:
        ax: where to draw.
        layers: layers above the input.
        K: largest lag of each layer.
        time: steps to draw.

    Returns:
        The same axes.
    """
    check_at_least("layers", layers, 1)
    check_at_least("K", K, 0)
    check_at_least("time", time, 1)
    seen = np.zeros((layers + 1, time), dtype=bool)
    seen[layers, -1] = True
    for level in range(layers, 0, -1):
        for t in range(time):
            for source in range(max(0, t - K), t + 1):
                on = bool(seen[level, t])
                seen[level - 1, source] |= on
                colour, width, order = (COLOURS[0], 1.8, 2) if on else (_FAINT, 0.8, 1)
                ax.plot([source, t], [level - 1, level], color=colour, lw=width, zorder=order)
    for level, row in enumerate(seen):
        fill = [COLOURS[0] if on else "white" for on in row]
        edge = [COLOURS[0] if on else _FAINT for on in row]
        ax.scatter(range(time), [level] * time, s=110, c=fill, edgecolors=edge, zorder=3)
    names = ["inputs", *(f"layer {level}" for level in range(1, layers + 1))]
    ax.set(yticks=range(layers + 1), yticklabels=names, ylim=(-0.4, layers + 0.4))
    ax.set(xticks=range(time), xlabel="time step")
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def draw_unrolled(ax: Axes, steps: int) -> Axes:
    """A recurrent network as a loop, and the same network unrolled over time.

    Args:
        ax: where to draw.
        steps: copies to draw.

    Returns:
        The same axes.
    """
    check_at_least("steps", steps, 1)
    arrow = {"arrowstyle": "-|>", "color": "black", "lw": 1.3, "shrinkA": 15, "shrinkB": 15}
    circle = {"boxstyle": "circle,pad=0.25", "fc": "white", "ec": COLOURS[0], "lw": 1.6}
    bare = {"boxstyle": "circle,pad=0.25", "fc": "white", "ec": "white"}

    def column(at: float, index: str) -> None:
        for height, letter in ((0, "x"), (1, "h"), (2, "y")):
            box = circle if letter == "h" else bare
            text = f"${letter}_{{{index}}}$"
            ax.text(at, height, text, ha="center", va="center", bbox=box, zorder=3)
        ax.annotate("", (at, 1), (at, 0), arrowprops=arrow)
        ax.annotate("", (at, 2), (at, 1), arrowprops=arrow)

    column(0, "t")
    around = Path([(0.2, 1.12), (0.75, 1.7), (0.75, 0.3), (0.2, 0.88)], [1, 4, 4, 4])
    loop = {"arrowstyle": "-|>", "mutation_scale": 12, "lw": 1.5, "color": COLOURS[1]}
    ax.add_patch(FancyArrowPatch(path=around, **loop))
    ax.text(1.05, 1, "=", ha="center", va="center", fontsize=18)
    ax.text(2.0, 1, "$h_0$", ha="center", va="center", bbox=bare, zorder=3)
    for t in range(1, steps + 1):
        column(2.0 + t, str(t))
        ax.annotate("", (2.0 + t, 1), (1.0 + t, 1), arrowprops=arrow | {"color": COLOURS[1]})
    ax.set(xlim=(-0.9, 2.6 + steps), ylim=(-0.45, 2.45))
    ax.axis("off")
    return ax
