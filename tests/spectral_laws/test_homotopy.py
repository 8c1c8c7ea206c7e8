"""Roots that are followed from far away."""

import numpy as np
import pytest

from course_lib.spectral_laws.homotopy import follow
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle


def semicircle_equation(z, G):
    return G * G - z * G + 1, 2 * G - z


def mp_equation(ratio):
    return lambda z, G: (
        ratio * z * G**2 + (1 - ratio - z) * G + 1,
        2 * ratio * z * G + 1 - ratio - z,
    )


@pytest.mark.parametrize("height", [10.0, 100.0])
def test_the_root_that_falls_like_one_over_z_is_found(rng, height):
    z = rng.uniform(-3, 3, 200) + 1j * 10.0 ** rng.uniform(-8, 1, 200)
    got = follow(semicircle_equation, z, lambda z: 1 / z, height)
    np.testing.assert_allclose(got, Semicircle(1.0).stieltjes(z), rtol=1e-10)


@pytest.mark.parametrize("ratio", [0.3, 2.0])
def test_it_reaches_the_axis(rng, ratio):
    law = MarchenkoPastur(ratio)
    ((low, high),) = law.support
    x = rng.uniform(low + 1e-3, high - 1e-3, 100)
    got = follow(mp_equation(ratio), x + 0j, lambda z: 1 / z, 50.0)
    np.testing.assert_allclose(-got.imag / np.pi, law.density(x), rtol=1e-9)


def test_a_root_on_a_cut_is_the_one_seen_from_above():
    got = follow(lambda z, w: (w * w - z, 2 * w), np.array([-4.0 + 0j]), np.sqrt, 10.0)
    np.testing.assert_allclose(got, [2j], rtol=0, atol=1e-12)


def test_points_keep_their_shape():
    z = np.array([[1j, 2j], [1 + 1j, 3j]])
    assert follow(semicircle_equation, z, lambda z: 1 / z, 10.0).shape == (2, 2)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="z: expected finite points on or above the real axis"):
        follow(semicircle_equation, np.array([-1j]), lambda z: 1 / z, 10.0)
    with pytest.raises(ValueError, match="height: expected a positive number"):
        follow(semicircle_equation, np.array([1j]), lambda z: 1 / z, 0.0)
    with pytest.raises(ValueError, match="floor: expected a positive number"):
        follow(semicircle_equation, np.array([1j]), lambda z: 1 / z, 1.0, floor=0.0)
