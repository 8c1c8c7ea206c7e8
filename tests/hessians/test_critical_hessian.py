"""The critical Hessian's law: mpmath, Monte Carlo, free addition, and its three limits."""

import mpmath
import numpy as np
import pytest

from course_lib.hessians.critical_edges import critical_energy, merging_energy
from course_lib.hessians.critical_hessian import HessianAtCriticalPoint
from course_lib.spectral_laws.free_sum import FreeSum
from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.r_transform import r_transform
from course_lib.spectral_laws.semicircle import Semicircle
from course_lib.spectral_laws.spectrum import ks_distance

SETTINGS = [(0.1, 0.25), (0.5, 0.5), (0.05, 0.75), (0.1, 2.0), (0.02, 1.0), (0.5, 8.0)]


def roots(epsilon, phi, z):
    """All three roots of the cubic, to fifty digits."""
    with mpmath.workdps(60):
        e, f, z = mpmath.mpf(epsilon), mpmath.mpf(phi), mpmath.mpmathify(z)
        cubic = [2 * e * f, -(2 * e + z * f), z + f - 1, mpmath.mpf(-1)]
        return mpmath.polyroots(cubic, maxsteps=400, extraprec=300)


def exact_density(epsilon, phi, x):
    height = max(abs(root.imag) for root in roots(epsilon, phi, float(x)))
    return 0.0 if height < mpmath.mpf(10) ** -25 else float(height / mpmath.pi)


def points_near_edges(law, rng):
    """Points inside and outside, down to the last double beside each edge, and the edges."""
    points = []
    for a, b in law.support:
        points += list(rng.uniform(a, b, 2))
        for edge, inwards in ((a, 1), (b, -1)):
            near = inwards * (b - a) * 10.0 ** -rng.uniform(2, 15, 2)
            points += [edge, np.nextafter(edge, inwards * np.inf), *(edge + near), edge - near[0]]
    return np.array(points)


@pytest.mark.slow
@pytest.mark.checks("eq-hessian-cubic", against="mpmath")
def test_density_at_random_settings_and_at_edges(rng):
    for _ in range(6):
        epsilon, phi = 10 ** rng.uniform(-4, 2), 10 ** rng.uniform(-2, 1.5)
        law = HessianAtCriticalPoint(epsilon, phi)
        x = points_near_edges(law, rng)
        want = [exact_density(epsilon, phi, at) for at in x]
        np.testing.assert_allclose(law.density(x), want, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("phi", [1.5, 9.0])
@pytest.mark.parametrize("away", [0.0, 1e-15, -1e-15, 1e-10, -1e-5])
def test_density_where_two_parts_of_the_spectrum_meet(phi, away):
    """At the cusp three roots coincide, and doubles keep a third of their digits in general."""
    epsilon = merging_energy(phi) * (1 + away)
    t = np.cbrt(phi) / (np.cbrt(phi) - 1)
    cusp = phi / t + 1 / (1 - t) + 2 * epsilon * t / phi
    x = cusp + np.concatenate([[0.0], 10.0 ** -np.arange(1.0, 17.0, 2.0)])
    want = [exact_density(epsilon, phi, at) for at in x]
    got = HessianAtCriticalPoint(epsilon, phi).density(x)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-9)


@pytest.mark.checks("eq-hessian-cubic", against="mpmath")
def test_transform_is_the_only_root_below_the_axis(rng):
    for epsilon, phi in SETTINGS:
        law = HessianAtCriticalPoint(epsilon, phi)
        x = points_near_edges(law, rng)
        z = x + 1j * 10.0 ** rng.uniform(-14, 1, x.shape)
        for at, got in zip(z, law.stieltjes(z), strict=True):
            below = [root for root in roots(epsilon, phi, complex(at)) if root.imag < 0]
            assert len(below) == 1
            assert abs(complex(below[0]) - got) < 1e-10


@pytest.mark.checks("eq-hessian-cubic", against="mpmath")
def test_transform_where_the_cubic_is_a_pure_cube():
    """Of Cardano's two cubes one is zero there, and must not be the one that is taken."""
    for epsilon, phi in SETTINGS[:5]:
        at = (epsilon + 1j * np.sqrt(3 * epsilon * (epsilon - 2 * phi * (phi - 1)) + 0j)) / phi
        z = np.array([complex(at.real, abs(at.imag)), at.real + 1j * (abs(at.imag) + 1e-9)])
        for point, got in zip(z, HessianAtCriticalPoint(epsilon, phi).stieltjes(z), strict=True):
            want = min(roots(epsilon, phi, complex(point)), key=lambda root: root.imag)
            assert abs(complex(want) - got) < 1e-13


def test_transform_on_the_axis_outside_is_real_and_falls_like_one_over_z():
    for epsilon, phi in [*SETTINGS, (3.6, 8.0)]:
        law = HessianAtCriticalPoint(epsilon, phi)
        (left, _), (_, right) = law.support[0], law.support[-1]
        outside = np.array([left - 3.0, left - 1e-6, right + 1e-6, right + 3.0])
        if len(law.support) == 2:
            (_, low), (high, _) = law.support
            outside = np.append(outside, low + (high - low) * np.array([0.01, 0.5, 0.99]))
        G = law.stieltjes(outside + 0j)
        assert (G.imag == 0).all()
        for x, value in zip(outside, G.real, strict=True):
            want = law.integrate(lambda t, x=x: 1 / (x - t))
            np.testing.assert_allclose(value, want, rtol=1e-6)
        far = np.array([1e6 + 0j])
        np.testing.assert_allclose(law.stieltjes(far) * far, 1 + 1e-6, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.checks("eq-hessian-cubic", against="mpmath")
@pytest.mark.parametrize("epsilon", [1e-9, 0.12, 5e8])
@pytest.mark.parametrize("phi", [1e-3, 0.5, 300.0])
def test_transform_keeps_its_digits_far_away(epsilon, phi):
    """There the other two roots are as large as 1/phi, and the one that is meant is tiny."""
    law = HessianAtCriticalPoint(epsilon, phi)
    reach = np.array([10.0, 101.0, 1e5, 1e13]) * np.abs(law.support).max()
    z = np.concatenate([reach + 0j, -reach + 0j, 1j * reach])
    for at, got in zip(z, law.stieltjes(z), strict=True):
        small = min(roots(epsilon, phi, complex(at)), key=abs)
        assert abs(got / complex(small) - 1) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("phi", [1.5, 9.0, 100.0])
@pytest.mark.parametrize("away", [0.0, 1e-12, 1e-8, 1e-4, -1e-10])
def test_no_mass_is_lost_where_two_parts_of_the_spectrum_meet(phi, away):
    law = HessianAtCriticalPoint(merging_energy(phi) * (1 + away), phi)
    assert abs(law.integrate(np.ones_like) - 1) < 1e-10
    x = np.linspace(law.support[0][0], law.support[-1][1], 50)
    np.testing.assert_allclose(Law.cdf(law, x), law.cdf(x), rtol=0, atol=1e-10)


@pytest.mark.slow
@pytest.mark.checks("eq-hessian-cubic", against="free addition")
def test_free_addition_of_its_two_parts_is_the_same_law(rng):
    for epsilon, phi in SETTINGS[3::2]:
        law = HessianAtCriticalPoint(epsilon, phi)
        parts = FreeSum(MarchenkoPastur(phi), Semicircle(np.sqrt(2 * epsilon)))
        np.testing.assert_allclose(parts.support, law.support, rtol=0, atol=1e-12)
        x = np.concatenate([rng.uniform(a, b, 40) for a, b in law.support])
        np.testing.assert_allclose(parts.density(x), law.density(x), rtol=0, atol=1e-10)
        z = rng.uniform(-2, 8, 40) + 1j * 10.0 ** rng.uniform(-8, 1, 40)
        np.testing.assert_allclose(parts.stieltjes(z), law.stieltjes(z), rtol=0, atol=1e-10)


@pytest.mark.checks("eq-hessian-r", against="functional inverse of G")
def test_r_transform_is_what_the_density_has():
    for epsilon, phi in SETTINGS:
        law = HessianAtCriticalPoint(epsilon, phi)
        ends = law.stieltjes(np.array([law.support[0][0], law.support[-1][1]]) + 0j).real
        g = np.concatenate([ends[0] * np.array([0.2, 0.9]), ends[1] * np.array([0.2, 0.9])])
        np.testing.assert_allclose(r_transform(law, g), law.r_transform(g), rtol=0, atol=1e-11)


@pytest.mark.parametrize("phi", [0.25, 1.0, 2.5])
def test_without_energy_it_is_marchenko_and_pastur_with_its_atom(phi):
    law, want = HessianAtCriticalPoint(0.0, phi), MarchenkoPastur(phi)
    assert law.support == want.support
    assert law.atoms == want.atoms
    assert law.index() == 0
    x = np.linspace(-1, 8, 50)
    np.testing.assert_array_equal(law.density(x), want.density(x))
    np.testing.assert_array_equal(law.cdf(x), want.cdf(x))
    z = x + 0.3j
    np.testing.assert_array_equal(law.stieltjes(z), want.stieltjes(z))
    near = HessianAtCriticalPoint(1e-14, phi)
    inside = np.linspace(*want.support[0], 30)[1:-1]
    np.testing.assert_allclose(near.density(inside), want.density(inside), rtol=0, atol=1e-8)
    np.testing.assert_allclose(near.stieltjes(z), want.stieltjes(z), rtol=0, atol=1e-8)
    np.testing.assert_allclose(near.index(), max(0.0, 1 - 1 / phi) / 2, atol=1e-4)


def test_few_parameters_give_a_shifted_semicircle():
    law, want = HessianAtCriticalPoint(0.3, 1e-10), Semicircle(np.sqrt(0.6))
    x = np.linspace(-2, 4, 101)
    np.testing.assert_allclose(law.density(x), want.density(x - 1), rtol=0, atol=1e-5)
    np.testing.assert_allclose(law.cdf(x), want.cdf(x - 1), rtol=0, atol=1e-8)
    np.testing.assert_allclose(law.support, np.array(want.support) + 1, rtol=0, atol=1e-8)


@pytest.mark.checks("eq-hessian-cumulants", against="integration of the density")
def test_moments(rng):
    for epsilon, phi in SETTINGS:
        law = HessianAtCriticalPoint(epsilon, phi)
        for k in (0, 1, 3, 6):
            np.testing.assert_allclose(law.moment(k), Law.moment(law, k), rtol=1e-10)
        np.testing.assert_allclose(law.moment(2), 1 + phi + 2 * epsilon, rtol=1e-14)


@pytest.mark.checks("eq-hessian-cdf", against="integration of the density")
def test_distribution_function_in_closed_form(rng):
    for epsilon, phi in SETTINGS:
        law = HessianAtCriticalPoint(epsilon, phi)
        x = rng.uniform(law.support[0][0] - 0.1, law.support[-1][1] + 0.1, 20)
        x = np.append(x, np.array(law.support).ravel())
        np.testing.assert_allclose(law.cdf(x), Law.cdf(law, x), rtol=0, atol=1e-11)


@pytest.mark.checks("eq-hessian-cdf", against="Monte Carlo")
@pytest.mark.parametrize(("epsilon", "phi"), [(0.1, 0.25), (0.5, 0.5), (0.05, 0.75), (0.1, 2.0)])
def test_index_is_the_fraction_of_negative_eigenvalues(epsilon, phi, rng):
    """The count fluctuates by a few eigenvalues in all, so 0.006 of 500 is wide; twice the
    energy moves it by more."""
    law = HessianAtCriticalPoint(epsilon, phi)
    negative = np.mean([(law.sample(500, rng) < 0).mean() for _ in range(3)])
    assert abs(negative - law.index()) < 0.006
    assert abs(negative - HessianAtCriticalPoint(2 * epsilon, phi).index()) > 0.006


def test_sampled_eigenvalues_follow_the_law(rng):
    for epsilon, phi in ((0.1, 0.25), (0.5, 8.0)):
        eigenvalues = HessianAtCriticalPoint(epsilon, phi).sample(600, rng)
        assert ks_distance(eigenvalues, HessianAtCriticalPoint(epsilon, phi)) < 0.008
        assert ks_distance(eigenvalues, HessianAtCriticalPoint(1.2 * epsilon, phi)) > 0.008


def test_index_grows_with_energy_and_with_phi():
    phis, energies = np.array([0.1, 0.5, 1.0, 4.0]), np.geomspace(0.001, 5, 10)
    index = np.array([[HessianAtCriticalPoint(e, p).index() for e in energies] for p in phis])
    assert (np.diff(index, axis=1)[index[:, 1:] > 0] > 0).all()
    assert (np.diff(index, axis=0) >= -1e-12).all()
    below = energies < np.array([critical_energy(p) for p in phis])[:, None]
    assert (index[below] == 0).all()
    assert (index[~below] > 0).all()


def test_without_energy_zeros_are_exactly_zero():
    Y = np.random.default_rng(3).standard_normal((40, 20))
    eigenvalues = HessianAtCriticalPoint(0.0, 2.0).sample(40, np.random.default_rng(3))
    assert (eigenvalues[:20] == 0.0).all()
    assert (eigenvalues[20:] > 1e-3).all()
    np.testing.assert_allclose(eigenvalues, np.linalg.eigvalsh(Y @ Y.T / 20), rtol=0, atol=1e-13)


@pytest.mark.parametrize("phi", [0.3, 0.9, 3.0])
def test_a_law_knows_at_which_energies_its_shape_changes(phi):
    law = HessianAtCriticalPoint(0.7, phi)
    if phi < 1:
        below, above = (HessianAtCriticalPoint(c * law.critical_energy, phi) for c in (0.99, 1.01))
        assert below.index() == 0 < above.index()
    else:
        assert law.critical_energy == 0
    for energy in (0.99 * law.merging_energy, 1.01 * law.merging_energy):
        if energy:
            bands = len(HessianAtCriticalPoint(energy, phi).support)
            assert bands == (2 if energy < law.merging_energy else 1)


def wishart_plus_wigner(epsilon, phi, n, rng):
    """Eigenvalues of a sampled sum, in numpy alone."""
    J, A = rng.standard_normal((n, round(n / phi))), rng.standard_normal((n, n))
    return np.linalg.eigvalsh(J @ J.T / J.shape[1] + np.sqrt(epsilon / n) * (A + A.T))


@pytest.mark.parametrize(
    ("epsilon", "phi", "counted"),
    [(0.1, 0.25, 0.054), (0.5, 0.5, 0.248), (0.05, 0.75, 0.118), (0.1, 2.0, 0.295)],
)
def test_index_against_counts_in_matrices_with_a_thousand_rows(epsilon, phi, counted):
    """The counts are from another program, one draw each; a count fluctuates by about one."""
    assert abs(HessianAtCriticalPoint(epsilon, phi).index() - counted) < 0.003


@pytest.mark.slow
def test_index_over_energy_and_ratio_is_what_sampled_matrices_have(rng):
    """Counts grow in both directions, as the index does, and differ from it by less than 1 %."""
    n, energies, phis = 300, (0.03, 0.1, 0.4), (0.25, 0.6, 1.5)
    counts = np.array(
        [[(wishart_plus_wigner(e, p, n, rng) < 0).mean() for e in energies] for p in phis]
    )
    index = np.array([[HessianAtCriticalPoint(e, p).index() for e in energies] for p in phis])
    np.testing.assert_allclose(counts, index, rtol=0, atol=0.01)
    assert (np.diff(counts, axis=0) > 0).all()
    assert (np.diff(counts, axis=1) > 0).all()


def test_nothing_is_left_to_chance_in_large_matrices(rng):
    """No negative eigenvalue below the critical energy, some above, and hardly any fluctuation.

    Independent signs would make the count fluctuate by sqrt(n alpha (1 - alpha)), here by 5.
    """
    n, phi = 150, 0.25
    critical = critical_energy(phi)
    for _ in range(5):
        assert wishart_plus_wigner(0.7 * critical, phi, n, rng)[0] > 0
        assert wishart_plus_wigner(1.5 * critical, phi, n, rng)[0] < 0
    counts = [(wishart_plus_wigner(0.5, phi, n, rng) < 0).sum() for _ in range(20)]
    assert np.std(counts) < 2
    assert abs(np.mean(counts) / n - HessianAtCriticalPoint(0.5, phi).index()) < 0.01


def test_bad_arguments_are_refused(rng):
    with pytest.raises(ValueError, match="epsilon: expected a number of at least 0, got"):
        HessianAtCriticalPoint(-0.1, 0.5)
    with pytest.raises(ValueError, match="phi: expected a positive number, got 0"):
        HessianAtCriticalPoint(0.1, 0.0)
    with pytest.raises(ValueError, match="n: expected at least 5 at the ratio 8, got 4"):
        HessianAtCriticalPoint(0.1, 8.0).sample(4, rng)
    assert len(HessianAtCriticalPoint(0.1, 8.0).sample(5, rng)) == 5
    with pytest.raises(ValueError, match="z: expected finite points"):
        HessianAtCriticalPoint(0.1, 8.0).stieltjes(np.array([1 - 1j]))
