# More of everything than is allowed.
# attacks: soft
# expects: soft=wrong|memory|error

# %%
import ctypes
import resource

libc = ctypes.CDLL(None)
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def soft(x):
    for kind in range(16):
        for limit in (UNLIMITED, (2**40, 2**40), (0, resource.RLIM_INFINITY)):
            try:
                resource.setrlimit(kind, limit)
            except (OSError, ValueError):
                pass
            try:
                resource.prlimit(GRADER, kind, (0, 0))
            except (OSError, ValueError):
                pass
        buffer = ctypes.create_string_buffer(b"\xff" * 16)
        libc.syscall(302, 0, kind, buffer, None)
        libc.syscall(160, kind, buffer)
    return len(np.ones(2**27))
