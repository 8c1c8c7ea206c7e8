"""Initial weights for torch modules."""

import torch
from torch import Generator, nn

from course_lib.foundations.validate import check_whole


def uniform(
    *shape: int,
    fan_in: int,
    generator: Generator | None = None,
    dtype: torch.dtype = torch.float64,
) -> nn.Parameter:
    """A parameter drawn uniformly from -1/sqrt(fan_in) to 1/sqrt(fan_in).

    Args:
        shape: the sizes of its axes.
        fan_in: how many numbers each output sums over.
        generator: draws the entries; None uses torch's global generator.
        dtype: of the entries.

    Raises:
        ValueError: ``fan_in`` is below 1.

    Convention: the bound of ``torch.nn.Linear``; ``torch.nn.RNN`` uses it for all of its weights
    with the size of the state as ``fan_in``.

    >>> W = uniform(1000, fan_in=4, generator=Generator().manual_seed(0))
    >>> round(W.min().item(), 2), round(W.max().item(), 2)
    (-0.5, 0.5)
    """
    check_whole("fan_in", fan_in, 1)
    unit = torch.rand(shape, generator=generator, dtype=dtype)
    return nn.Parameter(fan_in**-0.5 * (2.0 * unit - 1.0))
