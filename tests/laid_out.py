"""Gradescope's folders, laid out as its platform does from a zip of ours."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

# A fresh environment sees the installed packages, but of course_lib only what the zip holds.
VENV = """#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
  "{python}" -m venv --without-pip "$3"
  echo "{packages}" >"$(echo "$3"/lib/python*/site-packages)/all.pth"
else
  exec "{python}" "$@"
fi
"""


def lay_out(archive: Path, home: Path) -> Path:
    """Unpack the zip into ``source``, copy ``run_autograder``, and run ``setup.sh`` for real.

    Only ``apt-get`` and the making of the virtual environment are replaced: there is no network.
    """
    source = home / "source"
    with zipfile.ZipFile(archive) as files:
        for info in files.infolist():
            files.extract(info, source)
            (source / info.filename).chmod(info.external_attr >> 16 & 0o777)
    shutil.copy(source / "run_autograder", home / "run_autograder")
    tools = home / "tools"
    tools.mkdir()
    packages = sysconfig.get_paths()["purelib"]
    replaced = {"apt-get": "#!/bin/sh\n", "python3": VENV}
    for name, text in replaced.items():
        text = text.replace("{python}", sys.executable).replace("{packages}", packages)
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    run([source / "setup.sh"], home, PATH=f"{tools}:{os.environ['PATH']}").check_returncode()
    return home


def run(command: list, home: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run one of the scripts as the platform does."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={**kept, "AUTOGRADER": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        umask=0o077,  # the strictest that somebody may have
    )


def submit(home: Path, files: dict[str, str | bytes], metadata: object = None) -> None:
    """Put a submission where the platform puts it, in place of the one before."""
    shutil.rmtree(home / "submission", ignore_errors=True)
    shutil.rmtree(home / "results", ignore_errors=True)
    (home / "submission").mkdir()
    for name, content in files.items():
        path = home / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (home / "submission_metadata.json").write_text(json.dumps(metadata))


def notebook(*cells: str) -> str:
    """A notebook of these code cells."""
    listed = [
        {
            "cell_type": "code",
            "source": text,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for text in cells
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
