import numpy as np

from course_lib.foundations.numerical_gradient import numerical_gradient


def test_exact_for_a_quadratic_and_leaves_its_argument_alone(rng):
    a = rng.standard_normal((4, 4))
    x = rng.standard_normal((4,))
    before = x.copy()
    got = numerical_gradient(lambda v: float(v @ a @ v), x)
    np.testing.assert_allclose(got, (a + a.T) @ x, atol=1e-8)  # rounding 1e-16 / step
    np.testing.assert_array_equal(x, before)


def test_error_falls_with_the_square_of_the_step():
    x = np.array([0.7])
    errors = [
        abs(numerical_gradient(lambda v: float(np.sin(v[0])), x, step)[0] - np.cos(0.7))
        for step in (1e-2, 1e-3)
    ]
    assert 99 < errors[0] / errors[1] < 101
