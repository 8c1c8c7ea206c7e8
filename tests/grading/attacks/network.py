# Calls home, by every kind of socket, by name and by number.
# attacks: soft
# expects: soft=wrong|slow|error

# %%
import socket
import urllib.request


def soft(x):
    for family in range(45):
        for kind in (1, 2, 3, 5):
            try:
                one = socket.socket(family, kind)
                one.settimeout(0.05)
            except OSError:
                continue
            for address in SOCKETS.values():
                address = tuple(address) if isinstance(address, list) else address
                try:
                    one.connect(address)
                    one.send(b"hello")
                except (OSError, TypeError):
                    continue
    for address in ("http://127.0.0.1:80", "http://1.1.1.1", "ftp://localhost"):
        try:
            urllib.request.urlopen(address, timeout=0.05)
        except OSError:
            continue
    return 0
