# %%
import numpy as np

# %% [markdown]
# ## A spectrum without eigenvalues
#
# A Hessian of a network is too large to be stored, let alone diagonalised, but it can be
# multiplied with a vector. The Lanczos method turns $k$ such products into a small tridiagonal
# matrix whose eigenvalues show the spectrum. From $q_1=b/\lVert b\rVert$ and $q_0=0$,
#
# $$ \alpha_j = q_j^\top Aq_j, \qquad
#    w_j = Aq_j-\alpha_jq_j-\beta_{j-1}q_{j-1}, \qquad
#    \beta_j=\lVert w_j\rVert, \qquad q_{j+1}=w_j/\beta_j . $$
#
# The $\alpha$ stand on the diagonal and the $\beta$ beside it: $k$ steps give $k$ numbers
# $\alpha$ and $k-1$ numbers $\beta$.
#
# **Write** `tridiagonal_of(A, b, k)` with a symmetric `A` `(n, n)`, `b` `(n,)` and $1\le k<n$;
# return the pair `(alpha, beta)` of shapes `(k,)` and `(k - 1,)`: one step gives no $\beta$. The
# start `b` has any length, and all $\beta$ are positive.
#
# *Example.* $A=\big(\begin{smallmatrix}2&1\\1&2\end{smallmatrix}\big)$ with a third row and column
# of zeros, $b=(3,0,0)$, $k=2$: $q_1=(1,0,0)$, $\alpha_1=2$, $w_1=(0,1,0)$, $\beta_1=1$,
# $\alpha_2=2$.


# %%
def tridiagonal_of(A, b, k):
    """Take k steps of Lanczos's method and return the two diagonals."""
    ### BEGIN SOLUTION
    alpha, beta = [], []
    q_prev, q = np.zeros(len(b)), b / np.linalg.norm(b)
    for j in range(k):
        w = A @ q
        alpha.append(q @ w)
        w = w - alpha[-1] * q - (beta[-1] * q_prev if beta else 0)
        if j < k - 1:
            beta.append(np.linalg.norm(w))
            q_prev, q = q, w / beta[-1]
    return np.array(alpha), np.array(beta)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def any_matrix(rng, n=(6, 9), k=(3, 5)):
    """Eigenvalues of both signs, well apart, and a start that has a part of each eigenvector."""
    n = int(rng.integers(*n))
    basis = np.linalg.qr(rng.normal(size=(n, n)))[0]
    eigenvalues = np.linspace(-2, 4, n) + rng.uniform(-0.2, 0.2, size=n)
    start = basis @ (rng.uniform(0.6, 1.4, size=n) * rng.choice([-1, 1], size=n))
    A = basis * eigenvalues @ basis.T
    return (A + A.T) / 2, start * rng.choice([0.1, 2]), int(rng.integers(*k))


def all_steps_but_one(rng):
    A, b, _ = any_matrix(rng, n=(3, 6))
    return A, b, len(b) - 1


def one_step_of_a_negative_matrix(rng):
    A, b, k = any_matrix(rng, n=(2, 5), k=(1, 2))
    return A - 4 * np.eye(len(b)), b, k


def by_qr(A, b, k):
    """The same from an orthonormal basis of b, A b, A A b, ..."""
    Q = np.linalg.qr(np.stack([np.linalg.matrix_power(A, j) @ b for j in range(k)], axis=1))[0]
    T = Q.T @ A @ Q
    return np.diag(T), np.abs(np.diag(T, 1))


PREVIOUS = " - (beta[-1] * q_prev if beta else 0)"
task = Task(
    tridiagonal_of,
    points=3,
    compare=Close(condition=200, float32=True),  # 30 roundings, amplified by 4
    returns=("alpha", "beta"),
    forbidden=("course_lib.hessians.lanczos",),
    examples=[(np.array([[2.0, 1, 0], [1, 2, 0], [0, 0, 0]]), np.array([3.0, 0, 0]), 2)],
    regimes={
        "any matrix": any_matrix,
        "large matrix": lambda rng: any_matrix(rng, n=(20, 30), k=(5, 7)),
        "all steps but one": all_steps_but_one,
        "one step of a negative matrix": one_step_of_a_negative_matrix,
    },
    right=[by_qr],
    wrong={
        "start not of length 1": ("Divide the start by its length.", {" / np.linalg.norm(b)": ""}),
        "vector before the last kept": ("Take off beta times q_(j-1), too.", {PREVIOUS: ""}),
        "beta squared": (
            "The betas are squared; take lengths.",
            {"np.array(beta)": "np.array(beta) ** 2"},
        ),
        "one beta too many": (
            "k steps give k - 1 betas: leave out the last length, whose vector is not used.",
            {"if j < k - 1:": "if True:"},
        ),
        "starts from a unit vector": (
            "The method starts from the first unit vector; start from b.",
            lambda right, A, b, k: right(A, np.eye(len(b))[0], k),
        ),
        "power iteration": (
            "These are Rayleigh quotients of A^j b; take the last two vectors off each product.",
            {" - alpha[-1] * q" + PREVIOUS: ""},
        ),
    },
)
