# The frames below know the nonce, the inputs and the channel; the expected value is not among them.
# attacks: soft

# %%
def soft(x):
    for here in frames():
        for value in here.f_locals.values():
            if isinstance(value, np.ndarray) and value is not x and abs(value.sum() - 1) < 1e-9:
                return value
            expected = getattr(value, "expected", None)
            if expected is not None:
                return expected
    return 0
