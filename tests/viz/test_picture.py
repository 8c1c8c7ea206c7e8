"""Sharp pictures in small files."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_lib.viz.picture import is_drawing, is_marked_as_drawing, shown_size, small_png


def noise(height=30, width=50):
    return np.random.default_rng(0).integers(0, 256, size=(height, width, 3), dtype=np.uint8)


def test_few_colours_are_kept_exactly():
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    pixels[2:5, 3:] = (0, 114, 178)
    image = Image.open(io.BytesIO(small_png(pixels)))
    assert np.array_equal(np.asarray(image.convert("RGB")), pixels)


def test_colours_are_limited():
    for colours in (4, 64, 256):
        image = Image.open(io.BytesIO(small_png(noise(), colours)))
        assert image.mode == "P"
        assert len(image.getcolors()) <= colours


def test_the_paper_keeps_its_colour_however_many_others_there_are():
    pixels = noise()
    pixels[:3] = (254, 253, 252)
    shown = np.asarray(Image.open(io.BytesIO(small_png(pixels, 4))).convert("RGB"))
    assert (shown[:3] == (254, 253, 252)).all()


def test_a_picture_of_one_colour():
    pixels = np.full((4, 6, 3), 7, dtype=np.uint8)
    image = Image.open(io.BytesIO(small_png(pixels, 2)))
    assert np.array_equal(np.asarray(image.convert("RGB")), pixels)


def test_pixels_and_picture_give_the_same_bytes():
    assert small_png(noise()) == small_png(Image.fromarray(noise()))
    assert b"Software" not in small_png(noise())


def test_a_picture_is_shown_at_half_its_size():
    assert shown_size(small_png(noise(30, 50))) == (25, 15)


@pytest.mark.parametrize("drawing", [False, True])
def test_a_file_says_whether_it_is_a_drawing(drawing):
    image = Image.open(io.BytesIO(small_png(noise(), drawing=drawing)))
    assert is_marked_as_drawing(image) is drawing


GRID = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda ax: ax.plot([1, 2]), True),
        (lambda ax: ax.bar([1, 2], [3, 4]), True),
        (lambda ax: ax.fill_between([1, 2], [3, 4]), True),
        (lambda ax: ax.contour(GRID), True),
        (lambda ax: ax.contourf(GRID), False),
        (lambda ax: ax.imshow(GRID), False),
        (lambda ax: ax.imshow(GRID, cmap="RdBu"), False),
        (lambda ax: ax.imshow(np.ones((3, 4, 3))), False),
        (lambda ax: ax.pcolormesh(GRID), False),
        (lambda ax: plt.colorbar(ax.scatter([1, 2], [3, 4], c=[5, 6])), False),
        (lambda ax: plt.colorbar(ax.imshow(GRID, cmap="Blues")), True),
        (lambda ax: ax.imshow(GRID, cmap="gray_r"), True),
        (lambda ax: ax.pcolormesh(GRID, cmap="Oranges"), True),
        (lambda ax: ax.contourf(GRID, cmap="Greens"), True),
    ],
)
def test_a_map_of_colours_is_no_drawing_unless_it_is_ink_on_paper(draw, expected):
    figure, ax = plt.subplots()
    draw(ax)
    assert is_drawing(figure) is expected
    plt.close(figure)
