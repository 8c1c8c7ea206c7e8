# Well-formed answers to requests that have not been put yet, with turns that are guessed.
# attacks: soft
# expects: soft=protocol|wrong|error, shift=right, slope=right

# %%
def soft(x):
    for nonce in range(300):
        for case in range(3):
            say(frame([nonce, case, "value", 0.25, "", "", [], []]))
    return 0
