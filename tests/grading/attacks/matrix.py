# Keeps two axes whatever is done to it.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
import warnings


def soft(x):
    return np.asmatrix(np.exp(x) / np.exp(x).sum())
