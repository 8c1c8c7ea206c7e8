"""A small exercise set of its own, so that the tools are tested apart from the chapters."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib.cli import main
from course_lib.grading.source import ExerciseSet, load

HOUSE = Path(__file__).parents[2]

SMALL = '''\
# %% [markdown]
# # Exercises: small
#
# Words of welcome.

# %%
import numpy as np

# %% [markdown]
# ## 1. Scale
#
# **Write** `scale(x, factor)`.


# %%
def scale(x, factor):
    """Multiply."""
    ### BEGIN SOLUTION
    answer_of_scale = x * factor
    return answer_of_scale
    ### END SOLUTION


# %% tags=["spec"]
from course_lib.grading.compare import Close
from course_lib.grading.spec import Task

scale_task = Task(
    "scale",
    points=2,
    compare=Close(condition=100),
    seconds=0.3,
    forbidden=("course_lib.foundations.softmax",),
)
scale_task.example(np.array([1.0, 2.0]), 3.0)


@scale_task.inputs
def scale_inputs(rng):
    return rng.normal(size=3), 1 + rng.random()


@scale_task.wrong("adds", "You add the factor; multiply by it.")
def adds(x, factor):
    return x + factor


@scale_task.wrong("divides", "You divide by the factor; multiply by it.")
def divides(x, factor):
    return x / factor


@scale_task.right("loop")
def scale_by_loop(x, factor):
    return [float(value) * factor for value in x]


@scale_task.right("einsum")
def scale_by_einsum(x, factor):
    return np.einsum("i,->i", x, factor)


@scale_task.right("torch")
def scale_by_torch(x, factor):
    import torch

    return torch.from_numpy(x).mul(factor)
'''


@pytest.fixture
def house(tmp_path) -> Path:
    """A course's folder with one small exercise set."""
    for folder in ("solutions", "exercises"):
        (tmp_path / folder).mkdir()
    (tmp_path / "solutions" / "small.py").write_text(SMALL, "utf-8")
    return tmp_path


@pytest.fixture
def small(house) -> ExerciseSet:
    return load(house / "solutions" / "small.py")


@pytest.fixture
def course(monkeypatch):
    """The ``course`` command, run in the project's root."""
    monkeypatch.chdir(HOUSE)

    def run(*arguments: str):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


@pytest.fixture(scope="session")
def recurrence() -> ExerciseSet:
    """The exercise set of the recurrence chapter."""
    return load(HOUSE / "solutions" / "recurrence.py")
