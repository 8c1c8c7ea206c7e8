"""Tools that keep the book honest.

- ``imports``: who imports whom, read from the source.
- ``ledger``: the numbered equations, with what computes and what checks each.
- ``coverage``: where each topic is taught, computed and tested.
"""
