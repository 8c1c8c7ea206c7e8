# %%
import numpy as np
import torch

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
# **Write** `conditioning_of(eigenvalues, cutoff)` with `eigenvalues` `(n,)` in any order; return
# the pair `(condition, participation)` of numbers.
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


def conditioning_inputs(rng):
    kept = rng.uniform(1, 20, size=int(rng.integers(4, 8)))
    kept[0] = 25.0
    zeros = np.array([3e-9, -2e-13, 2e-14]) * rng.uniform(1, 2, size=3)
    return rng.permutation(np.concatenate([kept, zeros])) * rng.uniform(1e3, 1e4), 1e-6


def condition_and_share(kept):
    return kept.max() / kept.min(), kept.sum() ** 2 / (kept**2).sum()


def conditioning_with_zeros(eigenvalues, cutoff):
    with np.errstate(divide="ignore"):
        return condition_and_share(eigenvalues)


def conditioning_of_positives(eigenvalues, cutoff):
    return condition_and_share(eigenvalues[eigenvalues > 0])


def conditioning_absolute(eigenvalues, cutoff):
    return condition_and_share(eigenvalues[eigenvalues > cutoff])


def conditioning_by_root(eigenvalues, cutoff):
    condition, rank = conditioning_of(eigenvalues, cutoff)
    return np.sqrt(condition), rank


def conditioning_inverse(eigenvalues, cutoff):
    condition, rank = conditioning_of(eigenvalues, cutoff)
    return 1 / condition, rank


def conditioning_counts(eigenvalues, cutoff):
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    return conditioning_of(eigenvalues, cutoff)[0], float(len(kept))


def conditioning_rank_inverse(eigenvalues, cutoff):
    condition, rank = conditioning_of(eigenvalues, cutoff)
    return condition, 1 / rank


def conditioning_stable_rank(eigenvalues, cutoff):
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    return conditioning_of(eigenvalues, cutoff)[0], kept.sum() / kept.max()


def conditioning_entropy(eigenvalues, cutoff):
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    share = kept / kept.sum()
    return conditioning_of(eigenvalues, cutoff)[0], np.exp(-(share * np.log(share)).sum())


def conditioning_by_loops(eigenvalues, cutoff):
    largest = max(eigenvalues)
    smallest, total, squares = largest, 0.0, 0.0
    for value in eigenvalues:
        if value > cutoff * largest:
            smallest = min(smallest, value)
            total += value
            squares += value * value
    return largest / smallest, total * total / squares


def conditioning_by_torch(eigenvalues, cutoff):
    values = torch.from_numpy(eigenvalues).sort(descending=True).values
    kept = values[values / values[0] > cutoff]
    return kept[0] / kept[-1], kept.sum().square() / (kept @ kept)


def conditioning_in_plain_lists(eigenvalues, cutoff):
    kept = [value for value in eigenvalues.tolist() if value > cutoff * float(eigenvalues.max())]
    shares = [value / sum(kept) for value in kept]
    return [max(kept) / min(kept), 1 / sum(share**2 for share in shares)]


def conditioning_in_single_precision(eigenvalues, cutoff):
    x = (eigenvalues / eigenvalues.max()).astype(np.float32)
    x = x[x > cutoff]
    return 1 / x.min(), (np.linalg.norm(x, 1) / np.linalg.norm(x)) ** 2


# condition: 30 * 1.9
task = Task(
    conditioning_of,
    points=1,
    compare=Close(condition=100.0, float32=True),
    returns=("condition", "participation"),
    forbidden=("course_lib.random_features.conditioning",),
    examples=[(np.array([3.0, 1.0, 0.0]), 0.001)],
    regimes={"drawn": conditioning_inputs},
    right=[
        conditioning_by_loops,
        conditioning_by_torch,
        conditioning_in_plain_lists,
        conditioning_in_single_precision,
    ],
    wrong={
        "zeros kept": (
            (
                "The smallest eigenvalue is one that should be zero; leave out all up to cutoff"
                " times the largest."
            ),
            conditioning_with_zeros,
        ),
        "only negatives left out": (
            (
                "Eigenvalues that should be zero may come out positive as well; compare with "
                "the cutoff."
            ),
            conditioning_of_positives,
        ),
        "absolute cutoff": (
            "The cutoff is relative: it is multiplied by the largest eigenvalue.",
            conditioning_absolute,
        ),
        "root of the condition": (
            (
                "This is the condition of the data matrix, from its singular values; for the "
                "eigenvalues of the covariance there is no root."
            ),
            conditioning_by_root,
        ),
        "condition turned round": (
            "The largest stands over the smallest: a condition number is at least 1.",
            conditioning_inverse,
        ),
        "rank counted": (
            (
                "The second number is the plain rank; the participation ratio weighs the "
                "eigenvalues."
            ),
            conditioning_counts,
        ),
        "participation turned round": (
            "The participation ratio is upside down: the square of the sum stands above.",
            conditioning_rank_inverse,
        ),
        "trace over the largest": (
            (
                "The sum over the largest eigenvalue is the stable rank, another measure; asked"
                " for is the square of the sum over the sum of squares."
            ),
            conditioning_stable_rank,
        ),
        "exponential of an entropy": (
            (
                "This is the effective rank, the exponential of the entropy; asked for is the "
                "square of the sum over the sum of squares."
            ),
            conditioning_entropy,
        ),
    },
)
