"""What README and CONTRIBUTING tell people to type is there to be typed."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_tools.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "book/how-to-use.md")]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def test_the_code_in_the_readme_runs():
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    names = {}
    exec(code, names)
    assert names["gradients"].xs.shape == (2, 5, 3)


@each_page
def test_every_make_target_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", page.read_text(), re.M))
    assert {a or b for a, b in named} - targets == set()


@each_page
def test_every_course_command_exists(page):
    for words in set(re.findall(r"`course ((?:[a-z-]+ ?)+)", page.read_text())):
        command = [word for word in words.split() if word not in ("recurrence",)]
        shown = CliRunner().invoke(main, [*command, "--help"])
        assert shown.exit_code == 0, f"{page.name}: course {words}"


@each_page
def test_every_file_named_exists(page):
    text = page.read_text()
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.\w+|[A-Z]+\.md|[\w-]+\.(?:toml|txt|yml))`", text)
    named += re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    missing = {n for n in named if not ((ROOT / n).exists() or (page.parent / n).exists())}
    assert missing == set()
