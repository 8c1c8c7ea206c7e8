"""Autograde a class with nbgrader, in nbgrader's own environment, and print the seconds.

Called by ``benchmarks/grading.py`` as ``autograde.py FOLDER``. The folder holds
``source/small/small.ipynb`` and ``submitted/<student>/small/small.ipynb``.
"""

import json
import os
import sys
import time

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

config = Config()
config.CourseDirectory.root = os.path.abspath(sys.argv[1])
config.CourseDirectory.db_url = f"sqlite:///{os.path.abspath(sys.argv[1])}/gradebook.db"
config.Application.log_level = "ERROR"
api = NbGraderAPI(config=config)
made = api.generate_assignment("small", force=True)
if not made["success"]:
    sys.exit(made["log"])
students = sorted(os.listdir(os.path.join(sys.argv[1], "submitted")))
seconds, scores = [], {}
for student in students:
    start = time.perf_counter()
    answer = api.autograde("small", student, force=True)
    seconds.append(time.perf_counter() - start)
    if not answer["success"]:
        sys.exit(answer["log"])
with api.gradebook as book:
    for row in book.submission_dicts("small"):
        scores[row["student"]] = row["score"]
json.dump({"seconds": seconds, "scores": scores}, sys.stdout)
