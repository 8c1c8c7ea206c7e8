"""Figures, still and interactive.

- ``style``: the one look of every figure.
- ``slider_figure``: figures with sliders, with or without a kernel.
- ``spectra``: eigenvalues as a histogram, their law as a curve.
- ``time_graphs``: delay lines and unrolled loops, drawn.
- ``io_patterns``: what a recurrent network reads and where it answers, drawn.
- ``tag_strip``: rows of tags under a sentence, the wrong ones marked.
- ``risk_map``: the three parts of the excess risk on one map.
"""
