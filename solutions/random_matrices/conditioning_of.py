# %%
import numpy as np

# %% [markdown]
# ## Condition number and participation ratio
#
# Gradient descent on a covariance needs about as many steps as its condition number. A covariance
# of too small a rank has zeros, which do not slow it down: nothing is learned along them, and they
# have to be left out. In a computer they are not zero but some rounding error, of either sign. So
# an eigenvalue counts only if it is larger than `cutoff` times the largest one. Over those,
#
# $$ \operatorname{cond} = \frac{\lambda_{\max}}{\lambda_{\min}}, \qquad
#    \operatorname{PR} = \frac{\big(\sum_i\lambda_i\big)^2}{\sum_i\lambda_i^2} . $$
#
# The participation ratio PR is the number of eigenvalues if all are equal, and it is close to 1 if
# one is much larger than the others.
#
# **Write** `conditioning_of(eigenvalues, cutoff)` with `eigenvalues` `(n,)` in any order, the
# largest positive, and `cutoff` between 0 and 1; return the pair `(condition, participation)` of
# numbers. An eigenvalue that is exactly `cutoff` times the largest is left out, and so is a
# negative one, however large the rounding error was.
#
# *Example.* Eigenvalues 3, 1, 0 and cutoff 0.001: the pair is $3/1=3$ and $4^2/10=1.6$.


# %%
def conditioning_of(eigenvalues, cutoff):
    """Find the condition number and the participation ratio of what is not zero."""
    ### BEGIN SOLUTION
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    return kept.max() / kept.min(), kept.sum() ** 2 / (kept**2).sum()
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def spectrum(rng, shares, cutoff, scale=3.0):
    """Eigenvalues, given as shares of the largest one."""
    return scale * rng.uniform(1, 2) * rng.permutation([1.0, *shares]), cutoff


def with_zeros(rng, cutoff, scale):
    rounding_errors = cutoff * rng.uniform([-0.1, 0.05, 0], [-0.05, 0.1, 0])
    shares = rng.uniform(0.1, 0.9, size=rng.integers(3, 8))
    return spectrum(rng, [*shares, *rounding_errors], cutoff, scale)


def near_the_cutoff(rng):
    cutoff = float(rng.uniform(0.03, 0.4))
    return spectrum(rng, [0.9, 2 * cutoff, 1.2 * cutoff, 0.8 * cutoff, 0.5 * cutoff], cutoff)


def by_shares(eigenvalues, cutoff):
    shares = np.sort(eigenvalues / max(eigenvalues))
    shares = shares[shares > cutoff]
    return 1 / shares[0], 1 / sum((shares / sum(shares)) ** 2)


BOUND, CONDITION = "cutoff * eigenvalues.max()", "kept.max() / kept.min()"
KEPT, PARTICIPATION = f"[eigenvalues > {BOUND}]", "kept.sum() ** 2 / (kept**2).sum()"
task = Task(
    conditioning_of,
    points=1,
    compare=Close(condition=100.0, float32=True),  # 30 roundings, amplified by up to 3
    returns=("condition", "participation"),
    forbidden=("course_lib.random_features.conditioning",),
    examples=[
        (np.array([3.0, 1.0, 0.0]), 0.001),
        (np.array([1.0, 4.0, 8.0, 2.0]), 0.25),  # one exactly at the cutoff
    ],
    regimes={
        "large eigenvalues": lambda rng: with_zeros(rng, 1e-6, 1e4),
        "small eigenvalues": lambda rng: with_zeros(rng, 1e-4, 1e-6),
        "tiny cutoff": lambda rng: with_zeros(rng, 1e-12, 1.0),
        "near the cutoff": near_the_cutoff,
        "negative errors beyond the cutoff": lambda rng: spectrum(rng, [0.4, -3e-7, -6e-7], 1e-7),
        "nothing left out": lambda rng: spectrum(rng, rng.uniform(0.1, 1, size=5), 0.01),
        "one that counts": lambda rng: spectrum(rng, [0.0, 1e-9], 1e-3),
        "one eigenvalue": lambda rng: spectrum(rng, [], 1e-3),
        "equal eigenvalues": lambda rng: spectrum(rng, [1.0, 1.0, 0.5, 0.5, 0.5, 0.0], 1e-3),
    },
    right=[by_shares],
    wrong={
        "zeros kept": ("What should be zero is kept; leave out all up to the cutoff.", {KEPT: ""}),
        "absolute cutoff": ("Multiply the cutoff by the largest eigenvalue.", {BOUND: "cutoff"}),
        "a cutoff of its own": (
            "Eigenvalues below the cutoff are kept; take the `cutoff` that is given.",
            {BOUND: "1e-6 * eigenvalues.max()"},
        ),
        "negative ones kept": (
            "Negative eigenvalues are compared by their absolute value and kept; leave them out.",
            {KEPT: f"[abs(eigenvalues) > {BOUND}]"},
        ),
        "root of the condition": (
            "This is the condition of the data matrix; leave out the root for the covariance.",
            {CONDITION: f"np.sqrt({CONDITION})"},
        ),
        "rank counted": (
            "The second number counts eigenvalues; take the squared sum over the sum of squares.",
            {PARTICIPATION: "float(len(kept))"},
        ),
        "participation of all": (
            "The participation ratio counts what the condition leaves out; leave it out there too.",
            {PARTICIPATION: "eigenvalues.sum() ** 2 / (eigenvalues**2).sum()"},
        ),
    },
)
