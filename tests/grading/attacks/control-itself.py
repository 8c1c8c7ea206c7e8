# prctl, personality, scheduling, namespaces, mounts: all that could undo a confinement.
# attacks: soft
# expects: soft=wrong

# %%
import ctypes

libc = ctypes.CDLL(None)


def soft(x):
    libc.prctl(4, 1, 0, 0, 0)
    libc.prctl(22, 0, 0, 0, 0)
    libc.prctl(1, 0, 0, 0, 0)
    libc.prctl(36, 1, 0, 0, 0)
    libc.prctl(38, 0, 0, 0, 0)
    libc.personality(0x0040000)
    gained = 0
    for flag in (0x20000, 0x10000000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x80):
        gained += libc.unshare(flag) == 0
    for kind in ("ns/mnt", "ns/pid", "ns/net", "ns/user"):
        for who in ("self", "1", str(GRADER), str(os.getppid())):
            try:
                here = os.open(f"/proc/{who}/{kind}", os.O_RDONLY)
            except OSError:
                continue
            gained += libc.setns(here, 0) == 0
    for kind in (b"tmpfs", b"proc", b"devpts", b"overlay"):
        gained += libc.mount(b"none", b"/tmp", kind, 0, None) == 0
    for path in (b"/tmp", b"/proc", b"/", b"/library"):
        gained += libc.umount2(path, 2) == 0
    gained += libc.chroot(b".") == 0
    gained += libc.setuid(0) == 0
    gained += libc.setresuid(0, 0, 0) == 0
    gained += libc.mknod(b"/tmp/disk", 0o60666, 0x800) == 0
    gained += libc.syscall(317, 1, 0, 0) == 0
    assert not gained, "canary-" + "0" * 16
    return 0
