# The same past Python: the C library, a name to be looked up, a pair of sockets.
# attacks: soft
# expects: soft=wrong|slow|error

# %%
import ctypes
import socket
import struct

libc = ctypes.CDLL(None)


def soft(x):
    port = SOCKETS["tcp"][1]
    address = struct.pack("=H", 2) + struct.pack("!H", port) + socket.inet_aton("127.0.0.1") + bytes(8)
    for number in [libc.socket(2, 1, 0), *sockets()]:
        libc.connect(number, address, 16)
        libc.sendto(number, b"hello", 5, 0, address, 16)
    path = struct.pack("=H", 1) + SOCKETS["abstract"].encode()
    for number in [libc.socket(1, 1, 0), *sockets()]:
        libc.connect(number, path, len(path))
    try:
        socket.getaddrinfo("example.org", 80)
    except OSError:
        pass
    return 0
