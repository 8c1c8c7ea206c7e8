"""The Jacobian of a network: how all of its outputs answer to all of its weights."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor


def output_jacobian(
    outputs: Float[Tensor, "..."], parameters: Sequence[Float[Tensor, "..."]]
) -> Float[Tensor, "parameters values"]:
    """Derivatives of every output with respect to every parameter, one backward pass per output.

    Implements eq-output-jacobian.

    Args:
        outputs: what the network returned, for one input or for many; its graph is kept.
        parameters: what the outputs were computed from: the weights of a module, or a list of
            one vector.

    Returns:
        One row for each parameter, in the order of the list laid end to end, and one column for
        each output, in the order of ``outputs.flatten()``. Detached. A parameter that was not
        used has a row of zeros.

    Convention: parameters by outputs, as in the talk; the usual Jacobian is the transpose.

    >>> w = torch.tensor([2.0, 3.0], requires_grad=True)
    >>> output_jacobian(torch.stack([w[0] * w[1], w[0], w[1] ** 2]), [w])
    tensor([[3., 1., 0.],
            [2., 0., 6.]])
    """
    columns = []
    for output in outputs.flatten():
        parts = torch.autograd.grad(output, parameters, retain_graph=True, materialize_grads=True)
        columns.append(torch.cat([part.flatten() for part in parts]))
    return torch.stack(columns, dim=1)  # eq-output-jacobian
