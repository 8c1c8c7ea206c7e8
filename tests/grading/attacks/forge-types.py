# Numbers that are texts, names that are numbers, lists that are none.
# attacks: soft
# expects: soft=protocol

# %%
def soft(x):
    nonce = next(f.f_locals["request"] for f in frames() if "request" in f.f_locals)["nonce"]
    say(frame([nonce, False, "value", 1.0, "", "", [], []]))
    return 0
