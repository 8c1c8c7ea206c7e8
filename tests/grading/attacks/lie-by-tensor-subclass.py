# A tensor that agrees with any other one.
# attacks: soft
# expects: soft=unserializable|wrong|error

# %%
import torch


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        return True

    def numpy(self):
        return True


def soft(x):
    return torch.zeros(4).as_subclass(Liar)
