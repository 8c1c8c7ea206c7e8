"""Why networks that could memorize their sample also generalize, as far as it is known.

- ``excess_risk``: the excess risk in its three parts, on a problem that is known.
- ``uniform_gap``: the largest gap between risk and empirical risk over a ball, exactly.
- ``memorization_torch``: networks trained until they classify every example right.
- ``rademacher``: how well a class follows coin flips, exactly, by drawing, and in bounds.
- ``rademacher_torch``: how well deep networks do, by gradient ascent.
- ``shattering``: which labellings a class produces, counted.
- ``margins``: margins, spectral complexity, and a bound that uses them.
- ``arc_cosine``: kernels of infinitely wide ReLU networks, in closed form.
- ``ntk_torch``: the tangent kernel of a real network, and training beside its linearization.
- ``linear_dynamics``: training a model that is linear in its weights, mode by mode.
- ``double_descent``: test errors of ridge regression on random features, from spectral laws.
- ``greedy_approximation``: Barron's rate by greedy choice of units.
- ``sawtooth``: the power of depth, counted in linear pieces.
"""
