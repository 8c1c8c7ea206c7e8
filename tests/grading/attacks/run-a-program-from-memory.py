# A program that was never a file.
# attacks: soft
# expects: soft=wrong|error

# %%
import ctypes

libc = ctypes.CDLL(None)


def soft(x):
    here = libc.memfd_create(b"program", 0)
    if here >= 0:
        os.write(here, open("/bin/sh", "rb").read())
        os.execve(here, ["sh", "-c", "sleep 1000"], {})
    libc.syscall(319, b"program", 0)
    libc.syscall(447, 0)
    libc.syscall(322, here, b"", None, None, 0x1000)
    for program in ("/bin/sh", "/usr/bin/sleep", sys.executable, "/proc/self/exe"):
        try:
            os.execv(program, [program, "-c", "sleep 1000"])
        except OSError:
            continue
    return 0
