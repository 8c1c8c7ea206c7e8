"""Pages as readers meet them: Debian's Chromium, driven by playwright, and what to look for.

An ``Examiner`` opens a page once and looks at all of it: both widths, both themes, formulas,
pictures, sliders, and what axe-core finds. It waits for what happens, never for so long.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    TimeoutError,
    sync_playwright,
)

FINDER = Path(__file__).parents[1] / ".ci" / "browser"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SIZES = {"desktop": (1280, 800), "phone": (360, 780)}
THEMES = ("light", "dark")

# The two rules that compare colours take nine tenths of axe's time.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ALL_ELSE = {"rules": {name: {"enabled": False} for name in COLOURS["runOnly"]["values"]}}
# What a layout can break: what scrolls, what tables and lists are, whether a control is named.
LAYOUT = """aria-required-children aria-required-parent button-name definition-list dlitem
    empty-heading image-alt input-button-name label link-name list listitem nested-interactive
    scrollable-region-focusable select-name summary-name td-headers-attr th-has-data-cells"""
AT = {"desktop": ALL_ELSE, "phone": {"runOnly": {"type": "rule", "values": LAYOUT.split()}}}

SETTLED = """async () => {
    const style = document.createElement('style');
    style.textContent = '* { transition: none !important }';  // colours change at once
    document.head.append(style);
    if (window.MathJax?.startup) await MathJax.startup.promise;
}"""
RESIZED = """width => new Promise(done => {
    const look = () => innerWidth === width
        ? requestAnimationFrame(() => requestAnimationFrame(done)) : requestAnimationFrame(look);
    look();
})"""
# The theme makes blocks of code that scroll reachable some time after a change of size.
REACHABLE = "[...document.querySelectorAll('pre')].every(e => e.scrollWidth <= e.clientWidth"
REACHABLE += " || e.tabIndex === 0)"

# What a slider stands at, or whether a button of a group is the one that is pressed.
VALUE = "e => e.type === 'radio' ? String(e.checked) : e.getAttribute('aria-valuetext')"

# The colours of a text follow from the tags and classes between the root and it: its kind.
MARK = """known => {
    const seen = new Set(known), fresh = [], kinds = new Map([[document.body, '']]);
    const kind = e => {
        if (!kinds.has(e)) {
            const own = e.tagName + [...e.classList].sort().map(name => '.' + name).join('');
            kinds.set(e, kind(e.parentElement) + '>' + own);
        }
        return kinds.get(e);
    };
    const itsOwn = '[style*=color], [style*=background], [fill], svg, :has(> style)';
    for (const e of document.body.querySelectorAll('*')) {
        const texts = e.matches('input, select, textarea')
            || [...e.childNodes].some(one => one.nodeType === 3 && one.data.trim().length > 1);
        if (!texts || e.closest('mjx-container') || !e.checkVisibility()) continue;
        if (!seen.has(kind(e))) {
            seen.add(kind(e));
            fresh.push(kind(e));
            e.dataset.look = '';
        } else if (e.closest(itsOwn)) {
            e.dataset.look = '';
        }
    }
    return fresh;
}"""
# What stays is what was marked: a short page, on which axe is quick.
CUT = """() => {
    const kept = new Set();
    for (const marked of document.querySelectorAll('[data-look]'))
        for (let e = marked; e; e = e.parentElement) kept.add(e);
    for (const e of document.body.querySelectorAll('*'))
        if (!kept.has(e) && !e.closest('style, svg')) e.remove();
    return kept.size > 0;
}"""


def find_browser() -> str:
    """The path of Chromium; without it the test fails and says how to get it."""
    found = subprocess.run(["/bin/bash", FINDER], capture_output=True, text=True)
    if found.returncode:
        pytest.fail(found.stderr.strip(), pytrace=False)
    return found.stdout.strip()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """One browser for many pages."""
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def is_sentence(text: str | None) -> bool:
    """Whether a text alternative says something."""
    return bool(text) and len(text.split()) >= 4 and text.strip()[-1] in ".!?"


class Examiner:
    """One tab that opens pages one after the other and tells what is wrong with each.

    Colours are examined where a kind of text is met for the first time, and in all that brings
    colours of its own.

    Args:
        browser: where to open the tab.
        thorough: every rule of axe at each size, and what it calls minor or moderate too.
        options: for playwright's ``new_page``.
    """

    def __init__(self, browser: Browser, thorough: bool = False, **options: object) -> None:
        self.tab: Page = browser.new_page(**options)
        self.tab.add_init_script(path=AXE)
        self.thorough = thorough
        self.faults: list[str] = []
        self.at_home = ("file://", "data:", "blob:")
        self.kinds: dict[str, set[str]] = {name: set() for name in SIZES}
        self.tab.on("console", self._console)
        self.tab.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.tab.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        self.tab.on("request", self._request)
        self.tab.on("requestfailed", lambda request: self._failed("failed", request.url))
        self.tab.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text[:300]}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.at_home):
            self._failed("outside", request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._failed(str(response.status), response.url)

    def _failed(self, how: str, url: str) -> None:
        self.faults.append(f"{how}: {url[:200]}")

    def visit(self, address: str) -> None:
        """Open a page, wide and light, and wait until its formulas are set."""
        self.tab.goto("about:blank")  # what is left of the last page may still stumble
        self.faults.clear()
        self.resize("desktop")
        self.tab.goto(address, wait_until="load")
        self.put_on("light")
        self.tab.evaluate(SETTLED)

    def resize(self, size: str) -> None:
        """Change the size, and wait until the page has noticed."""
        width, height = SIZES[size]
        if self.tab.viewport_size != {"width": width, "height": height}:
            self.tab.set_viewport_size({"width": width, "height": height})
            self.tab.evaluate(RESIZED, width)

    def put_on(self, theme: str) -> None:
        """Change to light or dark, as the system or the theme's own button does."""
        self.tab.emulate_media(color_scheme=theme)
        self.tab.evaluate(
            "theme => { for (const name of ['theme', 'mode'])"
            " document.documentElement.dataset[name] = theme }",
            theme,
        )

    def examine(self, address: str) -> list[str]:
        """Open a page once, and list all that is wrong with it."""
        self.visit(address)
        found = [*self.formulas(), *self.pictures(), *self.sliders()]
        # The outlines of letters are half of a page: nothing below looks at them.
        self.tab.evaluate(
            "document.querySelectorAll('mjx-container > svg').forEach(e => e.replaceChildren())"
        )
        for size in SIZES:
            self.resize(size)
            for theme in THEMES:
                self.put_on(theme)
                found += [f"scrolls sideways on a {size}, {theme}"] * (self.sideways() > 0)
            self.wait_until_reachable()
            found += self.violations(ALL_ELSE if self.thorough else AT[size], size)
            self.kinds[size].update(self.tab.evaluate(MARK, list(self.kinds[size])))
        found += self.faults  # scripts may stumble over what is cut away
        if self.tab.evaluate(CUT):
            for size in reversed(SIZES):
                self.resize(size)
                for theme in THEMES:
                    self.put_on(theme)
                    found += self.violations(COLOURS, f"{size}, {theme}")
        return found

    def formulas(self) -> list[str]:
        """Formulas that are not set, or have an error."""
        unset = self.tab.evaluate(
            "[...document.querySelectorAll('.math.notranslate')]"  # others are the browser's own
            ".filter(e => !e.querySelector('mjx-container')).map(e => e.textContent)"
        )
        wrong = self.tab.evaluate(
            "[...document.querySelectorAll('[data-mjx-error], [data-mml-node=merror]')]"
            ".map(e => e.closest('.math')?.textContent + e.getAttribute('data-mjx-error'))"
        )
        loose = self.tab.evaluate(
            "[...document.querySelectorAll('article p')].map(e => e.innerText)"
            r".filter(t => /\\[(\[]|\$\$/.test(t))"
        )
        return [
            *(f"a formula is not set: {text[:200]}" for text in unset),
            *(f"a formula is wrong: {text[:200]}" for text in wrong),
            *(f"a formula stands as text: {text[:200]}" for text in loose),
        ]

    def pictures(self) -> list[str]:
        """Pictures without a sentence that stands for them."""
        alts = self.tab.evaluate("[...document.images].map(e => e.getAttribute('alt'))")
        return [f"text alternative: {alt!r}" for alt in alts if not is_sentence(alt)]

    def sliders(self) -> list[str]:
        """Sliders and groups of buttons that do not change picture, alternative and value."""
        return [
            f"slider {slider.get_attribute('aria-label')}: {problem}"
            for figure in self.tab.query_selector_all(".frames")
            for slider in figure.query_selector_all("[type=range], :checked") or [figure]
            for problem in self._slider(figure, slider)
        ]

    def _slider(self, figure: object, slider: object) -> list[str]:
        image = figure.query_selector("img")
        if slider is figure or not slider.is_visible():
            return ["not to be seen"]

        def state() -> tuple[str | None, ...]:
            picture = (image.get_attribute(name) for name in ("src", "alt"))
            return (*picture, slider.evaluate(VALUE))

        before = state()
        slider.focus()
        at_the_end = slider.evaluate("e => e.value === e.max")
        self.tab.keyboard.press("ArrowLeft" if at_the_end else "ArrowRight")
        after = state()
        names = ("picture", "text alternative", "value")
        stuck = [name for name, a, b in zip(names, before, after, strict=True) if a == b]
        return [f"leaves the {name}" for name in stuck] + (
            [] if is_sentence(after[1]) else [f"text alternative: {after[1]!r}"]
        )

    def sideways(self) -> int:
        """How many pixels the page can be scrolled to the right."""
        return self.tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def wait_until_reachable(self) -> None:
        """Give the theme the time it takes; what is not reachable then, axe will name."""
        with suppress(TimeoutError):
            self.tab.wait_for_function(REACHABLE, timeout=1500)

    def violations(self, rules: dict, where: str) -> list[str]:
        """What axe-core finds."""
        # Else it asks for files, and calls into frames, which a page from a folder may not.
        quiet = {"preload": False, "iframes": False}
        options = {"resultTypes": ["violations"], **quiet, **rules}
        found = self.tab.evaluate("options => axe.run(document, options)", options)["violations"]
        return [
            f"{where}: {one['id']}: {node['target'][0]} {node['html'][:160]}"
            for one in found
            if self.thorough or one["impact"] in ("serious", "critical")
            for node in one["nodes"][:5]
        ]
