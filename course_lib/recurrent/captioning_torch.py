"""One vector in, a sequence out: two ways to condition a decoder on a vector."""

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn

from course_lib.foundations.init_torch import uniform
from course_lib.foundations.validate import check_one_of, check_shape, check_whole
from course_lib.recurrent.srn_torch import SRNLayer
from course_lib.sequences.heads_torch import Readout


class CaptionDecoder(nn.Module):
    """Generate a sequence about a vector, such as a caption for a picture.

    Implements eq-caption-input and eq-caption-start (chapter: recurrence).

    Args:
        d_picture: size of the vector.
        vocab: number of different tokens.
        d_in: size of a token's vector.
        d_hidden: size of the state.
        mode: "input" shows the vector at every step, "start" makes the first state from it.
        begin: the token that is read at the first step.
        generator: draws the weights; None uses torch's global generator.

    Raises:
        ValueError: a size below 1, an unknown mode, or ``begin`` is no token.

    >>> decoder = CaptionDecoder(d_picture=64, vocab=16, d_in=3, d_hidden=4, mode="start")
    >>> decoder.generate(torch.zeros(2, 64, dtype=torch.float64), steps=6).shape
    torch.Size([2, 6])
    """

    def __init__(
        self,
        d_picture: int,
        vocab: int,
        d_in: int,
        d_hidden: int,
        mode: str,
        begin: int = 0,
        generator: Generator | None = None,
    ):
        super().__init__()
        check_one_of("mode", mode, ("input", "start"))
        check_whole("d_picture", d_picture, 1)
        if not 0 <= begin < vocab:
            raise ValueError(f"begin: expected a token from 0 to {vocab - 1}, got {begin}")
        self.mode = mode
        self.begin = begin
        self.E = uniform(d_in, vocab, fan_in=1, generator=generator)
        self.W_v = uniform(d_hidden, d_picture, fan_in=d_picture, generator=generator)
        self.recurrent = SRNLayer(d_in, d_hidden, generator=generator)
        self.readout = Readout(d_hidden, vocab, generator)

    def forward(
        self, pictures: Float[Tensor, "batch pixels"], inputs: Int[Tensor, "batch time"]
    ) -> Float[Tensor, "batch time vocab"]:
        """Scores of the next token at each step, given the right tokens before it."""
        check_shape("pictures", pictures, (len(inputs), self.W_v.shape[1]))
        return self.readout(self._states(pictures, inputs, None)[0])

    def generate(
        self, pictures: Float[Tensor, "batch pixels"], steps: int
    ) -> Int[Tensor, "batch steps"]:
        """Greedy decoding: at each step the likeliest token, which the next step reads."""
        check_whole("steps", steps, 1)
        state, token, generated = None, torch.full((len(pictures), 1), self.begin), []
        with torch.no_grad():
            for _ in range(steps):
                hs, state = self._states(pictures, token, state)
                token = self.readout(hs).argmax(dim=-1)
                generated.append(token)
        return torch.cat(generated, dim=1)

    def _states(
        self, pictures: Tensor, inputs: Tensor, state: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Run the recurrence from a state, or from the beginning if there is none yet."""
        seen = pictures @ self.W_v.T
        xs = self.E.T[inputs]
        if self.mode == "start":
            state = torch.tanh(seen) if state is None else state  # eq-caption-start
            return self.recurrent(xs, state)
        W_xh, W_hh, b_h = self.recurrent.W_xh, self.recurrent.W_hh, self.recurrent.b_h
        projected = xs @ W_xh.T + (seen + b_h)[:, None]
        state = torch.zeros_like(seen) if state is None else state
        hs = []
        for projected_t in projected.unbind(1):
            state = torch.tanh(state @ W_hh.T + projected_t)  # eq-caption-input
            hs.append(state)
        return torch.stack(hs, dim=1), state
