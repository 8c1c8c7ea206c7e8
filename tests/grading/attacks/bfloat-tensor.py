# A kind of number that numpy does not have.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
import torch


def soft(x):
    return torch.softmax(torch.tensor(x), 0).bfloat16()
