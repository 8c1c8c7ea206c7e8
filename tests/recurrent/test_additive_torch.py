"""The torch layer against its numpy twin: states, gradients, masks."""

import numpy as np
import pytest
import torch

from course_lib.recurrent import bptt
from course_lib.recurrent.additive import ResidualRNN
from course_lib.recurrent.additive_torch import ResidualLayer

BATCH, TIME, D_IN, D_HIDDEN = 3, 5, 2, 4


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic"])
@pytest.mark.parametrize("masked", [False, True])
def test_states_and_gradients_match_numpy(rng, nonlinearity, masked):
    cell = ResidualRNN(nonlinearity)
    params = cell.init(rng, D_IN, D_HIDDEN)
    layer = ResidualLayer.from_params(params, nonlinearity)
    xs, d_hs = rng.normal(size=(BATCH, TIME, D_IN)), rng.normal(size=(BATCH, TIME, D_HIDDEN))
    state0 = rng.normal(size=(BATCH, D_HIDDEN))
    mask = np.arange(TIME) < np.array([5, 2, 3])[:, None] if masked else None
    hs, trace = bptt.forward(cell, params, xs, state0, mask)
    want = bptt.backward(cell, params, trace, d_hs)

    theirs, last = layer(
        torch.tensor(xs), torch.tensor(state0), None if mask is None else torch.tensor(mask)
    )
    (theirs * torch.tensor(d_hs)).sum().backward()
    np.testing.assert_allclose(theirs.detach().numpy(), hs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(last.detach().numpy(), trace.state, rtol=0, atol=1e-12)
    for name, grad in want.params._asdict().items():
        np.testing.assert_allclose(getattr(layer, name).grad.numpy(), grad, rtol=0, atol=1e-10)


def test_inputs_of_the_wrong_width_are_refused(bad_input):
    with pytest.raises(ValueError, match="xs: expected shape"):
        ResidualLayer(D_IN, D_HIDDEN)(torch.zeros(1, 2, D_IN + 1, dtype=torch.float64))
