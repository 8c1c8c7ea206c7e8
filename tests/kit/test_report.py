import pytest

from course_tools.answers.outcome import Line
from course_tools.kit.report import VERDICTS, Overview, Report


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_box_says_in_words_what_its_colour_says(verdict):
    report = Report("scale", verdict, "a remark", (Line("hint", "one"), Line("note", "two")))
    page = report._repr_html_()
    sign, words, colour = VERDICTS[verdict]
    assert f"<strong>{words}</strong>" in page
    assert f'aria-hidden="true">{sign}' in page
    assert page.count(colour) == 1
    assert str(report).splitlines() == [
        f"{sign} scale: {words} (a remark)",
        "  hint        one",
        "  note        two",
    ]


def test_hostile_text_is_escaped():
    nasty = "<script>alert(1)</script>"
    report = Report(nasty, "wrong", nasty, (Line(nasty, nasty),))
    assert nasty not in report._repr_html_()
    assert nasty not in Overview(nasty, (report,), (1.0,))._repr_html_()


def test_an_overview_adds_up_the_tasks_that_pass():
    reports = (Report("a", "right"), Report("b", "wrong"), Report("c", "right"))
    overview = Overview("Three", reports, (1.0, 10.0, 2.5))
    assert overview.earned == 3.5
    assert overview.sentence.startswith("2 of 3 tasks right")
    assert overview.sentence.endswith("3.5 of 13.5 points")
    assert len(str(overview).splitlines()) == 5
