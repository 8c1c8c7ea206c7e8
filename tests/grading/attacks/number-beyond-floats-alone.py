# The same without company.
# attacks: soft, slope
# expects: soft=wrong, slope=wrong

# %%
def soft(x):
    return 10**400


def slope(x, y):
    return 10**400
