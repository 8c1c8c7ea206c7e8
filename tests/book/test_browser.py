"""Every page of the built book, as a reader meets it: phone and desktop, light and dark.

Needs Chromium and the built book: the one that ``make book`` makes, or the folder in COURSE_SITE.
"""

import os
import re
import threading
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag

import axe_playwright_python
import pytest
from browsing import find_browser, open_browser

ROOT = Path(__file__).parents[2]
SITE = Path(os.environ.get("COURSE_SITE", ROOT / "_build/html"))
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PAGES = sorted(  # all but the one that only leads to the first
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if path != SITE / "index.html" and path.relative_to(SITE).parts[0] != "_static"
)
READ = [page for page in PAGES if not page.startswith("_modules/")]
LISTINGS = [page for page in PAGES if page.startswith("_modules/")]
LESSONS = [page for page in READ if (SITE / "_sources" / page).with_suffix(".ipynb").is_file()]
VIEWS = [(1280, 800, "light"), (1280, 800, "dark"), (390, 844, "dark"), (390, 844, "light")]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site():
    """The book served on this machine."""
    if not READ:
        pytest.fail("The book is not built: run `make book` first.", pytrace=False)
    handler = partial(QuietHandler, directory=SITE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves without a log."""

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def tab(site):
    """One tab for all pages, which writes down what goes wrong in it."""
    with open_browser() as browser:
        page = browser.new_page()
        page.faults = []
        page.on("console", partial(note_console, page))
        page.on("pageerror", lambda error: page.faults.append(f"script: {error}"))
        page.on("requestfailed", lambda request: page.faults.append(f"failed: {request.url[:200]}"))
        page.on("response", partial(note_response, page))
        page.on("request", partial(note_request, page, site))
        yield page


def note_console(page, message):
    if message.type in ("error", "warning"):
        page.faults.append(f"console: {message.text[:300]}")


def note_response(page, response):
    if response.status >= 400:
        page.faults.append(f"{response.status}: {response.url[:200]}")


def note_request(page, site, request):
    if not request.url.startswith((site, "file://", "data:", "blob:")):
        page.faults.append(f"outside: {request.url[:200]}")


def visit(tab, address):
    """Open a page and wait until its formulas are set."""
    tab.faults.clear()
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.goto(address, wait_until="load")
    tab.add_style_tag(content="* { transition: none !important }")  # colours change at once
    tab.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")


def look_at(tab, width, height):
    """Change the size, and leave the theme the time that it takes to notice."""
    if tab.viewport_size != {"width": width, "height": height}:
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(400)


def put_on(tab, theme):
    """Change to a light or dark page as the theme's own button does."""
    tab.evaluate(
        "theme => { for (const name of ['theme', 'mode'])"
        " document.documentElement.dataset[name] = theme }",
        theme,
    )


def sideways(tab):
    """How many pixels the page can be scrolled to the right."""
    return tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def violations(tab, colours):
    """What axe-core finds serious or critical: in colours, or in all else.

    Colours are most of its work. They are the template's: on the long pages of the API
    reference the first modules stand for the others.
    """
    if not tab.evaluate("typeof window.axe === 'object'"):
        tab.evaluate(f"{AXE.read_text(encoding='utf-8')}; null")
    options = {"resultTypes": ["violations"], "preload": False}  # preloading asks for files
    place = "document"
    if colours:
        options["runOnly"] = {"type": "rule", "values": ["color-contrast"]}
        if "/book/api/" in tab.url:
            place = "{exclude: ['article > section > section:nth-of-type(n+4)']}"
    else:
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = tab.evaluate(f"options => axe.run({place}, options)", options)["violations"]
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:5]
    ]


@pytest.mark.parametrize("name", READ or [None])
def test_page(tab, site, name):
    visit(tab, site + name)
    assert tab.faults == []
    check_formulas(tab)
    check_pictures(tab)
    for width, height, theme in VIEWS:
        look_at(tab, width, height)
        put_on(tab, theme)
        assert sideways(tab) <= 0, f"scrolls sideways at {width} px"
        if (width, theme) in ((1280, "light"), (390, "dark")):  # each theme once, each width once
            found = violations(tab, colours=False) + violations(tab, colours=True)
            assert found == [], f"{width} px, {theme}"
    assert tab.faults == []


def check_formulas(tab):
    """Every formula is set, and none has an error."""
    unset = tab.evaluate(
        "[...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container'))"
        ".map(e => e.textContent)"
    )
    assert unset == []
    errors = tab.evaluate(
        "[...document.querySelectorAll('[data-mjx-error], [data-mml-node=merror]')]"
        ".map(e => e.closest('.math')?.textContent + e.getAttribute('data-mjx-error'))"
    )
    assert errors == []
    loose = tab.evaluate(
        "[...document.querySelectorAll('article p')].map(e => e.innerText)"
        r".filter(t => /\\[(\[]|\$\$/.test(t))"
    )
    assert loose == []


def check_pictures(tab):
    """Every picture has a sentence that stands for it."""
    for alt in tab.evaluate("[...document.images].map(e => e.getAttribute('alt'))"):
        assert is_sentence(alt), f"text alternative: {alt!r}"


def is_sentence(text):
    return bool(text) and len(text.split()) >= 4 and text.strip()[-1] in ".!?"


@pytest.mark.parametrize("name", LISTINGS[:1] + LISTINGS[-1:])
def test_source_listing(tab, site, name):
    """Listings are made by one template: the first and the last stand for all."""
    visit(tab, site + name)
    for width, height, theme in (VIEWS[0], VIEWS[2]):
        look_at(tab, width, height)
        put_on(tab, theme)
        assert sideways(tab) <= 0
        assert violations(tab, colours=False) + violations(tab, colours=True) == []
    assert tab.faults == []


@pytest.mark.parametrize("name", READ or [None])
def test_page_from_a_folder(tab, site, name):
    visit(tab, (SITE / name).as_uri())
    check_formulas(tab)
    assert tab.faults == []


def interactive():
    return [page for page in READ if 'class="frames"' in (SITE / page).read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", interactive())
def test_sliders_change_picture_and_text_alternative(tab, site, name):
    visit(tab, (SITE / name).as_uri())
    for figure in tab.query_selector_all("figure.frames"):
        image = figure.query_selector("img")
        sliders = figure.query_selector_all("input[type=range]")
        assert sliders
        for slider in sliders:
            assert slider.is_visible()
            before = image.get_attribute("src"), image.get_attribute("alt")
            value = slider.get_attribute("aria-valuetext")
            slider.focus()
            tab.keyboard.press("ArrowRight")
            after = image.get_attribute("src"), image.get_attribute("alt")
            assert after[0] != before[0]
            assert after[1] != before[1]
            assert slider.get_attribute("aria-valuetext") != value
            assert is_sentence(after[1])
    assert tab.faults == []


@pytest.mark.parametrize("place", ["http", "folder"])
def test_search_finds_a_word_of_a_lesson(tab, site, place):
    base = site if place == "http" else SITE.as_uri() + "/"
    visit(tab, base + "search.html?q=recurrent")
    tab.wait_for_selector("#search-results li a", timeout=10_000)
    tab.wait_for_load_state("networkidle")
    links = tab.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    wanted = LESSONS or ["book/recurrence/index.html"]
    assert any(link.split("?")[0].split("#")[0].endswith(tuple(wanted)) for link in links)
    assert tab.faults == []


def test_the_button_changes_the_theme(tab, site):
    visit(tab, site + "book/index.html")
    seen = set()
    for _ in range(3):
        seen.add(tab.evaluate("document.documentElement.dataset.mode"))
        tab.click("button.theme-switch-button")
    assert seen == {"light", "dark", "auto"}


# --- the files alone --------------------------------------------------------------------------


class Links(HTMLParser):
    """The addresses and the anchors of one page."""

    def __init__(self):
        super().__init__()
        self.hrefs, self.loads, self.ids = [], [], set()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        if tag == "a" and attrs.get("href"):
            self.hrefs.append(attrs["href"])
        if tag in ("script", "img", "iframe", "source") and attrs.get("src"):
            self.loads.append(attrs["src"])
        if tag == "link" and attrs.get("rel") not in ("canonical",) and attrs.get("href"):
            self.loads.append(attrs["href"])


@cache
def links(path):
    parser = Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("name", PAGES or [None])
def test_links_lead_somewhere(name):
    if name is None:
        pytest.fail("The book is not built: run `make book` first.", pytrace=False)
    here = SITE / name
    dead = []
    for href in links(here).hrefs + links(here).loads:
        if re.match(r"[a-z]+:", href):
            continue
        address, anchor = urldefrag(href)
        target = (here.parent / unquote(address.split("?")[0])).resolve() if address else here
        if target.is_dir():
            target = target / "index.html"
        page = target.suffix == ".html"
        if not target.is_file() or (anchor and page and unquote(anchor) not in links(target).ids):
            dead.append(href)
    assert dead == []
    assert [src for src in links(here).loads if re.match(r"(https?:)?//", src)] == []


def test_without_a_browser_the_failure_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("BROWSER_BINARY", raising=False)
    with pytest.raises(pytest.fail.Exception, match="apt install chromium"):
        find_browser()
