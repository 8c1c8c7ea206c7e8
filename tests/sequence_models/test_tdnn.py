"""The time-delay layer is a causal convolution, forwards and backwards."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_lib.sequence_models.tdnn import receptive_field, tdnn_layer, tdnn_layer_backward
from course_lib.sequences.scan import delay_line, scan


@pytest.fixture
def layer(rng):
    hs, W, b = rng.normal(size=(2, 9, 3)), rng.normal(size=(4, 5, 3)), rng.normal(size=5)
    return hs, W, b


def conv1d(hs, W, b):
    """Torch's cross-correlation on an input padded on the left, taps reversed."""
    padded = F.pad(hs.mT, (len(W) - 1, 0))
    return F.conv1d(padded, W.permute(1, 2, 0).flip(-1), b).mT


@pytest.mark.checks("eq-tdnn", against="torch")
@pytest.mark.parametrize("time", [1, 2, 9])
def test_equals_a_left_padded_convolution(layer, time):
    hs, W, b = layer
    hs = hs[:, :time]
    expected = torch.tanh(conv1d(*map(torch.from_numpy, (hs, W, b)))).numpy()
    np.testing.assert_allclose(tdnn_layer(hs, W, b), expected, atol=1e-12)


def test_taps_in_the_library_order_would_be_wrong(layer):
    """Without the flip the two differ, so the convention is really being tested."""
    hs, W, b = layer
    unflipped = conv1d(*map(torch.from_numpy, (hs, W[::-1].copy(), b))).numpy()
    assert np.abs(tdnn_layer(hs, W, b, "identity") - unflipped).max() > 0.1


def test_equals_a_feed_forward_layer_on_a_delay_line(layer):
    """The layer is an ordinary dense layer that reads the state of a recurrence."""
    hs, W, b = layer
    memory = scan(delay_line, np.zeros((2, 4 * 3)), hs)
    dense = np.concatenate(list(W), axis=1)
    np.testing.assert_allclose(tdnn_layer(hs, W, b), np.tanh(memory @ dense.T + b), atol=1e-12)


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic", "relu", "identity"])
@pytest.mark.parametrize("time", [2, 9])
def test_gradients_match_autograd(layer, rng, nonlinearity, time):
    hs, W, b = layer
    hs = hs[:, :time]
    outputs = tdnn_layer(hs, W, b, nonlinearity)
    d_outputs = rng.normal(size=outputs.shape)
    ours = tdnn_layer_backward(hs, W, outputs, d_outputs, nonlinearity)
    arguments = [torch.tensor(a, requires_grad=True) for a in (hs, W, b)]
    functions = {"logistic": torch.sigmoid, "identity": lambda z: z}
    function = functions.get(nonlinearity) or getattr(torch, nonlinearity)
    (function(conv1d(*arguments)) * torch.from_numpy(d_outputs)).sum().backward()
    d_hs, d_W, d_b = (a.grad.numpy() for a in arguments)
    np.testing.assert_allclose(ours.W, d_W, atol=1e-10)
    np.testing.assert_allclose(ours.b, d_b, atol=1e-10)
    np.testing.assert_allclose(ours.hs, d_hs, atol=1e-10)


def test_causal_no_output_changes_before_the_input_does(layer):
    hs, W, b = layer
    before = tdnn_layer(hs, W, b)
    for t in range(9):
        poked = hs.copy()
        poked[:, t] += 1.0
        after = tdnn_layer(poked, W, b)
        np.testing.assert_array_equal(after[:, :t], before[:, :t])
        assert (after[:, t] != before[:, t]).any()
        np.testing.assert_array_equal(after[:, t + 4 :], before[:, t + 4 :])


@pytest.mark.checks("eq-tdnn-receptive-field", against="enumeration")
@pytest.mark.parametrize(("layers", "K"), [(1, 0), (1, 3), (2, 3), (3, 2), (4, 1)])
def test_receptive_field_by_poking_every_input(rng, layers, K):
    """An input matters to the last output exactly if it lies in the receptive field."""
    time = 12
    Ws, bs = rng.normal(size=(layers, K + 1, 2, 2)), rng.normal(size=(layers, 2))

    def last_output(hs):
        for W, b in zip(Ws, bs, strict=True):
            hs = tdnn_layer(hs, W, b, "identity")
        return hs[:, -1]

    xs = rng.normal(size=(1, time, 2))
    changed = 0
    for t in range(time):
        poked = xs.copy()
        poked[:, t] += 1.0
        changed += bool((last_output(poked) != last_output(xs)).any())
    assert changed == receptive_field([K] * layers) == layers * K + 1


def test_a_feed_forward_network_takes_sequences_of_any_length(rng):
    """One output for each input, whatever the length; each is that of its own window alone.

    The means over time are vectors of one size: with pooling a whole text of any length is read.
    """
    Ws, bs = rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(2, 4))

    def network(hs):
        for W, b in zip(Ws, bs, strict=True):
            hs = tdnn_layer(hs, W, b)
        return hs

    xs, window = rng.normal(size=(2, 40, 4)), receptive_field([2, 2])
    whole = network(xs)
    for time in (1, 2, 4, 5, 6, 40):
        outputs = network(xs[:, :time])
        assert outputs.shape == (2, time, 4)
        assert outputs.mean(axis=1).shape == (2, 4)
        np.testing.assert_allclose(outputs, whole[:, :time], atol=1e-14)
        seen = xs[:, max(0, time - window) : time]
        np.testing.assert_allclose(network(seen)[:, -1], outputs[:, -1], atol=1e-14)
        if time >= window:
            shorter = network(seen[:, 1:])[:, -1]
            assert np.abs(shorter - outputs[:, -1]).max() > 1e-4


def test_receptive_field_with_dilation():
    """Doubling dilations with two taps each: the field doubles per layer."""
    assert receptive_field([1, 2, 4, 8]) == 16


def test_refuses_shapes_that_do_not_fit(bad_input):
    hs = np.zeros((2, 5, 3))
    with pytest.raises(ValueError, match=r"W: expected shape \(taps, d_out, 3\), got \(4, 5, 2\)"):
        tdnn_layer(hs, np.zeros((4, 5, 2)), np.zeros(5))
    with pytest.raises(ValueError, match=r"b: expected shape \(5,\), got \(4,\)"):
        tdnn_layer(hs, np.zeros((4, 5, 3)), np.zeros(4))
    with pytest.raises(ValueError, match="lags: expected a whole number, 0 or more, got -1"):
        receptive_field([2, -1])


def test_inputs_without_a_batch_are_refused(bad_input):
    with pytest.raises(ValueError, match=r"hs: expected shape \(batch, time, d_in\)"):
        tdnn_layer(np.zeros((3, 1)), np.zeros((1, 1, 1)), np.zeros(1))
    assert receptive_field([0]) == receptive_field([]) == 1
