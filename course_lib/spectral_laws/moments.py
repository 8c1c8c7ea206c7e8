"""The method of moments: words and walks, Catalan and Narayana numbers, free cumulants.

A moment of a random matrix is a sum over closed words of indices. Counted exactly, it is known
for every size; counted for large sizes, only words that walk a tree twice remain.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import comb, perm

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_whole
from course_lib.spectral_laws.law import Law, upper_points

GAUSSIAN = (1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395)
"""Moments of a standard normal number, from power 0 on."""

COIN = (1, 0) * 6 + (1,)
"""Moments of plus or minus one."""


def catalan(k: int) -> int:
    """How many non-crossing pairings 2k points on a circle have; also, how many trees k edges.

    Implements eq-catalan.

    Raises:
        ValueError: ``k`` is negative.

    >>> [catalan(k) for k in range(6)]
    [1, 1, 2, 5, 14, 42]
    """
    check_whole("k", k, 0)
    return comb(2 * k, k) // (k + 1)  # eq-catalan


def narayana(k: int, blocks: int) -> int:
    """How many non-crossing partitions of k points on a circle have this many blocks.

    Implements eq-narayana. Summed over the blocks they are Catalan's numbers.

    Raises:
        ValueError: ``k`` is below 1, or ``blocks`` is not between 1 and ``k``.

    >>> [narayana(4, blocks) for blocks in range(1, 5)]
    [1, 6, 6, 1]
    """
    check_whole("k", k, 1)
    if not 1 <= blocks <= k:
        raise ValueError(f"blocks: expected 1 to {k}, got {blocks}")
    return comb(k, blocks) * comb(k, blocks - 1) // k  # eq-narayana


def moments_from_free_cumulants(cumulants: Float[Array, " order"]) -> Float[Array, " moments"]:
    """Moments 0 to k of a law from its free cumulants 1 to k.

    Implements eq-free-cumulants.

    >>> moments_from_free_cumulants(np.array([0.0, 1.0, 0.0, 0.0]))
    array([1., 0., 1., 0., 2.])
    """
    moments = np.array([1.0])
    for _ in range(len(cumulants)):
        following = _next_moment(moments, cumulants[: len(moments)])  # eq-free-cumulants
        moments = np.append(moments, following)
    return moments


def free_cumulants(moments: Float[Array, " moments"]) -> Float[Array, " order"]:
    """Free cumulants 1 to k from the moments 0 to k, by the same recursion.

    Implements eq-free-cumulants. For laws that are freely independent they add.

    Raises:
        ValueError: moment 0 is missing or not 1.

    >>> free_cumulants(np.array([1.0, 0.0, 1.0, 0.0, 2.0]))
    array([0., 1., 0., 0.])
    """
    check_at_least("moments: length", len(moments), 1)
    if moments[0] != 1:
        raise ValueError(f"moments: expected moment 0 to be 1, got {moments[0]}")
    cumulants = np.zeros(0)
    for k in range(1, len(moments)):
        without = _next_moment(moments[:k], np.append(cumulants, 0.0))
        cumulants = np.append(cumulants, moments[k] - without)  # eq-free-cumulants
    return cumulants


def _next_moment(moments: Float[Array, " k"], cumulants: Float[Array, " k"]) -> float:
    """Moment k, from moments 0 to k-1 and cumulants 1 to k.

    Implements eq-free-cumulants. Point 1 lies in a block of s points; the s gaps behind them are
    filled independently.
    """
    k, total = len(moments), 0.0
    gaps = np.zeros(k)
    gaps[0] = 1.0  # ways to fill s gaps with a given number of points in all
    for s in range(1, k + 1):
        gaps = np.convolve(gaps, moments)[:k]
        total += cumulants[s - 1] * gaps[k - s]  # eq-free-cumulants
    return total


def series_radius(law: Law) -> float:
    """The largest modulus in the law's support: the series in 1/z needs a larger modulus of z.

    >>> from course_lib.spectral_laws.semicircle import Semicircle
    >>> series_radius(Semicircle(1.5))
    3.0
    """
    ends = [abs(end) for interval in law.support for end in interval]
    return max(ends + [abs(atom.at) for atom in law.atoms])


def series_stieltjes(
    moments: Float[Array, " moments"], z: Complex[Array, "*points"]
) -> Complex[Array, "*points"]:
    """The sum of m_k / z^(k+1), as far as moments are given.

    Implements eq-moment-series. Whether it comes near G is another matter: it does for points
    further from 0 than every eigenvalue (see `series_radius`), and nowhere nearer.

    Raises:
        ValueError: no moment is given, or a point is 0 or lies below the real axis.

    >>> series_stieltjes(np.array([1.0, 0.0, 1.0]), np.array([2.0 + 0j]))
    array([0.625+0.j])
    """
    check_at_least("moments: length", len(moments), 1)
    z = upper_points(z)
    if np.any(z == 0):
        raise ValueError("z: expected points other than 0, got 0")
    total = np.zeros(np.shape(z), dtype=complex)
    for moment in moments[::-1]:
        total = (total + moment) / z  # eq-moment-series
    return total


def patterns(length: int) -> Iterator[tuple[int, ...]]:
    """All words of a length up to the names of their letters; a new letter is the next number.

    >>> list(patterns(3))
    [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 1, 2)]
    """
    check_whole("length", length, 1)

    def grow(word: tuple[int, ...], letters: int) -> Iterator[tuple[int, ...]]:
        if len(word) == length:
            yield word
            return
        for letter in range(letters + 1):
            yield from grow((*word, letter), max(letters, letter + 1))

    return grow((0,), 1)


def wigner_word(word: Sequence[int], entry: Sequence[int], diagonal: Sequence[int]) -> int:
    """Mean of the product of the entries that a closed word visits, before scaling.

    Args:
        word: indices i_1 ... i_k; the entries are (i_1, i_2), ..., (i_k, i_1).
        entry: moments of an entry off the diagonal, from power 0 on.
        diagonal: moments of an entry on it.

    >>> wigner_word((0, 1, 0, 2), GAUSSIAN, GAUSSIAN), wigner_word((0, 1, 2), GAUSSIAN, GAUSSIAN)
    (1, 0)
    """
    steps = zip(word, (*word[1:], word[0]), strict=True)
    mean = 1
    for pair, times in Counter((min(step), max(step)) for step in steps).items():
        mean *= (diagonal if pair[0] == pair[1] else entry)[times]
    return mean


def wigner_moment(k: int, n: int, entries: str = "gaussian") -> float:
    """E tr M^k / n of a `wigner_matrix` with sigma 1, exact at every size.

    Implements eq-word-sum: all closed words of length k, sorted by their pattern.

    Args:
        k: the power, up to 12; the number of patterns grows faster than any exponential.
        n: size of the matrix.
        entries: ``gaussian`` or ``coin``.

    Raises:
        ValueError: ``k`` or ``n`` is below 1 or ``k`` above 12, or ``entries`` is unknown.

    >>> wigner_moment(4, 10), wigner_moment(4, 10, "coin")
    (2.55, 1.9)
    """
    check_whole("k", k, 1)
    check_whole("n", n, 1)
    if k > 12:
        raise ValueError(f"k: expected at most 12, got {k}")
    if entries == "gaussian":  # twice the variance on the diagonal
        entry, diagonal = GAUSSIAN, [2 ** (j // 2) * m for j, m in enumerate(GAUSSIAN)]
    elif entries == "coin":
        entry, diagonal = COIN, list(COIN)
    else:
        raise ValueError(f"entries: expected one of 'gaussian', 'coin', got {entries!r}")
    total = 0
    for word in patterns(k):
        names = perm(n, max(word) + 1)  # ways to name the letters
        total += names * wigner_word(word, entry, diagonal)  # eq-word-sum
    return total / n ** (k / 2 + 1)


def wishart_moment(k: int, n: int, m: int, entry: Sequence[int] = GAUSSIAN) -> float:
    """E tr M^k / n for M = X X^T / m with independent entries of variance 1, at every size.

    Implements eq-wishart-word-sum: words of k features and k samples that alternate.

    Args:
        k: the power, up to 6.
        n: features, the rows of X.
        m: samples, its columns.
        entry: moments of an entry, from power 0 to 2 k.

    Raises:
        ValueError: ``k``, ``n`` or ``m`` is below 1, or ``k`` is above 6.

    >>> wishart_moment(2, 5, 10)  # 1 + 5/10 in the limit
    1.6
    """
    for name, value in (("k", k), ("n", n), ("m", m)):
        check_whole(name, value, 1)
    if k > 6:
        raise ValueError(f"k: expected at most 6, got {k}")
    total = 0
    for features in patterns(k):
        following = (*features[1:], features[0])
        for samples in patterns(k):
            visits = Counter(zip(features, samples, strict=True))
            visits.update(zip(following, samples, strict=True))
            mean = 1
            for times in visits.values():
                mean *= entry[times]
            names = perm(n, max(features) + 1) * perm(m, max(samples) + 1)
            total += names * mean  # eq-wishart-word-sum
    return total / (n * m**k)
