"""Figures, still and interactive; what a single lesson draws stands in that lesson.

- ``picture``: sharp pictures in small files.
- ``style``: the one look of every figure.
- ``slider_figure``: figures with sliders and buttons, with or without a kernel.
- ``slider_page``: what such a figure is in a page.
- ``spectra``: eigenvalues as a histogram, their law as a curve.
"""
