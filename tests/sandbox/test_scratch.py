"""Emptying a folder, whatever is in it."""

import os
import sys

import pytest
from probing import USERS, Probe

from course_tools.sandbox.scratch import clear


def test_everything_goes_and_nothing_outside(tmp_path):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    for path in (folder / "a" / "b", folder / "c", outside):
        path.mkdir(parents=True)
        (path / "file").write_text("x")
    (folder / "a" / "link").symlink_to(outside)
    (folder / "link").symlink_to(outside / "file")
    (folder / ".hidden").write_text("x")
    outside.chmod(0o755)
    clear(folder)
    assert list(folder.iterdir()) == []
    assert (outside / "file").read_text() == "x"


def test_depth_does_not_matter(tmp_path):
    here, depth = os.getcwd(), 3 * sys.getrecursionlimit()
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            os.mkdir("deeper")
            os.chdir("deeper")
        with open("file", "w"):
            pass
    finally:
        os.chdir(here)
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("user", USERS)
def test_folders_that_their_owner_locked(user):
    probe = Probe("import os, tempfile\nfrom course_tools.sandbox.scratch import clear")
    answer = probe(
        """
folder = tempfile.mkdtemp()
os.makedirs(folder + "/a/b/c")
for path in ("/a/b/c", "/a/b", "/a"):
    os.chmod(folder + path, 0)
clear(folder)
result = os.listdir(folder)
os.rmdir(folder)
""",
        user=user,
    )
    probe.close()
    assert (answer.error, answer.result) == ("", [])
