"""Eigenvalues as a histogram, and the law that they should follow as a curve."""

from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from numpy import ndarray as Array

from course_lib.spectral_laws.law import Law
from course_lib.viz.style import COLOURS


def histogram(
    ax: Axes,
    eigenvalues: Float[Array, " n"],
    bins: int = 60,
    window: tuple[float, float] | None = None,
    label: str | None = "eigenvalues",
    colour: str = "#9fb6c8",
) -> Axes:
    """Draw measured eigenvalues with areas that are shares of all of them.

    Args:
        ax: where to draw.
        eigenvalues: as measured.
        bins: number of bars in the window.
        window: from where to where; None means from the smallest to the largest eigenvalue.
        label: for the legend.
        colour: of the bars.

    Returns:
        ``ax``.
    """
    low, high = window or (float(eigenvalues.min()), float(eigenvalues.max()))
    counts, edges = np.histogram(eigenvalues, bins=bins, range=(low, high))
    heights = counts / (len(eigenvalues) * np.diff(edges))
    ax.stairs(heights, edges, fill=True, color=colour, label=label)
    ax.set(xlabel="eigenvalue", ylabel="density")
    return ax


def law_curve(
    ax: Axes,
    law: Law,
    window: tuple[float, float] | None = None,
    points: int = 800,
    label: str | None = "theory",
    colour: str = COLOURS[1],
    **line: Any,
) -> Axes:
    """Draw the density of a law; each atom becomes an arrow marked with its mass.

    The mass stands above the axes, out of the way of the curves.

    Args:
        ax: where to draw.
        law: the law.
        window: from where to where; None means its whole support.
        points: how many points of the curve; they crowd at the edges, where it is steep.
        label: for the legend.
        colour: of the curve.
        **line: anything else that ``Axes.plot`` takes.

    Returns:
        ``ax``.
    """
    for number, (a, b) in enumerate(law.support):
        low, high = (a, b) if window is None else (max(a, window[0]), min(b, window[1]))
        if low < high:
            x = low + (high - low) * np.sin(np.linspace(0, np.pi / 2, points + 2)[1:-1]) ** 2
            ax.plot(x, law.density(x), color=colour, label=None if number else label, **line)
    for atom in law.atoms:
        if window is None or window[0] <= atom.at <= window[1]:
            ax.annotate(
                "",
                xy=(atom.at, 1.0),
                xytext=(atom.at, 0.0),
                xycoords=("data", "axes fraction"),
                textcoords=("data", "axes fraction"),
                arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkB": 0},
            )
            ax.annotate(
                f"mass {atom.mass:.2f}",
                xy=(atom.at, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(-4, 3),
                textcoords="offset points",
                color=colour,
                va="bottom",
            )
    return ax
