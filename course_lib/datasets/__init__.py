"""Small generated data sets whose best possible score is known.

- ``noisy_sine``: a sine wave under noise, whose best possible error is that of the noise.
- ``agreement``: sentences whose last word depends on their first, at a chosen distance.
- ``long_dependency``: recall one word over a chosen distance; distances in real text.
"""
