"""The method of moments: every count against enumeration, every moment against exact averages."""

from itertools import product
from math import factorial

import numpy as np
import pytest

from course_lib.spectral_laws import moments as mm
from course_lib.spectral_laws.law import Atom
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle, wigner_matrix


def set_partitions(n: int) -> list[list[list[int]]]:
    """All partitions of n points, each as a list of blocks."""
    if n == 0:
        return [[]]
    found = []
    for partition in set_partitions(n - 1):
        for i in range(len(partition)):
            found.append([*partition[:i], [*partition[i], n - 1], *partition[i + 1 :]])
        found.append([*partition, [n - 1]])
    return found


def crosses(partition: list[list[int]]) -> bool:
    """Whether a < b < c < d with a, c in one block and b, d in another."""
    block = {point: number for number, points in enumerate(partition) for point in points}
    n = len(block)
    return any(
        block[a] == block[c] != block[b] == block[d]
        for a in range(n)
        for b in range(a + 1, n)
        for c in range(b + 1, n)
        for d in range(c + 1, n)
    )


def non_crossing(n: int) -> list[list[list[int]]]:
    return [partition for partition in set_partitions(n) if not crosses(partition)]


@pytest.mark.checks("eq-catalan", against="enumeration")
def test_catalan_numbers_count_non_crossing_partitions_and_pairings():
    for n in range(1, 8):
        partitions = non_crossing(n)
        assert len(partitions) == mm.catalan(n)
        pairings = [p for p in partitions if all(len(block) == 2 for block in p)]
        assert len(pairings) == (mm.catalan(n // 2) if n % 2 == 0 else 0)
    for n in range(12):
        assert mm.catalan(n + 1) == sum(mm.catalan(i) * mm.catalan(n - i) for i in range(n + 1))


@pytest.mark.checks("eq-narayana", against="enumeration")
def test_narayana_numbers_count_blocks():
    for n in range(1, 8):
        sizes = [len(partition) for partition in non_crossing(n)]
        assert [sizes.count(b) for b in range(1, n + 1)] == [
            mm.narayana(n, b) for b in range(1, n + 1)
        ]
        assert sum(mm.narayana(n, b) for b in range(1, n + 1)) == mm.catalan(n)


@pytest.mark.checks("eq-free-cumulants", against="enumeration")
def test_moments_sum_over_non_crossing_partitions(rng):
    cumulants = rng.normal(size=7)
    got = mm.moments_from_free_cumulants(cumulants)
    assert got[0] == 1
    for n in range(1, 8):
        want = sum(
            np.prod([cumulants[len(block) - 1] for block in partition])
            for partition in non_crossing(n)
        )
        np.testing.assert_allclose(got[n], want, rtol=1e-12)
    np.testing.assert_allclose(mm.free_cumulants(got), cumulants, rtol=1e-9, atol=1e-9)


@pytest.mark.checks("eq-free-cumulants", against="closed form")
def test_free_cumulants_of_the_two_laws():
    """Only the second one for the semicircle; variance^k ratio^(k-1) for Marchenko and Pastur."""
    semicircle = mm.free_cumulants(np.array([Semicircle(1.3).moment(k) for k in range(9)]))
    np.testing.assert_allclose(semicircle, [0, 1.69, 0, 0, 0, 0, 0, 0], atol=1e-10)
    law = MarchenkoPastur(0.3, 1.4)
    got = mm.free_cumulants(np.array([law.moment(k) for k in range(9)]))
    np.testing.assert_allclose(got, [1.4**k * 0.3 ** (k - 1) for k in range(1, 9)], rtol=1e-9)


def test_free_cumulants_differ_from_the_usual_ones_from_the_fourth_on():
    """Of a coin flip: 1 - 3 = -2 is the usual fourth cumulant, 1 - 2 = -1 the free one."""
    got = mm.free_cumulants(np.array([1.0, 0.0, 1.0, 0.0, 1.0]))
    np.testing.assert_allclose(got, [0, 1, 0, -1], atol=1e-14)


def test_free_cumulants_of_a_shifted_law_shift_the_first_one(rng):
    x, shift = rng.normal(size=40), 0.7
    before, after = (mm.free_cumulants((y ** np.arange(7)[:, None]).mean(axis=1))
                     for y in (x, x + shift))  # fmt: skip
    np.testing.assert_allclose(after - before, [shift, 0, 0, 0, 0, 0], atol=1e-9)


@pytest.mark.checks("eq-moment-series", against="closed form")
def test_series_converges_outside_the_largest_eigenvalue_and_nowhere_inside():
    for law in (Semicircle(1.0), MarchenkoPastur(0.5), MarchenkoPastur(3.0, 0.4)):
        radius = mm.series_radius(law)
        assert radius == law.support[-1][1]
        moments = np.array([law.moment(k) for k in range(121)])
        angles = np.exp(1j * np.array([0.2, 1.0, 2.0, 3.0]))
        z = 1.3 * radius * angles
        error = np.abs(mm.series_stieltjes(moments, z) - law.stieltjes(z)).max()
        assert error < 1.3**-121 / (0.3 * radius)  # the rest of a geometric series
        inside = 0.8 * radius * angles
        errors = [
            np.abs(mm.series_stieltjes(moments[:count], inside) - law.stieltjes(inside)).min()
            for count in (41, 81, 121)
        ]
        assert errors[0] > 1
        assert errors[1] > 100 * errors[0]
        assert errors[2] > 100 * errors[1]


def test_series_is_the_sum_it_says(rng):
    moments, z = rng.normal(size=6), rng.normal(size=(2, 3)) + 2j
    want = sum(m / z ** (k + 1) for k, m in enumerate(moments))
    np.testing.assert_allclose(mm.series_stieltjes(moments, z), want, rtol=1e-13)


def test_radius_counts_atoms():
    class Far(Semicircle):
        atoms = (Atom(-7.0, 0.5),)

    assert mm.series_radius(Far(1.0)) == 7.0


def test_patterns_are_set_partitions():
    for length in range(1, 7):
        words = list(mm.patterns(length))
        assert len(set(words)) == len(words) == len(set_partitions(length))
        for word in words:
            assert all(word[i] <= max(word[:i], default=-1) + 1 for i in range(length))


def test_known_moments_of_an_entry():
    for k in range(7):
        assert mm.GAUSSIAN[2 * k] == factorial(2 * k) // (2**k * factorial(k))
        assert mm.COIN[2 * k] == 1
    assert not any(mm.GAUSSIAN[1::2])
    assert not any(mm.COIN[1::2])


@pytest.mark.slow
@pytest.mark.checks("eq-word-sum", against="enumeration")
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_moments_of_coin_flips_are_averages_over_all_matrices(n):
    """All 2^(n (n + 1) / 2) matrices, 1024 of them at n = 4."""
    rows, columns = np.triu_indices(n)
    signs = np.array(list(product([-1.0, 1.0], repeat=len(rows))))
    M = np.zeros((len(signs), n, n))
    M[:, rows, columns] = M[:, columns, rows] = signs
    power = np.eye(n)
    for k in range(1, 9):
        power = power @ M / np.sqrt(n)
        want = np.trace(power, axis1=1, axis2=2).mean() / n
        np.testing.assert_allclose(mm.wigner_moment(k, n, "coin"), want, rtol=1e-12, atol=1e-14)


@pytest.mark.checks("eq-word-sum", against="closed form")
def test_moments_of_the_gaussian_ensemble():
    """Known polynomials in 1/n; and n = 1 is a normal number of variance 2."""
    for n in (1, 2, 5, 40):
        np.testing.assert_allclose(mm.wigner_moment(2, n), 1 + 1 / n, rtol=1e-13)
        np.testing.assert_allclose(mm.wigner_moment(4, n), 2 + 5 / n + 5 / n**2, rtol=1e-13)
        want = 5 + 22 / n + 52 / n**2 + 41 / n**3
        np.testing.assert_allclose(mm.wigner_moment(6, n), want, rtol=1e-13)
    np.testing.assert_allclose(mm.wigner_moment(8, 1), 105 * 2**4, rtol=1e-13)


@pytest.mark.checks("eq-word-sum", against="Monte Carlo")
def test_moments_of_the_gaussian_ensemble_match_samples():
    """5000 matrices of size 5: the bound of five standard errors is below 8 percent."""
    rng = np.random.default_rng(8)
    M = np.array([wigner_matrix(5, 1.0, rng) for _ in range(5000)])
    fourth = np.trace(np.linalg.matrix_power(M, 4), axis1=1, axis2=2) / 5
    error = 5 * fourth.std() / np.sqrt(len(fourth))
    assert error < 0.08 * mm.wigner_moment(4, 5)
    assert abs(fourth.mean() - mm.wigner_moment(4, 5)) < error


def test_words_that_survive_walk_a_tree_twice():
    """Of the words with k/2 + 1 letters exactly Catalan many have a mean that is not zero."""
    for k in (2, 4, 6, 8):
        survivors = [
            word
            for word in mm.patterns(k)
            if max(word) + 1 == k // 2 + 1 and mm.wigner_word(word, mm.GAUSSIAN, mm.GAUSSIAN)
        ]
        assert len(survivors) == mm.catalan(k // 2)
        assert all(mm.wigner_word(word, mm.GAUSSIAN, mm.GAUSSIAN) == 1 for word in survivors)
        more = [word for word in mm.patterns(k) if max(word) + 1 > k // 2 + 1]
        assert not any(mm.wigner_word(word, mm.GAUSSIAN, mm.GAUSSIAN) for word in more)


def test_large_matrices_have_the_moments_of_the_law():
    for entries in ("gaussian", "coin"):
        for k in range(1, 9):
            got = mm.wigner_moment(k, 10**6, entries)
            np.testing.assert_allclose(got, Semicircle().moment(k), rtol=0, atol=2e-4)


@pytest.mark.checks("eq-wishart-word-sum", against="enumeration")
@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 2), (2, 4), (3, 2), (3, 3)])
def test_wishart_moments_are_averages_over_all_coin_flips(n, m):
    X = np.array(list(product([-1.0, 1.0], repeat=n * m))).reshape(-1, n, m)
    M = X @ X.transpose(0, 2, 1) / m
    for k in range(1, 5):
        want = np.trace(np.linalg.matrix_power(M, k), axis1=1, axis2=2).mean() / n
        np.testing.assert_allclose(mm.wishart_moment(k, n, m, mm.COIN), want, rtol=1e-12)


@pytest.mark.checks("eq-wishart-word-sum", against="closed form")
def test_gaussian_wishart_moments():
    """Known: E tr S = n, E tr S^2 = n (n + m + 1) / m; one feature gives moments of chi squared."""
    for n, m in ((3, 7), (8, 2)):
        np.testing.assert_allclose(mm.wishart_moment(1, n, m), 1, rtol=1e-13)
        np.testing.assert_allclose(mm.wishart_moment(2, n, m), (n + m + 1) / m, rtol=1e-13)
    for k in range(1, 6):
        want = np.prod([5 + 2 * j for j in range(k)]) / 5**k
        np.testing.assert_allclose(mm.wishart_moment(k, 1, 5), want, rtol=1e-13)


def test_the_highest_powers_of_a_single_entry(monkeypatch):
    """With one index there is one word."""
    monkeypatch.setattr(mm, "patterns", lambda length: [(0,) * length])
    assert mm.wigner_moment(12, 1) == 10395 * 2**6
    assert mm.wigner_moment(12, 1, "coin") == 1
    assert mm.wishart_moment(6, 1, 1) == 10395


def test_bad_arguments_are_refused(bad_input):
    one = np.ones(1)
    for call, message in (
        (lambda: mm.catalan(-1), "k: expected a whole number, 0 or more"),
        (lambda: mm.narayana(0, 1), "k: expected a whole number, 1 or more"),
        (lambda: mm.narayana(3, 4), "blocks: expected 1 to 3, got 4"),
        (lambda: mm.narayana(3, 0), "blocks: expected 1 to 3, got 0"),
        (lambda: mm.free_cumulants(np.zeros(0)), "moments: length: expected at least 1"),
        (lambda: mm.free_cumulants(2 * one), "moments: expected moment 0 to be 1, got 2"),
        (lambda: mm.series_stieltjes(np.zeros(0), one + 1j), "moments: length"),
        (lambda: mm.series_stieltjes(one, one - 1j), "above the real axis"),
        (lambda: mm.series_stieltjes(one, 0j * one), "z: expected points other than 0"),
        (lambda: mm.patterns(0), "length: expected a whole number, 1 or more"),
        (lambda: mm.patterns(2.5), "length: expected a whole number, 1 or more"),
        (lambda: mm.wigner_moment(0, 3), "k: expected a whole number, 1 or more"),
        (lambda: mm.wigner_moment(13, 3), "k: expected at most 12"),
        (lambda: mm.wigner_moment(2, 0), "n: expected a whole number, 1 or more"),
        (lambda: mm.wigner_moment(2, 3, "uniform"), "entries: expected one of"),
        (lambda: mm.wishart_moment(7, 3, 3), "k: expected at most 6"),
        (lambda: mm.wishart_moment(2, 3, 0), "m: expected a whole number, 1 or more"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
