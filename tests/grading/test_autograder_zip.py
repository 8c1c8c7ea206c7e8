"""The zip for Gradescope: all that grading needs, nothing else, the same bytes every time."""

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from small_set import SMALL

from course_tools.exercises.source import write_set
from course_tools.grading.autograder_zip import LEFT_OUT, build_zip, needed_modules, pinned
from course_tools.reports.exports import ExportError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = build_zip("recurrence", ROOT, tmp_path_factory.mktemp("zip") / "a.zip", seed=7)
    with zipfile.ZipFile(path) as files:
        yield files


def test_the_same_zip_comes_out_twice_and_another_seed_is_drawn_if_none_is_given(tmp_path):
    (tmp_path / "solutions").mkdir()
    write_set(tmp_path / "solutions" / "small", SMALL)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    first, again = (
        build_zip("small", tmp_path, tmp_path / name, seed=7) for name in ("a.zip", "b.zip")
    )
    assert again.read_bytes() == first.read_bytes()
    seeds = set()
    for name in ("c.zip", "d.zip"):
        with zipfile.ZipFile(build_zip("small", tmp_path, tmp_path / name)) as files:
            seeds.add(int(files.read("seed")))
    assert len(seeds) == 2


def test_scripts_lie_at_the_root_and_can_be_run_and_the_seed_is_roots_alone(archive):
    modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert modes["run_autograder"] == modes["setup.sh"] == 0o755
    assert modes["seed"] == 0o600
    assert not any(name.startswith(("/", ".")) or ".." in name for name in modes)


def test_scripts_are_sound_bash(archive, tmp_path):
    for name in ("run_autograder", "setup.sh"):
        (tmp_path / name).write_bytes(archive.read(name))
        done = subprocess.run(["bash", "-n", tmp_path / name], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_holds_engine_library_and_solutions_and_no_more(archive):
    names = set(archive.namelist())
    assert {
        "solutions/recurrence/deltas.py",
        "solutions/recurrence/set.yml",
        "autograder.json",
        "requirements.txt",
    } <= names
    assert {"course_tools/grading/judge.py", "course_tools/sandbox/child.py"} <= names
    assert "course_lib/recurrent/srn_torch.py" in names
    for stranger in ("course_tools/book/", "course_tools/reports/pages.py", "course_tools/cli.py"):
        assert not any(name.startswith(stranger) for name in names)
    assert not any("test" in name.lower() or name.endswith(".ipynb") for name in names)


def test_every_module_that_an_import_names_is_in_it(archive):
    names = set(archive.namelist())
    for name in sorted(names):
        if name.startswith("course_") and name.endswith(".py"):
            for node in ast.walk(ast.parse(archive.read(name))):
                module = getattr(node, "module", None) or ""
                if module.startswith("course_") and module not in LEFT_OUT:
                    path = module.replace(".", "/")
                    assert {f"{path}.py", f"{path}/__init__.py"} & names, (name, module)


def test_pins_are_those_of_the_course_and_all_that_grading_needs(archive):
    lines = archive.read("requirements.txt").decode().split()
    pins = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines}
    assert set(lines) <= set((ROOT / "requirements.txt").read_text("utf-8").split())
    needed = {"numpy", "torch", "ipython", "pyseccomp", "pyyaml", "sympy", "traitlets"}
    assert needed <= pins
    assert not {"jupytext", "jupyterlab", "sphinx", "pytest", "distributed", "playwright"} & pins


def test_pins_follow_what_packages_need_in_turn():
    text = "# head\nnumpy==2.0\nSciPy==1.0\nclick==8\n"
    assert pinned({"click"}, text) == ["click==8"]
    assert pinned({"scipy"}, text) == ["SciPy==1.0", "numpy==2.0"]


def test_imports_inside_functions_are_followed():
    found, others = needed_modules(["course_tools.answers.calls"])
    assert set(found) >= {"course_tools", "course_tools.answers", "course_tools.answers.calls"}
    assert "course_tools.exercises.verify" not in found
    assert {"numpy", "torch"} <= others


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "nothing"}, "expected one in .* \\(there are: .*recurrence.*\\), got 'nothing'"),
        ({"name": "../solutions/recurrence"}, "exercise: expected one in"),
        ({"root": Path("/nowhere")}, "exercise: expected one in .*there are: none"),
        ({"isolation": "docker"}, "expected one of .*, got 'docker'"),
    ],
)
def test_what_cannot_be_packed_is_said_in_one_sentence(change, sentence, tmp_path):
    given = {"name": "recurrence", "root": ROOT, "out": tmp_path / "a.zip", **change}
    with pytest.raises(ExportError, match=sentence):
        build_zip(given.pop("name"), given.pop("root"), given.pop("out"), **given)
    assert sys.modules["course_lib"]
    assert not any(tmp_path.iterdir())
