# Names that lead out of the scratch folder, and folders that cannot be looked into.
# attacks: soft
# expects: soft=wrong|error

# %%
def soft(x):
    for path in [*PLACES, "/", "/etc/shadow", "/tmp", "..", "/proc/self/fd/3"]:
        name = f"link-{abs(hash(path))}"
        for make in (os.symlink, os.link):
            try:
                make(path, name)
            except OSError:
                continue
    for name in ("a\nb", "-rf", "~", "*", "\\", " ", "\x1b[2J", os.fsdecode(b"\xff\xfe")):
        try:
            os.makedirs(name + "/inside")
            os.mkfifo(name + "/pipe")
        except OSError:
            continue
    return 0
