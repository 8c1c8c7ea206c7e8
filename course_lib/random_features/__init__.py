"""Random features and random layers: their spectra and their conditioning.

- ``layer_spectra``: the spectra of a stack of random layers, and the norms of its samples.
- ``conditioning``: condition number, effective rank, and the course of gradient descent.
- ``activations``: functions for random features, with their kinks.
- ``gaussian_constants``: eta and zeta, the two numbers that an activation comes down to.
- ``feature_map``: data times random weights, through a nonlinearity.
- ``random_features``: the law of Pennington and Worah.
- ``feature_outliers``: eigenvalues outside that law, made by the norms of samples and weights.
- ``layer_law``: the law of every layer of a random network.
"""
