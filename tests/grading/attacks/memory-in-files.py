# Files in a folder that is itself in memory.
# attacks: soft
# expects: soft=wrong|error|memory|slow

# %%
def soft(x):
    for folder in ("/tmp", "/dev/shm", ".", "/run", "/dev"):
        for number in range(200):
            try:
                with open(f"{folder}/{MARK}-{number}", "wb") as file:
                    file.write(bytes(2**20))
            except OSError:
                break
    return 0
