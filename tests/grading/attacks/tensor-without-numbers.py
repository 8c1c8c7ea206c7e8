# Shape and no contents.
# attacks: soft
# expects: soft=unserializable|error

# %%
import torch


def soft(x):
    return torch.zeros(4, device="meta")
