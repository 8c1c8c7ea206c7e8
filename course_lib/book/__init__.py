"""Tools that keep the book honest.

- ``imports``: who imports whom, read from the source.
"""
