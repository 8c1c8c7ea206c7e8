"""Moodle's own worksheet, filled in, in whatever language the site speaks."""

import pytest
from grade_summaries import HIDDEN, grade_summary, nothing

from course_tools.reports.exports import Assignment, ExportError
from course_tools.reports.moodle import feedback, fill_moodle, scaled
from course_tools.reports.worksheet import Worksheet
from course_tools.submissions.models import Person

ENGLISH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Online text","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 71","Ada Lovelace",ada@uni.edu,"Submitted for grading",,100.00,Yes,'
    '"Friday, 20 November 2026, 10:00 AM","<p>two\nlines</p>",-,\r\n'
    '"Participant 72","Alan Turing",alan@uni.edu,"Submitted for grading",50.00,100.00,Yes,'
    '"Friday, 20 November 2026, 10:00 AM",,"Friday, 20 November 2026, 11:00 AM","well, done"\r\n'
    '"Participant 73","Emmy Noether",emmy@uni.edu,"Submitted for grading",40.00,100.00,No,'
    '"Friday, 20 November 2026, 10:00 AM",,-,\r\n'
)
# A German site: names of columns, words, decimal comma; the student's number as a further column.
GERMAN = (
    '\ufeffID,"Vollständiger Name","E-Mail-Adresse",Matrikelnummer,Status,Bewertung,'
    '"Höchste Bewertung","Bewertung kann geändert werden","Zuletzt geändert (Abgabe)",'
    '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"\r\n'
    '"Teilnehmer/in 71","Ada Lovelace",ada@uni.de,4711,"Zur Bewertung abgegeben",,"10,00",Ja,'
    '"Freitag, 20. November 2026, 10:00",-,\r\n'
    '"Teilnehmer/in 73","Emmy Noether",emmy@uni.de,4712,"Zur Bewertung abgegeben","1,50","10,00",'
    'Nein,"Freitag, 20. November 2026, 10:00","Freitag, 20. November 2026, 11:00",\r\n'
)
BLIND = (
    "识别码,状态,成绩,最高成绩,允许更改成绩,上次修改时间（提交）,上次修改时间（成绩）,反馈评论\r\n"
    "参与者 71,已提交,,20.00,是,2026年11月20日 10:00,-,\r\n"
    "参与者 73,已提交,,20.00,否,2026年11月20日 10:00,-,\r\n"
)
ONE = Assignment("recurrence", "Recurrence & more")


def filled(grades, text=ENGLISH):
    return fill_moodle(Worksheet(text.encode()), grades, ONE)


def test_grade_and_comment_are_filled_and_nothing_else_changes():
    result = filled([grade_summary("x", 2, 1, who={"lms": "71"}), nothing("y", lms="72")])
    comment = "Recurrence &amp; more: 3 of 4 points. task_1 2/2; task_2 1/2 (a wrong answer)."
    expected = ENGLISH.replace('for grading",,100.00', 'for grading",75,100.00')
    expected = expected.replace('lines</p>",-,', f'lines</p>",-,{comment}')
    assert result.data.decode() == expected
    assert result.n_filled == 1
    assert "Grades are scaled to the worksheet's maximum of 100." in result.remarks
    assert "Left as it was, since nothing was handed in: 1 student: y." in result.remarks


@pytest.mark.parametrize(
    "person",
    [
        Person("x", lms="71"),
        Person("x", email="ADA@uni.edu"),
        Person("ada@uni.edu"),
        Person("x", name="Lovelace, Ada"),
        Person("71"),
    ],
)
def test_a_student_is_found_by_number_address_or_name(person):
    result = filled([grade_summary("", 2, 1, person=person)])
    assert '"Submitted for grading",75,100.00' in result.data.decode()


def test_a_locked_grade_stays_with_its_comment_and_is_named():
    result = filled([grade_summary("emmy", 2, 2, who={"lms": "73"})])
    assert result.data.decode() == ENGLISH
    assert "Left as it was, since the grade is locked: 1 student: emmy." in result.remarks


def test_a_comment_of_somebody_elses_stays_and_one_of_ours_is_renewed():
    alan = grade_summary("x", 2, 2, who={"lms": "72"})
    assert b',"well, done"\r\n' in filled([alan]).data
    ada = grade_summary("x", 0, 0, who={"lms": "71"})
    once = filled([ada]).data
    twice = fill_moodle(Worksheet(once), [grade_summary("x", 2, 2, who={"lms": "71"})], ONE).data
    assert b"0 of 4 points" in once
    assert b"0 of 4 points" not in twice
    assert b"4 of 4 points" in twice


def test_a_german_site_with_decimal_commas():
    class_ = [grade_summary("4711", 2, 0.5), grade_summary("4712", 2, 2)]
    result = filled(class_, GERMAN)
    expected = GERMAN.replace('abgegeben",,"10,00"', 'abgegeben","6,25","10,00"').replace(
        ',-,\r\n',
        ',-,Recurrence &amp; more: 2.5 of 4 points. task_1 2/2; task_2 0.5/2 (a wrong answer).\r\n',
    )  # fmt: skip
    assert result.data.decode() == expected
    assert any("locked: 1 student: 4712" in remark for remark in result.remarks)


@pytest.mark.parametrize(
    ("maximum", "grade"),
    [
        ("1000.00", "625"),
        ("1.000,00", "625"),
        ("1,000.00", "625"),
        ("1 000,00", "625"),
        ("10,00", '"6,25"'),
        ("10", "6.25"),
        ("4,000", '"2,5"'),  # three decimals: the exercises' own maximum
        ("4.000", "2.5"),
    ],
)
def test_the_maximum_in_every_way_of_writing_it(maximum, grade):
    text = GERMAN.replace("10,00", maximum)
    result = filled([grade_summary("4711", 2, 0.5)], text)
    assert f'"Zur Bewertung abgegeben",{grade},"{maximum}",Ja' in result.data.decode()


@pytest.mark.parametrize(
    ("maximum", "sentence"),
    [
        ("1,000", "without a mark between the thousands, got '1,000', which may be 1 or 1000"),
        ("10.000", "without a mark between the thousands, got '10.000', which may be 10 or 10000"),
        ("-", "in digits, as 1000 or 12.5, got '-'"),
        ("ten", "in digits, as 1000 or 12.5, got 'ten'"),
        ("", "in digits, as 1000 or 12.5, got ''"),
    ],
)
def test_a_maximum_that_is_not_understood_is_refused_by_name(maximum, sentence):
    with pytest.raises(ExportError, match=f"column 'Maximum Grade': expected points {sentence}"):
        filled(
            [grade_summary("x", 2, who={"lms": "71"})], ENGLISH.replace("100.00", f'"{maximum}"')
        )


def test_blind_marking_in_chinese_knows_nothing_but_numbers():
    class_ = [
        grade_summary("x", 2, 0, who={"lms": "71"}),
        grade_summary("y", 2, 2, who={"lms": "73"}),
    ]
    result = filled(class_, BLIND)
    assert "参与者 71,已提交,10,20.00,是" in result.data.decode()
    assert "参与者 73,已提交,,20.00,否,2026年11月20日 10:00,-,\r\n" in result.data.decode()


@pytest.mark.parametrize(("points", "grade"), [(5.0, 10.0), (-3.0, 0.0), (1.0, 5.0)])
def test_no_grade_leaves_the_scale(points, grade):
    one = grade_summary("x", 2)
    one = type(one)(**{**vars(one), "score": points})
    assert scaled(one, 10.0) == grade


def test_students_without_a_row_and_rows_without_a_student_are_told():
    result = filled([grade_summary("grace", 2, who={"name": "Grace Hopper"})])
    assert result.data.decode() == ENGLISH
    assert result.unmatched == ("grace",)
    assert result.remarks[0] == "Moodle's file has no row for 1 student: grace (Grace Hopper)."
    assert "nobody in the gradebook, left as they are: 3" in result.remarks[1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id,name\r\nada,Ada\r\n", "expected a grading worksheet from Moodle"),
        ("Identifier,Grade\r\n", "expected a grading worksheet from Moodle"),
        (ENGLISH.replace("Maximum Grade", "Scale").replace("100.00", '"bad\ngood"'), "scale"),
    ],
)
def test_another_file_is_refused(text, sentence):
    with pytest.raises(ExportError, match=sentence):
        filled([grade_summary("x", 2)], text)


def test_feedback_says_why_there_is_nothing_to_grade():
    text = feedback(grade_summary("ada", 0, 0, problem="unreadable"), ONE)
    assert text.endswith(": 0 of 4 points: the file cannot be read as a notebook.")


def test_feedback_tells_lateness_and_keeps_what_is_hidden():
    text = feedback(grade_summary("ada", 0, 2, penalty=0.5), ONE)
    assert "1.5 of 4 points (2 less 0.5 for lateness)" in text
    assert HIDDEN not in text
    assert "<" not in text
