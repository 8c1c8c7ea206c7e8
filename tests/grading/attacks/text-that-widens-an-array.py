# One long text among many numbers: an array of these would give every number as much room.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return ["9" * 700_000] + [0.25] * 15_000
