"""Principal components of noise: spurious variance, and spikes too small to be seen.

The sample covariance of m samples with n features, ratio n / m, when the true covariance is the
identity, or the identity with one larger eigenvalue (a spike).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from scipy.linalg import eigh
from scipy.optimize import brentq

from course_lib.foundations.validate import check_at_least, check_positive, check_whole
from course_lib.spectral_laws.law import Law


class Leading(NamedTuple):
    """The first principal component of a sample.

    Attributes:
        eigenvalue: its variance in the sample.
        overlap: squared cosine of its angle with the true direction.
    """

    eigenvalue: float
    overlap: float


def condition_number(ratio: float) -> float:
    """Largest over smallest eigenvalue of the sample covariance when the truth is the identity.

    Implements eq-mp-condition. Infinite if there are at least as many features as samples.

    >>> condition_number(0.25)
    9.0
    """
    check_positive("ratio", ratio)
    if ratio >= 1:
        return np.inf
    root = np.sqrt(ratio)
    return float(((1 + root) / (1 - root)) ** 2)  # eq-mp-condition


def explained_share(law: Law, components: float) -> float:
    """Share of the total variance that the largest eigenvalues hold.

    Implements eq-explained-share. The law's eigenvalues must not be negative.

    Args:
        law: law of the eigenvalues.
        components: share of the components that are kept, between 0 and 1.

    Raises:
        ValueError: ``components`` is no share, or the law has negative eigenvalues, several
            intervals, or an atom that is not at 0.

    >>> from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
    >>> round(explained_share(MarchenkoPastur(0.5), 0.1), 3)
    0.241
    """
    if not 0 <= components <= 1:
        raise ValueError(f"components: expected a share between 0 and 1, got {components}")
    if len(law.support) != 1 or any(atom.at != 0 for atom in law.atoms):
        at = [float(atom.at) for atom in law.atoms]
        raise ValueError(
            "law: expected one interval, and no atom but at 0,"
            f" got {len(law.support)} and atoms at {at}"
        )
    ((low, high),) = law.support
    if low < 0:
        raise ValueError(f"law: expected no negative eigenvalues, got support from {low:g}")
    dropped = 1 - components
    if dropped <= sum(atom.mass for atom in law.atoms):
        return 1.0
    if dropped >= 1:
        return 0.0
    cut = brentq(lambda x: float(law.cdf(np.array([x]))[0]) - dropped, low, high, xtol=1e-14)
    # By parts, since the distribution function is there: the mean above the cut.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    angle = np.pi / 4 * (nodes + 1)
    x = cut + (high - cut) * np.sin(angle) ** 2
    step = np.pi / 4 * weights * (high - cut) * np.sin(2 * angle)
    kept = components * cut + float(((1 - law.cdf(x)) * step).sum())  # eq-explained-share
    return kept / law.moment(1)


def spike_threshold(ratio: float) -> float:
    """The variance from which on a spike separates the largest eigenvalue from the bulk.

    Implements eq-spike-threshold; all other directions have variance 1.

    >>> spike_threshold(0.25)
    1.5
    """
    check_positive("ratio", ratio)
    return float(1 + np.sqrt(ratio))  # eq-spike-threshold


def spike_limit(spike: float, ratio: float) -> Leading:
    """Where the largest sample eigenvalue goes, and how well its eigenvector points.

    Implements eq-spike-eigenvalue and eq-spike-overlap.

    Args:
        spike: true variance of one direction; the others have variance 1.
        ratio: features over samples.

    Raises:
        ValueError: ``spike`` is below 1, or ``ratio`` is not positive.

    Source: Baik, Ben Arous and Peche (2005); Baik and Silverstein (2006); Paul (2007).

    >>> spike_limit(3.0, 1.0)
    Leading(eigenvalue=4.5, overlap=0.5)
    >>> spike_limit(1.9, 1.0)
    Leading(eigenvalue=4.0, overlap=0.0)
    """
    check_at_least("spike", spike, 1)
    if spike <= spike_threshold(ratio):
        return Leading(float((1 + np.sqrt(ratio)) ** 2), 0.0)
    excess = spike - 1
    eigenvalue = spike * (1 + ratio / excess)  # eq-spike-eigenvalue
    overlap = (1 - ratio / excess**2) / (1 + ratio / excess)  # eq-spike-overlap
    return Leading(float(eigenvalue), float(overlap))


def spiked_sample(
    n: int, m: int, spike: float, rng: np.random.Generator
) -> Float[Array, "features samples"]:
    """Gaussian samples as columns; the first feature has variance ``spike``, the others 1.

    >>> spiked_sample(3, 5, 2.0, np.random.default_rng(0)).shape
    (3, 5)
    """
    check_whole("n", n, 1)
    check_whole("m", m, 1)
    check_at_least("spike", spike, 1)
    X = rng.standard_normal((n, m))
    X[0] *= np.sqrt(spike)
    return X


def leading_component(X: Float[Array, "features samples"]) -> Leading:
    """The first principal component of samples whose true direction is the first feature.

    No mean is subtracted.

    >>> round(leading_component(np.array([[2.0, -2.0], [0.0, 0.0]])).eigenvalue, 12)
    4.0
    """
    n, m = X.shape
    if n <= m:
        value, vector = eigh(X @ X.T / m, subset_by_index=[n - 1, n - 1])
        return Leading(float(value[0]), float(vector[0, 0] ** 2))
    value, vector = eigh(X.T @ X / m, subset_by_index=[m - 1, m - 1])
    first = X[0] @ vector[:, 0] / np.sqrt(m * value[0])  # the same direction among the features
    return Leading(float(value[0]), float(first**2))
