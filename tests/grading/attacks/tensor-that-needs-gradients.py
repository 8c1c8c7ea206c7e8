# Honest: part of a graph, conjugated, negated, on its side.
# attacks: soft
# expects: soft=right

# %%
import torch


def soft(x):
    logits = torch.tensor(x, requires_grad=True)
    return torch.softmax(logits, 0).flip(0).flip(0)
