"""What a function answers does not depend on the type in which its numbers came.

Each case is called with doubles that are small whole numbers, then with the same numbers as
integers of two sizes and in single precision. Integers must give what doubles give, in floating
point; a product of the numbers below overflows in eight bits. No argument may be changed.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from course_lib.foundations import norms, softmax
from course_lib.foundations.confidence import mean_and_interval
from course_lib.foundations.nonlinearities import NONLINEARITIES, by_name
from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.generalization import (
    arc_cosine,
    double_descent,
    excess_risk,
    greedy_approximation,
    linear_dynamics,
    margins,
    rademacher,
    sawtooth,
    uniform_gap,
)
from course_lib.gradient_flow import (
    cliff,
    delta_table,
    dynamics,
    lags,
    linear_recurrence,
    rtrl,
    vanishing,
)
from course_lib.gradient_flow.checkpointing import checkpointed_gradients
from course_lib.gradient_flow.truncated import truncated_backward
from course_lib.hessians import lanczos
from course_lib.optimization import clipping
from course_lib.optimization.descent import descend
from course_lib.random_features import conditioning, feature_map, layer_spectra
from course_lib.random_features.activations import PiecewiseLinear
from course_lib.recurrent import bptt, rnnlm, row_convention, srn
from course_lib.recurrent.additive import AdditiveParams, AdditiveRNN, ResidualRNN
from course_lib.sequence_models import ar_memory, autoregressive, markov, narx, tdnn
from course_lib.sequences import heads

pytestmark = pytest.mark.usefixtures("bad_input")

SQUARE = np.array([[100.0, -3.0], [50.0, -128.0]])
"""Whole numbers that fit into eight bits; their products do not."""
TALL = np.array([[100.0, 90.0], [-100.0, 7.0], [120.0, -128.0], [1.0, 2.0]])
SMALL = np.array([[1.0, -1.0], [0.0, 2.0]])
ROW = np.array([100.0, -100.0, 120.0, 3.0])
BATCH = np.array([[[100.0, 1.0], [-90.0, 2.0], [3.0, -128.0]]])  # (1, 3, 2)
H_0 = np.array([[100.0, 2.0]])
D_HS = np.array([[[0.5, -0.25], [1.5, 0.75], [0.125, 2.5]]])
CLASSES = np.array([0, 1, 0])
SERIES = np.array([100.0, -90, 80, 3, 120, -128, 7, 60, -5, 30, 11, 90])


def through_time(cell: Any, make: Callable) -> Callable:
    """Forward and backward over a batch, with gradients that are no whole numbers."""

    def run(xs: np.ndarray, h0: np.ndarray, W: np.ndarray, b: np.ndarray) -> Any:
        params = make(W, b)
        hs, trace = bptt.forward(cell, params, xs, h0)
        kept = checkpointed_gradients(cell, params, xs, lambda hs, t: hs * 0.5, 2, h0)
        cut = truncated_backward(cell, params, trace, D_HS, 2)
        h, cache = cell.step(params, xs[:, 0], h0)
        stepped = cell.step_backward(params, cache, D_HS[:, 0])
        return hs, bptt.backward(cell, params, trace, D_HS), kept, cut, h, stepped

    return run


def srn_params(W: np.ndarray, b: np.ndarray) -> srn.Params:
    return srn.Params(W, W, b)


def per_sequence(xs: np.ndarray, h0: np.ndarray, W: np.ndarray, b: np.ndarray) -> Any:
    """What takes a simple recurrent network and one sequence."""
    cell, params = srn.SRN("identity"), srn_params(W, b)
    last = list(rtrl.influences(cell, params, xs[0], h0[0]))[-1]
    return (
        lags.lag_contributions(cell, params, xs[0], D_HS[0, 0], h0[0]),
        rtrl.gradients(cell, params, xs[0], D_HS[0], h0[0]),
        last,
    )


CASES: dict[str, tuple[Callable, tuple[np.ndarray, ...]]] = {
    "softmax": (softmax.softmax, (TALL,)),
    "log_softmax": (softmax.log_softmax, (TALL,)),
    "cross_entropy": (lambda x: softmax.cross_entropy(x[:3], CLASSES), (TALL,)),
    "cross_entropy_gradient": (lambda x: softmax.cross_entropy_gradient(x[:3], CLASSES), (TALL,)),
    "top_singular_pair": (norms.top_singular_pair, (SQUARE,)),
    "top_singular_pair of -128": (norms.top_singular_pair, (np.array([[-128.0]]),)),
    "spectral_radius": (norms.spectral_radius, (SQUARE,)),
    "power_norms": (lambda A: norms.power_norms(A, 3), (SQUARE,)),
    "departure_from_normal": (norms.departure_from_normal, (SQUARE,)),
    "scaled_to_norm": (lambda A: norms.scaled_to_norm(A, 0.5), (SQUARE,)),
    "scaled_to_radius": (lambda A: norms.scaled_to_radius(A, 0.5), (SQUARE,)),
    "mean_and_interval": (mean_and_interval, (ROW,)),
    "numerical_gradient": (
        lambda x: numerical_gradient(lambda at: float((at**2).sum()), x, 1e-4),
        (np.array([1.0, 3.0]),),
    ),
    "clip_by_norm": (lambda u: clipping.clip_by_norm(u, 7.0), (ROW,)),
    "clip_by_norm, short": (lambda u: clipping.clip_by_norm(u, 1e9), (ROW,)),
    "global_norm": (lambda u, v: clipping.global_norm([u, v]), (ROW, SQUARE)),
    "global_norm of -128": (lambda u: clipping.global_norm([u]), (np.array([-128.0]),)),
    "clip_by_global_norm": (lambda u: clipping.clip_by_global_norm([u], 7.0), (ROW,)),
    "descend": (lambda x: descend(lambda at: at * 0.5, x, 0.1, 3), (ROW,)),
    "arc_cosine_kernel": (lambda X: arc_cosine.arc_cosine_kernel(X, X, 1), (TALL,)),
    "ntk_two_layer": (lambda X: arc_cosine.ntk_two_layer(X, X), (TALL,)),
    "ntk_deep": (lambda X: arc_cosine.ntk_deep(X, X, 2), (TALL,)),
    "ridge_fit": (
        lambda X, y: double_descent.ridge_fit(X, y[:, None], np.array([0.5, 2.0])),
        (TALL, ROW),
    ),
    "greedy_average": (
        lambda t, a: greedy_approximation.greedy_average(t, a, 3),
        (ROW, np.stack([ROW[::-1], ROW - 1])),
    ),
    "greedy_bound": (
        lambda a: greedy_approximation.greedy_bound(a, np.array([0.5, 0.5]), 2),
        (np.stack([ROW, ROW[::-1]]),),
    ),
    "bell": (greedy_approximation.bell, (np.array([[1.0, 2.0], [12.0, 0.0]]),)),
    "scores": (lambda x, A: margins.scores([A, A], x), (TALL, SQUARE)),
    "margins": (lambda x: margins.margins(x[:3], CLASSES), (TALL,)),
    "normalized_margins": (
        lambda x, A: margins.normalized_margins([A, A], x[:3], CLASSES),
        (TALL, SQUARE),
    ),
    "margin_bound": (lambda m: margins.margin_bound(m, 200.0, 0.1), (ROW,)),
    "average": (rademacher.average, (ROW,)),
    "finite_suprema": (rademacher.finite_suprema, (TALL.T, np.sign(TALL.T))),
    "massart_bound": (rademacher.massart_bound, (TALL,)),
    "linear_suprema": (lambda x, s: rademacher.linear_suprema(x, s, 2), (TALL, np.sign(TALL.T))),
    "linear_bound": (lambda x: rademacher.linear_bound(x, 2.0), (TALL,)),
    "network_bound": (lambda x: rademacher.network_bound(x, [2.0]), (TALL,)),
    "network_root_bound": (lambda x: rademacher.network_root_bound(x, [2.0]), (TALL,)),
    "hidden_layer_suprema": (
        lambda x, s: rademacher.hidden_layer_suprema(x, s, (1.0, 1.0)),
        (TALL, np.sign(TALL.T)),
    ),
    "expected_largest_gap": (lambda v: rademacher.expected_largest_gap(v, 2), (TALL.T,)),
    "descend on least squares": (
        lambda Y, t: conditioning.descent_losses(Y, t, 1e-6, 2),
        (TALL.T, ROW),
    ),
    "least_squares_gradient": (
        lambda w, Y: conditioning.least_squares_gradient(w, Y, np.full(4, 0.5)),
        (SQUARE[0], TALL.T),
    ),
    "condition_number": (conditioning.condition_number, (np.abs(ROW),)),
    "effective_rank": (conditioning.effective_rank, (np.abs(ROW),)),
    "participation_ratio": (conditioning.participation_ratio, (np.abs(ROW),)),
    "expected_losses": (
        lambda e: conditioning.expected_losses(e, 3, 0.01, np.array([0.0, 5.0])),
        (np.abs(ROW),),
    ),
    "features of a random map": (
        lambda X, W: feature_map.features(np.tanh, feature_map.Setup(X, W)),
        (SQUARE, TALL),
    ),
    "piecewise linear": (PiecewiseLinear(-0.5), (np.array([-128.0, 100.0]),)),
    "square_norms": (layer_spectra.square_norms, (TALL,)),
    "empirical_form": (
        lambda x, y: uniform_gap.empirical_form(x, y, 2),
        (np.array([1.0, 0.0, -1.0]), np.array([100.0, -3.0, 120.0])),
    ),
    "fit and risk": (
        lambda x, y: (
            excess_risk.fit(x, y, 1),
            excess_risk.empirical_risk(np.array([0.5, 2.0]), x, y),
            excess_risk.empirical_risk_gradient(x, y, 1)(np.array([0.5, 2.0])),
            excess_risk.descent_iterate(x, y, 1, 2, 0.01, x[:2]),
        ),
        (np.array([1.0, 0.0, -1.0]), np.array([100.0, -3.0, 120.0])),
    ),
    "kernel_regression": (
        lambda K, y: linear_dynamics.kernel_regression(K, K, y, 0.5),
        (np.array([[100.0, 3.0], [3.0, 120.0]]), np.array([100.0, -7.0])),
    ),
    "residual_descent": (
        lambda K, r: linear_dynamics.residual_descent(K, r, 0.001, 3),
        (np.array([[100.0, 3.0], [3.0, 120.0]]), np.array([100.0, -7.0])),
    ),
    "lanczos": (
        lambda A, start: lanczos.lanczos(lambda v: A @ v, start, 2)[:2],
        (np.array([[100.0, 3.0], [3.0, 120.0]]), np.array([100.0, -7.0])),
    ),
    "sawtooth": (lambda x: sawtooth.sawtooth(x, 2), (ROW,)),
    "square_from_teeth": (lambda x: sawtooth.square_from_teeth(x, 2), (ROW,)),
    "interpolating_net": (
        lambda k, v: sawtooth.forward(sawtooth.interpolating_net(k, v), k),
        (np.array([-100.0, 3.0, 100.0]), np.array([120.0, -120.0, 7.0])),
    ),
    "pascanu_surface": (lambda w, b: cliff.pascanu_surface(w, b, 3), (ROW / 4, ROW / 4)),
    "cliff_bias": (cliff.cliff_bias, (ROW,)),
    "cliff_sensitivity": (lambda w: cliff.cliff_sensitivity(w, 3), (ROW,)),
    "delta_by_product": (
        lambda W, s: delta_table.delta_by_product(W, s, np.array([0.5, 1.5]), 0),
        (SQUARE, TALL),
    ),
    "delta_table": (
        lambda W, s: delta_table.delta_table(W, s, TALL / 8),
        (SQUARE, np.abs(SMALL)[[0, 1, 0, 1]]),
    ),
    "recurrent_gradient_by_partials": (
        delta_table.recurrent_gradient_by_partials,
        (TALL, TALL[::-1]),
    ),
    "output_bound": (dynamics.output_bound, (SQUARE,)),
    "logistic_map": (dynamics.logistic_map, (ROW,)),
    "logistic_map, rate of whole numbers": (lambda s: dynamics.logistic_map(s, 4), (ROW,)),
    "pendulum": (dynamics.pendulum, (SMALL, np.ones((2, 1)))),
    "lag_bounds": (
        lambda W, h: lags.lag_bounds(srn.SRN(), srn_params(W, W[0]), h, np.array([0.5, 2.0])),
        (SQUARE, TALL),
    ),
    "preactivation_jacobian": (
        lambda W, s: lags.preactivation_jacobian(W, s, 3),
        (SQUARE, TALL),
    ),
    "states_by_products": (
        lambda W, h: linear_recurrence.states_by_products(W, h, 2),
        (SQUARE, np.array([100.0, 3.0])),
    ),
    "states_by_eigenvectors": (
        lambda W, h: linear_recurrence.states_by_eigenvectors(W, h, 2),
        (SQUARE, np.array([100.0, 3.0])),
    ),
    "components": (
        lambda W, h: linear_recurrence.components(W, h, 2),
        (SQUARE, np.array([100.0, 3.0])),
    ),
    "outer": (rtrl.outer, (SQUARE, ROW)),
    "advance_influence": (
        lambda W, s: rtrl.advance_influence(W, s, W, W),
        (SQUARE, np.array([100.0, 2.0])),
    ),
    "step_jacobians": (
        lambda W, h: vanishing.step_jacobians(W, h, by_name("tanh")),
        (SQUARE, TALL),
    ),
    "lag_jacobians": (vanishing.lag_jacobians, (np.stack([SQUARE, SQUARE]),)),
    "vanishing_bound": (lambda W: vanishing.vanishing_bound(W, by_name("tanh"), 3), (SQUARE,)),
    "lyapunov_exponents": (vanishing.lyapunov_exponents, (np.stack([SQUARE, SQUARE]),)),
    "growth_rate": (vanishing.growth_rate, (np.abs(ROW + 1),)),
    **{
        f"through time, {name}": (
            through_time(cell, make),
            (
                *((np.sign(BATCH), H_0 / 100) if name == "tanh" else (BATCH, H_0)),
                SMALL,
                np.array([1.0, -2.0]),
            ),
        )
        for name, cell, make in (
            ("tanh", srn.SRN(), srn_params),
            ("relu", srn.SRN("relu"), srn_params),
            ("identity", srn.SRN("identity"), srn_params),
            ("residual", ResidualRNN("identity"), srn_params),
            ("additive", AdditiveRNN("identity"), AdditiveParams),
        )
    },
    "one sequence": (
        per_sequence,
        (BATCH, H_0, SMALL * 2, np.array([1.0, -2.0])),
    ),
    "loss_and_gradients": (
        lambda E, W: rnnlm.loss_and_gradients(
            rnnlm.Params(E, W, W, W), CLASSES[None], CLASSES[None], srn.SRN("identity")
        ),
        (SMALL, SMALL),
    ),
    "log_softmax_gradient": (lambda x: rnnlm.log_softmax_gradient(x, 1), (ROW,)),
    "output_weights_gradient": (
        lambda W, h: rnnlm.output_weights_gradient(W, h, 0),
        (SQUARE, np.array([100.0, 3.0])),
    ),
    "row_step": (
        lambda X, H, W: row_convention.row_step(
            row_convention.RowNetwork(W, W, W[0], W, W[0]), X, H, "identity"
        ),
        (TALL, TALL[::-1], SQUARE),
    ),
    "is_stationary": (ar_memory.is_stationary, (np.array([1.0, -100.0]),)),
    "impulse_response": (lambda w: ar_memory.impulse_response(w, 5), (np.array([100.0, -3.0]),)),
    "lag_matrix": (lambda s: autoregressive.lag_matrix(s, 2), (SERIES,)),
    "fit_least_squares": (lambda s: autoregressive.fit_least_squares(s, 2), (SERIES,)),
    "sample_autocovariance": (lambda s: autoregressive.sample_autocovariance(s, 3), (SERIES,)),
    "solve_yule_walker": (autoregressive.solve_yule_walker, (np.array([100.0, 50.0, -25.0]),)),
    "fit_yule_walker": (lambda s: autoregressive.fit_yule_walker(s, 2), (SERIES,)),
    "predict": (
        lambda w, rows: autoregressive.predict(autoregressive.AR(0.5, w, 1.0), rows),
        (np.array([100.0, -3.0]), TALL),
    ),
    "forecast": (
        lambda w, s: autoregressive.forecast(autoregressive.AR(0.5, w, 1.0), s, 3),
        (np.array([100.0, -3.0]), SERIES),
    ),
    "k_step_predictions": (
        lambda s: autoregressive.k_step_predictions(lambda r: r[:, 0] * r[:, 1], s, 2, 2),
        (SERIES,),
    ),
    "narx_features": (lambda x, y: narx.narx_features(x, y, 1, 1), (SERIES, SERIES[::-1])),
    "narx one_step": (
        lambda x, y: narx.NARX(lambda r: r[:, 0] * r[:, 1], 1, 1).one_step(x, y),
        (SERIES, SERIES[::-1]),
    ),
    "narx free_run": (
        lambda x, y: narx.NARX(lambda r: r[:, 0] * r[:, 1], 1, 1).free_run(x, y[:1]),
        (SERIES, SERIES[::-1]),
    ),
    "fit_arx": (lambda x, y: narx.fit_arx(x, y, 1, 1).one_step(x, y), (SERIES, SERIES[::-1])),
    "k_step": (lambda P: markov.k_step(P, 3), (np.array([[0.0, 1.0], [1.0, 0.0]]),)),
    "stationary_distribution": (
        markov.stationary_distribution,
        (np.array([[0.0, 1.0], [1.0, 0.0]]),),
    ),
    "tdnn_layer": (
        lambda h, W: tdnn.tdnn_layer(h, W, np.zeros(2), "identity"),
        (BATCH, np.stack([SQUARE, SQUARE])),
    ),
    "tdnn_layer_backward": (
        lambda h, W, o: tdnn.tdnn_layer_backward(h, W, o, D_HS),
        (BATCH, np.stack([SQUARE, SQUARE]), np.sign(BATCH)),
    ),
    "readout": (heads.readout, (TALL, SQUARE)),
    "last_state": (heads.last_state, (BATCH,)),
    "mean_state": (heads.mean_state, (BATCH,)),
    "sequence_loss": (lambda y: heads.sequence_loss(y, CLASSES[None]), (BATCH,)),
    **{
        f"{f.name}.{part}": (getattr(f, part), (ROW,))
        for f in NONLINEARITIES.values()
        for part in ("value", "slope")
    },
}


def leaves(answer: Any) -> Iterable[np.ndarray]:
    """The arrays and numbers in a nest of tuples and lists."""
    if isinstance(answer, tuple | list):
        for part in answer:
            yield from leaves(part)
    elif answer is not None:
        yield np.asarray(answer)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.float32], ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", CASES)
def test_the_answer_does_not_depend_on_the_type_of_the_numbers(name, dtype):
    function, arguments = CASES[name]
    arguments = [np.round(argument) for argument in arguments]
    want = list(leaves(function(*[argument.copy() for argument in arguments])))
    given = [argument.astype(dtype) for argument in arguments]
    before = [argument.copy() for argument in given]
    got = list(leaves(function(*given)))
    assert len(got) == len(want)
    tolerance = 2e-3 if dtype == np.float32 else 1e-9
    for ours, theirs in zip(got, want, strict=True):
        assert ours.shape == theirs.shape
        if theirs.dtype.kind in "fc":
            assert ours.dtype.kind == theirs.dtype.kind
        scale = np.abs(theirs[np.isfinite(theirs)]).max(initial=1e-9)
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * scale)
    for argument, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(argument, copy)
