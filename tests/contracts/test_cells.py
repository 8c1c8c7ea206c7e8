"""What every recurrent cell must do. A new cell joins with one line in ``CELLS``."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from contracts.sketched_cells import LSTMSketch, StepOnlySketch

from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.recurrent import bptt
from course_lib.recurrent.additive import AdditiveRNN, ResidualRNN
from course_lib.recurrent.cell import Cell, tree_map
from course_lib.recurrent.srn import SRN

BATCH, TIME, D_IN, D_HIDDEN = 3, 5, 2, 4


class Case(NamedTuple):
    name: str
    cell: Cell
    twin: Callable[[], torch.nn.Module] | None = None  # the torch module of the same name


def _rnn(nonlinearity: str) -> torch.nn.Module:
    return torch.nn.RNN(D_IN, D_HIDDEN, nonlinearity=nonlinearity, batch_first=True)


CELLS = [
    Case("srn-tanh", SRN("tanh"), lambda: _rnn("tanh")),
    Case("srn-relu", SRN("relu"), lambda: _rnn("relu")),
    Case("srn-logistic", SRN("logistic")),
    Case("srn-identity", SRN("identity")),
    Case("additive", AdditiveRNN()),
    Case("residual", ResidualRNN("logistic")),
    Case("sketch-lstm", LSTMSketch(), lambda: torch.nn.LSTM(D_IN, D_HIDDEN, batch_first=True)),
    Case("sketch-step-only", StepOnlySketch()),
]
every_cell = pytest.mark.parametrize("cell", [c.cell for c in CELLS], ids=[c.name for c in CELLS])
every_twin = pytest.mark.parametrize(
    ("cell", "twin"),
    [(c.cell, c.twin) for c in CELLS if c.twin],
    ids=[c.name for c in CELLS if c.twin],
)


SPLIT_FORM = ("input_projection", "step_projected", "step_projected_backward", "weight_gradients")


def overridden(cell: Cell) -> set[str]:
    """The methods of the split form that a cell does not take from ``Cell``."""
    return {name for name in SPLIT_FORM if getattr(type(cell), name) is not getattr(Cell, name)}


every_split_cell = pytest.mark.parametrize(
    "cell",
    [c.cell for c in CELLS if overridden(c.cell)],
    ids=[c.name for c in CELLS if overridden(c.cell)],
)


class Problem(NamedTuple):
    params: tuple
    xs: np.ndarray
    state0: object
    d_hs: np.ndarray
    d_state: object


def make_problem(cell: Cell, rng: np.random.Generator, time: int = TIME) -> Problem:
    params = cell.init(rng, D_IN, D_HIDDEN)
    zero = cell.zero_state(params, BATCH)

    def random_state():
        return tree_map(lambda part: rng.normal(size=part.shape), zero)

    return Problem(
        params,
        rng.normal(size=(BATCH, time, D_IN)),
        random_state(),
        rng.normal(size=(BATCH, time, D_HIDDEN)),
        random_state(),
    )


def arrays(state) -> list[np.ndarray]:
    return list(state) if isinstance(state, tuple) else [state]


def dot(a, b) -> float:
    return float(sum((x * y).sum() for x, y in zip(arrays(a), arrays(b), strict=True)))


def assert_states_close(got, want, tolerance=1e-12):
    assert type(got) is type(want)
    for a, b in zip(arrays(got), arrays(want), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


def assert_gradients_close(got: bptt.Gradients, want: bptt.Gradients, tolerance=1e-12):
    assert_states_close(got.params, want.params, tolerance)
    np.testing.assert_allclose(got.xs, want.xs, rtol=0, atol=tolerance)
    assert_states_close(got.state0, want.state0, tolerance)


def gradients(cell, p: Problem, mask=None) -> bptt.Gradients:
    _, trace = bptt.forward(cell, p.params, p.xs, p.state0, mask)
    return bptt.backward(cell, p.params, trace, p.d_hs, p.d_state)


@every_cell
def test_the_split_form_is_overridden_as_a_whole_or_not_at_all(cell):
    assert overridden(cell) in (set(), set(SPLIT_FORM))


@every_split_cell
def test_one_split_step_equals_one_plain_step(cell, rng):
    p = make_problem(cell, rng, time=1)
    x = p.xs[:, 0]
    want, cache = cell.step(p.params, x, p.state0)
    want_params, want_x, want_state0 = cell.step_backward(p.params, cache, p.d_state)

    projected = cell.input_projection(p.params, x)
    state, cache = cell.step_projected(p.params, projected, p.state0)
    delta, d_state0 = cell.step_projected_backward(p.params, cache, p.d_state)
    d_params, d_xs = cell.weight_gradients(p.params, x[None], [cache], [delta])
    assert_states_close(state, want, tolerance=1e-14)
    assert_states_close(d_state0, want_state0, tolerance=1e-14)
    assert_states_close(d_params, want_params, tolerance=1e-14)
    np.testing.assert_allclose(d_xs[0], want_x, rtol=0, atol=1e-14)


def in_plain_form(cell: Cell) -> Cell:
    """The same cell without its split form: the time loop falls back on its plain step."""
    fallback = {name: getattr(Cell, name) for name in SPLIT_FORM}
    return type(f"Plain{type(cell).__name__}", (type(cell),), fallback)(**vars(cell))


@every_split_cell
@pytest.mark.parametrize("lengths", [None, (5, 2, 3)], ids=["full", "masked"])
def test_the_split_form_gives_the_values_and_gradients_of_the_plain_form(cell, lengths, rng):
    p, plain = make_problem(cell, rng), in_plain_form(cell)
    mask = None if lengths is None else np.arange(TIME) < np.array(lengths)[:, None]
    hs, trace = bptt.forward(cell, p.params, p.xs, p.state0, mask)
    want, plain_trace = bptt.forward(plain, p.params, p.xs, p.state0, mask)
    np.testing.assert_allclose(hs, want, rtol=0, atol=1e-14)
    assert_states_close(trace.state, plain_trace.state, tolerance=1e-14)
    assert_gradients_close(gradients(cell, p, mask), gradients(plain, p, mask), tolerance=1e-13)


@every_cell
def test_forward_is_repeated_steps(cell, rng):
    p = make_problem(cell, rng)
    hs, trace = bptt.forward(cell, p.params, p.xs, p.state0)
    state = p.state0
    for t in range(TIME):
        state, _ = cell.step(p.params, p.xs[:, t], state)
        np.testing.assert_allclose(hs[:, t], cell.output(state), rtol=0, atol=1e-13)
    assert_states_close(trace.state, state)


@every_cell
def test_backward_is_repeated_backward_steps(cell, rng):
    p = make_problem(cell, rng)
    caches, state = [], p.state0
    for t in range(TIME):
        state, cache = cell.step(p.params, p.xs[:, t], state)
        caches.append(cache)
    d_state, d_xs, d_params = p.d_state, [], []
    for t in reversed(range(TIME)):
        d_state = cell.output_backward(d_state, p.d_hs[:, t])
        step_params, d_x, d_state = cell.step_backward(p.params, caches[t], d_state)
        d_params.append(step_params)
        d_xs.append(d_x)
    total = type(p.params)(*(sum(parts) for parts in zip(*d_params, strict=True)))
    by_hand = bptt.Gradients(total, np.stack(d_xs[::-1], axis=1), d_state)
    assert_gradients_close(gradients(cell, p), by_hand)


@pytest.mark.slow
@every_cell
def test_every_gradient_entry_against_finite_differences(cell, rng):
    p = make_problem(cell, rng)

    def loss(params, xs, state0):
        hs, trace = bptt.forward(cell, params, xs, state0)
        end = sum(
            (a * b).sum() for a, b in zip(arrays(trace.state), arrays(p.d_state), strict=True)
        )
        return float((hs * p.d_hs).sum() + end)

    got = gradients(cell, p)
    for name, grad in got.params._asdict().items():
        want = numerical_gradient(
            lambda value, name=name: loss(p.params._replace(**{name: value}), p.xs, p.state0),
            getattr(p.params, name),
        )
        np.testing.assert_allclose(grad, want, rtol=1e-6, atol=1e-7, err_msg=name)
    want = numerical_gradient(lambda xs: loss(p.params, xs, p.state0), p.xs)
    np.testing.assert_allclose(got.xs, want, rtol=1e-6, atol=1e-7, err_msg="xs")
    for index, grad in enumerate(arrays(got.state0)):

        def at(value, index=index):
            parts = arrays(p.state0)
            parts[index] = value
            return type(p.state0)(*parts) if isinstance(p.state0, tuple) else value

        want = numerical_gradient(
            lambda value, at=at: loss(p.params, p.xs, at(value)), arrays(p.state0)[index]
        )
        np.testing.assert_allclose(grad, want, rtol=1e-6, atol=1e-7, err_msg=f"state0[{index}]")


@every_twin
def test_outputs_and_gradients_match_torch(cell, twin, rng):
    torch.manual_seed(4)
    module = twin().double()
    p = make_problem(cell, rng)._replace(params=cell.params_from_torch(module))
    hs, trace = bptt.forward(cell, p.params, p.xs, p.state0)
    got = bptt.backward(cell, p.params, trace, p.d_hs, p.d_state)

    xs = torch.tensor(p.xs, requires_grad=True)
    state0 = [torch.tensor(part[None], requires_grad=True) for part in arrays(p.state0)]
    theirs, end = module(xs, tuple(state0) if len(state0) > 1 else state0[0])
    end = [part[0] for part in end] if isinstance(end, tuple) else [end[0]]
    loss = (theirs * torch.tensor(p.d_hs)).sum()
    for part, d_part in zip(end, arrays(p.d_state), strict=True):
        loss = loss + (part * torch.tensor(d_part)).sum()
    loss.backward()

    np.testing.assert_allclose(hs, theirs.detach().numpy(), rtol=0, atol=1e-10)
    for ours, part in zip(arrays(trace.state), end, strict=True):
        np.testing.assert_allclose(ours, part.detach().numpy(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(got.xs, xs.grad.numpy(), rtol=0, atol=1e-10)
    for grad, part in zip(arrays(got.state0), state0, strict=True):
        np.testing.assert_allclose(grad, part.grad[0].numpy(), rtol=0, atol=1e-10)
    for name, ours, wanted in parameter_gradients(cell, module, got.params):
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-10, err_msg=name)


def parameter_gradients(cell, module, ours):
    """Our gradient at each entry of each torch parameter, beside torch's own.

    ``params_from_torch`` is linear: an entry of torch's that is 1 while all others are 0
    becomes the direction in which our parameters move when that entry moves.
    """
    theirs = {name: weight.grad.numpy().copy() for name, weight in module.named_parameters()}
    with torch.no_grad():
        for weight in module.parameters():
            weight.zero_()
        for name, weight in module.named_parameters():
            for index in np.ndindex(*weight.shape):
                weight[index] = 1.0
                direction = cell.params_from_torch(module)
                weight[index] = 0.0
                yield f"{name}{list(index)}", dot(direction, ours), theirs[name][index]


@every_cell
def test_masked_steps_equal_the_sequence_without_them(cell, rng):
    p = make_problem(cell, rng, time=7)
    taken = np.array([True, False, True, True, False, True, False])
    mask = np.broadcast_to(taken, (BATCH, 7)).copy()
    hs, trace = bptt.forward(cell, p.params, p.xs, p.state0, mask)
    got = gradients(cell, p, mask)

    # Held outputs repeat the last one that was taken, so their gradients fall on that step.
    d_hs = np.stack([p.d_hs[:, a:b].sum(axis=1) for a, b in [(0, 2), (2, 3), (3, 5), (5, 7)]], 1)
    short = p._replace(xs=p.xs[:, taken], d_hs=d_hs)
    short_hs, short_trace = bptt.forward(cell, p.params, short.xs, p.state0)
    want = gradients(cell, short)

    np.testing.assert_allclose(hs[:, taken], short_hs, rtol=0, atol=1e-13)
    np.testing.assert_array_equal(hs[:, 1], hs[:, 0])
    assert_states_close(trace.state, short_trace.state)
    assert_gradients_close(got._replace(xs=got.xs[:, taken]), want)
    assert not got.xs[:, ~taken].any()


@every_cell
def test_padding_never_reaches_a_number(cell, rng):
    p = make_problem(cell, rng)
    mask = np.arange(TIME) < np.array([5, 2, 3])[:, None]
    hs, _ = bptt.forward(cell, p.params, p.xs, p.state0, mask)
    grads = gradients(cell, p, mask)
    poisoned = p._replace(xs=np.where(mask[..., None], p.xs, np.nan))
    np.testing.assert_array_equal(bptt.forward(cell, p.params, poisoned.xs, p.state0, mask)[0], hs)
    assert_gradients_close(gradients(cell, poisoned, mask), grads, tolerance=0)


@every_cell
def test_unequal_lengths_equal_each_sequence_alone(cell, rng):
    p = make_problem(cell, rng)
    lengths = [5, 2, 3]
    mask = np.arange(TIME) < np.array(lengths)[:, None]
    p = p._replace(d_hs=np.where(mask[..., None], p.d_hs, 0.0))
    got = gradients(cell, p, mask)
    alone = []
    for b, n in enumerate(lengths):
        row = slice(b, b + 1)
        one = Problem(
            p.params,
            p.xs[row, :n],
            tree_map(lambda part, row=row: part[row], p.state0),
            p.d_hs[row, :n],
            tree_map(lambda part, row=row: part[row], p.d_state),
        )
        alone.append(gradients(cell, one))
        np.testing.assert_allclose(got.xs[row, :n], alone[-1].xs, rtol=0, atol=1e-12)
    total = type(p.params)(*(sum(parts) for parts in zip(*(a.params for a in alone), strict=True)))
    assert_states_close(got.params, total)


@every_cell
def test_all_true_mask_changes_nothing(cell, rng):
    p = make_problem(cell, rng)
    assert_gradients_close(gradients(cell, p, np.ones((BATCH, TIME), bool)), gradients(cell, p))


@every_cell
def test_a_sequence_may_be_cut_in_two(cell, rng):
    p = make_problem(cell, rng)
    cut = 2
    first_hs, first = bptt.forward(cell, p.params, p.xs[:, :cut], p.state0)
    second_hs, second = bptt.forward(cell, p.params, p.xs[:, cut:], first.state)
    late = bptt.backward(cell, p.params, second, p.d_hs[:, cut:], p.d_state)
    early = bptt.backward(cell, p.params, first, p.d_hs[:, :cut], late.state0)
    total = type(p.params)(*(a + b for a, b in zip(early.params, late.params, strict=True)))
    joined = bptt.Gradients(total, np.concatenate([early.xs, late.xs], axis=1), early.state0)

    hs, _ = bptt.forward(cell, p.params, p.xs, p.state0)
    np.testing.assert_allclose(
        np.concatenate([first_hs, second_hs], axis=1), hs, rtol=0, atol=1e-13
    )
    assert_gradients_close(gradients(cell, p), joined)


@every_cell
def test_missing_states_are_zero(cell, rng):
    p = make_problem(cell, rng)
    zero = cell.zero_state(p.params, BATCH)
    _, trace = bptt.forward(cell, p.params, p.xs)
    got = bptt.backward(cell, p.params, trace, p.d_hs)
    assert_gradients_close(gradients(cell, p._replace(state0=zero, d_state=zero)), got)


@every_cell
def test_causal(cell, rng):
    p = make_problem(cell, rng)
    hs, _ = bptt.forward(cell, p.params, p.xs)
    changed = p.xs.copy()
    changed[:, -1] += 1.0
    later, _ = bptt.forward(cell, p.params, changed)
    np.testing.assert_array_equal(later[:, :-1], hs[:, :-1])
    assert (later[:, -1] != hs[:, -1]).any()


@every_cell
def test_arguments_are_left_alone_and_nothing_is_remembered(cell, rng):
    p = make_problem(cell, rng)
    mask = np.arange(TIME) < np.array([5, 2, 3])[:, None]
    everything = [*p.params, p.xs, *arrays(p.state0), p.d_hs, *arrays(p.d_state)]
    before = [array.copy() for array in everything]
    first = gradients(cell, p, mask)
    again = gradients(cell, p, mask)
    assert_gradients_close(first, again, tolerance=0)
    for array, copy in zip(everything, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_cell
def test_one_trace_serves_two_backward_passes(cell, rng):
    p = make_problem(cell, rng)
    _, trace = bptt.forward(cell, p.params, p.xs, p.state0)
    once = bptt.backward(cell, p.params, trace, p.d_hs, p.d_state)
    twice = bptt.backward(
        cell, p.params, trace, 2 * p.d_hs, tree_map(lambda part: 2 * part, p.d_state)
    )
    assert_states_close(twice.params, type(p.params)(*(2 * grad for grad in once.params)))


@every_cell
def test_float32_stays_float32(cell, rng):
    p = make_problem(cell, rng)
    small = type(p.params)(*(array.astype(np.float32) for array in p.params))
    hs, trace = bptt.forward(cell, small, p.xs.astype(np.float32))
    grads = bptt.backward(cell, small, trace, p.d_hs.astype(np.float32))
    found = [hs, *arrays(trace.state), *grads.params, grads.xs, *arrays(grads.state0)]
    assert {array.dtype for array in found} == {np.dtype(np.float32)}


@every_cell
def test_same_seed_same_parameters(cell):
    first, again, other = (
        cell.init(np.random.default_rng(seed), D_IN, D_HIDDEN) for seed in (1, 1, 2)
    )
    assert_states_close(first, again, tolerance=0)
    assert (first[0] != other[0]).any()


@every_cell
def test_inputs_of_the_wrong_width_are_refused(cell, rng, bad_input):
    p = make_problem(cell, rng)
    with pytest.raises(ValueError, match="last axis of d_in = 2"):
        bptt.forward(cell, p.params, np.zeros((BATCH, TIME, D_IN + 1)))
