"""Free sums of any two laws: closed forms, sampled matrices, moments, edges, atoms."""

import numpy as np
import pytest

from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.free_sum import FreeSum
from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle
from course_lib.spectral_laws.spectrum import ks_distance

pytestmark = pytest.mark.slow

COIN = DiscreteMeasure((-1.0, 1.0), (0.5, 0.5))
CUSP = FreeSum(COIN, Semicircle(1.0))  # a gap has just closed at 0
THREE = DiscreteMeasure((0.0, 1.0, 3.0), (0.2, 0.5, 0.3))


@pytest.mark.checks("eq-subordination", against="closed form")
def test_two_coins_make_the_arcsine_law():
    law = FreeSum(COIN, COIN)
    np.testing.assert_allclose(law.support, ((-2, 2),), rtol=0, atol=1e-12)
    assert law.atoms == ()
    x = np.linspace(-1.999, 1.999, 301)
    want = 1 / (np.pi * np.sqrt(4 - x * x))
    np.testing.assert_allclose(law.density(x), want, rtol=1e-10)


def test_semicircles_add_their_variances(rng):
    law, want = FreeSum(Semicircle(1.0), Semicircle(2.0)), Semicircle(np.sqrt(5))
    np.testing.assert_allclose(law.support, want.support, rtol=1e-12)
    x = np.linspace(-5, 5, 201)
    np.testing.assert_allclose(law.density(x), want.density(x), rtol=0, atol=1e-10)
    z = np.append(rng.uniform(-6, 6, 50) + 1j * 10.0 ** rng.uniform(-9, 1, 50), [-7, 4.8, 90])
    np.testing.assert_allclose(law.stieltjes(z), want.stieltjes(z), rtol=0, atol=1e-10)


def test_marchenko_pastur_laws_of_the_same_unit_add(rng):
    """Samples are sums of rank one, so more samples of the same weight are one more such law."""
    law = FreeSum(MarchenkoPastur(2.0, 0.5), MarchenkoPastur(4.0, 0.25))
    want = MarchenkoPastur(4 / 3, 0.75)
    np.testing.assert_allclose(law.support, want.support, rtol=0, atol=1e-10)
    assert len(law.atoms) == 1
    np.testing.assert_allclose(law.atoms[0], want.atoms[0], rtol=0, atol=1e-12)
    x = np.linspace(*want.support[0], 60)[1:-1]
    np.testing.assert_allclose(law.density(x), want.density(x), rtol=0, atol=1e-9)


def test_a_single_point_only_shifts():
    law, plain = (
        FreeSum(DiscreteMeasure((2.0,), (1.0,)), MarchenkoPastur(2.0)),
        MarchenkoPastur(2.0),
    )
    np.testing.assert_allclose(law.support, np.array(plain.support) + 2, rtol=1e-12)
    assert law.atoms[0].at == 2
    x = np.linspace(2.2, 7.8, 30)
    np.testing.assert_allclose(law.density(x), plain.density(x - 2), rtol=1e-10)


def test_a_light_atom_is_left_where_two_masses_are_just_over_one():
    law = DiscreteMeasure((0.0, 1.0), (0.505, 0.495))
    np.testing.assert_allclose(FreeSum(law, law).atoms, [(0, 0.01)], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "law", [FreeSum(COIN, COIN), FreeSum(Semicircle(1.0), MarchenkoPastur(0.5))]
)
def test_nearly_all_points_of_a_density_start_from_a_guess_that_is_good_enough(law, monkeypatch):
    """Only points next to an edge are followed down from above, which is slow."""
    ((low, high),) = law.support
    law.density(np.array([low]))  # makes the guesses
    followed = []
    monkeypatch.setattr(FreeSum, "subordinate", lambda law, z: followed.extend(z) or 1j + z)
    law.density(np.linspace(low, high, 2001))
    assert len(followed) <= 3


@pytest.mark.checks("eq-free-atoms", against="Monte Carlo")
@pytest.mark.parametrize(
    ("law", "bands"),
    [
        (FreeSum(MarchenkoPastur(4.0), DiscreteMeasure((0.0, 5.0), (0.6, 0.4))), 2),
        pytest.param(  # two seconds, and the same code
            FreeSum(THREE, DiscreteMeasure((0.0, 1.0), (0.1, 0.9))), 3, marks=pytest.mark.exhaustive
        ),
    ],
    ids=["continuous and discrete", "two discrete"],
)
def test_bands_and_atoms(law, bands, rng):
    """Two subspaces of dimensions p n and q n meet in (p + q - 1) n dimensions, exactly."""
    assert len(law.support) == bands
    np.testing.assert_allclose(law.integrate(np.ones_like), 1, rtol=0, atol=1e-9)
    n = 400
    eigenvalues = law.sample(n, rng)
    for atom in law.atoms:
        count = (np.abs(eigenvalues - atom.at) < 1e-9).sum()
        np.testing.assert_allclose(count / n, atom.mass, rtol=0, atol=1e-9)
    assert ks_distance(eigenvalues, law) < 3 / n + 0.006


@pytest.mark.parametrize(
    ("law", "centre"),
    [
        (CUSP, 0.0),
        (FreeSum(COIN, Semicircle(0.999)), 0.0),
        # The same elsewhere; a second each.
        pytest.param(FreeSum(COIN, Semicircle(1.01)), 0.0, marks=pytest.mark.exhaustive),
        pytest.param(
            FreeSum(DiscreteMeasure((1.0, 3.0), (0.5, 0.5)), Semicircle(1.0)),
            2.0,
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=lambda value: f"{value.law_b.sigma}" if isinstance(value, FreeSum) else f"at {value}",
)
def test_half_of_the_mass_lies_below_the_place_where_a_gap_closes(law, centre, rng):
    """The density has a cusp there, or begins like a cube root."""
    np.testing.assert_allclose(law.integrate(np.ones_like), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(law.cdf(np.array([centre])), 0.5, rtol=0, atol=1e-12)
    np.testing.assert_allclose(law.cdf(law.support[-1][1] + np.zeros(1)), 1, rtol=0, atol=1e-12)
    near = 10.0 ** rng.uniform(-9, 0.3, 300)
    x = np.sort(np.concatenate([centre - near, centre + near]))
    share = law.cdf(x)
    assert (np.diff(share) > -1e-13).all()
    np.testing.assert_allclose(share + law.cdf(2 * centre - x), 1, rtol=0, atol=1e-11)


def test_shares_beside_a_cusp_are_integrals_of_the_density():
    """Beside it the density is a power series in the cube root of the distance."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    for end in (1e-6, 1e-3, 0.1):
        root = (nodes + 1) / 2 * end ** (1 / 3)
        want = (weights / 2 * end ** (1 / 3) * CUSP.density(root**3) * 3 * root**2).sum()
        np.testing.assert_allclose(CUSP.cdf(np.array([end])), 0.5 + want, rtol=0, atol=1e-12)


@pytest.mark.parametrize("ratio", [pytest.param(0.45, marks=pytest.mark.exhaustive), 1.0])
def test_moments_where_gaps_close_between_a_coin_and_a_wishart_matrix(ratio):
    """The mean is that of the Wishart matrix, and variances and third cumulants add up."""
    law = FreeSum(COIN, MarchenkoPastur(ratio))
    np.testing.assert_allclose(law.integrate(np.ones_like), 1, rtol=0, atol=1e-11)
    np.testing.assert_allclose(law.integrate(lambda x: x), 1, rtol=0, atol=1e-11)
    np.testing.assert_allclose(law.integrate(lambda x: (x - 1) ** 2), 1 + ratio, atol=1e-11)
    np.testing.assert_allclose(law.integrate(lambda x: (x - 1) ** 3), ratio**2, atol=1e-10)


@pytest.mark.checks("eq-free-addition", against="integration of the density")
def test_moments_from_added_cumulants():
    law = FreeSum(DiscreteMeasure((0.0, 2.0), (0.4, 0.6)), Semicircle(0.4))
    for k in range(5):
        np.testing.assert_allclose(law.moment(k), Law.moment(law, k), rtol=1e-8)


@pytest.mark.checks("eq-free-addition", against="Monte Carlo")
def test_moments_of_sampled_sums(rng):
    law = FreeSum(COIN, THREE)
    eigenvalues = law.sample(400, rng)
    for k in range(1, 5):
        np.testing.assert_allclose((eigenvalues**k).mean(), law.moment(k), rtol=0.01)


def test_adding_in_any_order_is_the_same(rng):
    first, second = FreeSum(COIN, Semicircle(0.99)), FreeSum(Semicircle(0.99), COIN)
    np.testing.assert_allclose(first.support, second.support, rtol=0, atol=1e-10)
    z = rng.uniform(-3, 3, 30) + 0.1j
    np.testing.assert_allclose(first.stieltjes(z), second.stieltjes(z), rtol=0, atol=1e-11)


def test_transform_is_infinite_at_an_atom_and_points_below_are_refused():
    law = FreeSum(THREE, DiscreteMeasure((0.0, 1.0), (0.1, 0.9)))
    assert np.isinf(law.stieltjes(np.array([4.0 + 0j]))[0])
    with pytest.raises(ValueError, match="z: expected finite points on or above"):
        law.stieltjes(np.array([-1j]))
