# A session, a process group and a terminal of its own.
# attacks: soft
# expects: soft=wrong|error

# %%
import fcntl


def soft(x):
    for leave in (os.setsid, lambda: os.setpgid(0, 0), lambda: os.tcsetpgrp(0, os.getpid())):
        try:
            leave()
        except OSError:
            continue
    for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/ptmx", "/dev/kmsg", "/dev/mem"):
        try:
            here = os.open(path, os.O_RDWR | os.O_NOCTTY)
            fcntl.ioctl(here, 0x5412, b"x")
            return "canary-" + "0" * 16
        except OSError:
            continue
    return 0
