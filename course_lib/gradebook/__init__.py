"""Grading a class: from a folder of notebooks to a gradebook, and on to the school's system.

- ``records``: what the other modules hand to one another
"""
