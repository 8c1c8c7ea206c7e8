"""A NARX model whose function is a small feed-forward network, trained one step at a time."""

import torch
from jaxtyping import Float
from numpy import ndarray as Array
from torch import nn

from course_lib.optimization.fit_torch import fit
from course_lib.sequence_models.narx import NARX, narx_features


def fit_narx_mlp(
    x: Float[Array, " time"],
    y: Float[Array, " time"],
    K_x: int,
    K_y: int,
    d_hidden: int,
    generator: torch.Generator,
    steps: int = 500,
    learning_rate: float = 0.01,
) -> NARX:
    """Fit one hidden tanh layer to one-step predictions, by mean squared error.

    The past outputs in the features are the measured ones, so training never
    sees the model's own errors come back.

    Args:
        x: input.
        y: measured output.
        K_x: largest lag of the input.
        K_y: largest lag of the output.
        d_hidden: units of the hidden layer.
        generator: draws the initial weights, uniform in +-1/sqrt(fan in).
        steps: full-batch updates.
        learning_rate: of Adam.

    Returns:
        A NARX model on numpy arrays.
    """
    features = torch.tensor(narx_features(x, y, K_x, K_y), dtype=torch.float64)
    targets = torch.tensor(y[max(K_x, K_y) :], dtype=torch.float64)
    hidden, readout = nn.Linear(features.shape[1], d_hidden), nn.Linear(d_hidden, 1)
    net = nn.Sequential(hidden, nn.Tanh(), readout).double()
    with torch.no_grad():
        for layer in (hidden, readout):
            bound = layer.in_features**-0.5
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
    fit(
        net.parameters(),
        lambda step: ((net(features)[:, 0] - targets) ** 2).mean(),
        steps,
        learning_rate,
    )

    def predict(rows: Array) -> Array:
        with torch.no_grad():
            return net(torch.tensor(rows, dtype=torch.float64))[:, 0].numpy()

    return NARX(predict, K_x, K_y)
