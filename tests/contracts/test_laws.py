"""What every law of eigenvalues must do. A new law joins with one line in ``LAWS``.

Two percent: a law whose constant is wrong by that much must fail the checks against sampled
matrices, which is why each line names such a law beside the right one.
"""

from dataclasses import fields, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from scipy.integrate import tanhsinh

from course_lib.hessians.critical_hessian import HessianAtCriticalPoint
from course_lib.hessians.relu_hessian import ReluSecondPart
from course_lib.random_features.layer_law import LayerLaw
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.free_sum import FreeSum
from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle
from course_lib.spectral_laws.spectrum import ks_distance


class Case(NamedTuple):
    name: str
    law: Law
    wrong: Law  # the same law with a constant that is off by two percent
    n: int = 1000  # size of the sampled matrix


COIN = DiscreteMeasure((-1.0, 1.0), (0.5, 0.5))
LAWS = [
    Case("semicircle", Semicircle(1.0), Semicircle(1.02)),
    Case("semicircle-wide", Semicircle(3.0), Semicircle(2.94)),
    Case("mp-quarter", MarchenkoPastur(0.25, 2.0), MarchenkoPastur(0.25, 2.04), 500),
    Case("mp-half", MarchenkoPastur(0.5), MarchenkoPastur(0.5, 1.02), 700),
    Case("mp-hard-edge", MarchenkoPastur(1.0, 0.5), MarchenkoPastur(1.0, 0.51)),
    Case("mp-near-hard-edge", MarchenkoPastur(1.001), MarchenkoPastur(1.001, 1.02)),
    Case("mp-atom", MarchenkoPastur(2.0, 1.5), MarchenkoPastur(2.0, 1.47)),
    Case("features-relu", RandomFeatures(1, 0.7335, 1, 1.5), RandomFeatures(1.02, 0.748, 1, 1.5)),
    Case("features-atom", RandomFeatures(2, 0.6, 1.2, 0.8), RandomFeatures(1.96, 0.588, 1.2, 0.8)),
    Case("features-gap", RandomFeatures(1, 0.9, 0.3, 0.5), RandomFeatures(1.02, 0.918, 0.3, 0.5)),
    Case("features-hard-edge", RandomFeatures(1, 0.5, 1, 1), RandomFeatures(0.98, 0.49, 1, 1)),
    Case(
        "free-sum",
        FreeSum(Semicircle(1), MarchenkoPastur(0.5)),
        FreeSum(Semicircle(1.02), MarchenkoPastur(0.5, 1.02)),
    ),
    Case(
        "free-sum-atom",
        FreeSum(MarchenkoPastur(4), MarchenkoPastur(3)),
        FreeSum(MarchenkoPastur(4, 1.02), MarchenkoPastur(3, 1.02)),
    ),
    Case(
        "free-sum-cusp",
        FreeSum(COIN, Semicircle(1.0)),
        FreeSum(DiscreteMeasure((-1.03, 1.03), (0.5, 0.5)), Semicircle(1.03)),
    ),
    Case(
        "free-sum-coin",
        FreeSum(MarchenkoPastur(4.0), COIN),
        FreeSum(MarchenkoPastur(4.0, 1.02), COIN),
    ),
    Case("layer-relu", LayerLaw(3, 0.7335, 1, 1.5), LayerLaw(3, 0.748, 1, 1.47), 1200),
    # Laws that hardly move when a constant does: all constants are off, and the matrices larger.
    Case("hessian", HessianAtCriticalPoint(0.5, 0.5), HessianAtCriticalPoint(0.51, 0.51), 1800),
    Case("hessian-bands", HessianAtCriticalPoint(0.5, 8), HessianAtCriticalPoint(0.49, 8.16), 1500),
    Case("relu-second", ReluSecondPart(0.5, 0.5), ReluSecondPart(0.51, 0.51), 1500),
    Case("relu-second-gap", ReluSecondPart(0.5, 2.0), ReluSecondPart(0.5, 2.04), 1400),
]
ONE_CONSTANT_OFF = [
    Case("hessian", HessianAtCriticalPoint(0.5, 0.5), HessianAtCriticalPoint(0.51, 0.5), 3000),
    Case("hessian-bands", HessianAtCriticalPoint(0.5, 8), HessianAtCriticalPoint(0.5, 8.16), 3000),
    Case("relu-second", ReluSecondPart(0.5, 0.5), ReluSecondPart(0.51, 0.5), 3500),
]
CLOSED = Semicircle, MarchenkoPastur  # laws in closed form; to solve for G takes seconds


def each(value):
    """A parameter for each line, slow where the law is."""
    return [
        pytest.param(
            value(case),
            id=case.name,
            marks=() if isinstance(case.law, CLOSED) else pytest.mark.slow,
        )
        for case in LAWS
    ]


every_case = pytest.mark.parametrize("case", each(lambda case: case))
every_law = pytest.mark.parametrize("law", each(lambda case: case.law))


def size_of(law: Law) -> float:
    """The largest modulus in the support, the natural unit of length."""
    return max(abs(end) for interval in law.support for end in interval)


def inner_points(law: Law, rng: np.random.Generator, count: int = 60) -> np.ndarray:
    """Random points inside the support, some of them close to its edges."""
    points = []
    for a, b in law.support:
        points += [a + (b - a) * rng.uniform(0.001, 0.999, count)]
        near = (b - a) * 10.0 ** rng.uniform(-6, -3, 8)
        points += [a + near, b - near]
    return np.concatenate(points)


def outer_points(law: Law, rng: np.random.Generator) -> np.ndarray:
    """Random points that are clear of support and atoms."""
    size = size_of(law)
    x = rng.uniform(-3 * size, 3 * size, 400)
    for a, b in law.support:
        x = x[(x < a - 1e-3 * size) | (x > b + 1e-3 * size)]
    for atom in law.atoms:
        x = x[np.abs(x - atom.at) > 1e-3 * size]
    return x


@every_law
def test_the_whole_mass_is_one(law):
    assert abs(law.integrate(np.ones_like) - 1) < 1e-9
    assert all(0 < atom.mass <= 1 for atom in law.atoms)


@every_law
def test_intervals_and_atoms_come_from_left_to_right(law):
    ends = [end for interval in law.support for end in interval]
    assert ends == sorted(ends)
    places = [atom.at for atom in law.atoms]
    assert places == sorted(places)


@every_law
def test_the_density_is_minus_im_g_over_pi(law, rng):
    x = inner_points(law, rng)
    density = law.density(x)
    assert (density > 0).all()
    np.testing.assert_allclose(-law.stieltjes(x + 0j).imag / np.pi, density, rtol=1e-7, atol=1e-8)


@every_law
def test_outside_the_support_g_is_real_and_the_density_is_zero(law, rng):
    x = outer_points(law, rng)
    assert len(x) > 20
    assert np.abs(law.density(x)).max() == 0
    assert np.abs(law.stieltjes(x + 0j).imag).max() < 1e-9


@every_law
def test_g_is_the_integral_that_defines_it(law, rng):
    size = size_of(law)
    for x, y in zip(rng.uniform(-2, 2, 12) * size, rng.uniform(0.1, 2, 12) * size, strict=True):
        z = complex(x, y)
        real = law.integrate(lambda t, z=z: (1 / (z - t)).real)
        imag = law.integrate(lambda t, z=z: (1 / (z - t)).imag)
        assert abs(law.stieltjes(np.array([z]))[0] - complex(real, imag)) < 1e-8 / size


@every_law
def test_in_a_gap_too_g_is_the_integral_that_defines_it(law):
    parts = sorted([*law.support, *((atom.at, atom.at) for atom in law.atoms)])
    gaps = [(b, c) for (_, b), (c, _) in pairwise(parts) if c > b]
    x = np.array([b + share * (c - b) for b, c in gaps for share in (0.01, 0.5)])
    for at in x[law.density(x) == 0]:
        want = law.integrate(lambda t, at=at: 1 / (at - t))
        np.testing.assert_allclose(law.stieltjes(np.array([at + 0j])), want, rtol=1e-8)


@every_law
def test_g_maps_up_to_down_and_falls_like_one_over_z(law, rng):
    size = size_of(law)
    z = size * (rng.uniform(-3, 3, 300) + 1j * 10 ** rng.uniform(-4, 1, 300))
    assert (law.stieltjes(z).imag < 0).all()
    far = 1e7 * size * np.exp(1j * np.linspace(0, np.pi, 7))
    far.imag = np.abs(far.imag)
    np.testing.assert_allclose(far * law.stieltjes(far), 1, rtol=0, atol=2e-7)


@every_law
def test_the_axis_is_the_limit_from_above(law, rng):
    x = np.append(inner_points(law, rng, 40)[:40], outer_points(law, rng))
    np.testing.assert_allclose(
        law.stieltjes(x + 0j), law.stieltjes(x + 1e-12j * size_of(law)), rtol=1e-6, atol=1e-8
    )


@every_law
@pytest.mark.parametrize("wrong", [1.0 - 1e-9j, np.nan, np.inf, complex(0, np.inf)])
def test_a_point_below_the_axis_or_nowhere_is_refused(law, wrong):
    with pytest.raises(ValueError, match="z: expected finite points on or above"):
        law.stieltjes(np.array([1.0 + 1j, wrong]))


@every_law
def test_infinity_is_far_outside_and_what_is_no_number_stays_so(law):
    x = np.array([-np.inf, -1e300, 1e300, np.inf, np.nan])
    np.testing.assert_array_equal(law.density(x), [0, 0, 0, 0, np.nan])
    np.testing.assert_allclose(law.cdf(x), [0, 0, 1, 1, np.nan], rtol=0, atol=1e-12)


NO_NUMBERS = [1 + 0j, "1", None, True, [True], [1, "a"], [1, None], [[1], [1, 2]]]


@every_law
@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=repr)
def test_what_is_no_real_number_is_refused(law, wrong, bad_input):
    for method in (law.density, law.cdf):
        with pytest.raises(ValueError, match=r"^x: expected real numbers, got "):
            method(wrong)
    if wrong != 1:
        with pytest.raises(ValueError, match=r"^z: expected finite points on or above .*, got "):
            law.stieltjes(wrong)


@every_law
def test_masked_points_are_refused(law, bad_input):
    masked = np.ma.masked_array([1.0, 2.0], mask=[True, False])
    for method in (law.density, law.cdf, law.stieltjes):
        with pytest.raises(ValueError, match="got a masked array"):
            method(masked)


@every_law
@pytest.mark.parametrize("wrong", [None, "1", True, 2j, np.nan, np.array([0.5]), [0.5]], ids=repr)
def test_constants_that_are_no_numbers_are_refused(law, wrong, bad_input):
    for field in fields(law):
        with pytest.raises(ValueError, match=f"^{field.name}: expected .*, got "):
            replace(law, **{field.name: wrong})


@every_law
def test_lists_and_single_points_are_taken(law, bad_input):
    here = float(np.mean(law.support[0]))
    for method, point in ((law.density, here), (law.cdf, here), (law.stieltjes, here + 1j)):
        want = method(np.array([point]))
        assert np.array_equal(method([point]), want)
        for one in (method(point), method(np.array(point))):
            np.testing.assert_allclose(one, want[0], rtol=0, atol=1e-15)
            assert isinstance(one, np.generic)
    assert law.density([0, 1]).dtype == law.density(np.float32([0, 1])).dtype == float


@every_law
def test_shapes_pass_through(law):
    assert law.density(np.zeros((2, 3))).shape == (2, 3)
    assert law.cdf(np.zeros((2, 3))).shape == (2, 3)
    assert law.stieltjes(np.full((2, 3), 1j)).shape == (2, 3)
    assert law.stieltjes(np.zeros(0, dtype=complex)).shape == (0,)


@every_law
def test_moments_come_out_the_same_in_three_ways(law):
    """From the formula, from integration, and from the coefficients of G far away.

    With N points on a circle around all eigenvalues the mean of z^(k+1) G(z) is moment k up to
    (radius of the law / radius of the circle)^N. The lower half of the circle is the conjugate
    of the upper one.
    """
    size = size_of(law)
    radius, points = 1.3 * size, 200
    z = radius * np.exp(1j * np.pi * (np.arange(points) + 0.5) / points)
    G = law.stieltjes(z)
    for k in range(7):
        by_series = (z ** (k + 1) * G).mean().real
        by_integral = law.integrate(lambda x, k=k: x**k)
        np.testing.assert_allclose(by_integral / size**k, by_series / size**k, rtol=0, atol=1e-8)
        np.testing.assert_allclose(law.moment(k) / size**k, by_integral / size**k, atol=1e-8)
    with pytest.raises(ValueError, match="k: expected a whole number, 0 or more, got -1"):
        law.moment(-1)


@every_law
def test_the_distribution_function_is_the_integral_of_the_density(law, rng):
    """By another rule than the law's own, between places of which 0, perhaps a cusp, is one."""
    for a, b in law.support:
        x = np.append(rng.uniform(a, b, 8), a + (b - a) * np.array([1e-3, 0.999]))
        x = np.unique(np.append(x, np.clip(0.0, x.min(), x.max())))
        want = tanhsinh(law.density, x[:-1], x[1:], maxlevel=6, atol=1e-11).integral
        for atom in law.atoms:
            want += atom.mass * ((x[:-1] < atom.at) & (atom.at <= x[1:]))
        np.testing.assert_allclose(np.diff(law.cdf(x)), want, rtol=0, atol=1e-8)


@every_law
def test_the_distribution_function_rises_from_zero_to_one_and_jumps_at_atoms(law, rng):
    size = size_of(law)
    everywhere = np.sort(np.append(rng.uniform(-1.2, 1.2, 500) * size, inner_points(law, rng)))
    share = law.cdf(everywhere)
    assert (np.diff(share) > -1e-12).all()
    ends = law.cdf(np.array([-2.0 * size, 2.0 * size]))
    np.testing.assert_allclose(ends, [0, 1], rtol=0, atol=1e-9)
    for atom in law.atoms:
        before, at = law.cdf(np.array([atom.at - 1e-13 * size, atom.at]))
        assert abs(at - before - atom.mass) < 1e-6


@every_law
def test_one_batch_is_its_points(law, rng):
    x = inner_points(law, rng, 10)
    for batched in (law.density, law.cdf, lambda x: law.stieltjes(x + 0.01j)):
        some = slice(None, None, 5)
        alone = np.array([batched(point[None])[0] for point in x[some]])
        np.testing.assert_allclose(batched(x)[some], alone, rtol=1e-9, atol=1e-12)


def check_distance(eigenvalues: np.ndarray, law: Law) -> None:
    """Eigenvalues are rigid: they sit about 1/n from where the law puts them, not 1/sqrt(n).

    The distribution functions therefore differ by a few steps of height 1/n. Independent draws
    would differ by about 1/sqrt(n), six times this tolerance at n = 1000.
    """
    assert ks_distance(eigenvalues, law) < 5 / len(eigenvalues)


def check_moments(eigenvalues: np.ndarray, law: Law) -> None:
    """The mean of a power of n eigenvalues has a deviation of order 1/n, and a bias of that order.

    Against the second moment's size, the bounds are 8/n at the first power and 16/n at the second.
    """
    n, size = len(eigenvalues), np.sqrt(law.moment(2))
    assert abs(eigenvalues.mean() - law.moment(1)) < 8 / n * size
    assert abs((eigenvalues**2).mean() - law.moment(2)) < 16 / n * size**2


@every_case
def test_eigenvalues_follow_the_law_and_not_its_neighbour(case):
    eigenvalues = case.law.sample(case.n, np.random.default_rng(7))
    assert eigenvalues.shape == (case.n,)
    assert (np.diff(eigenvalues) >= 0).all()
    check_distance(eigenvalues, case.law)
    check_moments(eigenvalues, case.law)
    with pytest.raises(AssertionError):
        check_distance(eigenvalues, case.wrong)
    with pytest.raises(AssertionError):
        check_moments(eigenvalues, case.wrong)


@pytest.mark.exhaustive  # a law that moves by a quarter of a percent needs n = 3000: seconds
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ONE_CONSTANT_OFF])
def test_eigenvalues_tell_a_single_constant_that_is_off(case):
    test_eigenvalues_follow_the_law_and_not_its_neighbour(case)


@every_law
def test_samples_come_from_the_generator(law, bad_input):
    a, b, c = (law.sample(12, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (a == b).all()
    assert (a != c).any()
    for wrong in (0, 2.5, True, "12"):
        with pytest.raises(ValueError, match=r"^n: expected a whole number, 1 or more, got "):
            law.sample(wrong, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^rng: expected a generator of numpy, got 0"):
        law.sample(12, 0)
