"""Interactive figures in a page, without a kernel: mouse, keyboard, screen reader."""

import matplotlib.pyplot as plt
import pytest
from browsing import Examiner, open_browser

from course_lib.viz import style
from course_lib.viz.slider_figure import Choice, Control, SliderFigure

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>
<meta name="viewport" content="width=device-width">
<style>@media (prefers-color-scheme: dark) {{ body {{ background: #121212; color: #eee }} }}</style>
</head><body><main><h1>Page</h1>{}</main></body></html>"""

pytestmark = pytest.mark.browser


def figure(word):
    def draw(radius, steps):
        drawn, axes = plt.subplots()
        axes.plot([radius**k for k in range(steps)])
        axes.set(xlabel="lag [steps]", ylabel="gradient norm")
        return drawn

    return SliderFigure(
        draw,
        lambda radius, steps: f"The {word} of radius {radius} over {steps} steps.",
        radius=Control([0.5, 0.9, 1.1], label="spectral radius", format="{:.1f}"),
        steps=Control([5, 9], label="number of <steps>"),
    )


def kinds():
    def draw(kind, power):
        drawn, axes = plt.subplots()
        axes.plot([(k - 4 * (kind == "centred")) ** power for k in range(9)])
        return drawn

    return SliderFigure(
        draw,
        lambda kind, power: f"The {kind} power number {power}.",
        kind=Choice(["one-sided", "centred"], label="form of g_n", start="centred"),
        power=Control([1, 2, 3], start=2),
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    style.use()
    first, second = figure("norm").to_html(), figure("bound").to_html()
    third = kinds().to_html()
    path = tmp_path_factory.mktemp("site") / "page.html"
    # The first figure stands there twice: even so each picture has its own sliders.
    path.write_text(PAGE.format(first + second + first + third + third), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser():
    with open_browser() as launched:
        yield launched


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints, requests = [], []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(address)
    yield opened
    assert complaints == []
    assert [url for url in requests if not url.startswith(("data:", address))] == []
    context.close()


def alts(page):
    return page.locator(".frames img").evaluate_all("all => all.map(one => one.alt)")


def test_a_slider_changes_picture_value_and_alternative(page):
    radius = page.locator(".frames").nth(0).get_by_role("slider", name="spectral radius")
    before = page.locator("img").nth(0).get_attribute("src")
    assert radius.get_attribute("aria-valuetext") == "0.5"
    radius.fill("2")
    assert page.locator("img").nth(0).get_attribute("src") != before
    assert radius.get_attribute("aria-valuetext") == "1.1"
    assert page.locator("output").nth(0).inner_text() == "1.1"
    assert alts(page)[0] == "The norm of radius 1.1 over 5 steps."


def test_sliders_of_one_figure_combine(page):
    sliders = page.locator(".frames").nth(1).get_by_role("slider")
    sliders.nth(1).fill("1")
    sliders.nth(0).fill("1")
    assert alts(page)[1] == "The bound of radius 0.9 over 9 steps."


def test_figures_do_not_disturb_each_other(page):
    before = alts(page)
    page.locator(".frames").nth(2).get_by_role("slider").nth(0).fill("1")
    assert alts(page) == [*before[:2], "The norm of radius 0.9 over 5 steps.", *before[3:]]


def test_keyboard(page):
    radius = page.get_by_role("slider", name="spectral radius").nth(0)
    radius.focus()
    for key, value in [
        ("ArrowRight", "0.9"),
        ("End", "1.1"),
        ("ArrowLeft", "0.9"),
        ("Home", "0.5"),
    ]:
        page.keyboard.press(key)
        assert radius.get_attribute("aria-valuetext") == value
        assert f"radius {value} " in alts(page)[0]


def test_buttons_change_the_picture_and_look_pressed(page):
    figure = page.locator(".frames").nth(3)
    group = figure.get_by_role("group", name="form of gn")
    pressed, other = (group.get_by_role("radio", name=name) for name in ("centred", "one-sided"))
    assert pressed.is_checked()
    assert alts(page)[3] == "The centred power number 2."
    assert group.get_by_role("radio").count() == 2

    def colours():
        label = group.get_by_text("one-sided", exact=True)
        return label.evaluate("e => getComputedStyle(e).backgroundColor")

    before = colours()
    group.locator("label", has_text="one-sided").click()
    assert other.is_checked()
    assert not pressed.is_checked()
    assert alts(page)[3:] == ["The one-sided power number 2.", "The centred power number 2."]
    assert colours() != before
    figure.get_by_role("slider", name="power").fill("2")
    assert alts(page)[3:] == ["The one-sided power number 3.", "The centred power number 2."]


def test_buttons_by_keyboard(page):
    group = page.get_by_role("group", name="form of gn").nth(1)
    page.locator(".frames").nth(3).get_by_role("slider", name="power").focus()
    page.keyboard.press("Tab")
    for key, kind in [("ArrowLeft", "one-sided"), ("ArrowRight", "centred"), ("Enter", "centred")]:
        page.keyboard.press(key)
        assert group.get_by_role("radio", name=kind).is_checked()
        assert alts(page)[4] == f"The {kind} power number 2."
        status = page.locator(".frames-status").nth(4)
        assert status.text_content() == f"The {kind} power number 2."
    outline = group.get_by_text("centred").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Shift+Tab")
    focused = page.evaluate("document.activeElement.type")
    assert focused == "range"


def test_buttons_are_large_enough_for_a_finger(page):
    for box in page.locator(".frames-choice label").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    ):
        assert box >= 24


def test_the_new_picture_is_announced(page):
    status = page.locator(".frames-status").nth(0)
    assert status.inner_text() == ""
    page.get_by_role("slider").nth(0).focus()
    page.keyboard.press("ArrowRight")
    assert status.text_content() == "The norm of radius 0.9 over 5 steps."


def test_every_slider_has_its_label(page):
    names = [page.get_by_role("slider", name=name).count() for name in ("spectral", "of <steps>")]
    assert names == [3, 3]


def test_fits_and_is_accessible(browser, address):
    assert Examiner(browser).examine(address) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_picture_keeps_its_shape(browser, address, width):
    viewport = {"width": width, "height": 844}
    page = browser.new_page(viewport=viewport, is_mobile=width == 390)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    box = page.locator("img").nth(0).bounding_box()
    assert box["width"] > 340
    assert abs(box["width"] / box["height"] - 642 / 385) < 0.05
    page.close()


def test_without_script_the_first_picture_stands_alone(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("img").nth(0).is_visible()
    assert page.locator("img").nth(0).get_attribute("alt").startswith("The norm of radius 0.5")
    assert not page.locator("input").nth(0).is_visible()
    context.close()
