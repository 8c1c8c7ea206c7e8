"""A run's folder goes with the run, also when that is killed; nobody else's folder is touched."""

import os
import subprocess
import sys

import pytest

from course_tools.sandbox.private_folder import LOCK, PREFIX, PrivateFolder, remove_abandoned

OWNER = """
from course_tools.sandbox.private_folder import PrivateFolder
folder = PrivateFolder()
(folder.path / "left" / "behind").mkdir(parents=True)
print(folder.path, flush=True)
input()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def owner(place):
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.folder = place / os.path.basename(process.stdout.readline().strip())
    yield process
    process.kill()
    process.communicate()


def test_it_is_private_and_goes(place):
    folder = PrivateFolder()
    assert folder.path.parent == place
    assert folder.path.stat().st_mode & 0o777 == 0o700
    (folder.path / "a" / "b").mkdir(parents=True)
    folder.close()
    assert list(place.iterdir()) == []


def test_the_folder_of_a_living_process_stays(owner, place):
    PrivateFolder().close()
    assert (owner.folder / "left" / "behind").is_dir()


def test_the_folder_of_a_killed_process_goes_with_the_next_one(owner, place):
    owner.kill()
    owner.wait()
    assert (owner.folder / "left" / "behind").is_dir()
    folder = PrivateFolder()
    assert list(place.iterdir()) == [folder.path]
    folder.close()


def test_what_is_not_such_a_folder_is_left_alone(place):
    (place / f"{PREFIX}being-made").mkdir()  # its lock will come
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / LOCK).touch()
    before = sorted(place.rglob("*"))
    remove_abandoned(place)
    assert sorted(place.rglob("*")) == before


def test_the_folder_of_another_user_is_left_alone(place, monkeypatch):
    (place / f"{PREFIX}theirs").mkdir()
    (place / f"{PREFIX}theirs" / LOCK).touch()
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    remove_abandoned(place)
    assert (place / f"{PREFIX}theirs" / LOCK).is_file()


def test_what_cannot_be_removed_is_tried_again(place, monkeypatch):
    folder = place / f"{PREFIX}stuck"
    (folder / "root").mkdir(parents=True)
    (folder / LOCK).touch()
    with monkeypatch.context() as patch:
        patch.setattr(type(folder), "rmdir", refuse)
        remove_abandoned(place)
    assert (folder / LOCK).is_file()
    remove_abandoned(place)
    assert list(place.iterdir()) == []


def refuse(path):
    raise OSError(16, "Device or resource busy")
