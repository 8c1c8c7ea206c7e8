# %%
import numpy as np
import torch

# %% [markdown]
# ## A mean over tokens, not a mean of means
#
# Sentences have different lengths. If each is averaged by itself and the averages are averaged
# again, a word in a short sentence counts for more than a word in a long one. The course's loss is
# the mean over all kept tokens of the batch:
#
# $$ \mathcal L = \frac{\sum_{b,t} m_{bt}\,\big(-\log \mathrm{softmax}(s_{bt})_{y_{bt}}\big)}
#                      {\sum_{b,t} m_{bt}} . $$
#
# This one is for training, so write it in torch: the check also compares the gradient by `logits`.
#
# **Write** `token_loss(logits, labels, mask)` on tensors of shapes `(batch, time, vocab)`,
# `(batch, time)`, `(batch, time)`; return a tensor of shape `()`.
#
# *Example.* Token losses 1, 1, 1 in one sentence and 3 in the other: the mean over tokens is
# $6/4 = 1.5$; the mean of means would be 2.


# %%
def token_loss(logits, labels, mask):
    """Average the negative log-probability of the labels over the kept tokens."""
    ### BEGIN SOLUTION
    log_probs = torch.log_softmax(logits, dim=-1)
    losses = -log_probs.gather(-1, labels[..., None])[..., 0]
    return losses[mask].mean()
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def loss_inputs(rng):
    batch, time, vocab = 3, int(rng.integers(4, 7)), 4
    lengths = np.array([time, 3, 1])
    mask = np.arange(time)[None, :] < lengths[:, None]
    logits = 2 * rng.normal(size=(batch, time, vocab))
    return logits, rng.integers(vocab, size=(batch, time)), mask


def losses_at_labels(logits, labels):
    return -torch.log_softmax(logits, dim=-1).gather(-1, labels[..., None])[..., 0]


def mean_of_means(logits, labels, mask):
    losses = losses_at_labels(logits, labels) * mask
    return (losses.sum(dim=1) / mask.sum(dim=1)).mean()


def divides_by_everything(logits, labels, mask):
    return (losses_at_labels(logits, labels) * mask).mean()


def padding_counted(logits, labels, mask):
    return losses_at_labels(logits, labels).mean()


def detached(logits, labels, mask):
    return losses_at_labels(logits, labels)[mask].mean().item()


def loss_in_a_new_tensor(logits, labels, mask):
    return torch.tensor(detached(logits, labels, mask), requires_grad=True)


def softmax_twice(logits, labels, mask):
    return losses_at_labels(torch.softmax(logits, dim=-1), labels)[mask].mean()


def loss_without_minus(logits, labels, mask):
    return -losses_at_labels(logits, labels)[mask].mean()


def loss_summed(logits, labels, mask):
    return losses_at_labels(logits, labels)[mask].sum()


def loss_by_cross_entropy(logits, labels, mask):
    targets = labels.masked_fill(~mask, -100)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def loss_by_loops(logits, labels, mask):
    total, count = 0, 0
    for b in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[b, t]:
                total = total + logits[b, t].logsumexp(0) - logits[b, t, labels[b, t]]
                count += 1
    return total / count


def loss_by_one_hot(logits, labels, mask):
    right = torch.nn.functional.one_hot(labels, logits.shape[-1]) * mask[..., None]
    return -(right * (torch.softmax(logits, -1) + 1e-30).log()).sum() / right.sum()


def loss_in_single_precision(logits, labels, mask):
    log_probs = logits.float()[mask].log_softmax(1)
    return torch.nn.NLLLoss(reduction="sum")(log_probs, labels[mask]) / mask.sum()


# condition: 30 * 2.1
task = Task(
    token_loss,
    points=2,
    compare=Close(condition=100.0, float32=True),
    returns=("value", "gradient"),
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    call="with gradient",
    examples=[
        (
            np.array([[[0.0, 1.0], [2.0, 0.0]], [[0.0, 3.0], [9.0, 9.0]]]),
            np.array([[0, 0], [0, 0]]),
            np.array([[True, True], [True, False]]),
        )
    ],
    regimes={"drawn": loss_inputs},
    right=[loss_by_cross_entropy, loss_by_loops, loss_by_one_hot, loss_in_single_precision],
    wrong={
        "mean of means": (
            (
                "Each sentence is averaged first and the averages are averaged again: words in "
                "short sentences then count for more. Divide one sum by the number of all kept "
                "tokens."
            ),
            mean_of_means,
        ),
        "divides by batch times time": (
            (
                "The sum is divided by batch times time, padding included; divide by the kept "
                "tokens."
            ),
            divides_by_everything,
        ),
        "padding counted": (
            "The mask is not used: tokens in the padding have a loss here.",
            padding_counted,
        ),
        "detached": (
            (
                "The value is right, but no gradient reaches `logits`: do not leave torch "
                "(`.item()`, `.detach()`, numpy) on the way."
            ),
            detached,
        ),
        "a new tensor": (
            (
                "The value is right, but no gradient reaches `logits`: a tensor made anew from "
                "a number, even with `requires_grad=True`, knows nothing of where the number "
                "came from."
            ),
            loss_in_a_new_tensor,
        ),
        "softmax twice": (
            (
                "The softmax is applied twice: `cross_entropy` and `log_softmax` want logits, "
                "not probabilities."
            ),
            softmax_twice,
        ),
        "sign": (
            "The sign is turned round: the loss is minus the log-probability.",
            loss_without_minus,
        ),
        "sum, not mean": (
            "This is the sum over the kept tokens; divide by their number.",
            loss_summed,
        ),
    },
)
