"""The book's tools: they compare stored outputs, index equations and topics, and draw imports.

Stored outputs are the test:

- ``pairs``: a lesson's ``.md`` and ``.ipynb``, and the canonical form of each.
- ``compare``: are two outputs the same, numbers by tolerance and pictures by pixels?
- ``lint``: what no stored notebook may hold.
- ``notebooks``: running a lesson, and storing those outputs that really changed.
- ``trace``: what a process reads of the project.
- ``verified``: what was verified once is not verified again.
- ``runtimes``: what each lesson costs, in seconds and megabytes.
- ``reading_time``: how long each lesson takes to read.
- ``plugin``: the pytest plugin behind ``course notebooks check``.
- ``experiment``: tables of longer experiments, which an interruption leaves whole.

Every equation and every topic has its place:

- ``equation_index``: the numbered equations, with what computes and what checks each.
- ``syllabus_map``: where each topic is taught, computed and tested.

The code:

- ``import_graph``: the three floors of the project, their rooms, and who imports whom.
- ``import_drawing``: a drawing of it.
- ``new_chapter``: an empty chapter that passes every check.
- ``commands``: the shell's side, ``course notebooks`` and ``course equation-index``.
"""
