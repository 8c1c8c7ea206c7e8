"""A small exercise set of its own, so that the tools are tested apart from the chapters."""

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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

scale_task = Task(
    "scale",
    points=2,
    compare=Close(condition=100),
    seconds=5.0,
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
