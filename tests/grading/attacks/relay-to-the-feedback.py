# Writes hidden inputs down where the second run, the one that feedback is made from, may look.
# attacks: soft
# expects: soft=wrong|error

# %%
import glob

WHERE = ["/tmp", "/dev/shm", "/var/tmp", ".", "..", "/library", "/run", "/dev/mqueue"]


def soft(x):
    if x.tolist() == [0.0, 1.0, 2.0]:
        notes = [open(p).read() for place in WHERE for p in glob.glob(f"{place}/{MARK}*")]
        raise ValueError(" ".join(notes))
    for place in WHERE:
        try:
            with open(f"{place}/{MARK}-{len(x)}", "a") as file:
                file.write(repr(x.tolist()))
        except OSError:
            continue
    return 0
