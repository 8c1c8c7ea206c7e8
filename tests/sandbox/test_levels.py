"""Which level of isolation is there, found out by trying, and which is chosen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_tools.answers.limits import Limits
from course_tools.sandbox import bubblewrap, landlock, levels, seccomp
from course_tools.sandbox.levels import LEVELS, NoIsolation, choose

ROOT = Path(__file__).parents[2]
ORDINARY = ("unshare", "--user", "--map-user=1000", "--map-group=1000")

# A machine that lacks something: the calls that it needs are refused from here on.
LACKING = """
import sys, pyseccomp
refused = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv[1:]:
    refused.add_rule(pyseccomp.ERRNO(1), name)
refused.load()
from course_tools.sandbox.levels import LEVELS, NoIsolation, available, choose
print(*(available()[level] for level in LEVELS), sep="\\n")
try:
    print(choose())
except NoIsolation as refusal:
    print(refusal)
"""


def on_a_machine_without(*calls: str, prefix: tuple[str, ...] = ()) -> dict[str, str]:
    """The reasons by level, and under "choice" what comes of choosing."""
    command = [*prefix, sys.executable, "-c", LACKING, *calls]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return dict(zip((*LEVELS, "choice"), run.stdout.splitlines(), strict=True))


@pytest.fixture
def reasons(monkeypatch):
    """Pretend that the levels come out so."""

    def pretend(**reasons: str):
        monkeypatch.setattr(levels, "reason", lambda level: reasons.get(level, ""))

    return pretend


def test_this_machine_has_them_all():
    assert levels.available() == dict.fromkeys(LEVELS, "")
    assert choose() == "namespaces"


@pytest.mark.parametrize("prefix", [ORDINARY] if os.geteuid() == 0 else [], ids=["ordinary"])
def test_and_so_it_has_for_an_ordinary_user(prefix):
    assert on_a_machine_without(prefix=prefix)["choice"] == "namespaces"


def test_without_unshare_bubblewrap_is_best():
    found = on_a_machine_without("unshare")
    assert found["namespaces"] == "unshare: Operation not permitted"
    assert found["choice"] == "bubblewrap"


def test_without_mounts_landlock_is_best():
    found = on_a_machine_without("mount")
    assert "mount /: Operation not permitted" in found["namespaces"]
    assert found["bubblewrap"].startswith("bwrap: ")
    assert found["choice"] == "landlock"


def test_with_nothing_at_all_it_refuses_and_says_why_and_what_to_do():
    found = on_a_machine_without("mount", "landlock_create_ruleset")
    assert found["landlock"] == "this kernel has no Landlock, or it is switched off"
    for level in ("namespaces", "bubblewrap", "landlock"):
        assert found[level] in found["choice"]
    assert found["choice"].endswith("pass --isolation none")


def test_bubblewrap_needs_landlock_to_keep_children_apart():
    found = on_a_machine_without("unshare", "landlock_create_ruleset")
    assert found["bubblewrap"] == found["landlock"] == levels.NO_LANDLOCK


def test_without_filters_there_is_only_none():
    found = on_a_machine_without("prctl")
    reason = "this kernel has no seccomp filters"
    assert [found[level] for level in LEVELS] == [reason] * 3 + [""]
    assert found["choice"].count(reason) == 1


def test_the_best_is_chosen(reasons):
    reasons()
    assert choose() == "namespaces"
    reasons(namespaces="no")
    assert choose() == "bubblewrap"
    reasons(namespaces="no", bubblewrap="no")
    assert choose() == "landlock"


def test_what_is_asked_for_is_given_or_refused(reasons):
    reasons(namespaces="the moon is full")
    assert choose("landlock") == "landlock"
    with pytest.raises(NoIsolation, match=r"namespaces cannot .*: the moon is full; .*bubblewrap"):
        choose("namespaces")
    reasons(namespaces="a", bubblewrap="b", landlock="c")
    with pytest.raises(NoIsolation, match=r"bubblewrap cannot be had here: b; .*none"):
        choose("bubblewrap")
    with pytest.raises(NoIsolation, match=r"expected one of namespaces, .*, got 'docker'"):
        choose("docker")


def test_only_what_is_needed_is_tried(monkeypatch):
    tried = []
    monkeypatch.setattr(levels, "reason", lambda level: tried.append(level) or "")
    assert choose() == "namespaces"
    assert choose("landlock") == "landlock"
    assert tried == ["namespaces", "landlock"]


def test_none_is_never_chosen_only_asked_for(reasons):
    reasons(namespaces="a", bubblewrap="b", landlock="c")
    with pytest.raises(NoIsolation, match="--isolation none"):
        choose()
    assert choose("none") == "none"


def test_each_level_has_its_reason(monkeypatch):
    monkeypatch.setattr(bubblewrap, "executable", lambda: None)
    monkeypatch.setattr(landlock, "available", lambda: 2)
    levels.reason.cache_clear()
    try:
        found = levels.available()
    finally:
        levels.reason.cache_clear()
    assert found["namespaces"] == found["none"] == ""
    assert found["bubblewrap"] == "bwrap is not installed (the package is called bubblewrap)"
    assert found["landlock"] == "this kernel's Landlock has version 2, 3 is needed"


def test_a_trial_that_cannot_run_is_a_reason():
    assert levels._outcome(["/no/such/program"]).startswith("the trial failed: ")
    assert levels._outcome([sys.executable, "-c", "import os; os.abort()"]) == (
        "the trial ended with status -6"
    )


def test_elsewhere_than_on_linux_there_is_only_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert seccomp.available() != ""
    levels.reason.cache_clear()
    try:
        assert choose("none") == "none"
        with pytest.raises(NoIsolation, match=r"part of Linux, this is darwin.*--isolation none"):
            choose()
    finally:
        levels.reason.cache_clear()


@pytest.mark.parametrize("level", LEVELS)
def test_a_report_names_the_level_and_the_limits(level):
    told = levels.describe(level, Limits(memory_mb=256))
    assert told.startswith(f"isolation {level}: ")
    assert "256 MB of memory by RLIMIT_AS and RLIMIT_DATA" in told
