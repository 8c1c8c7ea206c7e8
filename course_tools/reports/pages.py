"""The class on paper: one feedback page per student, and an overview for the instructor.

A page is one file that asks for nothing else: no script, no picture, no font from elsewhere, and
a content security policy that says so. Whatever students wrote is sanitized and escaped. A feedback
page never holds ``detail``, hidden inputs or another student.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import CAUSES, GradeSummary, TaskLine
from course_tools.gradebook.settings import LatePolicy
from course_tools.reports import sanitizing
from course_tools.reports.class_statistics import EXACT, class_statistics, gradable
from course_tools.reports.exports import Export, ExportError, Writer, Written
from course_tools.reports.plots import histogram
from course_tools.reports.prompts import Prompt, task_prompts, to_html
from course_tools.submissions.models import PROBLEMS, Person

FOLDER = "feedback"
INDEX = "index.html"
PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")  # Windows keeps these names for itself
SIGNS = {"right": "✓", "partial": "◐", "wrong": "✗", "quiet": "○"}


def write_pages(
    grades: list[GradeSummary],
    exercises: ExerciseSet,
    out: Path,
    *,
    late_rule: str = "",
    due: datetime | None = None,
    extensions: Mapping[str, float] | None = None,
) -> list[Path]:
    """Write ``index.html`` and one page per student below ``feedback/``.

    Args:
        grades: the class.
        exercises: the exercise set.
        out: folder; made if it is not there.
        late_rule: the late rule in one sentence, for those whom it touches.
        due: when the exercises were due, in UTC.
        extensions: hours granted to single students, by id, beside those of the roster.

    Returns:
        The files written, the overview first.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    prompts = task_prompts(exercises)
    written = [out / INDEX]
    written[0].write_text(overview_page(grades, exercises, late_rule), "utf-8")
    for grade in grades:
        path = folder / page_name(grade.person.id)
        more = max(grade.person.extension_hours, (extensions or {}).get(grade.person.id, 0))
        page = feedback_page(grade, exercises.title, prompts, late_rule, due, more)
        path.write_text(page, "utf-8")
        written.append(path)
    return written


def late_rule(policy: LatePolicy) -> str:
    """The late rule as a sentence; empty where being late costs nothing.

    >>> late_rule(LatePolicy(fraction=0.1, at_most=0.5, grace_minutes=15))
    '10 % of the points for each day begun, at most 50 %; the first 15 minutes are free.'
    """
    parts, number = [], sanitizing.number
    if policy.fraction:
        share = f"{number(100 * policy.fraction)} % of the points for each {policy.per} begun"
        most = f", at most {number(100 * policy.at_most)} %" if policy.at_most < 1 else ""
        parts.append(share + most)
    if policy.closes_after_hours is not None:
        parts.append(f"nothing is earned after {number(policy.closes_after_hours)} hours")
    if parts and policy.grace_minutes:
        parts.append(f"the first {number(policy.grace_minutes)} minutes are free")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def page_name(student: str) -> str:
    """A file name of plain small letters, another one for each id, the same one every time.

    >>> page_name("student-17")
    'student-17.html'
    >>> page_name("Ada Lovelace")
    'ada-lovelace.7674021617159190.html'
    >>> page_name("../../x") != page_name("../x")
    True
    """
    if PLAIN_ID.fullmatch(student) and not DEVICES.fullmatch(student):
        return f"{student}.html"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    letters = unicodedata.normalize("NFKD", student[:200]).encode("ascii", "ignore").decode()
    start = re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")[:40]
    return f"{start or 'student'}.{digest}.html"  # a plain id holds no dot


def feedback_page(
    grade: GradeSummary,
    title: str,
    prompts: dict[str, Prompt],
    late_rule: str = "",
    due: datetime | None = None,
    extension_hours: float = 0.0,
) -> str:
    """One student's page."""
    tasks = grade.tasks if gradable(grade) else ()
    return _template("feedback.html").render(
        title=title,
        grade=grade,
        problem=PROBLEMS.get(grade.problem, grade.problem),
        lines=[
            _task_view(line, prompts.get(line.task), f"task-{i}")
            for i, line in enumerate(tasks, start=1)
        ],
        failures=sanitizing.sanitize_lines("\n".join(grade.cell_failures), most=40),
        late_rule=late_rule,
        due=due,
        extension_hours=extension_hours,
        weighted=abs(sum(line.maximum for line in tasks) - grade.maximum) > EXACT,
    )


def overview_page(grades: list[GradeSummary], exercises: ExerciseSet, late_rule: str = "") -> str:
    """The class at a glance, with names: for the instructor."""
    statistics = class_statistics(grades, exercises)
    last = datetime.max.replace(tzinfo=UTC)

    def time_of(grade: GradeSummary) -> datetime:
        return sanitizing.in_utc(grade.handed_in) if grade.handed_in else last

    by_name = sorted(grades, key=lambda s: (who(s.person).casefold(), s.person.id))
    views = {id(grade): _student_view(grade) for grade in grades}

    def ordered(key) -> list[dict]:
        return [views[id(grade)] for grade in sorted(by_name, key=key)]

    return _template("index.html").render(
        statistics=statistics,
        problems=[(PROBLEMS[key], count) for key, count in statistics.problems.items()],
        causes=sorted(
            ((CAUSES[key], count) for key, count in statistics.causes.items()),
            key=lambda pair: -pair[1],
        ),
        histogram=histogram(statistics.bins) if statistics.bins else "",
        by_name=[views[id(grade)] for grade in by_name],
        by_score=ordered(lambda grade: grade.score),
        by_time=ordered(time_of),
        late_rule=late_rule,
    )


def who(person: Person) -> str:
    """The name by which a person is shown; the id where no name is known."""
    return sanitizing.sanitize(person.name, 80) or sanitizing.sanitize(person.id, 80)


def state_of(line: TaskLine) -> str:
    """A key of ``SIGNS``: how the points of a task stand to its maximum."""
    if line.points >= line.maximum - EXACT:
        return "right"
    if line.points > EXACT:
        return "partial"
    return "quiet" if line.result.cause == "not started" else "wrong"


def _task_view(line: TaskLine, prompt: Prompt | None, anchor: str) -> dict:
    state, result = state_of(line), line.result
    return {
        "anchor": anchor,
        "heading": Markup(prompt.heading_html) if prompt else sanitizing.sanitize(line.task),
        "prompt": Markup(prompt.html) if prompt else "",
        "points": line.points,
        "maximum": line.maximum,
        "state": state,
        "sign": SIGNS[state],
        "verdict": "set by the instructor" if line.overridden else CAUSES.get(result.cause, ""),
        "outcome": sanitizing.outcome(result),
        "mistake": sanitizing.sanitize(result.mistake, 80),
        "feedback": sanitizing.feedback_lines(result),
        "overridden": line.overridden,
        "comment": sanitizing.sanitize_lines(line.comment, 1000),
    }


def _student_view(grade: GradeSummary) -> dict:
    when = sanitizing.in_utc(grade.handed_in) if grade.handed_in else None
    remarks = [PROBLEMS.get(grade.problem, grade.problem)] if grade.problem else []
    if grade.late_hours > 0:
        remarks.append(f"{sanitizing.number(grade.late_hours)} h late")
    if grade.time_unknown:
        remarks.append("time of handing in not known")
    if any(line.overridden for line in grade.tasks):
        remarks.append("points set by hand")
    n_right = sum(state_of(line) == "right" for line in grade.tasks)
    return {
        "link": _link(grade.person),
        "who": who(grade.person),
        "id": sanitizing.sanitize(grade.person.id, 80) if grade.person.name else "",
        "score": sanitizing.number(grade.score),
        "right": f"{n_right} of {len(grade.tasks)}" if gradable(grade) else "",
        "year": f"{when:%Y}-" if when else "",
        "time": f"{when:%m-%d %H:%M}" if when else "",
        "remark": "; ".join(remarks),
    }


def _link(person: Person) -> str:
    return f"{FOLDER}/{page_name(person.id)}"


def _with_code(text: str) -> Markup:
    r"""Escape a text and set what stands between backticks as code."""
    parts = re.split(r"`([^`]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if i % 2 else escape(part)
        for i, part in enumerate(parts)
    )


def _inline(markdown: str) -> Markup:
    """Course text, which may hold code and formulas."""
    return Markup(to_html(markdown))


@cache
def _environment() -> Environment:
    loader = PackageLoader("course_tools.reports")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "who": who,
        "link": _link,
        "code": _with_code,
        "inline": _inline,
        "sanitize": sanitizing.sanitize,
        "number": sanitizing.number,
        "moment": sanitizing.moment,
        "counted": sanitizing.counted,
    }
    style = loader.get_source(environment, "style.css")[0].strip()
    digest = hashlib.sha256(style.encode()).digest()
    constants = {"style": Markup(style), "style_hash": base64.b64encode(digest).decode()}
    # jinja2 declares no type for globals, and ty infers one from the defaults alone.
    environment.globals |= constants  # ty: ignore[unsupported-operator]
    return environment


def _template(name: str):
    return _environment().get_template(name)


def write(export: Export) -> Written:
    """Write the overview and the feedback pages."""
    try:
        written = write_pages(
            list(export.grades),
            export.exercises,
            export.out,
            late_rule=late_rule(export.settings.late),
            due=export.settings.due,
            extensions=export.settings.extensions,
        )
    except OSError as error:
        reason = error.strerror or error
        raise ExportError(f"{export.out}: cannot be written: {reason}") from error
    return Written(sanitizing.counted(len(written), "page"))


WRITER = Writer(
    "a feedback page for each student, and an overview of the class", "{name}-feedback", write
)
