"""The pins can be installed on every Python that the project promises."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PINS = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def test_each_pin_admits_the_oldest_python():
    """Debian 12 has 3.11.2, and a package that asks for 3.11.5 cannot be installed there."""
    oldest = re.fullmatch(r">=([\d.]+)", PROJECT["requires-python"])[1] + ".0"
    asked = {
        pin.name: importlib.metadata.metadata(pin.name).get("Requires-Python", "")
        for pin in PINS
        if pin.marker is None or pin.marker.evaluate()
    }
    assert len(asked) > 150
    assert {name: text for name, text in asked.items() if oldest not in SpecifierSet(text)} == {}
