"""The row form against torch and against itself."""

import numpy as np
import pytest
import torch

from course_lib.recurrent import bptt
from course_lib.recurrent.row_convention import Network, row_step, to_rows
from course_lib.recurrent.srn import SRN
from course_lib.sequences.heads import readout

M, D, V = 3, 4, 5  # inputs, hidden units, classes


@pytest.fixture
def theirs(rng):
    """A network copied from torch, its inputs, and torch's states and scores."""
    torch.manual_seed(2)
    rnn = torch.nn.RNN(M, D, batch_first=True, dtype=torch.float64)
    linear = torch.nn.Linear(D, V, dtype=torch.float64)
    xs = rng.normal(size=(2, 6, M))
    hs = rnn(torch.tensor(xs))[0]
    network = Network(
        SRN().params_from_torch(rnn), linear.weight.detach().numpy(), linear.bias.detach().numpy()
    )
    return network, xs, hs.detach().numpy(), linear(hs).detach().numpy()


@pytest.mark.checks("eq-row-state", "eq-row-output", against="torch")
def test_row_form_equals_torch(theirs):
    network, xs, hs, ys = theirs
    H = np.zeros((2, D))
    for t in range(xs.shape[1]):
        H, scores = row_step(to_rows(network), xs[:, t], H)
        np.testing.assert_allclose(H, hs[:, t], atol=1e-13)
        np.testing.assert_allclose(scores, ys[:, t], atol=1e-13)


def test_row_form_equals_column_form(theirs):
    network, xs, hs, ys = theirs
    ours, _ = bptt.forward(SRN(), network.cell, xs)
    np.testing.assert_allclose(ours, hs, atol=1e-13)
    np.testing.assert_allclose(readout(ours, network.W_hy, network.b_y), ys, atol=1e-13)


def test_a_forgotten_transpose_fits_and_is_wrong(theirs):
    network, xs, hs, _ = theirs
    rows = to_rows(network)
    H, _ = row_step(rows._replace(W_hh=rows.W_hh.T), xs[:, 1], hs[:, 0])
    assert H.shape == hs[:, 1].shape
    assert abs(H - hs[:, 1]).max() > 0.01


def test_wrong_arguments_are_named(theirs, bad_input):
    rows = to_rows(theirs[0])
    with pytest.raises(ValueError, match=r"X: expected shape \(batch, 3\), got \(3, 2\)"):
        row_step(rows, np.zeros((M, 2)), np.zeros((2, D)))
    with pytest.raises(ValueError, match=r"H_prev: expected shape \(2, 4\)"):
        row_step(rows, np.zeros((2, M)), np.zeros((1, D)))
