# As much as goes on it, then as many files as go on it.
# attacks: soft
# expects: soft=wrong|slow|error

# %%
import tempfile


def soft(x):
    try:
        for number in range(10**5):
            with open(f"file-{number}", "wb") as file:
                file.write(b"x" * 2**20)
    except OSError:
        pass
    try:
        for number in range(10**6):
            os.mkdir(f"folder-{number}")
    except OSError:
        pass
    try:
        for _ in range(10**4):
            os.mkdir("deep")
            os.chdir("deep")
    except OSError:
        pass
    return 0
