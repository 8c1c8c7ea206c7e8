# %%
import numpy as np
import torch

# %% [markdown]
# ## The gradient at the output, with its sign
#
# Training a language model starts from one small gradient. With logits $s = W_{hy} h$, loss
# $\mathcal L = -\log \mathrm{softmax}(s)_k$ for the right word $k$, and $e_k$ the vector that is 1
# at $k$ and 0 elsewhere,
#
# $$ \frac{\partial\mathcal L}{\partial s} = \mathrm{softmax}(s) - e_k . $$
#
# A step *against* the gradient has to make the right word more likely: that settles the sign. It
# is worth a check, since one of the lectures behind this course lost it.
#
# **Write** `output_gradient(W_hy, h, label)` with `W_hy` `(vocab, d_hidden)`, `h` `(d_hidden,)`;
# return the pair $(\partial\mathcal L/\partial W_{hy},\ \partial\mathcal L/\partial h)$.
#
# *Example.* Two words, $W_{hy} = 0$, $h = (2)$, label 0: both words have probability $1/2$, so the
# first gradient is $(-1, 1)^\top$ and the second is 0.


# %%
def output_gradient(W_hy, h, label):
    """Differentiate minus the log-probability of the right word."""
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


def output_inputs(rng):
    W_hy, h = rng.normal(size=(4, 4)), rng.normal(size=4)
    unlikely = np.argsort(W_hy @ h)[:3]  # of the likeliest word, p - 1 would cancel
    return W_hy, h, int(rng.choice(unlikely))


def error_at_output(W_hy, h, label):
    error = np.exp(W_hy @ h)
    error /= error.sum()
    error[label] -= 1
    return error


def lost_sign(W_hy, h, label):
    error = -error_at_output(W_hy, h, label)
    return np.outer(error, h), W_hy.T @ error


def no_label(W_hy, h, label):
    error = error_at_output(W_hy, h, label)
    error[label] += 1
    return np.outer(error, h), W_hy.T @ error


def missing_transpose(W_hy, h, label):
    error = error_at_output(W_hy, h, label)
    return np.outer(error, h), W_hy @ error


def outer_turned(W_hy, h, label):
    error = error_at_output(W_hy, h, label)
    return np.outer(h, error), W_hy.T @ error


def without_softmax(W_hy, h, label):
    error = W_hy @ h
    error[label] -= 1
    return np.outer(error, h), W_hy.T @ error


def not_normalised(W_hy, h, label):
    error = np.exp(W_hy @ h)
    error[label] -= 1
    return np.outer(error, h), W_hy.T @ error


def gradients_turned_round(W_hy, h, label):
    return output_gradient(W_hy, h, label)[::-1]


def output_by_loops(W_hy, h, label):
    logits = [sum(w * x for w, x in zip(row, h, strict=True)) for row in W_hy]
    total = sum(np.exp(s) for s in logits)
    error = [np.exp(s) / total - (k == label) for k, s in enumerate(logits)]
    d_W = np.array([[e * x for x in h] for e in error])
    d_h = np.array(
        [sum(e * row[j] for e, row in zip(error, W_hy, strict=True)) for j in range(len(h))]
    )
    return d_W, d_h


def output_by_autograd(W_hy, h, label):
    weights = torch.from_numpy(W_hy).requires_grad_()
    state = torch.from_numpy(h).requires_grad_()
    loss = -torch.log_softmax(weights @ state, dim=0)[label]
    return torch.autograd.grad(loss, (weights, state))


def output_by_jacobian(W_hy, h, label):
    scores = np.exp(W_hy @ h)
    p = scores / scores.sum()
    jacobian = np.diag(p) - p[:, None] * p
    error = -jacobian[label] / p[label]
    return np.einsum("v,d->vd", error, h), np.einsum("v,vd->d", error, W_hy)


def output_in_single_precision(W_hy, h, label):
    weights, state = torch.tensor(W_hy, dtype=torch.float32), torch.Tensor(h)
    one_hot = torch.nn.functional.one_hot(torch.tensor(label), len(weights))
    error = torch.softmax(weights @ state, dim=0) - one_hot
    return error[:, None] * state, error @ weights


# condition: 30 * 8.5
task = Task(
    output_gradient,
    points=2,
    compare=Close(condition=500.0, float32=True),
    returns=("d_W_hy", "d_h"),
    forbidden=("course_lib.sequences.heads", "course_lib.recurrent.rnnlm"),
    examples=[(np.zeros((2, 1)), np.array([2.0]), 0)],
    regimes={"drawn": output_inputs},
    right=[output_by_loops, output_by_autograd, output_by_jacobian, output_in_single_precision],
    wrong={
        "sign": (
            (
                "The sign is turned round: this is the gradient of the log-probability, the "
                "loss is minus it. The Bulgarian lecture prints it so."
            ),
            lost_sign,
        ),
        "no label": (
            "The label plays no part: subtract 1 from the probability of the right word.",
            no_label,
        ),
        "missing transpose": (
            (
                "The gradient goes back through the transpose, `W_hy.T`; here the transpose is "
                "missing."
            ),
            missing_transpose,
        ),
        "outer product turned": (
            (
                "The outer product is the wrong way round: its rows belong to the words, as in "
                "`W_hy`."
            ),
            outer_turned,
        ),
        "no softmax": (
            "The error is taken from the logits; turn them into probabilities first.",
            without_softmax,
        ),
        "not normalised": (
            "The exponentials are not divided by their sum, so they are no probabilities.",
            not_normalised,
        ),
        "pair turned round": (
            ("The pair is the wrong way round: first the gradient by `W_hy`, then the one by `h`."),
            gradients_turned_round,
        ),
    },
)
