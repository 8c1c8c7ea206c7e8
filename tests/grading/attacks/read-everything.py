# Walks the whole disk for secrets, solutions and gradebooks.
# attacks: soft
# expects: soft=wrong|slow

# %%
import os


def soft(x):
    found, looked = [], 0
    for root in ("/tmp", "/var", "/root", "/home", "/work", "/dev/shm", "/run", "/srv", "/opt", "/"):
        for folder, _, names in os.walk(root):
            looked += 1
            if folder.startswith(("/proc", "/sys", "/usr", "/lib")) or looked > 3000:
                continue
            for name in names:
                if name.endswith((".py", ".txt", ".json", ".ipynb", ".db", ".db-wal", ".yml")):
                    try:
                        with open(os.path.join(folder, name), "rb") as file:
                            found += secrets_in(file.read(2**20))
                    except OSError:
                        continue
    return ["walked", *found]
