"""Training a model that is linear in its weights: every mode of the kernel for itself.

The loss is half the squared norm of the residual r = f - y over the training set. With K = J J^T,
the Gram matrix of the gradients, gradient flow has dr/dt = -K r, whatever the weights are.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_shape, check_whole


def residual_flow(
    K: Float[Array, "n n"], residual: Float[Array, " n"], times: Float[Array, " times"]
) -> Float[Array, "times n"]:
    """The residuals in gradient flow: each mode decays like exp(-eigenvalue t).

    Implements eq-residual-flow.

    Args:
        K: a symmetric kernel matrix, positive semidefinite.
        residual: f - y at time 0.
        times: learning rate times number of steps, for a small learning rate.

    Raises:
        ValueError: the shapes do not fit.

    Convention: for the loss 1/(2n) sum of squares, divide ``times`` by n.

    >>> residual_flow(np.array([[0.3]]), np.ones(1), np.array([5.0])).round(4)
    array([[0.2231]])
    """
    eigenvalues, modes, amplitudes = _modes(K, residual)
    decay = np.exp(-np.outer(times, eigenvalues))
    return (decay * amplitudes) @ modes.T  # eq-residual-flow


def residual_descent(
    K: Float[Array, "n n"], residual: Float[Array, " n"], learning_rate: float, steps: int
) -> Float[Array, "steps_plus_1 n"]:
    """The residuals in gradient descent: each step multiplies a mode by 1 - rate x eigenvalue.

    Implements eq-residual-descent. Exact at every learning rate, also where it diverges, which it
    does above 2 / (largest eigenvalue).

    Args:
        K: a symmetric kernel matrix, positive semidefinite.
        residual: f - y before the first step.
        learning_rate: step size.
        steps: number of steps.

    Returns:
        The residual before the first step and after each.

    Raises:
        ValueError: the shapes do not fit or ``steps`` is negative.

    >>> residual_descent(np.array([[2.0]]), np.ones(1), 0.25, 2).ravel()
    array([1.  , 0.5 , 0.25])
    """
    check_whole("steps", steps, 0)
    eigenvalues, modes, amplitudes = _modes(K, residual)
    factors = 1 - learning_rate * eigenvalues
    decay = factors ** np.arange(steps + 1)[:, None]
    return (decay * amplitudes) @ modes.T  # eq-residual-descent


def mode_losses(
    K: Float[Array, "n n"], residual: Float[Array, " n"], times: Float[Array, " times"]
) -> Float[Array, "times n"]:
    """The share of each mode in the loss, which decays twice as fast as the residual.

    Implements eq-mode-loss.

    Args:
        K: a symmetric kernel matrix, positive semidefinite.
        residual: f - y at time 0.
        times: as in `residual_flow`.

    Returns:
        One column per mode, by ascending eigenvalue; a row sums to the loss at that time.

    Raises:
        ValueError: the shapes do not fit.

    >>> (2 * mode_losses(np.array([[0.3]]), np.ones(1), np.array([5.0]))).round(4)
    array([[0.0498]])
    """
    eigenvalues, _, amplitudes = _modes(K, residual)
    return 0.5 * amplitudes**2 * np.exp(-2 * np.outer(times, eigenvalues))  # eq-mode-loss


def prediction_flow(
    K: Float[Array, "n n"],
    K_new: Float[Array, "new n"],
    residual: Float[Array, " n"],
    times: Float[Array, " times"],
) -> Float[Array, "times new"]:
    """How far the outputs at new inputs have moved after some time of gradient flow.

    Implements eq-prediction-flow. Modes without a gradient never move and contribute nothing.

    Args:
        K: kernel among the training inputs.
        K_new: kernel between new inputs and training inputs.
        residual: f - y on the training inputs at time 0.
        times: as in `residual_flow`; infinity gives kernel regression.

    Returns:
        f_t - f_0 at the new inputs.

    Raises:
        ValueError: the shapes do not fit.

    >>> one = np.ones((1, 1))
    >>> prediction_flow(one, one, np.array([-3.0]), np.array([0.0, np.inf])).ravel()
    array([0., 3.])
    """
    check_shape("K_new", K_new, ("new", len(K)))
    eigenvalues, modes, amplitudes = _modes(K, residual)
    alive = eigenvalues > 1e-12 * eigenvalues.max(initial=0.0)
    rates = eigenvalues[alive]
    covered = -np.expm1(-np.outer(times, rates)) / rates
    return -(covered * amplitudes[alive]) @ (K_new @ modes[:, alive]).T  # eq-prediction-flow


def kernel_regression(
    K: Float[Array, "n n"],
    K_new: Float[Array, "new n"],
    y: Float[Array, " n"],
    penalty: float = 0.0,
) -> Float[Array, " new"]:
    """Predict with the kernel: k(x) (K + penalty I)^-1 y.

    Implements eq-kernel-regression.

    Args:
        K: kernel among the training inputs.
        K_new: kernel between new inputs and training inputs.
        y: what to fit; where a network starts from f_0 this is y - f_0, and f_0 is added after.
        penalty: ridge; 0 interpolates.

    Raises:
        ValueError: the shapes do not fit or the penalty is negative.

    >>> kernel_regression(np.array([[2.0]]), np.array([[1.0]]), np.array([4.0]))
    array([2.])
    """
    check_at_least("penalty", penalty, 0.0)
    check_shape("K", K, ("n", len(K)))
    check_shape("K_new", K_new, ("new", len(K)))
    check_shape("y", y, (len(K),))
    return K_new @ np.linalg.solve(K + penalty * np.eye(len(K)), y)  # eq-kernel-regression


def _modes(K: Array, residual: Array) -> tuple[Array, Array, Array]:
    """Eigenvalues, eigenvectors in columns, and the residual in their basis."""
    check_shape("K", K, (len(K), len(K)))
    check_shape("residual", residual, (len(K),))
    eigenvalues, modes = np.linalg.eigh(K)
    return eigenvalues, modes, modes.T @ residual
