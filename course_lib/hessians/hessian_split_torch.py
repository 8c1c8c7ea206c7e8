"""The Hessian of a network with squared loss, split exactly into two parts.

H0 knows only first derivatives of the outputs and cannot have a negative eigenvalue. H1 holds the
second derivatives, each weighted with its residual, and vanishes where the residuals do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.functional import hessian

from course_lib.foundations.jacobian_torch import output_jacobian
from course_lib.foundations.nonlinearities_torch import by_name
from course_lib.foundations.validate import check_shape, check_whole


@dataclass(frozen=True)
class OneHiddenLayer:
    """The outputs W_2 f(W_1 x), with all weights in one vector, those of W_1 first.

    Implements eq-one-hidden-layer.

    Args:
        d_in: entries of a sample.
        d_hidden: hidden units.
        d_out: outputs.
        nonlinearity: the name of f: tanh, logistic, relu or identity.

    Convention: samples are columns, as everywhere in this chapter.

    >>> net = OneHiddenLayer(1, 1, 1, "relu")
    >>> net(torch.tensor([2.0, 3.0]), torch.tensor([[1.0, -1.0]]))
    tensor([[6., 0.]])
    """

    d_in: int
    d_hidden: int
    d_out: int
    nonlinearity: str = "tanh"

    def __post_init__(self) -> None:
        """Refuse a size below 1 and an unknown nonlinearity."""
        for name in ("d_in", "d_hidden", "d_out"):
            check_whole(name, getattr(self, name), 1)
        by_name(self.nonlinearity)

    @property
    def parameters(self) -> int:
        """How many weights there are."""
        return self.d_hidden * (self.d_in + self.d_out)

    def unpack(
        self, theta: Float[Tensor, " parameters"]
    ) -> tuple[Float[Tensor, "d_hidden d_in"], Float[Tensor, "d_out d_hidden"]]:
        """The two matrices that a vector of weights stands for.

        Raises:
            ValueError: ``theta`` is not a vector of as many weights as the network has.
        """
        check_shape("theta", theta, (self.parameters,))
        first = self.d_hidden * self.d_in
        return (
            theta[:first].reshape(self.d_hidden, self.d_in),
            theta[first:].reshape(self.d_out, self.d_hidden),
        )

    def __call__(
        self, theta: Float[Tensor, " parameters"], X: Float[Tensor, "d_in samples"]
    ) -> Float[Tensor, "d_out samples"]:
        """The outputs for all samples."""
        W_1, W_2 = self.unpack(theta)
        check_shape("X", X, (self.d_in, "samples"))
        return W_2 @ by_name(self.nonlinearity).value(W_1 @ X)  # eq-one-hidden-layer

    def draw(self, generator: torch.Generator, scale: float = 1.0) -> Float[Tensor, " parameters"]:
        """Gaussian weights with standard deviation scale / sqrt(inputs of the layer), float64."""
        both = torch.randn(self.parameters, generator=generator, dtype=torch.float64)
        W_1, W_2 = self.unpack(both)
        parts = (W_1 * scale / self.d_in**0.5, W_2 * scale / self.d_hidden**0.5)
        return torch.cat([part.flatten() for part in parts])


Network = Callable[[Tensor, Tensor], Tensor]


class Split(NamedTuple):
    """The two parts of a Hessian, and what they were made of.

    Attributes:
        H0: the Gauss-Newton part.
        H1: the part with the residuals.
        J: derivatives of the outputs, parameters by output values; column i m + mu belongs to
            output i of sample mu, as in the flattened matrix of residuals.
        residuals: outputs minus targets.
    """

    H0: Float[Tensor, "parameters parameters"]
    H1: Float[Tensor, "parameters parameters"]
    J: Float[Tensor, "parameters values"]
    residuals: Float[Tensor, "d_out samples"]

    @property
    def H(self) -> Float[Tensor, "parameters parameters"]:
        """The whole Hessian. Implements eq-hessian-split."""
        return self.H0 + self.H1  # eq-hessian-split

    @property
    def gradient(self) -> Float[Tensor, " parameters"]:
        """The gradient of the loss, J e / m."""
        return self.J @ self.residuals.flatten() / self.residuals.shape[1]

    @property
    def energy(self) -> float:
        """Half the mean squared residual."""
        return float((self.residuals**2).mean() / 2)


def squared_loss(
    net: Network,
    theta: Float[Tensor, " parameters"],
    X: Float[Tensor, "d_in samples"],
    Y: Float[Tensor, "d_out samples"],
) -> Float[Tensor, ""]:
    """Half the squared residuals, summed over outputs and averaged over samples.

    Implements eq-network-loss.

    Raises:
        ValueError: ``Y`` does not have the shape of the network's outputs.
    """
    outputs = net(theta, X)
    check_shape("Y", Y, tuple(outputs.shape))
    return ((outputs - Y) ** 2).sum() / (2 * X.shape[1])  # eq-network-loss


def hessian_split(
    net: Network,
    theta: Float[Tensor, " parameters"],
    X: Float[Tensor, "d_in samples"],
    Y: Float[Tensor, "d_out samples"],
) -> Split:
    """Split the Hessian of the squared loss, at any point, critical or not.

    Implements eq-hessian-first and eq-hessian-second.

    Args:
        net: takes weights and samples, returns outputs; twice differentiable in the weights.
        theta: the weights.
        X: samples.
        Y: targets.

    Raises:
        ValueError: ``Y`` does not have the shape of the network's outputs.

    Source: Pennington and Bahri (2017).

    >>> net = OneHiddenLayer(1, 1, 1, "identity")  # y = w_2 w_1 x
    >>> theta = torch.tensor([2.0, 3.0])
    >>> split = hessian_split(net, theta, torch.ones(1, 1), torch.tensor([[5.0]]))
    >>> split.H0.tolist(), split.H1.tolist()
    ([[9.0, 6.0], [6.0, 4.0]], [[0.0, 1.0], [1.0, 0.0]])
    """
    theta = theta.detach().requires_grad_()
    outputs = net(theta, X)
    check_shape("Y", Y, tuple(outputs.shape))
    residuals, m = outputs.detach() - Y, X.shape[1]
    J = output_jacobian(outputs, [theta])
    H0 = J @ J.T / m  # eq-hessian-first

    def weighted(t: Tensor) -> Tensor:  # the residuals are numbers here, not functions of t
        return (residuals * net(t, X)).sum() / m

    H1 = hessian(weighted, theta)  # eq-hessian-second
    return Split(H0, (H1 + H1.T) / 2, J, residuals)


def hidden_layer_split(
    net: OneHiddenLayer,
    theta: Float[Tensor, " parameters"],
    X: Float[Tensor, "d_in samples"],
    Y: Float[Tensor, "d_out samples"],
) -> Split:
    """The same split for one hidden layer, with the derivatives written out.

    Implements eq-hidden-layer-blocks. Several times faster than automatic differentiation, and it
    shows what H1 is made of: only weights that meet in the same hidden unit have an entry.

    Raises:
        ValueError: ``Y`` does not have the shape of the network's outputs.
    """
    W_1, W_2 = net.unpack(theta.detach())
    (p, n, q), m = (net.d_in, net.d_hidden, net.d_out), X.shape[1]
    check_shape("Y", Y, (q, m))
    f = by_name(net.nonlinearity)
    h = f.value(W_1 @ X)
    slope = f.slope(h)
    residuals = W_2 @ h - Y
    J = torch.zeros(net.parameters, q * m, dtype=theta.dtype, device=theta.device)
    J[: n * p] = torch.einsum("ij,ju,ku->jkiu", W_2, slope, X).reshape(n * p, q * m)
    every = torch.arange(q)
    J[n * p :].view(q, n, q, m)[every, :, every] = h
    back = W_2.T @ residuals * f.curvature(h)
    within = torch.einsum("ju,ku,lu->jkl", back, X, X) / m  # eq-hidden-layer-blocks
    across = torch.einsum("iu,ju,ku->jki", residuals, slope, X) / m  # eq-hidden-layer-blocks
    H1 = torch.zeros(net.parameters, net.parameters, dtype=theta.dtype, device=theta.device)
    for j in range(n):
        first = slice(j * p, (j + 1) * p)
        second = n * p + j + n * every
        H1[first, first] = within[j]
        H1[first, second] = across[j]
        H1[second, first] = across[j].T
    return Split(J @ J.T / m, H1, J, residuals)


def quadratic_model(
    H: Float[Tensor, "parameters parameters"], steps: Float[Tensor, "*many parameters"]
) -> Float[Tensor, "*many"]:
    """What the loss gains at each step away from a critical point, to second order.

    Implements eq-local-quadratic: half the sum of lambda_i (u_i^T d)^2. An eigenvalue may be
    negative, and then the loss falls along its eigenvector.

    Args:
        H: the Hessian at the critical point.
        steps: displacements d.

    Raises:
        ValueError: ``steps`` does not end in one entry per row of ``H``.

    >>> saddle = torch.diag(torch.tensor([2.0, -2.0]))
    >>> quadratic_model(saddle, torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    tensor([ 1., -1.])
    """
    if steps.shape[-1:] != H.shape[:1]:
        raise ValueError(
            f"steps: expected {H.shape[0]} entries in the last axis, got {tuple(steps.shape)}"
        )
    eigenvalues, U = torch.linalg.eigh(H)
    return ((steps @ U) ** 2 @ eigenvalues) / 2  # eq-local-quadratic
