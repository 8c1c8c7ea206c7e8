"""Students' answers: values that travel, how they are called, how they are compared.

- ``values``: what may travel between processes, and how.
- ``compare``: is this the expected value, and if not, where does it differ.
- ``limits``: what a student's code may use: memory, processes, files, time.
- ``outcome``: what came of calling a student's function, and what is said about it.
- ``calls``: how a student's function is called, what is looked at in its answer.
"""
