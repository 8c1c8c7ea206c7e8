"""The head of every lesson: what it assumes, and whether the course goes on without it."""

from pathlib import Path

import pytest
import yaml

from course_tools.book.pairs import from_markdown
from course_tools.book.reading_time import HEAD, parser, split_options

ROOT = Path(__file__).parents[2]
OPTIONAL = "**Optional.**"


def lessons():
    """Each lesson of a chapter as the table of contents names it: file and, if given, title."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    for part in contents["parts"]:
        for chapter in part["chapters"] if part.get("numbered") else []:
            for entry in chapter.get("sections", []):
                if entry["file"].startswith("book/"):
                    yield pytest.param(entry["file"], entry.get("title"), id=entry["file"])


def head(file):
    """A lesson's title, and what stands in the box directly after it."""
    text = (ROOT / file).with_suffix(".md").read_text()
    tokens = [
        token
        for token in parser().parse(from_markdown(text).cells[0].source)
        if token.type != "myst_target"
    ]
    kinds = [token.type for token in tokens[:4]]
    assert kinds[:3] == ["heading_open", "inline", "heading_close"]
    assert kinds[3:] in (["fence"], ["colon_fence"]), "no box stands directly after the title"
    box = tokens[3]
    assert box.info.strip() == "{admonition} Before you start"
    options, body = split_options(box.content)
    assert options == {"class": HEAD}
    return tokens[1].content, body


@pytest.mark.parametrize(("file", "in_contents"), list(lessons()))
def test_the_box_after_the_title_says_what_the_lesson_assumes(file, in_contents):
    title, body = head(file)
    assert "**Assumes:**" in body
    assert in_contents in (None, title, f"{title} (optional)")
    assert body.startswith(OPTIONAL) == (in_contents == f"{title} (optional)")
    assert OPTIONAL not in body.removeprefix(OPTIONAL)
