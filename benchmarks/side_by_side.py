"""Time functions beside each other in one run, so that only ratios need to be believed.

The repetitions are interleaved: what slows the machine down for a moment slows
all contestants, and the median forgets it. One thread everywhere.
"""

import csv
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from threadpoolctl import threadpool_limits

RESULTS = Path(__file__).parent / "results"


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: what was timed.
        beside: what it was timed beside.
        setting: number type, or sizes.
        ratio: median time over the peer's median time.
        spread: the middle half of the ratios of single repetitions, as text.
        bound: the ratio that was promised, or an empty text.
    """

    what: str
    beside: str
    setting: str
    ratio: str
    spread: str
    bound: str


def times(contestants: dict[str, Callable[[], object]], repetitions: int) -> dict[str, list[float]]:
    """Seconds per call: for every contestant one number per repetition."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    torch.set_num_threads(1)
    with threadpool_limits(1), Progress(transient=True) as progress:
        bar = progress.add_task("timing", total=repetitions)
        for work in contestants.values():
            work()  # warm up
        for _ in range(repetitions):
            for name, work in contestants.items():
                start = time.perf_counter()
                work()
                taken[name].append(time.perf_counter() - start)
            progress.advance(bar)
    return taken


def row(
    taken: dict[str, list[float]], what: str, beside: str, setting: str, bound: float | None = None
) -> Row:
    """Compare two of the contestants."""
    ratio = statistics.median(taken[what]) / statistics.median(taken[beside])
    single = [ours / theirs for ours, theirs in zip(taken[what], taken[beside], strict=True)]
    low, _, high = statistics.quantiles(single, n=4)
    return Row(
        what,
        beside,
        setting,
        f"{ratio:.2f}",
        f"{low:.2f} to {high:.2f}",
        "" if bound is None else f"{bound:.1f}",
    )


def report(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]], title: str = ""
) -> None:
    """Print a table, and write it to ``results/NAME.csv``."""
    lines = [[str(cell) for cell in line] for line in rows]
    table = Table(*header, title=title or name)
    for line in lines:
        table.add_row(*line)
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *lines])
