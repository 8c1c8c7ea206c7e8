"""Spectra of random matrices, of random features, and of Hessians.

- ``law``: what every spectral law offers: support, atoms, density, moments, transform.
- ``spectrum``: eigenvalues that were measured: density, transform, moments, distance to a law.
- ``semicircle``: Wigner's law and the matrices that have it.
- ``marchenko_pastur``: the law of sample covariances.
- ``moments``: words and walks, Catalan and Narayana numbers, free cumulants, the series of G.
- ``principal_components``: what noise does to a sample covariance, and the spike it hides.
- ``layer_spectra``: the spectra of a stack of random layers, and the norms of its samples.
- ``conditioning``: condition number, effective rank, and the course of gradient descent.
- ``activations``: functions for random features, with their kinks.
- ``gaussian_constants``: eta and zeta, the two numbers that an activation comes down to.
- ``feature_map``: data times random weights, through a nonlinearity.
- ``continuation``: a root followed from far away down to the axis.
- ``random_features``: the law of Pennington and Worah.
- ``point_masses``: laws of atoms only, such as the two values of a coin.
- ``freeness``: random rotations, and the mixed moments that tell whether two matrices are free.
- ``r_transform``: what adds when free matrices are added.
- ``free_gaps``: where a free sum has no eigenvalues.
- ``free_sum``: the law of a sum of free matrices, for any two laws.
- ``critical_edges``: where the spectrum of the critical Hessian ends, and its special energies.
- ``critical_hessian``: the law of a Wishart plus a Wigner matrix, a model of the Hessian.
- ``index_exponent``: the power 3/2 with which negative eigenvalues appear.
- ``hessian_split_torch``: the Hessian of a network, split exactly; one hidden layer written out.
- ``relu_hessian``: the law of the second part for one hidden relu layer.
- ``hessian_vector_torch``: products of the Hessian and its parts with a vector.
- ``lanczos``: spectra from products alone.
- ``critical_points_torch``: where the gradient of a network vanishes, at any height.
"""
