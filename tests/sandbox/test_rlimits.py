"""The resource limits: each is run into, and stays out of the way of what is allowed."""

import os

import pytest
from probing import USERS

from course_tools.answers.limits import Limits
from course_tools.sandbox import rlimits

SIZES = """
MB = 2**20
LIMITS = Limits(memory_mb=256, processes=5, file_mb=1, open_files=20)
"""
IMPORTS = f"""
import errno, mmap, os, resource, tempfile, threading, time
import numpy as np
from course_tools.sandbox import rlimits
from course_tools.answers.limits import Limits
{SIZES}
def code(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
"""
APPLY = "rlimits.apply(LIMITS, before)"


@pytest.fixture
def limited(interpreter, user):
    """Run lines within the limits, as a child does: measured before, applied as the user."""
    first = f"before = rlimits.in_use(shared_user={user is None})\n{APPLY}"
    return lambda lines: interpreter(lines, first=first, user=user)


@pytest.fixture
def limited_with_torch(torch_interpreter, user):
    """The same where torch is loaded."""
    first = f"{SIZES}\nbefore = rlimits.in_use(shared_user={user is None})\n{APPLY}"
    return lambda lines: torch_interpreter(lines, first=first, user=user)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("np.ones(40 * MB)", "MemoryError"),
        ("bytearray(300 * MB)", "MemoryError"),
        ("heap = [bytes(MB) for _ in range(300)]", "MemoryError"),
        ("mmap.mmap(-1, 300 * MB)", "OSError"),
        ("tempfile.TemporaryFile().write(bytes(2 * MB))", "OSError"),
        ("files = [os.open('/dev/null', os.O_RDONLY) for _ in range(20)]", "OSError"),
    ],
)
def test_too_much_is_an_exception(limited, lines, error):
    answer = limited(lines)
    assert (answer.error, answer.status) == (error, 0)


@pytest.mark.parametrize(
    "lines",
    [
        "np.ones(25 * MB)",
        "tempfile.TemporaryFile().write(bytes(MB // 2))",
        "threads = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(4)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]",
    ],
)
def test_what_is_allowed_can_be_had(limited, lines):
    answer = limited(lines)
    assert (answer.error, answer.status) == ("", 0)


def test_torch_is_held_to_the_same(limited_with_torch):
    answer = limited_with_torch("torch.ones(100 * MB)")
    assert (answer.error, answer.status) == ("RuntimeError", 0)


@pytest.mark.parametrize(
    "lines",
    [
        "torch.ones(50 * MB)",
        "x = torch.ones(300, 300, requires_grad=True); (x @ x).sum().backward()",
    ],
)
def test_what_torch_is_allowed_it_can_have(limited_with_torch, lines):
    answer = limited_with_torch(lines)
    assert (answer.error, answer.status) == ("", 0)


def test_limits_cannot_be_raised_again_without_privilege(interpreter):
    lines = "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))"
    first = "before = rlimits.in_use()\n" + APPLY
    user = USERS[-1]
    assert interpreter(lines, first=first, user=user).error == "ValueError"


def test_threads_are_bounded_for_an_ordinary_user(interpreter):
    lines = """
event = threading.Event()
result = 0
try:
    for _ in range(50):
        threading.Thread(target=event.wait, daemon=True).start()
        result += 1
except RuntimeError:
    pass
event.set()
"""
    first = f"before = rlimits.in_use(shared_user={os.geteuid() != 0})\n{APPLY}"
    started = interpreter(lines, first=first, user=USERS[-1]).result
    assert started == 4 or (os.geteuid() != 0 and started < 50)


def test_nothing_is_dumped_locked_or_queued(limited):
    answer = limited("""
kinds = [resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE]
result = [resource.getrlimit(kind) for kind in kinds]
""")
    assert answer.result == [[0, 0]] * 3


def test_a_limit_that_is_lower_already_stays(interpreter):
    """Of several hundred; the count of open files is the one that systems set."""
    lines = "result = resource.getrlimit(resource.RLIMIT_NOFILE)"
    first = "resource.setrlimit(resource.RLIMIT_NOFILE, (15, 15)); before = rlimits.in_use()\n"
    assert interpreter(lines, first=first + APPLY, user=USERS[-1]).result == [15, 15]


def test_it_counts_from_what_there_is(torch_interpreter):
    """The preloaded packages take more addresses than the limit is large."""
    lines = "before = rlimits.in_use(); result = [before.addresses // MB, before.data // MB]"
    addresses, data = torch_interpreter(lines, first=SIZES).result
    assert addresses > 256
    more = f"{SIZES}\nballast = np.ones(50 * MB)\n{lines}"
    assert torch_interpreter(more).result == [addresses + 400, data + 400]
    assert torch_interpreter("np.ones(25 * MB)", first=f"{more}\n{APPLY}").error == ""


def test_addresses_that_are_given_back_are_no_memory(interpreter):
    first = f"shared = mmap.mmap(-1, 300 * MB)\nbefore = rlimits.in_use()\n{APPLY}\nshared.close()"
    assert interpreter("np.ones(25 * MB)", first=first).error == ""
    assert interpreter("np.ones(40 * MB)", first=first).error == "MemoryError"


def test_by_default_it_looks_itself(interpreter):
    assert interpreter("np.ones(40 * MB)", first="rlimits.apply(LIMITS)").error == "MemoryError"
    assert interpreter("np.ones(25 * MB)", first="rlimits.apply(LIMITS)").error == ""


def test_processes_of_the_same_user_are_counted_when_they_share_it(interpreter):
    """Threads among them."""
    answer = interpreter(
        """
before = rlimits.in_use(shared_user=True).tasks
done = threading.Event()
for _ in range(20):
    threading.Thread(target=done.wait, daemon=True).start()
result = [rlimits.in_use().tasks, before, rlimits.in_use(shared_user=True).tasks]
done.set()
""",
        user=USERS[-1],
    )
    unasked, before, during = answer.result
    assert unasked == 0 < before
    assert 15 <= during - before <= 25  # where the user has other processes, they come and go


def test_the_report_names_each_limit():
    text = rlimits.in_force(Limits(memory_mb=7, processes=11, file_mb=13, open_files=17))
    assert all(str(number) in text for number in (7, 11, 13, 17))
