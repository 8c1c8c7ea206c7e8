"""Figures, still and interactive; what a single lesson draws stands in that lesson.

- ``style``: the one look of every figure.
- ``slider_figure``: figures with sliders, with or without a kernel.
- ``spectra``: eigenvalues as a histogram, their law as a curve.
"""
