"""One look for every figure, whatever the machine's own settings."""

import base64
import io
import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest
from lessons import as_lesson, code
from matplotlib.colors import to_rgb
from PIL import Image

from course_lib.viz import style
from course_tools.book.notebooks import update
from course_tools.book.pairs import to_markdown


@pytest.fixture(autouse=True)
def restored():
    with mpl.rc_context():
        yield
    plt.close("all")


def draw():
    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0], label="a line")
    axes.set(xlabel="lag [steps]", ylabel="norm")
    axes.legend()
    return figure


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_bytes_twice(kind):
    drawn = []
    for _ in range(2):
        style.use()
        out = io.BytesIO()
        draw().savefig(out, format=kind, metadata={"Date": None} if kind == "svg" else None)
        drawn.append(out.getvalue())
    assert drawn[0] == drawn[1]


def test_a_readers_own_settings_do_not_show():
    style.use()
    before = dict(mpl.rcParams)
    mpl.rcParams.update({"font.size": 30, "lines.linestyle": ":", "axes.facecolor": "black"})
    style.use()
    assert dict(mpl.rcParams) == before


def test_readable_on_a_phone():
    """At 382 pixels of width the smallest type is 10.5 pixels high or more."""
    style.use()
    figure = draw()
    figure.canvas.draw()
    width = figure.get_size_inches()[0] * figure.dpi
    smallest = min(mpl.rcParams[f"{name}.labelsize"] for name in ("xtick", "ytick", "axes"))
    assert smallest * figure.dpi / 72 * 382 / width >= 10.5


def luminance(colour):
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def test_lines_stand_out_from_the_paper():
    for colour in style.COLOURS:
        assert 1.05 / (luminance(colour) + 0.05) > 2


def test_colours_differ_without_red_or_green():
    """Seen by a dichromat (Vienot et al., 1999), every two colours stay apart."""

    def seen(colour, matrix):
        linear = [c**2.2 for c in to_rgb(colour)]
        return [sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix]

    no_red = [[0.112, 0.888, 0], [0.112, 0.888, 0], [0.004, -0.004, 1]]
    no_green = [[0.293, 0.707, 0], [0.293, 0.707, 0], [-0.021, 0.021, 1]]
    for matrix in (no_red, no_green):
        for one, other in itertools.combinations(style.COLOURS, 2):
            a, b = seen(one, matrix), seen(other, matrix)
            assert max(abs(x - y) for x, y in zip(a, b, strict=True)) > 0.05, (one, other)


@pytest.mark.slow
def test_in_a_notebook_figures_keep_their_size(tmp_path):
    """In a kernel the picture is stored whole, sharp and with few colours."""
    path = tmp_path / "lesson.md"
    source = "import matplotlib.pyplot as plt\nfrom course_lib.viz import style\nstyle.use()\n"
    path.write_text(to_markdown(as_lesson(code(source + "plt.plot([1, 2])\nplt.show()"))))
    update(path)
    (output,) = nbformat.read(path.with_suffix(".ipynb"), as_version=4).cells[1].outputs
    image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    assert image.size == (1284, 770)
    assert image.mode == "P"
    assert output.metadata["image/png"] == {"width": 642, "height": 385}
