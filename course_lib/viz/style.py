"""The one look of every figure in the course."""

import sys
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from cycler import cycler

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

COLOURS = (
    "#0072B2",  # blue
    "#D55E00",  # vermilion
    "#009E73",  # green
    "#CC79A7",  # purple
    "#E69F00",  # orange
    "#56B4E9",  # sky
    "#000000",  # black
)
"""Okabe and Ito's palette, told apart with any kind of colour vision; without its yellow."""

SETTINGS: "dict[RcKeyType, Any]" = {
    "figure.figsize": (6.0, 3.6),
    "figure.dpi": 110,
    "savefig.dpi": "figure",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.7,
    "lines.linewidth": 2.0,
    "lines.markersize": 6.0,
    "image.cmap": "cividis",
    "axes.formatter.useoffset": False,
    "svg.hashsalt": "course",
}


def use() -> None:
    """Make every figure from here on look like the rest of the course.

    Starts from matplotlib's own defaults, so that a reader's ``matplotlibrc`` does not
    change a picture. Large type, because a page 390 pixels wide shows a figure at half
    its size. In a notebook the picture keeps its full size instead of being cropped.

    >>> use()
    >>> mpl.rcParams["figure.figsize"]
    [6.0, 3.6]
    """
    mpl.rcdefaults()
    mpl.rcParams.update(SETTINGS)
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        from matplotlib_inline.config import InlineBackend

        backend = InlineBackend.instance(parent=shell)
        backend.figure_formats = {"png"}
        # traitlets' stubs take a trait's type from its default, {"bbox_inches": "tight"}.
        backend.print_figure_kwargs = {"bbox_inches": None}  # ty: ignore[invalid-assignment]
