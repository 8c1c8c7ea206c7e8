"""The law of random features: the paper's own equation, forty digits, limits, and eigenvalues."""

import mpmath
import numpy as np
import pytest

from course_lib.random_features.activations import by_name
from course_lib.random_features.gaussian_constants import eta_zeta
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.homotopy import follow
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.spectrum import ks_distance


def random_law(rng) -> RandomFeatures:
    """Any constants and shapes, the limits zeta = 0 and zeta = eta among them."""
    eta = float(rng.choice([1.0, rng.uniform(0.2, 3)]))
    share = rng.choice([0.0, 1.0, rng.uniform(), rng.uniform(0, 0.02), rng.uniform(0.98, 1)])
    phi = float(np.exp(rng.normal()))
    psi = float(rng.choice([1.0, np.exp(rng.normal())]))
    return RandomFeatures(eta, float(eta * share), phi, psi)


def paper_equation(law: RandomFeatures):
    """The theorem as it is printed, cleared of its fraction, for Q = P - 1."""
    eta, zeta, phi, psi = law.eta, law.zeta, law.phi, law.psi

    def equation(z, Q):
        t = 1 / (z * psi)
        A = (1 + phi * Q) * (1 + psi * Q)
        dA = phi * (1 + psi * Q) + psi * (1 + phi * Q)
        value = (Q - (eta - zeta) * t * A) * (1 - zeta * t * A) - zeta * t * A
        slope = (1 - (eta - zeta) * t * dA) * (1 - zeta * t * A)
        slope -= (Q - (eta - zeta) * t * A) * zeta * t * dA + zeta * t * dA
        return value, slope

    return equation


def followed(law: RandomFeatures, z):
    """G by the other route: the paper's equation, from far above."""
    far = 100 * law.eta * (1 + law.phi) * (1 + 1 / law.psi)
    Q = follow(paper_equation(law), z, lambda z: law.eta / (law.psi * z), far)
    return (1 + law.psi * Q) / z


def exact_density(law: RandomFeatures, x: float) -> float:
    """Forty digits: the paper's equation followed down to x, step by step."""
    with mpmath.workdps(40):
        eta, zeta, phi, psi = (mpmath.mpf(part) for part in (law.eta, law.zeta, law.phi, law.psi))
        equation = paper_equation(RandomFeaturesNumbers(eta, zeta, phi, psi))
        height = 100 * eta * (1 + phi) * (1 + 1 / psi)
        Q = eta / (psi * mpmath.mpc(x, height))
        while height:
            height = height / 8 if height > mpmath.mpf("1e-24") else mpmath.mpf(0)
            for _ in range(4):
                value, slope = equation(mpmath.mpc(x, height), Q)
                Q -= value / slope
        return float(-((1 + psi * Q) / x).imag / mpmath.pi)


class RandomFeaturesNumbers:
    """The four numbers, of any type."""

    def __init__(self, eta, zeta, phi, psi):
        self.eta, self.zeta, self.phi, self.psi = eta, zeta, phi, psi


@pytest.mark.slow
@pytest.mark.checks("eq-features-quartic", "eq-features-transform", against="the paper's equation")
def test_two_routes_agree_everywhere_above_the_axis(rng):
    for _ in range(30):
        law = random_law(rng)
        reach = law.support[-1][1]
        z = rng.uniform(-1, 1.3 * reach, 20) + 1j * 10.0 ** rng.uniform(-6, 1, 20)
        np.testing.assert_allclose(law.stieltjes(z), followed(law, z), rtol=1e-8)


def test_the_root_below_the_axis_is_not_unique_but_the_rule_is(rng):
    """Of four roots, often two or three have Im G < 0; with Im p > 0 beside it, one is left."""
    several = 0
    for _ in range(50):
        law = random_law(rng)
        law = RandomFeatures(law.eta, law.eta * rng.uniform(0.05, 0.95), law.phi, law.psi)
        z = rng.uniform(-1, 1.3 * law.support[-1][1]) + 1j * 10.0 ** rng.uniform(-2, 0)
        product = np.polymul(*law._coefficients())
        off = (1.0, -law.zeta)
        cubic = law.psi * z * np.polymul((1.0, 0.0), np.polymul(off, off))
        p = np.roots(np.polysub(product, cubic))
        G = law.psi * (p - law.zeta) / law._a_b(p)[0]
        several += (G.imag < 0).sum() > 1
        assert ((G.imag < 0) & (p.imag > 0)).sum() == 1
    assert several > 25


@pytest.mark.slow
@pytest.mark.checks("eq-features-quartic", "eq-features-transform", against="mpmath")
def test_the_density_to_eight_digits_edges_included(rng):
    """Beside an edge a square root halves the digits; 1e-8 of the density's own size remain.

    Down to the last double beside an edge, and at the edge, which is rounded to a double itself.
    """
    for _ in range(4):
        law = random_law(rng)
        for a, b in law.support:
            near = (b - a) * 10.0 ** np.array([-15.0, -9.0, -3.0])
            ends = [a, b, np.nextafter(a, b), np.nextafter(b, a)] if a > 0 else []
            x = np.concatenate([a + near, b - near, ends, rng.uniform(a, b, 3)])
            x = x[(x > 0) & (x <= b)]
            want = np.array([exact_density(law, float(point)) for point in x])
            assert (np.abs(law.density(x) - want) < 1e-8 * (1 + want)).all(), law


@pytest.mark.checks("eq-features-quartic", against="mpmath")
def test_beside_either_edge_the_density_keeps_eight_digits_of_its_own_size():
    """Where a long double is a double, four at this distance."""
    law = RandomFeatures(1.0, 0.7, 1.0, 1.5)
    ((a, b),) = law.support
    near = (b - a) * 10.0 ** np.array([-9.0, -11.0])
    x = np.concatenate([a + near, b - near])
    want = [exact_density(law, float(point)) for point in x]
    rtol = 1e-8 if np.finfo(np.longdouble).eps < np.finfo(float).eps else 1e-4
    np.testing.assert_allclose(law.density(x), want, rtol=rtol)


@pytest.mark.slow
def test_the_whole_mass_is_there(rng):
    for _ in range(25):
        law = random_law(rng)
        assert abs(law.integrate(np.ones_like) - 1) < 1e-9, law


@pytest.mark.slow
@pytest.mark.parametrize("eta", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("shape", [(0.3, 0.5), (1.0, 1.0), (300.0, 0.01), (0.01, 300.0)])
def test_no_unit_is_special(eta, shape, rng):
    """A law times a number is a law; thresholds in fixed units would lose it."""
    law, unit = (RandomFeatures(scale, 0.6 * scale, *shape) for scale in (eta, 1.0))
    np.testing.assert_allclose(np.array(law.support) / eta, unit.support, rtol=1e-9, atol=1e-12)
    assert abs(law.integrate(np.ones_like) - 1) < 1e-9
    x = np.concatenate([rng.uniform(a, b, 5) for a, b in unit.support])
    np.testing.assert_allclose(eta * law.density(eta * x), unit.density(x), rtol=1e-7)


@pytest.mark.parametrize("linear", [lambda z: 2.5 * z, by_name("identity")])
def test_rounding_does_not_hide_that_an_activation_is_linear(linear):
    """zeta falls short of eta by a part in 1e16, and half of the eigenvalues are zeros."""
    eta, zeta = eta_zeta(linear, sigma_w=3.7)
    assert zeta < eta
    law = RandomFeatures(eta, zeta, 0.3, 0.5)
    assert law.atoms == (Atom(0.0, 0.5),)
    assert abs(law.integrate(np.ones_like) - 1) < 1e-9


def test_points_at_a_hard_edge_raise_no_warning():
    law = RandomFeatures(1e-3, 5e-4, 3.0, 3.0)
    x = np.array([5e-324, 1e-310, 1e-30])
    assert np.isfinite(law.density(x)).all()


def test_in_the_middle_of_an_interval_no_eigenvalues_of_matrices_are_needed(monkeypatch):
    """The guess is near enough for Newton's method; anything else costs ten times as much."""
    for law in (RandomFeatures(1.0, 0.7, 1.0, 1.5), RandomFeatures(1.0, 0.9, 0.3, 0.5)):
        x = np.concatenate([np.linspace(a, b, 50)[1:-1] for a, b in law.support])
        want = -law.stieltjes(x + 0j).imag / np.pi
        assert len(law._guesses) == len(law.support)
        with monkeypatch.context() as patch:
            patch.setattr(RandomFeatures, "_solve", None)
            np.testing.assert_allclose(law.density(x), want, rtol=1e-10)


def test_nan_stays_nan():
    law = RandomFeatures(1.0, 0.4, 1.0, 1.5)
    assert np.isnan(law.density(np.array([np.nan, 1.0]))).tolist() == [True, False]
    assert np.isnan(law.cdf(np.array([np.nan, 1.0]))).tolist() == [True, False]


@pytest.mark.slow
@pytest.mark.checks("eq-features-moments", against="integration")
def test_moments_of_the_series_are_those_of_the_density(rng):
    for _ in range(12):
        law = random_law(rng)
        for k in range(1, 5):
            assert law.moment(k) == pytest.approx(Law.moment(law, k), rel=1e-6)
    assert RandomFeatures(2.0, 0.5, 1.3, 0.7).moment(1) == 2.0
    second = RandomFeatures(1.0, 0.6, 1.0, 1.5).moment(2)
    assert second == pytest.approx(1 + 1 / 1.5 + 0.6**2 / 1.5, abs=1e-12)


@pytest.mark.parametrize(("phi", "psi"), [(1.0, 1.5), (2.0, 1.0), (0.4, 0.4)])
def test_without_a_linear_part_it_is_marchenko_and_pastur(rng, phi, psi):
    law, mp = RandomFeatures(1.3, 0.0, phi, psi), MarchenkoPastur(phi / psi, 1.3)
    np.testing.assert_allclose(law.support, mp.support, atol=1e-12)
    assert law.atoms == mp.atoms
    ((low, high),) = mp.support
    x = rng.uniform(low, high, 200)
    np.testing.assert_allclose(law.density(x), mp.density(x), rtol=1e-9)
    z = rng.normal(size=50) + 1j * rng.uniform(0.01, 2, 50)
    np.testing.assert_allclose(law.stieltjes(z), mp.stieltjes(z), rtol=1e-10)


@pytest.mark.checks("eq-features-moments", against="enumeration")
def test_a_linear_activation_gives_the_product_of_two_wisharts():
    """Fuss and Narayana: the moments of free compound products, counted for the first three."""
    phi, psi = 0.7, 1.6
    law = RandomFeatures(1.0, 1.0, phi, psi)
    a, b = phi / psi, 1 / psi  # n1/m and n1/n0
    assert law.moment(1) == pytest.approx(1)
    assert law.moment(2) == pytest.approx(1 + a + b)
    want = 1 + 3 * (a + b) + a * a + b * b + 3 * a * b
    assert law.moment(3) == pytest.approx(want)


@pytest.mark.checks("eq-features-atom", against="rank")
@pytest.mark.parametrize(
    ("zeta", "phi", "psi", "mass"),
    [(0.5, 1.0, 1.5, 0.0), (0.5, 2.0, 1.0, 0.5), (1.0, 0.5, 0.4, 0.6), (1.0, 2.0, 0.5, 0.75)],
)
def test_the_atom_is_what_the_rank_leaves_out(rng, zeta, phi, psi, mass):
    law = RandomFeatures(1.0, zeta, phi, psi)
    assert sum(atom.mass for atom in law.atoms) == pytest.approx(mass)
    eigenvalues = law.sample(400, rng)
    assert (eigenvalues < 1e-9).mean() == pytest.approx(mass, abs=1 / 400)


SETTINGS = [(1.0, 0.0, 1.0, 1.5), (1.0, 0.7, 1.0, 1.5), (1.0, 1.0, 0.8, 0.6), (2.0, 0.5, 2.0, 0.8)]


@pytest.mark.slow
@pytest.mark.checks("eq-features-transform", against="eigenvalues")
@pytest.mark.parametrize("setting", SETTINGS)
def test_eigenvalues_follow_it_and_not_a_law_two_percent_off(rng, setting):
    """Counts of eigenvalues waver by a few, 10 of 900; counts see four percent, the mean two."""
    law = RandomFeatures(*setting)
    eigenvalues = law.sample(900, rng)
    assert ks_distance(eigenvalues, law) < 10 / 900
    eta, zeta, phi, psi = setting
    off = RandomFeatures(1.04 * eta, 1.04 * zeta, phi, psi)
    close = ks_distance(eigenvalues, law)
    assert ks_distance(eigenvalues, off) > 1.3 * close
    # The mean is known better: it wavers by the root of the second moment over n.
    mean = eigenvalues.mean()
    assert abs(mean / law.moment(1) - 1) < 0.01 < abs(mean / RandomFeatures(
        1.02 * eta, 1.02 * zeta, phi, psi).moment(1) - 1)  # fmt: skip


def test_two_intervals_are_found(rng):
    law = RandomFeatures(1.0, 0.99, 0.1, 0.3)
    assert len(law.support) == 2
    (_, low), (high, _) = law.support
    assert low < high
    assert law.density(np.array([(low + high) / 2]))[0] == 0
    eigenvalues = law.sample(600, rng)
    assert ((eigenvalues > low + 0.1) & (eigenvalues < high - 0.1)).sum() <= 2


def test_a_hard_edge_is_infinite_and_ends_in_a_square_root():
    law = RandomFeatures(1.0, 0.4, 0.8, 0.8)
    assert law.support[0][0] == 0.0
    density = law.density(np.array([0.0, 1e-20, 4e-20, 1e-10, 4e-10]))
    assert density[0] == np.inf
    assert density[1] / density[2] == pytest.approx(2, rel=1e-9)
    assert density[3] / density[4] == pytest.approx(2, rel=1e-4)
    assert density[1] / density[3] == pytest.approx(1e5, rel=1e-4)


def test_shapes_and_the_outside():
    law = RandomFeatures(1.0, 0.4, 1.0, 1.5)
    assert law.density(np.zeros((2, 3))).shape == (2, 3)
    assert (law.density(np.array([-1.0, 0.0, 50.0])) == 0).all()
    assert law.stieltjes(np.array([[1j, 2.0 + 0j]])).shape == (1, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.0, 1.0, 1.0), "eta: expected a positive number, got 0"),
        ((1.0, 0.5, 0.0, 1.0), "phi: expected a positive number, got 0"),
        ((1.0, 0.5, 1.0, -2.0), "psi: expected a positive number, got -2"),
        ((1.0, 1.1, 1.0, 1.0), "zeta: expected a number from 0 to eta"),
        ((1.0, -0.1, 1.0, 1.0), "zeta: expected a number from 0 to eta"),
        ((1.0, float("nan"), 1.0, 1.0), "zeta: expected a number from 0 to eta"),
    ],
)
def test_bad_constants_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        RandomFeatures(*arguments)


def test_bad_points_are_refused(rng):
    law = RandomFeatures(1.0, 0.4, 1.0, 1.5)
    with pytest.raises(ValueError, match="z: expected finite points on or above the real axis"):
        law.stieltjes(np.array([1 - 1j]))
    with pytest.raises(ValueError, match="k: expected a whole number, 0 or more"):
        law.moment(-1)
    with pytest.raises(ValueError, match="n: expected a whole number, 1 or more"):
        law.sample(0, rng)
    with pytest.raises(ValueError, match="n: expected enough features"):
        RandomFeatures(1.0, 0.4, 10.0, 0.5).sample(1, rng)


@pytest.mark.parametrize(
    ("numbers", "mass"),
    [((1, 1, 0.25, 0.4), 0.6), ((1, 0.6, 2, 0.5), 0.75), ((1, 1, 0.6, 6), 0), ((1, 0.99, 3, 8), 0)],
)
def test_beside_zero_the_transform_is_the_mass_at_zero_over_z(numbers, mass):
    """Within 1e-9 of zero the four roots differ by little, and the right one is still taken."""
    z = 1j * 10.0 ** np.arange(-12.0, -6.0)
    G = RandomFeatures(*map(float, numbers)).stieltjes(z)
    assert np.abs(z * G - mass).max() < 1e-4
