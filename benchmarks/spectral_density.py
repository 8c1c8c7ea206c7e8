"""A spectral density on ten thousand points: milliseconds, ratios to root finders, and digits.

Run ``python benchmarks/spectral_density.py``; the tables go to
``benchmarks/results/spectral_density*.csv``. The peers solve the same quartic, one point at a
time: ``numpy.roots`` with the rule that picks the root, and Newton's method followed from far
above the axis by scipy.
"""

import platform
import statistics
import time

import mpmath
import numpy as np
from rich.progress import track
from scipy.optimize import root
from side_by_side import Row, report, row, times
from threadpoolctl import threadpool_limits

from course_lib.hessians.critical_hessian import HessianAtCriticalPoint
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle

POINTS, BOUND_MS = 10_000, 50
REPETITIONS = 20
HEIGHTS = np.append(np.geomspace(100, 1e-4, 30), 0.0)
SETTINGS, DIGITS = 40, 50


def curve(eta, zeta, phi, psi):
    """Coefficients of a, of a b and of psi p (p - zeta)^2, highest power first."""
    a, b = ([1, s * eta - zeta, -s * zeta * (eta - zeta)] for s in (phi, psi))
    ab = [sum(a[i] * b[k - i] for i in range(3) if 0 <= k - i < 3) for k in range(5)]
    return a, ab, [psi, -2 * psi * zeta, psi * zeta**2, 0]


def by_roots(law: RandomFeatures, x: float) -> float:
    """All four roots of one point, and the density of the one that is meant."""
    a, ab, left = curve(law.eta, law.zeta, law.phi, law.psi)
    p = np.roots(np.polysub(ab, x * np.array(left)))
    G = law.psi * (p - law.zeta) / np.polyval(a, p)
    meant = (p.imag > 0) & (G.imag < 0)
    return float(-G[meant].imag.sum() / np.pi)


def by_continuation(law: RandomFeatures, x: float) -> float:
    """The root of the paper's equation for P, followed down to one point by scipy."""

    def gap(pair, z):
        Q, t = complex(*pair), 1 / (law.psi * z)
        A = t * (1 + law.phi * Q) * (1 + law.psi * Q)
        value = Q * (1 - law.zeta * A) - law.eta * A + law.zeta * (law.eta - law.zeta) * A**2
        return [value.real, value.imag]

    start = law.eta / (law.psi * (x + 1j * HEIGHTS[0]))
    pair = [start.real, start.imag]
    for height in HEIGHTS:
        z = complex(x, height)
        pair = root(gap, pair, args=(z,), tol=1e-12).x
    return float(-((1 + law.psi * complex(*pair)) / z).imag / np.pi)


def exact(law: RandomFeatures, x: float) -> float:
    """Fifty digits of the density at the number that the double x is."""
    with mpmath.workdps(DIGITS):
        a, ab, left = curve(*(mpmath.mpf(v) for v in (law.eta, law.zeta, law.phi, law.psi)))
        left = [0, *left]
        coefficients = [c - mpmath.mpf(x) * d for c, d in zip(ab, left, strict=True)]
        density = mpmath.mpf(0)
        for p in mpmath.polyroots(coefficients, maxsteps=400, extraprec=200):
            G = law.psi * (p - law.zeta) / mpmath.polyval(a, p)
            if p.imag > mpmath.mpf(10) ** (-DIGITS // 2) and G.imag < 0:
                density -= G.imag / mpmath.pi
        return float(density)


def ratios() -> list:
    """Beside one call per point, on a few of the points."""
    law = RandomFeatures(1.0, 0.5, 1.0, 1.5)
    x = np.linspace(*law.support[0], POINTS + 2)[1:-1]
    few = x[:: POINTS // 100]
    taken = times(
        {
            "density": lambda: law.density(x),
            "numpy.roots, point by point": lambda: [by_roots(law, v) for v in few],
            "scipy.optimize.root, point by point": lambda: [by_continuation(law, v) for v in few],
        },
        REPETITIONS,
    )
    worth = len(x) / len(few)
    scaled = {
        name: [t * (1 if name == "density" else worth) for t in seconds]
        for name, seconds in taken.items()
    }
    return [row(scaled, name, "density", "10 000 points") for name in scaled if name != "density"]


def milliseconds() -> list[tuple[str, str, str, str]]:
    """What one density costs, new and known, and how many ensembles a second gives."""
    lines = []
    cases = {
        "semicircle": lambda: Semicircle(1.0),
        "Marchenko-Pastur": lambda: MarchenkoPastur(0.5),
        "random features, one interval": lambda: RandomFeatures(1.0, 0.5, 1.0, 1.5),
        "random features, two intervals": lambda: RandomFeatures(1.0, 0.9, 0.25, 0.4),
        "random features, hard edge": lambda: RandomFeatures(1.0, 0.5, 1.0, 1.0),
        "critical Hessian, one interval": lambda: HessianAtCriticalPoint(0.1, 0.5),
        "critical Hessian, two intervals": lambda: HessianAtCriticalPoint(0.5, 8.0),
    }
    with threadpool_limits(1):
        for name, make in cases.items():
            law = make()
            x = np.linspace(law.support[0][0], law.support[-1][1], POINTS)
            law.density(x)
            known = _median(lambda law=law, x=x: law.density(x))
            new = _median(lambda make=make, x=x: make().density(x))
            lines += [
                (f"{name}, law known", f"{1000 * known:.1f}", str(BOUND_MS)),
                (f"{name}, law new", f"{1000 * new:.1f}", str(BOUND_MS)),
            ]
        law, rng = RandomFeatures(1.0, 0.5, 1.0, 1.5), np.random.default_rng(0)
        for n in (200, 800):
            seconds = _median(lambda n=n: law.sample(n, rng))
            lines.append((f"eigenvalues of {n} random features", f"{1000 * seconds:.1f}", ""))
    return lines


def accuracy() -> list[tuple[str, str, str]]:
    """The worst error against fifty digits, at random constants and shapes."""
    rng = np.random.default_rng(0)
    worst = {"inside": 0.0, "from an edge 1e-12 to 1e-2 of the interval": 0.0}
    for number in track(range(SETTINGS), "fifty digits", transient=True):
        phi, psi = np.exp(rng.normal(size=2))
        if number % 5 == 0:
            psi = phi  # a hard edge
        law = RandomFeatures(1.0, float(rng.uniform(0, 1)), float(phi), float(psi))
        for a, b in law.support:
            near = (b - a) * 10.0 ** rng.uniform(-12, -2, 4)
            for place, points in zip(
                worst,
                (a + (b - a) * rng.uniform(0.01, 0.99, 4), np.append(a + near, b - near)),
                strict=True,
            ):
                want = np.array([exact(law, v) for v in points])
                error = np.abs(law.density(points) - want) / np.maximum(1.0, want)
                worst[place] = max(worst[place], float(error.max()))
    return [(place, f"{error:.0e}", "1e-08") for place, error in worst.items()]


def hessian_accuracy() -> list[tuple[str, str, str]]:
    """The same for the cubic of the critical Hessian, down to the last double inside an edge."""
    rng = np.random.default_rng(0)
    worst = {"critical Hessian, inside": 0.0, "critical Hessian, at an edge": 0.0}
    for _ in track(range(SETTINGS), "fifty digits", transient=True):
        epsilon, phi = 10 ** rng.uniform(-4, 2), 10 ** rng.uniform(-2, 1.5)
        law = HessianAtCriticalPoint(epsilon, phi)
        for a, b in law.support:
            near = (b - a) * 10.0 ** rng.uniform(-15, -2, 4)
            beside = [np.nextafter(a, b), np.nextafter(b, a)]
            for place, points in zip(
                worst,
                (rng.uniform(a, b, 4), np.concatenate([a + near, b - near, beside])),
                strict=True,
            ):
                want = np.array([exact_hessian(law, v) for v in points])
                error = np.abs(law.density(points) - want) / np.maximum(1.0, want)
                worst[place] = max(worst[place], float(error.max()))
    return [(place, f"{error:.0e}", "1e-08") for place, error in worst.items()]


def exact_hessian(law: HessianAtCriticalPoint, x: float) -> float:
    """Fifty digits of the density of the cubic."""
    with mpmath.workdps(DIGITS):
        e, f, z = (mpmath.mpf(v) for v in (law.epsilon, law.phi, x))
        cubic = [2 * e * f, -(2 * e + z * f), z + f - 1, mpmath.mpf(-1)]
        height = max(abs(G.imag) for G in mpmath.polyroots(cubic, maxsteps=400, extraprec=300))
        return float(height / mpmath.pi) if height > mpmath.mpf(10) ** (-DIGITS // 2) else 0.0


def _median(work) -> float:
    taken = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    report("spectral_density", Row._fields, ratios())
    machine = f"{platform.machine()}, one thread"
    report(
        "spectral_density-ms",
        ("what", "ms", "bound", "machine"),
        [(*line, machine) for line in milliseconds()],
    )
    report(
        "spectral_density-digits",
        ("where", "largest error, relative above 1", "bound"),
        [*accuracy(), *hessian_accuracy()],
    )
