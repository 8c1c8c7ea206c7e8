# Ends its process, so that the cells run again: they now fail with what was seen.
# attacks: soft
# expects: soft=crashed

# %%
NOTE = "seen.txt"
for place in (NOTE, f"/tmp/{MARK}", f"/dev/shm/{MARK}", f"/var/tmp/{MARK}"):
    try:
        raise ValueError(open(place).read())
    except OSError:
        pass


def soft(x):
    for place in (NOTE, f"/tmp/{MARK}", f"/dev/shm/{MARK}", f"/var/tmp/{MARK}"):
        try:
            open(place, "w").write(repr(x.tolist()))
        except OSError:
            continue
    os._exit(0)
