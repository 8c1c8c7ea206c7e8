"""The law of H1 for one hidden relu layer: against products of Gaussian matrices and a network."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from course_lib.hessians.hessian_split_torch import OneHiddenLayer, hidden_layer_split
from course_lib.hessians.relu_hessian import ReluSecondPart
from course_lib.spectral_laws.spectrum import ks_distance

every_setting = pytest.mark.parametrize(
    ("epsilon", "phi"), [(0.5, 0.25), (0.3, 0.5), (1.0, 1.0), (0.5, 2.0), (2.0, 6.0)]
)


@pytest.mark.slow
@pytest.mark.checks("eq-relu-second-cubic", against="Monte Carlo")
@every_setting
def test_sampled_products_follow_the_law(epsilon, phi, rng):
    # Eigenvalues repel each other, so the distance falls like 1/n, not like the root of it. Over
    # 25 draws of n = 800 the distance stayed below 4.5/n.
    eigenvalues = ReluSecondPart(epsilon, phi).sample(800, rng)
    assert ks_distance(eigenvalues, ReluSecondPart(epsilon, phi)) < 5 / 800
    for wrong in (ReluSecondPart(1.1 * epsilon, phi), ReluSecondPart(epsilon, 1.1 * phi)):
        assert ks_distance(eigenvalues, wrong) > 5 / 800
    # One variance at n = 400 deviates by 1 percent, by 3 for phi = 6; 25 by a fifth of that.
    squares = [(ReluSecondPart(epsilon, phi).sample(400, rng) ** 2).mean() for _ in range(25)]
    assert np.mean(squares) == pytest.approx(epsilon * phi / 2, rel=0.02)


@pytest.mark.slow
@pytest.mark.checks("eq-relu-second-cubic", against="quadrature")
@every_setting
def test_density_and_transform_are_one_law(epsilon, phi):
    law = ReluSecondPart(epsilon, phi)
    z = np.array([0.3 + 0.4j, -1.0 + 0.2j, 2.5 + 1.0j])
    for point, G in zip(z, law.stieltjes(z), strict=True):
        want = [
            law.integrate(lambda x, p=point, part=part: part(1 / (p - x)))
            for part in (np.real, np.imag)
        ]
        np.testing.assert_allclose([G.real, G.imag], want, rtol=0, atol=1e-9)
    x = np.linspace(-0.97, 0.99, 8) * law.support[-1][1]
    np.testing.assert_allclose(law.density(x), -law.stieltjes(x + 0j).imag / np.pi, atol=1e-9)


@pytest.mark.checks("eq-relu-second-cubic", against="quadrature")
@pytest.mark.parametrize("phi", [1.5, 2.2, 70.0])
def test_in_the_gap_the_transform_is_the_integral_that_defines_it(phi):
    law = ReluSecondPart(0.5, phi)
    x = law.support[-1][0] * np.array([-0.9, -0.02, 0.004, 0.1, 0.5, 0.99])
    z = np.concatenate([x + 0j, x + 0.1j * np.abs(x)])
    want = [
        law.integrate(lambda t, p=p: (1 / (p - t)).real)
        + 1j * law.integrate(lambda t, p=p: (1 / (p - t)).imag)
        for p in z
    ]
    np.testing.assert_allclose(law.stieltjes(z), want, rtol=1e-9)


@pytest.mark.parametrize("epsilon", [1e-9, 1.0, 1e9])
def test_beside_zero_the_transform_is_that_of_what_lies_at_zero(epsilon):
    """An atom of 1/2, a density that is infinite, or one that is finite."""
    atom, infinite, finite = (ReluSecondPart(epsilon, phi) for phi in (2.0, 1.0, 0.5))
    x = np.sqrt(epsilon) * 10.0 ** -np.arange(5.0, 70.0, 20.0)
    np.testing.assert_allclose(x * atom.stieltjes(x + 0j), 0.5, rtol=1e-8)
    for law in (infinite, finite):
        got = law.stieltjes(x + 0j)
        np.testing.assert_allclose(-got.imag / np.pi, law.density(x), rtol=1e-10)
        np.testing.assert_allclose(law.cdf(x[1:]), 0.5, rtol=1e-9)
    zero = np.zeros(1, dtype=complex)
    assert atom.stieltjes(zero)[0].real == infinite.stieltjes(zero)[0].real == np.inf
    assert -finite.stieltjes(zero)[0].imag / np.pi == pytest.approx(finite.density(np.zeros(1))[0])


@pytest.mark.checks("eq-relu-second-edges", against="discriminant")
@every_setting
def test_edges_are_double_roots_of_the_cubic(epsilon, phi):
    law = ReluSecondPart(epsilon, phi)
    for edge in (end for interval in law.support for end in interval):
        roots = np.roots([law._cubic * edge, law._quadratic, -edge, 1.0])
        gaps = np.abs(roots[:, None] - roots)[np.triu_indices(3, 1)]
        assert gaps.min() < 1e-6 * np.abs(roots).max()


@pytest.mark.slow
@pytest.mark.checks("eq-relu-second-cdf", against="quadrature")
@every_setting
def test_cdf_is_the_integral_of_the_density(epsilon, phi):
    law = ReluSecondPart(epsilon, phi)
    inner, outer = max(law.support[-1][0], 0.0), law.support[-1][1]
    x = inner + (outer - inner) * np.array([0.1, 0.5, 0.9])
    want = [quad(lambda t: law.density(np.array([t]))[0], inner, b, epsabs=1e-11)[0] for b in x]
    want = np.array(want)
    half = 0.5 + sum(atom.mass for atom in law.atoms) / 2
    np.testing.assert_allclose(law.cdf(x), half + want, rtol=0, atol=1e-8)
    np.testing.assert_allclose(law.cdf(-x), 1 - law.cdf(x), rtol=0, atol=1e-12)
    assert law.cdf(np.zeros(1))[0] == pytest.approx(half, abs=1e-9)


@pytest.mark.parametrize("phi", [0.25, 1.0, 5e3, 1e4])
def test_beside_the_left_end_the_distribution_function_is_still_zero(phi):
    """There G is negative, and rounding may put it on either side of the logarithm's cut."""
    law = ReluSecondPart(1.0, phi)
    end = law.support[0][0]
    assert law.cdf(end * (1 - 1e-16 * np.arange(1.0, 200.0))).max() < 1e-12


@every_setting
def test_moments(epsilon, phi):
    law = ReluSecondPart(epsilon, phi)
    assert law.moment(0) == pytest.approx(1.0, abs=1e-9)
    assert law.moment(3) == 0.0
    assert law.integrate(lambda x: x**2) == pytest.approx(law.moment(2), rel=1e-7)
    # free cumulants s^2 phi and s^4 phi^3 with s^2 = epsilon / 2
    want = 2 * law.moment(2) ** 2 + (epsilon / 2) ** 2 * phi**3
    assert law.moment(4) == pytest.approx(want, rel=1e-9)


def test_density_at_zero_is_the_limit():
    law = ReluSecondPart(0.4, 0.5)
    at, near = law.density(np.array([0.0, 1e-7]))
    assert at == pytest.approx(near, rel=1e-5)
    assert ReluSecondPart(0.4, 1.0).density(np.zeros(1))[0] == np.inf
    assert ReluSecondPart(0.4, 2.0).density(np.zeros(1))[0] == 0.0


def test_what_the_rank_of_a_block_leaves_out_is_exactly_zero(rng):
    for n, zeros in ((40, 20), (41, 21)):
        eigenvalues = ReluSecondPart(0.5, 2.0).sample(n, rng)
        assert (eigenvalues == 0.0).sum() == zeros
        np.testing.assert_array_equal(eigenvalues, -eigenvalues[::-1])


@pytest.mark.checks("eq-relu-second-cubic", against="torch")
def test_a_random_relu_network_with_independent_residuals():
    # n = 16: 512 eigenvalues in 16 independent blocks, each of 32.
    n, m, epsilon = 16, 64, 0.5
    generator = torch.Generator().manual_seed(3)
    net = OneHiddenLayer(n, n, n, "relu")
    X, e = torch.randn(2, n, m, generator=generator, dtype=torch.float64)
    theta = net.draw(generator)
    split = hidden_layer_split(net, theta, X, net(theta, X) - e)
    eigenvalues = np.linalg.eigvalsh(split.H1.numpy())
    law = ReluSecondPart(epsilon, 2 * n / m)
    assert ks_distance(eigenvalues, law) < 0.03
    assert ks_distance(eigenvalues, ReluSecondPart(epsilon, 4 * n / m)) > 0.05


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="epsilon"):
        ReluSecondPart(0.0, 0.5)
    with pytest.raises(ValueError, match="phi"):
        ReluSecondPart(0.5, -1.0)
    with pytest.raises(ValueError, match="on or above"):
        ReluSecondPart(0.5, 0.5).stieltjes(np.array([-1j]))
    with pytest.raises(ValueError, match="n: expected a whole number, 2 or more"):
        ReluSecondPart(0.5, 0.5).sample(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="n // 2: expected at least 26 at the ratio 50, got 25"):
        ReluSecondPart(0.5, 50.0).sample(51, np.random.default_rng(0))
    assert len(ReluSecondPart(0.5, 50.0).sample(52, np.random.default_rng(0))) == 52
