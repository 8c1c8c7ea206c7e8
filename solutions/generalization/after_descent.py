# %%
import numpy as np

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
# $1-\eta\lambda$ per step: components with large eigenvalues are learned first, those with
# $\lambda=0$ never. The *loss* is quadratic in the residual, so each of its parts shrinks by the
# square of that factor.
#
# **Write** `after_descent(X, y, rate, n_steps)` with `X` `(m, d)`, `y` `(m,)`, rate $\eta$; return
# the pair `(residual, loss)` after `n_steps` steps: $e_t$ of shape `(m,)`, and the number
# $\mathcal L(w_t)$. There may be 0 steps, and the rate may be so large that factors are negative.
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


def descent(rng, largest, n_steps, m=0, d=0):
    """Inputs whose smallest factor is ``1 - largest``; a part of y is out of reach where m > d."""
    m, d = m or int(rng.integers(4, 7)), d or int(rng.integers(2, 4))
    rank = min(m, d)
    left, right = (np.linalg.qr(rng.normal(size=(n, rank)))[0] for n in (m, d))
    eigenvalues = np.linspace(0.3, 1.4, rank + 1)[1:] * rng.uniform(0.9, 1.1, size=rank)
    y = left @ (rng.choice([-1, 1], size=rank) * rng.uniform(1, 2, size=rank))
    if m > rank:
        y += np.linalg.qr(np.column_stack([left, rng.normal(size=m)]))[0][:, -1]
    rate = float(largest / eigenvalues.max())
    return left * np.sqrt(m * eigenvalues) @ right.T, y, rate, int(n_steps)


def more_features(rng):
    """One of the features is 0 in all samples."""
    X, *others = descent(rng, 0.6, rng.integers(2, 5), 3, 5)
    return np.insert(X, int(rng.integers(6)), 0.0, axis=1), *others


def by_steps(X, y, rate, n_steps):
    w = np.zeros(X.shape[1])
    for _ in range(n_steps):
        w -= rate * X.T @ (X @ w - y) / len(y)
    e = X @ w - y
    return e, (e**2).mean() / 2


FACTORS = "(1 - rate * eigenvalues)"
task = Task(
    after_descent,
    points=2,
    compare=Close(condition=1000.0, float32=True),  # 30 * 20
    returns=("residual", "loss"),
    seconds=20.0,
    forbidden=("course_lib.generalization.linear_dynamics", "course_lib.generalization.ntk_torch"),
    examples=[(np.array([[1.0], [0.0]]), np.array([4.0, 2.0]), 1.0, 2)],
    regimes={
        "any rate below 1": lambda rng: descent(rng, 0.5, rng.integers(3, 7)),
        "some factors negative": lambda rng: descent(rng, 1.6, rng.choice([1, 3])),
        "a rate that diverges": lambda rng: descent(rng, 2.5, rng.integers(2, 5)),
        "no step": lambda rng: descent(rng, 0.5, 0),
        "one step": lambda rng: descent(rng, 0.5, 1),
        "many small steps": lambda rng: descent(rng, 0.02, rng.integers(100, 200)),
        "steps until nothing changes": lambda rng: descent(rng, 0.5, rng.integers(100, 200)),
        "more features than samples": more_features,
        "one sample of one feature": lambda rng: descent(rng, 1.8, 3, 1, 1),
    },
    right=[by_steps],
    wrong={
        "not divided by m": (
            "The steps are m times too large: divide the gradient by the number of samples.",
            {"X.T / m": "X.T"},
        ),
        "one step too many": (
            "One step too many: after 0 steps the residual is -y.",
            {"** n_steps": "** (n_steps + 1)"},
        ),
        "flow for steps": (
            "This is continuous time, an exponential; finite steps multiply by 1 - rate lambda.",
            {f"{FACTORS} ** n_steps": "np.exp(-rate * eigenvalues * n_steps)"},
        ),
        "factors without sign": (
            "Factors are negative where rate times eigenvalue exceeds 1: keep their sign.",
            {FACTORS: "abs(1 - rate * eigenvalues)"},
        ),
        "loss shrinks like the residual": (
            "The loss shrinks as fast as the residual; its parts go with the square of the factor.",
            {"residual @ residual": "residual @ -y"},
        ),
        "loss without its half": ("The loss is twice as large; halve it.", {"/ (2 * m)": "/ m"}),
    },
)
