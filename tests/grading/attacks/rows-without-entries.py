# An array of no bytes at all whose rows would fill any memory.
# attacks: soft, shift, slope
# expects: soft=wrong, shift=wrong, slope=wrong

# %%
def soft(x):
    return [np.zeros((2**40, 0)), np.zeros((2, 2**40, 0))]


def shift(x, by):
    return np.zeros((2**40, 0), dtype=np.int8)


def slope(x, y):
    return {"a": np.zeros((2**40, 0))}
