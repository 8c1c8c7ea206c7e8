# %%
import numpy as np
import torch

# %% [markdown]
# ## What gradient descent has learned by step t
#
# For least squares with $\mathcal L(w)=\frac1{2m}\lVert Xw-y\rVert^2$, gradient descent from
# $w_0=0$ can be followed exactly. The residual $e_t=Xw_t-y$ starts at $-y$, and each step
# multiplies it by one matrix,
#
# $$ e_{t+1} = \Big(I-\frac{\eta}{m}XX^\top\Big)e_t . $$
#
# In the basis of eigenvectors of $XX^\top/m$ every component shrinks by its own factor
# $1-\eta\lambda$ per step: what lies along large eigenvalues is learned at once, what lies where
# $\lambda=0$ never. The *loss* is quadratic in the residual, so each of its parts shrinks by the
# square of that factor.
#
# **Write** `after_descent(X, y, rate, n_steps)` with `X` `(m, d)`, `y` `(m,)`, rate $\eta$; return
# the pair `(residual, loss)` after `n_steps` steps: $e_t$ of shape `(m,)`, and the number
# $\mathcal L(w_t)$.
#
# *Example.* $m=2$, $d=1$, $X=\big(\begin{smallmatrix}1\\0\end{smallmatrix}\big)$, $y=(4,2)$,
# $\eta=1$, two steps: the eigenvalue along the first sample is $\frac12$, so its residual goes
# $-4,-2,-1$; the second sample stays at $-2$. The pair is $(-1,-2)$ and $(1+4)/4=1.25$.


# %%
def after_descent(X, y, rate, n_steps):
    """Residual and loss after some steps of gradient descent on least squares, from zero."""
    ### BEGIN SOLUTION
    m = len(X)
    eigenvalues, basis = np.linalg.eigh(X @ X.T / m)
    shrunk = (1 - rate * eigenvalues) ** n_steps * (basis.T @ -y)
    residual = basis @ shrunk
    return residual, residual @ residual / (2 * m)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def descent_inputs(rng):
    m, d = int(rng.integers(4, 7)), int(rng.integers(2, 4))
    left = np.linalg.qr(rng.normal(size=(m, d)))[0]
    right = np.linalg.qr(rng.normal(size=(d, d)))[0]
    stretch = np.sqrt(m * np.linspace(0.3, 1.4, d) * rng.uniform(0.9, 1.1, size=d))
    X = left * stretch @ right.T
    y = left @ (rng.choice([-1, 1], size=d) * rng.uniform(1, 2, size=d))
    y += 0.3 * rng.normal(size=m)
    return X, y, float(rng.uniform(0.25, 0.4)), int(rng.integers(3, 7))


def residual_by(X, y, factor_of):
    """The residual when each component is multiplied by a function of its eigenvalue."""
    eigenvalues, basis = np.linalg.eigh(X @ X.T / len(X))
    return basis @ (factor_of(eigenvalues) * (basis.T @ -y))


def with_loss(residual):
    return residual, residual @ residual / (2 * len(residual))


def descent_of_the_sum(X, y, rate, n_steps):
    return after_descent(X, y, rate * len(X), n_steps)


def descent_twice_the_rate(X, y, rate, n_steps):
    return after_descent(X, y, 2 * rate, n_steps)


def descent_sign_of_residual(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return -residual, loss


def descent_predictions(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return residual + y, loss


def descent_one_step_more(X, y, rate, n_steps):
    return after_descent(X, y, rate, n_steps + 1)


def descent_as_flow(X, y, rate, n_steps):
    return with_loss(residual_by(X, y, lambda x: np.exp(-rate * x * n_steps)))


def descent_in_one_step(X, y, rate, n_steps):
    return with_loss(residual_by(X, y, lambda x: 1 - rate * x * n_steps))


def descent_loss_too_slow(X, y, rate, n_steps):
    residual, _ = after_descent(X, y, rate, n_steps)
    return residual, -(residual @ y) / (2 * len(y))


def descent_residual_too_fast(X, y, rate, n_steps):
    return after_descent(X, y, rate, 2 * n_steps)


def descent_loss_doubled(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return residual, 2 * loss


def descent_loss_summed(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return residual, loss * len(X)


def descent_by_loops(X, y, rate, n_steps):
    w = np.zeros(X.shape[1])
    for _ in range(n_steps):
        w -= rate * X.T @ (X @ w - y) / len(y)
    e = X @ w - y
    return e, (e**2).mean() / 2


def descent_by_torch(X, y, rate, n_steps):
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    for _ in range(n_steps):
        loss = ((X @ w - y) ** 2).mean() / 2
        w = (w - rate * torch.autograd.grad(loss, w)[0]).detach().requires_grad_()
    e = X @ w - y
    return e.detach(), e.square().mean().item() / 2


def descent_in_plain_lists(X, y, rate, n_steps):
    rows, e = X.tolist(), [-v for v in y.tolist()]
    for _ in range(n_steps):
        slope = [sum(r[k] * v for r, v in zip(rows, e, strict=True)) for k in range(len(rows[0]))]
        step = [sum(a * s for a, s in zip(row, slope, strict=True)) for row in rows]
        e = [v - rate * s / len(rows) for v, s in zip(e, step, strict=True)]
    return e, sum(v * v for v in e) / len(e) / 2


def descent_by_svd(X, y, rate, n_steps):
    U, sizes, _ = np.linalg.svd(X.astype(np.float32), full_matrices=False)
    learned = 1 - (1 - np.float32(rate) * sizes**2 / len(X)) ** n_steps
    e = U @ (learned * (U.T @ y.astype(np.float32))) - y.astype(np.float32)
    return e, np.linalg.norm(e) ** 2 / (2 * len(X))


def descent_by_power(X, y, rate, n_steps):
    step = np.eye(len(X)) - rate / len(X) * X @ X.T
    e = np.linalg.matrix_power(step, n_steps) @ -y
    return e, 0.5 * np.dot(e, e) / len(y)


# condition: 30 * 5.9; at most 6 steps for the rate
task = Task(
    after_descent,
    points=2,
    compare=Close(condition=500.0, float32=True),
    returns=("residual", "loss"),
    seconds=20.0,
    forbidden=("course_lib.generalization.linear_dynamics", "course_lib.generalization.ntk_torch"),
    examples=[(np.array([[1.0], [0.0]]), np.array([4.0, 2.0]), 1.0, 2)],
    regimes={"drawn": descent_inputs},
    right=[
        descent_by_loops,
        descent_by_torch,
        descent_in_plain_lists,
        descent_by_svd,
        descent_by_power,
    ],
    wrong={
        "not divided by m": (
            (
                "The gradient is not divided by the number of samples: the steps are m times "
                "too large."
            ),
            descent_of_the_sum,
        ),
        "steps twice as large": (
            "The steps are twice as large: the 1/2 of the loss goes away with the square.",
            descent_twice_the_rate,
        ),
        "target minus prediction": (
            "The residual has the wrong sign: it is prediction minus target.",
            descent_sign_of_residual,
        ),
        "predictions": (
            "These are the predictions; the residual takes the targets off.",
            descent_predictions,
        ),
        "one step too many": (
            "One step too many: after 0 steps the residual is -y.",
            descent_one_step_more,
        ),
        "flow for steps": (
            (
                "This is the exponential of continuous time; steps of finite size multiply by 1"
                " - rate lambda."
            ),
            descent_as_flow,
        ),
        "one large step": (
            ("t steps are taken for one step of t times the size; the factors multiply instead."),
            descent_in_one_step,
        ),
        "loss shrinks like the residual": (
            (
                "The residual is right, but the parts of the loss shrink by the square of the "
                "factor, twice as fast as the residual."
            ),
            descent_loss_too_slow,
        ),
        "residual shrinks like the loss": (
            (
                "The residual shrinks by the factor itself, not by its square; that is how the "
                "loss behaves."
            ),
            descent_residual_too_fast,
        ),
        "loss without its half": (
            "The loss is the mean square; its 1/2 is missing.",
            descent_loss_doubled,
        ),
        "loss not averaged": (
            "The loss is half the sum of squares; divide by the number of samples.",
            descent_loss_summed,
        ),
    },
)
