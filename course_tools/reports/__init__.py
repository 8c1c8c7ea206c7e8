"""Grades for people and for the school's system: summaries, pages, tables, filled-in files.

- ``sanitizing``: strangers' text sanitized for showing; numbers and times in words
- ``prompts``: the prompt of each task, from the prose of the exercise set
- ``class_statistics``: what the grades of a class add up to
- ``plots``: the histogram of the class overview
- ``summary``: the class, and one student, as text
- ``pages``: one feedback page per student, and the class overview
- ``exports``: what every export format has in common: what a writer gets, what it says
- ``csv_cells``: what stands in the cells of a table; text that no spreadsheet takes for a program
- ``csv_table``: the plain table
- ``nbgrader``: the table that nbgrader exports
- ``worksheet``: a CSV file of the school's system, of which a few cells are filled in
- ``canvas``: Canvas's gradebook file, filled in
- ``moodle``: Moodle's grading worksheet, filled in
- ``gradescope``: a student's grade as Gradescope's results.json
- ``formats``: the formats by name, and the function behind ``course export``
"""
