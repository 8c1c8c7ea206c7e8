"""Tables of longer experiments, which no interruption leaves half written.

A script in ``book/<chapter>/data/`` does an experiment piece by piece and writes the table beside
it. It is a function whose first argument is that table::

    @writes_table(__file__, ["units", "seed", "loss"], known_by=2)
    def main(table):
        for units, seed in TRAININGS:
            if table.lacks(units, seed):
                table.add([[units, seed, f"{train(units, seed):.3f}"]])

Called again after an interruption, it does the pieces that are missing.
"""

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click


class Table:
    """A CSV file whose rows are known by their first cells.

    Args:
        path: the file; it need not be there.
        columns: the names in its first line.
        known_by: how many cells at the start of a row say to which piece of work it belongs.

    Attributes:
        rows: the cells of each row, as they stand in the file.

    Raises:
        ValueError: if the file has other columns, or a row has more or fewer cells.
    """

    def __init__(self, path: Path, columns: Sequence[str], known_by: int) -> None:
        self.path, self.columns, self.known_by = path, list(columns), known_by
        rows: list[list[str]] = []
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = list(csv.reader(file)) or [[]]
            if header != self.columns:
                expected, got = ",".join(self.columns), ",".join(header)
                raise ValueError(f"{path}: expected the columns {expected}, got {got}")
            self._check(rows)
        self._hold(rows)

    def lacks(self, *piece: object) -> bool:
        """Is there no row that begins with these cells?"""
        if len(piece) != self.known_by:
            expected = ", ".join(self.columns[: self.known_by])
            raise ValueError(f"piece: expected {expected}, got {piece}")
        return tuple(str(cell) for cell in piece) not in self._pieces

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Write the rows of a piece of work; the file has all of them afterwards, or none."""
        self._write(self.rows + [[str(cell) for cell in row] for row in rows])

    def sort(self, key: Callable[[list[str]], Any]) -> None:
        """Write the rows in another order."""
        self._write(sorted(self.rows, key=key))

    def _hold(self, rows: list[list[str]]) -> None:
        self.rows = rows
        self._pieces = {tuple(row[: self.known_by]) for row in rows}

    def _check(self, rows: list[list[str]]) -> None:
        for row in rows:
            if len(row) != len(self.columns):
                expected = f"{len(self.columns)} cells"
                raise ValueError(f"{self.path}: expected {expected} in a row, got {row}")

    def _write(self, rows: list[list[str]]) -> None:
        """Put a whole new file in the old one's place."""
        self._check(rows)
        unfinished = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([self.columns, *rows])
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)
        self._hold(rows)


def writes_table(
    script: str, columns: Sequence[str], known_by: int
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function whose argument ``table`` is the table beside its script.

    Args:
        script: the script's ``__file__``; its table has the same name and ends in ``.csv``.
        columns: the names in the table's first line.
        known_by: how many cells at the start of a row say to which piece of work it belongs.
    """

    def opened(_context: click.Context, parameter: click.Parameter, path: Path) -> Table:
        try:
            return Table(path, columns, known_by)
        except ValueError as error:
            raise click.BadParameter(str(error), param=parameter) from error

    option = click.option(
        "--table",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path(script).with_suffix(".csv"),
        callback=opened,
        help="Where the rows are; by default beside the script.",
    )
    command = click.command(
        context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
    )
    return lambda function: command(option(function))
