"""The simple recurrent network as a torch layer, for training; the twin of ``srn``."""

from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from course_lib.foundations.init_torch import uniform
from course_lib.foundations.nonlinearities_torch import by_name
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent import srn


class SRNLayer(nn.Module):
    """h_t = f(W_hh h_{t-1} + W_xh x_t + b_h) over a batch of sequences.

    The input projection W_xh x_t + b_h is one product for all steps, so that a step
    costs one product and one nonlinearity.

    Args:
        d_in: size of an input.
        d_hidden: size of the state.
        nonlinearity: the name of f: tanh, logistic, relu or identity.
        generator: draws the weights; None uses torch's global generator.
        dtype: of the weights.

    Convention: batch first and one bias, where ``torch.nn.RNN`` has time first
    and two biases. Source: Elman (1990).

    >>> layer = SRNLayer(2, 3)
    >>> hs, state = layer(torch.zeros(4, 5, 2, dtype=torch.float64))
    >>> hs.shape, state.shape
    (torch.Size([4, 5, 3]), torch.Size([4, 3]))
    """

    def __init__(
        self,
        d_in: int,
        d_hidden: int,
        nonlinearity: str = "tanh",
        generator: torch.Generator | None = None,
        dtype: torch.dtype = torch.float64,
    ):
        super().__init__()
        check_whole("d_in", d_in, 1)
        check_whole("d_hidden", d_hidden, 1)
        self.nonlinearity = by_name(nonlinearity).name
        draw = partial(uniform, fan_in=d_hidden, generator=generator, dtype=dtype)
        self.W_xh = draw(d_hidden, d_in)
        self.W_hh = draw(d_hidden, d_hidden)
        self.b_h = draw(d_hidden)

    @classmethod
    def from_params(cls, params: srn.Params, nonlinearity: str = "tanh") -> "SRNLayer":
        """A layer that starts from the weights of a numpy cell."""
        d_hidden, d_in = params.W_xh.shape
        layer = cls(d_in, d_hidden, nonlinearity)
        for name, array in params._asdict().items():
            setattr(layer, name, nn.Parameter(torch.tensor(array)))
        return layer

    def to_params(self) -> srn.Params:
        """A copy of the weights for the numpy cell."""
        return srn.Params(
            *(getattr(self, name).detach().numpy().copy() for name in srn.Params._fields)
        )

    def step_projected(
        self, projected: Float[Tensor, "batch d_hidden"], state: Float[Tensor, "batch d_hidden"]
    ) -> Float[Tensor, "batch d_hidden"]:
        """One step, given W_xh x_t + b_h; a layer with another step overrides this method."""
        z = torch.addmm(projected, state, self.W_hh.T)  # projected + state @ W_hh.T
        return by_name(self.nonlinearity).value(z)

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
        d_hidden, d_in = self.W_xh.shape
        check_shape("xs", xs, ("batch", "time", d_in))
        batch, time, _ = xs.shape
        check_whole("number of steps", time, 1)
        h = xs.new_zeros(batch, d_hidden) if state0 is None else state0
        check_shape("state0", h, (batch, d_hidden))
        if mask is not None:
            check_shape("mask", mask, (batch, time))
            xs = torch.where(mask[..., None], xs, 0.0)
        projected = (xs.transpose(0, 1) @ self.W_xh.T + self.b_h).unbind(0)
        hs = []
        for t, projected_t in enumerate(projected):
            new = self.step_projected(projected_t, h)
            h = new if mask is None else torch.where(mask[:, t, None], new, h)
            hs.append(h)
        return torch.stack(hs, dim=1), h
