# Memory that the interpreter does not know of.
# attacks: soft
# expects: soft=memory|error

# %%
import torch


def soft(x):
    return torch.ones(2**30).sum()
