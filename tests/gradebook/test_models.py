"""What travels between modules and machines survives the journey."""

import pickle

from course_tools.gradebook.models import CAUSES, Graded, TaskResult, Work


def test_work_and_answer_survive_pickling():
    """Dask sends them so; nothing of a student's ever is pickled but text and numbers."""
    work = Work("ada", ("x = 1",), {"double": "k"}, 7)
    graded = Graded("ada", (TaskResult("double", "k", 1.0, 1.0, "right"),))
    assert pickle.loads(pickle.dumps((work, graded))) == (work, graded)


def test_every_cause_has_words():
    assert all(words and words[0].islower() for words in CAUSES.values())
