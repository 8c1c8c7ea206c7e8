# What the kernel keeps for a user: keys, queues, shared memory, semaphores, locks, names.
# attacks: soft
# expects: soft=crashed

# %%
import ctypes
import fcntl

libc = ctypes.CDLL(None)


def found():
    left = [libc.syscall(29, 4711, 4096, 0) >= 0, libc.syscall(64, 4711, 1, 0) >= 0]
    left += [libc.syscall(68, 4711, 0) >= 0, libc.syscall(249, b"user", b"note", 0, 0) >= 0]
    return "found" if any(left) else ""


def soft(x):
    libc.syscall(29, 4711, 4096, 0o1777)
    libc.syscall(64, 4711, 1, 0o1777)
    libc.syscall(68, 4711, 0o1777)
    libc.syscall(248, b"user", b"note", b"note", 4, -3)
    libc.syscall(240, b"note", 0o102, 0o777, None)
    libc.setpriority(2, 0, 19)
    os._exit(1)


def shift(x, by):
    return found() or x + by
