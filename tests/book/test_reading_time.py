"""How long a lesson takes to read: each kind of thing that is counted, or is not."""

import pytest
from lessons import HEADER, code
from nbformat.v4 import new_markdown_cell, new_notebook

from course_tools.book.pairs import from_markdown, reading_time_of, to_markdown
from course_tools.book.reading_time import ReadingTime, reading_time, too_long

FENCE = "```"


def as_lesson(*cells):
    return new_notebook(cells=list(cells), metadata=HEADER)


def of(source):
    return reading_time(as_lesson(new_markdown_cell(source)))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("# Two words\n\nand three more", 5),
        ("A well-known rule: 3 + 4.", 3),  # a number, a sign: none
        ("The matrix $W_{hh} x$, and $$a b$$ in a line", 8),
        ("see {doc}`srn`, {eq}`eq-a` and {ref}`this part <sec-a>`", 6),
        ("{cite:t}`elman1990finding` and `np.zeros((2, 3))`", 3),
        ("[the text](https://example.org/a/b) ![no words](a.png)", 2),
        ("(sec-a)=\n## Heading\n\n% a comment\n\n+++\n\nWord", 2),
        ("- one\n- two\n\n| a | b |\n|---|---|\n| c | 5 |", 5),
        ("circular **bold *both***", 3),
    ],
)
def test_words(source, words):
    assert of(source) == ReadingTime(words=words)


@pytest.mark.parametrize(
    "source",
    [
        "$$\ny = a b c\n$$",
        "$$\ny = a b c\n$$ (eq-a)",
        "\\begin{align}\ny &= a\n\\end{align}",
        f"{FENCE}{{math}}\n:label: eq-a\ny = a b c\n{FENCE}",
    ],
)
def test_a_displayed_equation_is_one_and_has_no_words(source):
    assert of(source) == ReadingTime(equations=1)
    assert of(f"Before.\n\n{source}\n\nAfter.") == ReadingTime(words=2, equations=1)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("{note}\nTwo words.", ReadingTime(words=2)),
        ("{admonition} A title\n:class: tip\n\nTwo words.\n\n$$\nx\n$$", ReadingTime(4, 0, 1)),
        ("{prf:theorem} Title\n:label: thm\nTwo words.", ReadingTime(words=3)),
        ("{figure} a/b.png\n:alt: three more words\n\nThe caption.", ReadingTime(words=2)),
        ("{code-block} bash\n:linenos:\none two\n\nthree", ReadingTime(code_lines=2)),
        ("bash\none two", ReadingTime(code_lines=1)),
        ("{margin} In the lectures\nThey write $U$.", ReadingTime()),
        ("{admonition} Before you start\n:class: lesson-head\n\n**Assumes:** all.", ReadingTime()),
        ("{exercise}\n:label: ex-a\nDerive it.\n\n$$\nx\n$$", ReadingTime()),
        ("{solution} ex-a\n:class: dropdown\nIt is derived.", ReadingTime()),
        ("{bibliography}\n:filter: docname in docnames", ReadingTime()),
    ],
)
@pytest.mark.parametrize("fence", [FENCE, ":::"])
def test_boxes(fence, box, expected):
    if fence == ":::" and not box.startswith("{"):
        return
    assert of(f"{fence}{box}\n{fence}") == expected
    outer = fence + fence[0]
    assert of(f"{outer}{{note}}\n{fence}{box}\n{fence}\n{outer}") == expected
    assert of(f"{outer}{{exercise}}\n{fence}{box}\n{fence}\n{outer}") == ReadingTime()


def test_code_counts_where_it_stands_open_and_captions_everywhere():
    plain, folded, hidden = (code("a = 1\n\n# why\nb = 2") for _ in range(3))
    folded.metadata["tags"] = ["hide-input"]
    folded.metadata["mystnb"] = {"figure": {"caption": "Two curves $f$.", "name": "fig-a"}}
    hidden.metadata["tags"] = ["remove-input"]
    assert reading_time(as_lesson(plain, folded, hidden)) == ReadingTime(words=3, code_lines=3)


def test_what_is_too_long_is_said_with_its_numbers():
    assert too_long(ReadingTime(words=2500, code_lines=390)) is None
    assert too_long(ReadingTime(words=2501)) == "has 2501 words, at most 2500 are allowed"
    assert too_long(ReadingTime(code_lines=552)) == (
        "takes 46 minutes to read, at most 45 are allowed"
    )
    assert too_long(ReadingTime(words=2600, equations=50)) == (
        "takes 48 minutes to read, at most 45, and has 2600 words, at most 2500 are allowed"
    )


def test_the_pair_is_measured_by_its_source(tmp_path):
    lesson = as_lesson(new_markdown_cell("# Title\n\nSome words."), code("a = 1"))
    path = tmp_path / "lesson.md"
    assert reading_time_of(path) is None
    path.write_text(to_markdown(lesson))
    assert reading_time_of(path.with_suffix(".ipynb")) == ReadingTime(words=3, code_lines=1)
    assert reading_time_of(path) == reading_time(from_markdown(path.read_text()))
