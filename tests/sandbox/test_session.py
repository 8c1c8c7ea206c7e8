import builtins
import itertools
import os
import select
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from course_tools.answers.limits import Limits
from course_tools.sandbox.fork_server import ForkServer, SandboxError
from course_tools.sandbox.requests import Request
from course_tools.sandbox.session import Sandbox, _Submission

DOUBLE = "def double(x):\n    return 2 * x"
HEADS, TAGGING = "course_lib.sequences.heads", "course_lib.sequences.tagging"


def ask(function, *inputs, seconds=30.0, **options) -> Request:
    given = {"arguments": ("x",), "seconds": seconds, **options}
    return Request(function, tuple((x,) for x in inputs), **given)


def causes(run) -> list[list[str]]:
    return [[outcome.cause for outcome in outcomes] for outcomes in run.outcomes]


PLAIN = [
    None,
    True,
    -(10**30),
    2.5,
    float("inf"),
    "ß 漢",
    [1, (2, "three")],
    {"a": 1, (1, 2): None},
    np.arange(6, dtype=np.int16).reshape(2, 3),
    np.array([1 + 2j]),
    np.zeros((0, 3)),
    torch.arange(3.0),
]


def test_every_plain_kind_comes_back_as_it_went(with_torch):
    run = with_torch.run(["def same(x):\n    return x"], [ask("same", *PLAIN)])
    for sent, outcome in zip(PLAIN, run.outcomes[0], strict=True):
        assert outcome.cause == "value"
        assert type(outcome.value) is type(sent)
        assert repr(outcome.value) == repr(sent)
    assert run.children == 1


def test_what_is_not_plain_is_named(sandbox):
    for text in ("object()", "np.array([None])", "lambda: 0", "{1, 2}", "(x for x in 'ab')"):
        run = sandbox.run([f"import numpy as np\ndef f(x): return {text}"], [ask("f", 1)])
        assert causes(run) == [["unserializable"]]


def test_all_answers_to_one_request_share_the_room_of_one(sandbox):
    """They are kept until all are judged: ninety of them could fill the memory."""
    cells = ["def much(x):\n    return 'x' * 1_500_000", DOUBLE]
    run = sandbox.run(cells, [ask("much", 1, 2, 3, 4), ask("double", 3)])
    assert causes(run) == [["value", "value", "unserializable"], ["value"]]
    assert run.outcomes[0][-1].text == "the answers to all cases together are larger than 4 MB"


def test_a_changed_argument_is_named_and_stays(sandbox):
    cells = ["def clear(x):\n    x[:] = 0\n    return x.sum()"]
    x = np.ones(2)
    run = sandbox.run(cells, [ask("clear", x, x)])
    assert [outcome.mutated for outcome in run.outcomes[0]] == [("x",), ("x",)]
    assert x.tolist() == [1, 1]


def test_one_bad_cell_costs_no_more_than_itself(sandbox):
    cells = ["1 / 0", "def f(:", "import sys; sys.exit()", "raise KeyboardInterrupt", DOUBLE]
    run = sandbox.run(cells, [ask("double", 3)])
    assert run.outcomes[0][0].value == 6
    assert [line[:12] for line in run.cell_failures] == [f"code cell {n}:" for n in (1, 2, 3, 4)]
    assert "line 1 of its cell, `1 / 0`" in run.cell_failures[0]
    assert run.children == 1


def test_cells_that_end_the_process_are_left_out_and_the_others_run_again(sandbox, monkeypatch):
    monkeypatch.setattr(sandbox, "limits", replace(sandbox.limits, cell_seconds=2))
    cells = ["a = 1", "import os; os._exit(3)", "while True: pass", "b = a + 1", DOUBLE]
    cells += ["def both(x):\n    return a, b"]
    run = sandbox.run(cells, [ask("both", 0), ask("double", 4)])
    assert run.outcomes[0][0].value == (1, 2)
    assert run.outcomes[1][0].value == 8
    assert run.cell_failures == (
        "code cell 2: ended with exit status 3",
        "code cell 3: still running after 2 seconds",
    )
    assert run.children == 3


MAGIC = ["%%time", "%%timeit -n 1", "%%capture out", "%%prun", "%%time\n%%capture"]


def test_a_cell_under_a_magic_about_python_keeps_what_it_defines(sandbox):
    cells = [f"{magic}\ndef f{n}(x):\n    return {n} * x" for n, magic in enumerate(MAGIC)]
    cells += [DOUBLE, "%time y = double(4)", "def line(x):\n    return y + x"]
    asked = [ask(f"f{n}", 3) for n in range(len(MAGIC))]
    run = sandbox.run(cells, [*asked, ask("line", 1)])
    assert run.cell_failures == ()
    assert [outcomes[0].value for outcomes in run.outcomes] == [0, 3, 6, 9, 12, 9]


BLOCKED = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))"
CAUGHT = "while True:\n        try:\n            while True: pass\n        except: pass"
ENDS = {
    "while True: pass": "slow",
    "import time; time.sleep(60)": "slow",
    f"{BLOCKED}\n    while True: pass": "slow",
    CAUGHT: "slow",
    "import os; os._exit(0)": "crashed",
    "import ctypes; ctypes.string_at(0)": "crashed",
    "import os; os.abort()": "crashed",
    "import os; os.closerange(0, 100)": "crashed",
    "import os; os.closerange(0, 100)\n    while True: pass": "protocol",
    "x = bytearray(4 * 2**30)": "memory",
    "x = [0] * 10**6\n    while True: x = x + x": "memory",
    "import numpy as np; return np.ones(10**9)": "memory",
}


@pytest.mark.parametrize("body", ENDS, ids=lambda body: body.replace("\n", ";")[:30])
def test_a_call_that_ends_its_process_costs_one_request(sandbox, body):
    costs_one_request(sandbox, body, ENDS[body])


def test_a_call_that_takes_too_much_memory_by_torch_costs_one_request(with_torch):
    costs_one_request(with_torch, "import torch; return torch.ones(10**9)", "memory")


def costs_one_request(box, body, cause):
    cells = [f"def f(x):\n    {body}", DOUBLE]
    requests = [
        ask("double", 1),
        ask("f", 1, 2, seconds=0.5 if cause == "slow" else 30.0),
        ask("double", 3, 4),
    ]
    run = box.run(cells, requests)
    assert causes(run) == [["value"], [cause], ["value", "value"]]
    assert [outcome.value for outcome in run.outcomes[2]] == [6, 8]
    assert run.children == 2
    assert run.cell_failures == ()


def test_exceptions_carry_the_nearest_builtin_name(with_torch):
    bodies = {
        "1 / 0": "ZeroDivisionError",
        "raise SystemExit(0)": "SystemExit",
        "raise KeyboardInterrupt": "KeyboardInterrupt",
        "import numpy as np; np.linalg.inv(np.zeros((2, 2)))": "ValueError",
        "import torch; torch.ones(2) @ torch.ones(3)": "RuntimeError",
        "raise type('Own', (BaseException,), {})('word ' * 200)": "BaseException",
        "raise type('ValueError', (Exception,), {'__module__': 'builtins'})": "Exception",
        "return x / object()": "TypeError",
    }
    cells = [f"def f{i}(x):\n    {body}" for i, body in enumerate(bodies)]
    run = with_torch.run(cells, [ask(f"f{i}", 1) for i in range(len(bodies))])
    assert causes(run) == [["error"]] * len(bodies)
    assert [outcomes[0].error for outcomes in run.outcomes] == list(bodies.values())
    assert max(len(outcomes[0].text) for outcomes in run.outcomes) <= 300
    assert run.children == 1


def test_functions_that_are_not_there(sandbox):
    cells = ["g = 3", "def new(x):\n    '''Doc.'''\n    ...", "def two(x, y): return x"]
    run = sandbox.run(cells, [ask(name, 1) for name in ("f", "g", "new", "two")])
    assert causes(run) == [["missing"], ["missing"], ["not started"], ["error"]]
    assert run.outcomes[3][0].error == "TypeError"
    assert "it must be called with (x)" in run.outcomes[3][0].text


def test_the_ways_of_calling(with_torch):
    cells = ["def f(*x):\n    return len(x)", "def square(x):\n    return x @ x"]
    requests = [
        Request("f", (([1, 2],),), call="without arguments"),
        Request("f", (([1, 2],),), call="on each"),
        Request("square", ((np.array([1.0, 2.0]),),), call="with gradient", arguments=("x",)),
    ]
    run = with_torch.run(cells, requests)
    assert [outcomes[0].value for outcomes in run.outcomes[:2]] == [0, [1, 1]]
    value, gradient = run.outcomes[2][0].value
    assert (value.item(), gradient.tolist()) == (5.0, [2.0, 4.0])


def test_output_goes_nowhere_and_input_is_empty(sandbox, capfd):
    cells = ["print('x' * 50_000_000)", "import os; os.write(2, b'noise')", "a = input()", DOUBLE]
    run = sandbox.run(cells, [ask("double", 1)])
    assert run.outcomes[0][0].value == 2
    assert [line.split(" (")[0] for line in run.cell_failures] == [
        "code cell 3: EOFError: EOF when reading a line"
    ]
    assert capfd.readouterr() == ("", "")


def test_a_reply_that_is_too_large_is_not_read(sandbox):
    cells = ["import numpy as np\ndef f(x):\n    return np.zeros(x)", DOUBLE]
    run = sandbox.run(cells, [ask("f", 10, 10**6), ask("double", 1)])
    assert causes(run) == [["value", "protocol"], ["value"]]


FORGER = """
import os, struct
def channel():
    for number in range(3, 100):
        try:
            os.fstat(number)
            return number
        except OSError:
            pass
def send(data):
    os.write(channel(), struct.pack("<Q", len(data)) + data)
"""
FORGED = {
    "garbage": "send(b'garbage')",
    "nothing": "send(b'')",
    "too long": "os.write(channel(), b'\\xff' * 8)",
    "deep": "send(b'crs1' + struct.pack('<I', 200000) + b'[' * 200000)",
    "half a frame": "os.write(channel(), struct.pack('<Q', 100) + b'half'); os._exit(0)",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_frame_is_an_outcome(sandbox, name):
    cells = [FORGER, f"def f(x):\n    {FORGED[name]}\n    return x", DOUBLE]
    run = sandbox.run(cells, [ask("f", 1, 2), ask("double", 1)])
    expected = "crashed" if name == "half a frame" else "protocol"
    assert causes(run) == [[expected], ["value"]]


def test_a_reply_ahead_of_its_request_is_an_outcome(sandbox):
    """Answers to a question that has not been put yet."""
    steal = """
import sys
def f(x):
    frame = sys._getframe()
    while "head" not in frame.f_locals:
        frame = frame.f_back
    pack, nonce = frame.f_locals["self"].pack, frame.f_locals["head"][0]
    for number in (nonce, nonce):
        send(pack([number, 0, "value", 2, "", "", [], []]))
    return 2
"""
    run = sandbox.run([FORGER, steal, DOUBLE], [ask("f", 1), ask("double", 1), ask("double", 5)])
    assert causes(run) == [["value"], ["protocol"], ["value"]]
    assert run.outcomes[2][0].value == 10


def test_a_frame_forged_in_a_cell_is_a_failed_cell(sandbox):
    run = sandbox.run([FORGER, "send(b'garbage')", DOUBLE], [ask("double", 1)])
    assert run.cell_failures == ("code cell 2: not a packed value",)
    assert run.outcomes[0][0].value == 2


@pytest.fixture
def time_is_up_after(monkeypatch):
    """Soon after so many replies the time for the notebook is up, however long they took."""

    def allow(replies):
        read, begun = _Submission._read, itertools.count()

        def counted(submission, child, seconds, limit):
            if next(begun) >= replies:
                submission.deadline = time.monotonic() + 0.2
            return read(submission, child, seconds, limit)

        monkeypatch.setattr(_Submission, "_read", counted)

    return allow


@pytest.fixture
def bare(sandboxes) -> Sandbox:
    """A sandbox that isolates nothing, and whose zygote starts soonest."""
    return sandboxes("none", ())


def test_the_whole_notebook_has_a_time_limit(bare, time_is_up_after):
    time_is_up_after(replies=1)
    cells = [DOUBLE, "while True: pass", "while True: pass"]
    run = bare.run(cells, [ask("double", 1), ask("double", 1, 2)])
    assert causes(run) == [["slow"], ["slow"]]
    assert "the whole notebook" in run.cell_failures[0]


def test_no_cell_is_blamed_where_time_was_up_before(bare, monkeypatch):
    fork = ForkServer.fork
    monkeypatch.setattr(ForkServer, "fork", lambda *given: (fork(*given), time.sleep(0.3))[0])
    monkeypatch.setattr(bare, "limits", Limits(total_seconds=0.2))
    run = bare.run([DOUBLE], [ask("double", 1)])
    assert causes(run) == [["slow"]]
    assert run.cell_failures == ()


def test_an_answer_before_time_was_up_is_kept(bare, time_is_up_after):
    time_is_up_after(replies=4)  # to two cells and two calls
    cells = [DOUBLE, "def f(x):\n    while x: pass"]
    run = bare.run(cells, [ask("double", 1), ask("f", 0, 1), ask("double", 1)])
    assert causes(run) == [["value"], ["value", "slow"], ["slow"]]


def test_honest_code_that_bends_things_is_answered_all_the_same(with_torch):
    cells = [
        "import sys, os, warnings, numpy as np, torch",
        "sys.setrecursionlimit(120); warnings.simplefilter('error'); np.seterr(all='raise')",
        "sys.stdout = sys.stderr = None; torch.set_default_dtype(torch.float64)",
        "list = [1]; len = 3; str = type = None",
        "import builtins; del builtins.len",
        "def f(x): return torch.ones(2) * x",
    ]
    run = with_torch.run(cells, [ask("f", 1)])
    assert run.outcomes[0][0].value.dtype is torch.float64


def test_two_runs_draw_the_same_numbers(with_torch):
    cells = ["import random, numpy as np, torch"]
    cells += ["def f(x): return random.random(), np.random.rand(), torch.rand(1).item(), hash('a')"]
    runs = [with_torch.run(cells, [ask("f", 1)]) for _ in range(2)]
    assert runs[0].outcomes == runs[1].outcomes


def test_no_requests_still_run_the_cells(sandbox):
    assert sandbox.run(["1 / 0"], []).cell_failures[0].startswith("code cell 1: ZeroDivisionError")


def test_inputs_that_are_not_plain_are_the_callers_mistake(sandbox):
    with pytest.raises(ValueError, match="inputs of double"):
        sandbox.run([DOUBLE], [ask("double", object())])


# --- blocked modules ---

BLOCKED_MODULES = frozenset([HEADS])
IMPORT = f"from {HEADS} import mean_state"
USE = "def f(x):\n    return mean_state(x, x)"


def test_importing_a_blocked_module_costs_nothing_and_using_it_says_why(sandbox):
    run = sandbox.run(
        [IMPORT, DOUBLE, USE], [ask("double", 1), ask("f", 1, blocked=BLOCKED_MODULES)]
    )
    assert run.cell_failures == ()
    assert causes(run) == [["value"], ["closed"]]
    assert f"{HEADS} holds the nearest answer and is blocked while f is graded" in (
        run.outcomes[1][0].text
    )


def test_a_module_that_is_blocked_for_another_task_is_there_in_a_second_try(sandbox):
    cells = [
        f"from {HEADS} import last_state",
        "import numpy as np\ndef f(x):\n    return last_state(x, np.array([[True]]))",
        "table = f(np.ones((1, 1, 2)))",
        "def g(x):\n    return table[0]",
        DOUBLE,
    ]
    x = np.ones((1, 1, 2))
    requests = [
        ask("double", 1, blocked=BLOCKED_MODULES),
        ask("f", x),
        ask("g", 1),
        ask("double", 2),
    ]
    run = sandbox.run(cells, requests)
    assert causes(run) == [["value"], ["value"], ["value"], ["value"]]
    assert "blocked while double is graded" in run.cell_failures[0]


def test_runs_that_ask_this_or_that_share_the_copy_in_which_all_is_blocked(sandbox):
    """A module blocked for a task that is not asked for is there in a second try, as ever."""
    lags = frozenset(["course_lib.gradient_flow.lags"])
    text = f"from {HEADS} import last_state\ndef f(x):\n    return last_state(x, x[:, :, 0] > 0)"
    x = np.ones((1, 1, 2))
    sandbox.run([DOUBLE], [ask("double", 1)], BLOCKED_MODULES | lags)
    made = len(sandbox.copies._copies)
    for request in (ask("double", 1, blocked=BLOCKED_MODULES), ask("double", 1, blocked=lags)):
        run = sandbox.run([DOUBLE], [request], BLOCKED_MODULES | lags)
        assert (causes(run), run.children) == ([["value"]], 1)
    assert len(sandbox.copies._copies) == made
    run = sandbox.run([text], [ask("f", x)], BLOCKED_MODULES | lags)
    assert (causes(run), run.children) == ([["value"]], 2)


@pytest.mark.parametrize(
    "look",
    [
        "open(__import__('course_lib').__path__[0] + '/sequences/heads.py').read()",
        "__import__('importlib.util').util.find_spec('course_lib.sequences.heads').loader.get_source('')",
        "[p for p in __import__('sys').modules if 'heads' in p][0]",
        "[str(p) for p in __import__('pathlib').Path('/tmp').rglob('heads.*')][0]",
        "[str(p) for p in __import__('pathlib').Path(course_lib.__path__[0]).rglob('heads.*')][0]",
    ],
)
def test_a_blocked_file_is_not_to_be_found(confined, answer, look):
    outcome = answer(
        confined, f"import course_lib\ndef f(x):\n    return {look}", 1, blocked=BLOCKED_MODULES
    )
    assert outcome.cause == "error", outcome


def test_what_another_submission_may_see_is_not_to_be_seen(confined, answer):
    """The copy in which nothing is blocked lies beside the one in which something is."""
    answer(confined, f"import {HEADS}\ndef f(x): return {HEADS}.__file__", 1)
    where = confined.copies.without(frozenset())
    text = f"def f(x):\n    import os\n    return os.listdir({str(where)!r})"
    assert answer(confined, text, 1, blocked=BLOCKED_MODULES).cause == "error"


def test_a_blocked_module_that_does_not_exist_is_refused(sandbox):
    with pytest.raises(ValueError, match=r"modules of course_lib, got 'course_lib\.nothing'"):
        sandbox.run([DOUBLE], [ask("double", 1, blocked=frozenset(["course_lib.nothing"]))])


def test_the_students_check_is_there_and_does_nothing(sandbox):
    cells = [
        "from course_tools.kit.check import checker\ncheck = checker('recurrence')\ncheck",
        "check('masked_mean'); check.all(); assert check('f').passed",
    ]
    assert sandbox.run(cells, []).cell_failures == ()


def test_the_tools_are_not_in_the_library(sandbox):
    tools = ("gradebook.book", "book.equation_index", "exercises.verify", "sandbox.session", "cli")
    for module in tools:
        for package in ("course_lib", "course_tools"):
            (line,) = sandbox.run([f"import {package}.{module}"], []).cell_failures
            assert "ModuleNotFoundError" in line


# --- what is out of reach ---

OUTSIDE = Path(__file__).resolve()
READS = ["/etc/shadow", "/etc/passwd", "/proc/1/environ", "/proc/self/environ", "/root", "/work"]
READS += [
    "/proc",
    "/home",
    str(OUTSIDE),
    str(OUTSIDE.parents[2] / "solutions"),
    "/sys/kernel",
    "/dev",
]


@pytest.mark.parametrize("path", READS)
def test_files_of_the_host_are_out_of_reach(confined, answer, path):
    text = (
        "import os\ndef f(path):\n    try:\n        return open(path).read()\n"
        "    except IsADirectoryError:\n        return os.listdir(path)"
    )
    outcome = answer(confined, text, path)
    if outcome.cause == "value":  # a folder on the way to Python's own, or of a few devices
        assert set(outcome.value) <= {"main", ".pyenv", "null", "zero", "full", "random", "urandom"}
    else:
        assert outcome.error in ("FileNotFoundError", "PermissionError")


def test_a_child_has_no_rights_and_nobodys_name(confined, answer):
    text = (
        "import ctypes, os\ndef f(x):\n    rights = (ctypes.c_uint32 * 6)()\n"
        "    head = (ctypes.c_uint32 * 2)(0x20080522, 0)\n"
        "    code = ctypes.CDLL(None).capget(head, rights)\n"
        "    return code, list(rights), os.getresuid(), os.getgroups()"
    )
    code, rights, users, groups = answer(confined, text, 1).value
    assert (code, rights) == (0, [0] * 6)
    if os.geteuid() == 0 and confined.level != "landlock":
        assert min(users) >= 61000
        assert groups == []


ESCAPES = {
    "socket": "import socket; socket.create_connection(('127.0.0.1', 22), 0.2)",
    "fork": "import os; os.fork()",
    "a program": "import subprocess; subprocess.run(['/bin/true'])",
    "a file outside": "open('/usr/lib/x', 'w')",
    "a package": "import numpy; open(numpy.__file__, 'a')",
    "the library": "import course_lib; open(course_lib.__file__, 'a')",
    "root": "import os; os.setuid(0)",
    "kill the parent": "import os; os.kill(os.getppid() or 1 << 20, 9)",
    "kill all": "import os; os.kill(-1, 9)",
    "kill a neighbour": f"import os; os.kill({os.getpid()}, 9)",
    "a large file": "open('x', 'wb').write(bytes(3 * 2**20))",
    "many files": "kept = [open('/dev/null') for _ in range(100)]",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_a_way_out_is_an_error(confined, answer, name):
    outcome = answer(confined, f"def f(x):\n    {ESCAPES[name]}", 1)
    assert outcome.cause == "error"
    assert issubclass(getattr(builtins, outcome.error), OSError), outcome


def test_files_go_with_their_child(sandbox, answer):
    write = "def f(x):\n    import os, tempfile\n    os.makedirs('a/b', mode=0o300)\n"
    write += "    open('a/b/left', 'w').write('x')\n    open(tempfile.mkstemp()[1], 'w')\n"
    write += "    return os.getcwd()"
    where = answer(sandbox, write, 1)
    if sandbox.level == "landlock":  # on the host's disk, so there is nothing to write to
        assert where.error == "PermissionError"
        return
    assert where.cause == "value", where
    look = "def f(x):\n    import os\n    return os.listdir('.'), os.path.exists(x)"
    assert answer(sandbox, look, where.value).value == ([], sandbox.level == "namespaces")


@pytest.mark.slow
def test_nothing_is_left_running(bare, answer):
    """Without isolation a child may start processes, and end before them."""
    text = (
        "import os, time\ndef f(x):\n    if (process := os.fork()):\n        return process\n"
        "    os.setsid()\n    if os.fork() == 0: time.sleep(60)\n    time.sleep(60)"
    )
    process = answer(bare, text, 1).value
    answer(bare, DOUBLE.replace("double", "f"), 1)
    assert not Path(f"/proc/{process}").exists()


def test_threads_are_allowed_and_end_with_their_child(sandbox, answer):
    text = (
        "import threading, time\ndef f(x):\n    out = []\n"
        "    thread = threading.Thread(target=out.append, args=(x,))\n    thread.start()\n"
        "    thread.join()\n    threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "    return out"
    )
    assert answer(sandbox, text, 7).value == [7]


# --- the fork server ---


def test_a_dead_zygote_is_replaced_and_the_submission_tried_again(bare, tmp_path):
    text = "import os\ndef f(x):\n    if not os.path.exists(x):\n        open(x, 'w')\n"
    text += "        os.kill(os.getppid(), 9)\n        import time; time.sleep(9)\n    return 1"
    before = bare.restarts
    run = bare.run([text], [ask("f", str(tmp_path / "tried"))])
    assert run.outcomes[0][0].value == 1
    assert bare.restarts == before + 1


def test_a_notebook_that_ends_the_zygote_each_time_has_crashed(bare):
    text = "import os\ndef f(x):\n    os.kill(os.getppid(), 9)\n    while True: pass"
    requests = [ask("double", 1), ask("f", 1), ask("double", 1)]
    before = bare.restarts
    run = bare.run([DOUBLE, text], requests)
    assert causes(run) == [["value"], ["crashed"], ["crashed"]]
    assert bare.restarts == before + 2
    assert bare.run([DOUBLE], [ask("double", 1)]).outcomes[0][0].value == 2


@pytest.mark.slow
def test_a_zygote_killed_between_submissions_is_replaced(confined):
    before = confined.restarts
    os.kill(confined._server._process.pid, 9)
    # What bubblewrap holds ends a moment after bubblewrap, and may still answer until then.
    hang_up = select.poll()
    hang_up.register(confined._server._control, 0)
    assert hang_up.poll(60_000)
    assert confined.run([DOUBLE], [ask("double", 1)]).outcomes[0][0].value == 2
    assert confined.restarts == before + 1


def test_a_child_that_cannot_enter_the_sandbox_costs_a_zygote_and_no_submission():
    with Sandbox("none", preload=()) as box:
        (box.copies.scratch / "2").mkdir()  # where the next child would make its own
        assert box.run([DOUBLE], [ask("double", 1)]).outcomes[0][0].value == 2
        assert box.restarts == 1


def test_what_torch_imports_late_is_there_before_any_child(with_torch, answer):
    text = "import sys\ndef f(x):\n    return [name in sys.modules for name in x]"
    assert answer(with_torch, text, ["torch._dynamo", "jaxtyping", "matplotlib"]).value == [
        True,
        True,
        False,
    ]


def test_closing_leaves_no_process_and_no_file():
    with Sandbox("none", preload=()) as box:
        process, folder = box._server._process.pid, box.copies.shown.parent
        box.run(["import time"], [])
    assert not Path(f"/proc/{process}").exists()
    assert not folder.exists()


def test_phases_add_up_to_the_run(sandbox):
    started = time.perf_counter()
    run = sandbox.run([DOUBLE], [ask("double", 1)])
    assert 0 < sum(run.phases.values()) <= time.perf_counter() - started


@pytest.mark.parametrize("limits", [Limits(cell_seconds=1e-9), Limits(open_files=3)])
def test_what_would_fail_a_whole_class_is_found_at_the_start(limits):
    with pytest.raises(SandboxError, match=r"a trial submission came to grief \(code cell 1: .+\)"):
        Sandbox("none", limits, preload=())
