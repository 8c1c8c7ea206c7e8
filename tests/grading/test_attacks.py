"""Hostile notebooks in a class of honest ones: each gets what it deserves, and nobody else's.

The whole way is taken, from files to feedback pages, once per level of isolation. The attacks are
dealt to the levels like cards, so that each level meets some of every family, since files of one
family begin with the same word. Those that use torch, whose aim is mostly how values are read, are
a class of their own at the best level, so that torch is loaded once. All of them at every level are
left to the exhaustive run: a level bounds files, processes and network in its own way, but what
most attacks aim at (frames, values, cells, time, memory) is held by code that all levels share.
"""

import ctypes
import os
import signal
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from attacked_set import (
    ATTACKS,
    CANARY,
    HONEST,
    LEAKS,
    Attack,
    WatchedJudge,
    attacks,
    new_canary,
    secret_source,
    write_notebook,
)

from course_tools.answers.limits import Limits
from course_tools.exercises.source import ExerciseSet, load, write_set
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.models import CAUSES, Graded, GradeSummary, Work
from course_tools.gradebook.scores import grade_summaries
from course_tools.gradebook.settings import Settings
from course_tools.grading import engine
from course_tools.grading.judge import JudgeConfig
from course_tools.grading.pools import LocalPool
from course_tools.reports import pages, summary
from course_tools.sandbox import levels
from course_tools.submissions.collect import collect

pytestmark = pytest.mark.slow

ALL = attacks()
LEVELS = [level for level, reason in levels.available().items() if not reason and level != "none"]
LIMITS = Limits(
    memory_mb=256, reply_mb=4, file_mb=4, scratch_mb=8, cell_seconds=2, total_seconds=20
)
SEED = 20261120
N_BETWEEN = 8  # attackers from one honest student to the next
MARK = f"left-behind-{os.getpid()}"
BECOME_REAPER, IS_REAPER = 36, 37  # prctl
OUTSIDE = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/dev/mqueue", str(Path.home()), "/", ".")


@dataclass(frozen=True)
class Seats:
    """Who sits in a class, and how many judges grade it side by side."""

    level: str
    attacks: tuple[Attack, ...]
    judges: int

    @property
    def preload(self) -> tuple[str, ...]:
        """What the sandbox loads first: torch takes seconds and makes each child dearer."""
        return ("numpy", "torch") if any(map(uses_torch, self.attacks)) else ("numpy",)

    def __str__(self) -> str:
        if len(self.attacks) == len(ALL):
            return f"{self.level}-all"
        return f"{self.level}-torch" if self.attacks == WITH_TORCH else self.level


def uses_torch(attack: Attack) -> bool:
    return "torch" in "".join(attack.cells)


WITH_TORCH = tuple(filter(uses_torch, ALL))
OTHERS = [attack for attack in ALL if attack not in WITH_TORCH]
# Under Landlock alone two judges' children have one user and one table of processes.
DEALT = [
    *(
        Seats(level, tuple(OTHERS[i :: len(LEVELS)]), 2 if level == "landlock" else 1)
        for i, level in enumerate(LEVELS)
    ),
    *(Seats(level, WITH_TORCH, 1) for level in LEVELS[:1]),
]
EVERY = [Seats(level, tuple(ALL), 2) for level in LEVELS]
CLASSES = [*DEALT, *(pytest.param(s, marks=pytest.mark.exhaustive) for s in EVERY)]


@dataclass
class Class:
    """What was left when the class was graded."""

    exercises: ExerciseSet
    attacks: tuple[Attack, ...]
    grades: dict[str, GradeSummary] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    total: int = 0
    done: int = 0
    dump: str = ""


@pytest.fixture(scope="module")
def classes() -> dict[str, Class]:
    """The classes graded so far."""
    return {}


@pytest.fixture(params=CLASSES, ids=str)
def graded(request, classes, tmp_path_factory) -> Class:
    """A class, graded when it is first asked for."""
    seats, name = request.param, str(request.param)
    if name not in classes:
        with pytest.MonkeyPatch.context() as patch:
            classes[name] = grade(tmp_path_factory.mktemp(name), seats, patch)
    return classes[name]


def grade(folder: Path, seats: Seats, patch: pytest.MonkeyPatch) -> Class:
    folder.chmod(0o755)
    source = secret_source(new_canary())
    leaks = folder / "leaks"
    leaks.mkdir()
    patch.setenv("PYTHONPATH", str(Path(__file__).parents[1]), prepend=os.pathsep)
    patch.setenv(LEAKS, str(leaks))
    patch.setenv("GRADER_TOKEN", new_canary())
    exercises = load(write_set(folder / "attacked", source))
    seen = Class(exercises, seats.attacks)
    before = signal.signal(signal.SIGURG, lambda number, here: seen.signals.append(number))
    with Outside(folder) as outside, own_orphans(seen):
        hand_in(folder / "submissions", outside.clues(folder / "class.db"), seats.attacks)
        config = JudgeConfig("attacked", source, seats.level, LIMITS, seats.preload)
        handed_in = list(collect(folder / "submissions", "attacked"))
        seen.total = len(handed_in)
        with (
            Gradebook.open(str(folder / "class.db"), "attacked") as book,
            LocalPool(config, seats.judges, WatchedJudge) as pool,
        ):
            report = engine.grade(handed_in, book, exercises, config, pool, SEED)
            seen.done = report.done
            tasks = [(task.name, task.points) for task in exercises.tasks]
            listed = grade_summaries(book, tasks, Settings())
            seen.dump = repr(book.dump())
        seen.connected, seen.changed = outside.connected(), outside.changed()
    signal.signal(signal.SIGURG, before)
    seen.leaks = [path.read_text() for path in leaks.iterdir()]
    pages.write_pages(listed, exercises, folder / "pages")
    for one in listed:
        seen.grades[one.person.id] = one
        page = folder / "pages" / pages.FOLDER / pages.page_name(one.person.id)
        shown = summary.show(one, exercises)
        seen.told[one.person.id] = page.read_text() + str(shown)
    return seen


def hand_in(folder: Path, clues: str, attacks: tuple[Attack, ...]) -> None:
    """Write the notebooks: honest ones first, last, and between."""
    folder.mkdir()
    honest = ["import numpy as np", *HONEST.values()]
    write_notebook(folder / "000-honest.ipynb", honest)
    for number, attack in enumerate(attacks, start=1):
        write_notebook(folder / f"{number:03}-{attack.name}.ipynb", attack.notebook(clues))
        if number % N_BETWEEN == 0:
            write_notebook(folder / f"{number:03}-then-honest.ipynb", honest)
    write_notebook(folder / "999-honest.ipynb", honest)


class Outside:
    """What lies about on the machine: secrets to be read, sockets to be reached, files to break."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.files: dict[Path, str] = {}

    def __enter__(self) -> "Outside":
        places = [self.folder / "attacked.py", self.folder / "results.json"]
        for place in (*map(Path, ("/var/tmp", "/dev/shm", "/tmp")), Path.home()):
            if os.access(place, os.W_OK):
                places.append(place / f"canary-of-{os.getpid()}.txt")
        for path in places:
            if not path.exists():
                path.write_text(new_canary())
                path.chmod(0o666)
            self.files[path] = path.read_text()
        self.sockets = {}
        name = f"course-attacks-{os.getpid()}"
        inet, unix = socket.AF_INET, socket.AF_UNIX
        for what, family, kind, address in (
            ("tcp", inet, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp", inet, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("abstract", unix, socket.SOCK_STREAM, f"\0{name}"),
            ("datagram", unix, socket.SOCK_DGRAM, f"\0{name}-d"),
            ("path", unix, socket.SOCK_STREAM, f"/tmp/{name}.socket"),
        ):
            self.sockets[what] = listening = socket.socket(family, kind)
            listening.bind(address)
            listening.setblocking(False)
            if kind == socket.SOCK_STREAM:
                listening.listen()
        os.chmod(f"/tmp/{name}.socket", 0o777)
        return self

    def clues(self, book: Path) -> str:
        """The cell with which each attack begins."""
        places = [*map(str, self.files), str(book), str(self.folder / "submissions")]
        sockets = {name: one.getsockname() for name, one in self.sockets.items()}
        sockets = {
            name: where.decode() if isinstance(where, bytes) else where
            for name, where in sockets.items()
        }
        facts = f"PLACES = {places}\nSOCKETS = {sockets}\nGRADER = {os.getpid()}\nMARK = {MARK!r}\n"
        facts += f"CHECKOUT = {str(Path(__file__).parents[2])!r}\n"
        return facts + (ATTACKS / "clues.py").read_text("utf-8")

    def connected(self) -> list[str]:
        """The sockets that somebody reached."""
        reached = []
        for name, one in self.sockets.items():
            try:
                one.accept() if one.type == socket.SOCK_STREAM else one.recv(1)
            except BlockingIOError:
                continue
            reached.append(name)
        return reached

    def changed(self) -> list[str]:
        """Files that are not what they were, and files that were not there."""
        odd = [str(path) for path, text in self.files.items() if not same(path, text)]
        for folder in (*OUTSIDE, self.folder, self.folder / "submissions"):
            odd += [str(path) for path in entries(Path(folder)) if MARK in path.name]
        return odd

    def __exit__(self, *error: object) -> None:
        for one in self.sockets.values():
            one.close()
        Path(f"/tmp/course-attacks-{os.getpid()}.socket").unlink()
        for path in self.files:
            if path.parent != self.folder:
                path.unlink(missing_ok=True)


def same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def entries(folder: Path) -> Iterator[Path]:
    """What is in a folder, and in those folders in it that may be looked into."""
    for path in folder.iterdir() if os.access(folder, os.R_OK) else ():
        yield path
        inside = path.is_dir() and not path.is_symlink() and os.access(path, os.R_OK)
        if inside and folder != Path("/"):
            yield from (Path(path, name) for name in os.listdir(path))


class own_orphans:
    """Become the parent of whatever a run leaves behind, and list that at the end."""

    def __init__(self, seen: Class):
        self.seen, self.libc = seen, ctypes.CDLL(None)

    def __enter__(self) -> None:
        before = ctypes.c_int()
        self.libc.prctl(IS_REAPER, ctypes.byref(before), 0, 0, 0)
        self.was, self.before = before.value, children()
        self.libc.prctl(BECOME_REAPER, 1, 0, 0, 0)

    def __exit__(self, *error: object) -> None:
        self.seen.running = [
            said for number in children() - self.before if (said := still_running(number))
        ]
        self.libc.prctl(BECOME_REAPER, self.was, 0, 0, 0)


def children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(word) for task in tasks for word in (task / "children").read_text().split()}


def still_running(number: int) -> str:
    """What an orphan is; empty where it has ended, which only its parent can acknowledge."""
    if os.waitpid(number, os.WNOHANG) != (0, 0):
        return ""
    return Path(f"/proc/{number}/cmdline").read_text() or f"process {number}"


def the(graded: Class, name: str) -> GradeSummary:
    return next(one for key, one in graded.grades.items() if key[4:] == name)


PAIRS = [(seats, attack) for seats in DEALT for attack in seats.attacks]
PAIRS += [
    pytest.param(seats, attack, marks=pytest.mark.exhaustive) for seats in EVERY for attack in ALL
]


@pytest.mark.parametrize(
    ("graded", "attack"), PAIRS, indirect=["graded"], ids=lambda one: getattr(one, "name", str(one))
)
def test_no_point_is_forged_and_no_other_is_lost(graded, attack):
    for line in the(graded, attack.name).tasks:
        allowed = attack.allowed(line.task)
        cause, detail = line.result.cause, line.result.detail
        assert cause in (allowed or CAUSES), (line.task, cause, detail)
        assert cause != "grader", detail
        earned = line.maximum if cause == "right" else 0
        assert line.points == earned
        assert earned == 0 or allowed is not None, "a point was forged"


def test_honest_students_lose_nothing(graded):
    honest = [one for name, one in graded.grades.items() if name.endswith("honest")]
    assert len(honest) == 2 + len(graded.attacks) // N_BETWEEN
    for one in honest:
        causes = [(line.task, line.result.cause, line.result.detail) for line in one.tasks]
        assert one.score == one.maximum == 6, (one.person.id, causes)
        assert one.cell_failures == ()


def test_nothing_is_read_that_should_not_be(graded):
    assert graded.leaks == []
    assert CANARY.findall(graded.dump) == []


def test_nothing_is_left_running_or_lying_about(graded):
    assert graded.running == []
    assert graded.changed == []


def test_nobody_was_called(graded):
    assert graded.connected == []
    assert graded.signals == []


def test_every_submission_is_a_row(graded):
    assert graded.done == graded.total == len(graded.grades)
    for one in graded.grades.values():
        assert [line.task for line in one.tasks] == ["soft", "shift", "slope"]
        assert all(line.result.cause in CAUSES for line in one.tasks)


def test_feedback_tells_nothing_of_hidden_cases(graded):
    """Neither inputs nor what the reference makes of them, in any of the usual spellings."""
    for student, told in graded.told.items():
        for task in graded.exercises.tasks:
            for inputs in task.draw(student, SEED):
                hidden = {spelt for value in inputs for spelt in spellings(value)}
                hidden |= set(spellings(task.reference(*inputs)))
                assert not [text for text in hidden if text in told], (student, task.name)


def spellings(value) -> Iterator[str]:
    for number in np.ravel(value).tolist():
        yield repr(abs(number))[:8]
        if len(text := f"{abs(number):.6g}") > 6:
            yield text
        yield number.hex()[4:12]
        yield struct.pack("<d", number).hex()
        yield struct.pack(">d", number).hex()


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A judge without isolation, on the same machine."""
    monkeypatch.setenv(LEAKS, str(tmp_path))
    source = secret_source(new_canary())
    with WatchedJudge(JudgeConfig("attacked", source, "none", LIMITS, ("numpy",))) as judge:
        yield judge


def test_where_nothing_is_isolated_the_same_notebook_reads_the_secrets(bare, tmp_path):
    """So the tests above can fail."""
    attack = next(one for one in ALL if one.name == "read-named-files")
    place = tmp_path / "secret.txt"
    place.write_text(new_canary())
    facts = f"PLACES = {[str(place)]}\nSOCKETS = {{}}\nGRADER = 0\nMARK = 'x'\n"
    clues = facts + (ATTACKS / "clues.py").read_text("utf-8")
    keys = {task: task for task in HONEST}
    graded = bare.grade(Work("eve", tuple(attack.notebook(clues)), keys, SEED))
    assert isinstance(graded, Graded)
    assert place.read_text() in "".join(
        path.read_text() for path in tmp_path.iterdir() if path != place
    )
