"""Hessians of networks: models of their spectra, and the spectra measured.

- ``critical_edges``: where the spectrum of the critical Hessian ends, and its special energies.
- ``critical_hessian``: the law of a Wishart plus a Wigner matrix, a model of the Hessian.
- ``index_exponent``: the power 3/2 with which negative eigenvalues appear.
- ``hessian_split_torch``: the Hessian of a network, split exactly; one hidden layer written out.
- ``teacher_torch``: a network that learns from a teacher of its own shape.
- ``relu_hessian``: the law of the second part for one hidden ReLU layer.
- ``hessian_vector_torch``: products of the Hessian and its parts with a vector.
- ``lanczos``: spectra from products alone.
- ``critical_points_torch``: where the gradient of a network vanishes, at any height.
"""
