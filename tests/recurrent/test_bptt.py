"""The time loop: refusals, and cases whose answer is known by hand."""

import numpy as np
import pytest

from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN, Params


@pytest.fixture
def params(rng) -> Params:
    return SRN().init(rng, 2, 3)


def test_gradient_of_a_product_of_slopes():
    """One unit, loss = last state: the gradient at the first input is W_xh prod W_hh f'."""
    cell, params = SRN(), Params(np.array([[0.7]]), np.array([[1.3]]), np.array([0.1]))
    xs = np.array([[[0.3], [-0.2], [0.5], [0.4]]])
    hs, trace = bptt.forward(cell, params, xs)
    d_hs = np.zeros_like(hs)
    d_hs[0, -1] = 1.0
    slopes = 1 - hs[0, :, 0] ** 2
    want = [0.7 * 1.3 ** (3 - k) * slopes[k:].prod() for k in range(4)]
    np.testing.assert_allclose(
        bptt.backward(cell, params, trace, d_hs).xs.ravel(), want, rtol=0, atol=1e-15
    )


def test_a_sequence_that_is_all_padding_keeps_its_state(params, rng):
    xs, state0 = rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 3))
    mask = np.array([[True] * 4, [False] * 4])
    hs, trace = bptt.forward(SRN(), params, xs, state0, mask)
    np.testing.assert_array_equal(hs[1], np.broadcast_to(state0[1], (4, 3)))
    d_hs = rng.normal(size=hs.shape)
    grads = bptt.backward(SRN(), params, trace, d_hs)
    np.testing.assert_allclose(grads.state0[1], d_hs[1].sum(axis=0), rtol=0, atol=1e-14)
    assert not grads.xs[1].any()


def test_refuses_a_sequence_without_steps(params):
    with pytest.raises(ValueError, match="xs: expected at least one step"):
        bptt.forward(SRN(), params, np.zeros((2, 0, 2)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"xs": np.zeros((4, 2))}, r"xs: expected shape \(batch, time, d_in\), got \(4, 2\)"),
        ({"mask": np.ones((4, 2), bool)}, r"mask: expected shape \(2, 4\), got \(4, 2\)"),
        ({"state0": np.zeros((1, 3))}, r"state0: expected shape \(2, 3\), got \(1, 3\)"),
    ],
)
def test_forward_says_which_argument_does_not_fit(params, arguments, message, bad_input):
    with pytest.raises(ValueError, match=message):
        bptt.forward(SRN(), params, **({"xs": np.zeros((2, 4, 2))} | arguments))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"d_hs": np.zeros((4, 2, 3))}, r"d_hs: expected shape \(2, 4, 3\), got \(4, 2, 3\)"),
        ({"d_state": np.zeros(3)}, r"d_state: expected shape \(2, 3\), got \(3,\)"),
    ],
)
def test_backward_says_which_argument_does_not_fit(params, arguments, message, bad_input):
    hs, trace = bptt.forward(SRN(), params, np.zeros((2, 4, 2)))
    with pytest.raises(ValueError, match=message):
        bptt.backward(SRN(), params, trace, **({"d_hs": hs} | arguments))


def test_a_mask_that_is_not_boolean_is_refused(params, bad_input):
    with pytest.raises(ValueError, match="mask: expected booleans"):
        bptt.forward(SRN(), params, np.zeros((2, 4, 2)), mask=np.ones((2, 4)))
