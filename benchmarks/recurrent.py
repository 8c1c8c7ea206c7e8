"""Recurrent networks beside torch: hand-written backpropagation, and the trainable layer.

Run ``python benchmarks/recurrent.py``; the table goes to ``benchmarks/results/recurrent.csv``.
Forward and backward pass, 50 steps, 32 sequences, 64 inputs, 128 units, one thread.
All contestants compute the gradients of the weights and of the inputs.
"""

import numpy as np
import torch
from side_by_side import Row, report, row, times
from torch import Tensor, nn

from course_lib.gradient_flow import rtrl
from course_lib.gradient_flow.checkpointing import checkpointed_gradients
from course_lib.gradient_flow.truncated import truncated_backward
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN
from course_lib.recurrent.srn_torch import SRNLayer

BATCH, TIME, D_IN, D_HIDDEN = 32, 50, 64, 128
REPETITIONS = 100


class Textbook(nn.Module):
    """One product per matrix and step, as the equation is written."""

    def __init__(self, dtype: torch.dtype):
        super().__init__()
        self.input = nn.Linear(D_IN, D_HIDDEN, dtype=dtype)
        self.recurrent = nn.Linear(D_HIDDEN, D_HIDDEN, dtype=dtype)

    def forward(self, xs: Tensor) -> tuple[Tensor, Tensor]:
        """Run over every step."""
        h = xs.new_zeros(len(xs), D_HIDDEN)
        hs = []
        for t in range(xs.shape[1]):
            h = torch.tanh(self.input(xs[:, t]) + self.recurrent(h))
            hs.append(h)
        return torch.stack(hs, dim=1), h


def beside_torch(dtype: torch.dtype, bound: float) -> list[Row]:
    """The numpy cell and the torch layer beside torch.nn.RNN."""
    rng = np.random.default_rng(0)
    module = nn.RNN(D_IN, D_HIDDEN, batch_first=True, dtype=dtype)
    layer, textbook = SRNLayer(D_IN, D_HIDDEN, dtype=dtype), Textbook(dtype)
    cell, params = SRN(), SRN().params_from_torch(module)
    xs = torch.tensor(rng.normal(size=(BATCH, TIME, D_IN)), dtype=dtype, requires_grad=True)
    d_hs = torch.tensor(rng.normal(size=(BATCH, TIME, D_HIDDEN)), dtype=dtype)
    xs_numpy, d_hs_numpy = xs.detach().numpy(), d_hs.numpy()

    def ours() -> None:
        _, trace = bptt.forward(cell, params, xs_numpy)
        bptt.backward(cell, params, trace, d_hs_numpy)

    def train(model: nn.Module) -> None:
        model.zero_grad()
        xs.grad = None
        model(xs)[0].backward(d_hs)

    taken = times(
        {
            "numpy SRN, BPTT by hand": ours,
            "torch.nn.RNN": lambda: train(module),
            "SRNLayer": lambda: train(layer),
            "torch, as the equation is written": lambda: train(textbook),
        },
        REPETITIONS,
    )
    kind = str(dtype).removeprefix("torch.")
    return [
        row(taken, "numpy SRN, BPTT by hand", "torch.nn.RNN", kind, bound),
        row(taken, "SRNLayer", "torch.nn.RNN", kind, 1.7),
        row(taken, "SRNLayer", "torch, as the equation is written", kind, 1.0),
    ]


def beside_full_backpropagation() -> list[Row]:
    """What truncation saves, and what recomputing and going forwards cost."""
    rng = np.random.default_rng(0)
    cell = SRN()
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, 100, D_IN))
    d_hs = rng.normal(size=(BATCH, 100, D_HIDDEN))

    def full() -> None:
        _, trace = bptt.forward(cell, params, xs)
        bptt.backward(cell, params, trace, d_hs)

    def truncated(window: int, stride: int) -> None:
        _, trace = bptt.forward(cell, params, xs)
        truncated_backward(cell, params, trace, d_hs, window, stride)

    def checkpointed() -> None:
        def loss_gradient(hs, start):
            return d_hs[:, start : start + hs.shape[1]]

        checkpointed_gradients(cell, params, xs, loss_gradient, every=10)

    taken = times(
        {
            "BPTT": full,
            "checkpointing every 10": checkpointed,
            "truncated, window 20, stride 10": lambda: truncated(20, 10),
            "truncated, window 20, stride 1": lambda: truncated(20, 1),
        },
        REPETITIONS // 4,
    )
    rows = [row(taken, name, "BPTT", "100 steps, float64") for name in taken if name != "BPTT"]

    small = cell.init(rng, 8, 16)
    short, d_short = rng.normal(size=(100, 8)), rng.normal(size=(100, 16))

    def small_full() -> None:
        _, trace = bptt.forward(cell, small, short[None])
        bptt.backward(cell, small, trace, d_short[None])

    taken = times(
        {"RTRL": lambda: rtrl.gradients(cell, small, short, d_short), "BPTT": small_full},
        REPETITIONS,
    )
    return [*rows, row(taken, "RTRL", "BPTT", "one sequence, 100 steps, 16 units")]


if __name__ == "__main__":
    report(
        "recurrent",
        Row._fields,
        [
            *beside_torch(torch.float64, bound=1.0),
            *beside_torch(torch.float32, bound=1.5),
            *beside_full_backpropagation(),
        ],
    )
