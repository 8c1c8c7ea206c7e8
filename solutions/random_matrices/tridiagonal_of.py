# %%
import numpy as np

# %% [markdown]
# ## A spectrum without eigenvalues
#
# A Hessian of a network is too large to be stored, let alone diagonalised, but it can be
# multiplied with a vector. The Lanczos method turns $k$ such products into a small tridiagonal
# matrix whose eigenvalues show the spectrum. With $q_0=0$ and $q_1$ the start over its length,
#
# $$ a_j = q_j^\top Aq_j, \qquad
#    w_j = Aq_j-a_jq_j-b_{j-1}q_{j-1}, \qquad
#    b_j=\lVert w_j\rVert, \qquad q_{j+1}=w_j/b_j . $$
#
# The $a_j$ stand on the diagonal and the $b_j$ beside it: $k$ steps give $k$ numbers $a_j$ and
# $k-1$ numbers $b_j$.
#
# **Write** `tridiagonal_of(A, start, k)` with a symmetric `A` `(n, n)`, `start` `(n,)` and
# $1\le k<n$; return the pair `(a, b)` of shapes `(k,)` and `(k - 1,)`: one step gives no $b_j$. The
# start has any length, and all $b_j$ are positive.
#
# *Example.* $A=\big(\begin{smallmatrix}2&1\\1&2\end{smallmatrix}\big)$ with a third row and column
# of zeros, start $(3,0,0)$, $k=2$: $q_1=(1,0,0)$, $a_1=2$, $w_1=(0,1,0)$, $b_1=1$, $a_2=2$.


# %%
def tridiagonal_of(A, start, k):
    """Take k steps of Lanczos's method and return the two diagonals."""
    ### BEGIN SOLUTION
    a, b = [], []
    q_prev, q = np.zeros(len(start)), start / np.linalg.norm(start)
    for j in range(k):
        w = A @ q
        a.append(q @ w)
        w = w - a[-1] * q - (b[-1] * q_prev if b else 0)
        if j < k - 1:
            b.append(np.linalg.norm(w))
            q_prev, q = q, w / b[-1]
    return np.array(a), np.array(b)
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
    A, start, _ = any_matrix(rng, n=(3, 6))
    return A, start, len(start) - 1


def one_step_of_a_negative_matrix(rng):
    A, start, k = any_matrix(rng, n=(2, 5), k=(1, 2))
    return A - 4 * np.eye(len(start)), start, k


def by_qr(A, start, k):
    """The same from an orthonormal basis of start, A start, A A start, ..."""
    Q = np.linalg.qr(np.stack([np.linalg.matrix_power(A, j) @ start for j in range(k)], axis=1))[0]
    T = Q.T @ A @ Q
    return np.diag(T), np.abs(np.diag(T, 1))


PREVIOUS = " - (b[-1] * q_prev if b else 0)"
task = Task(
    tridiagonal_of,
    points=3,
    compare=Close(condition=200, float32=True),  # 30 roundings, amplified by 4
    returns=("a", "b"),
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
        "start not of length 1": (
            "Divide the start by its length.",
            {" / np.linalg.norm(start)": ""},
        ),
        "vector before the last kept": ("Take off b_(j-1) q_(j-1), too.", {PREVIOUS: ""}),
        "lengths squared": (
            "The b_j are squared; take lengths.",
            {"np.array(b)": "np.array(b) ** 2"},
        ),
        "one length too many": (
            "k steps give k - 1 numbers b_j: leave out the last length, whose vector is not used.",
            {"if j < k - 1:": "if True:"},
        ),
        "starts from a unit vector": (
            "The method starts from the first unit vector; take the start that is given.",
            lambda right, A, start, k: right(A, np.eye(len(start))[0], k),
        ),
        "power iteration": (
            "These are Rayleigh quotients of A^j q_1; take the last two vectors off each product.",
            {" - a[-1] * q" + PREVIOUS: ""},
        ),
    },
)
