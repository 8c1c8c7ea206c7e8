# A few numbers that hold on to many.
# attacks: soft
# expects: soft=unserializable|wrong|memory

# %%
import torch


def soft(x):
    return torch.zeros(1).expand(2**40), torch.zeros(2**22)[:4]
