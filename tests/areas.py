"""Where the tests' time goes: processor seconds of each area, those of ended children included.

Imported by ``conftest``. Each worker sums up its own; the file that COURSE_AREAS names gets the
sum of all, for the table at the end of ``make test``.
"""

import json
import os
import resource
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
START = "starting"
spent: Counter[str] = Counter()


def processor() -> float:
    """Seconds of processor time of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def area(path: Path) -> str:
    """The folder of ``tests`` or of a package that a test stands in."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if len(parts) > 2 else Path(parts[-1]).stem.removeprefix("test_")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    before = processor()
    try:
        return (yield)
    finally:
        spent[area(item.path)] += processor() - before


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if session.config.pluginmanager.hasplugin("dsession"):  # it only hands out the tests
        spent[START] += time.process_time()
    else:
        spent[START] += processor() - sum(spent.values())
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["areas"] = dict(spent)
    elif file := os.environ.get("COURSE_AREAS"):
        Path(file).write_text(json.dumps(spent))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    spent.update(getattr(node, "workeroutput", {}).get("areas", {}))
