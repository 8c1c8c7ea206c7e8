# Announces a frame and never sends the rest.
# attacks: soft
# expects: soft=slow

# %%
def soft(x):
    say(struct.pack("<Q", 1000) + b"crs1")
    while True:
        pass
