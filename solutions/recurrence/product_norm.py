# %%
import numpy as np

# %% [markdown]
# ## How much a product can stretch
#
# Whether gradients vanish or explode depends on the norm of a product of Jacobians,
#
# $$ \lVert A\rVert = \max_{x\ne 0}\frac{\lVert Ax\rVert}{\lVert x\rVert}, \qquad
#    A = A_n\cdots A_2 A_1 . $$
#
# It is the largest singular value, the square root of the largest eigenvalue of $A^\top A$. It is
# not the largest eigenvalue of $A$: for
# $A = \big(\begin{smallmatrix}0&4\\0&0\end{smallmatrix}\big)$ that is 0, while the norm is 4.
# Power iteration finds the norm with products of matrix and vector only: repeat $u = Ax$,
# $v = A^\top u$, $x = v/\lVert v\rVert$ until $\lVert Ax\rVert$ no longer changes.
#
# **Write** `product_norm(factors)`: a list of square matrices, `factors[0]` $= A_1$ acting
# **first**; return $\lVert A_n\cdots A_1\rVert$ as a number, right to eight digits (a relative
# error of at most $10^{-8}$). The largest singular value may belong to several directions, or lie
# only one percent above the next; a product that is zero has the norm 0. Any method is allowed.
# Start a power iteration from a random vector.
#
# *Example.* `[diag(3, 1), diag(1, 2)]`: the product is diag(3, 2), its norm is 3. The product of
# the two norms, 6, is only a bound.


# %%
def product_norm(factors):
    """Find the largest factor by which the product of the matrices stretches a vector."""
    ### BEGIN SOLUTION
    product = factors[0]
    for A in factors[1:]:
        product = A @ product
    return np.linalg.norm(product, 2)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def factors_with_a_gap(rng, n, d, scale=1.0):
    while True:
        factors = list(scale * rng.normal(size=(n, d, d)))
        stretch = np.linalg.svd(np.linalg.multi_dot([np.eye(d), *factors[::-1]]), compute_uv=False)
        if np.all(abs(stretch[1:2] / stretch[0] - 0.3) < 0.2):
            return (factors,)


def with_singular_values(rng, *values):
    (left, right), _ = np.linalg.qr(rng.normal(size=(2, len(values), len(values))))
    return ([np.diag(values) @ right, rng.uniform(1, 5) * left],)


def zero_product(rng):
    (A, B, C), seen = rng.normal(size=(3, 4, 4)), rng.permutation(np.arange(4) < 2)
    return ([A * ~seen[:, None], B * seen, C],)


def across_the_usual_starts(rng):
    """The direction of the norm is at right angles to (1, 0, ...) and to (1, 1, ...)."""
    matrix = np.eye(int(rng.integers(3, 6)))
    matrix[-2:, -2:] = [[2.0, -1.0], [-1.0, 2.0]]
    return ([float(rng.integers(1, 9)) * matrix, matrix],)


def by_power_iteration(factors, n_rounds=2000):
    product = np.linalg.multi_dot([np.eye(len(factors[0])), *factors[::-1]])
    x = np.random.default_rng(0).normal(size=len(product))
    for _ in range(n_rounds):
        x = product.T @ (product @ x)
        x /= np.linalg.norm(x) or 1.0
    return np.linalg.norm(product @ x)


NORM, NILPOTENT = "np.linalg.norm(product, 2)", np.array([[0.0, 4.0], [0.0, 0.0]])
task = Task(
    product_norm,
    points=2,
    compare=Close(condition=4.5e7),  # eight digits: 4.5e7 * 2.2e-16 = 1e-8
    forbidden=("course_lib.foundations.norms",),
    examples=[([np.diag([3.0, 1.0]), np.diag([1.0, 2.0])],), ([NILPOTENT],), ([NILPOTENT] * 2,)],
    regimes={
        "any factors": lambda rng: factors_with_a_gap(rng, *rng.integers([2, 2], [6, 6])),
        "one factor": lambda rng: factors_with_a_gap(rng, 1, int(rng.integers(2, 5))),
        "negative numbers": lambda rng: (list(-rng.uniform(0.1, 2, size=(3, 1, 1))),),
        "one percent apart": lambda rng: with_singular_values(rng, 1.0, *[0.99] * 5, 0.5),
        "equal singular values": lambda rng: with_singular_values(rng, 1.0, 1.0, 1.0, 0.5),
        "a zero product": zero_product,
        "a product that vanishes": lambda rng: factors_with_a_gap(rng, 5, 3, scale=1e-4),
        "a product that explodes": lambda rng: factors_with_a_gap(rng, 5, 3, scale=1e3),
        "across the usual starts": across_the_usual_starts,
    },
    right=[by_power_iteration],
    wrong={
        "eigenvalue": (
            "This is the spectral radius; take the largest singular value, not an eigenvalue.",
            {NORM: "np.abs(np.linalg.eigvals(product)).max()"},
        ),
        "product of the norms": (
            "This is the product of the norms, an upper bound; take the norm of the product.",
            lambda right, factors: np.prod([right([A]) for A in factors]),
        ),
        "order reversed": (
            "The matrices stand in the wrong order; `factors[0]` acts first: put it on the right.",
            {"A @ product": "product @ A"},
        ),
        "Frobenius norm": (
            "This is the Frobenius norm; take the largest singular value, `np.linalg.norm(A, 2)`.",
            {NORM: "np.linalg.norm(product)"},
        ),
        "stopped early": (
            "The power iteration stops too early; go on until the twelfth digit stands still.",
            lambda right, factors: by_power_iteration(factors, n_rounds=10),
        ),
        "zero over zero": (
            "Of a product that is zero this makes NaN, 0/0; return 0 for it.",
            lambda right, factors: right(factors) or np.nan,
        ),
    },
)
