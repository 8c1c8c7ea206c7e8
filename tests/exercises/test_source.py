import subprocess
import sys

import pytest

from course_tools.exercises.mutants import SpecError
from course_tools.exercises.source import (
    HOW,
    available,
    files_of,
    load,
    parse,
    strip_solution,
    write_set,
)
from course_tools.exercises.source import project_root

def test_the_cells_have_their_kinds(small):
    kinds = [cell.kind for cell in parse(small.path / "scale.py")]
    assert kinds == ["code", "prose", "task", "spec"]
    assert [cell.kind for cell in small.cells] == ["prose", "code", "prose", "task", "spec"]
    assert (small.name, small.title, small.points) == ("small", "Exercises: small", 2)
    assert small.task("scale").arguments == ["x", "factor"]


def test_the_introduction_the_imports_and_the_numbers_are_made(small, tmp_path):
    files = files_of(small.path)
    other = files["scale.py"].replace("scale(", "other(").replace("\n    scale,", "\n    other,")
    other = other.replace("import numpy as np\n", "from math import pi\n\nimport numpy as np\n", 1)
    files["set.yml"] = files["set.yml"].replace("- scale", "- other\n  - scale")
    two = load(write_set(tmp_path / "two", files | {"other.py": other}))
    texts = [cell.text for cell in two.cells]
    assert texts[0] == f"# Exercises: small\n\n{HOW}\n\nWords of welcome."
    assert texts[1] == "from math import pi\n\nimport numpy as np"
    assert [text.split("\n")[0] for text in texts if text.startswith("##")] == [
        "## 1. Scale",
        "## 2. Scale",
    ]
    assert [task.name for task in two.tasks] == ["other", "scale"]


def test_indentation_of_the_stub_is_that_of_the_region():
    text = "def f():\n    if True:\n        ### BEGIN SOLUTION\n        1\n        ### END SOLUTION"
    assert strip_solution(text).splitlines()[-1] == "        ...  # your answer here"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("scale.py", "    ### END SOLUTION\n", "", "without its partner"),
        ("scale.py", "    ### BEGIN SOLUTION\n", "", "without its partner"),
        ("scale.py", "# %% [markdown]\n", "# %% prose\n", "'# %% prose': expected"),
        ("scale.py", "import numpy as np", "import numpy as np\nx = 1", "expected imports, got"),
        ("scale.py", "task = Task(", "other = Task(", r"expected task = Task\(scale"),
        ("scale.py", "right=[by_loop]", "right=[]", "right: expected at least 1, got 0"),
        ("scale.py", '{"x * factor": "x + factor"}', '{"x": "y"}', "expected once .* got 2 times"),
        ("scale.py", "seconds=5.0", 'call="by post"', "call: expected one of"),
        ("scale.py", "def scale(x", "def second(x", "expected a cell that defines scale, got"),
        ("scale.py", '# %% tags=["spec"]', "# %%", "expected imports|expected one spec cell"),
        ("set.yml", "title:", "titel:", "set.yml: title: expected a text, got None"),
        ("set.yml", "  - scale", "  []", "tasks: expected a list of names"),
        ("set.yml", "  - scale", "  - scale\n  - other", "but: other.py"),
        ("set.yml", "title: ", "title: [", "set.yml: "),
    ],
)
def test_an_incomplete_source_is_refused_by_name(course_folder, file, old, new, message):
    path = course_folder / "solutions" / "small"
    text = (path / file).read_text("utf-8")
    assert old in text
    (path / file).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SpecError, match=message):
        load(path)


def test_a_file_that_the_set_does_not_name_is_refused(small):
    (small.path / "forgotten.py").write_text("", "utf-8")
    with pytest.raises(SpecError, match=r"set\.yml: tasks: .* but: forgotten\.py"):
        load(small.path)


def test_a_folder_without_a_set_is_refused(tmp_path):
    with pytest.raises(SpecError, match=r"expected a folder with set\.yml, got none"):
        load(tmp_path)


def test_the_house_is_found_from_below(course_folder, monkeypatch):
    monkeypatch.chdir(course_folder / "exercises")
    assert project_root() == course_folder
    assert [path.name for path in available(course_folder)] == ["small"]


def test_outside_a_course_the_error_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match="a folder above it holds"):
        project_root()


def test_torch_is_loaded_when_a_solution_uses_it_and_not_before(course_folder):
    """In a process of its own, for here it is loaded already."""
    folder = course_folder / "solutions" / "small"
    path = folder / "scale.py"
    text = path.read_text("utf-8").replace(
        "import numpy as np\n", "import numpy as np\nimport torch\n"
    )
    path.write_text(text + "\n\ndef late():\n    return torch.nn.functional.relu(torch.ones(1))\n")
    lines = [
        "import sys",
        "from pathlib import Path",
        "from course_tools.exercises.source import load",
        f"load(Path({str(folder)!r}))",
        "print('torch' in sys.modules)",
        "print(sys.modules['course_solutions_small_scale'].late(), sys.modules['torch'].__file__ != '')",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "tensor([1.])", "True"]


def test_a_module_that_the_solutions_import_may_need_torch_at_once(course_folder):
    path = course_folder / "solutions" / "small" / "scale.py"
    text = path.read_text("utf-8")
    first = "from course_lib.generalization.ntk_torch import WideNet\n"
    path.write_text(text.replace("import numpy as np\n", first + "import numpy as np\n"))
    code = "from pathlib import Path; from course_tools.exercises.source import load; "
    subprocess.run([sys.executable, "-c", f"{code}load(Path({str(path.parent)!r}))"], check=True)
