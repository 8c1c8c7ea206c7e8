"""Each fault that a page can have is named by the examination of pages, and a sound page passes."""

import pytest
from browsing import Examiner, open_browser

PAGE = """<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">
<title>Page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width">
<style>
  html[data-theme=dark] {{ background: #121212; color: #eee }}
  html[data-theme=dark] .dim {{ color: #333 }}
  .loud {{ color: #900 }}
</style></head><body><main><h1>Page</h1><article>{}</article></main></body></html>"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
SLIDER = (
    '<div class="frames"><img src="{0}" alt="A picture of one pixel.">'
    '<input type="range" max="2" aria-label="steps" aria-valuetext="0" oninput="{1}"></div>'
)
BUTTONS = (
    '<div class="frames"><img src="{0}" alt="A picture of one pixel.">'
    '<input type="radio" name="a" aria-label="kind" checked>'
    '<input type="radio" name="a" aria-label="other" oninput="{1}"></div>'
)
MOVES = (
    "const image = this.previousSibling; image.src += '#';"
    "image.alt = 'Another picture than before.';"
    "this.setAttribute('aria-valuetext', this.value)"
)
FAULTS = {
    "formula not set": (r'<span class="math notranslate">\(x\)</span>', "a formula is not set"),
    "formula wrong": (
        '<span class="math notranslate"><mjx-container><svg data-mjx-error="Undefined"></svg>'
        "</mjx-container></span>",
        "a formula is wrong: Undefined",
    ),
    "formula as text": (r"<p>Where \(x\) stands.</p>", "a formula stands as text"),
    "no alternative": (f'<img src="{PIXEL}">', "text alternative: None"),
    "alternative a name": (f'<img src="{PIXEL}" alt="figure 1">', "text alternative: 'figure 1'"),
    "dead slider": (SLIDER.format(PIXEL, ""), "slider steps: leaves the picture"),
    "dead buttons": (BUTTONS.format(PIXEL, ""), "slider kind: leaves the picture"),
    "no slider": ('<div class="frames"></div>', "not to be seen"),
    "too wide": ('<div style="width: 2000px">wide</div>', "scrolls sideways on a desktop, light"),
    "too wide for a phone": ('<div style="width: 600px">wide</div>', "scrolls sideways on a phone"),
    "button without a name": ("<button></button>", "desktop: button-name"),
    "out of the keyboard's reach": (
        '<div style="overflow: auto; width: 300px">'
        '<div style="width: 500px; height: 9px">wide</div></div>',
        "phone: scrollable-region-focusable",
    ),
    "grey on white": ('<p style="color: #ccc">faint</p>', "desktop, light: color-contrast"),
    "grey on black": ('<p class="dim">faint</p>', "phone, dark: color-contrast"),
    "link like its text": (
        '<p class="loud">Words around <a href="#" style="color: #910; text-decoration: none">a link'
        "</a> and on.</p>",
        "link-in-text-block",
    ),
    "error in a script": ("<script>nothing()</script>", "script: nothing is not defined"),
    "error in the console": ('<script>console.error("oh")</script>', "console: oh"),
    "outside": (
        '<img src="http://127.0.0.1:9/a.png" alt="A picture from outside.">',
        "outside: http://127.0.0.1:9/a.png",
    ),
    "missing": ('<img src="gone.png" alt="A picture that is gone.">', "failed: file:///"),
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def examiner():
    with open_browser() as browser:
        yield Examiner(browser)


@pytest.fixture
def examine(examiner, tmp_path):
    """Examine a page with the given body as if it were the first."""
    for kinds in examiner.kinds.values():
        kinds.clear()

    def look(body):
        path = tmp_path / "page.html"
        path.write_text(PAGE.format(body), encoding="utf-8")
        return examiner.examine(path.as_uri())

    return look


def test_a_sound_page_passes(examine):
    picture = f'<img src="{PIXEL}" alt="A picture of one pixel.">'
    assert examine(f"<p>Words.</p>{picture}{SLIDER.format(PIXEL, MOVES)}") == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named(examine, name):
    body, sentence = FAULTS[name]
    assert any(sentence in problem for problem in examine(body)), name


def test_what_brings_its_own_colours_is_examined_on_every_page(examine):
    assert examine("<p>Words.</p><svg><text fill='#000'>a</text></svg>") == []
    assert len(examine('<p style="color: #ccc">faint</p>')) == 2  # on a white page, at both widths


def test_a_kind_of_text_is_examined_where_it_is_first_seen(examine):
    assert examine('<details><summary>More</summary><p class="dim">faint</p></details>') == []
    problems = examine('<details open><summary>More</summary><p class="dim">faint</p></details>')
    assert {problem.partition(": ")[0] for problem in problems} == {"phone, dark", "desktop, dark"}
