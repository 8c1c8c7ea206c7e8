"""Grading a class: from cells to points, on one machine or many, and the commands for it.

- ``judge``: from a submission's cells to points: draw inputs, have them run, compare
- ``workers``: a process that judges, and the handle by which another process uses it
- ``pools``: who does the work: processes of this machine, or those of a cluster
- ``cluster``: the workers of a dask cluster as a pool
- ``engine``: a run over a class: write every submission, have judged what is not known yet
- ``autograder``: what runs on Gradescope: one submission, and always a results.json
- ``autograder_zip``: the zip that Gradescope builds its image from
- ``command_line``: what the commands share: options, the handler of user errors
- ``commands``: the commands that grade, show and correct
- ``export_command``: the command that exports grades
"""
