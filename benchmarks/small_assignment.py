"""One assignment for two graders: three functions on numpy and torch, three cases each."""

import json
from pathlib import Path

SOURCE = '''\
# %% [markdown]
# # Exercises: small

# %%
import numpy as np
import torch

# %% [markdown]
# ## 1. Softmax of every row
#
# **Write** `softmax_rows(x)`.


# %%
def softmax_rows(x):
    """Softmax of every row."""
    ### BEGIN SOLUTION
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% [markdown]
# ## 2. Sums up to here
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


# %% [markdown]
# ## 3. A gradient
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


def square(rng):
    return (rng.normal(size=(4, 4)),)


softmax_task = Task("softmax_rows", points=3, compare=Close(1e3), n_hidden=3)
running_task = Task("running_sum", points=3, compare=Close(1e3), n_hidden=3)
slope_task = Task("slope", points=3, compare=Close(1e3), n_hidden=3)
for task in (softmax_task, running_task, slope_task):
    task.inputs(square)


@softmax_task.wrong("columns", "The sum runs over the rows.")
def by_columns(x):
    return np.exp(x) / np.exp(x).sum(axis=0)


@softmax_task.wrong("no division", "The row is not divided by its sum.")
def no_division(x):
    return np.exp(x)


@softmax_task.right("loop")
def softmax_by_loop(x):
    return np.stack([np.exp(row) / np.exp(row).sum() for row in x])


@softmax_task.right("torch")
def softmax_by_torch(x):
    return torch.softmax(torch.from_numpy(x), dim=1)


@softmax_task.right("plain division")
def softmax_plain(x):
    return np.exp(x) / np.exp(x).sum(axis=1)[:, None]


@running_task.wrong("other axis", "The sum runs along the second axis.")
def along_rows(x):
    return np.cumsum(x, axis=1)


@running_task.wrong("one late", "The row itself is left out.")
def one_late(x):
    return np.cumsum(x, axis=0) - x


@running_task.right("cumsum")
def by_cumsum(x):
    return np.cumsum(x, axis=0)


@running_task.right("torch")
def running_by_torch(x):
    return torch.from_numpy(x).cumsum(0)


@running_task.right("product")
def running_by_product(x):
    return np.tril(np.ones((len(x), len(x)))) @ x


@slope_task.wrong("no factor", "The factor 2 tanh is missing.")
def no_factor(x):
    return 1 - np.tanh(x) ** 2


@slope_task.wrong("half", "The square gives a factor 2.")
def half(x):
    return np.tanh(x) * (1 - np.tanh(x) ** 2)


@slope_task.right("closed form")
def slope_in_closed_form(x):
    return 2 * np.tanh(x) * (1 - np.tanh(x) ** 2)


@slope_task.right("autograd")
def slope_by_autograd(x):
    leaf = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad((torch.tanh(leaf) ** 2).sum(), leaf)[0]


@slope_task.right("other identity")
def slope_by_identity(x):
    return 2 * np.tanh(x) / np.cosh(x) ** 2
'''

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
