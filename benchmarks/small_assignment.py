"""One assignment for two graders: three functions on numpy and torch, three cases each."""

import json
from pathlib import Path

SOURCE = {
    "set.yml": """\
title: "Exercises: small"
introduction: Three functions.
tasks: [softmax_rows, running_sum, slope]
""",
    "softmax_rows.py": '''\
# %%
import numpy as np

# %% [markdown]
# ## Softmax of every row
#
# **Write** `softmax_rows(x)`.


# %%
def softmax_rows(x):
    """Softmax of every row."""
    ### BEGIN SOLUTION
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    softmax_rows,
    points=3,
    compare=Close(condition=1e3),
    n_hidden=3,
    regimes={"square": lambda rng: (rng.normal(size=(4, 4)),)},
    right=[lambda x: np.exp(x) / np.exp(x).sum(axis=1)[:, None]],
    wrong={
        "columns": ("The sum runs over the rows.", lambda right, x: right(x.T).T),
        "no division": ("Divide each row by its sum.", lambda right, x: np.exp(x)),
        "mean": ("Divide by the sum.", lambda right, x: x.shape[1] * right(x)),
    },
)
''',
    "running_sum.py": '''\
# %%
import numpy as np

# %% [markdown]
# ## Sums up to here
#
# **Write** `running_sum(x)`.


# %%
def running_sum(x):
    """Sums along the first axis."""
    ### BEGIN SOLUTION
    total, sums = 0.0, []
    for row in x:
        total = total + row
        sums.append(total)
    return np.array(sums)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    running_sum,
    points=3,
    compare=Close(condition=1e3),
    n_hidden=3,
    regimes={"square": lambda rng: (rng.normal(size=(4, 4)),)},
    right=[lambda x: np.cumsum(x, axis=0)],
    wrong={
        "other axis": ("Sum along the first axis.", lambda right, x: np.cumsum(x, axis=1)),
        "one late": ("The row itself is left out.", lambda right, x: right(x) - x),
        "from the end": ("Sum from the start.", lambda right, x: right(x[::-1])[::-1]),
    },
)
''',
    "slope.py": '''\
# %%
import numpy as np
import torch

# %% [markdown]
# ## A gradient
#
# **Write** `slope(x)`.


# %%
def slope(x):
    """Gradient of the summed squares of tanh."""
    ### BEGIN SOLUTION
    leaf = torch.tensor(x, requires_grad=True)
    torch.tanh(leaf).square().sum().backward()
    return leaf.grad
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    slope,
    points=3,
    compare=Close(condition=1e3),
    n_hidden=3,
    regimes={"square": lambda rng: (rng.normal(size=(4, 4)),)},
    right=[lambda x: 2 * np.tanh(x) / np.cosh(x) ** 2],
    wrong={
        "no factor": ("The factor 2 tanh is missing.", lambda right, x: 1 - np.tanh(x) ** 2),
        "half": ("The square gives a factor 2.", lambda right, x: right(x) / 2),
        "minus": ("The sign is lost.", lambda right, x: -right(x)),
    },
)
''',
}

EXPECTED = {
    "softmax_rows": "np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)",
    "running_sum": "np.cumsum(x, axis=0)",
    "slope": "2 * np.tanh(x) * (1 - np.tanh(x) ** 2)",
}


def write_for_nbgrader(folder: Path, notebooks: dict[str, str]) -> None:
    """Lay out nbgrader's folders: the source with its tests, and what students handed in.

    Args:
        folder: the course's folder, made here.
        notebooks: the students' notebooks as our kit has them, by student.
    """
    first = json.loads(next(iter(notebooks.values())))
    _write(folder / "source" / "small" / "small.ipynb", first)
    for student, text in notebooks.items():
        _write(folder / "submitted" / student / "small" / "small.ipynb", json.loads(text))


def _write(path: Path, notebook: dict) -> None:
    path.parent.mkdir(parents=True)
    cells = []
    for cell in notebook["cells"]:
        name = cell["id"].replace("-", "_")
        if name.endswith("_check"):
            continue
        cells.append(cell)
        if name in EXPECTED:
            cell["metadata"] = {"nbgrader": _marks(cell["id"], solution=True)}
            cells += [_test(name, index) for index in range(3)]
    path.write_text(json.dumps(notebook | {"cells": cells}))


def _test(name: str, index: int) -> dict:
    source = (
        f"x = np.random.default_rng({index}).normal(size=(4, 4))\n"
        f"np.testing.assert_allclose(np.asarray({name}(x)), {EXPECTED[name]}, rtol=1e-10)"
    )
    identity = f"{name.replace('_', '-')}-test-{index}"
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identity,
        "metadata": {"nbgrader": _marks(identity, grade=True, points=1)},
        "outputs": [],
        "source": source,
    }


def _marks(identity: str, solution: bool = False, grade: bool = False, points: int = 0) -> dict:
    marks = {
        "grade_id": identity,
        "solution": solution,
        "grade": grade,
        "locked": grade,
        "schema_version": 3,
        "task": False,
    }
    return marks | ({"points": points} if grade else {})
