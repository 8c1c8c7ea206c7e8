"""The filter on system calls: each refusal tried, and each thing that honest code needs."""

import errno
import platform
import signal
import sys

import pytest

from course_tools.sandbox import seccomp

IMPORTS = """
import asyncio, ctypes, encodings.idna, fcntl, mmap, os, random, resource, secrets, signal, socket
import subprocess, tempfile, threading, time
import numpy as np
import pyseccomp
from course_tools.sandbox import seccomp
assert seccomp.available() == ""
libc = ctypes.CDLL(None, use_errno=True)

def call(name, *arguments):
    number = name
    if isinstance(name, str):
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        number = seccomp.RECENT.get(name, -1) if number == -1 else number
    if number < 0:
        return "not here"
    ctypes.set_errno(0)
    value = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return ctypes.get_errno() if value < 0 else 0
"""
FORBID = "seccomp.forbid()"


@pytest.fixture
def filtered(interpreter, user):
    """Run lines under the filter."""
    return lambda lines: interpreter(lines, first=FORBID, user=user)


def test_all_on_the_list_is_refused(filtered):
    """With arguments that would do no harm if it were not."""
    answer = filtered("""
names = " ".join(seccomp.FORBIDDEN.values()).split()
result = {name: call(name, *[-1] * 6) for name in names}
""")
    codes = answer.result
    assert len(codes) > 130
    assert {name for name, code in codes.items() if code not in (errno.EPERM, "not here")} == set()
    missing = {name for name, code in codes.items() if code == "not here"}
    assert missing.isdisjoint(["execve", "socket", "ptrace", "mount", "unshare", "memfd_create"])
    assert missing.isdisjoint(["io_uring_setup", "bpf", "fchmodat", "fchmodat2", "setxattrat"])
    assert "io_setup" in codes  # all processes of the machine share what it takes from


@pytest.mark.parametrize(
    "lines",
    [
        "os.fork()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['true'])",
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 1))",
        "os.kill(os.getppid(), 0)",
        "os.kill(0, 0)",
        "os.kill(-1, 0)",
        "os.kill(1, 0)",
        "signal.pidfd_send_signal(0, 0)",
        "os.chmod('/', 0o755)",
        "os.setsid()",
        "os.nice(0)",
        "os.sched_setaffinity(0, os.sched_getaffinity(0))",
        "os.symlink('/', '/tmp/link')",
        "os.memfd_create('x')",
        "os.setxattr('/', 'user.x', b'')",
        "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
        "fcntl.fcntl(0, 10, 9)",
        "fcntl.fcntl(os.open('/', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_ACCESS)",
        "fcntl.fcntl(0, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
        "fcntl.ioctl(0, 0x5412, b'x')",
        "asyncio.run(asyncio.sleep(0))",
        "seccomp.forbid()",
    ],
)
def test_python_gets_an_exception(filtered, lines):
    assert filtered(lines).error == "PermissionError"


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("clone", (17, 0, 0, 0, 0), errno.EPERM),
        ("clone3", (0, 0), errno.ENOSYS),
        ("prlimit64", (0, 4, "new", 0), errno.EPERM),
        ("prlimit64", ("parent", 4, "new", 0), errno.EPERM),
        ("tgkill", ("parent", "parent", 0), errno.EPERM),
        ("prctl", (1, 0, 0, 0, 0), errno.EPERM),
        ("fcntl", (0, 8 | 1 << 40, "parent"), errno.EPERM),  # the kernel drops the high half
        ("kill", ("parent high", 0), errno.EPERM),
        ("personality", (0,), errno.EPERM),
        ("ioctl", (0, 0x8901, "new"), errno.EPERM),
        ("ioctl", (0, 0x8912 | 1 << 40, "new"), errno.EPERM),
        ("ioctl", (0, 0x8927, "new"), errno.EPERM),
    ],
)
def test_arguments_are_looked_at(filtered, name, arguments, code):
    answer = filtered(f"""
limit = (ctypes.c_ulong * 2)(0, 0)
words = {{"new": ctypes.addressof(limit), "parent": os.getppid(),
         "parent high": os.getppid() | 1 << 32}}
result = call({name!r}, *[words.get(a, a) for a in {arguments!r}])
""")
    assert answer.result == code


def test_new_processes_stay_forbidden_by_another_road(filtered):
    """``os.system`` reports failure in its own way."""
    assert filtered("result = os.system('true')").result != 0


@pytest.mark.parametrize(
    "lines",
    [
        "box = []; t = threading.Thread(target=box.append, args=(1,)); t.start(); t.join()\n"
        "result = box == [1]",
        "a = np.random.default_rng(0).normal(size=(400, 400))\n"
        "result = bool(np.allclose(a @ np.linalg.inv(a), np.eye(400)))",
        "result = len(os.urandom(4) + secrets.token_bytes(4)) == 8 and random.random() < 1",
        "time.sleep(0.001); result = time.time() > 0 and time.perf_counter() > 0",
        "result = resource.getrlimit(resource.RLIMIT_AS)[0] != 0",
        "result = len(os.sched_getaffinity(0)) > 0 and os.isatty(0) is False",
        "f = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1); result = f(1) == 2",
        "hits = []; signal.signal(signal.SIGALRM, lambda *_: hits.append(1))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001); time.sleep(0.05); result = hits == [1]",
        "hits = []; signal.signal(signal.SIGUSR1, lambda *_: hits.append(1))\n"
        "os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGUSR1)\n"
        "result = hits == [1, 1]",
        "file = tempfile.TemporaryFile(); file.write(b'x'); file.flush(); os.fsync(file.fileno())\n"
        "file.seek(0); result = file.read() == b'x'",
        "m = mmap.mmap(-1, 4096); m[:1] = b'x'; result = m[:1] == b'x'",
        "result = fcntl.fcntl(0, fcntl.F_GETFD) >= 0 and len(os.listdir('/')) > 0",
    ],
)
def test_what_honest_code_needs_works(filtered, lines):
    answer = filtered(lines)
    assert (answer.error, answer.result, answer.status) == ("", True, 0)


def test_what_torch_needs_works(torch_interpreter, user):
    lines = """
torch.set_num_threads(2)
x = torch.randn(300, 300, requires_grad=True)
(x @ x).sum().backward()
result = bool(x.grad.isfinite().all())
"""
    answer = torch_interpreter(lines, first=FORBID, user=user)
    assert (answer.error, answer.result, answer.status) == ("", True, 0)


def test_compiled_modules_can_be_imported_late(interpreter):
    lines = "import sys; late = 'sqlite3' not in sys.modules; import sqlite3; result = late"
    assert interpreter(lines, first=FORBID).result is True


def test_abort_ends_as_it_always_does(filtered):
    assert filtered("os.abort()").status == -signal.SIGABRT
    assert filtered("os.kill(os.getpid(), signal.SIGKILL)").status == -signal.SIGKILL


def test_it_reaches_threads_and_needs_no_privilege(filtered):
    answer = filtered("""
box = []
def probe():
    try:
        os.fork()
    except OSError as error:
        box.append(error.errno)
thread = threading.Thread(target=probe); thread.start(); thread.join()
result = box
""")
    assert answer.result == [errno.EPERM]


if platform.machine() == "x86_64":

    def test_the_numbers_of_x32_are_no_way_around(filtered):
        assert filtered("result = call(0x40000000 | 39)").status == -signal.SIGSYS

    def test_the_door_of_i386_is_no_way_around(filtered):
        """A few bytes of machine code: getpid by ``int 0x80``."""
        answer = filtered(r"""
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page[:8] = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
result = ctypes.CFUNCTYPE(ctypes.c_int)(address)() == os.getpid()
""")
        assert answer.status in (-signal.SIGSYS, -signal.SIGSEGV)  # the latter: no such door


def test_without_the_filter_nothing_of_this_holds(interpreter):
    """The probes can fail."""
    assert (
        interpreter("socket.socket(); os.memfd_create('x'); os.kill(os.getppid(), 0)").error == ""
    )
    assert interpreter("result = call('clone3', 0, 0)").result == errno.EINVAL


def test_it_is_compiled_once_and_each_process_writes_its_number_into_it():
    assert seccomp.program() is seccomp.program()
    assert seccomp.SELF in seccomp.program()
    assert len(seccomp.program()) % 8 == 0


def test_a_system_without_it_is_told_why(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert seccomp.available() == "seccomp is a part of Linux"


def test_a_missing_package_is_named(monkeypatch):
    seccomp.program.cache_clear()
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    assert seccomp.available() == "the package pyseccomp is not installed"
