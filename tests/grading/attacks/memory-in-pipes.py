# What the kernel holds for a process is no memory of the process.
# attacks: soft
# expects: soft=wrong|error

# %%
import fcntl

kept = []


def soft(x):
    try:
        while True:
            read, write = os.pipe()
            os.set_blocking(write, False)
            fcntl.fcntl(write, 1031, 2**20)
            os.write(write, bytes(2**20))
            kept.append((read, write))
    except OSError:
        return 0
