# The same through the calls beside kill.
# attacks: soft
# expects: soft=wrong|crashed|error

# %%
import ctypes
import os

libc = ctypes.CDLL(None)
KILL, TKILL, TGKILL, SIGQUEUE, TSIGQUEUE, PIDFD_SEND, PIDFD_OPEN = 62, 200, 234, 129, 297, 424, 434


def soft(x):
    info = bytes(128)
    for target in (os.getppid(), 1, GRADER):
        if target == os.getpid() or target < 1:
            continue
        libc.syscall(KILL, target, 9)
        libc.syscall(KILL, ctypes.c_long(target | 1 << 32), 9)
        libc.syscall(TKILL, target, 9)
        libc.syscall(TGKILL, target, target, 9)
        libc.syscall(SIGQUEUE, target, 9, info)
        libc.syscall(TSIGQUEUE, target, target, 9, info)
        libc.syscall(PIDFD_SEND, libc.syscall(PIDFD_OPEN, target, 0), 9, None, 0)
    for number in range(256):
        libc.syscall(PIDFD_SEND, number, 9, None, 0)
        libc.fcntl(number, 8, GRADER)
        libc.fcntl(number, 10, 9)
    return 0
