"""The book's own extensions, on a book of one lesson: what is shown, and what is not."""

import doctest
import html as html_lib
import importlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from docutils import nodes
from sphinx import addnodes

from course_lib import foundations
from course_lib.viz.picture import small_png
from course_tools.book.equation_index import book_pages, page_equations, prose_lines
from course_tools.book.syllabus_map import read_syllabus_map

ROOT = Path(__file__).parents[2]
LESSON = """# Doubling

```{admonition} Before you start
:class: lesson-head

**Assumes:** counting.
```

Twice a number is

$$
y = 2 x .
$$ (eq-double)

See {py:func}`course_lib.foundations.softmax.softmax` and {zh}`循环`; {report}`tell it`.

## References

None.
"""
OPTIONAL = """# Trebling

```{admonition} Before you start
:class: lesson-head

**Optional.** Nothing later needs this lesson. **Assumes:** {doc}`doubling`.
```
"""
LAST = """# Halving
"""
OPENING = """# Arithmetic

```{rubric} References
:heading-level: 2
```
"""
INDEX = """# A book

```{course-map}
Part:
  arithmetic: [Arithmetic, "Numbers."]
  geometry: [Geometry, "Figures."]
```
"""
EQUATION_INDEX = """# Verified equations

```{equation-index-links} equations
```
"""
TEST = """import pytest


@pytest.mark.checks("eq-double", against="a closed form")
def test_twice():
    assert 1 < 2


class TestMore:
    @pytest.mark.checks("eq-double", against="enumeration")
    def test_thrice(self): ...
"""
MODULE = '''"""Doubling."""


def double(x):
    """Twice a number.

    Implements eq-double.
    """
    return 2 * x  # eq-double
'''


def notebook(text):
    cell = {"cell_type": "markdown", "metadata": {}, "source": text, "id": "one"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def toc(*chapters):
    api = {"file": "book/api/index", "sections": [{"file": "book/api/foundations"}]}
    parts = [{"caption": "Course", "numbered": 2, "chapters": list(chapters)}, {"chapters": [api]}]
    return {"format": "jb-book", "root": "book/index", "parts": parts}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A project with one lesson, in its own folder, built once without and once with an address."""
    root = tmp_path_factory.mktemp("book")
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    for extension in config["sphinx"]["local_extensions"]:
        config["sphinx"]["local_extensions"][extension] = str(ROOT / "book/_ext")
    shutil.copytree(ROOT / "book/_static", root / "book/_static")
    chapter = {
        "file": "book/arithmetic/index",
        "sections": [
            {"file": "book/arithmetic/doubling.ipynb"},
            {"file": "book/arithmetic/trebling.ipynb", "title": "Trebling (optional)"},
            {"file": "book/arithmetic/halving.ipynb"},
        ],
    }
    other = {"file": "book/counting/index", "sections": [{"file": "book/counting/one.ipynb"}]}
    files = {
        "_config.yml": yaml.safe_dump(config),
        "_toc.yml": yaml.safe_dump(toc(chapter, other, {"file": "book/equation-index"})),
        "book/index.md": INDEX,
        "book/arithmetic/index.md": OPENING,
        "book/arithmetic/doubling.md": LESSON,
        "book/arithmetic/doubling.ipynb": notebook(LESSON),
        "book/arithmetic/trebling.ipynb": notebook(OPTIONAL),
        "book/arithmetic/halving.ipynb": notebook(LAST),
        "book/counting/index.md": OPENING.replace("Arithmetic", "Counting"),
        "book/counting/one.ipynb": notebook("# One"),
        "book/equation-index.md": EQUATION_INDEX,
        "book/api/index.md": "# API reference\n",
        "book/api/foundations.rst": (ROOT / "book/api/foundations.rst").read_text(),
        "book/references.bib": "",
        "CITATION.cff": "title: A book\ncontact: [{email: a@b.org}]\n",
        "book/coverage.csv": (
            "id,lesson,symbol,test\n"
            "T-01,book/arithmetic/doubling.md#eq-double,-,-\n"
            "X-01,book/arithmetic/doubling.md#doubling,-,-\n"
        ),
        "book/topics.csv": "id,title\nT-01,Twice a number\n",
        "book/errata.csv": "id,says,holds\nX-01,Twice is $3x$.,Twice is $2x$.\n",
        "book/runtimes.csv": "lesson,seconds,megabytes\narithmetic/doubling,2.2,101\n",
        "course_lib/arithmetic/doubling.py": MODULE,
        "tests/arithmetic/test_doubling.py": TEST,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def build(root):
    """Build as ``make book`` does; the page of the lesson."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    done = subprocess.run(
        [jupyter_book, "build", ".", "-W", "-n", "--keep-going"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return page(root, "book/arithmetic/doubling.html")


def page(root, name):
    return (root / "_build/html" / name).read_text()


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


@pytest.mark.slow
def test_the_extensions_and_what_follows_a_change(book):
    lesson = build(book)
    html = "".join(file.read_text() for file in (book / "_build/html").rglob("*.html"))

    # Nothing is loaded from outside, and nothing points to a repository that is not there.
    assert re.findall(r'(?:src|<link[^>]* href)="(?:https?:)?//[^"]*', html) == []
    for word in ("thebe", "unpkg", "require.js", "colab", "mybinder", "fa-github"):
        assert word not in html.lower(), word
    assert (book / "_build/html/_static/mathjax/tex-svg-full.js").stat().st_size > 2_000_000
    assert "Apache" in page(book, "_static/mathjax/NOTICE.txt")
    assert '.ipynb"' in lesson  # the download button
    assert zipfile.ZipFile(book / "_build/html/book/arithmetic/doubling.zip").namelist() == [
        "doubling/doubling.ipynb"
    ]

    # The time at the head, the line under the equation, the cost at the foot, a short name.
    shown = text_of(lesson)
    assert "Before you start About 5 minutes. Assumes: counting. Twice a number is" in shown
    assert "checked against a closed form, enumeration · code: double See" in shown
    assert "None. This lesson runs in 3 s and 110 MB of memory on one core." in shown
    assert ">softmax.softmax()<" in re.sub(r"</?span[^>]*>", "", lesson)
    assert '<span lang="zh">循环</span>' in lesson

    # An optional lesson: marked where one chooses, numbered like any other, under its own title.
    optional = page(book, "book/arithmetic/trebling.html")
    assert "<title>1.2. Trebling &#8212; " in optional
    assert "About 5 minutes. Optional. Nothing later needs this lesson." in text_of(optional)
    assert ">1.2. Trebling (optional)</a>" in lesson
    for neighbour in (lesson, page(book, "book/arithmetic/halving.html")):
        assert 'prev-next-title"><span class="section-number">1.2. </span>Trebling<' in neighbour
    assert "<title>1.3. Halving &#8212; " in page(book, "book/arithmetic/halving.html")
    assert "<title>2.1. One &#8212; " in page(book, "book/counting/one.html")

    # A mistake is reported to the authors, as long as there is no repository.
    assert re.search(r'href="mailto:a[^"]+org">tell it</a>', lesson)

    # A heading that takes no number.
    assert '<h2 class="rubric">References</h2>' in page(book, "book/arithmetic/index.html")

    # The equation index: its opening page leads to the chapter's, and so does the equation.
    assert 'href="equation-index/arithmetic.html#equations">Arithmetic (1)<' in page(
        book, "book/equation-index.html"
    )
    assert 'href="../equation-index/arithmetic.html#index-eq-double"' in lesson
    index = page(book, "book/equation-index/arithmetic.html")
    assert 'id="index-eq-double"' in index
    listing = "../../_modules/tests/arithmetic/test_doubling.html"
    assert f'href="{listing}#test_twice" title="tests/arithmetic/test_doubling.py::' in index
    assert f'href="{listing}#TestMore.test_thrice"' in index
    index = text_of(index)
    assert "test_twice, against a closed form" in index
    assert "Twice a number" in index
    assert r"Twice is \(3x\)" in index

    # The source of the tests, with an anchor at each.
    listing = page(book, "_modules/tests/arithmetic/test_doubling.html")
    assert "<title>tests/arithmetic/test_doubling.py &#8212; " in listing
    for name, first, last in (
        ("test_twice", "@pytest.mark.checks(", "assert 1 < 2"),
        ("TestMore.test_thrice", "@pytest.mark.checks(", "def test_thrice(self): ..."),
    ):
        block = re.search(rf'<div class="viewcode-block" id="{name}">(.*?)</div>', listing, re.S)[1]
        block = html_lib.unescape(text_of(block)).strip()
        assert block.startswith(first)
        assert block.endswith(last)

    # A page for each module, in the order of the package; other pages do not list them.
    modules = re.findall(
        r'href="foundations/(\w+).html#module-', page(book, "book/api/foundations.html")
    )
    assert modules == re.findall(r"^- ``(\w+)``", foundations.__doc__, re.M)
    module = page(book, f"book/api/foundations/{modules[1]}.html")
    assert f'href="{modules[0]}.html">' in module
    shown = text_of(page(book, "book/api/foundations/softmax.html"))
    assert "foundations.softmax# from course_lib.foundations import softmax" in shown
    assert "foundations/softmax.html#" in lesson  # the reference in its text
    assert f"foundations/{modules[0]}.html" not in lesson

    # The map: a link where there is a chapter, plain words where there is none.
    index = page(book, "book/index.html")
    assert re.search(r'href="arithmetic/index.html">Arithmetic</a>', index)
    assert "3 lessons, 1 of them optional; about half an hour to read" in text_of(index)
    assert "In preparation: Geometry." in text_of(index)

    # Another test checks the equation: its page is written again, though it did not change.
    test = book / "tests/arithmetic/test_doubling.py"
    test.write_text(TEST.replace("a closed form", "an oracle"))
    assert "checked against an oracle, enumeration" in text_of(build(book))
    assert "an oracle" in text_of(page(book, "_modules/tests/arithmetic/test_doubling.html"))

    # The repository has an address: links to it appear, and they lead to the notebook.
    config = yaml.safe_load((book / "_config.yml").read_text())
    config["repository"]["url"] = "https://github.com/someone/course"
    (book / "_config.yml").write_text(yaml.safe_dump(config))
    lesson = build(book)
    notebook_path = "book/arithmetic/doubling.ipynb"
    home = "https://github.com/someone/course"
    assert f"colab.research.google.com/github/someone/course/blob/main/{notebook_path}" in lesson
    assert f"mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/{notebook_path}" in lesson
    assert f'href="{home}"' in lesson
    assert f'href="{home}/issues">tell it</a>' in lesson
    assert f"{home}/blob/main/{notebook_path}" in lesson
    assert "colab" not in page(book, "book/equation-index.html")
    assert home in page(book, "_modules/course_lib/foundations/softmax.html")

    # A page that leaves the book leaves the folder.
    (book / "_toc.yml").write_text(
        yaml.safe_dump(toc({"file": "book/arithmetic/index"}, {"file": "book/equation-index"}))
    )
    (book / "book/coverage.csv").write_text("id,lesson,symbol,test\n")
    (book / "book/arithmetic/doubling.md").unlink()
    test.unlink()
    with pytest.raises(FileNotFoundError):
        build(book)
    with pytest.raises(FileNotFoundError):
        page(book, "_modules/tests/arithmetic/test_doubling.html")


def test_every_page_of_the_table_of_contents_is_there_and_listed_once():
    names = re.findall(r"^\s*- file: (\S+)$", (ROOT / "_toc.yml").read_text(), re.M)
    assert len(names) == len(set(names))
    for name in names:
        found = [
            ROOT / f"{name}{end}" for end in ("", ".md", ".rst") if (ROOT / name).suffix or end
        ]
        assert any(path.is_file() for path in found), name


def test_every_lesson_and_every_package_of_the_library_is_in_the_book():
    contents = (ROOT / "_toc.yml").read_text()
    lessons = [path.relative_to(ROOT) for path in ROOT.glob("book/**/*.ipynb")]
    packages = [path.parent.name for path in ROOT.glob("course_lib/*/__init__.py")]
    wanted = [str(path) for path in lessons]
    wanted += [f"book/api/{name}" for name in packages]
    assert [name for name in wanted if f"file: {name}\n" not in contents] == []


def test_the_lessons_of_a_chapter_are_numbered_from_one():
    """A heading of the chapter's opening page would take the first lesson's number."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    for part in contents["parts"]:
        for chapter in part["chapters"] if part.get("numbered") else []:
            opening = (ROOT / f"{chapter['file']}.md").read_text()
            headings = [line for _, line in prose_lines(opening) if re.match("#+ ", line)]
            assert len(headings) == 1, f"{chapter['file']}.md: {headings[1]}: write {{rubric}}"


def test_no_two_pages_have_the_same_title(extensions):
    """Whoever searches must be able to tell a chapter from the code behind it."""
    contents = extensions["course_contents"]
    titles = {}
    for entry in contents.entries(yaml.safe_load((ROOT / "_toc.yml").read_text())):
        page = ROOT / entry["file"]
        if page.suffix == ".ipynb":
            first = json.loads(page.read_text())["cells"][0]["source"]
            title = "".join(first).splitlines()[0].removeprefix("# ")
        elif page.with_suffix(".md").is_file():
            title = contents.title_of(page.with_suffix(".md"))
        else:
            title = page.with_suffix(".rst").read_text().splitlines()[0]
        titles.setdefault(title.lower(), []).append(entry["file"])
    assert len(titles) > 40
    assert {title: pages for title, pages in titles.items() if len(pages) > 1} == {}


def test_the_map_names_each_chapter_of_the_book():
    index = (ROOT / "book/index.md").read_text()
    on_map = yaml.safe_load(re.search(r"```\{course-map\}\n(.*?)```", index, re.S)[1])
    slugs = [slug for chapters in on_map.values() for slug in chapters]
    assert len(slugs) == len(set(slugs)) >= 16
    written = {path.parent.name for path in ROOT.glob("book/*/index.md")} - {"api"}
    assert written <= set(slugs)


def test_all_that_the_equation_index_lists_is_taught_in_a_chapter():
    """Each chapter has a page of the equation index; a row elsewhere would stand on none."""
    taught = {
        ROOT / row.lesson.partition("#")[0] for row in read_syllabus_map(ROOT / "book/coverage.csv")
    }
    taught |= {path for path in book_pages(ROOT) if page_equations(path.read_text("utf-8"))}
    for path in taught:
        assert f"file: {path.parent.relative_to(ROOT)}/index\n" in (ROOT / "_toc.yml").read_text()


@pytest.mark.parametrize("code", ["zh", "bg"])
def test_the_glossary_gives_each_term_in_both_languages(code):
    entries = (ROOT / "book/glossary.md").read_text().split("```{glossary}\n")[1].split("\n\n")
    assert len(entries) > 40
    for entry in entries:
        assert f"{{{code}}}`" in entry, entry.splitlines()[0]


def test_the_glossary_is_in_alphabetical_order():
    text = (ROOT / "book/glossary.md").read_text().split("```{glossary}\n")[1]
    terms = [line.lower() for line in text.splitlines() if line and line[0] not in " `"]
    assert terms == sorted(terms)


@pytest.fixture
def extensions(monkeypatch):
    """The book's extensions as modules."""
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    names = [path.stem for path in (ROOT / "book/_ext").glob("*.py")]
    return {name: importlib.import_module(name) for name in names}


def test_examples_in_the_extensions(extensions):
    results = [doctest.testmod(module) for module in extensions.values()]
    assert sum(result.attempted for result in results) > 3
    assert sum(result.failed for result in results) == 0


def test_an_outline_keeps_what_is_numbered_and_what_leads_to_other_pages(extensions):
    figures = SimpleNamespace(
        get_enumerable_node_type=lambda node: "figure" if isinstance(node, nodes.figure) else None
    )
    figure = nodes.figure("", nodes.image(), nodes.caption("", "A ", nodes.emphasis("", "cat")))
    figure["ids"] = ["cat"]
    page = nodes.Element(
        "",
        nodes.paragraph("", "Long text"),
        nodes.note("", nodes.paragraph("", "More"), figure),
        nodes.compound("", addnodes.toctree(entries=[("", "book/next")])),
    )
    outline = extensions["course_speed"].outline(SimpleNamespace(domains={"std": figures}), page)
    assert [str(node) for node in outline] == [
        '<note><figure ids="cat"><caption>A cat</caption></figure></note>',
        str(page[2]),
    ]


def test_a_mark_stays_with_the_formula_before_it(extensions):
    page = nodes.paragraph("", "", nodes.Text("Let "), nodes.math("", "x"), nodes.Text("), then "))
    page += [nodes.math("", "y"), nodes.Text(" or "), nodes.math("", "z"), nodes.emphasis("", ".")]
    extensions["course_figures"].KeepTogether.run(SimpleNamespace(document=page))
    assert [child.astext() for child in page] == ["Let ", "x),", " then ", "y", " or ", "z", "."]
    assert page[1]["classes"] == ["together"]
    assert isinstance(page[1][0], nodes.math)


@pytest.mark.parametrize("drawing", [False, True])
def test_a_drawing_has_the_class_that_says_so(extensions, tmp_path, drawing):
    picture = small_png(np.zeros((2, 2, 3), dtype=np.uint8), drawing=drawing)
    (tmp_path / "a.png").write_bytes(picture)
    page = nodes.figure("", nodes.image(uri="/a.png"), nodes.image(uri="https://b.org/b.png"))
    extensions["course_figures"].name_drawings(SimpleNamespace(srcdir=tmp_path), page)
    assert [image["classes"] for image in page] == [["drawing"] * drawing, []]


def test_mathjax_is_a_version_whose_notice_we_carry(extensions):
    offline = extensions["course_offline"]
    package = importlib.metadata.distribution("sphinx-mathjax-offline")
    script = Path(str(package.locate_file(offline.MATHJAX))).read_text()
    version = re.search(r"MathJax ([\d.]+),", offline.NOTICE)[1]
    assert f'"{version}"' in script
