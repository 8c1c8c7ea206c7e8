"""Pictures of twice the size they are shown at, sharp on any screen, and small as files."""

import io

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SCALE = 2
"""Pixels of a picture for each pixel of the page."""

MARK = ("kind", "drawing")


def small_png(
    picture: Image.Image | np.ndarray, colours: int = 256, drawing: bool = False
) -> bytes:
    """A picture as PNG with a palette.

    Args:
        picture: the picture, or its pixels; what is transparent in it becomes opaque.
        colours: how many colours the palette has at most.
        drawing: whether the file says of itself that it is a drawing, as `is_drawing`.

    >>> shown_size(small_png(np.zeros((4, 6, 3), dtype=np.uint8)))
    (3, 2)
    """
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    flat = image.convert("RGB").quantize(
        colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    about = PngInfo()
    if drawing:
        about.add_text(*MARK)
    small = io.BytesIO()
    flat.save(small, format="png", optimize=True, pnginfo=about)
    return small.getvalue()


def shown_size(png: bytes) -> tuple[int, int]:
    """Width and height at which a picture is shown, in pixels of the page."""
    width, height = Image.open(io.BytesIO(png)).size
    return round(width / SCALE), round(height / SCALE)


def is_drawing(figure: Figure) -> bool:
    """Whether a figure is made of lines and marks alone, without a map of colours.

    Such a figure says the same when light and dark are exchanged, as a dark page does.
    Where a scale tells what is bright and what is dark, nothing may be exchanged.
    """

    def is_map(artist: object) -> bool:
        filled = isinstance(artist, ContourSet) and artist.filled
        return filled or isinstance(artist, AxesImage | QuadMesh)

    return not figure.findobj(is_map)


def is_marked_as_drawing(picture: Image.Image) -> bool:
    """Whether the file of a picture says that it is a drawing."""
    key, value = MARK
    return picture.info.get(key) == value
