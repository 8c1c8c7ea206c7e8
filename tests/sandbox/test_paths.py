"""What of the host student code may read."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from course_tools.sandbox import paths
from course_tools.sandbox.paths import LIBRARY, TOOLS, readable_paths, without

PROJECT = Path(__file__).parents[2]


def covered(path: str | Path) -> bool:
    """Whether a file lies in one of the readable folders once all links are followed."""
    real = Path(path).resolve()
    return any(real.is_relative_to(readable.resolve()) for readable in readable_paths())


@pytest.mark.parametrize("module", [np, torch, subprocess, sys.modules["encodings"]])
def test_python_and_its_packages_are_covered(module):
    assert covered(module.__file__)


def test_the_interpreter_and_the_c_library_are_covered():
    assert covered(sys.executable)
    loaded = Path("/proc/self/maps").read_text().split()
    libraries = {word for word in loaded if word.startswith("/") and ".so" in word}
    assert libraries
    assert {name for name in libraries if not covered(name)} == set()


@pytest.mark.parametrize(
    "path",
    ["/", "/root", "/home", "/tmp", "/etc/passwd", "/etc/shadow", "/proc/self/environ"]
    + ["/var", Path.home(), Path.cwd(), LIBRARY, TOOLS]
    + [PROJECT / name for name in ("solutions", "exercises", "tests", "book", ".git")],
    ids=str,
)
def test_the_rest_of_the_host_is_not(path):
    assert not covered(path)


def test_none_is_inside_another_and_all_exist():
    found = readable_paths()
    assert len(set(found)) == len(found)
    assert all(path.is_absolute() and path.exists() for path in found)
    assert not any(a != b and a.is_relative_to(b) for a in found for b in found)


@pytest.mark.parametrize("name", ["lib/course", "lib/python3/site-packages"])
def test_a_checkout_or_an_installed_copy_inside_a_prefix_is_left_out(tmp_path, monkeypatch, name):
    for folder in ("course_lib", "course_tools", "solutions"):
        (tmp_path / name / folder).mkdir(parents=True)
    (tmp_path / "lib" / "other").mkdir()
    monkeypatch.setattr(paths, "LIBRARY", tmp_path / name / "course_lib")
    monkeypatch.setattr(paths, "TOOLS", tmp_path / name / "course_tools")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    readable = readable_paths.__wrapped__()
    below = {str(path.relative_to(tmp_path)) for path in readable if path.is_relative_to(tmp_path)}
    packages = {f"{name}/solutions"} if name.endswith("site-packages") else set()
    assert below == {"lib/other"} | packages


def test_a_package_inside_a_readable_folder_is_left_out(tmp_path):
    for name in ("lib/site-packages/course_lib", "lib/site-packages/numpy", "lib/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "lib64").symlink_to("lib")
    hidden = [tmp_path / "lib/site-packages/course_lib"]
    for name in ("lib", "lib64"):
        parts = [str(path.relative_to(tmp_path)) for path in without(tmp_path / name, hidden)]
        assert parts == [f"{name}/other", f"{name}/site-packages/numpy"]
    assert list(without(tmp_path / "lib/other", hidden)) == [tmp_path / "lib/other"]
