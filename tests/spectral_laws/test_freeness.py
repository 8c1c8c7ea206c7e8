"""Mixed moments of matrices that are free, and of matrices that are not."""

import numpy as np
import pytest

from course_lib.spectral_laws.freeness import (
    commuting_mixed_moment,
    free_mixed_moment,
    haar_orthogonal,
    mixed_moment,
    rotated_sum,
)
from course_lib.spectral_laws.semicircle import wigner_matrix
from course_lib.spectral_laws.spectrum import gram


@pytest.mark.checks("eq-mixed-moment", against="matrix products")
def test_mixed_moment_is_a_trace(rng):
    A, B = rng.normal(size=(2, 6, 6))
    np.testing.assert_allclose(mixed_moment(A, B), np.trace(A @ B @ A @ B) / 6, rtol=1e-12)


@pytest.mark.checks("eq-free-mixed-moment", against="Monte Carlo")
def test_wishart_and_wigner_are_free(rng):
    """Twenty draws: within four standard errors of the formula, far from the commuting value."""
    n, phi, epsilon = 200, 0.5, 0.3
    got = []
    for _ in range(20):
        H0 = gram(rng.standard_normal((n, int(n / phi))))
        got.append(mixed_moment(H0, wigner_matrix(n, np.sqrt(2 * epsilon), rng)))
    error = np.std(got, ddof=1) / np.sqrt(len(got))
    want = free_mixed_moment((1.0, 1 + phi), (0.0, 2 * epsilon))
    assert want == 2 * epsilon
    assert abs(np.mean(got) - want) < 4 * error + 4 / n  # the last for the finite size
    assert abs(np.mean(got) - (1 + phi) * 2 * epsilon) > 20 * error


@pytest.mark.checks("eq-free-mixed-moment", against="Monte Carlo")
def test_a_random_rotation_makes_any_two_matrices_free(rng):
    n = 300
    a, b = rng.uniform(0, 2, n), rng.choice([0.0, 3.0], n)
    got = []
    for _ in range(8):
        Q = haar_orthogonal(n, rng)
        got.append(mixed_moment(np.diag(a), (Q * b) @ Q.T))
    want = free_mixed_moment((a.mean(), (a**2).mean()), (b.mean(), (b**2).mean()))
    assert abs(np.mean(got) - want) < 4 * np.std(got) / np.sqrt(8) + 4 / n
    assert abs(want - commuting_mixed_moment(a, b)) > 0.5


def test_a_multiple_of_the_identity_is_free_of_everything_and_comes_out_of_the_trace():
    """For A = 3 the mixed moment is 9 times the mean square of B, and the other way round."""
    assert free_mixed_moment((3.0, 9.0), (2.0, 7.0)) == 9 * 7
    assert free_mixed_moment((2.0, 7.0), (3.0, 9.0)) == 9 * 7


def test_diagonal_matrices_are_not_free(rng):
    a, b = rng.normal(size=(2, 20_000))
    got = commuting_mixed_moment(a, b)
    np.testing.assert_allclose(got, mixed_moment(np.diag(a[:50]), np.diag(b[:50])), atol=1.5)
    assert abs(got - 1) < 5 * np.sqrt(8 / 20_000)  # a^2 b^2 has the variance 9 - 1
    assert free_mixed_moment((0.0, 1.0), (0.0, 1.0)) == 0


def test_in_one_dimension_a_rotation_is_a_sign(rng):
    signs = {float(haar_orthogonal(1, rng)[0, 0]) for _ in range(20)}
    assert signs == {-1.0, 1.0}


def test_rotations_are_uniform(rng):
    """Entries squared average 1/n, and no direction is preferred, neither by size nor by sign."""
    Q = np.array([haar_orthogonal(3, rng) for _ in range(1500)])
    np.testing.assert_allclose(
        Q @ Q.swapaxes(1, 2), np.broadcast_to(np.eye(3), Q.shape), atol=1e-12
    )
    spread = 5 * np.sqrt(1 / 3 / 1500)
    assert np.abs(Q.mean(axis=0)).max() < spread
    assert np.abs((Q**2).mean(axis=0) - 1 / 3).max() < spread


def test_a_rotated_matrix_keeps_its_eigenvalues_and_not_its_axes(rng):
    a, b = rng.normal(size=(2, 7))
    rotated = rotated_sum(a, b, rng) - np.diag(a)
    np.testing.assert_allclose(np.linalg.eigvalsh(rotated), np.sort(b), rtol=0, atol=1e-12)
    assert (np.abs(rotated - np.diag(np.diag(rotated))) > 1e-3).sum() > 30  # of 42


@pytest.mark.usefixtures("bad_input")
def test_bad_shapes_are_refused(rng):
    with pytest.raises(ValueError, match="A: expected shape"):
        mixed_moment(np.zeros(3), np.zeros((3, 3)))
    with pytest.raises(ValueError, match="B: expected shape"):
        mixed_moment(np.eye(3), np.eye(2))
    with pytest.raises(ValueError, match="b: expected shape"):
        rotated_sum(np.zeros(3), np.zeros(2), rng)
    with pytest.raises(ValueError, match="b: expected shape"):
        commuting_mixed_moment(np.zeros(3), np.zeros(2))
    with pytest.raises(ValueError, match="n: expected a whole number, 1 or more"):
        haar_orthogonal(0, rng)
