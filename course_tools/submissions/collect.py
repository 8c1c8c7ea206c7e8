"""From a folder or a zip of hand-ins to one ``Submission`` per attempt, whatever the files are.

Everybody who handed in anything ends as a row, and so does everybody in the roster. Files are
read one student at a time, so a class of any size fits into memory.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from course_tools.kit.notebook import NotANotebook, cells_of
from course_tools.submissions.archives import (
    CollectError,
    Entry,
    TooLarge,
    Unreadable,
    list_folder,
    list_inner_zip,
    list_zip,
    open_zip,
)
from course_tools.submissions.filename_parsing import (
    MAX_METADATA,
    METADATA,
    ParsedName,
    parse_filename,
    read_gradescope,
)
from course_tools.submissions.models import LONG_AGO, PROBLEMS, Person, Submission
from course_tools.submissions.names import clean, fold
from course_tools.submissions.roster import Roster

MAX_ATTEMPTS, MAX_ZIPS = 10, 5  # notebooks read of one student, zips opened of one hand-in
NOBODY = Person("")  # until it is known whose it is
# a folder around all others; any other name may be a student's
WRAPPER = re.compile(r"assignment_\d+_export|submissions?|submitted")
ORDER = ["too large", "unreadable", "no notebook"]  # what says most
NUMBERS = {2: "two", 3: "three", 4: "four"}


@dataclass
class HandIn:
    """What stands together at the top: one file, one folder, or Canvas's files of one student."""

    parsed: ParsedName
    files: list[tuple[Entry, str]] = field(default_factory=list)  # with the student's name for it


@dataclass
class Student:
    """Somebody, and all that they handed in."""

    person: Person
    hand_ins: dict[str, HandIn] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class NotebookFile:
    """One notebook of a student, not read yet; ``row`` has the hand-in's times."""

    entry: Entry
    row: Submission
    rank: tuple


class Collection(Iterator[Submission]):
    """Submissions that are read when their turn comes; their length hint may be a few too many.

    Args:
        submissions: reads them.
        expected: how many that will be, as far as names tell.
    """

    def __init__(self, submissions: Iterator[Submission], expected: int):
        self.submissions, self.expected = submissions, expected

    def __next__(self) -> Submission:
        return next(self.submissions)

    def __length_hint__(self) -> int:
        return self.expected


def collect(
    path: Path, exercise: str, roster: Roster | None = None, max_mb: float = 20
) -> Collection:
    """Read what a class handed in.

    Takes ``<student>.ipynb`` files, one folder per student, downloads from Moodle, Canvas and
    Gradescope, zips of these, and students' own zips, also side by side.

    Args:
        path: a folder or a zip.
        exercise: the exercise set; a notebook of that name counts before others of one hand-in.
        roster: the class, if known.
        max_mb: larger notebooks are not read.

    Returns:
        Students by id, each with at least one submission; where there are several, the last one
        is the one that counts.

    Raises:
        CollectError: there is nothing to collect there.
    """
    archive: zipfile.ZipFile | None = None
    if path.is_dir():
        entries = list(list_folder(path))
    elif path.is_file():
        archive = open_zip(path)
        entries = list(list_zip(archive))
    else:
        raise CollectError(f"{path}: there is no such folder or zip")
    entries = _unwrapped(entries, path.stem)
    if not entries:
        kind = "zip" if archive else "folder"
        raise CollectError(f"{path}: expected notebooks or students' folders, got an empty {kind}")
    enrolled = {person.id: Student(person) for person in roster or ()}
    everybody = enrolled | _students(entries, roster)
    submissions = _submissions(archive, everybody, exercise, int(max_mb * 2**20))
    return Collection(submissions, sum(map(_expected, everybody.values())))


def _expected(student: Student) -> int:
    """How many submissions a student's files will be; a zip counts as one."""
    files = [entry for hand_in in student.hand_ins.values() for entry, _ in hand_in.files]
    n_attempts = sum(entry.suffix in (".ipynb", ".zip") for entry in files)
    return max(1, min(n_attempts, MAX_ATTEMPTS))


def _submissions(
    archive: zipfile.ZipFile | None,
    everybody: dict[str, Student],
    exercise: str,
    limit: int,
) -> Iterator[Submission]:
    with archive or nullcontext():
        for identifier in sorted(everybody):
            student = everybody[identifier]
            if student.hand_ins:
                yield from _attempts(student, exercise, limit)
            else:
                why = PROBLEMS["nothing"]
                yield Submission(student.person, "", "", None, None, "nothing", why)


def _unwrapped(entries: list[Entry], stem: str) -> list[Entry]:
    """Without a folder around everything, as zips often have."""
    top = {entry.parts[0] for entry in entries}
    if len(top) != 1 or any(len(entry.parts) == 1 for entry in entries):
        return entries
    if (name := top.pop()) != stem and not WRAPPER.fullmatch(name):
        return entries
    return [replace(entry, parts=entry.parts[1:]) for entry in entries if entry.parts[1]]


def _students(entries: list[Entry], roster: Roster | None) -> dict[str, Student]:
    """Group what lies at the top by the student whose it is."""
    gradescope = {}
    for entry in entries:
        if entry.parts == (METADATA,):
            try:
                gradescope = read_gradescope(entry.read(MAX_METADATA))
            except Unreadable as error:
                raise CollectError(f"{METADATA}: {error}") from error
    students: dict[str, Student] = {}
    for entry in entries:
        top, is_folder = entry.parts[0], len(entry.parts) > 1
        for parsed in parse_filename(top, is_folder, gradescope):
            person, remark = _owner(parsed.person, roster)
            student = students.setdefault(person.id, Student(person))
            for text in (remark, parsed.remark):
                student.remarks |= {text: None} if text else {}
            # what Moodle and Canvas list file by file was handed in together
            together = top if is_folder or not parsed.person.lms else parsed.person.lms
            hand_in = student.hand_ins.setdefault(together, HandIn(parsed))
            hand_in.files.append((entry, parsed.file or entry.parts[-1]))
    return students


def _owner(parsed: Person, roster: Roster | None) -> tuple[Person, str]:
    if roster is None:
        return parsed, ""
    person, remark = roster.owner(parsed)
    if person:
        return person, ""
    if parsed.id in roster:  # a number of the LMS that happens to be somebody else's id
        parsed = replace(parsed, id=f"lms-{parsed.id}")
    return parsed, remark or f"{parsed.name or parsed.id} is not in the roster"


def _attempts(student: Student, exercise: str, limit: int) -> Iterator[Submission]:
    """Read a student's notebooks; the one that counts comes last."""
    groups, useless = [], []
    for hand_in in student.hand_ins.values():
        notebooks, other = _notebooks(hand_in, exercise, limit)
        useless += other
        if notebooks:
            groups.append(sorted(notebooks, key=lambda notebook: notebook.rank))
    groups.sort(key=lambda group: (group[-1].row.order, group[-1].entry.name))
    notebooks = [notebook for group in groups for notebook in group]
    read = [_read_notebook(notebook, limit) for notebook in notebooks[-MAX_ATTEMPTS:]]
    if sound := [submission for submission in read if submission.cells is not None]:
        bad = [submission.name for submission in read if submission.cells is None]
        yield from _describe_attempts(student, notebooks, sound, bad, len(groups))
    else:
        worst = min([*read[::-1], *useless], key=lambda one: ORDER.index(one.problem))
        yield _with_sentence(worst, student, [worst.sentence, *student.remarks])


def _notebooks(
    hand_in: HandIn, exercise: str, limit: int
) -> tuple[list[NotebookFile], list[Submission]]:
    """The notebooks of one hand-in, and what to say should there be none that can be read."""
    notebooks, useless, others, n_zips = [], [], [], 0
    for entry, original in hand_in.files:
        row = _unread_row(hand_in.parsed, entry)
        if entry.suffix == ".ipynb":
            notebooks.append(NotebookFile(entry, row, _rank_notebook(original, entry, exercise)))
        elif entry.trouble:
            useless.append(_problem(row, Unreadable(entry.trouble)))
        elif entry.suffix != ".zip":
            others.append(row)
        elif (n_zips := n_zips + 1) <= MAX_ZIPS:
            try:
                inside = list(list_inner_zip(entry.read(limit)))
            except Unreadable as error:
                useless.append(_problem(row, error))
                continue
            for inner in inside:
                # its own dates are the student's to choose
                member = replace(row, name=f"{entry.name}/{inner.name}")
                if inner.suffix == ".ipynb":
                    rank = _rank_notebook(inner.parts[-1], inner, exercise)
                    notebooks.append(NotebookFile(inner, member, rank))
                else:
                    others.append(member)
    if not notebooks and not useless:
        first = others[0] if others else _unread_row(hand_in.parsed, hand_in.files[0][0])
        names = _listed([one.name for one in others] or [f"{first.name} is empty"])
        sentence = f"{PROBLEMS['no notebook']}: {names}"
        useless.append(
            replace(first, name=clean(first.name), problem="no notebook", sentence=sentence)
        )
    return notebooks, useless


def _unread_row(parsed: ParsedName, entry: Entry) -> Submission:
    """What is known of a file before it is read; the container's time is nobody's."""
    zoned = entry.modified is not None and entry.modified.tzinfo is not None
    own = entry.modified if zoned and not parsed.downloaded else None
    return Submission(NOBODY, entry.name, "", parsed.handed_in or own, None, modified=entry.clock)


def _problem(row: Submission, error: Exception) -> Submission:
    kind = "too large" if isinstance(error, TooLarge) else "unreadable"
    name = clean(row.name)
    return replace(row, name=name, problem=kind, sentence=f"{name}: {error}")


def _rank_notebook(original: str, entry: Entry, exercise: str) -> tuple:
    """Named for the exercise first, numbered copies of it next, then the newer."""
    stem = fold(original.rpartition(".")[0])
    wanted = fold(exercise)
    copy = re.fullmatch(re.escape(wanted) + r"\W*(?:copy)?\W*\d*\W*", stem) is not None
    return (stem == wanted, copy, entry.clock or LONG_AGO, entry.name)


def _read_notebook(notebook: NotebookFile, limit: int) -> Submission:
    row = notebook.row
    try:
        data = notebook.entry.read(limit)
        row = replace(row, sha256=hashlib.sha256(data).hexdigest())
        content = cells_of(data)
    except (Unreadable, NotANotebook) as error:
        return _problem(row, error)
    name = clean(row.name)
    remark = f"{name}: {content.remark}" if content.remark else ""
    return replace(row, name=name, cells=content.cells, sentence=remark)


def _describe_attempts(
    student: Student,
    notebooks: list[NotebookFile],
    sound: list[Submission],
    bad: list[str],
    n_hand_ins: int,
) -> Iterator[Submission]:
    *earlier, counts = sound
    for submission in earlier:
        remarks = [submission.sentence, f"an earlier attempt; {counts.name} counts"]
        yield _with_sentence(_not_after(submission, counts), student, remarks)
    remarks = [counts.sentence, *student.remarks]
    if (n := len(notebooks)) > 1:
        names = _listed([notebook.row.name for notebook in notebooks])
        why = f"{counts.name} counts"
        if bad:
            why += f", {_listed(bad)} cannot be read"
        elif n_hand_ins == n and all(notebook.row.handed_in for notebook in notebooks):
            why = "the newer counts" if n == 2 else "the newest counts"
        remarks.insert(0, f"{NUMBERS.get(n, n)} files for {student.person.id}: {names}; {why}")
    yield _with_sentence(counts, student, remarks)


def _not_after(submission: Submission, counts: Submission) -> Submission:
    """With times that put it before the attempt that counts, as in the gradebook they do."""
    if submission.order <= counts.order:
        return submission
    known = submission.handed_in and counts.handed_in
    return replace(submission, handed_in=known, modified=counts.order)


def _with_sentence(submission: Submission, student: Student, remarks: list[str]) -> Submission:
    sentence = clean("; ".join(filter(None, remarks)), 1000)
    return replace(submission, person=student.person, sentence=sentence)


def _listed(names: list[str]) -> str:
    shown = [clean(name, 100) for name in names[:4]]
    if len(names) > 4:
        return ", ".join(shown) + f" and {len(names) - 4} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
