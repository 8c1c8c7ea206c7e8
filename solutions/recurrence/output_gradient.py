# %%
import numpy as np
import torch

# %% [markdown]
# ## The gradient at the output, with its sign
#
# The backward pass of a language model begins at its output. With the scores $y = W_{hy} h$, the
# probabilities $p = \mathrm{softmax}(y)$ of $V$ words, the loss $\mathcal L = -\log p_k$ for the
# right word $k$, and the one-hot vector $e_k$, which is 1 at $k$ and 0 elsewhere,
#
# $$ \frac{\partial\mathcal L}{\partial y} = p - e_k . $$
#
# A step *against* the gradient has to make the right word more likely: this decides the sign. Check
# yours with a difference quotient, since a wrong sign here reverses every gradient of the
# network.
#
# **Write** `output_gradient(W_hy, h, label)` with `W_hy` `(vocab, d_hidden)`, `h` `(d_hidden,)`;
# return the pair $(\partial\mathcal L/\partial W_{hy},\ \partial\mathcal L/\partial h)$. The scores
# may be in the thousands, above or below 0, where $e^y$ overflows or becomes 0.
#
# *Example.* Two words, $W_{hy} = 0$, $h = (2)$, $k = 0$: both words have the probability $1/2$, so
# the first gradient is $(-1, 1)^\top$ and the second is 0.


# %%
def output_gradient(W_hy, h, label):
    """Differentiate the loss with respect to the output weights and the state."""
    ### BEGIN SOLUTION
    logits = W_hy @ h
    error = np.exp(logits - logits.max())
    error /= error.sum()
    error[label] -= 1
    return np.outer(error, h), W_hy.T @ error
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def unlikely(rng, vocab, d_hidden):
    """The right word is not the likeliest, of which p - 1 may cancel."""
    W_hy, h = rng.normal(size=(vocab, d_hidden)), rng.normal(size=d_hidden)
    return W_hy, h, int(rng.choice(np.argsort(W_hy @ h)[:-1]))


def likeliest(rng):
    W_hy, h, _ = unlikely(rng, 5, 3)
    return 0.3 * W_hy, h, int(np.argmax(W_hy @ h))


def with_logits(rng, logits):
    """Logits so far apart that all probability lies on one word, a wrong one."""
    logits, h = rng.permutation(logits), rng.normal(size=3)
    W_hy = np.outer(logits, h) / (h @ h) + rng.normal(size=(len(logits), 3))
    return W_hy, h, int(rng.choice(np.argsort(logits)[:-1]))


def by_autograd(W_hy, h, label):
    W, state = (torch.from_numpy(value).requires_grad_() for value in (W_hy, h))
    return torch.autograd.grad(-torch.log_softmax(W @ state, dim=0)[label], (W, state))


EXP = "np.exp(logits - logits.max())"
task = Task(
    output_gradient,
    points=2,
    compare=Close(condition=500.0, float32=True),  # 30 * 8.5
    returns=("d_W_hy", "d_h"),
    forbidden=("course_lib.sequences.heads", "course_lib.recurrent.rnnlm"),
    examples=[(np.zeros((2, 1)), np.array([2.0]), 0)],
    regimes={
        "any sizes": lambda rng: unlikely(rng, *rng.permutation(rng.integers([2, 4], [4, 8]))),
        "as many words as units": lambda rng: unlikely(rng, 4, 4),
        "two words, one unit": lambda rng: unlikely(rng, 2, 1),
        "the right word is the likeliest": likeliest,
        "large logits": lambda rng: with_logits(rng, [-900.0, 0.0, 800.0, 1000.0]),
        "large negative logits": lambda rng: with_logits(rng, [-1200.0, -1000.0, -800.0]),
    },
    right=[by_autograd],
    wrong={
        "sign": (
            "This is the gradient of the log-probability; differentiate the loss, minus that.",
            lambda right, *inputs: tuple(-part for part in right(*inputs)),
        ),
        "no label": (
            "The label plays no part; subtract 1 from the probability of the right word.",
            {"    error[label] -= 1\n": ""},
        ),
        "missing transpose": (
            "The error goes back through the weights as they are; multiply with their transpose.",
            {"W_hy.T @": "W_hy @"},
        ),
        "outer product turned": (
            "The first gradient is transposed; let its rows belong to the words, as in `W_hy`.",
            {"np.outer(error, h)": "np.outer(h, error)"},
        ),
        "no softmax": (
            "The error is taken from the scores; turn them into probabilities first.",
            {EXP: "logits", "    error /= error.sum()\n": ""},
        ),
        "overflow": (
            "Large scores overflow, or all turn to 0; subtract the largest from all of them first.",
            {EXP: "np.exp(logits)"},
        ),
    },
)
