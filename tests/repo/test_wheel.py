"""The wheel that ``pip install`` makes holds both packages, whole."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("course_lib", "course_tools")


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """The files of a wheel, built from a copy: the build leaves folders of its own behind."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", "wheel", "."], cwd=copy, check=True, timeout=300)
    (wheel,) = copy.glob("wheel/*.whl")
    with zipfile.ZipFile(wheel) as files:
        return set(files.namelist())


@pytest.mark.slow
def test_it_holds_every_file_of_both_packages(names):
    found = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    files = {str(p.relative_to(ROOT)) for p in found if "__pycache__" not in p.parts}
    assert {f"{name}/py.typed" for name in PACKAGES} <= files
    assert any("/templates/" in name for name in files)
    assert {name for name in names if ".dist-info/" not in name} == files


@pytest.mark.slow
def test_it_holds_nothing_beside_them(names):
    tops = {name.split("/")[0] for name in names}
    assert {name for name in tops if not name.endswith(".dist-info")} == set(PACKAGES)
