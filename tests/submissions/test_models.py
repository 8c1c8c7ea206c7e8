"""A submission's place among others, and words for what is wrong with it."""

import pickle
from datetime import UTC, datetime, timedelta

from course_tools.submissions.models import LONG_AGO, PROBLEMS, Person, Submission

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def handed(**changes) -> Submission:
    times = {"handed_in": None, "modified": None, **changes}
    return Submission(Person("ada"), "ada.ipynb", "0" * 64, cells=("x = 1",), **times)


def test_the_time_of_handing_in_gives_the_order_before_the_files_own_date():
    later = NOON + timedelta(hours=1)
    assert handed(handed_in=NOON, modified=later).order == NOON
    assert handed(modified=later).order == later
    assert handed().order == LONG_AGO < NOON


def test_a_submission_survives_pickling():
    assert pickle.loads(pickle.dumps(handed(handed_in=NOON))) == handed(handed_in=NOON)


def test_every_problem_has_words():
    assert all(words and words[0].islower() for words in PROBLEMS.values())
