"""Laws of atoms only."""

import numpy as np
import pytest

from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.spectrum import ks_distance, stieltjes

LAW = DiscreteMeasure((-1.0, 0.5, 2.0), (0.25, 0.5, 0.25))


def test_its_moments_and_its_distribution_function():
    assert [LAW.moment(k) for k in range(3)] == [1.0, 0.5, 1.375]
    np.testing.assert_array_equal(
        LAW.cdf(np.array([-2.0, -1.0, 0.5, 1.9, 2.0])), [0, 0.25, 0.75, 0.75, 1]
    )
    assert LAW.support == ()
    np.testing.assert_array_equal(LAW.density(np.array([0.5, 1.0, np.nan])), [0, 0, np.nan])


def test_samples_have_the_masses_and_the_transform(rng):
    eigenvalues = LAW.sample(8, rng)
    np.testing.assert_array_equal(eigenvalues, [-1, -1, 0.5, 0.5, 0.5, 0.5, 2, 2])
    assert ks_distance(eigenvalues, LAW) == 0
    z = np.array([0.3 + 1j, 5 + 0j])
    np.testing.assert_allclose(LAW.stieltjes(z), stieltjes(eigenvalues, z), rtol=1e-14)
    assert len(LAW.sample(9, rng)) == 9
    assert LAW.stieltjes(np.array([0.5 + 0j]))[0] == np.inf


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="masses: expected 2, one for each point, got 1"):
        DiscreteMeasure((0.0, 1.0), (1.0,))
    with pytest.raises(ValueError, match="points: expected them in ascending order"):
        DiscreteMeasure((1.0, 0.0), (0.5, 0.5))
    for masses in ((0.5, 0.6), (1.5, -0.5), (0.0, 1.0)):
        with pytest.raises(ValueError, match="masses: expected positive numbers of sum 1"):
            DiscreteMeasure((0.0, 1.0), masses)
    with pytest.raises(ValueError, match="masses: expected positive numbers of sum 1"):
        DiscreteMeasure((), ())


@pytest.mark.parametrize("wrong", [[1.0], 1.0, ("1",), (np.nan,), (np.inf,)], ids=repr)
def test_what_is_no_tuple_of_finite_numbers_is_refused(wrong, bad_input):
    with pytest.raises(ValueError, match=r"^points: expected a tuple of finite numbers, got "):
        DiscreteMeasure(wrong, (1.0,))
    with pytest.raises(ValueError, match=r"^masses: expected a tuple of finite numbers, got "):
        DiscreteMeasure((0.0,), wrong)
