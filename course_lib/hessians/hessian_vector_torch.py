"""Products of a Hessian with a vector, without the Hessian."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from numpy import ndarray as Array
from torch import Tensor

from course_lib.foundations.validate import check_shape
from course_lib.hessians.hessian_split_torch import Network


def hessian_vector(
    loss: Callable[[Tensor], Tensor], theta: Float[Tensor, " parameters"]
) -> Callable[[Array], Array]:
    """The map q -> H q, for a few times the cost of one gradient.

    Implements eq-hessian-vector. The gradient is computed once, with its graph. Each product
    then differentiates a single number, the gradient's inner product with q.

    Args:
        loss: takes the weights, returns a scalar.
        theta: the weights.

    Returns:
        A function from vector to vector, in numpy, for ``lanczos``. It refuses other shapes.

    Source: Pearlmutter (1994).

    >>> import numpy as np
    >>> product = hessian_vector(lambda t: t[0] ** 2 * t[1], torch.tensor([1.0, 3.0]))
    >>> product(np.array([1.0, 0.0], dtype=np.float32))
    array([6., 2.], dtype=float32)
    """
    at = theta.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(at), at, create_graph=True)

    def product(q: Array) -> Array:
        check_shape("q", q, tuple(at.shape))
        along = gradient @ torch.tensor(q, dtype=at.dtype, device=at.device)
        (Hq,) = torch.autograd.grad(along, at, retain_graph=True)  # eq-hessian-vector
        return Hq.cpu().numpy()

    return product


def first_part_vector(
    net: Network, theta: Float[Tensor, " parameters"], X: Float[Tensor, "d_in samples"]
) -> Callable[[Array], Array]:
    """The map q -> H0 q for the squared loss: first along q, then back.

    Implements eq-first-part-vector. The change of the outputs along q is J^T q; carried back
    through the network it becomes J J^T q.

    Args:
        net: takes weights and samples, returns outputs.
        theta: the weights.
        X: samples.
    """
    m = X.shape[1]
    at = theta.detach().clone().requires_grad_()
    outputs = net(at, X)
    # The way back, J e, is linear in e; its derivative by e along q is the way forth, J^T q.
    e = torch.zeros_like(outputs, requires_grad=True)
    (back,) = torch.autograd.grad(outputs, at, e, create_graph=True)

    def product(q: Array) -> Array:
        check_shape("q", q, tuple(at.shape))
        direction = torch.tensor(q, dtype=at.dtype, device=at.device)
        (forth,) = torch.autograd.grad(back, e, direction, retain_graph=True)
        (H0q,) = torch.autograd.grad(outputs, at, forth / m, retain_graph=True)
        return H0q.cpu().numpy()  # eq-first-part-vector

    return product


def residual_part_vector(
    net: Network,
    theta: Float[Tensor, " parameters"],
    X: Float[Tensor, "d_in samples"],
    Y: Float[Tensor, "d_out samples"],
) -> Callable[[Array], Array]:
    """The map q -> H1 q: the Hessian of the outputs' sum, weighted with fixed residuals.

    Args:
        net: takes weights and samples, returns outputs.
        theta: the weights.
        X: samples.
        Y: targets.
    """
    residuals = (net(theta, X) - Y).detach()
    return hessian_vector(lambda t: (residuals * net(t, X)).sum() / X.shape[1], theta)
