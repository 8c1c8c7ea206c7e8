"""Feedback pages and the overview: what stands in them, what never does, and under which name."""

import base64
import hashlib
import re
import tomllib
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from classroom import DUE, HOSTILE, LATE_RULE, SECRET, fabricate, hostile, problem
from grade_summaries import task_line
from hypothesis import given
from hypothesis import strategies as st

from course_tools.gradebook.models import GradeSummary
from course_tools.gradebook.settings import LatePolicy
from course_tools.reports import pages
from course_tools.reports.pages import late_rule, page_name, state_of, write_pages
from course_tools.submissions.models import Person

ROOT = Path(__file__).parents[2]
PLACES = {"href", "src", "action", "formaction", "srcset", "data", "poster", "xlink:href"}
VOID = {"meta", "br", "input", "link", "hr", "img"}


class Page(HTMLParser):
    """Tags, addresses, identifiers and text of one page; complains of tags that do not match."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.addresses, self.ids, self.headings, self.events = [], [], [], [], []
        self.open, self.texts = [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs.items() if name in PLACES]
        self.events += [name for name in attrs if name.startswith("on") or name == "style"]
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def grades(recurrence) -> list[GradeSummary]:
    return fabricate(recurrence)


@pytest.fixture(scope="module")
def written(recurrence, grades, tmp_path_factory) -> list[Path]:
    out = tmp_path_factory.mktemp("pages")
    everybody = [*grades, *(hostile(recurrence, text) for text in HOSTILE)]
    return write_pages(everybody, recurrence, out / "new", late_rule=LATE_RULE, due=DUE)


def of(written: list[Path], student: str) -> Page:
    return Page(next(p for p in written if p.name == page_name(student)).read_text("utf-8"))


def test_one_page_for_each_student_and_one_for_the_class(written, grades):
    assert [path.name for path in written][:2] == ["index.html", "student-0.html"]
    assert len({path for path in written if path.is_file()}) == 1 + len(grades) + len(HOSTILE)


def test_every_page_is_well_formed_and_asks_for_nothing(written):
    for path in written:
        html = path.read_text("utf-8")
        page = Page(html)
        assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(page.tags)
        assert all(re.match(r"#task-\d+$|feedback/[a-z0-9._-]+\.html$", a) for a in page.addresses)
        assert page.events == [], "the policy forbids style attributes too"
        assert len(page.ids) == len(set(page.ids))
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(page.headings))
        assert page.tags.count("table") == page.tags.count("caption")
        assert '<html lang="en">' in html
        assert "http://" not in html.replace("http://www.w3.org/1998/Math/MathML", "")
        assert "https://" not in html


def test_the_policy_allows_the_page_s_own_style_and_nothing_else(written):
    for path in written[:2]:
        html = path.read_text("utf-8")
        policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1])
        style = re.search(r"<style>(.*?)</style>", html, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]


def test_a_page_tells_what_was_asked_what_came_and_what_it_looks_like(written, grades):
    for grade in grades:
        if grade.problem:
            continue
        page = of(written, grade.person.id)
        assert f"{grade.score:g} of {grade.maximum:g} points" in page.text
        assert page.text.count("Write") == len(grade.tasks)
        for line in grade.tasks:
            assert f"{line.points:g} of {line.maximum:g} points" in page.text
            for text in (words for _, words in line.result.feedback):
                assert re.sub(r"`|\W+", "", text) in re.sub(r"`|\W+", "", page.text)
            assert line.result.mistake in page.text
            assert line.comment in page.text
        for failure in grade.cell_failures:
            assert failure in page.text


@pytest.mark.parametrize(
    ("points", "cause", "state"),
    [
        (3.0, "right", "right"),
        (0.1 + 0.2 + 2.7, "wrong", "right"),
        (1.5, "wrong", "partial"),
        (0.0, "crashed", "wrong"),
        (0.0, "not started", "quiet"),
    ],
)
def test_the_sign_beside_a_task_follows_its_points(points, cause, state):
    assert state_of(task_line("f", points, 3.0, cause)) == state


def test_a_late_student_reads_the_rule_and_a_punctual_one_does_not(written, grades):
    for grade in grades[:-4]:
        text = of(written, grade.person.id).text
        assert (LATE_RULE in text) == (grade.late_hours > 0)
        assert ("points off" in text) == (grade.late_hours > 0)


def test_a_time_that_is_not_known_is_said_to_the_student_and_to_the_instructor(
    recurrence, grades, tmp_path
):
    time_unknown = replace(grades[0], handed_in=None, late_hours=0, penalty=0, time_unknown=True)
    overview, page, other = (
        Page(path.read_text("utf-8")).text
        for path in write_pages([time_unknown, grades[1]], recurrence, tmp_path, due=DUE)
    )
    assert "It is not known when; nothing is taken off for lateness" in page
    assert "time of handing in not known" in overview
    assert "1; nothing is taken off for lateness there" in overview
    assert "not known" not in other


def test_weights_and_extensions_are_said(recurrence, grades, tmp_path):
    doubled = replace(grades[7], raw=2 * grades[7].raw, maximum=2 * recurrence.points)
    plain = write_pages([grades[8]], recurrence, tmp_path, due=DUE)
    special = write_pages(
        [doubled], recurrence, tmp_path, due=DUE, extensions={doubled.person.id: 72.0}
    )
    assert "by its weight" not in plain[1].read_text("utf-8")
    assert "hours more for you" not in plain[1].read_text("utf-8")
    assert "multiplied by its weight" in special[1].read_text("utf-8")
    assert "72 hours more for you" in special[1].read_text("utf-8")


def test_a_page_without_submission_says_why_and_blames_no_task(written):
    text = of(written, "student-37").text
    assert "Nothing could be graded: the file cannot be read as a notebook." in text
    assert "not started" not in text


def test_points_given_by_hand_to_an_unreadable_file_are_shown(recurrence, tmp_path):
    empty = problem(recurrence, 1, "unreadable")
    line = replace(empty.tasks[0], points=0.5, overridden=True, comment="Seen on paper.")
    grade = replace(empty, tasks=(line, *empty.tasks[1:]), raw=0.5, score=0.5)
    text = Page(write_pages([grade], recurrence, tmp_path)[1].read_text("utf-8")).text
    assert "Points set by the instructor. Seen on paper." in text


def test_no_page_holds_what_is_for_the_instructor_alone(written, grades):
    names = {grade.person.name for grade in grades} - {""}
    for path in written[1:]:
        html = path.read_text("utf-8")
        assert SECRET not in html
        mine = [name for name in names if re.search(rf"\b{name}\b", html)]
        assert len(mine) <= 1
        ids = set(re.findall(r"student-\d+", html))
        assert len(ids) <= 1
    assert SECRET not in written[0].read_text("utf-8")


def test_hostile_text_is_shown_and_not_obeyed(written):
    for text in HOSTILE:
        html = next(p for p in written if p.name == page_name(text)).read_text("utf-8")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
        assert max(map(len, re.findall(r"\w+", html))) <= 300
        assert len(html) < 20_000
    text = of(written, HOSTILE[0]).text
    assert text.count("<script>alert(1)</script>") >= 8
    assert "{{ 7*7 }}" in of(written, HOSTILE[3]).text


def test_the_overview_counts_links_and_sorts(written):
    html = written[0].read_text("utf-8")
    page = Page(html)
    folder = written[0].parent
    assert all((folder / address).is_file() for address in page.addresses)
    assert len(set(page.addresses)) == len(written) - 1
    tables = re.findall(r"<caption>Students by.*?</table>", html, re.S)
    assert len(tables) == 3
    by_score = [float(x) for x in re.findall(r'</th><td class="count">([\d.]+)<', tables[1])]
    assert len(by_score) == len(written) - 1
    assert by_score == sorted(by_score)
    times = re.findall(r'"wide">(\d+-)</span>([\d: -]+)<', tables[2])
    assert times == sorted(times)
    assert tables[0].index("Ada Lovelace") < tables[0].index("student-9<")


def test_an_empty_class_has_an_overview(recurrence, tmp_path):
    (path,) = write_pages([], recurrence, tmp_path)
    text = Page(path.read_text("utf-8")).text
    assert "Students 0" in text
    assert "Scores" not in text


def test_a_class_of_one_has_an_overview(recurrence, grades, tmp_path):
    overview = write_pages(grades[:1], recurrence, tmp_path)[0]
    assert "over the 1 submission that could" in Page(overview.read_text("utf-8")).text


def test_the_same_class_gives_the_same_bytes(recurrence, grades, tmp_path):
    first, second = (
        [path.read_bytes() for path in write_pages(grades, recurrence, tmp_path / name)]
        for name in ("a", "b")
    )
    assert first == second


@given(st.lists(st.text(st.characters(), max_size=70), unique=True, max_size=8))
def test_file_names_are_safe_and_distinct_also_where_case_does_not_count(ids):
    names = [page_name(one) for one in ids]
    assert len({name.casefold() for name in names}) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}(\.[0-9a-f]{16})?\.html", n) for n in names)


@pytest.mark.parametrize("name", ["", ".", "..", "../../x", "a/b", "CON", "con", "Ada", "é", "a.b"])
def test_an_id_that_is_no_plain_file_name_gets_a_longer_one(name):
    assert re.fullmatch(r"[a-z0-9_-]+\.[0-9a-f]{16}\.html", page_name(name))
    assert page_name(page_name(name).removesuffix(".html")) != page_name(name)


def test_a_name_of_another_script_is_isolated(recurrence, tmp_path, grades):
    person = Person("s1", "\u05d3\u05d5\u05d3 (x)")
    html = write_pages([replace(grades[0], person=person)], recurrence, tmp_path)[1].read_text()
    assert "<strong><bdi>\u05d3\u05d5\u05d3 (x)</bdi></strong>" in html


def test_an_installed_package_has_the_templates():
    folder = Path(pages.__file__).parent
    globs = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "package-data"
    ]["course_tools.reports"]
    packed = {path for pattern in globs for path in folder.glob(pattern)}
    assert set((folder / "templates").iterdir()) <= packed


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (LatePolicy(), ""),
        (LatePolicy(grace_minutes=5), ""),
        (LatePolicy(fraction=0.05, per="hour"), "5 % of the points for each hour begun."),
        (LatePolicy(closes_after_hours=72), "Nothing is earned after 72 hours."),
    ],
)
def test_the_late_rule_in_words(policy, sentence):
    assert late_rule(policy) == sentence
