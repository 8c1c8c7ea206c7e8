# Knows the answers to the cases that it was given, and to no other.
# attacks: soft
# expects: soft=wrong

# %%
KNOWN = {(0.0, 1.0, 2.0): [0.09003057, 0.24472847, 0.66524096]}


def soft(x):
    return KNOWN.get(tuple(x.tolist()), np.zeros(len(x)))
