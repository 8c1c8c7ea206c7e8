"""Figures, still and interactive.

- ``style``: the one look of every figure.
- ``frames``: figures with sliders, with or without a kernel.
- ``time_graphs``: delay lines and unrolled loops, drawn.
"""
