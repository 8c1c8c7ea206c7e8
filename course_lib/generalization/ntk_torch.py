"""The tangent kernel of a real network, and how little a wide one moves while it learns."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.foundations.jacobian_torch import output_jacobian
from course_lib.foundations.validate import check_at_least, check_shape, check_whole
from course_lib.optimization.descent_torch import descend


class Training(NamedTuple):
    """What a run of gradient descent returns.

    Attributes:
        outputs: f on the training inputs, before the first step and after each.
        weights: all weights at the end, laid end to end.
        moved: norm of the change of all weights.
    """

    outputs: Float[Tensor, "steps_plus_1 n"]
    weights: Float[Tensor, " weights"]
    moved: float


class WideNet(torch.nn.Module):
    """A ReLU network without biases, in the parametrisation of the tangent kernel.

    Every weight is drawn from N(0, 1); the factor sqrt(2 / width) stands in the network instead of
    in the initialisation. Source: Jacot, Gabriel and Hongler (2018).

    Args:
        d_in: length of an input.
        widths: of the hidden layers.
        generator: where the weights come from.

    Raises:
        ValueError: there is no hidden layer or one without a unit.
    """

    def __init__(self, d_in: int, widths: Sequence[int], generator: torch.Generator) -> None:
        super().__init__()
        check_at_least("widths (their number)", len(widths), 1)
        for width in widths:
            check_whole("widths", width, 1)
        sizes = [d_in, *widths, 1]
        self.layers = torch.nn.ParameterList(
            torch.randn(rows, columns, dtype=torch.float64, generator=generator)
            for columns, rows in pairwise(sizes)
        )

    def forward(self, X: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """One output for each input."""
        check_shape("X", X, ("n", self.layers[0].shape[1]))
        *below, outgoing = list(self.layers)  # a slice would be a copy without gradients
        hidden = X
        for W in below:
            hidden = torch.relu(hidden @ W.T) * (2 / len(W)) ** 0.5
        return (hidden @ outgoing.T)[:, 0]


def flat_weights(net: torch.nn.Module) -> Float[Tensor, " weights"]:
    """A copy of all weights, laid end to end."""
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def set_flat_weights(net: torch.nn.Module, weights: Float[Tensor, " weights"]) -> None:
    """Copy weights that were laid end to end into the network; undoes ``flat_weights``.

    Raises:
        ValueError: the network has another number of weights.
    """
    parameters = list(net.parameters())
    sizes = [p.numel() for p in parameters]
    check_shape("weights", weights, (sum(sizes),))
    with torch.no_grad():
        for parameter, part in zip(parameters, weights.split(sizes), strict=True):
            parameter.copy_(part.reshape(parameter.shape))


def empirical_ntk(
    net: torch.nn.Module, X: Float[Tensor, "n d"], X2: Float[Tensor, "n2 d"] | None = None
) -> Float[Tensor, "n n2"]:
    """The tangent kernel: inner products of the outputs' gradients with respect to the weights.

    Implements eq-ntk.

    Args:
        net: maps (n, d) to (n,).
        X: inputs.
        X2: other inputs; None means the same.
    """
    weights = list(net.parameters())
    J = output_jacobian(net(X), weights)
    J2 = J if X2 is None else output_jacobian(net(X2), weights)
    return J.T @ J2  # eq-ntk


def linearized_outputs(
    net: torch.nn.Module, X: Float[Tensor, "n d"], change: Float[Tensor, " weights"]
) -> Float[Tensor, " n"]:
    """What the network's first-order expansion says after a change of its weights.

    Implements eq-linearized-net.

    Args:
        net: where the expansion is made; it is not altered.
        X: inputs.
        change: of all weights, laid end to end.

    Raises:
        ValueError: ``change`` has another length than the weights.
    """
    outputs = net(X)
    J = output_jacobian(outputs, list(net.parameters()))
    check_shape("change", change, (J.shape[0],))
    return outputs.detach() + J.T @ change  # eq-linearized-net


def train(
    net: torch.nn.Module,
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    learning_rate: float,
    steps: int,
) -> Training:
    """Full-batch gradient descent on half the sum of squares; alters the network.

    Implements eq-ntk-descent, with ``course_lib.optimization.descent_torch.descend``.

    Args:
        net: maps (n, d) to (n,).
        X: training inputs.
        y: targets.
        learning_rate: step size.
        steps: number of steps.

    Raises:
        ValueError: ``y`` does not fit ``X``, ``steps`` is negative, or the outputs ran away.
    """
    check_shape("y", y, (len(X),))
    parameters, start = list(net.parameters()), flat_weights(net)

    def outputs_at(weights: Tensor) -> Tensor:
        set_flat_weights(net, weights)
        out = net(X)
        if not torch.isfinite(out).all():
            raise ValueError(f"learning_rate: expected one that converges, got {learning_rate}")
        return out

    def gradient(weights: Tensor) -> Tensor:
        out = outputs_at(weights)
        parts = torch.autograd.grad(out, parameters, grad_outputs=out.detach() - y)
        return torch.cat([part.flatten() for part in parts])  # eq-ntk-descent

    outputs = descend(gradient, start, learning_rate, steps, record=outputs_at)
    weights = flat_weights(net)
    return Training(outputs, weights, torch.linalg.vector_norm(weights - start).item())
