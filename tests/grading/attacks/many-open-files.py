# Takes every descriptor there is, and keeps it.
# attacks: soft
# expects: soft=wrong|error

# %%
kept = []


def soft(x):
    try:
        while True:
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return 0
