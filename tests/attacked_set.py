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

SOURCE = {
    "set.yml": """\
title: "Exercises: attacked"
introduction: Nothing to read.
tasks: [soft, shift, slope]
""",
    "soft.py": '''\
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

task = Task(
    soft,
    points=1,
    compare=Close(condition=1000),
    seconds=1.0,
    n_public=1,
    n_hidden=2,
    forbidden=("course_lib.foundations.softmax",),
    examples=[(np.array([0.0, 1.0, 2.0]),)],
    regimes={"any": lambda rng: (rng.normal(size=4),)},
    right=[lambda x: np.exp(x) / np.exp(x).sum()],
    wrong={
        "exp": ("Divide by the sum.", lambda right, x: np.exp(x)),
        "linear": ("Take the exponential first.", lambda right, x: x / x.sum()),
        "twice": ("Once is enough.", lambda right, x: right(right(x))),
    },
)
''',
    "shift.py": '''\
# %%
import numpy as np


# %%
def shift(x, by):
    """Add."""
    ### BEGIN SOLUTION
    return x + by
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    shift,
    points=2,
    compare=Close(condition=1000),
    seconds=1.0,
    n_public=1,
    n_hidden=2,
    examples=[(np.array([1.0, 2.0]), 3.0)],
    regimes={"any": lambda rng: (rng.normal(size=3), rng.normal())},
    right=[lambda x, by: [a + by for a in x]],
    wrong={
        "minus": ("Add instead of subtracting.", {"x + by": "x - by"}),
        "times": ("Add instead of multiplying.", {"x + by": "x * by"}),
        "twice": ("Once is enough.", {"x + by": "x + 2 * by"}),
    },
)
''',
    "slope.py": '''\
# %%
import numpy as np


# %%
def slope(x, y):
    """Of the line through the origin."""
    ### BEGIN SOLUTION
    return (x * y).sum() / (x * x).sum()
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    slope,
    points=3,
    compare=Close(condition=1000),
    seconds=1.0,
    n_public=1,
    n_hidden=2,
    examples=[(np.array([1.0, 2.0]), np.array([2.0, 4.0]))],
    regimes={"any": lambda rng: (1 + rng.random(4), 1 + rng.random(4))},
    right=[lambda x, y: x @ y / (x @ x)],
    wrong={
        "ratio": ("Weight each point by its x.", lambda right, x, y: (y / x).mean()),
        "inverse": ("Exchange x and y.", {"(x * x)": "(y * y)"}),
        "sum": ("Divide by the squares.", {"(x * x)": "(x)"}),
    },
)
''',
}

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

        def watched(cells, requests, *blocked):
            came = run(cells, requests, *blocked)
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


def secret_source(secret: str) -> dict[str, str]:
    """The set with a secret in the solution."""
    return {name: text.replace("@secret@", secret) for name, text in SOURCE.items()}
