# Left as it came.
# attacks: soft
# expects: soft=not started

# %%
def soft(x):
    """Softmax."""
    ...  # your answer here
