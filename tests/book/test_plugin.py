"""A damaged lesson is caught, cell by cell, by running it again.

One lesson is made and stored; each of its cells is then damaged in a way of its own, and
a single re-run must name each of them and none of the others.
"""

import base64
import io
import os
import re
from types import SimpleNamespace

import nbformat
import pytest
from lessons import as_lesson, code
from nbformat.v4 import new_output
from nbval.plugin import IPyNbFile
from PIL import Image, ImageDraw

from course_tools.book.notebooks import update
from course_tools.book.pairs import from_markdown, to_json, to_markdown
from course_tools.book.plugin import STARTS, LessonFile, check_lesson

pytestmark = pytest.mark.slow

ALT = {"mystnb": {"image": {"alt": "A line rises from left to right."}}}

FIGURE = """\
figure, axes = plt.subplots()
axes.plot([0, 1], [0, 1])
plt.show()"""

FRAMES = """\
def draw(slope):
    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([0, slope])
    return figure

SliderFigure(draw, "A line of slope {slope} through zero.".format, slope=[1, 2])"""

CAPTION = {"mystnb": {"figure": {"caption": "A line.", "name": "fig-line"}}}

CELLS = {
    "imports": code(
        "import matplotlib.pyplot as plt\n"
        "from course_lib.viz import style\n"
        "from course_lib.viz.slider_figure import SliderFigure\nstyle.use()"
    ),
    "digit": code("print(f'loss {2 / 3:.4f}')"),
    "rounding": code("print(f'loss {1 / 3:.4f}')"),
    "dot": code(FIGURE, **ALT),
    "untouched figure": code(FIGURE + "  # again", **ALT),
    "frame": code(FRAMES, **CAPTION),
    "frame alternative": code(FRAMES + "  # again", **CAPTION),
    "deleted": code("print('here')"),
    "extra": code("x = 1"),
    "tag": code("print(f'kept {1 / 7:.5f}')", tags=["nbval-ignore-output"]),
    "comment": code("# NBVAL_SKIP\nprint(f'kept {1 / 9:.5f}')"),
    "silenced warning": code("import sys\nprint('careful', file=sys.stderr)"),
    "folder": code("import os\nprint(os.path.basename(os.getcwd()))"),
    "threads": code("print({k: os.environ[k] for k in ('OMP_NUM_THREADS', 'PYTHONHASHSEED')})"),
    "raises": code("ready = True\nprint('fine')"),
}
NUMBER = {name: number for number, name in enumerate(CELLS, start=1)}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The lesson as an author would store it, in a book of its own."""
    folder = tmp_path_factory.mktemp("course") / "book" / "demo"
    folder.mkdir(parents=True)
    path = folder / "lesson.md"
    path.write_text(to_markdown(as_lesson(*CELLS.values())), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OMP_NUM_THREADS", raising=False)
        done = update(path)
    assert done.changed == len(CELLS)
    return path.with_suffix(".ipynb")


def replace_picture(text, position, change):
    """Decode one embedded picture, change it, put it back."""
    uris = list(re.finditer(r"base64,([A-Za-z0-9+/=]+)", text))
    span = uris[position].span(1)
    return text[: span[0]] + change(text[span[0] : span[1]]) + text[span[1] :]


def draw_dot(encoded):
    image = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    ImageDraw.Draw(image).ellipse([80, 40, 84, 44], fill=(0, 114, 178))
    out = io.BytesIO()
    image.save(out, format="png")
    return base64.b64encode(out.getvalue()).decode()


def damage(notebook):
    """Damage the stored outputs, each cell in its own way."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    by_name = dict(zip(CELLS, cells, strict=True))

    def swap(name, old, new):
        output = by_name[name].outputs[0]
        assert old in output.text
        output.text = output.text.replace(old, new)

    swap("digit", "0.6667", "0.6267")
    swap("rounding", "0.3333", "0.3334")
    picture = by_name["dot"].outputs[0].data
    picture["image/png"] = draw_dot(picture["image/png"])
    framed = by_name["frame"].outputs[0].data
    framed["text/html"] = replace_picture(framed["text/html"], 2, draw_dot)
    framed = by_name["frame alternative"].outputs[0].data
    framed["text/html"] = framed["text/html"].replace(
        '"alt":"A line of slope 2 ', '"alt":"A line of slope 3 '
    )
    by_name["deleted"].outputs = []
    by_name["extra"].outputs = [new_output("stream", name="stdout", text="1\n")]
    swap("tag", "0.14286", "0.24286")
    swap("comment", "0.11111", "0.21111")
    by_name["silenced warning"].outputs = []


@pytest.fixture(scope="module")
def findings(lesson):
    """What one check says about the damaged lesson, which now also raises in its last cell."""
    healthy = lesson.read_text(encoding="utf-8")
    notebook = nbformat.read(lesson, as_version=4)
    damage(notebook)
    notebook.cells[-1].source = "def deep():\n    raise KeyError('lost')\ndeep()"
    lesson.write_text(to_json(notebook), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OMP_NUM_THREADS", raising=False)
        verdict = check_lesson(lesson)
    lesson.write_text(healthy, encoding="utf-8")
    assert verdict.cells == len(CELLS)
    return verdict.findings


def about(findings, name):
    return [text for text in findings if f"lesson.ipynb, code cell [{NUMBER[name]}]: Cell" in text]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digit", "output 1: line 1: expected 'loss 0.6267', got 'loss 0.6667'"),
        ("dot", "the pictures differ by"),
        ("frame", "frame 2: the pictures differ by"),
        ("frame alternative", "A line of slope 3"),
        ("deleted", "the run gives 'here' on stdout, which is not stored"),
        ("extra", "'1' on stdout is stored, the run gives nothing"),
        ("tag", "expected 'kept 0.24286', got 'kept 0.14286'"),
        ("comment", "expected 'kept 0.21111', got 'kept 0.11111'"),
        ("silenced warning", "the run gives 'careful' on stderr, which is not stored"),
        ("raises", "KeyError: 'lost'"),
    ],
)
def test_damage_is_named(findings, name, message):
    (text,) = about(findings, name)
    assert message in text
    assert len(text.splitlines()) <= 10


@pytest.mark.parametrize("name", ["imports", "rounding", "untouched figure", "folder", "threads"])
def test_nothing_else_is(findings, name):
    assert not about(findings, name)


def test_the_lint_speaks_too(findings):
    (text,) = [text for text in findings if "is exempted by the tag" in text]
    for finding in ("is exempted by the comment NBVAL_SKIP", "does not follow the .md"):
        assert finding in text


def test_surroundings(lesson):
    """The lesson runs in its own folder, on one thread, with fixed hashes."""
    cells = [cell for cell in nbformat.read(lesson, as_version=4).cells if cell.get("outputs")]
    by_source = {cell.source: cell.outputs[0].get("text") for cell in cells}
    assert by_source[CELLS["folder"].source] == "demo\n"
    assert by_source[CELLS["threads"].source] == "{'OMP_NUM_THREADS': '1', 'PYTHONHASHSEED': '0'}\n"


@pytest.fixture
def small(tmp_path):
    """Stores a lesson of these cells without running it."""

    def store(*cells):
        path = tmp_path / "small.md"
        path.write_text(to_markdown(from_markdown(to_markdown(as_lesson(*cells)))))
        notebook = from_markdown(path.read_text())
        for number, (cell, given) in enumerate(zip(notebook.cells[1:], cells, strict=True), 1):
            cell.outputs, cell.execution_count = given.outputs, number
        path.with_suffix(".ipynb").write_text(to_json(notebook))
        return path.with_suffix(".ipynb")

    return store


def test_a_good_lesson_passes_and_is_measured(small):
    verdict = check_lesson(small(code("print(f'{2 / 3:.3f}')", text="0.667\n")))
    assert verdict.findings == []
    assert verdict.cells == 1
    assert 0 < verdict.run.seconds < 30
    assert 30 < verdict.run.megabytes < 500


LOWER = "from course_tools.book import runtimes\nruntimes.MOST_MEGABYTES = 400.0\n"


def test_memory_over_the_limit_fails(small, tmp_path, monkeypatch):
    """The most that was ever taken counts; the limit is lowered, as pages cost time."""
    (tmp_path / "sitecustomize.py").write_text(LOWER, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    cells = [code("import numpy as np\nx = np.ones(50_000_000)"), code("del x")]
    (text,) = check_lesson(small(*cells)).findings
    assert "the lesson takes" in text
    assert "at most 400 MB is allowed" in text


def test_a_dead_kernel_is_a_finding(small):
    verdict = check_lesson(small(code("import os\nos._exit(1)")))
    assert "code cell [1]: the kernel died" in verdict.findings[0]


def test_a_broken_file_is_a_finding(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{")
    assert check_lesson(path).findings


def test_a_missing_file_is_a_finding(tmp_path):
    (text,) = check_lesson(tmp_path / "none.ipynb").findings
    assert "does not exist: run course notebooks update" in text


@pytest.mark.parametrize("deaths", range(STARTS + 1))
def test_a_kernel_that_dies_at_its_start_is_started_again(monkeypatch, deaths):
    """Kernels that start at once now and then choose the same port."""
    starts = []

    def setup(self):
        starts.append(1)
        if len(starts) <= deaths:
            raise RuntimeError("Kernel died before replying to kernel_info")
        self.kernel = SimpleNamespace(await_reply=None)

    monkeypatch.setattr(IPyNbFile, "setup", setup)
    lesson = object.__new__(LessonFile)
    if deaths < STARTS:
        lesson.setup()
        assert lesson.kernel.await_reply is not None
    else:
        with pytest.raises(RuntimeError, match="Kernel died"):
            lesson.setup()
    assert len(starts) == min(deaths + 1, STARTS)
