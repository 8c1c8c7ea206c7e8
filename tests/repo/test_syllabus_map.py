"""The tables of the book: what they point to is there, and what they name has a description."""

import csv
from pathlib import Path

from course_tools.book.syllabus_map import read_syllabus_map, syllabus_problems

ROOT = Path(__file__).parents[2]
ROWS = read_syllabus_map(ROOT / "book/coverage.csv")


def described(name):
    with (ROOT / "book" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_anchors_symbols_and_tests_exist():
    assert syllabus_problems(ROOT, ROWS) == []


def test_every_id_is_described_once_for_the_reader():
    known = [row["id"] for name in ("topics.csv", "errata.csv") for row in described(name)]
    assert len(known) == len(set(known))
    assert {row.id for row in ROWS} <= set(known)


def test_errata_say_what_is_wrong_and_what_holds():
    for row in described("errata.csv"):
        assert row["says"].endswith("."), row["id"]
        assert row["holds"].endswith("."), row["id"]
        assert row["says"].count("$") % 2 == row["holds"].count("$") % 2 == 0, row["id"]


def test_every_erratum_is_taught():
    assert {row["id"] for row in described("errata.csv")} <= {row.id for row in ROWS}
