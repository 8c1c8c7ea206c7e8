# Few bits, with a scale of their own.
# attacks: soft
# expects: soft=unserializable|wrong|error

# %%
import torch


def soft(x):
    return torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.quint8)
