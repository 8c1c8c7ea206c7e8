r"""Two cells side by side, one reading from the left and one from the right.

Side by side, not one above the other: neither reads the states of the other. Their
states are concatenated into a vector twice as long.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape
from course_lib.recurrent import bptt
from course_lib.recurrent.cell import Cell
from course_lib.recurrent.cell import Params as CellParams
from course_lib.recurrent.stacked import Layer, LayerGradients
from course_lib.sequences.batching import reverse_by_length
from course_lib.sequences.heads import last_state


class Params(NamedTuple):
    """The parameters of the two cells; nothing is shared.

    Attributes:
        fw: of the cell that reads from left to right.
        bw: of the cell that reads from right to left.
    """

    fw: CellParams
    bw: CellParams


class BidirectionalTrace(NamedTuple):
    """The traces of both cells, and the mask that says where each sequence turns round."""

    fw: bptt.Trace
    bw: bptt.Trace
    mask: Bool[Array, "batch time"]


class Bidirectional(Layer):
    r"""[h_fw; h_bw]: at every step one summary of the past and one of the future.

    Implements eq-bidirectional-forwards, eq-bidirectional-backwards and
    eq-bidirectional-state (chapter: recurrence).

    Args:
        cell: reads from left to right.
        bw: reads from right to left; None means a cell of the same kind.

    Convention: forward half first, as in torch. Source: Schuster and Paliwal (1997).

    >>> from course_lib.recurrent.srn import SRN
    >>> from course_lib.recurrent.srn import Params as SRNParams
    >>> running_sum = SRNParams(np.eye(1), np.eye(1), np.zeros(1))
    >>> xs = np.array([[[1.0], [10.0], [100.0]]])
    >>> Bidirectional(SRN("identity")).forward(Params(running_sum, running_sum), xs)[0][0]
    array([[  1., 111.],
           [ 11., 110.],
           [111., 100.]])
    """

    def __init__(self, cell: Cell, bw: Cell | None = None):
        self.fw = cell
        self.bw = cell if bw is None else bw

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw the parameters of both cells, each with ``d_hidden`` units."""
        return Params(self.fw.init(rng, d_in, d_hidden), self.bw.init(rng, d_in, d_hidden))

    def width(self, d_hidden: int) -> int:
        """``2 * d_hidden``."""
        return 2 * d_hidden

    def forward(
        self,
        params: Params,
        xs: Float[Array, "batch time d_in"],
        mask: Bool[Array, "batch time"] | None = None,
    ) -> tuple[Float[Array, "batch time d_out"], BidirectionalTrace]:
        """Run both cells, the second one over the reversed sequences.

        The second reading turns each sequence round inside its own length, and
        turns the states back, so that row t of both halves belongs to input t.
        """
        mask = np.ones(xs.shape[:2], bool) if mask is None else mask
        hs_fw, fw = bptt.forward(self.fw, params.fw, xs, mask=mask)  # eq-bidirectional-forwards
        turned = reverse_by_length(xs, mask)
        hs_bw, bw = bptt.forward(self.bw, params.bw, turned, mask=mask)
        hs_bw = reverse_by_length(hs_bw, mask)  # eq-bidirectional-backwards
        return np.concatenate([hs_fw, hs_bw], axis=-1), BidirectionalTrace(
            fw, bw, mask
        )  # eq-bidirectional-state

    def backward(
        self, params: Params, trace: BidirectionalTrace, d_hs: Float[Array, "batch time d_out"]
    ) -> LayerGradients:
        """Backpropagate through each cell; what belongs to the second is reversed in time."""
        d_hidden = self.fw.output(trace.fw.state).shape[1]
        check_shape("d_hs", d_hs, (*trace.mask.shape, self._d_out(trace)))
        d_fw, d_bw = d_hs[..., :d_hidden], reverse_by_length(d_hs[..., d_hidden:], trace.mask)
        fw = bptt.backward(self.fw, params.fw, trace.fw, d_fw)
        bw = bptt.backward(self.bw, params.bw, trace.bw, d_bw)
        return LayerGradients(
            Params(fw.params, bw.params), fw.xs + reverse_by_length(bw.xs, trace.mask)
        )

    def params_from_torch(self, module: Any, layer: int = 0) -> Params:
        """Copy both directions of a layer of a torch module made with ``bidirectional=True``."""
        return Params(
            self.fw.params_from_torch(module, suffix=f"l{layer}"),
            self.bw.params_from_torch(module, suffix=f"l{layer}_reverse"),
        )

    def _d_out(self, trace: BidirectionalTrace) -> int:
        return sum(
            cell.output(half.state).shape[1]
            for cell, half in ((self.fw, trace.fw), (self.bw, trace.bw))
        )


def ends(
    hs: Float[Array, "batch time d_out"], mask: Bool[Array, "batch time"] | None = None
) -> Float[Array, "batch d_out"]:
    """The two states that have read everything: the forward one at the end, the backward one at 1.

    Implements eq-bidirectional-ends (chapter: recurrence). ``hs[:, -1]`` is not it:
    there the backward cell has read a single input.

    Args:
        hs: answers of a bidirectional layer with two cells of equal width.
        mask: True where a step is real; None means everywhere.

    >>> ends(np.array([[[1.0, 6.0], [3.0, 5.0], [6.0, 3.0]]]))
    array([[6., 6.]])
    """
    d_hidden = hs.shape[-1] // 2
    last = last_state(hs[..., :d_hidden], mask)
    return np.concatenate([last, hs[:, 0, d_hidden:]], axis=-1)  # eq-bidirectional-ends
