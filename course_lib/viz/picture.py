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
NEARLY_WHITE = 0.9  # in each of red, green and blue, where white is 1


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
    flat = _with_palette(image, colours)
    about = PngInfo()
    if drawing:
        about.add_text(*MARK)
    small = io.BytesIO()
    flat.save(small, format="png", optimize=True, pnginfo=about)
    return small.getvalue()


def _with_palette(image: Image.Image, colours: int) -> Image.Image:
    """The picture in few colours; the one of its corner, which most of a figure has, is kept.

    To look for a palette takes longer than to draw a curve. Only what is not paper is looked at.
    """
    pixels = np.ascontiguousarray(image.convert("RGBA")).view(np.uint32)[..., 0]
    ink = pixels != pixels[0, 0]
    if colours < 2 or not ink.any():
        return image.convert("RGB").quantize(
            colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    strip = Image.fromarray(pixels[ink].view(np.uint8).reshape(1, -1, 4)).convert("RGB")
    strip = strip.quantize(colours - 1, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    places = np.zeros(pixels.shape, dtype=np.uint8)
    places[ink] = np.asarray(strip)[0] + 1
    flat = Image.frombytes("P", image.size, places.tobytes())
    paper = pixels[:1, :1].view(np.uint8).ravel().tolist()[:3]
    flat.putpalette(paper + (strip.getpalette() or []))
    return flat


def shown_size(png: bytes) -> tuple[int, int]:
    """Width and height at which a picture is shown, in pixels of the page."""
    width, height = Image.open(io.BytesIO(png)).size
    return round(width / SCALE), round(height / SCALE)


def is_drawing(figure: Figure) -> bool:
    """Whether a figure says the same when light and dark are exchanged, as a dark page does.

    Lines and marks do, and so does a scale of one hue that begins at the white of the paper: the
    more, the more ink. Any other scale of colours, or a photograph, does not.
    """

    def is_no_ink(artist: object) -> bool:
        if isinstance(artist, ContourSet) and not artist.filled:
            return False
        if not isinstance(artist, ContourSet | AxesImage | QuadMesh):
            return False
        values, paper = artist.get_array(), artist.get_cmap()(0.0)[:3]
        photograph = isinstance(artist, AxesImage) and values is not None and values.ndim == 3
        return photograph or bool(min(paper) < NEARLY_WHITE)

    return not figure.findobj(is_no_ink)


def is_marked_as_drawing(picture: Image.Image) -> bool:
    """Whether the file of a picture says that it is a drawing."""
    key, value = MARK
    return picture.info.get(key) == value
