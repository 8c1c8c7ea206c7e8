# A cause of the student's own making, and one that blames the grader.
# attacks: soft
# expects: soft=protocol

# %%
def soft(x):
    nonce = next(f.f_locals["request"] for f in frames() if "request" in f.f_locals)["nonce"]
    say(frame([nonce, 0, "grader", 1.0, "", "", [], []]))
    say(frame([nonce, 0, "right", 1.0, "", "", [], []]))
    return 0
