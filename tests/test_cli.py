import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from course_lib.cli import main


def commands(group=main, path=()):
    """Every command below a group, with the words that reach it."""
    yield path, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            yield from commands(group.get_command(context, name), (*path, name))


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_has_help_with_an_example(path):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert f"Example: course {' '.join(path)}".rstrip() in shown.output


def test_help_does_not_load_the_heavy_packages():
    code = "import sys; from course_lib.cli import main; main(['--help'], standalone_mode=False); print(sorted({'torch', 'matplotlib', 'sphinx'} & sys.modules.keys()))"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_an_unknown_command_is_one_sentence():
    done = CliRunner().invoke(main, ["grde"])
    assert done.exit_code == 2
    assert "No such command 'grde'" in done.output
    assert "Traceback" not in done.output


def test_new_chapter_outside_the_project_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["new-chapter", "gating"])
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "_toc.yml" in done.output
