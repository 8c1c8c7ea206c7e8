"""Critical points of a loss at any height, saddles as well as minima.

Descent on the loss ends in minima. To find saddles as well, the squared norm of the gradient is
descended instead. It has minima of its own, at which the gradient is not zero; they are told
apart, and must not be counted.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.foundations.validate import check_positive, check_whole
from course_lib.hessians.hessian_split_torch import Network, Split, hessian_split, squared_loss
from course_lib.optimization.descent_torch import gradient_of

GIVE_UP = 1e12  # damping, in units of the largest squared eigenvalue, at which no step helps


class CriticalPoint(NamedTuple):
    """Where a search ended, and what the loss looks like there.

    Attributes:
        theta: the weights.
        loss: the loss.
        gradient_norm: norm of its gradient; tiny if the search succeeded.
        found: whether it is below the tolerance of the search.
        steps: accepted steps.
        split: the two parts of the Hessian.
        eigenvalues: of the whole Hessian, in ascending order.
    """

    theta: Float[Tensor, " parameters"]
    loss: float
    gradient_norm: float
    found: bool
    steps: int
    split: Split
    eigenvalues: Float[Tensor, " parameters"]

    @property
    def flatness(self) -> float:
        """How far the gradient is from the null space of H: norm of H grad over those of the two.

        Where a search is stuck in a minimum of the norm of the gradient alone this is zero, and no
        step can help. It says nothing at a critical point, where the gradient is rounding noise.
        """
        gradient = self.split.gradient
        scale = float(self.eigenvalues.abs().max() * gradient.norm())
        return float((self.split.H @ gradient).norm()) / scale if scale > 0 else 0.0

    @property
    def hessian_index(self) -> float:
        """Share of negative eigenvalues."""
        return index(self.eigenvalues)


def index(eigenvalues: Float[Tensor, " n"], relative: float = 1e-7) -> float:
    """Share of eigenvalues that are negative beyond rounding.

    Implements eq-measured-index. A direction that a symmetry of the network leaves flat has an
    eigenvalue of zero, which rounding moves to either side; it is not counted.

    Args:
        eigenvalues: of a Hessian.
        relative: what passes as zero, in units of the largest modulus.

    >>> index(torch.tensor([-1.0, -1e-15, 0.5, 2.0]))
    0.25
    """
    zero = relative * float(eigenvalues.abs().max())
    return float((eigenvalues < -zero).double().mean())  # eq-measured-index


def find_critical_point(
    net: Network,
    start: Float[Tensor, " parameters"],
    X: Float[Tensor, "d_in samples"],
    Y: Float[Tensor, "d_out samples"],
    most_steps: int = 400,
    tolerance: float = 1e-10,
    farthest: float = 60.0,
    patience: int = 25,
    split_at: Callable[..., Split] = hessian_split,
) -> CriticalPoint:
    """Descend the squared norm of the gradient by damped Newton steps.

    Implements eq-damped-newton. In the eigenbasis of H, component i of the gradient is divided by
    lambda_i where that is safe and is left nearly alone where lambda_i is small. With the damping
    beta at zero this is Newton's method, which is drawn to saddles as much as to minima.

    Args:
        net: takes weights and samples, returns outputs.
        start: where to begin.
        X: samples.
        Y: targets.
        most_steps: accepted steps after which the search ends.
        tolerance: norm of a gradient that counts as zero.
        farthest: norm of the weights at which the search gives up. Saturated units have small
            gradients too, and may lead it to infinity.
        patience: accepted steps within which the norm of the gradient has to fall by a tenth.
        split_at: computes the split; ``hidden_layer_split`` is faster where it applies.

    Returns:
        The point at which the search ended. ``found`` is false if it is not critical: the search
        ran out of steps or of patience, left for infinity, or ended where the gradient is not zero
        but H times it is, a minimum of the norm alone, which ``flatness`` tells.

    Raises:
        ValueError: ``most_steps`` is negative, ``patience`` below 1, or another limit not positive.
    """
    check_whole("most_steps", most_steps, 0)
    check_whole("patience", patience, 1)
    check_positive("tolerance", tolerance)
    check_positive("farthest", farthest)
    theta, damping, steps = start.detach().clone(), 1e-3, 0
    gradient = gradient_of(lambda t: squared_loss(net, t, X, Y))
    split = split_at(net, theta, X, Y)
    norms = [float(split.gradient.norm())]
    while True:
        eigenvalues, U = torch.linalg.eigh(split.H)
        if norms[-1] <= tolerance or steps == most_steps:
            break
        if _stalled(norms, patience) or theta.norm() > farthest:
            break
        along = U.T @ split.gradient
        scale = eigenvalues.abs().max() ** 2
        accepted = False
        while not accepted and damping < GIVE_UP:
            step = U @ (eigenvalues * along / (eigenvalues**2 + damping * scale))
            candidate = theta - step  # eq-damped-newton
            norm = float(gradient(candidate).norm())
            accepted = norm < norms[-1]
            damping = max(damping / 10, 1e-16) if accepted else 4 * damping
        if not accepted:
            break
        theta, steps = candidate, steps + 1
        split = split_at(net, theta, X, Y)
        norms.append(float(split.gradient.norm()))
    loss = split.energy * len(Y)
    return CriticalPoint(theta, loss, norms[-1], norms[-1] <= tolerance, steps, split, eigenvalues)


def _stalled(norms: list[float], patience: int) -> bool:
    """Whether the norm of the gradient has all but stopped falling."""
    return len(norms) > patience and norms[-1] > 0.9 * norms[-1 - patience]


def measured_energy(split: Split) -> float:
    """The energy at which the theory's two matrices have the moments of these two.

    Implements eq-measured-energy. The theory takes the mean eigenvalue of H0 for 1 and the
    variance of those of H1 for 2 epsilon; neither is so in a network. Dividing H by the mean of
    H0 changes no sign.

    Raises:
        ValueError: H0 is zero.

    >>> one, J, e = torch.eye(2), torch.eye(2), torch.ones(1, 2)
    >>> measured_energy(Split(2 * one, 2 * one, J, e))
    0.5
    """
    mean = float(split.H0.trace()) / len(split.H0)
    if mean == 0:
        raise ValueError("split: expected an H0 other than zero, got zero")
    variance = float((split.H1**2).sum()) / len(split.H1)
    return variance / (2 * mean**2)  # eq-measured-energy


def measured_ratio(split: Split) -> float:
    """The phi at which the theory's H0 has the spread of this one.

    Implements eq-measured-ratio. In the theory the eigenvalues of H0 have the mean 1 and the
    variance phi, so phi is the variance over the squared mean.

    Raises:
        ValueError: H0 is zero.

    >>> J, e = torch.eye(2), torch.ones(1, 2)
    >>> measured_ratio(Split(torch.diag(torch.tensor([3.0, 1.0])), torch.eye(2), J, e))
    0.25
    """
    size = len(split.H0)
    mean = float(split.H0.trace()) / size
    if mean == 0:
        raise ValueError("split: expected an H0 other than zero, got zero")
    return float((split.H0**2).sum()) / size / mean**2 - 1  # eq-measured-ratio
