"""The residual recurrence as a torch layer, for training; the twin of ``additive.ResidualRNN``."""

from jaxtyping import Float
from torch import Tensor

from course_lib.recurrent.srn_torch import SRNLayer


class ResidualLayer(SRNLayer):
    """h_t = h_{t-1} + f(W_hh h_{t-1} + W_xh x_t + b_h) over a batch of sequences.

    Weights, arguments and drawing are those of ``SRNLayer``; only the step differs.

    >>> import torch
    >>> layer = ResidualLayer(2, 3)
    >>> hs, state = layer(torch.zeros(4, 5, 2, dtype=torch.float64))
    >>> hs.shape, state.shape
    (torch.Size([4, 5, 3]), torch.Size([4, 3]))
    """

    def step_projected(
        self, projected: Float[Tensor, "batch d_hidden"], state: Float[Tensor, "batch d_hidden"]
    ) -> Float[Tensor, "batch d_hidden"]:
        """One step of the simple recurrent network, added to the state."""
        return state + super().step_projected(projected, state)
