"""Exercise sets: the spec of a task, its source, what students get, and whether it is fit.

- ``mutants``: what a solution would compute if one thing in it were otherwise.
- ``automatic_mutants``: a solution broken by the tool itself, to see whether its spec notices.
- ``spec``: a task, its inputs, its right and its wrong answers.
- ``source``: reading solutions/<set>/.
- ``release``: the notebook and the public cases that students get.
- ``sample``: a made-up class that has handed in.
- ``verify``: is an exercise set fit to be given to students.
- ``variants``: what every task must stand, whatever it asks for.
- ``set_check``: one set checked in a process of its own, and remembered.
- ``commands``: the shell's side.
"""
