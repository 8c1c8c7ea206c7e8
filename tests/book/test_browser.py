"""Every page of the built book, as a reader meets it: phone and desktop, light and dark.

Needs Chromium and the built book: the one that ``make book`` makes, or the folder in COURSE_SITE.
Each page is opened once, from the folder; one page of each kind is opened from a server too. Of
pages that a template makes from text alone, the first and the longest stand for all.
"""

import os
import re
import threading
import zipfile
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag

import pytest
import yaml
from browsing import Examiner, find_browser, open_browser

ROOT = Path(__file__).parents[2]
SITE = Path(os.environ.get("COURSE_SITE", ROOT / "_build/html"))
PAGES = sorted(  # all but the one that only leads to the first
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if path != SITE / "index.html" and path.relative_to(SITE).parts[0] != "_static"
)
LESSONS = [page for page in PAGES if (SITE / "_sources" / page).with_suffix(".ipynb").is_file()]
ABOUT_CODE = re.compile(r"_modules/|book/api/\w+(/\w+)?\.html")
MORE_THAN_TEXT = re.compile(r'<img|<svg|class="math|<table', re.I)

pytestmark = pytest.mark.browser


def kind(page):
    """Pages of one kind come from one template: listings, modules, concepts."""
    return page.startswith("_modules/"), page.count("/")


def to_visit():
    """All pages, but of those about code only what stands for its kind, or shows more than text."""
    kinds = {}
    for page in filter(ABOUT_CODE.match, PAGES):
        kinds.setdefault(kind(page), []).append(page)
    stand_ins = {page for pages in kinds.values() for page in (pages[0], max(pages, key=length))}
    return [
        page
        for page in PAGES
        if not ABOUT_CODE.match(page) or page in stand_ins or MORE_THAN_TEXT.search(article(page))
    ]


def length(page):
    return (SITE / page).stat().st_size


def article(page):
    """What a page says, without what the theme puts around it."""
    return (SITE / page).read_text("utf-8").partition("<article")[2].partition("</article>")[0]


VISITED = to_visit()
MODULES = [page for page in VISITED if re.match(r"book/api/\w+/", page)]


@pytest.fixture(scope="module")
def site():
    """The book served on this machine."""
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
def examiner():
    """One tab for all pages."""
    if not PAGES:
        pytest.fail("The book is not built: run `make book` first.", pytrace=False)
    with open_browser() as browser:
        yield Examiner(browser)


@pytest.mark.parametrize("name", VISITED or [None])
def test_page(examiner, name):
    assert examiner.examine((SITE / name).as_uri()) == []


def one_of_each_kind():
    wanted = ["book/index.html", *LESSONS[:1], *MODULES[:1]]
    wanted += [
        page for page in PAGES if page.startswith(("book/equation-index/", "_modules/course_lib/"))
    ]
    kinds = {page.split("/")[1]: page for page in reversed(wanted)}
    return sorted(kinds.values())


@pytest.mark.parametrize("name", one_of_each_kind() or [None])
def test_page_from_a_server(examiner, site, name, monkeypatch):
    monkeypatch.setattr(examiner, "at_home", (site, "data:", "blob:"))
    examiner.visit(site + name)
    assert examiner.formulas() == []
    assert examiner.faults == []


@pytest.mark.parametrize("place", ["http", "folder"])
@pytest.mark.parametrize("page", [*LESSONS[:1], *MODULES[-1:]])
def test_search_finds_a_lesson_and_a_module_by_name(examiner, site, place, page, monkeypatch):
    base = site if place == "http" else SITE.as_uri() + "/"
    monkeypatch.setattr(examiner, "at_home", (base, "data:", "blob:"))
    name = Path(page).stem.replace("-", " ")
    examiner.visit(f"{base}search.html?q={name}")
    tab = examiner.tab
    tab.wait_for_selector(f"#search-results li a[href*='{page}']", timeout=20_000)
    tab.wait_for_load_state("networkidle")
    assert examiner.faults == []


def found(tab, address, query):
    """The addresses of the pages that a search lists, best first."""
    tab.goto(f"{address}search.html?q={quote(query)}")
    tab.wait_for_function("document.querySelector('.search-summary')?.textContent")
    links = tab.query_selector_all("#search-results li a")
    return [link.get_attribute("href").split("?")[0].split("#")[0] for link in links]


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("backpropogation", "book/recurrence/bptt.html"),
        ("recurent network", "book/recurrence/index.html"),
        ("δ", "book/recurrence/bptt.html"),
        ("bptt", "book/recurrence/bptt.html"),
        ("RNN", "book/recurrence/srn.html"),
        ("Stieltjes", "book/random-matrices/stieltjes-transform.html"),
        ("NTK", "book/generalization/wide-networks.html"),
        ("double descent", "book/generalization/double-descent.html"),
        ("随机矩阵", "book/random-matrices/index.html"),
        ("обобщение", "book/generalization/index.html"),
        ("循环神经网络", "book/recurrence/index.html"),
        ("clip_grad_norm", "book/api/optimization/clipping.html"),
    ],
)
def test_the_first_five_answers_hold_what_was_meant(examiner, query, page):
    assert page in found(examiner.tab, SITE.as_uri() + "/", query)[:5]


def test_the_number_of_an_equation_leads_to_it(examiner):
    page = "book/recurrence/bptt.html"
    number = re.search(r'<span class="eqno">\((\d+\.\d+)\)', (SITE / page).read_text("utf-8"))[1]
    for query in (f"eq {number}", f"Equation ({number})", number):
        assert found(examiner.tab, SITE.as_uri() + "/", query)[0] == page
    assert found(examiner.tab, SITE.as_uri() + "/", "eq 99.1") == []


def test_a_search_for_nothing_known_says_so(examiner):
    assert found(examiner.tab, SITE.as_uri() + "/", "xyzzyqq") == []
    assert "did not match" in examiner.tab.inner_text(".search-summary")


@pytest.mark.parametrize("place", ["http", "folder"])
def test_downloads_can_be_worked_with(examiner, site, place):
    """A lesson as a notebook, or a zip from a folder; exercises with their public cases."""
    base = site if place == "http" else SITE.as_uri() + "/"
    tab = examiner.tab
    saved = {}
    for page in ("book/recurrence/srn", "exercises/recurrence"):
        tab.goto(f"{base}{page}.html")
        tab.click(".dropdown-download-buttons > button")
        with tab.expect_download() as download:
            tab.click(".dropdown-download-buttons a")
        saved[page] = download.value
    exercises = zipfile.ZipFile(saved["exercises/recurrence"].path())
    assert exercises.namelist() == [
        "recurrence/recurrence.ipynb",
        "recurrence/recurrence.cases.json",
    ]
    lesson = saved["book/recurrence/srn"]
    text = Path(lesson.path()).read_bytes()
    if place == "folder":
        text = zipfile.ZipFile(lesson.path()).read("srn/srn.ipynb")
    assert text == (ROOT / "book/recurrence/srn.ipynb").read_bytes()


def test_the_button_changes_the_theme(examiner, site):
    examiner.tab.goto(site + "book/index.html")
    seen = set()
    for _ in range(3):
        seen.add(examiner.tab.evaluate("document.documentElement.dataset.mode"))
        examiner.tab.click("button.theme-switch-button")
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
    # The search index is loaded by the search page alone, icons are a stylesheet.
    heavy = "searchindex" if name != "search.html" else "fontawesome"
    assert [src for src in links(here).loads if heavy in src or "fontawesome" in src] == []
    icons = set(re.findall(r'class="fa[bs][- a-z]* (fa-[a-z-]+)', here.read_text("utf-8")))
    sheet = (SITE / "_static/icons.css").read_text("utf-8")
    assert {name for name in icons if f".{name} {{" not in sheet} == set()
    assert [src for src in links(here).loads if re.match(r"(https?:)?//", src)] == []


def test_lessons_have_numbers_in_the_order_of_the_contents():
    """Lesson k of chapter c is c.k, in the navigation and in its own title."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    chapters = [chapter for part in parts if part.get("numbered") for chapter in part["chapters"]]
    for c, chapter in enumerate(chapters, 1):
        for k, entry in enumerate([chapter, *chapter["sections"]]):
            html = (SITE / entry["file"]).with_suffix(".html").read_text("utf-8")
            title = re.search(r'<h1><span class="section-number">([\d.]+)\. </span>', html)
            listed = re.search(r'<a class="current reference internal" href="#">([\d.]+)\. ', html)
            assert title[1] == listed[1] == (f"{c}.{k}" if k else f"{c}"), entry["file"]


def test_without_a_browser_the_failure_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("BROWSER_BINARY", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    with pytest.raises(pytest.fail.Exception, match="apt install chromium"):
        find_browser()
