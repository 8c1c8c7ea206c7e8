"""A browser for the tests that look at pages: Debian's Chromium, driven by playwright."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

FINDER = Path(__file__).parents[1] / ".ci" / "browser"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


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
