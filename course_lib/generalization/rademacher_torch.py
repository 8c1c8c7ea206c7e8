"""How well deep ReLU networks of bounded norm follow coin flips, by gradient ascent."""

import itertools
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.foundations.validate import check_shape, check_whole
from course_lib.optimization.fit_torch import fit


def ascend(
    x: Float[Tensor, "n d"],
    signs: Float[Tensor, "draws n"],
    widths: Sequence[int],
    norm: float,
    generator: torch.Generator,
    steps: int = 300,
    restarts: int = 4,
    learning_rate: float = 0.05,
) -> Float[Tensor, " draws"]:
    """A correlation with each draw of signs that ReLU networks of bounded norm attain.

    What a search finds is a lower bound on the supremum. All draws and all restarts are searched at
    once. Every matrix is scaled to the full norm on its way into the network, which loses nothing,
    since a network without biases is homogeneous in each matrix.

    Args:
        x: the sample.
        signs: draws of signs.
        widths: units of each hidden layer; none for the linear class.
        norm: largest Frobenius norm of every weight matrix, the output's included.
        generator: draws the starts.
        steps: updates of Adam.
        restarts: starts per draw.
        learning_rate: of Adam.

    Returns:
        The best correlation found for each draw; at least 0, which the zero network attains.
    """
    check_whole("restarts", restarts, 1)
    check_shape("signs", signs, ("draws", x.shape[0]))
    sizes, draws = [x.shape[1], *widths, 1], signs.shape[0]
    weights = [
        torch.randn(draws * restarts, d_out, d_in, generator=generator, dtype=x.dtype)
        for d_in, d_out in itertools.pairwise(sizes)
    ]
    flips = signs.repeat_interleave(restarts, dim=0)

    def correlation() -> Float[Tensor, " searches"]:
        h = x.T.expand(draws * restarts, -1, -1)
        for depth, V in enumerate(weights):
            W = norm * V / V.norm(dim=(1, 2), keepdim=True)
            h = W @ (h if depth == 0 else h.relu())
        return (flips * h[:, 0]).mean(dim=1)

    for V in weights:
        V.requires_grad_()
    fit(weights, lambda _: -correlation().sum(), steps, learning_rate)
    with torch.no_grad():
        found = correlation().reshape(draws, restarts)
    return found.max(dim=1).values.clamp(min=0.0)
