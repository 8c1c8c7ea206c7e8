"""Sequences as data: scans, padding and batches, readouts and tags.

- ``scan``: one rule applied to every element in turn.
- ``heads``: from states to answers, and the loss of a sequence.
- ``heads_torch``: the same heads for training.
- ``batching``: pad, mask, reverse and bucket sequences of unequal length.
- ``tagging``: word boundaries and named spans as one tag per token.
"""
