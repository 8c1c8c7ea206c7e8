# %%
import numpy as np

# %% [markdown]
# ## A histogram that can be laid over a density
#
# A law has a density; a histogram has counts. The two can share an axis only if the area of each
# bar is the share of *all* eigenvalues that fall into it, also when the bins differ in width
# and when some eigenvalues lie outside the window that is drawn:
#
# $$ h_i = \frac{\#\{j : a_i < \lambda_j < a_{i+1}\}}{n\,(a_{i+1}-a_i)} . $$
#
# Eigenvalues outside the window count in $n$ and in no bar. The total area of the bars is then the
# share of the eigenvalues that lie in the window, and so is the area under the density there.
#
# **Write** `bar_heights(eigenvalues, edges)` with `eigenvalues` `(n,)`, at least one and in any
# order, and rising `edges` `(bins + 1,)`; return `(bins,)`. A bin in which nothing lies has the
# height 0. Several eigenvalues may be equal, and none lies on an edge.
#
# *Example.* Eigenvalues 0.5, 1.5, 2.5, 9 and edges 0, 1, 3: one of four in a bin of width 1 and
# two of four in a bin of width 2 make the heights $1/4$ and $1/4$.


# %%
def bar_heights(eigenvalues, edges):
    """Find the heights whose areas are shares of all eigenvalues."""
    ### BEGIN SOLUTION
    counts, _ = np.histogram(eigenvalues, bins=edges)
    return counts / (len(eigenvalues) * np.diff(edges))
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def spectrum(rng, counts, left=0, right=0):
    """Bins of unequal width with so many eigenvalues in each, and some on either side of them."""
    widths = rng.permutation(np.linspace(0.5, 1.5, len(counts))) * rng.uniform(0.8, 1.2)
    edges = rng.uniform(-4, 1) + np.append(0, widths.cumsum())
    lows, highs = edges[:-1] + 0.1 * widths, edges[1:] - 0.1 * widths  # none within rounding errors
    inside = rng.uniform(*np.repeat([lows, highs], counts, axis=1))
    below, above = (rng.uniform(0.1, 3, size=size) for size in (left, right))
    return rng.permutation(np.concatenate([edges[0] - below, inside, edges[-1] + above])), edges


def any_spectrum(rng):
    counts = rng.permutation([1, 2, 4, 7, *rng.integers(1, 7, size=rng.integers(3))])
    return spectrum(rng, counts, *rng.integers(1, 6, size=2))


def equal_eigenvalues(rng):
    eigenvalues, edges = spectrum(rng, [2, 3, 1], 1, 1)
    return np.repeat(eigenvalues, rng.permutation([1, 1, 1, 2, 2, 2, 3, 3])), edges


def by_slopes_of_the_distribution(eigenvalues, edges):
    below = np.searchsorted(np.sort(eigenvalues), edges) / len(eigenvalues)
    return np.diff(below) / np.diff(edges)


N, WIDTHS = "len(eigenvalues)", "np.diff(edges)"
AREA = f"({N} * {WIDTHS})"
task = Task(
    bar_heights,
    points=1,
    compare=Close(condition=500.0, float32=True),  # 30 roundings, amplified by 15
    forbidden=("course_lib.viz.spectra", "course_lib.spectral_laws.spectrum"),
    examples=[(np.array([0.5, 1.5, 2.5, 9.0]), np.array([0.0, 1.0, 3.0]))],
    regimes={
        "any spectrum": any_spectrum,
        "nothing outside the window": lambda rng: spectrum(rng, rng.permutation([1, 3, 5])),
        "nothing right of the window": lambda rng: spectrum(rng, [3, 1], left=3),
        "nothing in the window": lambda rng: spectrum(rng, [0, 0, 0], *rng.integers(1, 4, size=2)),
        "empty bins": lambda rng: spectrum(rng, rng.permutation([0, 0, 2, 5]), right=2),
        "last bin empty": lambda rng: spectrum(rng, [2, 4, 0]),
        "one bin": lambda rng: spectrum(rng, rng.integers(2, 5, size=1), 2, 1),
        "one eigenvalue": lambda rng: spectrum(rng, rng.permutation([0, 1])),
        "equal eigenvalues": equal_eigenvalues,
    },
    right=[by_slopes_of_the_distribution],
    wrong={
        "counts": ("These are counts; divide them by n and by the widths.", {f" / {AREA}": ""}),
        "shares": ("These are shares, the areas of the bars; divide by the widths.", {AREA: N}),
        "window taken for all": (
            "The bars have area 1 in the window; eigenvalues outside it count in n, too.",
            {N: "counts.sum()"},
        ),
        "one width for all": (
            "All bins are treated as equally wide; divide each bar by the width of its own bin.",
            {WIDTHS: f"{WIDTHS}.mean()"},
        ),
        "not divided by n": ("Divide by n, too, not by the widths alone.", {f"{N} * ": ""}),
        "outside in the outermost bars": (
            "What lies outside the window is added to the outermost bars; count it in n alone.",
            {"(eigenvalues, bins": "(np.clip(eigenvalues, edges[0], edges[-1]), bins"},
        ),
    },
)
