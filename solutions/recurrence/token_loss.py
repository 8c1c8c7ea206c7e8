# %%
import numpy as np
import torch

# %% [markdown]
# ## A mean over tokens, not a mean of means
#
# Sentences have different lengths. If the loss of each sentence is averaged first and the averages
# are averaged again, a word in a short sentence has a larger weight than a word in a long one. The
# course's loss is the mean over all kept tokens of the batch:
#
# $$ \bar{\mathcal L} = \frac{\sum_{b,t} m_{bt}\,\big(-\log p_{bt,k_{bt}}\big)}{\sum_{b,t} m_{bt}},
#    \qquad p_{bt} = \mathrm{softmax}(y_{bt}), $$
#
# with the scores $y_{bt}$ (`logits`), the right classes $k_{bt}$ (`labels`) and the mask $m_{bt}$.
#
# This loss is for training, so write it in torch: the check also compares the gradient with respect
# to `logits`.
#
# **Write** `token_loss(logits, labels, mask)` on tensors of shapes `(batch, time, vocab)`,
# `(batch, time)`, `(batch, time)`; return a tensor of shape `()`. The mask may have holes and may
# keep nothing of a sentence, but keeps at least one token of the batch. In the padding, too, the
# scores are numbers between $-20$ and 20 and the labels are words of the vocabulary.
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

LOGITS, MASK = [[[0.0, 1.0], [2.0, 0.0]], [[0.0, 3.0], [9.0, 9.0]]], [[True, True], [True, False]]


def batch_of(rng, vocab, mask):
    mask = np.array(mask)
    return 2 * rng.normal(size=(*mask.shape, vocab)), rng.integers(vocab, size=mask.shape), mask


def unequal_lengths(rng):
    n_more, time, vocab = rng.integers([1, 4, 3], [4, 9, 6])
    lengths = rng.permutation([1, time, *rng.integers(1, time, size=n_more)])
    return batch_of(rng, vocab, np.arange(time) < lengths[:, None])


def holes(rng):
    batch, time, vocab = rng.integers([2, 5, 2], [5, 8, 7])
    mask = rng.random((batch, time)) < 0.6
    mask[-1, :4] = False, True, False, True
    return batch_of(rng, vocab, mask)


def up_to_20(rng):
    _, labels, mask = batch_of(rng, 3, MASK)
    logits = rng.uniform(-20, 20, size=(2, 2, 3))
    labels[0, 0] = logits[0, 0].argmin()  # else all losses may be nearly 0
    return logits, labels, mask


def by_cross_entropy(logits, labels, mask):
    targets = labels.masked_fill(~mask, -100)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


MEAN = "losses[mask].mean()"
task = Task(
    token_loss,
    points=2,
    compare=Close(condition=300.0, float32=True),  # 30 * 10, where two logits near 20 meet
    returns=("value", "gradient"),
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    call="with gradient",
    examples=[(np.array(LOGITS), np.zeros((2, 2), dtype=int), np.array(MASK))],
    regimes={
        "unequal lengths": unequal_lengths,
        "holes": holes,
        "nothing kept in one sentence": lambda rng: batch_of(rng, 3, [[True] * 2, [False] * 2]),
        "everything kept": lambda rng: batch_of(rng, 4, [[True] * 3] * 2),
        "one token": lambda rng: batch_of(rng, 3, [[True]]),
        "logits up to 20": up_to_20,
    },
    right=[by_cross_entropy],
    equivalent={
        "log_probs.gather(-1, labels[..., None])[..., 0] -> "
        "log_probs.gather(-1, labels[..., None])[..., -1]": "the axis has one entry",
    },
    wrong={
        "mean of means": (
            "The sentences' means are averaged; divide one sum by the number of all kept tokens.",
            {MEAN: "((losses * mask).sum(dim=1) / mask.sum(dim=1)).mean()"},
        ),
        "divides by batch times time": (
            "The sum is divided by batch times time; divide by the number of kept tokens.",
            {MEAN: "(losses * mask).mean()"},
        ),
        "padding counted": ("The padding counts here; leave it out.", {MEAN: "losses.mean()"}),
        "detached": (
            "The value is right, but no gradient reaches `logits`; stay in torch all the way.",
            {MEAN: f"{MEAN}.item()"},
        ),
        "softmax twice": (
            "The softmax is applied twice; give `log_softmax` or `cross_entropy` the logits.",
            {"log_softmax(logits": "log_softmax(torch.softmax(logits, dim=-1)"},
        ),
        "sign": ("The sign is turned round; return minus the mean.", {"-log_probs": "log_probs"}),
        "sum, not mean": ("This is a sum; divide by the number of tokens.", {".mean()": ".sum()"}),
    },
)
