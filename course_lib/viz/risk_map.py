"""Three theories of learning on one map: what each of them measures, and between which points."""

from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

from course_lib.viz.style import COLOURS

PLACES = {
    "start": (1.4, 1.5),
    "iterate": (3.4, 2.3),
    "empirical": (4.9, 3.3),
    "best": (7.45, 2.95),
    "truth": (9.0, 3.9),
}
"""Where the five functions stand, in the units of the drawing."""

LEGS = (
    ("iterate", "empirical", "optimization", COLOURS[0], (3.2, 3.0)),
    ("empirical", "best", "estimation", COLOURS[1], (5.75, 3.6)),
    ("best", "truth", "approximation", COLOURS[2], (9.1, 2.9)),
)
"""From where, to where, name, colour, and place of the name."""


def risk_map(ax: Axes) -> Axes:
    """Draw the way from the start of training to the truth, and name its three last legs.

    Args:
        ax: where to draw; its axes are hidden.

    Returns:
        The same axes.
    """
    ax.add_patch(Ellipse((4.0, 2.4), 7.3, 3.9, facecolor="#eef3f8", edgecolor="#7f8c99"))
    ax.text(2.3, 3.7, "class $\\mathcal{F}$", color="#4d5966", ha="center")
    ax.text(9.0, 0.35, "all functions", color="#4d5966", ha="center")
    labels = {
        "start": ("start", (0.0, -0.5)),
        "iterate": ("$\\hat{f}^{\\,T}$", (0.1, -0.45)),
        "empirical": ("$\\hat{f}^{\\,*}$", (0.05, -0.55)),
        "best": ("$f^*_{\\mathcal{F}}$", (-0.2, -0.55)),
        "truth": ("$f^*$", (0.0, 0.2)),
    }
    steps = [(1.4, 1.5), (1.7, 2.0), (2.4, 1.75), (2.9, 2.25), (3.4, 2.3)]
    ax.plot(*zip(*steps, strict=True), ":", color="#4d5966", linewidth=1.5)
    for begin, end, name, colour, at in LEGS:
        ax.annotate(
            "",
            PLACES[end],
            PLACES[begin],
            arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2.2, "shrinkB": 5},
        )
        ax.text(*at, name, color=colour, ha="center", va="center")
    for name, (text, (right, up)) in labels.items():
        x, y = PLACES[name]
        ax.plot(x, y, "o", color="black", markersize=5)
        ax.text(x + right, y + up, text, ha="center")
    ax.set(xlim=(0, 10.2), ylim=(0, 4.7))
    ax.set_axis_off()
    return ax
