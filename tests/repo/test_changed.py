"""Which tests an edit concerns."""

import pytest
from changed import affected


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "course_lib/a/far.py": "",
        "course_lib/a/near.py": "def f():\n    from course_lib.a import far",
        "course_lib/a/page.py": "TEMPLATE = 'page.html'",
        "tests/helper.py": "import course_lib.a.near",
        "tests/a/test_near.py": "import helper",
        "tests/a/test_page.py": "from course_lib.a.page import TEMPLATE",
        "tests/a/test_lazy.py": "load('course_lib.a.far')",
        "tests/b/conftest.py": "",
        "tests/b/test_b.py": "",
        "tests/b/attacks/loop.py": "!rm -r /",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("edited", "tests"),
    [
        ("course_lib/a/far.py", {"test_near", "test_lazy"}),
        ("course_lib/a/near.py", {"test_near"}),
        ("course_lib/a/templates/page.html", {"test_page"}),
        ("tests/helper.py", {"test_near"}),
        ("tests/b/conftest.py", {"test_b"}),
        ("tests/b/test_b.py", {"test_b"}),
        ("tests/b/attacks/loop.py", {"test_b"}),
        ("README.md", set()),
    ],
)
def test_an_edit_concerns_what_depends_on_it_and_nothing_else(root, edited, tests):
    found = affected(root, {root / edited})
    assert {path.stem for path in found if path.stem.startswith("test_")} == tests
