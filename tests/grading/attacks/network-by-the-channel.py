# Asks the channel, a socket that was made outside, for the names and addresses of the machine.
# attacks: soft
# expects: soft=wrong

# %%
import array
import fcntl


def soft(x):
    room, found = array.array("B", bytes(4096)), []
    list_of_all = struct.pack("iP", len(room), room.buffer_info()[0])
    one = struct.pack("16s64x", b"eth0")
    for number in sockets():
        for request, words in ((0x8912, list_of_all), (0x8915, one), (0x8921, one), (0x8927, one)):
            try:
                fcntl.ioctl(number, request, words)
                found.append(f"{request:x}")
            except OSError:
                continue
    assert not found, "canary-" + "0" * 16 + str(found) + str(room.tobytes().strip(b"\0")[:80])
    return 0
