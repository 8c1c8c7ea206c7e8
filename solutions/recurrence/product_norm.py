# %%
import numpy as np
import torch

# %% [markdown]
# ## How much a product can stretch
#
# Whether gradients vanish or explode is read off the norm of a product of Jacobians,
#
# $$ \lVert A\rVert = \max_{x\ne 0}\frac{\lVert Ax\rVert}{\lVert x\rVert}, \qquad
#    A = A_n\cdots A_2 A_1 . $$
#
# It is the largest singular value, the square root of the largest eigenvalue of $A^\top A$. It is
# not the largest eigenvalue of $A$: for
# $A = \big(\begin{smallmatrix}0&4\\0&0\end{smallmatrix}\big)$ that is 0, while the norm is 4.
# Power iteration finds the norm with products of matrix and vector only: repeat $u = Ax$,
# $v = A^\top u$, $x = v/\lVert v\rVert$ until $\lVert Ax\rVert$ stands still.
#
# **Write** `product_norm(factors)`: a list of square matrices, `factors[0]` $= A_1$ acting
# **first**; return $\lVert A_n\cdots A_1\rVert$ as a number, right to eight digits. Any method that
# gets there is welcome. Start a power iteration from a random vector.
#
# *Example.* `[diag(3, 1), diag(1, 2)]`: the product is diag(3, 2), its norm is 3. The product of
# the two norms, 6, is only a bound.


# %%
def product_norm(factors):
    """Find the largest factor by which the product of the matrices stretches a vector."""
    ### BEGIN SOLUTION
    x = np.random.default_rng(0).normal(size=len(factors[0]))
    x /= np.linalg.norm(x)
    stretch, previous = 0.0, -1.0
    while abs(stretch - previous) > 1e-14 * stretch:
        previous = stretch
        for A in factors:
            x = A @ x
        stretch = np.linalg.norm(x)
        for A in reversed(factors):
            x = A.T @ x
        if not x.any():
            return 0.0
        x /= np.linalg.norm(x)
    return stretch
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def norm_inputs(rng):
    while True:  # power iteration needs a gap below the largest singular value
        factors = list(rng.normal(size=(int(rng.integers(2, 5)), 4, 4)))
        stretch = np.linalg.svd(whole(factors), compute_uv=False)
        if stretch[1] < 0.6 * stretch[0]:
            return (factors,)


def whole(factors):
    product = np.eye(len(factors[0]))
    for factor in factors:
        product = factor @ product
    return product


def largest_eigenvalue(factors):
    return np.abs(np.linalg.eigvals(whole(factors))).max()


def no_square_root(factors):
    return np.linalg.norm(whole(factors), 2) ** 2


def product_of_norms(factors):
    return np.prod([np.linalg.norm(factor, 2) for factor in factors])


def factors_reversed(factors):
    return np.linalg.norm(whole(factors[::-1]), 2)


def frobenius(factors):
    return np.linalg.norm(whole(factors))


def last_factor_only(factors):
    return np.linalg.norm(factors[-1], 2)


def largest_column_sum(factors):
    return np.linalg.norm(whole(factors), 1)


def norm_by_svd(factors):
    return np.linalg.svd(whole(factors), compute_uv=False)[0]


def norm_by_torch(factors):
    product = torch.eye(len(factors[0]), dtype=torch.float64)
    for factor in factors:
        product = torch.from_numpy(factor) @ product
    return torch.linalg.eigvalsh(product.T @ product)[-1].sqrt()


def norm_of_chain(factors):
    return np.linalg.norm(np.linalg.multi_dot([np.eye(len(factors[0])), *factors[::-1]]), ord=2)


def norm_in_plain_lists(factors):
    def times(matrix, x):
        return [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]

    steps = [A.tolist() for A in factors] + [A.T.tolist() for A in factors[::-1]]
    x = [0.6 + 0.1 * k for k in range(len(steps[0]))]
    for _ in range(100):
        for matrix in steps:
            x = times(matrix, x)
        size = sum(v * v for v in x) ** 0.5
        x = [v / size for v in x]
    return size**0.5


def norm_by_squaring(factors):
    product = whole(factors)
    gram = product.T @ product
    for _ in range(12):
        gram = gram @ gram / np.trace(gram @ gram)
    return np.sqrt(np.trace(product @ gram @ product.T))


# condition: eight digits: 4.5e7 * 2.2e-16 = 1e-8
task = Task(
    product_norm,
    points=3,
    compare=Close(condition=45000000.0),
    forbidden=("course_lib.foundations.norms",),
    examples=[
        ([np.diag([3.0, 1.0]), np.diag([1.0, 2.0])],),
        ([np.array([[0.0, 4.0], [0.0, 0.0]])],),
    ],
    regimes={"drawn": norm_inputs},
    right=[norm_by_svd, norm_by_torch, norm_of_chain, norm_in_plain_lists, norm_by_squaring],
    wrong={
        "eigenvalue": (
            (
                "This is the largest eigenvalue in modulus, the spectral radius. The norm is "
                "the largest singular value: iterate with `A.T @ A`."
            ),
            largest_eigenvalue,
        ),
        "no square root": (
            (
                "This is the square of the norm: the largest eigenvalue of `A.T @ A` needs a "
                "square root."
            ),
            no_square_root,
        ),
        "product of the norms": (
            (
                "This is the product of the norms of the factors: an upper bound, not the norm "
                "of the product."
            ),
            product_of_norms,
        ),
        "order reversed": (
            (
                "The matrices are multiplied in the wrong order: `factors[0]` acts first, so it"
                " stands on the right."
            ),
            factors_reversed,
        ),
        "Frobenius norm": (
            (
                "This is the Frobenius norm, the root of the sum of all squared entries; "
                "`np.linalg.norm(A)` gives it unless it is told otherwise."
            ),
            frobenius,
        ),
        "last factor only": (
            "This is the norm of the last factor; multiply all of them.",
            last_factor_only,
        ),
        "largest column sum": (
            (
                "This is the largest sum of absolute values in a column, `np.linalg.norm(A, "
                "1)`; the norm asked for is the largest singular value."
            ),
            largest_column_sum,
        ),
    },
)
