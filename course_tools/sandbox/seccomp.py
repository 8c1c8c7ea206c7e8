"""A filter on system calls: no new process, no connection, no hand on anything outside.

What is forbidden fails with EPERM, so that honest code that tries gets an exception and goes on;
all that computing needs, threads among it, stays allowed. The filter is compiled once, by the
fork server, and put in force in the child as its last step, since afterwards the child can change
neither its user nor its limits. It cannot be taken off.

Source: libseccomp and the kernel's documentation, userspace-api/seccomp_filter.
"""

import ctypes
import errno
import os
import struct
import sys
from functools import cache

# Forbidden whatever the arguments. Names that a processor does not have are left out.
FORBIDDEN = {
    "new processes and programs": "fork vfork execve execveat unshare setns",
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease "
    "pidfd_open pidfd_getfd pidfd_send_signal kcmp tkill rt_sigqueueinfo rt_tgsigqueueinfo "
    "setpgid setsid setpriority ioprio_set sched_setaffinity sched_setattr sched_setparam "
    "sched_setscheduler setrlimit migrate_pages move_pages",
    "another user": "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid "
    "setfsgid capset",
    "connections": "socket socketpair connect bind listen accept accept4 setsockopt",
    # the limits of one process do not count these
    "memory that outlives or evades": "memfd_create memfd_secret shmget shmat shmctl shmdt semget "
    "semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
    "mq_timedreceive mq_notify mq_getsetattr userfaultfd vmsplice splice tee",
    # Landlock does not cover these
    "what files are": "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes "
    "futimesat utimensat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr "
    "fremovexattr removexattrat file_setattr link linkat symlink symlinkat mknod mknodat "
    "open_by_handle_at name_to_handle_at inotify_init inotify_init1 inotify_add_watch "
    "fanotify_init fanotify_mark sync syncfs",
    "mounts": "mount umount umount2 mount_setattr move_mount open_tree open_tree_attr fsopen "
    "fsconfig fsmount fspick pivot_root chroot statmount listmount swapon swapoff quotactl "
    "quotactl_fd acct",
    "the kernel": "bpf perf_event_open keyctl add_key request_key io_uring_setup io_uring_enter "
    "io_uring_register io_setup personality init_module finit_module delete_module create_module "
    "kexec_load kexec_file_load reboot sethostname setdomainname settimeofday clock_settime "
    "clock_adjtime adjtimex stime syslog vhangup iopl ioperm modify_ldt nfsservctl uselib ustat "
    "sysfs _sysctl lookup_dcookie seccomp lsm_set_self_attr",
}
# Younger than some copies of libseccomp; the numbers are the same on every processor.
RECENT = {"fchmodat2": 452, "statmount": 457, "listmount": 458, "lsm_set_self_attr": 460}
RECENT |= {"setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467, "file_setattr": 469}

# Forbidden where the argument at this place, of which the kernel reads 32 bits, has such a value.
FORBIDDEN_VALUES = {
    ("prctl", 0): (1, 22, 35),  # outliving the parent; seccomp; the memory map
    # F_SETOWN, F_SETSIG, F_SETOWN_EX: signals by way of a file; F_SETLEASE, F_NOTIFY: its users
    ("fcntl", 1): (8, 10, 15, 1024, 1026),
    # TIOCSPGRP, TIOCSTI, TIOCLINUX: the terminal; a file's flags
    ("ioctl", 1): (0x5410, 0x5412, 0x541C, 0x40086602, 0x401C5820),
}
# What can be asked of a socket: signals, and all about the network that it was made in, which is
# the host's where the socket is the channel.
OF_SOCKETS, OF_SOCKETS_MASK = 0x8900, 0xFFFFFF00
CLONE_THREAD = 0x10000
LOW = 0xFFFFFFFF
SELF = b"self"  # stands in the compiled filter where the child writes its own number

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2


def available() -> str:
    """Empty where a filter can be put in force, else why not."""
    if not sys.platform.startswith("linux"):
        return "seccomp is a part of Linux"
    try:
        program()
    except ImportError:
        return "the package pyseccomp is not installed"
    except (RuntimeError, OSError) as error:
        return f"libseccomp cannot be used: {error}"
    # a filter without an address: the kernel complains of the address if it has filters at all
    _libc().prctl(PR_SET_SECCOMP, MODE_FILTER, None, 0, 0)
    return "" if ctypes.get_errno() == errno.EFAULT else "this kernel has no seccomp filters"


@cache
def program() -> bytes:
    """Compile the filter; called before the zygote starts, so that no child has to.

    Returns:
        Instructions for the kernel, with ``SELF`` where the number of the process belongs.
    """
    import pyseccomp
    from pyseccomp import ERRNO, MASKED_EQ, NE, Arg

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)  # i386, x32
    rules.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, 2)  # a tree instead of a list

    def refuse(name: str, *arguments: pyseccomp.Arg, code: int = errno.EPERM) -> None:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        number = RECENT.get(name, -1) if number == -1 else number
        if number >= 0:
            rules.add_rule(ERRNO(code), number, *arguments)

    for names in FORBIDDEN.values():
        for name in names.split():
            refuse(name)
    for (name, place), values in FORBIDDEN_VALUES.items():
        for value in values:
            refuse(name, Arg(place, MASKED_EQ, LOW, value))
    refuse("ioctl", Arg(1, MASKED_EQ, OF_SOCKETS_MASK, OF_SOCKETS))
    refuse("clone", Arg(0, MASKED_EQ, CLONE_THREAD, 0))
    refuse("clone3", code=errno.ENOSYS)  # its flags cannot be seen; the C library takes clone then
    refuse("prlimit64", Arg(2, NE, 0))  # a new limit, anybody's
    for name in ("kill", "tgkill"):  # abort needs the latter
        refuse(name, Arg(0, NE, int.from_bytes(SELF, sys.byteorder)))
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def forbid(compiled: bytes | None = None) -> None:
    """Put the filter in force for this process, which must have one thread only, for good.

    Args:
        compiled: what ``program`` returned, for a process that may not find libseccomp.

    Raises:
        OSError: the kernel refuses.
    """
    own = (compiled or program()).replace(SELF, struct.pack("=I", os.getpid()))
    buffer = ctypes.create_string_buffer(own)
    head = struct.pack("@HP", len(own) // 8, ctypes.addressof(buffer))
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, MODE_FILTER, head, 0, 0)):
        if _libc().prctl(*arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"seccomp: {os.strerror(code)}")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
