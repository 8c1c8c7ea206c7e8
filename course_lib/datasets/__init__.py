"""Small generated data sets whose best possible score is known.

- ``agreement``: sentences whose last word depends on their first, at a chosen distance.
- ``long_dependency``: recall one word over a chosen distance; distances in real text.
"""
