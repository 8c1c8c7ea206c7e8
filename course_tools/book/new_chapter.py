"""Lay out a chapter that passes every check while it is still empty of text.

It has an opening page, one lesson and one exercise. A sample equation shows what belongs to each
equation: its label in the lesson, in a docstring and on the line that computes it, and a test
against an oracle. A sample task shows what belongs to each task.
"""

import re
from pathlib import Path
from typing import NamedTuple

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

OPENING = """\
# {title}

*To write: what this chapter is about, why one needs it, and in which order its lessons stand.*

```{{rubric}} Symbols of this chapter
:heading-level: 2
```

| symbol | meaning |
|---|---|
| $x$ | a number; *to write: each symbol of the chapter with its one meaning* |
| $y$ | twice that number |
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

```{{admonition}} Before you start
:class: lesson-head

**Assumes:** *to write: links to the lessons that this one stands on.*
**May be skipped:** *to write: what a first reading does not need.*
```

## What you will be able to do

*To write: what you will be able to do after this lesson, in one to three sentences.*

## The problem

*To write: why before how.*

```{{code-cell}} ipython3
from course_lib.viz import style

style.use()
```

## The idea

*To write: the smallest case by hand, a picture, then the equation and one sentence about it.*

```{{margin}} In the lectures
*To write: where a lecture has other letters, or is mistaken. The text beside it does without.*
```

The second number is twice the first:

$$
y = 2 x
$$ (eq-{slug}-sample)

```{{code-cell}} ipython3
from course_lib.{concept}.sample import double

print(f"{{double(3.0):.1f}}")
```

## What goes wrong, and how to see it

*To write: the mistake that everybody makes once.*

## Summary

*To write: what to remember.*

## Exercises

```{{exercise}}
:label: ex-{slug}-sample
*To write: a question to be answered with a pencil.*
```

```{{solution}} ex-{slug}-sample
:class: dropdown
*To write: its answer.*
```
"""

API = """\
course_lib.{concept}
{underline}

.. api-package:: course_lib.{concept}
"""

PACKAGE = '''\
"""To write: what {lower} is about, in one line.

{line}"""
'''

MODULE_LINE = "- ``sample``: to write: what this module computes.\n"

MODULE = '''\
"""To write: what this module computes."""


def double(x: float) -> float:
    """Twice a number; to write: what the function is for.

    Implements eq-{slug}-sample (chapter: {slug}).

    >>> double(3.0)
    6.0
    """
    return 2 * x  # eq-{slug}-sample
'''

TEST = '''\
"""To write: what the module is held against."""

import pytest

from course_lib.{concept}.sample import double


@pytest.mark.checks("eq-{slug}-sample", against="addition")
@pytest.mark.parametrize("x", [0.0, 1.5, -3.0])
def test_doubling_is_adding_a_number_to_itself(x):
    assert double(x) == x + x
'''

SET = """\
# The exercise set: what students read before the first task, the tasks in order, and how it is
# graded. Every key from "due" on may be left out; the values below are the defaults.
# `course grade` and `course export` name the line of a value that does not fit.

title: "Exercises: {lower}"

introduction: |
  To write: letters, axes and conventions that all tasks share.

tasks:
  - halve

"""
FIRST_SETTING = "# When it is due"  # from there on every set.yml is the same at first

TASK = '''\
# %%
import numpy as np

# %% [markdown]
# ## Half of it
#
# To write: the situation in which one needs it, then the formula.
#
# $$ y_i = x_i / 2 $$
#
# **Write** `halve(x)` with `x` `(n,)`; return `(n,)`.
#
# *Example.* Half of 2, 4 is 1, 2.


# %%
def halve(x):
    """Halve every number."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    halve,
    points=1,
    compare=Close(condition=10, float32=True),
    forbidden=("course_lib.{concept}.sample",),
    examples=[(np.array([2.0, 4.0]),)],
    regimes={{
        "several numbers": lambda rng: (rng.normal(size=rng.integers(2, 6)),),
        "one number": lambda rng: (rng.normal(size=1),),
    }},
    right=[lambda x: [0.5 * value for value in x]],
    wrong={{
        "doubles": ("Every number is doubled; halve it.", {{"x / 2": "2 * x"}}),
        "whole part": ("The half is rounded down; keep its fraction.", {{"x / 2": "x // 2"}}),
        "the other way": ("The order is turned round.", lambda right, x: right(x)[::-1]),
    }},
)
'''


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


def concept_of(slug: str) -> str:
    """The package that a chapter's sample goes into.

    Raises:
        ValueError: the slug is not lower-case words joined by hyphens.
    """
    if not SLUG.fullmatch(slug):
        raise ValueError(f"slug: expected lower-case words joined by hyphens, got {slug!r}")
    return slug.replace("-", "_")


def plan(
    slug: str, new_concept: bool = True, on_map: bool = True
) -> tuple[dict[str, str], list[Insertion]]:
    """What a new chapter consists of: new files by path, and additions to old ones.

    Args:
        slug: the chapter's folder under ``book/``.
        new_concept: whether the library has no package of that name yet.
        on_map: whether the map on the book's first page names the chapter already.

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
    concept, lower = concept_of(slug), slug.replace("-", " ")
    title = lower.capitalize()
    words = {"slug": slug, "concept": concept, "lower": lower, "title": title}
    files = {
        f"book/{slug}/index.md": OPENING.format(**words),
        f"book/{slug}/first-lesson.md": LESSON.format(**words),
        f"course_lib/{concept}/sample.py": MODULE.format(**words),
        f"tests/{concept}/test_sample.py": TEST.format(**words),
        f"solutions/{concept}/set.yml": SET.format(**words),
        f"solutions/{concept}/halve.py": TASK.format(**words),
    }
    lesson = f"book/{slug}/first-lesson.ipynb"
    toc = f"      - file: book/{slug}/index\n        sections:\n          - file: {lesson}\n"
    additions = [Insertion("_toc.yml", r"  - caption: For instructors", toc)]
    if not on_map:
        entry = f'  {slug}: [{title}, "To write: what it is about."]\n'
        additions.append(Insertion("book/index.md", r"```$", entry))
    if new_concept:
        files[f"book/api/{concept}.rst"] = API.format(
            underline="=" * len(f"course_lib.{concept}"), **words
        )
        files[f"course_lib/{concept}/__init__.py"] = PACKAGE.format(line=MODULE_LINE, **words)
        api = f"          - file: book/api/{concept}\n"
        line = f"- ``{concept}``: to write: what {lower} is about.\n"
        additions.append(Insertion("_toc.yml", r"          - file: book/api/datasets", api))
        additions.append(Insertion("course_lib/__init__.py", r"- ``datasets``", line))
    else:
        package = f"course_lib/{concept}/__init__.py"
        additions.append(Insertion(package, r'"""$', MODULE_LINE))
    return files, additions


def lay_out(root: Path, slug: str) -> list[Path]:
    """Write a new chapter into a copy of the project, without its generated files.

    Nothing is written unless everything can be. The sample goes into the package of the
    chapter's name, which is made where there is none.

    Args:
        root: the project's root.
        slug: the chapter's folder under ``book/``.

    Returns:
        The files written or changed.

    Raises:
        ValueError: the slug is not usable, ``root`` is not the project, one of the files
            exists already, or a file to be added to has lost the line that marks the place.
    """
    if not (root / "_toc.yml").is_file():
        raise ValueError(f"root: expected the project's folder, but {root} holds no _toc.yml")
    concept = concept_of(slug)
    if (root / "course_tools" / concept).exists():
        raise ValueError(f"slug: {concept!r} is a room of course_tools; choose another")
    on_map = re.search(
        rf"^  {re.escape(slug)}: ", (root / "book/index.md").read_text("utf-8"), re.M
    )
    new = not (root / "course_lib" / concept / "__init__.py").is_file()
    files, additions = plan(slug, new_concept=new, on_map=bool(on_map))
    for name in files:
        if (root / name).exists():
            raise ValueError(f"slug: {name} exists already")
    files[f"solutions/{concept}/set.yml"] += settings_of_a_set(root)
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


def settings_of_a_set(root: Path) -> str:
    """How a set is graded, with every key explained, as in a set that is there."""
    for file in sorted((root / "solutions").glob("*/set.yml")):
        _, start, rest = file.read_text("utf-8").partition(FIRST_SETTING)
        if start:
            return start + rest
    return ""
