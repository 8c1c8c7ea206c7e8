"""What runs in a student's notebook: the check, and what it answers.

- ``diagnose``: from a difference to a sentence.
- ``attempt``: one call of a student's function, whatever it does.
- ``verdict``: what the cases of a task say about an answer.
- ``report``: the few lines of an answer, as HTML and as text.
- ``check``: the check in a notebook's cell.
- ``cells``: one code cell of a notebook, run without a kernel.
- ``notebook``: running a student's notebook without a kernel.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Notebooks say ``from course_tools.kit import checker``; what runs their cells needs less."""
    if name == "checker":
        from course_tools.kit.check import checker

        return checker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
