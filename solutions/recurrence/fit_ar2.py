# %%
import numpy as np

# %% [markdown]
# ## An autoregressive model and its memory
#
# An AR(2) model predicts each value of a series from the two values before it:
#
# $$ y_t = w_0 + w_1 y_{t-1} + w_2 y_{t-2} + \varepsilon_t . $$
#
# Least squares chooses the weights that minimise $\sum_{t=3}^{T}\varepsilon_t^2$: the first two
# values only serve as a past. How long the fitted model remembers follows from the two roots of
#
# $$ \lambda^2 - w_1\lambda - w_2 = 0 . $$
#
# After $j$ steps the influence of a value is of the order of $\rho^j$, where $\rho$ is the larger
# of the two moduli $\lvert\lambda\rvert$. The model is stationary if $\rho < 1$. The roots may be
# complex: then the influence oscillates.
#
# **Write** `fit_ar2(series)` for a series of shape `(time,)` with at least five values; return the
# pair `(weights, radius)`: the array $(w_0, w_1, w_2)$ and the number $\rho$. The rows of the
# least-squares problem are linearly independent enough to determine all three weights.
#
# *Example.* The series 0, 0, 1, 2, 2, 1 satisfies $y_t = 1 + y_{t-1} - y_{t-2}$ for every
# $t \ge 3$. The fit is $(1, 1, -1)$. The roots of $\lambda^2 - \lambda + 1 = 0$ are
# $\tfrac12 \pm \tfrac{\sqrt3}{2}i$, so $\rho = 1$.


# %%
def fit_ar2(series):
    """Fit an AR(2) model by least squares; return its weights and the larger root's modulus."""
    ### BEGIN SOLUTION
    rows = np.column_stack([np.ones(len(series) - 2), series[1:-1], series[:-2]])
    weights = np.linalg.lstsq(rows, series[2:], rcond=None)[0]
    roots = np.roots([1, -weights[1], -weights[2]])
    return weights, np.abs(roots).max()
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def series_of(rng, roots, n, intercept, noise=0.3):
    """A series whose model has these roots, a conjugate pair or two real ones."""
    series = list(rng.normal(size=2) + intercept)
    while len(series) < n:
        mean = intercept + np.sum(roots).real * series[-1] - np.prod(roots).real * series[-2]
        series.append(mean + noise * rng.normal())
    return (np.array(series),)


def oscillating(rng, radius):
    root = radius * np.exp(1j * rng.uniform(1, 2))
    return series_of(rng, [root, root.conj()], int(rng.integers(25, 40)), rng.uniform(1, 2))


def five_values(rng):
    """Three equations for three weights, far from singular; the roots are far apart."""
    while True:
        series = rng.normal(size=5)
        rows = np.column_stack([np.ones(3), series[1:4], series[:3]])
        weights = np.linalg.solve(rows, series[2:])
        if np.linalg.cond(rows) < 10 and abs(weights[1] ** 2 + 4 * weights[2]) > 0.5:
            return (series,)


def by_normal_equations(series):
    rows = [[1.0, series[t - 1], series[t - 2]] for t in range(2, len(series))]
    X, y = np.array(rows), np.array(series[2:])
    w = np.linalg.solve(X.T @ X, X.T @ y)
    return w, max(abs(np.linalg.eigvals(np.array([[w[1], w[2]], [1.0, 0.0]]))))


ROOTS, MODULUS = "np.roots([1, -weights[1], -weights[2]])", "np.abs(roots).max()"
task = Task(
    fit_ar2,
    points=2,
    compare=Close(condition=3e3),  # 30 roundings, amplified by 100 where five values are fitted
    returns=("weights", "radius"),
    forbidden=(
        "course_lib.sequence_models.autoregressive",
        "course_lib.sequence_models.ar_memory",
        "course_lib.sequence_models.narx",
    ),
    examples=[(np.array([0.0, 0.0, 1.0, 2.0, 2.0, 1.0]),)],
    regimes={
        "complex roots": lambda rng: oscillating(rng, rng.uniform(0.8, 0.95)),
        "two real roots": lambda rng: series_of(rng, [0.9, -0.5], int(rng.integers(30, 50)), 1.0),
        "a negative root decides": lambda rng: series_of(rng, [0.4, -0.9], 40, -1.0),
        "not stationary": lambda rng: series_of(rng, [1.2, -0.5], int(rng.integers(8, 14)), 0.5),
        "a mean far from 0": lambda rng: series_of(rng, [0.8, -0.5], 30, 3.0, noise=1.0),
        "five values": five_values,
    },
    right=[by_normal_equations],
    equivalent={
        "[1, -weights[1], -weights[2]] -> [1, weights[1], -weights[2]]": "negates both roots",
        "result -> squeezed": "there are always three weights",
    },
    wrong={
        "no intercept": (
            "The intercept is missing; give the rows a column of ones for w_0.",
            {"np.ones(len(series) - 2)": "np.zeros(len(series) - 2)"},
        ),
        "oldest first": (
            "The two lags are exchanged; w_1 belongs to the value one step before.",
            {"series[1:-1], series[:-2]": "series[:-2], series[1:-1]"},
        ),
        "signs of the polynomial": (
            "The signs are wrong in the polynomial; it is lambda^2 - w_1 lambda - w_2.",
            {ROOTS: "np.roots([1, weights[1], weights[2]])"},
        ),
        "reciprocal roots": (
            "These are the roots of 1 - w_1 z - w_2 z^2, the reciprocals; take lambda = 1/z.",
            {ROOTS: "np.roots([-weights[2], -weights[1], 1])"},
        ),
        "real parts": (
            "This is the largest real part of a root; take the largest modulus.",
            {MODULUS: "roots.real.max()"},
        ),
        "the smaller root": (
            "This is the smaller modulus; the larger root decides how long the memory is.",
            {MODULUS: "np.abs(roots).min()"},
        ),
        "rows that wrap round": (
            "The first rows take values from the end of the series as their past; begin at t = 3.",
            {
                "np.ones(len(series) - 2)": "np.ones(len(series))",
                "series[1:-1], series[:-2]": "np.roll(series, 1), np.roll(series, 2)",
                "series[2:]": "series",
            },
        ),
    },
)
