# Announces a frame of all addresses there are.
# attacks: soft
# expects: soft=protocol

# %%
def soft(x):
    say(b"\xff" * 8)
    return 0
