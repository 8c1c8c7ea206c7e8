# The memory of the grader and of the parent, by file and by system call.
# attacks: soft
# expects: soft=wrong|crashed

# %%
import ctypes
import os

libc = ctypes.CDLL(None)
READV, WRITEV, PTRACE = 310, 311, 101


def soft(x):
    found = []
    local = ctypes.create_string_buffer(4096)
    for target in {GRADER, os.getppid(), 1, 2} - {os.getpid(), 0}:
        try:
            with open(f"/proc/{target}/mem", "rb") as memory:
                found.append("mem")
        except OSError:
            pass
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(local), 4096)
        remote = (ctypes.c_void_p * 2)(id(0), 64)
        for call in (READV, WRITEV):
            if libc.syscall(call, target, vector, 1, remote, 1, 0) > 0:
                found.append("readv")
        if libc.syscall(PTRACE, 16, target, 0, 0) == 0:
            found.append("ptrace")
    assert not found
    return found
