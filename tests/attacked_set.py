"""Three easy tasks, the notebooks that attack them, and a class in which each attacker has a seat.

An attack is a file in ``tests/grading/attacks``: the code cells that a hostile student hands in.
Its head says what it goes for and what may become of it::

    # attacks: soft
    # expects: soft=slow|crashed

No ``soft=right`` there means: whatever happens, no point. All other tasks have to come out right,
with the answers in ``HONEST``, which stand in front unless the file has its own, or as ``expects``
says where an attack can hurt nobody but its own author. Every attacker is told more than a student
can know: ``clues.py``, and where the secrets lie.
"""

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_tools.grading.judge import Judge, JudgeConfig

ATTACKS = Path(__file__).parent / "grading" / "attacks"
N_LETTERS = 0x110000
CANARY = re.compile(r"canary-[0-9a-f]{16}")
LEAKS = "LEAKS_OF_ATTACKS"  # names the folder where ``WatchedJudge`` says what got out

SOURCE = '''\
# %% [markdown]
# # Exercises: attacked

# %%
import numpy as np


# %%
def soft(x):
    """Softmax."""
    ### BEGIN SOLUTION
    weights = np.exp(x - x.max())
    return weights / weights.sum()  # @secret@
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

easy = {"compare": Close(condition=1000), "seconds": 1.0, "n_public": 1, "n_hidden": 3}
soft_task = Task("soft", points=1, forbidden=("course_lib.foundations.softmax",), **easy)
soft_task.example(np.array([0.0, 1.0, 2.0]))


@soft_task.inputs
def soft_inputs(rng):
    return (rng.normal(size=4),)


@soft_task.wrong("exp", "Divide by the sum.")
def soft_exp(x):
    return np.exp(x)


@soft_task.wrong("linear", "Take the exponential first.")
def soft_linear(x):
    return x / x.sum()


@soft_task.right("plain")
def soft_plain(x):
    return np.exp(x) / np.exp(x).sum()


@soft_task.right("loop")
def soft_loop(x):
    return [float(np.exp(a) / sum(np.exp(x))) for a in x]


@soft_task.right("log")
def soft_log(x):
    return np.exp(x - np.log(np.exp(x).sum()))


# %%
def shift(x, by):
    """Add."""
    ### BEGIN SOLUTION
    return x + by
    ### END SOLUTION


# %% tags=["spec"]
shift_task = Task("shift", points=2, **easy)
shift_task.example(np.array([1.0, 2.0]), 3.0)


@shift_task.inputs
def shift_inputs(rng):
    return rng.normal(size=3), rng.normal()


@shift_task.wrong("minus", "Add instead of subtracting.")
def shift_minus(x, by):
    return x - by


@shift_task.wrong("times", "Add instead of multiplying.")
def shift_times(x, by):
    return x * by


@shift_task.right("loop")
def shift_loop(x, by):
    return [a + by for a in x]


@shift_task.right("numpy")
def shift_numpy(x, by):
    return np.add(x, by)


@shift_task.right("reversed")
def shift_reversed(x, by):
    return by + x


# %%
def slope(x, y):
    """Of the line through the origin."""
    ### BEGIN SOLUTION
    return (x * y).sum() / (x * x).sum()
    ### END SOLUTION


# %% tags=["spec"]
slope_task = Task("slope", points=3, **easy)
slope_task.example(np.array([1.0, 2.0]), np.array([2.0, 4.0]))


@slope_task.inputs
def slope_inputs(rng):
    return 1 + rng.random(4), 1 + rng.random(4)


@slope_task.wrong("ratio", "Weight each point by its x.")
def slope_ratio(x, y):
    return (y / x).mean()


@slope_task.wrong("inverse", "Exchange x and y.")
def slope_inverse(x, y):
    return (x * y).sum() / (y * y).sum()


@slope_task.right("dot")
def slope_dot(x, y):
    return x @ y / (x @ x)


@slope_task.right("loop")
def slope_loop(x, y):
    return sum(a * b for a, b in zip(x, y)) / sum(a * a for a in x)


@slope_task.right("solver")
def slope_solver(x, y):
    return np.linalg.lstsq(x[:, None], y, rcond=None)[0][0]
'''

HONEST = {
    "soft": "def soft(x):\n    return np.exp(x) / np.exp(x).sum()",
    "shift": "def shift(x, by):\n    return x + by",
    "slope": "def slope(x, y):\n    return (x * y).sum() / (x * x).sum()",
}


@dataclass(frozen=True)
class Attack:
    """One file of ``ATTACKS``."""

    name: str
    aims: frozenset[str]
    expects: dict[str, frozenset[str]]
    cells: tuple[str, ...]

    def allowed(self, task: str) -> frozenset[str] | None:
        """The causes that a task may end with; None where any will do that earns nothing."""
        return self.expects.get(task, None if task in self.aims else frozenset({"right"}))

    def notebook(self, clues: str) -> list[str]:
        """The code cells that are handed in."""
        whole = "\n".join(self.cells)
        honest = [text for task, text in HONEST.items() if task not in self.aims]
        own = [text for text in honest if text.split("(")[0] + "(" not in whole]
        return ["import numpy as np", *own, clues, *self.cells]


def read_attack(path: Path) -> Attack:
    """Read an attack's head and cells."""
    head, *cells = re.split(r"^# %%.*\n", path.read_text("utf-8"), flags=re.M)
    said = dict(re.findall(r"^# (attacks|expects): (.*)$", head, re.M))
    expects = [pair.strip().split("=") for pair in said.get("expects", "").split(",") if pair]
    cells = [_strange(cell) for cell in cells]
    return Attack(
        path.stem,
        frozenset(name.strip() for name in said["attacks"].split(",")),
        {task: frozenset(causes.split("|")) for task, causes in expects},
        tuple(cell.strip("\n") for cell in cells),
    )


def _strange(cell: str) -> str:
    """Put letters in that no text file can hold."""
    return cell.replace("@surrogate@", "\ud800").replace("@nul@", "\0").replace("@bell@", "\a")


def attacks() -> list[Attack]:
    """All of them, by name."""
    paths = (path for path in ATTACKS.glob("*.py") if path.stem not in ("clues", "conftest"))
    return [read_attack(path) for path in sorted(paths)]


def new_canary() -> str:
    """A secret that nobody can guess and a test can find anywhere."""
    return f"canary-{secrets.token_hex(8)}"


def write_notebook(path: Path, cells: list[str]) -> None:
    """Write what a student hands in."""
    code = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    notebook = {"cells": [code | {"source": cell} for cell in cells], "metadata": {}}
    path.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 4}), "utf-8")


class WatchedJudge(Judge):
    """Looks for canaries in all that comes out of its sandbox."""

    def __init__(self, config: JudgeConfig):
        super().__init__(config)
        run = self.sandbox.run

        def watched(cells, requests, *closed):
            came = run(cells, requests, *closed)
            said = [text_of(vars(one)) for outcomes in came.outcomes for one in outcomes]
            found = set(CANARY.findall("\n".join([*said, *came.cell_failures])))
            if found:
                path = Path(os.environ[LEAKS], f"{os.getpid()}-{secrets.token_hex(4)}")
                path.write_text("\n".join([requests[0].function, *found]), "utf-8")
            return came

        self.sandbox.run = watched


def text_of(value) -> str:
    """A value's words, also those that are written as numbers."""
    if isinstance(value, dict):
        return text_of([*value, *value.values()])
    if isinstance(value, list | tuple):
        parts = "\n".join(map(text_of, value))
        return parts + "\n" + letters_of(value)
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray):
        small = letters_of(value.ravel()[:100_000].tolist())
        return value.tobytes().decode("latin-1") + small
    return value if isinstance(value, str) else repr(value)


def letters_of(numbers) -> str:
    """Those of the numbers that could be letters, as letters."""
    plain = (number for number in numbers if type(number) in (int, float))
    return "".join(chr(int(number)) for number in plain if 0 <= number < N_LETTERS)
