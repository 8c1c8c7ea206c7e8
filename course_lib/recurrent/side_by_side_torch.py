"""Several simple recurrent networks of the same sizes, trained in one loop over time.

A step of a small network costs little arithmetic and many calls; side by side, the calls are
shared. No network depends on another: with the sum of their losses, each learns as it would alone.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector

from course_lib.foundations.validate import check_shape


def stack_weights(modules: Sequence[nn.Module]) -> dict[str, Tensor]:
    """The parameters of modules of one kind, by name, each with the networks along axis 0."""
    return torch.func.stack_module_state(list(modules))[0]


def stack(modules: Sequence[nn.Module]) -> Tensor:
    """The parameters of modules of one kind as one tensor: row r holds all weights of network r.

    The gradient of each row is clipped to the norm 1 by itself.
    """
    theta = torch.stack([parameters_to_vector(module.parameters()) for module in modules])
    theta = theta.detach().requires_grad_()
    theta.register_hook(lambda d: d / d.norm(dim=1, keepdim=True).clamp(min=1.0))
    return theta


def cut_up(theta: Float[Tensor, "networks weights"], module: nn.Module) -> list[Tensor]:
    """The parameters in the rows of ``theta``, each with the networks along axis 0."""
    shapes = [parameter.shape for parameter in module.parameters()]
    parts = theta.split([shape.numel() for shape in shapes], dim=1)
    return [part.unflatten(1, shape) for part, shape in zip(parts, shapes, strict=True)]


def recur(
    h: Float[Tensor, "networks batch d_hidden"],
    projected: Float[Tensor, "networks batch time d_hidden"],
    W_hh: Float[Tensor, "networks d_hidden d_hidden"],
) -> Float[Tensor, "networks batch time d_hidden"]:
    """The states of tanh networks from a first one on, given W_xh x_t + b_h."""
    hs = []
    for projected_t in projected.unbind(2):
        h = torch.tanh(torch.baddbmm(projected_t, h, W_hh.mT))  # projected_t + h @ W_hh.mT
        hs.append(h)
    return torch.stack(hs, dim=2)


def run_side_by_side(
    W_xh: Float[Tensor, "networks d_hidden d_in"],
    W_hh: Float[Tensor, "networks d_hidden d_hidden"],
    b_h: Float[Tensor, "networks d_hidden"],
    xs: Float[Tensor, "networks batch time d_in"],
) -> Float[Tensor, "networks batch time d_hidden"]:
    """The states of tanh networks, each with weights and inputs of its own.

    Raises:
        ValueError: ``xs`` does not fit the weights.

    >>> W_xh, W_hh, b_h = torch.zeros(2, 4, 3), torch.zeros(2, 4, 4), torch.ones(2, 4)
    >>> run_side_by_side(W_xh, W_hh, b_h, torch.zeros(2, 5, 6, 3)).shape
    torch.Size([2, 5, 6, 4])
    """
    networks, _, d_in = W_xh.shape
    check_shape("xs", xs, (networks, "batch", "time", d_in))
    projected = torch.einsum("nbti,nhi->tnbh", xs, W_xh) + b_h[:, None]
    return recur(torch.zeros_like(projected[0]), projected.movedim(0, 2), W_hh)
