"""Descent, and the loops that train.

- ``clipping``: shorten a gradient and keep its direction.
- ``fit_torch``: the training loop that the lessons share.
"""
