"""The child: enters the sandbox, then runs one student's cells and calls one student's functions.

From the first cell on it is the student's process, and nothing that it sends is trusted: the
other side checks every frame and keeps the clock. It goes on answering after honest code has
changed modules or settings, so it holds what it needs before any student code runs.
"""

import builtins
import json
import os
import random
import sys
import tempfile
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from course_tools.answers.calls import CALLS
from course_tools.answers.values import NotSerializable, copied, pack, unpack
from course_tools.kit.attempt import (
    INSTALLED,
    cannot_take,
    changed_arguments,
    last_useful_line,
    never_started,
)
from course_tools.kit.cells import fresh_names, run_cell
from course_tools.sandbox import framing, import_blocker, landlock, namespaces, rlimits, seccomp
from course_tools.sandbox.config import SandboxConfig

# What the zygote runs; a student's cells find nothing of it.
OWN = [name for name in sys.modules if name.split(".")[0] == "course_tools"]
MAX_TEXT = 300
FAILED_TO_ENTER = 71
NO_MEMORY = ("can't allocate memory", "Cannot allocate memory")  # as torch words it
BUILTINS = {
    id(value): value.__name__
    for value in vars(builtins).values()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def run_child(
    config: SandboxConfig, package_copy: str, channel: int, scratch: Path, before: rlimits.InUse
) -> NoReturn:
    """Enter the sandbox, serve, and end the process, which was forked just now.

    Args:
        config: the zygote's.
        package_copy: folder with the copy of the library that this child may see.
        channel: descriptor of the socket to answer on.
        scratch: the temporary folder to make, at levels that mount none.
        before: what the zygote had in use.
    """
    status = FAILED_TO_ENTER
    try:
        library = _enter_sandbox(config, package_copy, channel, scratch, before)
        status = 0
        framing.write(channel, b"ready")
        _serve(channel, library)
    except framing.Closed:
        pass
    except BaseException as error:
        if status == FAILED_TO_ENTER:
            framing.write(channel, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(status)


def _enter_sandbox(
    config: SandboxConfig, package_copy: str, channel: int, scratch: Path, before: rlimits.InUse
) -> str:
    """Give up everything that this process does not need; return the folder of the library."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, channel)
    os.closerange(channel + 1, os.sysconf("SC_OPEN_MAX"))
    if config.level == "namespaces":
        namespaces.own_files(package_copy, (config.shown, "/proc"), config.limits.scratch_mb)
        package_copy = namespaces.LIBRARY
    rlimits.apply(config.limits, before)
    if config.user is not None:
        namespaces.set_user(config.user)
    if config.level != "namespaces":
        namespaces.die_with_parent()  # after the change of user, which would undo it
        scratch.mkdir(mode=0o755)
        os.chdir(scratch)
    here = os.getcwd()
    os.environ.update(HOME=here, TMPDIR=here)
    tempfile.tempdir = here  # the zygote's own may be remembered already
    if config.level != "none":
        namespaces.drop_capabilities()
        devices = [f"/dev/{name}" for name in namespaces.DEVICES]
        readable = (
            ["/"] if config.level == "namespaces" else [*config.readable, package_copy, *devices]
        )
        # where the scratch folder lies on the host's disk nothing bounds what it holds
        writable = ["/dev/null"] if config.level == "landlock" else [here, "/dev/null"]
        if landlock.available():
            landlock.restrict(readable, writable)
        seccomp.forbid(bytes.fromhex(config.filter))
    return package_copy


def _serve(channel: int, library: str) -> None:
    """Run the cells, then answer requests until the connection closes."""
    setup = json.loads(framing.read(channel))
    blocker = import_blocker.install(setup["blocked"])
    for name in OWN:
        del sys.modules[name]
    sys.path[0] = library
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 (students may still use it)
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    names = fresh_names(main.__dict__)
    answers = _Answers(channel, names, blocker, (*INSTALLED, library))
    for number, source in setup["cells"]:
        answers.run_cell(number, source)
    while True:
        answers.answer(unpack(framing.read(channel)))


class _Answers:
    """Runs cells and answers requests; holds its own references to all that it uses.

    Args:
        channel: descriptor of the socket to answer on.
        names: the namespace of the notebook.
        blocker: the import hook that this child has installed.
        installed: folders of installed packages, which are not the student's own code.
    """

    def __init__(
        self,
        channel: int,
        names: dict[str, Any],
        blocker: import_blocker.ImportBlocker,
        installed: tuple[str, ...],
    ):
        self.names, self.blocker, self.installed = names, blocker, installed
        write, self.pack = framing.write, pack
        self.send: Callable[..., None] = lambda frame: write(channel, frame)

    def run_cell(self, number: int, source: str) -> None:
        """Run one cell and send how it went."""
        cause, line = "value", ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run_cell(source, number, self.names)
        except BaseException as error:
            cause, _, line = self.explain(error)
        self.send(self.pack([number, cause, line, self._touched()]))

    def answer(self, request: dict[str, Any]) -> None:
        """Call a function on each of the inputs and send what came."""
        self.blocker.touched.clear()  # what the cells used has been sent
        for case, inputs in enumerate(request["inputs"]):
            head = [request["nonce"], case]
            cause, value, error, text, changed = self._attempt(request, inputs)
            try:
                frame = self.pack([*head, cause, value, error, text, changed, self._touched()])
            except NotSerializable as reason:
                frame = self.pack(
                    [*head, "unserializable", None, "", str(reason), [], self._touched()]
                )
            except BaseException as reason:
                cause, error, text = self.explain(reason)
                frame = self.pack([*head, cause, None, error, text, [], self._touched()])
            del value
            self.send(frame)

    def _attempt(self, request: dict[str, Any], inputs: tuple) -> tuple:
        """One call: (cause, value, error, text, changed arguments)."""
        try:
            function = self.names.get(request["function"])
            if not callable(function):
                return "missing", None, "", "", []
            if never_started(function):
                return "not started", None, "", "", []
            arguments, copies = request["arguments"], copied(inputs)
            if request["call"] != "without arguments":
                mismatch = cannot_take(function, copies, arguments)
                if mismatch:
                    return "error", None, "TypeError", mismatch[:MAX_TEXT], []
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = CALLS[request["call"]](function, *copies)
        except BaseException as error:
            cause, name, text = self.explain(error)
            return cause, None, name, text, []
        try:
            changed = list(changed_arguments(inputs, copies, arguments))
        except BaseException:  # an argument that can no longer be looked at has been changed
            changed = []
        return "value", value, "", "", changed

    def explain(self, error: BaseException) -> tuple[str, str, str]:
        """Cause, name of the exception, and one line; whatever the exception does."""
        kinds = type.__dict__["__mro__"].__get__(type(error))
        name = next(BUILTINS[id(kind)] for kind in kinds if id(kind) in BUILTINS)
        try:
            text = last_useful_line(error, self.installed)[:MAX_TEXT]
        except BaseException:
            text = name
        if any(kind is import_blocker.Blocked for kind in kinds):
            return "closed", "ImportError", text
        if name == "MemoryError" or (
            name == "RuntimeError" and any(words in text for words in NO_MEMORY)
        ):
            return "memory", "MemoryError", text
        return "error", name, text

    def _touched(self) -> list[str]:
        return sorted(self.blocker.touched)
