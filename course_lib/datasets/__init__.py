"""Small generated data sets whose best possible score is known, and real text.

- ``noisy_sine``: a sine wave under noise, whose best possible error is that of the noise.
- ``agreement``: sentences whose last word depends on their first, at a chosen distance.
- ``long_dependency``: recall one word over a chosen distance; distances in real text.
- ``char_text``: a line of text as letters to predict, and what memory is worth on it.
- ``docstrings``: real text, the documentation in the sources of installed packages.
- ``sentiment``: toy reviews in which only the order of the words tells praise from blame.
- ``segmentation``: Chinese sentences from a small dictionary, to be cut into words again.
- ``entities``: one sentence of business news with its facts marked.
- ``captions``: pictures of digits and the word for each, spelled letter by letter.
"""
