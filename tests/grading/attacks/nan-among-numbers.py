# Numbers alone that compare with nothing, or cannot be subtracted.
# attacks: soft, shift, slope
# expects: soft=wrong, shift=wrong, slope=wrong

# %%
def soft(x):
    return [float("nan"), float("inf"), 10**400, True]


def shift(x, by):
    return np.array([-np.inf, np.nan, 1e308])


def slope(x, y):
    return float("nan")
