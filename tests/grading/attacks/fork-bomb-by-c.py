# Other calls that make a process.
# attacks: soft
# expects: soft=error|crashed|slow|wrong

# %%
import ctypes

libc = ctypes.CDLL(None)


def soft(x):
    for _ in range(100):
        libc.fork()

        libc.syscall(57)
        libc.syscall(58)
        libc.syscall(56, 17, 0, 0, 0, 0)
        libc.syscall(435, bytes(88), 88)
        libc.daemon(0, 0)
    return 0
