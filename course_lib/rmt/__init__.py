"""Spectra of random matrices, of random features, and of Hessians.

- ``law``: what every spectral law offers: support, atoms, density, moments, transform.
- ``spectrum``: eigenvalues that were measured: density, transform, moments, distance to a law.
- ``semicircle``: Wigner's law and the matrices that have it.
- ``marchenko_pastur``: the law of sample covariances.
- ``moments``: words and walks, Catalan and Narayana numbers, free cumulants, the series of G.
- ``principal_components``: what noise does to a sample covariance, and the spike it hides.
"""
