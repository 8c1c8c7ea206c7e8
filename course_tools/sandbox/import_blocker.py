"""An import hook that puts stand-ins in the place of modules that are blocked during grading.

Importing a blocked module works, so that a line at the top of a notebook costs nothing; any use of
what was imported raises ``Blocked`` and is noted. The student's own check, which would need the
public cases, does nothing here.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

KIT, CHECK = "course_tools.kit", "course_tools.kit.check"
PACKAGES = ("course_tools", KIT)

# All that can be done to an object, apart from being held.
OPERATIONS = (
    "call getattr setattr getitem setitem delitem len iter next contains bool int float complex",
    "index repr str bytes format hash eq ne lt le gt ge add radd sub rsub mul rmul matmul rmatmul",
    "truediv rtruediv floordiv rfloordiv mod rmod pow rpow and rand or ror xor rxor neg pos abs",
    "invert lshift rlshift rshift rrshift divmod rdivmod round enter exit await aiter reversed",
    "mro_entries instancecheck subclasscheck array array_function array_ufunc array_interface",
)


class Blocked(ImportError):
    """A module was used that is blocked while a task is graded; ``name`` is the module's."""

    __module__, __qualname__ = "builtins", "ImportError"  # what tracebacks call it


class ImportBlocker(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the stand-ins; put it first on ``sys.meta_path``.

    Args:
        sentences: for each blocked module, the message of the exception that its use raises.

    Attributes:
        touched: the modules that were used.
    """

    def __init__(self, sentences: dict[str, str]):
        self.sentences = sentences
        self.touched: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """A spec for a blocked module or for the student's check, else None."""
        if name in self.sentences or name in (*PACKAGES, CHECK):
            return importlib.machinery.ModuleSpec(name, self, is_package=name in PACKAGES)
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill a stand-in."""
        name = module.__name__
        if name in (KIT, CHECK):
            vars(module)["checker"] = _Quiet()
        elif name in self.sentences:
            module.__getattr__ = self._attribute_of(name)

    def _attribute_of(self, module: str) -> Any:
        def attribute(name: str) -> Any:
            if name == "__all__":  # asked for by a star import, which names nothing it could use
                self.touched.add(module)
            if name.startswith("__"):
                raise AttributeError(name)
            return self._stand_in(module)

        return attribute

    def _stand_in(self, module: str) -> Any:
        def refuse(*arguments: Any, **options: Any) -> Any:
            self.touched.add(module)
            raise Blocked(self.sentences[module], name=module)

        names = {f"__{name}__": refuse for name in " ".join(OPERATIONS).split()}
        return type("Blocked", (), names)()


def install(sentences: dict[str, str]) -> ImportBlocker:
    """Block the modules that are keys of ``sentences`` in this process."""
    blocker = ImportBlocker(sentences)
    sys.meta_path.insert(0, blocker)
    return blocker


class _Quiet:
    """A check that checks nothing, whatever it is asked."""

    def __call__(self, *arguments: Any, **options: Any) -> "_Quiet":
        return self

    def __getattr__(self, name: str) -> "_Quiet":
        if name.startswith("_"):
            raise AttributeError(name)
        return self


def sentence_for(module: str, functions: Sequence[str]) -> str:
    """The message of the exception that the use of a blocked module raises.

    >>> sentence_for("course_lib.sequences.heads", ["masked_mean"])
    'course_lib.sequences.heads holds the nearest answer and is blocked while masked_mean is graded'
    """
    names, verb = " and ".join(functions), "is" if len(functions) == 1 else "are"
    return f"{module} holds the nearest answer and is blocked while {names} {verb} graded"
