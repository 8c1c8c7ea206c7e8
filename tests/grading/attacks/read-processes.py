# Looks into every process that it can see: environment, command line, memory, open files.
# attacks: soft
# expects: soft=wrong|slow

# %%
import os


def soft(x):
    found = []
    try:
        listed = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        listed = []
    for number in ("self", "thread-self", "1", GRADER, os.getppid(), *listed):
        for name in ("environ", "cmdline", "auxv", "maps", "mountinfo", "status"):
            try:
                found += secrets_in(open(f"/proc/{number}/{name}", "rb").read())
            except OSError:
                continue
        for name in ("fd", "map_files", "cwd", "task"):
            try:
                for entry in os.listdir(f"/proc/{number}/{name}"):
                    found += secrets_in(open(f"/proc/{number}/{name}/{entry}", "rb").read(2**16))
            except OSError:
                continue
    return found
