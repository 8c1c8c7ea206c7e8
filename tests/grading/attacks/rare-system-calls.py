# Doors that have been left open before: rings, faults, keys, programs in the kernel.
# attacks: soft
# expects: soft=wrong|error

# %%
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
NAMES = {
    425: "io_uring_setup", 323: "userfaultfd", 248: "add_key", 250: "keyctl", 249: "request_key",
    321: "bpf", 298: "perf_event_open", 272: "unshare", 303: "name_to_handle_at",
    304: "open_by_handle_at", 312: "kcmp", 434: "pidfd_open", 438: "pidfd_getfd", 442: "mount_setattr",
    428: "open_tree", 429: "move_mount", 430: "fsopen", 432: "fsmount", 175: "init_module",
    313: "finit_module", 246: "kexec_load", 169: "reboot", 167: "swapon", 163: "acct", 103: "syslog",
    159: "adjtimex", 227: "clock_settime", 170: "sethostname", 29: "shmget",
    64: "semget", 68: "msgget", 240: "mq_open", 253: "inotify_init", 300: "fanotify_init",
    101: "ptrace", 155: "pivot_root", 172: "iopl", 173: "ioperm", 154: "modify_ldt", 279: "move_pages",
    256: "migrate_pages", 133: "mknod", 86: "link", 88: "symlink", 90: "chmod", 161: "chroot",
}


def soft(x):
    buffer = ctypes.create_string_buffer(256)
    open_doors = []
    for number, name in NAMES.items():
        ctypes.set_errno(0)
        if libc.syscall(number, buffer, buffer, 0, 0, 0, 0) >= 0:
            open_doors.append(name)
    assert not open_doors, "canary-" + "0" * 16 + " ".join(open_doors)
    return 0
