# Tensors that have no memory of the ordinary kind.
# attacks: soft
# expects: soft=unserializable|wrong|error

# %%
import torch


def soft(x):
    return torch.zeros(4).to_sparse(), torch.zeros(4, 4).to_sparse_csr()
