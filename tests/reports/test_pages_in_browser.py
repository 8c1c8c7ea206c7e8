"""Feedback pages and the overview as people meet them: phone, desktop, paper, light and dark."""

import pytest
from browsing import Examiner, open_browser
from classroom import DUE, HOSTILE, LATE_RULE, fabricate, hostile

from course_tools.reports.pages import write_pages

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def written(recurrence, tmp_path_factory):
    grades = fabricate(recurrence)
    everybody = [*grades, *(hostile(recurrence, text) for text in HOSTILE)]
    out = tmp_path_factory.mktemp("class")
    return write_pages(everybody, recurrence, out, late_rule=LATE_RULE, due=DUE)


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


def open_page(browser, path, width=1280, theme="light", **options):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme, **options)
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("dialog", lambda dialog: page.faults.append(dialog.message))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("requestfailed", lambda request: page.faults.append(request.url))
    page.requests = []
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(path.as_uri())
    return page


def test_no_sideways_scrolling_and_nothing_that_keeps_anybody_out(browser, written):
    examiner = Examiner(browser, thorough=True, bypass_csp=True)  # to bring axe in
    for path in [written[0], written[4], written[7], written[38], *written[-len(HOSTILE) :]]:
        assert examiner.examine(path.as_uri()) == [], path.name


def test_pages_ask_for_nothing_and_break_no_rule_of_theirs(browser, written):
    for path in [written[0], written[7], *written[-len(HOSTILE) :]]:
        page = open_page(browser, path)
        assert page.requests == [path.as_uri()]
        assert page.faults == []
        page.close()


def test_a_script_in_a_page_does_not_run(browser, written, tmp_path):
    html = written[1].read_text("utf-8")
    evil = html.replace("</main>", "<script>document.title = 'x'</script></main>")
    path = tmp_path / "evil.html"
    path.write_text(evil.replace("<h1>", "<h1 onclick='document.title = 1'>"), "utf-8")
    page = open_page(browser, path)
    page.click("h1")
    assert page.title().startswith("Feedback for")
    assert page.faults
    page.close()


def test_students_can_be_put_in_another_order(browser, written):
    page = open_page(browser, written[0])
    seen = []
    for order in ("name", "score", "time"):
        page.get_by_label(order, exact=True).check()
        tables = page.locator(".sorted table:visible")
        assert tables.count() == 1
        seen.append(tables.locator("tbody a").all_inner_texts())
    assert len(seen[0]) == len(written) - 1
    assert sorted(seen[0]) == sorted(seen[1]) == sorted(seen[2])
    assert seen[0] != seen[1] != seen[2] != seen[0]
    page.close()


def test_formulas_are_drawn(browser, written):
    page = open_page(browser, written[7])
    boxes = page.evaluate(
        "[...document.querySelectorAll('math')].map(e => e.getBoundingClientRect().width)"
    )
    assert len(boxes) >= 10
    assert min(boxes) > 3
    page.close()


def test_a_page_prints_dark_on_white(browser, written):
    page = open_page(browser, written[7], theme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.body).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    page.close()
