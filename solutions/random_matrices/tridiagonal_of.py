# %%
from itertools import pairwise

import numpy as np
import torch

# %% [markdown]
# ## A spectrum without eigenvalues
#
# A Hessian of a network is too large to be stored, let alone diagonalised, but it can be
# multiplied with a vector. The method of Lanczos turns $k$ such products into a small tridiagonal
# matrix whose eigenvalues show the spectrum. From $q_1=b/\lVert b\rVert$ and $q_0=0$,
#
# $$ \alpha_j = q_j^\top Aq_j, \qquad
#    w_j = Aq_j-\alpha_jq_j-\beta_{j-1}q_{j-1}, \qquad
#    \beta_j=\lVert w_j\rVert, \qquad q_{j+1}=w_j/\beta_j . $$
#
# The $\alpha$ stand on the diagonal and the $\beta$ beside it: $k$ steps give $k$ of the former
# and $k-1$ of the latter.
#
# **Write** `tridiagonal_of(A, b, k)` with a symmetric `A` `(n, n)`, `b` `(n,)` and `k` $<n$; return
# the pair `(alpha, beta)` of shapes `(k,)` and `(k - 1,)`. The $\beta$ are positive.
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


def lanczos_inputs(rng):
    n = int(rng.integers(6, 9))
    basis = np.linalg.qr(rng.normal(size=(n, n)))[0]
    eigenvalues = np.linspace(-2, 4, n) + rng.uniform(-0.2, 0.2, size=n)
    start = basis @ (rng.uniform(0.6, 1.4, size=n) * rng.choice([-1, 1], size=n))
    A = basis * eigenvalues @ basis.T
    return (A + A.T) / 2, start * rng.uniform(1.5, 3), int(rng.integers(3, 5))


def lanczos_with(A, b, k, previous=True, normal=True):
    q = b / np.linalg.norm(b) if normal else b
    q_prev, alpha, beta = 0 * q, [], [0.0]
    for _ in range(k):
        alpha.append(q @ A @ q)
        w = A @ q - alpha[-1] * q - previous * beta[-1] * q_prev
        beta.append(np.linalg.norm(w))
        q_prev, q = q, w / beta[-1]
    return np.array(alpha), np.array(beta[1:-1])


def lanczos_start_as_given(A, b, k):
    return lanczos_with(A, b, k, normal=False)


def lanczos_one_term_short(A, b, k):
    return lanczos_with(A, b, k, previous=False)


def lanczos_beta_squared(A, b, k):
    alpha, beta = lanczos_with(A, b, k)
    return alpha, beta**2


def lanczos_one_beta_more(A, b, k):
    alpha, beta = lanczos_with(A, b, k + 1)
    return alpha[:-1], beta


def lanczos_diagonals_of_A(A, b, k):
    return np.diag(A)[:k], np.diag(A, 1)[: k - 1]


def lanczos_from_unit_vector(A, b, k):
    return lanczos_with(A, np.eye(len(b))[0], k)


def lanczos_as_power_iteration(A, b, k):
    q, alpha, beta = b / np.linalg.norm(b), [], []
    for _ in range(k):
        w = A @ q
        alpha.append(q @ w)
        beta.append(np.linalg.norm(w))
        q = w / beta[-1]
    return np.array(alpha), np.array(beta[:-1])


def lanczos_beta_first(A, b, k):
    return lanczos_with(A, b, k)[::-1]


def lanczos_reorthogonalised(A, b, k):
    Q = [b / np.linalg.norm(b)]
    alpha, beta = np.zeros(k), np.zeros(k - 1)
    for j in range(k):
        w = A @ Q[j]
        alpha[j] = Q[j] @ w
        for _ in range(2):
            for q in Q:
                w = w - (q @ w) * q
        if j < k - 1:
            beta[j] = np.sqrt(w @ w)
            Q.append(w / beta[j])
    return alpha, beta


def lanczos_by_torch(A, b, k):
    H, q = torch.from_numpy(A), torch.nn.functional.normalize(torch.from_numpy(b), dim=0)
    before, step, alpha, beta = torch.zeros_like(q), torch.tensor(0.0), [], []
    for _ in range(k):
        w = H.mv(q) - step * before
        alpha.append(w.dot(q))
        w = w - alpha[-1] * q
        step = w.norm()
        beta.append(step)
        before, q = q, w / step
    return torch.stack(alpha), torch.stack(beta)[:-1]


def lanczos_by_qr(A, b, k):
    columns = [b]
    for _ in range(k - 1):
        columns.append(A @ columns[-1])
    Q, _ = np.linalg.qr(np.stack(columns, axis=1))
    T = Q.T @ A @ Q
    return np.diag(T), np.abs(np.diag(T, 1))


def lanczos_by_polynomials(A, b, k):
    at, vectors = np.linalg.eigh(A)
    mass = (vectors.T @ b) ** 2
    before, now = np.zeros(len(b)), np.ones(len(b))
    alpha, square = [], []
    for _ in range(k):
        square.append(mass @ now**2)
        alpha.append(mass @ (at * now**2) / square[-1])
        ratio = square[-1] / square[-2] if len(square) > 1 else 0.0
        before, now = now, (at - alpha[-1]) * now - ratio * before
    return alpha, [(y / x) ** 0.5 for x, y in pairwise(square)]


def lanczos_in_plain_lists(A, b, k):
    def dot(x, y):
        return sum(s * t for s, t in zip(x, y, strict=True))

    rows, start = A.tolist(), b.tolist()
    size = dot(start, start) ** 0.5
    basis, alpha, beta = [[x / size for x in start]], [], []
    while True:
        w = [dot(row, basis[-1]) for row in rows]
        alpha.append(dot(w, basis[-1]))
        if len(alpha) == k:
            return alpha, beta
        for q in basis:
            part = dot(w, q)
            w = [x - part * y for x, y in zip(w, q, strict=True)]
        beta.append(dot(w, w) ** 0.5)
        basis.append([x / beta[-1] for x in w])


def lanczos_in_single_precision(A, b, k):
    A, b = A.astype(np.float32), b.astype(np.float32)
    q = b / np.linalg.norm(b)
    Q, alpha, beta = [q], [], []
    for _ in range(k):
        w = A @ Q[-1]
        alpha.append(w @ Q[-1])
        w -= np.stack(Q, axis=1) @ (np.stack(Q) @ w)
        beta.append(np.linalg.norm(w))
        Q.append(w / beta[-1])
    return np.array(alpha), np.array(beta[:-1])


# condition: 30 * 4.5
task = Task(
    tridiagonal_of,
    points=3,
    compare=Close(condition=200.0, float32=True),
    returns=("alpha", "beta"),
    forbidden=("course_lib.hessians.lanczos",),
    examples=[
        (
            np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]),
            np.array([3.0, 0.0, 0.0]),
            2,
        )
    ],
    regimes={"drawn": lanczos_inputs},
    right=[
        lanczos_reorthogonalised,
        lanczos_by_torch,
        lanczos_by_qr,
        lanczos_by_polynomials,
        lanczos_in_plain_lists,
        lanczos_in_single_precision,
    ],
    wrong={
        "start not of length 1": (
            "The start vector is not divided by its length.",
            lanczos_start_as_given,
        ),
        "vector before the last kept": (
            (
                "Only the last vector is taken off; without beta q of the one before it the "
                "vectors are not orthogonal."
            ),
            lanczos_one_term_short,
        ),
        "beta squared": ("The betas are lengths; these are their squares.", lanczos_beta_squared),
        "one beta too many": (
            ("k steps give k - 1 betas: the last length couples to a vector that is not used."),
            lanczos_one_beta_more,
        ),
        "diagonals of A": (
            "These are the diagonals of A itself; b is not used.",
            lanczos_diagonals_of_A,
        ),
        "starts from a unit vector": (
            "The method starts from the first unit vector instead of b.",
            lanczos_from_unit_vector,
        ),
        "power iteration": (
            "These are Rayleigh quotients of A^j b: nothing is taken off the products.",
            lanczos_as_power_iteration,
        ),
        "pair turned round": (
            "The pair is the wrong way round: first alpha, then beta.",
            lanczos_beta_first,
        ),
    },
)
