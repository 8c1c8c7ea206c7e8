"""One call of a student's function in the student's own kernel, whatever it does.

Nothing here isolates anything: this is for the student's machine. It survives exceptions,
``sys.exit``, infinite loops and arguments that are overwritten, and says what happened.
"""

import _thread
import contextlib
import dis
import inspect
import linecache
import signal
import sys
import sysconfig
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from course_tools.answers.calls import CALLS, observer
from course_tools.answers.compare import Exact
from course_tools.answers.outcome import Outcome
from course_tools.answers.values import NotSerializable, copied, decode, encode

INSTALLED = tuple(
    str(Path(folder).resolve())
    for folder in {
        *(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        Path(__file__).parents[1],
    }
)


# What is left of a body of docstring and dots.
IDLE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
IDLE_CODES = frozenset(dis.opmap[name] for name in IDLE & dis.opmap.keys())
UNCHANGING = (bool, int, float, str, type(None))


class TimeIsUp(BaseException):
    """Raised inside a call that runs too long; not an Exception, so ``except`` rarely eats it."""


def attempt(
    function: Callable,
    inputs: tuple,
    arguments: list[str],
    call: str = "plain",
    observe: str = "",
    seconds: float = 5.0,
) -> Outcome:
    """Call a function on copies of the inputs.

    >>> attempt(lambda x: x + 1, (1,), ["x"]).value
    2
    >>> attempt(lambda x: x / 0, (1,), ["x"]).error
    'ZeroDivisionError'
    """
    copies = copied(inputs)
    mismatch = call != "without arguments" and cannot_take(function, copies, arguments)
    if mismatch:
        return Outcome("error", error="signature", text=mismatch)
    try:
        with time_limit(seconds), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NaN and the like are named in the answer
            value = decode(*encode(CALLS[call](function, *copies)))
        value = observer(observe)(value, *copied(inputs))
    except TimeIsUp:
        text = f"still running after {seconds:g} seconds: is there a loop that never ends?"
        return Outcome("slow", text=text)
    except KeyboardInterrupt:
        return Outcome("interrupted", text="interrupted")
    except NotSerializable as error:
        return Outcome("error", error="NotSerializable", text=str(error))
    except BaseException as error:
        return Outcome("error", error=type(error).__name__, text=last_useful_line(error))
    return Outcome("value", value=value, mutated=changed_arguments(inputs, copies, arguments))


def cannot_take(function: Callable, inputs: tuple, arguments: list[str]) -> str:
    """Why a function cannot be called with these inputs, or an empty string."""
    if _takes(function, len(inputs)):
        return ""
    try:
        inspect.signature(function).bind(*inputs)
    except TypeError as error:
        return f"it must be called with ({', '.join(arguments)}), but: {error}"
    except ValueError:
        return ""
    return ""


def in_another_order(function: Callable, arguments: list[str]) -> str:
    """What is wrong with the order of a function's parameters, by their names; or nothing.

    >>> in_another_order(lambda mask, hs: 0, ["hs", "mask"])
    'The function takes (mask, hs); the task calls it with (hs, mask).'
    """
    try:
        own = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ""
    if own == arguments or sorted(own) != sorted(arguments):
        return ""
    takes, given = ", ".join(own), ", ".join(arguments)
    return f"The function takes ({takes}); the task calls it with ({given})."


def _takes(function: Callable, n_inputs: int) -> bool:
    """Whether a function has just so many parameters; False where it takes a longer look."""
    if type(function) is not FunctionType or function.__dict__:  # a wrapper may say otherwise
        return False
    code = function.__code__
    return code.co_argcount == n_inputs and not code.co_kwonlyargcount


def changed_arguments(before: tuple, after: tuple, arguments: list[str]) -> tuple[str, ...]:
    """Names of the arguments that are no longer what they were."""
    triples = zip(arguments, before, after, strict=False)
    return tuple(name for name, old, new in triples if _changed(old, new))


def _changed(before: Any, after: Any) -> bool:
    if type(before) in UNCHANGING or _same_bytes(before, after):
        return False
    return Exact().difference(before, after) is not None


def _same_bytes(before: Any, after: Any) -> bool:
    """Whether two values are the same to the last bit, which is quickly told; a tensor never is."""
    kind = type(before)
    if kind is not type(after):
        return False
    if kind is np.ndarray:
        alike = before.dtype == after.dtype and before.shape == after.shape
        return alike and before.tobytes() == after.tobytes()
    if kind is list or kind is tuple:
        return len(before) == len(after) and all(map(_same_bytes, before, after))
    return kind in UNCHANGING and before == after


@contextlib.contextmanager
def time_limit(seconds: float) -> Generator[None]:
    """Raise ``TimeIsUp`` inside the block once it has run for ``seconds``.

    By an alarm where the system has one (again and again, should the block catch the first);
    elsewhere by the interrupt that the stop button sends. Outside the main thread there is no way
    to stop a block, and no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):
        yield from _by_alarm(seconds)
    else:
        yield from _by_interrupt(seconds)


def _by_alarm(seconds: float) -> Iterator[None]:
    rings = 0

    def ring(signum: int, frame: Any) -> None:
        nonlocal rings
        rings += 1
        if rings > 1:  # somebody caught it: raise once more a few lines on, in their `except`
            _raise_soon(frame, rings % 7)
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, ring), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before[0])
        if rings > 1:
            sys.settrace(before[1])


def _raise_soon(frame: Any, n_lines: int) -> None:
    """Trace the interrupted code and raise when it has run a few more of its lines."""
    files = set()

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal n_lines
        if frame.f_code.co_filename not in files:
            return None
        n_lines -= 1
        if n_lines < 0:
            raise TimeIsUp  # which also ends the tracing
        return trace

    while frame is not None and not frame.f_code.co_filename.startswith(INSTALLED):
        files.add(frame.f_code.co_filename)
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)


def _by_interrupt(seconds: float) -> Iterator[None]:
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        _thread.interrupt_main()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored
    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if rung.is_set():
            raise TimeIsUp from None
        raise
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


def last_useful_line(error: BaseException, installed: tuple[str, ...] = INSTALLED) -> str:
    """The error in one line, with the last line of the student's own that led to it.

    Files below the folders of ``installed`` are not the student's own.

    >>> last_useful_line(ValueError("no"))
    'ValueError: no'
    """
    text = traceback.format_exception_only(type(error), error)[-1].strip()
    text = text if len(text) <= 300 else text[:297] + "..."
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not str(Path(frame.filename).resolve()).startswith(installed)
        and not frame.filename.startswith("<frozen")
    ]
    if not own:
        return text
    line = (own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno or 0)).strip()
    shown = f"line {own[-1].lineno} of its cell" + (f", `{line}`" if line else "")
    return f"{text} ({shown})"


def never_started(function: Callable) -> bool:
    """Whether a function's body is still only its docstring and the dots.

    >>> never_started(lambda: ...)
    False
    >>> def untouched(x): ...
    >>> never_started(untouched)
    True
    """
    code = getattr(function, "__code__", None)
    if code is None or not IDLE_CODES.issuperset(code.co_code[::2]):
        return False
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP")]
    return steps[-2:][0].argval is None


def module_of(thing: Any) -> str:
    """The module that a name in the notebook came from, or an empty string."""
    if inspect.ismodule(thing):
        return thing.__name__
    return getattr(thing, "__module__", None) or ""


def closed_modules(function: Callable, forbidden: list[str]) -> list[str]:
    """Modules that stay closed for this task and that the function reaches through its globals."""
    code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    if code is None:
        return []
    used = {module_of(names[name]) for name in code.co_names if name in names}
    lines = inspect.getsource(function) if _has_source(function) else ""
    return [name for name in forbidden if name in used or f"{name} import" in lines]


def _has_source(function: Callable) -> bool:
    try:
        return bool(inspect.getsource(function))
    except (OSError, TypeError):
        return False
