"""The one look of every figure in the course."""

import io
import sys
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from cycler import cycler
from PIL import Image

from course_lib.viz.picture import SCALE, is_drawing, shown_size, small_png

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
    "figure.dpi": 107,  # six inches are then as wide as the text of a page
    "savefig.dpi": "figure",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 12,
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
    change a picture. Large type, because a page 390 pixels wide shows a figure at six tenths
    of its size. In a notebook the picture keeps its full size instead of being cropped, has
    two pixels for each of the page's, and a palette, which makes it a third as large.

    >>> use()
    >>> mpl.rcParams["figure.figsize"]
    [6.0, 3.6]
    """
    mpl.rcdefaults()
    mpl.rcParams.update(SETTINGS)
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        # Imported now: at its first import it would replace what is registered below.
        import matplotlib_inline.backend_inline  # noqa: F401
        from matplotlib.figure import Figure
        from matplotlib_inline.config import InlineBackend

        backend = InlineBackend.instance(parent=shell)
        backend.figure_formats = {"retina"}
        # traitlets' stubs take a trait's type from its default, {"bbox_inches": "tight"}.
        backend.print_figure_kwargs = {"bbox_inches": None}  # ty: ignore[invalid-assignment]
        shell.display_formatter.formatters["image/png"].for_type(Figure, _sharp_png)


def _sharp_png(figure: Any) -> tuple[bytes, dict[str, int]] | None:
    """What is stored of a figure: a picture of twice the size at which it is shown."""
    if not (figure.axes or figure.lines):  # an empty figure
        return None
    raw, dpi = io.BytesIO(), SCALE * figure.dpi
    width, height = (int(inches * dpi) for inches in figure.get_size_inches())
    paper = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
    figure.canvas.print_figure(raw, format="rgba", dpi=dpi, bbox_inches=None, **paper)
    drawn = Image.frombytes("RGBA", (width, height), raw.getvalue())
    png = small_png(drawn, drawing=is_drawing(figure))
    width, height = shown_size(png)
    return png, {"width": width, "height": height}
