"""Write long_range.csv: which distances small recurrent networks learn to look back.

Every row is one network. The networks of an experiment share their loop over time, and their rows
are written in one piece; run the command again after an interruption, and it does what is missing.
"""

import csv
import os
from pathlib import Path
from typing import NamedTuple

import click
import torch

from course_lib.recurrent.long_range_torch import accuracies

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ["cell", "updates", "distance", "run", "accuracy"]


class Experiment(NamedTuple):
    """Networks that are trained side by side; what determines their rows."""

    cell: str
    updates: int
    distances: tuple[int, ...]


EXPERIMENTS = (
    Experiment("logistic", 250, (4, 8, 32)),
    Experiment("tanh", 250, (4, 8, 32)),
    Experiment("logistic", 1000, (8, 32)),
    Experiment("residual", 250, (4, 8, 32)),
)


def rows_of(experiment: Experiment, runs: int) -> list[list[object]]:
    """Train the networks of an experiment."""
    found = accuracies(experiment.cell, experiment.distances, experiment.updates, runs)
    return [
        [experiment.cell, experiment.updates, distance, run, f"{accuracy:.3f}"]
        for distance, row in zip(experiment.distances, found, strict=True)
        for run, accuracy in enumerate(row)
    ]


def read(table: Path) -> list[list[str]]:
    """The rows that are there, without the header."""
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def write(table: Path, rows: list[list[object]]) -> None:
    """Replace the table in one piece, so that no interruption leaves half a row."""
    unfinished = table.with_suffix(f".{os.getpid()}")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    unfinished.replace(table)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--table", type=click.Path(dir_okay=False, path_type=Path), default=TABLE)
@click.option("--runs", type=click.IntRange(1), default=5, help="Networks for each distance.")
def main(table: Path, runs: int) -> None:
    """Train the networks whose rows the table lacks; half a minute in all.

    Example: python long_range.py --table /tmp/long_range.csv
    """
    torch.set_num_threads(1)
    rows = read(table)
    todo = [e for e in EXPERIMENTS if [e.cell, str(e.updates)] not in [row[:2] for row in rows]]
    with click.progressbar(todo, label="experiments") as bar:
        for experiment in bar:
            rows += rows_of(experiment, runs)
            write(table, rows)


if __name__ == "__main__":
    main()
