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
# $1-\eta\lambda$ per step: what lies along large eigenvalues is learned at once, what lies where
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


def descent(rng, m, d, largest, n_steps):
    """Inputs whose smallest factor is ``1 - largest``; a part of y is out of reach where m > d."""
    rank = min(m, d)
    left, right = (np.linalg.qr(rng.normal(size=(n, rank)))[0] for n in (m, d))
    eigenvalues = np.linspace(0.3, 1.4, rank + 1)[1:] * rng.uniform(0.9, 1.1, size=rank)
    y = left @ (rng.choice([-1, 1], size=rank) * rng.uniform(1, 2, size=rank))
    if m > rank:
        rest = rng.normal(size=m)
        rest -= left @ (left.T @ rest)
        y += rest / np.linalg.norm(rest)
    rate = largest / eigenvalues.max()
    return left * np.sqrt(m * eigenvalues) @ right.T, y, float(rate), int(n_steps)


def more_samples(rng, largest, n_steps):
    return descent(rng, int(rng.integers(4, 7)), int(rng.integers(2, 4)), largest, n_steps)


def more_features(rng):
    """One of the features is 0 in all samples."""
    X, *others = descent(rng, 3, 5, 0.6, rng.integers(2, 5))
    return np.insert(X, int(rng.integers(6)), 0.0, axis=1), *others


def by_steps(X, y, rate, n_steps):
    w = np.zeros(X.shape[1])
    for _ in range(n_steps):
        w -= rate * X.T @ (X @ w - y) / len(y)
    e = X @ w - y
    return e, (e**2).mean() / 2


def by_power(X, y, rate, n_steps):
    step = np.eye(len(X)) - rate / len(X) * X @ X.T
    e = np.linalg.matrix_power(step, n_steps) @ -y
    return e, 0.5 * np.dot(e, e) / len(y)


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
        "any rate below 1": lambda rng: more_samples(rng, 0.5, rng.integers(3, 7)),
        "some factors negative": lambda rng: more_samples(rng, 1.6, rng.choice([1, 3])),
        "a rate that diverges": lambda rng: more_samples(rng, 2.5, rng.integers(2, 5)),
        "no step": lambda rng: more_samples(rng, 0.5, 0),
        "one step": lambda rng: more_samples(rng, 0.5, 1),
        "many small steps": lambda rng: more_samples(rng, 0.02, rng.integers(100, 200)),
        "steps until nothing changes": lambda rng: more_samples(rng, 0.5, rng.integers(100, 200)),
        "more features than samples": more_features,
        "one sample of one feature": lambda rng: descent(rng, 1, 1, 1.8, 3),
    },
    right=[by_steps, by_power],
    wrong={
        "not divided by m": (
            "The steps are m times too large: divide the gradient by the number of samples.",
            {"X.T / m": "X.T"},
        ),
        "steps twice as large": (
            "The steps are twice as large: the 1/2 of the loss goes away with the square.",
            {"rate * eigenvalues": "2 * rate * eigenvalues"},
        ),
        "target minus prediction": (
            "The residual has the wrong sign: it is prediction minus target.",
            {"return residual": "return -residual"},
        ),
        "predictions": (
            "These are the predictions; the residual takes the targets off.",
            {"return residual": "return residual + y"},
        ),
        "one step too many": (
            "One step too many: after 0 steps the residual is -y.",
            {"** n_steps": "** (n_steps + 1)"},
        ),
        "flow for steps": (
            "This is the exponential of continuous time; steps of finite size multiply by "
            "1 - rate lambda.",
            {f"{FACTORS} ** n_steps": "np.exp(-rate * eigenvalues * n_steps)"},
        ),
        "one large step": (
            "t steps are taken for one step of t times the size; the factors multiply instead.",
            {f"{FACTORS} ** n_steps": "(1 - rate * eigenvalues * n_steps)"},
        ),
        "factors without sign": (
            "Where rate times eigenvalue exceeds 1 the factor is negative, and the component "
            "changes its sign at every step: keep the sign.",
            {FACTORS: "abs(1 - rate * eigenvalues)"},
        ),
        "loss shrinks like the residual": (
            "The residual is right, but the parts of the loss shrink by the square of the factor, "
            "twice as fast as the residual.",
            {"residual @ residual": "residual @ -y"},
        ),
        "residual shrinks like the loss": (
            "The residual shrinks by the factor itself, not by its square; that is how the loss "
            "behaves.",
            {"** n_steps": "** (2 * n_steps)"},
        ),
        "loss without its half": (
            "The loss is twice as large: it is half of the mean square.",
            {"/ (2 * m)": "/ m"},
        ),
        "loss not averaged": (
            "The loss is half the sum of squares; divide by the number of samples.",
            {"/ (2 * m)": "/ 2"},
        ),
    },
)
