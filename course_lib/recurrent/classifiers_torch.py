"""The two patterns that answer while or after reading: one class, or a tag per step."""

from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor, nn

from course_lib.foundations.init_torch import uniform
from course_lib.foundations.validate import check_one_of, check_whole
from course_lib.recurrent.srn_torch import SRNLayer
from course_lib.sequences.heads_torch import Readout, last_state, mean_state

_POOLS = {"last": last_state, "mean": mean_state}


class SequenceClassifier(nn.Module):
    """Read a sequence of tokens, then give one score per class.

    Args:
        vocab: number of different tokens.
        d_in: size of a token's vector.
        d_hidden: size of the state.
        classes: number of classes.
        pool: what of the states is read out, "last" or "mean".
        generator: draws the weights; None uses torch's global generator.

    Raises:
        ValueError: a size below 1, or an unknown pool.

    >>> import torch
    >>> model = SequenceClassifier(vocab=5, d_in=2, d_hidden=3, classes=2)
    >>> model(torch.zeros(4, 6, dtype=int), torch.ones(4, 6, dtype=bool)).shape
    torch.Size([4, 2])
    """

    def __init__(
        self,
        vocab: int,
        d_in: int,
        d_hidden: int,
        classes: int,
        pool: str = "last",
        generator: Generator | None = None,
    ):
        super().__init__()
        check_one_of("pool", pool, _POOLS)
        check_whole("vocab", vocab, 1)
        self.pool = pool
        self.E = uniform(d_in, vocab, fan_in=1, generator=generator)
        self.recurrent = SRNLayer(d_in, d_hidden, generator=generator)
        self.readout = Readout(d_hidden, classes, generator)

    def forward(
        self, tokens: Int[Tensor, "batch time"], mask: Bool[Tensor, "batch time"]
    ) -> Float[Tensor, "batch classes"]:
        """Scores of each class; what stands at padding makes no difference."""
        hs, _ = self.recurrent(self.E.T[tokens])
        return self.readout(_POOLS[self.pool](hs, mask))


class Tagger(nn.Module):
    """Read a sequence of tokens and score every tag at every step.

    A language model is a tagger whose tag is the next token. Implements eq-language-model, up
    to the softmax.

    Args:
        vocab: number of different tokens.
        d_in: size of a token's vector.
        d_hidden: size of the state.
        tags: number of different tags.
        generator: draws the weights; None uses torch's global generator.

    Raises:
        ValueError: a size below 1.

    >>> import torch
    >>> Tagger(vocab=5, d_in=2, d_hidden=3, tags=4)(torch.zeros(1, 6, dtype=int)).shape
    torch.Size([1, 6, 4])
    """

    def __init__(
        self, vocab: int, d_in: int, d_hidden: int, tags: int, generator: Generator | None = None
    ):
        super().__init__()
        check_whole("vocab", vocab, 1)
        self.E = uniform(d_in, vocab, fan_in=1, generator=generator)
        self.recurrent = SRNLayer(d_in, d_hidden, generator=generator)
        self.readout = Readout(d_hidden, tags, generator)

    def forward(self, tokens: Int[Tensor, "batch time"]) -> Float[Tensor, "batch time tags"]:
        """Scores of each tag at each step; on the padding they mean nothing."""
        hs, _ = self.recurrent(self.E.T[tokens])  # eq-language-model
        return self.readout(hs)  # eq-language-model
