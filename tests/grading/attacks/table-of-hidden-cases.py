# Learns the hidden inputs in one task and keeps them for the next process.
# attacks: soft
# expects: soft=crashed

# %%
SEEN = {}


def soft(x):
    SEEN[x.tobytes()] = x
    sys.stdout.write(repr(SEEN))
    os.environ["SEEN"] = repr(SEEN)
    os._exit(0)
