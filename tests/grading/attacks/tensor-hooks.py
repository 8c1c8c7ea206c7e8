# Code that runs when the answer is differentiated, pickled or printed.
# attacks: soft
# expects: soft=wrong

# %%
import torch


def soft(x):
    answer = torch.zeros(4, requires_grad=True) * 1
    answer.register_hook(lambda gradient: os._exit(0))
    return answer
