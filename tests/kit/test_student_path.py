"""A student's way through an exercise set, from the kit to the last message."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from course_tools.cli import main
from course_tools.exercises.source import BEGIN, END, parse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "solutions" / "recurrence"


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        result = CliRunner().invoke(
            main, ["exercises", "release", "recurrence", "--out", str(folder)]
        )
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def kit(released, tmp_path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "kit"))


def solution(name: str) -> str:
    """A task's cell with its answer, without the markers."""
    cells = parse(SOLUTIONS / f"{name}.py")
    text = next(cell.text for cell in cells if cell.kind == "task")
    return "\n".join(line for line in text.splitlines() if line.strip() not in (BEGIN, END))


def fill(notebook: Path, answers: dict[str, str]) -> nbformat.NotebookNode:
    node = nbformat.read(notebook, as_version=4)
    for cell in node.cells:
        found = re.search(r"^def (\w+)\(", cell.source, re.M)
        if found and found[1] in answers:
            cell.source = answers[found[1]]
    nbformat.write(node, notebook)
    return node


def run(notebook: Path) -> dict[str, str]:
    """Execute in a real kernel; return the text of each check."""
    node = nbformat.read(notebook, as_version=4)
    client = NotebookClient(node, timeout=120, resources={"metadata": {"path": notebook.parent}})
    client.execute()
    return {
        cell.source: "".join(out.data["text/plain"] for out in cell.outputs if "data" in out)
        for cell in node.cells
        if cell.cell_type == "code" and "check" in cell.source
    }


ANSWERS = {
    "masked_mean": solution("masked_mean"),
    "join_directions": "def join_directions(hs_fw, hs_bw, lengths):\n    return hs_fw @ hs_bw",
    "fit_ar2": "def fit_ar2(series):\n    while True:\n        pass",
    "output_gradient": "def output_grad(W_hy, h, label):\n    return W_hy",
    "deltas": solution("deltas"),
    "product_norm": "def product_norm(factors):\n"
    "    return np.prod([np.linalg.norm(A, 2) for A in factors])",
}


def test_in_a_real_kernel_every_message_arrives(kit):
    """Right, wrong, failing, endless and misnamed answers and stubs, top to bottom, no crash."""
    cases = json.loads((kit / "recurrence.cases.json").read_text("utf-8"))
    for task in cases["tasks"]:
        task["seconds"] = 0.5
    (kit / "recurrence.cases.json").write_text(json.dumps(cases), "utf-8")
    fill(kit / "recurrence.ipynb", ANSWERS)
    said = run(kit / "recurrence.ipynb")
    tasks = {task["name"]: task for task in cases["tasks"]}
    right = f"✓ masked_mean: right (all {len(tasks['masked_mean']['cases'])} public cases"
    assert said['check("masked_mean")'].startswith(right)
    assert "ValueError" in said['check("join_directions")']
    assert "line 2 of its cell, `return hs_fw @ hs_bw`" in said['check("join_directions")']
    assert "0.5 seconds" in said['check("fit_ar2")']
    assert "Did you mean `output_grad`?" in said['check("output_gradient")']
    assert said['check("token_loss")'] == "○ token_loss: not started"
    assert said['check("deltas")'].startswith("✓")
    assert "This is the product of the norms" in said['check("product_norm")']
    assert "2 of 15 tasks right" in said["check.all()"]


def test_the_exercise_notebook_runs_unfilled(kit, course):
    """Untouched, in the shell: nothing fails, every task is simply not started."""
    result = course("check", kit / "recurrence.ipynb")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert all("not started" in line for line in lines[:-1])
    assert lines[-1] == "0 of 15 tasks right on the public cases, 0 of 35 points"


def test_with_all_answers_filled_in_the_shell_gives_all_points(kit, course):
    names = [file.stem for file in SOLUTIONS.glob("*.py")]
    fill(kit / "recurrence.ipynb", {name: solution(name) for name in names})
    result = course("check", kit / "recurrence.ipynb")
    assert "15 of 15 tasks right on the public cases, 35 of 35 points" in result.output


def test_the_shell_survives_cells_that_fail_and_magics(kit, course):
    node = nbformat.read(kit / "recurrence.ipynb", as_version=4)
    for source in ("%matplotlib inline", "!ls", "1 / 0", "def broken(:", "raise SystemExit"):
        node.cells.insert(3, nbformat.v4.new_code_cell(source))
    node.cells.append(nbformat.v4.new_code_cell(solution("masked_mean")))
    nbformat.write(node, kit / "renamed.ipynb")
    result = course("check", kit / "renamed.ipynb", "--task", "masked_mean")
    assert result.exit_code == 0, result.output
    assert result.output.count("! code cell") == 3
    assert "ZeroDivisionError" in result.output
    assert "✓ masked_mean" in result.output


def test_a_kit_holds_three_files_and_nothing_else(kit):
    files = sorted(path.name for path in kit.rglob("*"))
    assert files == ["README.txt", "recurrence.cases.json", "recurrence.ipynb"]
