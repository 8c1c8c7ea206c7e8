"""A browser for the tests that look at pages: Debian's Chromium, driven by playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def find_browser() -> str:
    """The path of Chromium; without it the test fails and says how to get it."""
    for name in (os.environ.get("BROWSER_BINARY"), *NAMES):
        path = name and shutil.which(name)
        if path:
            return path
    required = (
        " (COURSE_REQUIRE_BROWSER is set)" if os.environ.get("COURSE_REQUIRE_BROWSER") else ""
    )
    pytest.fail(
        f"No Chromium was found{required}: install it (Debian: apt install chromium), or name one "
        "in BROWSER_BINARY.",
        pytrace=False,
    )


@contextmanager
def open_browser() -> Iterator[Browser]:
    """One browser for many pages."""
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
