"""What a process read is known afterwards: modules, data, and that it started others."""

import json
import subprocess
import sys

import pytest

RUN = """
import json, sys
from course_tools.book import trace
trace.start()
{}
sys.path.insert(0, ".")
print(json.dumps(trace.read()))
"""


@pytest.fixture
def read(tmp_path):
    """Run some lines in a folder; what they read there, and whether that is everything."""
    (tmp_path / "first.py").write_text("def go():\n    import second\n    second.go()")
    (tmp_path / "second.py").write_text("def go():\n    open('data.csv').read()")
    (tmp_path / "data.csv").write_text("1")

    def run(lines):
        done = subprocess.run(
            [sys.executable, "-c", RUN.format(lines)],
            cwd=tmp_path,
            env={"PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"},
            capture_output=True,
            text=True,
            check=True,
        )
        paths = json.loads(done.stdout.splitlines()[-1])
        names = [path.removeprefix(f"{tmp_path}/") for path in paths if str(tmp_path) in path]
        return sorted(names), "*" in paths

    return run


def test_modules_are_seen_however_late_they_are_imported(read):
    assert read("import first") == (["first.py"], False)
    assert read("import first; first.go()") == (["data.csv", "first.py", "second.py"], False)


def test_a_compiled_module_counts_as_its_source(read):
    read("import first, second")  # compiles both
    assert read("import second") == (["second.py"], False)


@pytest.mark.parametrize(
    "line",
    [
        "open('data.csv', 'rb').close()",
        "import os; os.close(os.open('data.csv', os.O_RDONLY))",
        "import pathlib; pathlib.Path('data.csv').read_text()",
        "import numpy; numpy.loadtxt('data.csv')",
        "import os; os.mkdir('x'); os.chdir('x'); open('../data.csv').close()",
    ],
)
def test_data_are_seen_however_they_are_opened(read, line):
    assert read(line) == (["data.csv"], False)


def test_what_is_only_written_is_no_input(read):
    assert read("open('out.csv', 'w').close(); open('out.csv', 'a').close()") == ([], False)
    assert read("import os; os.close(os.open('o', os.O_WRONLY | os.O_CREAT))") == ([], False)


def test_to_ask_a_program_for_its_version_reads_nothing(read):
    assert read("import subprocess; subprocess.run(['true', '--version'])") == ([], False)
    assert read("import jupytext") == ([], False)  # it asks pandoc


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os\npid = os.fork()\nif not pid: os._exit(0)\nos.waitpid(pid, 0)",
        "import multiprocessing as m; p = m.get_context('fork').Process(); p.start(); p.join()",
    ],
)
def test_whoever_starts_a_process_may_have_read_everything(read, line):
    assert read(line)[1]
