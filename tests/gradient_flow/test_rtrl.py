"""Forwards in time gives the same gradients as backwards in time."""

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import by_name
from course_lib.gradient_flow import rtrl
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN

TIME, D_IN, D_HIDDEN = 6, 2, 3


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic", "relu"])
@pytest.mark.checks("eq-rtrl-gradient", against="autograd")
def test_equals_backpropagation_and_torch(nonlinearity, rng):
    cell = SRN(nonlinearity)
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs, d_hs = rng.normal(size=(TIME, D_IN)), rng.normal(size=(TIME, D_HIDDEN))
    h0 = rng.normal(size=D_HIDDEN)
    got = rtrl.gradients(cell, params, xs, d_hs, h0)
    _, trace = bptt.forward(cell, params, xs[None], h0[None])
    back = bptt.backward(cell, params, trace, d_hs[None]).params

    f = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu}[nonlinearity]
    weights = [torch.tensor(weight, requires_grad=True) for weight in params]
    W_xh, W_hh, b_h = weights
    h, loss = torch.tensor(h0), torch.tensor(0.0)
    for x, d_h in zip(torch.tensor(xs), torch.tensor(d_hs), strict=True):
        h = f(W_hh @ h + W_xh @ x + b_h)
        loss = loss + h @ d_h
    loss.backward()
    for ours, backwards, weight in zip(got, back, weights, strict=True):
        np.testing.assert_allclose(ours, backwards, rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours, weight.grad.numpy(), rtol=0, atol=1e-10)


@pytest.mark.checks("eq-rtrl-influence", against="autograd")
def test_influences_are_the_jacobians_of_every_state(rng):
    cell = SRN()
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs = torch.tensor(rng.normal(size=(TIME, D_IN)))
    steps = list(rtrl.influences(cell, params, xs.numpy()))

    def states(W_xh, W_hh, b_h):
        h, hs = torch.zeros(D_HIDDEN).double(), []
        for x in xs:
            h = torch.tanh(W_hh @ h + W_xh @ x + b_h)
            hs.append(h)
        return torch.stack(hs)

    weights = tuple(torch.tensor(weight) for weight in params)
    wanted = torch.autograd.functional.jacobian(states, weights)
    for t, (h, by) in enumerate(steps):
        np.testing.assert_allclose(h, states(*weights)[t].numpy(), rtol=0, atol=1e-12)
        for ours, theirs in zip(by, wanted, strict=True):
            np.testing.assert_allclose(ours, theirs[t].numpy(), rtol=0, atol=1e-10)


def test_the_embedding_can_be_carried_forwards_too(rng):
    """The third tensor of the Bulgarian lecture: d x d_in x vocab, direct part W_xh (x) one-hot."""
    cell, vocab = SRN(), 4
    params = cell.init(rng, D_IN, D_HIDDEN)
    E, words = rng.normal(size=(D_IN, vocab)), [2, 0, 2]
    h, by_E = np.zeros(D_HIDDEN), np.zeros((D_HIDDEN, D_IN, vocab))
    for word in words:
        chi = np.eye(vocab)[word]
        h = cell.step(params, (E @ chi)[None], h[None])[0][0]
        slope = by_name("tanh").slope(h)
        by_E = rtrl.advance_influence(params.W_hh, slope, rtrl.outer(params.W_xh, chi), by_E)

    W_xh, W_hh, b_h = (torch.tensor(weight) for weight in params)

    def last_state(embedding):
        state = torch.zeros(D_HIDDEN).double()
        for word in words:
            state = torch.tanh(W_hh @ state + W_xh @ embedding[:, word] + b_h)
        return state

    wanted = torch.autograd.functional.jacobian(last_state, torch.tensor(E))
    np.testing.assert_allclose(by_E, wanted.numpy(), rtol=0, atol=1e-10)


def test_outer_follows_its_index_rule(rng):
    A, b = rng.normal(size=(2, 3)), rng.normal(size=4)
    product = rtrl.outer(A, b)
    for k, i, j in np.ndindex(2, 3, 4):
        assert product[k, i, j] == A[k, i] * b[j]


class Counted:
    """A number that counts the multiplications it takes part in."""

    total = 0

    def __mul__(self, other):
        Counted.total += 1
        return self

    def __add__(self, other):
        return self


def multiplications(work) -> int:
    Counted.total = 0
    work()
    return Counted.total


def product(rows: int, inner: int, columns: int = 1) -> None:
    """Matrix times matrix, one number at a time."""
    one = Counted()
    for _ in range(rows * columns):
        for _ in range(inner):
            one + one * one


@pytest.mark.checks("eq-cost-bptt", "eq-cost-rtrl", against="enumeration")
@pytest.mark.parametrize(("time", "d_in", "d_hidden"), [(1, 1, 1), (4, 3, 2), (5, 2, 3)])
def test_costs_equal_a_count_of_every_multiplication(time, d_in, d_hidden):
    def step():
        product(d_hidden, d_in)
        product(d_hidden, d_hidden)

    def by_backpropagation():
        for _ in range(time):
            step()
        for _ in range(time):
            product(d_hidden, d_hidden)  # gradient at the previous state
            product(d_in, d_hidden)  # gradient at the input
            product(d_hidden, 1, d_hidden)  # delta h^T
            product(d_hidden, 1, d_in)  # delta x^T

    def by_rtrl():
        weights = d_hidden * d_in + d_hidden * d_hidden + d_hidden
        for _ in range(time):
            step()
            product(d_hidden, d_hidden, weights)  # W_hh times each influence
            product(1, d_hidden, weights)  # the gradient at h_t, read through each influence

    assert rtrl.bptt_cost(time, d_in, d_hidden).multiplications == multiplications(
        by_backpropagation
    )
    assert rtrl.rtrl_cost(time, d_in, d_hidden).multiplications == multiplications(by_rtrl)


def test_stored_numbers_equal_the_sizes_of_what_is_kept(rng):
    cell = SRN()
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(TIME, D_IN))
    for _, by in rtrl.influences(cell, params, xs):
        kept = sum(tensor.size for tensor in by)
        assert kept == rtrl.rtrl_cost(TIME, D_IN, D_HIDDEN).stored
    _, trace = bptt.forward(cell, params, xs[None])
    kept = trace.xs.size + sum(cache.h.size for cache in trace.caches)
    assert kept == rtrl.bptt_cost(TIME, D_IN, D_HIDDEN).stored


def test_refuses_what_does_not_fit(rng, bad_input):
    params = SRN().init(rng, D_IN, D_HIDDEN)
    with pytest.raises(ValueError, match=r"d_hs: expected shape \(4, 3\), got \(5, 3\)"):
        rtrl.gradients(SRN(), params, np.zeros((4, D_IN)), np.zeros((5, D_HIDDEN)))
    with pytest.raises(ValueError, match=r"h0: expected shape \(3,\)"):
        next(rtrl.influences(SRN(), params, np.zeros((4, D_IN)), np.zeros(2)))
    with pytest.raises(ValueError, match="time: expected a whole number, 1 or more"):
        rtrl.bptt_cost(0, 1, 1)


def test_refuses_inputs_that_do_not_fit(bad_input):
    params = SRN().init(np.random.default_rng(0), 2, 3)
    with pytest.raises(ValueError, match=r"xs: expected shape \(time, 2\), got \(4, 1\)"):
        next(rtrl.influences(SRN(), params, np.zeros((4, 1))))
    with pytest.raises(ValueError, match=r"h0: expected shape \(3,\), got \(2,\)"):
        next(rtrl.influences(SRN(), params, np.zeros((4, 2)), np.zeros(2)))
    assert rtrl.bptt_cost(1, 1, 1) == rtrl.Cost(6, 2)
    assert rtrl.rtrl_cost(1, 1, 1) == rtrl.Cost(8, 3)
