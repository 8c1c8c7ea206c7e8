"""Fixtures and settings shared by every test."""

import os
from pathlib import Path

import hypothesis
import jaxtyping
import numpy as np
import pytest
from areas import pytest_runtest_protocol, pytest_sessionfinish, pytest_testnodedown  # noqa: F401
from changed import pytest_addoption, pytest_ignore_collect  # noqa: F401
from course_fixtures import course, course_folder, small  # noqa: F401

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported
# Every run tries the same examples, and none fails for being slow on a busy machine.
hypothesis.settings.register_profile(
    "reproducible",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("reproducible")


@pytest.fixture(autouse=True, scope="session")
def nothing_is_known_as_verified(tmp_path_factory):
    """Tests neither use nor change what the user's cache folder remembers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("FULL", raising=False)  # of `FULL=1 make test`, which means the lessons
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260)


@pytest.fixture
def bad_input():
    """Let arguments of a wrong shape reach the function, whose own error is being tested."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def recurrence():
    """The exercise set of the recurrence chapter."""
    from course_tools.exercises.source import load  # few tests need it, and it takes a while

    return load(Path(__file__).parents[1] / "solutions" / "recurrence")


def pytest_collection_modifyitems(items):
    """Files with slow tests come first, so that no worker is alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
