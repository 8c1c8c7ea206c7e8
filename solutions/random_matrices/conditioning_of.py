# %%
import numpy as np

# %% [markdown]
# ## How badly conditioned, and how many directions
#
# Gradient descent on a covariance needs about as many steps as its condition number. A covariance
# of too small a rank has zeros, which do not slow it down: nothing is learned along them, and they
# have to be left out. In a computer they are not zero but some rounding error, of either sign. So
# an eigenvalue counts only if it is larger than `cutoff` times the largest one. Over those,
#
# $$ \kappa = \frac{\lambda_{\max}}{\lambda_{\min}}, \qquad
#    r = \frac{\big(\sum_i\lambda_i\big)^2}{\sum_i\lambda_i^2} . $$
#
# The participation ratio $r$ is the number of directions if all count alike, and close to 1 if one
# outweighs the others.
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
PARTICIPATION = "kept.sum() ** 2 / (kept**2).sum()"
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
        "zeros kept": (
            "The smallest eigenvalue is one that should be zero; leave out all up to cutoff times "
            "the largest.",
            {f"[eigenvalues > {BOUND}]": ""},
        ),
        "only negatives left out": (
            "Eigenvalues that should be zero may come out positive as well; compare with the "
            "cutoff.",
            {BOUND: "0"},
        ),
        "absolute cutoff": (
            "The cutoff is taken as it is; multiply it by the largest eigenvalue.",
            {BOUND: "cutoff"},
        ),
        "a cutoff of its own": (
            "Eigenvalues below the cutoff are kept, as if `cutoff` were much smaller; leave out "
            "all up to the `cutoff` that is given times the largest.",
            {BOUND: "1e-6 * eigenvalues.max()"},
        ),
        "negative ones kept": (
            "Negative eigenvalues are compared by their absolute value and kept; leave them out.",
            {f"[eigenvalues > {BOUND}]": f"[abs(eigenvalues) > {BOUND}]"},
        ),
        "root of the condition": (
            "This is the condition of the data matrix, from its singular values; for the "
            "eigenvalues of the covariance leave out the root.",
            {CONDITION: f"np.sqrt({CONDITION})"},
        ),
        "condition turned round": (
            "A condition number is at least 1: divide the largest by the smallest.",
            {CONDITION: "kept.min() / kept.max()"},
        ),
        "rank counted": (
            "The second number counts the eigenvalues; weigh them: the square of the sum over the "
            "sum of squares.",
            {PARTICIPATION: "float(len(kept))"},
        ),
        "participation turned round": (
            "The participation ratio is upside down: put the square of the sum above.",
            {PARTICIPATION: "(kept**2).sum() / kept.sum() ** 2"},
        ),
        "participation of all": (
            "What is left out of the condition still counts in the participation ratio; leave it "
            "out there too.",
            {PARTICIPATION: "eigenvalues.sum() ** 2 / (eigenvalues**2).sum()"},
        ),
        "trace over the largest": (
            "The sum over the largest eigenvalue is the stable rank, another measure; divide the "
            "square of the sum by the sum of squares.",
            {PARTICIPATION: "kept.sum() / kept.max()"},
        ),
    },
)
