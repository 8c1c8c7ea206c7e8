"""A small exercise set of its own, so that the tools are tested apart from the chapters."""

from pathlib import Path

SET = """\
title: "Exercises: small"
introduction: Words of welcome.
tasks:
  - scale
"""

SCALE = '''\
# %%
import numpy as np

# %% [markdown]
# ## Scale
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def by_loop(x, factor):
    return [float(value) * factor for value in x]


task = Task(
    scale,
    points=2,
    compare=Close(condition=100),
    seconds=5.0,
    forbidden=("course_lib.foundations.softmax",),
    examples=[(np.array([1.0, 2.0]), 3.0)],
    regimes={
        "any": lambda rng: (rng.normal(size=rng.integers(2, 5)), 1 + rng.random()),
        "one number": lambda rng: (rng.normal(size=1), 1 + rng.random()),
    },
    right=[by_loop],
    wrong={
        "adds": ("You add the factor; multiply by it.", {"x * factor": "x + factor"}),
        "divides": ("You divide by the factor; multiply by it.", {"x * factor": "x / factor"}),
        "negative": ("The sign is lost.", lambda right, x, factor: -right(x, factor)),
    },
)
'''

SMALL = {"set.yml": SET, "scale.py": SCALE}


def add_settings(root: Path, text: str) -> None:
    """Say in a course's ``set.yml`` how the small set is graded."""
    with (root / "solutions" / "small" / "set.yml").open("a") as file:
        file.write(text)
