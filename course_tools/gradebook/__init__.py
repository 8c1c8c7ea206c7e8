"""The gradebook: who handed in what, every result of it, and each student's grade.

- ``models``: what the other modules hand to one another
- ``settings``: what an exercise set says about deadlines, weights and limits
- ``fingerprints``: under which hash a result is kept
- ``schema``: the tables of a gradebook
- ``storage``: where a gradebook lies, who may grade into it, and what goes wrong there
- ``migrations``: from an older gradebook to this one
- ``writes``: writing into a gradebook, many rows in one transaction
- ``queries``: reading a gradebook: what counts, and the history behind it
- ``book``: the gradebook: submissions, results, and the instructor's last word
- ``scores``: each student's grade, after weights, late rule and overrides
"""
