# Honest, in an unusual dress.
# attacks: soft
# expects: soft=right, shift=right

# %%
import functools


def scaled(scale, x):
    return np.exp(x) * scale / (np.exp(x) * scale).sum()


soft = functools.partial(scaled, 2.0)
shift = lambda x, by: x + by
