r"""Test error against the number of features: measured, and computed from spectral laws.

The ridge here is (Phi^T Phi / n + penalty I)^-1 Phi^T y / n, with one row of Phi per sample. Errors
are measured from the noiseless target unless said otherwise.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from scipy.optimize import brentq
from scipy.special import roots_chebyu

from course_lib.foundations.validate import check_at_least, check_positive, check_shape
from course_lib.spectral_laws.law import Law

NODES = 1000


class Risk(NamedTuple):
    """Expected squared error of the prediction at a new input, in two parts.

    Attributes:
        bias: what would remain without noise in the labels.
        variance: what the noise in the labels adds.
    """

    bias: float
    variance: float

    @property
    def total(self) -> float:
        """The sum of both."""
        return self.bias + self.variance


class FeatureErrors(NamedTuple):
    """Mean squared errors of ridge regression on random features, in the limit.

    Attributes:
        test: at a new input, against the noiseless target.
        train: on the training samples, against their noisy labels.
    """

    test: float
    train: float


def ridge_fit(
    Phi: Float[Array, "n features"], Y: Float[Array, "n targets"], penalties: Float[Array, " k"]
) -> Float[Array, "k features targets"]:
    """Ridge regression for several penalties, and the shortest interpolant for penalty 0.

    Implements eq-ridge. One singular value decomposition serves all penalties.

    Args:
        Phi: features of the samples.
        Y: targets, one column per problem.
        penalties: not negative.

    Raises:
        ValueError: the shapes do not fit or a penalty is negative.

    >>> ridge_fit(np.array([[2.0]]), np.array([[6.0]]), np.array([0.0, 4.0])).ravel()
    array([3. , 1.5])
    """
    check_shape("Phi", Phi, ("n", "features"))
    check_shape("Y", Y, (len(Phi), "targets"))
    check_at_least("penalties", float(np.min(penalties)), 0.0)
    n = len(Phi)
    U, s, Vt = np.linalg.svd(Phi / np.sqrt(n), full_matrices=False)
    s = np.where(s > 1e-12 * s.max(), s, 0.0)
    denominators = s**2 + penalties[:, None]
    shrunk = np.divide(s, denominators, out=np.zeros_like(denominators), where=denominators > 0)
    projected = U.T @ Y / np.sqrt(n)
    return Vt.T @ (shrunk[:, :, None] * projected)  # eq-ridge


def ridge_risk(
    law: Law, ratio: float, penalty: float, signal: float = 1.0, noise: float = 1.0
) -> Risk:
    """Risk of ridge regression from the law of the sample covariance, features isotropic.

    Implements eq-ridge-bias and eq-ridge-variance.

    Args:
        law: of the eigenvalues of Phi^T Phi / n, for example `MarchenkoPastur(ratio)`.
        ratio: features over samples.
        penalty: positive, or 0 for the shortest interpolant.
        signal: squared length of the true weights, which may point anywhere.
        noise: variance of the noise in the labels.

    Raises:
        ValueError: the ratio is not positive, or the penalty, the signal or the noise is negative.

    Source: Hastie, Montanari, Rosset and Tibshirani (2022).

    >>> from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
    >>> round(ridge_risk(MarchenkoPastur(2.0), 2.0, 0.0).total, 9)
    1.5
    """
    check_positive("ratio", ratio)
    check_at_least("penalty", penalty, 0.0)
    _check_variances(signal, noise)
    if penalty == 0:
        zero = sum(atom.mass for atom in law.atoms if atom.at == 0)
        if law.support[0][0] <= 0:
            return Risk(float(signal * zero), np.inf if noise > 0 else 0.0)
        inverse = law.integrate(lambda t: np.divide(1, t, out=np.zeros_like(t), where=t > 0))
        return Risk(float(signal * zero), float(noise * ratio * inverse))
    squared = law.integrate(lambda t: (penalty / (t + penalty)) ** 2)
    spread = law.integrate(lambda t: t / (t + penalty) ** 2)
    bias = signal * squared  # eq-ridge-bias
    variance = noise * ratio * spread  # eq-ridge-variance
    return Risk(float(bias), float(variance))


def ridgeless_risk(ratio: float, signal: float = 1.0, noise: float = 1.0) -> Risk:
    """Risk of least squares on isotropic features: it explodes where the data are just fitted.

    Implements eq-ridgeless-bias and eq-ridgeless-variance.

    Args:
        ratio: features over samples; at 1 the variance is infinite.
        signal: squared length of the true weights.
        noise: variance of the noise in the labels.

    Raises:
        ValueError: the ratio is not positive, or the signal or the noise is negative.

    Source: Hastie, Montanari, Rosset and Tibshirani (2022), isotropic features.

    >>> ridgeless_risk(0.5), ridgeless_risk(1.0).variance
    (Risk(bias=0.0, variance=1.0), inf)
    """
    check_positive("ratio", ratio)
    _check_variances(signal, noise)
    bias = signal * max(0.0, 1 - 1 / ratio)  # eq-ridgeless-bias
    if ratio == 1:
        return Risk(bias, np.inf if noise > 0 else 0.0)
    variance = noise * min(ratio, 1.0) / abs(1 - ratio)  # eq-ridgeless-variance
    return Risk(float(bias), float(variance))


def best_penalty(ratio: float, signal: float = 1.0, noise: float = 1.0) -> float:
    """The penalty with the least risk on isotropic features.

    Implements eq-best-penalty.

    Args:
        ratio: features over samples.
        signal: squared length of the true weights.
        noise: variance of the noise in the labels.

    Raises:
        ValueError: the ratio or the signal is not positive, or the noise is negative.

    >>> best_penalty(0.5, signal=2.0, noise=4.0)
    1.0
    """
    check_positive("ratio", ratio)
    check_positive("signal", signal)
    _check_variances(signal, noise)
    return ratio * noise / signal  # eq-best-penalty


def noise_training_error(law: Law, ratio: float, penalty: float) -> float:
    """Training error of ridge regression on labels that are pure noise of variance 1.

    Implements eq-noise-training-error: how much of the noise is memorised.

    Args:
        law: of the eigenvalues of the features' Gram matrix Phi^T Phi / n.
        ratio: features over samples.
        penalty: positive.

    Raises:
        ValueError: the ratio or the penalty is not positive.

    Source: derived in the lesson; compare Pennington and Worah (2017).

    >>> from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
    >>> round(noise_training_error(MarchenkoPastur(0.5), 0.5, 1e-9), 6)
    0.5
    """
    check_positive("ratio", ratio)
    check_positive("penalty", penalty)
    kept = law.integrate(lambda t: (penalty / (t + penalty)) ** 2)
    return 1 - ratio * (1 - kept)  # eq-noise-training-error


def feature_errors(
    eta: float,
    zeta: float,
    per_dimension: float,
    per_sample: float,
    penalty: float,
    signal: float = 1.0,
    noise: float = 1.0,
) -> FeatureErrors:
    r"""Errors of ridge regression on random nonlinear features of a linear target, in the limit.

    Implements eq-equivalent-covariance, eq-effective-penalty, eq-features-test-error and
    eq-features-train-error. Inputs and weights are Gaussian; the features f(W x) act like linear
    ones with noise of their own, and the spectrum of W W^T is Marchenko and Pastur's.

    Args:
        eta: mean of f(z)^2 over a standard Gaussian z; f has mean 0.
        zeta: squared mean of z f(z).
        per_dimension: features over length of the input.
        per_sample: features over samples.
        penalty: positive; a small one stands for none.
        signal: squared length of the weights of the linear target.
        noise: variance of the noise in the labels.

    Raises:
        ValueError: a ratio or the penalty is not positive, zeta lies outside 0 to eta, or the
            signal or the noise is negative.

    Source: the limit is Mei and Montanari's (2022); the derivation is the lesson's.
    """
    for name, value in (("per_dimension", per_dimension), ("per_sample", per_sample)):
        check_positive(name, value)
    check_positive("penalty", penalty)
    _check_variances(signal, noise)
    if not 0 <= zeta <= eta:
        raise ValueError(f"zeta: expected a number from 0 to eta = {eta}, got {zeta}")
    s, shares = _covariance_nodes(per_dimension)
    v = zeta * s + eta - zeta  # eq-equivalent-covariance
    expressed = per_dimension * zeta * s * np.divide(1, v, out=np.zeros_like(v), where=v > 0)

    def excess(effective: float) -> float:
        freedom = per_sample * shares @ (v / (v + effective))
        return effective * (1 - freedom) - penalty

    highest = penalty + per_sample * eta
    effective = brentq(excess, penalty, highest, xtol=1e-15)  # eq-effective-penalty
    spent = per_sample * shares @ (v / (v + effective)) ** 2
    missed = 1 - shares @ (expressed * (1 - (effective / (v + effective)) ** 2))
    with_noise = (signal * missed + noise) / (1 - spent)
    test = with_noise - noise  # eq-features-test-error
    train = (penalty / effective) ** 2 * with_noise  # eq-features-train-error
    return FeatureErrors(float(test), float(train))


def _check_variances(signal: float, noise: float) -> None:
    """Refuse mean squares that are negative."""
    check_at_least("signal", signal, 0.0)
    check_at_least("noise", noise, 0.0)


def _covariance_nodes(ratio: float) -> tuple[Array, Array]:
    """Points and shares that integrate smooth functions over Marchenko and Pastur's law.

    Chebyshev's nodes take care of the square roots at the edges. The law's 1/x, a pole close to
    the edge where the ratio is near 1, is cancelled by handling f(0) apart: what the shares lack
    of 1 is given to the point 0, the atom included.
    """
    cosines, weights = roots_chebyu(NODES)
    s = 1 + ratio + 2 * np.sqrt(ratio) * cosines
    shares = 2 * weights / (np.pi * s)
    return np.append(0.0, s), np.append(1 - shares.sum(), shares)
