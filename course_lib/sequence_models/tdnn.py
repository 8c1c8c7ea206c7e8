"""Time-delay neural networks: a feed-forward layer that also sees the last K inputs.

The delay line is the oldest way to give a network memory. Sharing its weights
over time makes the layer a causal convolution.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_shape, check_whole


class TDNNGradients(NamedTuple):
    """What a loss says about each argument of ``tdnn_layer``."""

    W: Float[Array, "taps d_out d_in"]
    b: Float[Array, " d_out"]
    hs: Float[Array, "batch time d_in"]


def tdnn_layer(
    hs: Float[Array, "batch time d_in"],
    W: Float[Array, "taps d_out d_in"],
    b: Float[Array, " d_out"],
    nonlinearity: str = "tanh",
) -> Float[Array, "batch time d_out"]:
    """Compute each output from the input of its own step and of the ``taps - 1`` before it.

    Implements eq-tdnn.

    Args:
        hs: outputs of the layer below; zeros stand before the first step.
        W: one matrix per lag; ``W[k]`` multiplies the input of ``k`` steps ago.
        b: bias, the same at every step.
        nonlinearity: tanh, logistic, relu or identity.

    Returns:
        One output per step; step t depends on no later input.

    Raises:
        ValueError: shapes do not fit together.

    Convention: ``torch.nn.functional.conv1d`` is a cross-correlation, whose last
    tap meets the newest input; ours are the same taps in reversed order.
    Source: Waibel et al. (1989).

    >>> echo = np.array([[[0.0]], [[1.0]]])
    >>> tdnn_layer(np.array([[[5.0], [6.0], [7.0]]]), echo, np.zeros(1), "identity")[0, :, 0]
    array([0., 5., 6.])
    """
    check_shape("hs", hs, ("batch", "time", "d_in"))
    check_shape("W", W, ("taps", "d_out", hs.shape[2]))
    check_shape("b", b, (W.shape[1],))
    hs = as_floating("hs", hs)
    z = np.zeros((*hs.shape[:2], W.shape[1])) + b
    for k in range(min(len(W), hs.shape[1])):
        z[:, k:] += hs[:, : hs.shape[1] - k] @ W[k].T
    return by_name(nonlinearity).value(z)  # eq-tdnn


def tdnn_layer_backward(
    hs: Float[Array, "batch time d_in"],
    W: Float[Array, "taps d_out d_in"],
    outputs: Float[Array, "batch time d_out"],
    d_outputs: Float[Array, "batch time d_out"],
    nonlinearity: str = "tanh",
) -> TDNNGradients:
    """Send gradients of a loss from the outputs of ``tdnn_layer`` back to its arguments.

    A weight is used at every step, so its gradient is a sum over the steps.

    Args:
        hs: the inputs of the forward pass.
        W: the weights of the forward pass.
        outputs: what ``tdnn_layer`` returned.
        d_outputs: gradient of the loss with respect to them.
        nonlinearity: as in the forward pass.
    """
    hs = as_floating("hs", hs)
    W = as_floating("W", W)
    d_z = d_outputs * by_name(nonlinearity).slope(outputs)
    d_W, d_hs = np.zeros_like(W), np.zeros_like(hs)
    time = hs.shape[1]
    for k in range(min(len(W), time)):
        d_W[k] = np.einsum("bto,bti->oi", d_z[:, k:], hs[:, : time - k])
        d_hs[:, : time - k] += d_z[:, k:] @ W[k]
    return TDNNGradients(d_W, d_z.sum(axis=(0, 1)), d_hs)


def receptive_field(lags: Sequence[int]) -> int:
    """How many inputs, the newest included, one output of a stack of layers can see.

    Implements eq-tdnn-receptive-field.

    Args:
        lags: for every layer, its largest lag (``taps - 1``, times the dilation
            if only every so many-th input is used).

    >>> receptive_field([3, 3])
    7
    """
    for lag in lags:
        check_whole("lags", lag, 0)
    return 1 + sum(lags)  # eq-tdnn-receptive-field
