"""Laws of the eigenvalues of large random matrices.

- ``two_doubles``: numbers with twice the digits, for edges of spectra.
- ``law``: what every spectral law offers: support, atoms, density, moments, transform.
- ``spectrum``: eigenvalues that were measured: density, transform, moments, distance to a law.
- ``semicircle``: Wigner's law and the matrices that have it.
- ``marchenko_pastur``: the law of sample covariances.
- ``moments``: words and walks, Catalan and Narayana numbers, free cumulants, the series of G.
- ``principal_components``: what noise does to a sample covariance, and the spike it hides.
- ``homotopy``: a root followed from far away down to the axis.
- ``discrete_measure``: laws of atoms only, such as the two values of a coin.
- ``freeness``: random rotations, and the mixed moments that tell whether two matrices are free.
- ``r_transform``: what adds when free matrices are added.
- ``free_gaps``: where a free sum has no eigenvalues.
- ``free_sum``: the law of a sum of free matrices, for any two laws.
"""
