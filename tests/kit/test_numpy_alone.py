"""A student's install may hold numpy alone: the check needs no other package."""

import os
import subprocess
import sys
from pathlib import Path

from course_tools.exercises.release import write_kit

ROOT = Path(__file__).parents[2]

STUDENT = """
import sys
from importlib.metadata import packages_distributions

absent = set(packages_distributions()) - {"numpy", "course_lib", "course_tools"}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
try:
    import torch
except ModuleNotFoundError:
    print("no torch")
from course_tools.kit import checker

check = checker("small")

def scale(x, factor):
    return x * factor

print(check("scale"))

def scale(x, factor):
    return x + factor

print(check("scale"))
print(check.all())
"""


def test_the_check_runs_where_importing_anything_else_fails(small, tmp_path):
    write_kit(small, tmp_path, False)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", STUDENT],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    no_torch, right, *wrong = done.stdout.splitlines()
    assert no_torch == "no torch"
    assert "scale" in right
    assert "5 public cases" in right
    assert any("You add the factor; multiply by it." in line for line in wrong)
