"""Exercise sets: the spec of a task, its source, what students get, and whether it is fit.

- ``spec``: a task, its inputs, its right and its wrong answers.
- ``source``: reading solutions/<chapter>.py.
- ``release``: the notebook and the public cases that students get.
- ``sample``: a made-up class that has handed in.
- ``verify``: is an exercise set fit to be given to students.
- ``variants``: what every task must stand, whatever it asks for.
- ``set_check``: one set checked in a process of its own, and remembered.
- ``commands``: the shell's side.
"""
