"""Code tried in forked children of one fresh interpreter, as a sandbox runs a student's.

``Probe`` starts the interpreter; each call forks it, takes another user's number if asked, runs
some lines, and tells what became of them.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
# As root, everything is tried a second time as a user without any rights. Limits count by user, so
# tests that run side by side need one each.
USERS = [None, "stranger"] if os.geteuid() == 0 else [None]
STRANGER = 20_000 + os.getpid() % 40_000


@dataclass(frozen=True)
class Answer:
    """What the lines left in ``result``, or the name of their exception; the exit status."""

    result: Any
    error: str
    status: int


class Probe:
    """An interpreter that has run ``imports`` and forks for each call."""

    def __init__(self, imports: str) -> None:
        command = [sys.executable, "-c", "import probing; probing.serve()"]
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._ask(imports)

    def __call__(self, lines: str, first: str = "", user: str | None = None) -> Answer:
        """Change to ``user``, run ``first``, then ``lines``, which may set ``result``."""
        set_user = f"probing.set_user({STRANGER})\n" if user is not None else ""
        return Answer(**self._ask({"code": f"{set_user}{first}\n{lines}"}))

    def _ask(self, message: Any) -> Any:
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


def set_user(user: int) -> None:
    """Take another user's number and lose every capability."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def serve() -> None:
    """The interpreter's side: imports first, then one child per line."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    names = {"probing": sys.modules[__name__]}
    exec(json.loads(sys.stdin.readline()), names)
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_in_a_child(json.loads(line)["code"], names)), file=answers, flush=True)


def _in_a_child(code: str, names: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        answer = {"result": None, "error": ""}
        try:
            exec(code, names)
            answer["result"] = names.get("result")
        except BaseException as error:
            answer["error"] = type(error).__name__
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    answer = json.loads(text) if text else {"result": None, "error": ""}
    return {**answer, "status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}
