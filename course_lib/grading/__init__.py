"""Tools for exercises: specs, public cases, the student's check.

- ``values``: what may travel between processes, and how
- ``compare``: is this the expected value, and if not, where does it differ
- ``calls``: how a student's function is called, what is looked at in its answer
- ``spec``: a task, its inputs, its right and its wrong answers
- ``source``: reading solutions/<chapter>.py
- ``diagnose``: from a difference to a sentence
- ``release``: the notebook and the public cases that students get
- ``sample``: a made-up class that has handed in
- ``attempt``: one call of a student's function, whatever it does
- ``report``: the few lines of an answer, as HTML and as text
- ``check``: the check in a notebook's cell
- ``cells``: one code cell of a notebook, run without a kernel
- ``notebook``: running a student's notebook without a kernel
- ``verify``: is an exercise set fit to be given to students
- ``variants``: what every task must stand, whatever it asks for
- ``set_check``: one set checked in a process of its own, and remembered
- ``commands``: the shell's side
"""
