r"""Vanishing and exploding gradients: Jacobians over many steps, their bound and their rates.

Backpropagation over j steps multiplies a gradient by j transposed Jacobians. Their
product is measured here, bounded from the operator norm of the recurrent
matrix, and summed up in one number per step, the Lyapunov exponent.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import Nonlinearity
from course_lib.foundations.norms import op_norm
from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole
from course_lib.recurrent.cell import Cell, Params


def step_jacobians(
    W_hh: Float[Array, "d_hidden d_hidden"],
    hs: Float[Array, "time d_hidden"],
    nonlinearity: Nonlinearity,
) -> Float[Array, "time d_hidden d_hidden"]:
    """The Jacobian of every step of a simple recurrent network, diag(f'(z_t)) W_hh.

    Implements eq-step-jacobian.

    Args:
        W_hh: recurrent weights.
        hs: the states h_1, ..., h_T of one sequence.
        nonlinearity: the f that made them.

    Returns:
        Entry t - 1 is the Jacobian of h_t with respect to h_{t-1}.

    Raises:
        ValueError: the states do not fit ``W_hh``.

    >>> from course_lib.foundations.nonlinearities import LOGISTIC
    >>> step_jacobians(np.array([[8.0]]), np.array([[0.5]]), LOGISTIC)
    array([[[2.]]])
    """
    d_hidden = W_hh.shape[0]
    check_shape("W_hh", W_hh, (d_hidden, d_hidden))
    check_shape("hs", hs, ("time", d_hidden))
    hs = as_floating("hs", hs)
    return nonlinearity.slope(hs)[:, :, None] * W_hh  # eq-step-jacobian


def cell_jacobians(
    cell: Cell, params: Params, xs: Float[Array, "time d_in"]
) -> Float[Array, "time d_hidden d_hidden"]:
    """The Jacobian of every step of any cell whose state is one array, from its backward pass.

    A backward step multiplies a gradient by the transposed Jacobian. Given the
    rows of the identity as a batch of gradients, it returns the rows of the Jacobian.

    Args:
        cell: a recurrent cell.
        params: its parameters.
        xs: the inputs of one sequence.

    Returns:
        Entry t - 1 is the Jacobian of h_t with respect to h_{t-1}, along the trajectory from
        the zero state.

    Raises:
        ValueError: the state of the cell is made of several arrays.

    >>> from course_lib.recurrent.additive import AdditiveRNN
    >>> cell = AdditiveRNN()
    >>> params = cell.init(np.random.default_rng(0), d_in=1, d_hidden=2)
    >>> cell_jacobians(cell, params, np.ones((1, 1)))
    array([[[1., 0.],
            [0., 1.]]])
    """
    state = cell.zero_state(params, 1)
    if isinstance(state, tuple):
        raise ValueError("cell: expected a state of one array, got several")
    d_hidden = state.shape[1]
    state = np.repeat(state, d_hidden, axis=0)
    jacobians = np.empty((len(xs), d_hidden, d_hidden))
    for t, x in enumerate(xs):
        state, cache = cell.step(params, np.repeat(x[None], d_hidden, axis=0), state)
        _, _, jacobians[t] = cell.step_backward(params, cache, np.eye(d_hidden))
    return jacobians


def lag_jacobians(
    jacobians: Float[Array, "time d_hidden d_hidden"],
) -> Float[Array, "lags d_hidden d_hidden"]:
    """The Jacobian of the last state with respect to each earlier one, nearest first.

    Implements eq-state-jacobian: j factors for lag j, the newest on the left.

    Args:
        jacobians: one per step, oldest first, as ``step_jacobians`` returns them.

    Returns:
        Entry j is the Jacobian of h_T with respect to h_{T-j}, for j = 0, ..., T.

    >>> lag_jacobians(np.array([[[2.0]], [[3.0]]])).ravel()
    array([1., 3., 6.])
    """
    time, d_hidden, _ = jacobians.shape
    products = np.empty((time + 1, d_hidden, d_hidden))
    products[0] = np.eye(d_hidden)
    for lag in range(1, time + 1):
        products[lag] = products[lag - 1] @ jacobians[-lag]  # eq-state-jacobian
    return products


def lag_norms(jacobians: Float[Array, "time d_hidden d_hidden"]) -> Float[Array, " lags"]:
    """The operator norm of the last state's Jacobian, for lags 0, ..., T.

    >>> lag_norms(np.array([[[-2.0]], [[3.0]]]))
    array([1., 3., 6.])
    """
    return np.linalg.norm(lag_jacobians(jacobians), ord=2, axis=(1, 2))


def vanishing_bound(
    W_hh: Float[Array, "d_hidden d_hidden"], nonlinearity: Nonlinearity, lags: int
) -> Float[Array, " lags_and_0"]:
    """What the norm of the Jacobian over j steps cannot exceed.

    Implements eq-vanishing-bound. The base is the operator norm of ``W_hh``
    times the steepest slope: 1/4 for the logistic function, 1 for tanh. Below 1
    the gradient vanishes for certain; above 1 the bound promises nothing.

    Args:
        W_hh: recurrent weights.
        nonlinearity: gives the steepest slope.
        lags: the longest lag.

    Returns:
        Entry j bounds lag j, for j = 0, ..., ``lags``.

    Raises:
        ValueError: ``lags`` is negative.

    >>> from course_lib.foundations.nonlinearities import LOGISTIC
    >>> vanishing_bound(2.0 * np.eye(3), LOGISTIC, 3)
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    check_whole("lags", lags, 0)
    base = nonlinearity.max_slope * op_norm(W_hh)
    return base ** np.arange(lags + 1)  # eq-vanishing-bound


def lyapunov_exponents(
    jacobians: Float[Array, "time d_hidden d_hidden"],
) -> Float[Array, " d_hidden"]:
    """The average rate, in nats per step, at which each direction is stretched.

    Implements eq-lyapunov-qr. The product itself would overflow or lose all but
    its largest direction, so after every step the directions are made
    orthonormal again by a QR decomposition, and the logarithms of the
    diagonal are summed instead.

    Args:
        jacobians: one per step, oldest first, along one trajectory.

    Returns:
        The exponents over this trajectory, largest first. A direction that some step
        flattens exactly has exponent -inf.

    Source: Benettin et al. (1980) for the method of repeated orthonormalisation.

    >>> lyapunov_exponents(np.array([np.diag([2.0, 0.5])] * 3)).round(6)
    array([ 0.693147, -0.693147])
    """
    time, d_hidden, _ = jacobians.shape
    check_whole("time", time, 1)
    Q = np.eye(d_hidden)
    log_stretch = np.zeros(d_hidden)
    for J in jacobians:
        Q, R = np.linalg.qr(J @ Q)
        with np.errstate(divide="ignore"):
            log_stretch += np.log(np.abs(np.diag(R)))
    return np.sort(log_stretch / time)[::-1]  # eq-lyapunov-qr


def growth_rate(norms: Float[Array, " lags"]) -> float:
    """The factor per step in a row of norms, from a straight line through their logarithms.

    Implements eq-growth-rate. The Chinese lecture writes one lambda under each factor of the
    product; that the norm is lambda to the number of steps is a heuristic, and this fits it.

    Args:
        norms: positive numbers, one per lag.

    Returns:
        exp(slope) of the least-squares line.

    Raises:
        ValueError: there are fewer than two norms, or one is not positive.

    >>> round(growth_rate(np.array([8.0, 4.0, 2.0, 1.0])), 12)
    0.5
    """
    check_at_least("number of norms", len(norms), 2)
    if not (norms > 0).all():
        raise ValueError("norms: expected positive numbers, got 0, nan or a negative one")
    norms = as_floating("norms", norms)
    lags = np.arange(len(norms)) - (len(norms) - 1) / 2
    slope = (lags @ np.log(norms)) / (lags @ lags)
    return float(np.exp(slope))  # eq-growth-rate
