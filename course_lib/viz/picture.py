"""Pictures of twice the size they are shown at, sharp on any screen, and small as files."""

import io

import numpy as np
from PIL import Image

SCALE = 2
"""Pixels of a picture for each pixel of the page."""


def small_png(picture: Image.Image | np.ndarray, colours: int = 256) -> bytes:
    """A picture as PNG with a palette, and nothing in the file but the picture.

    Args:
        picture: the picture, or its pixels; what is transparent in it becomes opaque.
        colours: how many colours the palette has at most.

    >>> shown_size(small_png(np.zeros((4, 6, 3), dtype=np.uint8)))
    (3, 2)
    """
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    flat = image.convert("RGB").quantize(
        colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    small = io.BytesIO()
    flat.save(small, format="png", optimize=True)
    return small.getvalue()


def shown_size(png: bytes) -> tuple[int, int]:
    """Width and height at which a picture is shown, in pixels of the page."""
    width, height = Image.open(io.BytesIO(png)).size
    return round(width / SCALE), round(height / SCALE)
