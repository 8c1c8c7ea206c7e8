"""The tools that run the course: they build the book, check it, and grade.

- ``book``: output regression, the index of checked equations, chapter scaffolding.
- ``answers``: students' answers, called and compared.
- ``kit``: what runs in a student's notebook.
- ``exercises``: the specs of tasks, and what students get.
- ``sandbox``, ``submissions``, ``gradebook``, ``grading``, ``reports``: grading a class.
- ``cli``: the ``course`` command.
"""
