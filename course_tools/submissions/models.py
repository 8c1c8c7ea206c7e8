"""Who is in a class and what they handed in: plain, frozen, and safe to send."""

from dataclasses import dataclass
from datetime import UTC, datetime

LONG_AGO = datetime.min.replace(tzinfo=UTC)

# Why a submission as a whole has nothing to grade.
PROBLEMS = {
    "nothing": "nothing was handed in",
    "unreadable": "the file cannot be read as a notebook",
    "no notebook": "there is no notebook among the files",
    "too large": "the file is too large",
}


@dataclass(frozen=True)
class Person:
    """A student as the roster or the LMS knows them; only ``id`` is always there.

    ``lms`` is the number by which the LMS names its files: Moodle's participant, Canvas's user,
    Gradescope's submission.
    """

    id: str
    name: str = ""
    email: str = ""
    group: str = ""
    extension_hours: float = 0.0
    lms: str = ""


@dataclass(frozen=True)
class Submission:
    """One file handed in, or the lack of one.

    Args:
        person: who handed it in.
        name: the file's name below the collected folder; empty where there is none.
        sha256: of the file's bytes, in hexadecimal.
        handed_in: when, in UTC; None where neither the LMS nor the file itself tells.
        cells: the code cells in order; None where there is nothing to run.
        problem: a key of ``PROBLEMS`` where ``cells`` is None, else empty.
        sentence: that problem, or a remark about the file, in one sentence.
        modified: the file's date, which may be that of a download or of a clock in an unknown
            zone: it puts attempts in order where ``handed_in`` is None, and makes nobody late.
    """

    person: Person
    name: str
    sha256: str
    handed_in: datetime | None
    cells: tuple[str, ...] | None
    problem: str = ""
    sentence: str = ""
    modified: datetime | None = None

    @property
    def order(self) -> datetime:
        """By what a student's attempts are put in order."""
        return self.handed_in or self.modified or LONG_AGO
