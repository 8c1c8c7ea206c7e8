"""What a law gets for free from its density: a law with every difficulty, and laws of scipy."""

import numpy as np
import pytest
from scipy import stats

from course_lib.spectral_laws.law import Atom, Law, real_points, upper_points


class HardEdge(Law):
    """The density 2 sqrt((1 - x) / x) / pi on [0, 1], infinite at 0: a beta law of scipy."""

    support = ((0.0, 1.0),)

    def _density(self, x):
        inside = (x > 0) & (x < 1)
        at = np.where(inside, x, 1.0)
        return 2 / np.pi * np.sqrt((1 - at) / at)

    def _stieltjes(self, z):
        return 4 / (2 * z + 2 * np.sqrt(z + 0j) * np.sqrt(z - 1 + 0j))

    def _sample(self, n, rng):
        return np.sort(rng.beta(0.5, 1.5, size=n))


class Pieces(HardEdge):
    """A third at -2, a third with a hard edge at 0, a third with a cube root at 3."""

    support = ((0.0, 1.0), (3.0, 4.0))
    atoms = (Atom(-2.0, 1 / 3),)

    def _density(self, x):
        sharp = np.where((x > 3) & (x <= 4), np.abs(x - 3), 0.0) ** (1 / 3)
        return super()._density(x) / 3 + sharp * 4 / 9


def test_moments_at_a_hard_edge():
    law = HardEdge()
    for k in range(8):
        want = stats.beta(0.5, 1.5).moment(k) if k else 1.0
        np.testing.assert_allclose(law.moment(k), want, rtol=1e-10)


def test_distribution_function_matches_scipy(rng):
    x = np.append([-1.0, 0.0, 1.0, 2.0], rng.uniform(0, 1, 200))
    x = np.append(x, 10 ** rng.uniform(-14, 0, 50))
    want = stats.beta.cdf(x, 0.5, 1.5)
    np.testing.assert_allclose(HardEdge().cdf(x), want, rtol=0, atol=1e-11)


def test_atoms_and_several_intervals_add_up():
    law = Pieces()
    np.testing.assert_allclose(law.integrate(np.ones_like), 1, rtol=0, atol=1e-12)
    want = (-2 + 0.25 + 3 + 4 / 7) / 3  # x - 3 has mean 4/7 under the density 4/3 cube root
    np.testing.assert_allclose(law.moment(1), want, rtol=1e-12)
    x = np.array([-2.1, -2.0, 0.5, 2.0, 3.001, 3.3, 5.0])
    half = stats.beta.cdf(0.5, 0.5, 1.5)
    share = np.array([0, 1, 1 + half, 2, 2 + 0.001 ** (4 / 3), 2 + 0.3 ** (4 / 3), 3]) / 3
    np.testing.assert_allclose(law.cdf(x), share, rtol=0, atol=1e-12)


def test_sharp_edges_do_not_spoil_their_neighbours():
    x = 3 + 10 ** np.linspace(-9, 0, 300)
    want = 2 / 3 + (x - 3) ** (4 / 3) / 3
    np.testing.assert_allclose(Pieces().cdf(x), want, rtol=0, atol=1e-10)


def test_a_jump_includes_its_own_place():
    assert Pieces().cdf(np.array([-2.0]))[0] == 1 / 3
    assert Pieces().cdf(np.nextafter(np.array([-2.0]), -3))[0] == 0


class Arcsine(HardEdge):
    """Infinite at -2 and at 2, where doubles tell too few distances from the edge."""

    support = ((-2.0, 2.0),)

    def _density(self, x):
        with np.errstate(divide="ignore"):
            return 1 / (np.pi * np.sqrt(4 - x**2))


def test_an_infinite_edge_away_from_zero_costs_digits_only():
    np.testing.assert_allclose(Arcsine().integrate(np.ones_like), 1, rtol=0, atol=1e-6)
    np.testing.assert_allclose(Arcsine().moment(2), 2, rtol=0, atol=1e-5)


def test_integrals_of_functions_are_means_under_scipys_law():
    got = HardEdge().integrate(lambda x: np.exp(x))
    np.testing.assert_allclose(got, stats.beta(0.5, 1.5).expect(np.exp), rtol=1e-8)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="k: expected a whole number, 0 or more, got -1"):
        HardEdge().moment(-1)
    with pytest.raises(
        ValueError, match=r"z: expected finite points on or above the real axis, got \(1-1j\)"
    ):
        upper_points(np.array([1 + 1j, 1 - 1j]))
    upper_points(np.array([complex(1, -0.0), 2j]))  # the axis belongs to the upper half
    assert real_points("x", np.array([1, 2])).dtype == float
    with pytest.raises(ValueError, match="x: expected real numbers, got 1"):
        real_points("x", np.array([1, 2], dtype=object))
    assert real_points("x", []).shape == (0,)
