"""Lay out a chapter that passes every check while it is still empty of text."""

import re
from pathlib import Path
from typing import NamedTuple

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

OPENING = """\
# {title}

*To write: what this chapter is about, why one needs it, and in which order its lessons stand.*
"""

LESSON = """\
---
jupytext:
  formats: ipynb,md:myst
  notebook_metadata_filter: -jupytext.text_representation.jupytext_version
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# {title}: the first lesson

*To write: what you will be able to do after this lesson, in one to three sentences.*

## The problem

*To write: why before how.*

```{{code-cell}} ipython3
from course_lib.viz import style

style.use()
```

## What goes wrong, and how to see it

*To write: the mistake that everybody makes once.*

## Summary

*To write: what to remember.*
"""

API = """\
{title}
{underline}

.. api-package:: course_lib.{concept}
"""

PACKAGE = '"""To write: what {lower} is about, in one line."""\n'

SOLUTIONS = """\
# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises: {lower}
#
# *To write: what the exercises of this chapter are about.*

# %%
import numpy as np  # noqa: F401
"""


class Insertion(NamedTuple):
    """Lines to add to a file that is already there.

    Attributes:
        path: the file, relative to the project's root.
        before: a regular expression; the lines go before the first line that matches.
        lines: what to add.
    """

    path: str
    before: str
    lines: str


def plan(slug: str) -> tuple[dict[str, str], list[Insertion]]:
    """What a new chapter consists of: new files by path, and additions to old ones.

    Raises:
        ValueError: the slug is not lower-case words joined by hyphens.

    >>> files, additions = plan("policy-gradients")
    >>> sorted(files)[:2]
    ['book/api/policy_gradients.rst', 'book/policy-gradients/first-lesson.md']
    >>> plan("Policy Gradients")
    Traceback (most recent call last):
        ...
    ValueError: slug: expected lower-case words joined by hyphens, got 'Policy Gradients'
    """
    if not SLUG.fullmatch(slug):
        raise ValueError(f"slug: expected lower-case words joined by hyphens, got {slug!r}")
    concept = slug.replace("-", "_")
    lower = slug.replace("-", " ")
    title = lower.capitalize()
    files = {
        f"book/{slug}/index.md": OPENING.format(title=title),
        f"book/{slug}/first-lesson.md": LESSON.format(title=title),
        f"book/api/{concept}.rst": API.format(
            title=title, underline="=" * len(title), concept=concept
        ),
        f"course_lib/{concept}/__init__.py": PACKAGE.format(lower=lower),
        f"solutions/{concept}.py": SOLUTIONS.format(lower=lower),
    }
    lesson = f"book/{slug}/first-lesson.ipynb"
    toc = f"      - file: book/{slug}/index\n        sections:\n          - file: {lesson}\n"
    api = f"          - file: book/api/{concept}\n"
    line = f"- ``{concept}``: to write: what {lower} is about.\n"
    additions = [
        Insertion("_toc.yml", r"  - caption: For instructors", toc),
        Insertion("_toc.yml", r"          - file: book/api/datasets", api),
        Insertion("course_lib/__init__.py", r"- ``datasets``", line),
    ]
    return files, additions


def lay_out(root: Path, slug: str) -> list[Path]:
    """Write a new chapter into a copy of the project, without its generated files.

    Nothing is written unless everything can be.

    Args:
        root: the project's root.
        slug: the chapter's folder under ``book/``.

    Returns:
        The files written or changed.

    Raises:
        ValueError: the slug is not usable, ``root`` is not the project, one of the files
            exists already, or a file to be added to has lost the line that marks the place.
    """
    files, additions = plan(slug)
    if not (root / "_toc.yml").is_file():
        raise ValueError(f"root: expected the project's folder, but {root} holds no _toc.yml")
    room = slug.replace("-", "_")
    if (root / "course_tools" / room).exists():
        raise ValueError(f"slug: {room!r} is a room of course_tools; choose another")
    for name in files:
        if (root / name).exists():
            raise ValueError(f"slug: {name} exists already")
    texts = {name: (root / name).read_text("utf-8") for name in {a.path for a in additions}}
    for path, before, lines in additions:
        marks = list(re.finditer(rf"^{before}", texts[path], re.M))
        if not marks:
            raise ValueError(
                f"{path}: no line starts with {before.strip()!r}; add by hand:\n{lines}"
            )
        at = marks[0].start()
        texts[path] = texts[path][:at] + lines + texts[path][at:]
    written = []
    for name, text in {**files, **texts}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        written.append(path)
    return written
