"""Gradients through time: how they are computed, and how they vanish or explode.

- ``delta_table``: the gradient of every loss at every earlier step.
- ``rtrl``: the same gradients forwards in time, and what both directions cost.
- ``lags``: a gradient taken apart by how many steps ago the weight acted.
- ``truncated``: backpropagation that stops after a window.
- ``echo_torch``: networks that must repeat an old input, trained with a window.
- ``checkpointing``: the same gradients from fewer stored states.
- ``linear_recurrence``: powers of a matrix, by products and by eigenvectors.
- ``vanishing``: Jacobians over many steps, their bound, Lyapunov exponents.
- ``cliff``: the error surface of one unit over fifty steps, which has a wall.
- ``dynamics``: networks that imitate a dynamical system, and how far ahead.
"""
