# What every attacker is given on top of what a student can know; PLACES, SOCKETS, GRADER, MARK
# and CHECKOUT are put in front by the test.
import json
import os
import re
import socket
import stat
import struct
import sys


def secrets_in(data):
    """The secrets in some bytes or text; this line holds none."""
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    return [found.decode() for found in re.findall(rb"canary-[0-9a-f]{16}", data)]


def sockets():
    """The descriptors that could be the channel to the grader."""
    found = []
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                found.append(descriptor)
        except OSError:
            continue
    return found


def tree(value):
    """A value as the grader's wire format writes it."""
    if value is None:
        return ["none"]
    if isinstance(value, (bool, str)):
        return [type(value).__name__, value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", value.hex()]
    return ["list", [tree(part) for part in value]]


def frame(value, header=None, buffers=()):
    """A whole frame as the channel carries it."""
    if header is None:
        header = json.dumps([tree(value), [len(part) for part in buffers]]).encode()
    body = b"crs1" + struct.pack("<I", len(header)) + header + b"".join(buffers)
    return struct.pack("<Q", len(body)) + body


def say(data):
    """Write to whatever may be the channel."""
    for descriptor in sockets():
        try:
            os.write(descriptor, data)
        except OSError:
            continue


def frames():
    """All frames below this one, from the student's function to the program's start."""
    here = sys._getframe()
    while here is not None:
        yield here
        here = here.f_back


def write_anywhere(text):
    """Leave a file wherever that can be done; the folders where it was."""
    done = []
    for folder in [*PLACES, "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/root", "/home", "."]:
        folder = folder if os.path.isdir(folder) else os.path.dirname(folder) or "/"
        try:
            with open(os.path.join(folder, f"{MARK}.txt"), "w") as file:
                file.write(text)
            done.append(folder)
        except OSError:
            continue
    return done
