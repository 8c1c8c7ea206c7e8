"""What each lesson costs to run: ``book/runtimes.csv``, and the limits."""

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path

from course_tools.book.notebooks import Run
from course_tools.book.pairs import lesson_name

MOST_SECONDS = 25.0
MOST_MEGABYTES = 1500.0
MOST_SECONDS_OF_A_CHAPTER = 90.0
OPTIONAL = "**Optional.**"
STEADY = 1.5
"""A value is rewritten only when it moved by more than this factor."""


def too_slow(run: Run) -> str | None:
    """Why a lesson takes too long; None if it does not.

    It is for its author to mend. A check only reports it: the machine that checks may be
    slow, or busy.

    >>> too_slow(Run(seconds=32.0, megabytes=300.0))
    'runs in 32 s, at most 25 s is allowed'
    """
    if run.seconds > MOST_SECONDS:
        return f"runs in {run.seconds:.0f} s, at most {MOST_SECONDS:.0f} s is allowed"
    return None


def too_large(run: Run) -> str | None:
    """Why a lesson takes too much memory, the same on every machine; None if it does not."""
    if run.megabytes > MOST_MEGABYTES:
        return f"takes {run.megabytes:.0f} MB, at most {MOST_MEGABYTES:.0f} MB is allowed"
    return None


def too_slow_together(recorded: Mapping[str, Run], optional: Collection[str] = ()) -> list[str]:
    """Which chapters take too long, all of their recorded lessons together but the optional ones.

    Args:
        recorded: what each lesson costs.
        optional: names of lessons that do not count.

    >>> too_slow_together({"gating/lstm": Run(60.0, 1.0), "gating/gru": Run(32.0, 1.0)})
    ['gating: its lessons run in 92 s together, at most 90 s is allowed']
    """
    chapters: dict[str, float] = {}
    for lesson, run in recorded.items():
        chapter, _, _ = lesson.rpartition("/")
        if chapter and lesson not in optional:  # a page of the book itself is no chapter
            chapters[chapter] = chapters.get(chapter, 0.0) + run.seconds
    return [
        f"{chapter}: its lessons run in {seconds:.0f} s together, "
        f"at most {MOST_SECONDS_OF_A_CHAPTER:.0f} s is allowed"
        for chapter, seconds in chapters.items()
        if seconds > MOST_SECONDS_OF_A_CHAPTER
    ]


def optional_lessons(book: Path) -> set[str]:
    """The lessons whose box at the head says that nothing later needs them."""
    return {
        lesson_name(path)
        for path in book.glob("*/*.md")
        if OPTIONAL in path.read_text(encoding="utf-8")
    }


def table_for(lesson: Path) -> Path | None:
    """The table of the book that holds a lesson; None for a notebook outside a book."""
    for folder in lesson.absolute().parents:
        if folder.name == "book":
            return folder / "runtimes.csv"
    return None


def read(table: Path) -> dict[str, Run]:
    """The last recorded cost of each lesson."""
    if not table.exists():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        return {
            row["lesson"]: Run(float(row["seconds"]), float(row["megabytes"]))
            for row in csv.DictReader(file)
        }


def record(runs: Mapping[Path, Run]) -> None:
    """Write down what lessons cost, where that changed by more than a factor of 1.5.

    A run over the limits is not kept: the lesson has to be mended, or the machine is slow.
    Lessons that no longer exist lose their row. An unchanged table is not touched.
    """
    by_table: dict[Path, dict[str, Run]] = {}
    for lesson, run in runs.items():
        if too_slow(run) or too_large(run):
            continue
        if table := table_for(lesson):
            by_table.setdefault(table, {})[lesson_name(lesson)] = run
    for table, fresh in by_table.items():
        kept = read(table)
        for name, run in fresh.items():
            if name not in kept or _moved(kept[name], run):
                kept[name] = run
        alive = {name: run for name, run in kept.items() if (table.parent / f"{name}.md").exists()}
        text = _as_csv(alive)
        if not table.exists() or table.read_text(encoding="utf-8") != text:
            table.write_text(text, encoding="utf-8")


def _moved(old: Run, new: Run) -> bool:
    pairs = [(old.seconds, new.seconds), (old.megabytes, new.megabytes)]
    # Below two seconds a time is mostly noise.
    return any(abs(a - b) >= 1.0 and max(a, b) > STEADY * max(min(a, b), 1.0) for a, b in pairs)


def _as_csv(runs: Mapping[str, Run]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["lesson", "seconds", "megabytes"])
    for name, run in sorted(runs.items()):
        writer.writerow([name, max(round(run.seconds), 1), round(run.megabytes)])
    return out.getvalue()
