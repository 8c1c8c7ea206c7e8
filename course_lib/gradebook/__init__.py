"""Grading a class: from a folder of notebooks to a gradebook, and on to the school's system.

- ``records``: what the other modules hand to one another
- ``book``: the gradebook: submissions, results, and the instructor's last word
- ``schema``: the tables of a gradebook
- ``storage``: where a gradebook lies, who may grade into it, and what goes wrong there
- ``migrations``: from an older gradebook to this one
- ``filing``: writing into a gradebook, many rows in one transaction
- ``reading``: reading a gradebook: what counts, and the history behind it
- ``keys``: under which hash a result is kept
- ``exports``: grades as tables, and text that no spreadsheet takes for a program
- ``worksheet``: a CSV file of the school's system, of which a few cells are filled in
- ``canvas``: Canvas's gradebook file, filled in
- ``moodle``: Moodle's grading worksheet, filled in
"""
