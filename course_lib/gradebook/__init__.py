"""Grading a class: from a folder of notebooks to a gradebook, and on to the school's system.

- ``records``: what the other modules hand to one another
- ``exports``: grades as tables, and text that no spreadsheet takes for a program
- ``worksheet``: a CSV file of the school's system, of which a few cells are filled in
- ``canvas``: Canvas's gradebook file, filled in
- ``moodle``: Moodle's grading worksheet, filled in
"""
