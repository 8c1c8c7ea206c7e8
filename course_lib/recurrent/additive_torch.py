"""The residual recurrence as a torch layer, for training; the twin of ``additive.ResidualRNN``."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from course_lib.foundations.validate import expect_at_least, expect_shape
from course_lib.recurrent.srn_torch import NONLINEARITIES, SRNLayer


class ResidualLayer(SRNLayer):
    """h_t = h_{t-1} + f(W_hh h_{t-1} + W_xh x_t + b_h) over a batch of sequences.

    Weights, arguments and drawing are those of ``SRNLayer``; only the step differs.

    >>> layer = ResidualLayer(2, 3)
    >>> hs, state = layer(torch.zeros(4, 5, 2, dtype=torch.float64))
    >>> hs.shape, state.shape
    (torch.Size([4, 5, 3]), torch.Size([4, 3]))
    """

    def forward(
        self,
        xs: Float[Tensor, "batch time d_in"],
        state0: Float[Tensor, "batch d_hidden"] | None = None,
        mask: Bool[Tensor, "batch time"] | None = None,
    ) -> tuple[Float[Tensor, "batch time d_hidden"], Float[Tensor, "batch d_hidden"]]:
        """Run over every step; where ``mask`` is False the state is held unchanged.

        Returns:
            The states after every step, and the last of them.

        Raises:
            ValueError: there is no step, or an argument does not fit ``xs``.
        """
        expect_shape("xs", xs, ("batch", "time", self.W_xh.shape[1]))
        expect_at_least("number of steps", xs.shape[1], 1)
        h = xs.new_zeros(len(xs), len(self.W_hh)) if state0 is None else state0
        expect_shape("state0", h, (len(xs), len(self.W_hh)))
        if mask is not None:
            expect_shape("mask", mask, tuple(xs.shape[:2]))
            xs = torch.where(mask[..., None], xs, 0.0)
        f = NONLINEARITIES[self.nonlinearity]
        drives = (xs.transpose(0, 1) @ self.W_xh.T + self.b_h).unbind(0)
        hs = []
        for t, drive in enumerate(drives):
            new = h + f(torch.addmm(drive, h, self.W_hh.T))
            h = new if mask is None else torch.where(mask[:, t, None], new, h)
            hs.append(h)
        return torch.stack(hs, dim=1), h
