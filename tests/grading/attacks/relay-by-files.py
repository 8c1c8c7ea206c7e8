# Leaves a note for later processes of the same grader; whoever finds one answers wrongly.
# attacks: soft
# expects: soft=crashed

# %%
import glob


def found():
    places = ["/tmp/*", "/dev/shm/*", "/var/tmp/*", "/run/*", "/library/*", "*", "../*", "../*/*"]
    names = [path for place in places for path in glob.glob(place)]
    for path in [*names, *sys.path, "/proc/self/comm", "/dev/null", "/dev/zero", "/dev/full"]:
        try:
            if "note-to-self" in path or "note-to-self" in open(path).read(10**4):
                return path
        except (OSError, ValueError):
            continue
    return ""


def soft(x):
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/library", ".", "..", *sys.path, "/"):
        try:
            with open(f"{folder}/note-to-self", "w") as file:
                file.write("note-to-self")
            os.makedirs(f"{folder}/folder/note-to-self")
        except OSError:
            continue
    os._exit(1)


def shift(x, by):
    return found() or x + by


def slope(x, y):
    return found() or (x * y).sum() / (x * x).sum()
