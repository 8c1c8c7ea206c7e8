"""How gradients travel through time, and what becomes of them.

- ``delta_table``: the gradient of every loss at every earlier step.
- ``rtrl``: the same gradients forwards in time, and what both directions cost.
- ``lags``: a gradient taken apart by the distance that it travelled.
- ``truncated``: backpropagation that stops after a window.
- ``checkpointing``: the same gradients from fewer stored states.
- ``linear_recurrence``: powers of a matrix, by products and by eigenvectors.
- ``vanishing``: Jacobians over many steps, their bound, Lyapunov exponents.
- ``cliff``: one unit, fifty steps, and a wall in the error surface.
- ``dynamics``: networks that imitate a dynamical system, and how far ahead.
"""
