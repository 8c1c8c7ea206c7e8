"""Descent, and the loops that train.

- ``descent``: plain gradient descent.
- ``descent_torch``: the same for tensors.
- ``clipping``: shorten a gradient and keep its direction.
- ``fit_torch``: the training loop that the lessons share.
- ``side_by_side_torch``: several networks of one kind trained in one loop.
"""
