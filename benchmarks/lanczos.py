"""A spectral density by Lanczos quadrature beside all eigenvalues, for Hessians of growing size.

Run ``python benchmarks/lanczos.py``; the table goes to ``benchmarks/results/lanczos.csv``.
Networks with one hidden layer of n units, n inputs, n outputs and 2 n samples; one thread. Both
contestants begin with the weights: the dense one computes the Hessian by the written-out split,
which is much faster than automatic differentiation, and diagonalises it.
"""

import numpy as np
import torch
from side_by_side import Row, report, row, times

from course_lib.hessians.hessian_split_torch import OneHiddenLayer, hidden_layer_split, squared_loss
from course_lib.hessians.hessian_vector_torch import hessian_vector
from course_lib.hessians.lanczos import spectral_quadrature

SIZES = (8, 12, 16, 24, 32)
STEPS, STARTS = 30, 3
REPETITIONS = 5


def beside_eigenvalues(n: int) -> Row:
    """Thirty steps from three starts, beside the dense Hessian and its eigenvalues."""
    generator = torch.Generator().manual_seed(0)
    net = OneHiddenLayer(n, n, n)
    X = torch.randn(n, 2 * n, generator=generator, dtype=torch.float64)
    Y = torch.randn(n, 2 * n, generator=generator, dtype=torch.float64)
    theta = net.draw(generator)

    def by_products() -> None:
        product = hessian_vector(lambda t: squared_loss(net, t, X, Y), theta)
        spectral_quadrature(product, net.parameters, STEPS, STARTS, np.random.default_rng(0))

    def dense() -> None:
        np.linalg.eigvalsh(hidden_layer_split(net, theta, X, Y).H.numpy())

    taken = times({"Lanczos quadrature": by_products, "all eigenvalues": dense}, REPETITIONS)
    return row(taken, "Lanczos quadrature", "all eigenvalues", f"{net.parameters} parameters")


if __name__ == "__main__":
    report("lanczos", Row._fields, [beside_eigenvalues(n) for n in SIZES])
