import subprocess
import sys

import pytest

from course_tools.exercises.source import (
    SpecError,
    available,
    load,
    parse,
    strip_solution,
)
from course_tools.exercises.source import house as find_house

WRONG = '@scale_task.wrong("adds", "You add the factor; multiply by it.")\n'


def test_the_cells_have_their_kinds(small):
    kinds = [cell.kind for cell in parse(small.path)]
    assert kinds == ["prose", "code", "prose", "task", "spec"]
    assert (small.name, small.title, small.points) == ("small", "Exercises: small", 2)
    assert small.task("scale").arguments == ["x", "factor"]


def test_indentation_of_the_stub_is_that_of_the_region():
    text = "def f():\n    if True:\n        ### BEGIN SOLUTION\n        1\n        ### END SOLUTION"
    assert strip_solution(text).splitlines()[-1] == "        ...  # your answer here"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    ### END SOLUTION\n", "", "without its partner"),
        ("    ### BEGIN SOLUTION\n", "", "without its partner"),
        ("# # Exercises: small", "# Exercises", "no '# Title'"),
        ("# %% [markdown]\n", "# %% prose\n", "'# %% prose': expected"),
        ('"scale",\n', '"other",\n', "one task cell and one spec"),
        (
            '@scale_task.wrong("adds", "You add the factor; multiply by it.")\n',
            "",
            "needs 2 known wrong answers, has 1",
        ),
        ('@scale_task.right("loop")\n', "", "needs 3 right answers besides the solution, has 2"),
        ("@scale_task.inputs\n", "", "no @task.inputs"),
        ("seconds=5.0", 'call="by post"', "call: expected one of"),
        (
            "def scale(x, factor):",
            "def second():\n    pass\n\n\ndef scale(x, factor):",
            "one function",
        ),
    ],
)
def test_an_incomplete_source_is_refused_by_name(house, old, new, message):
    path = house / "solutions" / "small.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SpecError, match=message):
        load(path)


def test_the_house_is_found_from_below(house, monkeypatch):
    monkeypatch.chdir(house / "exercises")
    assert find_house() == house
    assert [path.name for path in available(house)] == ["small.py"]


def test_outside_a_course_the_error_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match="a folder above it holds"):
        find_house()


def test_torch_is_loaded_when_a_solution_uses_it_and_not_before(house):
    """In a process of its own, for here it is loaded already."""
    path = house / "solutions" / "small.py"
    text = path.read_text("utf-8").replace(
        "import numpy as np\n", "import numpy as np\nimport torch\n"
    )
    path.write_text(text + "\n\ndef late():\n    return torch.nn.functional.relu(torch.ones(1))\n")
    lines = [
        "import sys",
        "from pathlib import Path",
        "from course_tools.exercises.source import load",
        f"load(Path({str(path)!r}))",
        "print('torch' in sys.modules)",
        "print(sys.modules['course_solutions_small'].late(), sys.modules['torch'].__file__ != '')",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "tensor([1.])", "True"]


def test_a_module_that_the_solutions_import_may_need_torch_at_once(house):
    path = house / "solutions" / "small.py"
    text = path.read_text("utf-8")
    first = "from course_lib.generalization.ntk_torch import WideNet\n"
    path.write_text(text.replace("import numpy as np\n", first + "import numpy as np\n"))
    code = "from pathlib import Path; from course_tools.exercises.source import load; "
    subprocess.run([sys.executable, "-c", f"{code}load(Path({str(path)!r}))"], check=True)
