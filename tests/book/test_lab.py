"""A lesson as students meet it in JupyterLab: read, and not as the text that it is written in."""

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from browsing import open_browser

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "book/random-matrices/sample-covariance.ipynb"
PATIENCE = 120_000  # milliseconds; a busy machine starts JupyterLab slowly

pytestmark = pytest.mark.browser


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab of its own, without a password, with a copy of the lesson."""
    (tmp_path / "work").mkdir()
    shutil.copy(LESSON, tmp_path / "work")
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [
        "--ServerApp.port=0",
        "--IdentityProvider.token=",
        f"--notebook-dir={tmp_path}/work",
    ]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **own}
    ) as server:
        lines = (re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/lab", x) for x in server.stderr)
        address = next(found[0] for found in lines if found)
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield address
        server.terminate()


def test_equations_are_numbered_exercises_are_boxes_and_solutions_stay_folded(lab):
    with open_browser() as browser:
        # high enough for all cells: JupyterLab draws only what is in sight
        page = browser.new_page(viewport={"width": 1280, "height": 30_000})
        page.goto(f"{lab}/tree/{LESSON.name}")
        solutions = page.locator(".jp-Notebook details")
        solutions.nth(2).wait_for(timeout=PATIENCE, state="attached")  # cells are set one by one
        text = "\n".join(page.locator(".jp-Notebook .jp-MarkdownCell").all_inner_texts())
        assert "The condition number" in text
        assert re.findall(r"\(eq-[\w-]+\)|\{(?:eq|cite:\w)\}|^(?:```|:::|#).*", text, re.M) == []
        assert [one.get_attribute("open") for one in solutions.all()] == [None] * 3
        numbers = re.findall(r"^\((\d+)\)$", text, re.M)
        assert numbers[:2] == ["1", "2"]
