"""The law of every layer: the quartic, its own equation by integration, moments, sampled stacks."""

import numpy as np
import pytest

from course_lib.random_features.activations import PiecewiseLinear
from course_lib.random_features.layer_law import LayerLaw, law_distance
from course_lib.random_features.layer_spectra import layer_eigenvalues, second_moment, stack_shape
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.law import Atom
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle
from course_lib.spectral_laws.spectrum import ks_distance

RELU = PiecewiseLinear(0.0).zeta


def same_atoms(law, want):
    """Whether two laws have the same atoms, the masses up to rounding."""
    return [atom.at for atom in law.atoms] == [atom.at for atom in want] and np.allclose(
        [atom.mass for atom in law.atoms], [atom.mass for atom in want], rtol=1e-12
    )


@pytest.mark.checks("eq-layer-chain", against="quartic")
@pytest.mark.parametrize(
    "numbers", [(RELU, 1.0, 1.5), (0.4, 2.0, 0.8), (1.0, 0.25, 0.4), (0.99, 0.1, 0.3)]
)
def test_the_first_layer_is_the_one_of_the_quartic(numbers, rng):
    law, want = LayerLaw(1, *numbers), RandomFeatures(1.0, *numbers)
    np.testing.assert_allclose(law.support, want.support, rtol=1e-9)
    assert same_atoms(law, want.atoms)
    x = np.concatenate([rng.uniform(a, b, 40) for a, b in want.support])
    np.testing.assert_allclose(law.density(x), want.density(x), rtol=1e-7)
    np.testing.assert_allclose(law.cdf(x), want.cdf(x), atol=1e-9)
    z = rng.uniform(-1, 6, 40) + 1j * 10.0 ** rng.uniform(-4, 1, 40)
    np.testing.assert_allclose(law.stieltjes(z), want.stieltjes(z), rtol=1e-9)


@pytest.mark.checks("eq-layer-law", against="integration")
@pytest.mark.parametrize("numbers", [(RELU, 1.0, 1.5), (0.5, 0.6, 1.3), (0.8, 1.2, 0.9)])
def test_each_layer_solves_the_equation_that_the_one_before_sets(numbers, rng):
    """The covariance of the rows has the eigenvalues 1 - zeta + zeta t/r, and zeros count too."""
    for layer in (2, 3):
        before, law = (LayerLaw(number, *numbers) for number in (layer - 1, layer))
        r, zeta = law.ratio, law.zeta
        for z in rng.uniform(-1, 5, 4) + 1j * rng.uniform(0.3, 2, 4):
            G = complex(law.stieltjes(np.array([z]))[0])

            def spread(t, G=G, r=r, zeta=zeta):
                population = 1 - zeta + zeta * t / r
                return population / (1 - r * G * population)

            # n1 of the m overlaps are the eigenvalues of the layer, over r; the rest are zeros.
            mean = r * (
                before.integrate(lambda t: spread(t).real)
                + 1j * before.integrate(lambda t: spread(t).imag)
            ) + (1 - r) * spread(0.0)
            assert abs(1 / G - z + mean) < 1e-9


@pytest.mark.checks("eq-layer-second-moment", against="integration")
def test_second_moments_are_those_of_the_overlaps():
    for numbers in ((5, RELU, 1.0, 1.5), (3, 0.3, 2.0, 0.8), (1, 1.0, 0.5, 1.7)):
        law = LayerLaw(*numbers)
        assert law.moment(0) == pytest.approx(1, abs=1e-8)
        assert law.moment(1) == pytest.approx(1, abs=1e-8)
        assert law.moment(2) == pytest.approx(second_moment(*numbers), rel=1e-8)


def test_without_a_linear_part_every_layer_is_marchenko_and_pasturs(rng):
    for zeta in (0.0, 1e-12):
        law, want = LayerLaw(7, zeta, 0.8, 0.5), MarchenkoPastur(1.6)
        assert law.support == want.support
        assert same_atoms(law, want.atoms)
        x = rng.uniform(0, 6, 30)
        np.testing.assert_array_equal(law.density(x), want.density(x))
        np.testing.assert_array_equal(law.cdf(x), want.cdf(x))
        np.testing.assert_array_equal(law.stieltjes(x + 1j), want.stieltjes(x + 1j))
    tiny = LayerLaw(3, 1e-6, 1.0, 1.5)
    x = np.linspace(0.1, 3.2, 20)
    np.testing.assert_allclose(tiny.density(x), MarchenkoPastur(2 / 3).density(x), atol=1e-8)


@pytest.mark.slow
@pytest.mark.checks("eq-layer-law", against="eigenvalues")
@pytest.mark.parametrize("alpha", [0.0, 0.4])
def test_sampled_stacks_follow_their_own_law_and_not_the_first(alpha):
    """Samples of equal norm; a few steps of 1/n, and the first law is farther."""
    f, shape = PiecewiseLinear(alpha), stack_shape(1200)
    spectra = layer_eigenvalues(f, shape, 4, np.random.default_rng(0), unit_norms=True)
    first = RandomFeatures(1.0, f.zeta, 1.0, 1.5)
    own = ks_distance(spectra[3], LayerLaw(4, f.zeta, 1.0, 1.5))
    assert own < 8 / 800
    assert ks_distance(spectra[3], first) > 2 * own


@pytest.mark.slow
def test_a_deep_linear_stack_with_an_infinite_edge():
    """Ten factors: the density rises like x^-0.9 at 0, and the distribution function is exact."""
    law = LayerLaw(10, 1.0, 1.0, 1.5)
    assert law.support[0][0] == 0.0
    shape = stack_shape(600)
    deep = layer_eigenvalues(lambda z: z, shape, 10, np.random.default_rng(1))[-1]
    assert ks_distance(deep, law) < 10 / 400
    x = np.geomspace(1e-16, 20, 60)
    assert (np.diff(law.cdf(x)) > 0).all()


def test_distances_to_the_first_law_are_the_plateaus():
    """Independent of them: RandomFeatures has its distribution function from its density."""
    first = RandomFeatures(1.0, RELU, 1.0, 1.5)
    for layer, want in ((1, 0.0), (2, 0.0552), (3, 0.0722), (10, 0.0827)):
        distance = law_distance(LayerLaw(layer, RELU, 1.0, 1.5), first)
        assert distance == pytest.approx(want, abs=6e-5)
    linear = law_distance(LayerLaw(10, 1.0, 1.0, 1.5), RandomFeatures(1.0, 1.0, 1.0, 1.5))
    assert linear == pytest.approx(0.5993, abs=6e-5)


def test_distances_of_laws_that_can_be_seen_at_once():
    assert law_distance(Semicircle(1.0), Semicircle(1.0)) == 0.0
    assert law_distance(
        DiscreteMeasure((0.0, 1.0), (0.3, 0.7)), DiscreteMeasure((0.0,), (1.0,))
    ) == (pytest.approx(0.7))
    # Densities of deviation 1 and 2 cross where 4 (4 - x^2) = (16 - x^2) / 4, at x^2 = 16/5.
    x = np.array([np.sqrt(16 / 5)])
    want = (Semicircle(1.0).cdf(x) - Semicircle(2.0).cdf(x))[0]
    got = law_distance(Semicircle(1.0), Semicircle(2.0))
    assert got == pytest.approx(want, abs=1e-5)
    with pytest.raises(ValueError, match="points: expected a whole number, 1 or more, got 0"):
        law_distance(Semicircle(1.0), Semicircle(2.0), 0)
    assert law_distance(MarchenkoPastur(0.5), MarchenkoPastur(2.0), 1) == pytest.approx(0.5)


def test_zeros_are_forced_by_the_rank_and_gaps_are_found(rng):
    assert same_atoms(LayerLaw(2, 0.6, 1.2, 0.8), (Atom(0.0, 1 / 3),))
    assert same_atoms(LayerLaw(2, 1.0, 0.25, 0.4), (Atom(0.0, 0.6),))
    gap = LayerLaw(2, 0.97, 0.1, 0.3)
    (_, low), (high, top) = gap.support
    assert 0.13 < low < 0.14 < 0.33 < high < 0.34
    eigenvalues = gap.sample(600, rng)
    assert ((eigenvalues > low + 0.03) & (eigenvalues < high - 0.05)).sum() <= 2
    assert eigenvalues[-1] < top + 0.5
    assert gap.cdf(np.array([low, (low + high) / 2, high]))[1] == pytest.approx(
        (eigenvalues < 0.2).mean(), abs=3 / 600
    )


def test_at_zero_the_transform_is_a_pole_or_a_number():
    at = np.array([0.0j])
    assert LayerLaw(2, 0.6, 1.2, 0.8).stieltjes(at)[0].real == np.inf


def test_the_mean_logarithm_is_that_of_the_density():
    law = LayerLaw(2, 0.5, 1.0, 1.5)
    z = np.array([0.5 + 1j, -1 + 0.2j, 5 + 0.5j])
    want = [
        law.integrate(lambda t, p=p: np.log(np.abs(p - t)))
        + 1j * law.integrate(lambda t, p=p: np.angle(p - t))
        for p in z
    ]
    np.testing.assert_allclose(law._mean_log(law._parameter(z)), want, rtol=1e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0.5, 1.0, 1.0), "layer: expected a whole number, 1 or more, got 0"),
        ((1.5, 0.5, 1.0, 1.0), "layer: expected a whole number"),
        ((1, -0.1, 1.0, 1.0), "zeta: expected a number from 0 to 1, got -0.1"),
        ((1, 1.1, 1.0, 1.0), "zeta: expected a number from 0 to 1"),
        ((1, 0.5, 0.0, 1.0), "phi: expected a positive number"),
        ((1, 0.5, 1.0, np.inf), "psi: expected a positive number"),
    ],
)
def test_numbers_of_no_stack_are_refused(arguments, message, bad_input):
    with pytest.raises(ValueError, match=message):
        LayerLaw(*arguments)
