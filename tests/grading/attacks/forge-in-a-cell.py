# Frames sent ahead of any request, while the cells still run.
# attacks: soft
# expects: soft=missing|protocol|wrong|crashed, shift=right|missing|protocol, slope=right|missing|protocol

# %%
for number in range(1, 20):
    say(frame([number, "value", "", []]))
for nonce in range(20):
    for case in range(3):
        say(frame([nonce, case, "value", 1.0, "", "", [], []]))
# %%
def soft(x):
    return 0
